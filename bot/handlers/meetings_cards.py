"""The cards of meetings: what a meeting is, who may see what of the answers, and the buttons that are true for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.feature import MANAGERS, Absence, Context, Refusal, Scene
from bot.handlers import meetings_audience as audience
from bot.notices import Buttons, Notice, in_rows, notice
from bot.reading import Span
from bot.rules import meetings as rules
from bot.talk import Button
from storage import meetings, meetings_written, staff
from storage.meetings import LIVE, Attendance, Coming, Meeting, MeetingPerson, MeetingState
from storage.meetings_written import ItemKind
from storage.staff import Staff

SHOWN_ITEMS = 10


@dataclass(frozen=True)
class Invited:
    """Somebody of a meeting who works here; `told` and `private` say why they are away for it, if they are."""

    row: MeetingPerson
    person: Staff
    holds: bool = False
    told: Notice | None = None
    private: Notice | None = None

    @property
    def coming(self) -> Coming:
        """What they said; whoever holds it comes without saying so."""
        if self.row.coming == Coming.UNSAID and self.holds and self.told is None:
            return Coming.YES
        return Coming(self.row.coming)

    @property
    def excused(self) -> bool:
        """Away for it; who says that they come all the same is not."""
        return self.told is not None and self.coming in (Coming.UNSAID, Coming.NO)


def card(scene: Scene, meeting_id: int, viewer: Staff | None) -> Notice | None:
    """The meeting as this person may see it now; a group sees no card."""
    meeting = meetings.get(scene.session, scene.store.id, meeting_id)
    if meeting is None or viewer is None:
        return None
    people = invited(scene, meeting)
    mine = next((one for one in people if one.person.id == viewer.id), None)
    hosting = may_manage(viewer, meeting)
    known = facts(scene, meeting, viewer) | answers(people, viewer, hosting=hosting)
    known |= {"lists": attendance_lists(people) if _was_ticked(people) else {}}
    known |= {"mine": _mine(mine), "hosting": hosting, "agenda": agenda(scene, meeting) if mine or hosting else []}
    return notice("meetings.card", buttons=_buttons(scene, meeting, mine, hosting), subject=meeting.subject, **known)


def told(key: str, scene: Scene, meeting: Meeting, /, **more: Any) -> Notice:
    """A text about the meeting that becomes its live card."""
    return notice(key, subject=meeting.subject, **facts(scene, meeting), **more)


def facts(scene: Scene, meeting: Meeting, viewer: Staff | None = None) -> dict[str, Any]:
    """What every text about the meeting knows; the topic of single people's meeting is not for others."""
    day = meeting.starts_at.astimezone(scene.rules.working.zone).date()
    moved = meeting.planned_on if meeting.planned_on != day and not meeting.by_hand else None
    own = viewer is None or may_manage(viewer, meeting) or _is_of(scene, meeting, viewer)
    private = audience.is_single_people(meeting.audience) and not own
    return {
        "kind": str(meeting.kind),
        "audience": audience.labels(scene, meeting.audience),
        "whole": meeting.audience == [audience.STORE],
        "span": span(meeting),
        "topic": "" if private else meeting.topic,
        "place": meeting.place,
        "host": staff.get(scene.session, meeting.host_id).name,
        "items": len(meetings_written.items_of(scene.session, meeting.id, ItemKind.AGENDA)),
        "planned": moved,
        "earlier": moved is not None and day < moved,
        "state": str(meeting.state),
        "cancelled_why": meeting.cancelled_why,
    }


def heading(scene: Scene, meeting: Meeting, viewer: Staff | None = None) -> Notice:
    """The meeting in a line, for lists and answers."""
    return notice("meetings.heading", **facts(scene, meeting, viewer))


def span(meeting: Meeting) -> Span:
    return Span(meeting.starts_at, meeting.ends_at)


def invited(scene: Scene, meeting: Meeting) -> list[Invited]:
    """Those of the meeting who still work here, with who is away for it."""
    away = {
        one.person_id: one
        for one in scene.absences(span(meeting))
        if rules.excuses(one.span, span(meeting), scene.rules.working)
    }
    here = {one.id: one for one in scene.people()}
    rows = [row for row in meetings.people_of(scene.session, meeting.id) if row.staff_id in here]
    return [
        Invited(row, here[row.staff_id], row.staff_id == meeting.host_id, *_why_away(away.get(row.staff_id)))
        for row in rows
    ]


def _why_away(absence: Absence | None) -> tuple[Notice | None, Notice | None]:
    return (absence.told, absence.private) if absence else (None, None)


def answers(people: Sequence[Invited], viewer: Staff, *, hosting: bool) -> dict[str, Any]:
    """How many come and how many do not; who, and why, for those who hold the meeting."""
    manager = any(viewer.has(role) for role in MANAGERS)
    off = [one for one in people if one.excused or one.coming == Coming.NO]
    coming = [one for one in people if one.coming == Coming.YES]
    late = [one for one in people if one.coming == Coming.LATE]
    unsaid = [one for one in people if one not in off and one.coming == Coming.UNSAID]
    return {
        "coming": [one.person.name for one in coming],
        "late": [{"name": one.person.name, "by": one.row.said} for one in late],
        "off": [{"name": one.person.name, "why": _why(one, hosting=hosting, manager=manager)} for one in off],
        "unsaid": [one.person.name for one in unsaid],
    }


