"""When a meeting rings, and what it says then: its truth is looked up anew, so that no old reminder speaks."""

from __future__ import annotations

from bot.feature import Scene
from bot.handlers import meetings_audience as audience
from bot.handlers import meetings_cards as cards
from bot.handlers import meetings_telling as telling
from bot.rules import meetings as rules
from bot.rules.meetings import LATE, Ring, Saying
from storage import meetings, staff
from storage.meetings import LIVE, Attendance, Meeting, MeetingState
from storage.staff import Role, Staff

ANNOUNCED = (Ring.DAY_BEFORE, Ring.SOON)


def plan(scene: Scene, meeting: Meeting) -> None:
    """Sets what rings for the meeting; what is due already stays, to ring late or not at all."""
    for ring, at in rules.rings(cards.span(meeting), meeting.changed_at, scene.rules).items():
        if at > scene.now:
            scene.remind("meetings", meeting.subject, at, occurrence=str(ring))


def plan_anew(scene: Scene, meeting: Meeting) -> None:
    """The meeting moved: nothing of what was planned for the old time rings."""
    scene.forget("meetings", meeting.subject)
    plan(scene, meeting)


def rung(scene: Scene, meeting: Meeting, ring: Ring) -> None:
    """One of the meeting's moments has come, perhaps late, perhaps for a meeting that is another one by now."""
    if meeting.state not in LIVE:
        return
    due = rules.rings(cards.span(meeting), meeting.changed_at, scene.rules).get(ring)
    if due is None:
        return
    if due > scene.now:
        scene.remind("meetings", meeting.subject, due, occurrence=str(ring))
    elif ring in ANNOUNCED:
        _announce(scene, meeting, ring, rules.saying(ring, due, cards.span(meeting), scene.now, scene.rules))
    else:
        _end(scene, meeting, late=scene.now > due + LATE)


def _announce(scene: Scene, meeting: Meeting, ring: Ring, how: Saying) -> None:
    if how == Saying.NOT or meeting.state != MeetingState.PLANNED:
        return
    _another_host(scene, meeting)
    meetings.invite(scene.session, meeting, [one.id for one in everybody(scene, meeting)])
    telling.announce(scene, meeting, ring, how)


def _another_host(scene: Scene, meeting: Meeting) -> None:
    """A round is not left without a host because its host is away or gone."""
    host = host_of_round(scene, meeting)
    if meeting.planned_on is not None and host != meeting.host_id and _is_missing(scene, meeting):
        meetings.note(scene.session, meeting, host_id=host)


def _is_missing(scene: Scene, meeting: Meeting) -> bool:
    host = next((one for one in cards.invited(scene, meeting) if one.person.id == meeting.host_id), None)
    return host is None or host.excused


def host_of_round(scene: Scene, meeting: Meeting) -> int:
    """A client manager who is there, else the deputy or the GM office, else the first of them all the same."""
    people = scene.people()
    managers = [one for role in (Role.CLIENT_MANAGER, Role.GM_OFFICE) for one in staff.with_role(people, role)]
    span = cards.span(meeting)
    absences = scene.absences(span)
    away = {one.person_id for one in absences if rules.excuses(one.span, span, scene.rules.working)}
    deputies = [one.deputy_id for one in managers if one.deputy_id in {person.id for person in people}]
    ranked = [*(one.id for one in staff.with_role(managers, Role.CLIENT_MANAGER)), *deputies, *(m.id for m in managers)]
    return next((number for number in ranked if number is not None and number not in away), managers[0].id)


def everybody(scene: Scene, meeting: Meeting) -> list[Staff]:
    """Those who are meant now, newcomers too, and the host."""
    meant = audience.people(scene, meeting.audience)
    host = staff.get(scene.session, meeting.host_id)
    return meant if host.id in {one.id for one in meant} or not host.active else [*meant, host]


def _end(scene: Scene, meeting: Meeting, *, late: bool) -> None:
    """The meeting is over: what was ticked and who was excused is kept, and the host asked for what is missing."""
    held = meeting.state == MeetingState.STARTED
    for one in cards.invited(scene, meeting):
        seen = cards.attendance(one)
        if one.row.attendance == Attendance.UNKNOWN and (held or seen == Attendance.EXCUSED):
            meetings.tick(scene.session, one.row, seen)
    meetings.move(scene.session, meeting, MeetingState.OVER, while_in=LIVE)
    if not late and meeting.minutes_sent_at is None:
        scene.tell(meeting.host_id, cards.told("meetings.ended", scene, meeting, held=held), dedupe=_once(meeting))
    scene.refresh(meeting.subject)


def _once(meeting: Meeting) -> str:
    return f"meeting|{meeting.id}|ended"
