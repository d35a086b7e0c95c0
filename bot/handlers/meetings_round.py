"""The rounds, weekly and monthly: the next one is always there ahead, so that people can answer and add to its agenda.

A reminder that sets itself makes the row; when the store's rules or days off change, the row moves with them.
"""

from __future__ import annotations

from typing import Any

from bot.feature import Change, Scene
from bot.handlers import meetings_audience as audience
from bot.handlers import meetings_cards as cards
from bot.handlers import meetings_reminders as reminders
from bot.handlers import meetings_telling as telling
from bot.rules import meetings as rules
from bot.rules.book import Rulebook
from bot.rules.meetings import Occurrence
from storage import meetings
from storage.meetings import Meeting, MeetingKind, MeetingState
from storage.staff import Role, with_role

ROUNDS = (MeetingKind.WEEKLY, MeetingKind.MONTHLY)


def watch(scene: Scene) -> None:
    """The rounds as the rules are now, and every meeting's reminders; doing it again changes nothing."""
    for kind in ROUNDS:
        keep_in_step(scene, kind)
    for meeting in meetings.ahead(scene.session, scene.store.id, now=scene.now):
        reminders.plan(scene, meeting)


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """A day or hour that the rules have moved: everybody was told by the move itself."""
    watch(scene)
    return []


def keep_in_step(scene: Scene, kind: MeetingKind) -> None:
    """The round's next meeting is there once, when the rules want it; one that stands elsewhere moves, told once."""
    wanted = rules.next_occurrence(kind, scene.now, scene.rules)
    planned = meetings.rounds_ahead(scene.session, scene.store.id, kind, now=scene.now)
    if wanted is None:
        scene.forget("meetings", _subject(kind))
        for meeting in planned:
            _call_off(scene, meeting)
        return
    kept = next((one for one in planned if one.planned_on == wanted.planned), None)
    if kept is None and meetings.on_day(scene.session, scene.store.id, kind, wanted.planned) is None:
        kept = planned[0] if planned else _begin(scene, kind, wanted)
    for meeting in planned:
        if kept is not None and meeting.id == kept.id:
            _follow(scene, meeting, wanted)
        else:
            _call_off(scene, meeting)
    scene.remind("meetings", _subject(kind), wanted.span.start)


def _subject(kind: MeetingKind) -> str:
    """What the round is called in its reminder."""
    return f"meetings:{kind}"


def _begin(scene: Scene, kind: MeetingKind, wanted: Occurrence) -> Meeting | None:
    """Adds the meeting with everybody in it; None if another process was faster, or there is nobody to hold it."""
    people = scene.people()
    managers = with_role(people, Role.CLIENT_MANAGER) or with_role(people, Role.GM_OFFICE)
    if not managers:
        return None
    values = {"store_id": scene.store.id, "kind": kind, "audience": [audience.STORE], "host_id": managers[0].id}
    made = meetings.plan(scene.session, values | _when(wanted) | {"created_at": scene.now, "changed_at": scene.now})
    if made is None:
        return None
    meeting = cards.existing(scene, made)
    meetings.note(scene.session, meeting, host_id=reminders.host_of_round(scene, meeting))
    meetings.invite(scene.session, meeting, [one.id for one in reminders.everybody(scene, meeting)])
    for person in meetings.people_of(scene.session, meeting.id):
        # That there is a weekly meeting is known to everybody, so a change of it is news to everybody.
        meetings.told(scene.session, person, meeting.revision)
    scene.record("meetings.planned", meeting.subject, rule="HANDBOOK M1", after=_fact(meeting))
    reminders.plan(scene, meeting)
    return meeting


def _when(wanted: Occurrence) -> dict[str, Any]:
    return {
        "planned_on": wanted.planned,
        "starts_at": wanted.span.start,
        "ends_at": wanted.span.end,
        "place": wanted.place,
    }


def _fact(meeting: Meeting) -> dict[str, Any]:
    return {"from": meeting.starts_at.isoformat(), "to": meeting.ends_at.isoformat(), "place": meeting.place}


def _follow(scene: Scene, meeting: Meeting, wanted: Occurrence) -> None:
    """The rules, or the days off, are others now: the meeting moves to where they want it."""
    was, before = cards.span(meeting), _fact(meeting)
    if (was.start, was.end, meeting.place) == (wanted.span.start, wanted.span.end, wanted.place):
        return
    values = _when(wanted) | {"changed_at": scene.now}
    if not meetings.change(scene.session, meeting, values, revision=meeting.revision):
        return
    if was.start != wanted.span.start:
        meetings.unsay_all(scene.session, meeting)
    scene.record("meetings.moved", meeting.subject, rule="HANDBOOK M1", before=before, after=_fact(meeting))
    reminders.plan_anew(scene, meeting)
    telling.changed(scene, meeting, was, by=None)
    scene.refresh(meeting.subject)


def _call_off(scene: Scene, meeting: Meeting) -> None:
    if meetings.move(scene.session, meeting, MeetingState.CANCELLED, while_in=[MeetingState.PLANNED]):
        scene.record("meetings.cancelled", meeting.subject, rule="HANDBOOK M1")
        scene.forget("meetings", meeting.subject)
        telling.cancelled(scene, meeting, by=None)
        scene.refresh(meeting.subject)