def _why(one: Invited, *, hosting: bool, manager: bool) -> Notice | str:
    """On leave is no secret, the kind of leave is the managers'; what was said to the host stays with the host."""
    if one.coming == Coming.NO and hosting:
        return one.row.said
    return (one.private if manager else one.told) or ""


def _mine(mine: Invited | None) -> dict[str, str]:
    if mine is None:
        return {}
    coming = "excused" if mine.excused and mine.coming == Coming.UNSAID else str(mine.coming)
    return {"coming": coming, "said": mine.row.said, "attendance": str(mine.row.attendance)}


def agenda(scene: Scene, meeting: Meeting) -> list[str]:
    written = meetings_written.items_of(scene.session, meeting.id, ItemKind.AGENDA)
    return [one.words for one in written[:SHOWN_ITEMS]]


def may_manage(person: Staff, meeting: Meeting) -> bool:
    """Whoever holds it or called it, and the managers."""
    return person.id in (meeting.host_id, meeting.called_by_id) or any(person.has(role) for role in MANAGERS)


def _is_of(scene: Scene, meeting: Meeting, person: Staff) -> bool:
    return meetings.person_of(scene.session, meeting.id, person.id) is not None


def button(verb: str, meeting: Meeting) -> Button:
    return Button(f"meetings.button_{verb}", f"meetings:{verb}:{meeting.id}")


def _buttons(scene: Scene, meeting: Meeting, mine: Invited | None, hosting: bool) -> Buttons:
    own = list(_own_verbs(scene, meeting, mine))
    holding = list(_holding_verbs(scene, meeting)) if hosting else []
    return in_rows([button(verb, meeting) for verb in own]) + in_rows([button(verb, meeting) for verb in holding])


def _own_verbs(scene: Scene, meeting: Meeting, mine: Invited | None) -> Iterator[str]:
    """What somebody of the meeting can say to it while it is not over."""
    if mine is None or not is_open(scene, meeting):
        return
    said = mine.coming
    if said != Coming.YES:
        yield "yes"
    if said != Coming.NO and meeting.host_id != mine.person.id:
        yield "no"
    if said != Coming.LATE:
        yield "late"
    yield "agenda"
    if meeting.starts_at > scene.now:
        yield "calendar"


def _holding_verbs(scene: Scene, meeting: Meeting) -> Iterator[str]:
    """What those who hold it can do with it."""
    if meeting.state == MeetingState.CANCELLED:
        return
    if meeting.state == MeetingState.PLANNED and meeting.starts_at > scene.now:
        yield "change"
    if meeting.state == MeetingState.PLANNED and meeting.ends_at > scene.now:
        yield "cancel"
    if has_come(scene, meeting):
        yield from ("roll", "minutes", "action")


def is_open(scene: Scene, meeting: Meeting) -> bool:
    """Whether one can still answer: it is neither over nor cancelled."""
    return meeting.state in LIVE and meeting.ends_at > scene.now


def has_come(scene: Scene, meeting: Meeting) -> bool:
    """Whether it has begun, or is about to, so that those who are there can be ticked."""
    return meeting.state != MeetingState.PLANNED or meeting.starts_at - rules.EARLIEST_START <= scene.now


def _was_ticked(people: Sequence[Invited]) -> bool:
    """Whether the roll was called: only then anything is known of who was there."""
    return any(one.row.attendance not in (Attendance.UNKNOWN, Attendance.EXCUSED) for one in people)


def attendance(one: Invited) -> Attendance:
    """Whether somebody is there: as it was ticked, otherwise as they had said."""
    if one.row.attendance != Attendance.UNKNOWN:
        return Attendance(one.row.attendance)
    if one.excused or one.coming == Coming.NO:
        return Attendance.EXCUSED
    return {Coming.YES: Attendance.PRESENT, Coming.LATE: Attendance.LATE}.get(one.coming, Attendance.UNKNOWN)


def attendance_lists(people: Sequence[Invited]) -> dict[str, list[str]]:
    """The names by attendance; `unknown` are those who were not ticked."""
    lists: dict[str, list[str]] = {str(one) or "unknown": [] for one in Attendance}
    for one in people:
        lists[str(attendance(one)) or "unknown"].append(one.person.name)
    return lists


def existing(scene: Scene, meeting_id: int) -> Meeting:
    """This store's meeting, locked; another store's button is a forged one."""
    meeting = meetings.lock(scene.session, scene.store.id, meeting_id)
    if meeting is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    return meeting


def managed(ctx: Context, meeting_id: int) -> Meeting:
    """The meeting, if this person may decide about it."""
    meeting = existing(ctx, meeting_id)
    if not may_manage(ctx.me, meeting):
        host = staff.get(ctx.session, meeting.host_id).name
        raise Refusal("meetings.not_yours", host=host, audited="meetings.not_allowed")
    return meeting


def own(ctx: Context, meeting_id: int) -> tuple[Meeting, MeetingPerson]:
    """The meeting that this person is asked to, while it can be answered."""
    meeting = existing(ctx, meeting_id)
    person = meetings.person_of(ctx.session, meeting.id, ctx.me.id)
    if person is None:
        raise Refusal("meetings.not_invited", audited="meetings.not_allowed")
    if not is_open(ctx, meeting):
        key = "meetings.is_cancelled" if meeting.state == MeetingState.CANCELLED else "meetings.is_over"
        raise Refusal(key, ends_form=True, meeting=heading(ctx, meeting))
    return meeting, person
