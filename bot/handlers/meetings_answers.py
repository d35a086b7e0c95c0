"""What those who are asked say: 参加, 请假 (why stays with the host), 迟到, an agenda item, the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Context, Press, Refusal
from bot.filling import open_form
from bot.handlers import meetings_cards as cards
from bot.handlers.meetings_reads import LateBy
from bot.notices import Notice, notice, row
from bot.questions import Option, Question, Reading, Words
from bot.talk import Button
from storage import meetings, meetings_written
from storage.meetings import Coming, Meeting
from storage.meetings_written import ItemKind

LATE_MINUTES = (5, 10, 20, 30)
MOST_ITEMS = 30


def yes(ctx: Context, press: Press) -> Answer:
    """参加."""
    meeting, person = cards.own(ctx, press.subject_id)
    _say(ctx, meeting, person, Coming.YES)
    return None


def no(ctx: Context, press: Press) -> Answer:
    """请假 asks why; who holds the meeting gives it to somebody else, or calls it off."""
    meeting, _ = cards.own(ctx, press.subject_id)
    if meeting.host_id == ctx.me.id:
        raise Refusal("meetings.host_stays", meeting=cards.heading(ctx, meeting))
    return open_form(ctx, DECLINING, line=press.rest, about={"meeting": meeting.id})


def late(ctx: Context, press: Press) -> Answer:
    """迟到 asks how late."""
    meeting, _ = cards.own(ctx, press.subject_id)
    return open_form(ctx, COMING_LATE, line=press.rest, about={"meeting": meeting.id})


def add_item(ctx: Context, press: Press) -> Answer:
    """加议题."""
    meeting = _with_agenda(ctx, press.subject_id)
    return open_form(ctx, ADDING, line=press.rest, about={"meeting": meeting.id})


def drop_item(ctx: Context, press: Press) -> Answer:
    """撤掉 an agenda item: whoever wrote it, or holds the meeting."""
    item = meetings_written.item(ctx.session, ctx.store.id, press.subject_id)
    if item is None or item.kind != ItemKind.AGENDA:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    meeting = cards.existing(ctx, item.meeting_id)
    if item.by_id != ctx.me.id and not cards.may_manage(ctx.me, meeting):
        raise Refusal("meetings.not_your_item", audited="meetings.not_allowed")
    if not meetings_written.drop(ctx.session, item):
        raise Refusal("meetings.item_is_out")
    ctx.record("meetings.item_dropped", meeting.subject, by=ctx.me)
    ctx.refresh(meeting.subject)
    return notice("meetings.item_dropped", words=item.words)


def calendar(ctx: Context, press: Press) -> Answer:
    """加到日历: the file now, and again whenever the meeting moves or is off."""
    meeting, person = cards.own(ctx, press.subject_id)
    meetings.took_calendar(ctx.session, person)
    return notice("meetings.calendar", file=f"meetings:calendar:{meeting.id}", **cards.facts(ctx, meeting))


class Declining(BaseModel):
    reason: Annotated[str, Words()]


class ComingLate(BaseModel):
    late: Annotated[str, LateBy()]


class Adding(BaseModel):
    item: Annotated[str, Words()]


def _look_plain(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    return Reading(ctx.now, ctx.rules.working)


def _look_late(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    options = tuple(Option(str(one), "meetings.button_length", {"minutes": one}) for one in LATE_MINUTES)
    return Reading(ctx.now, ctx.rules.working, {"late": Question(options=options)})


def _decline(ctx: Context, form: Declining, about: Mapping[str, Any]) -> Answer:
    meeting, person = cards.own(ctx, about["meeting"])
    if _say(ctx, meeting, person, Coming.NO, form.reason):
        known = cards.facts(ctx, meeting) | {"name": ctx.me.name, "reason": form.reason}
        ctx.tell(meeting.host_id, notice("meetings.begged_off", **known))
    return notice("meetings.said_no", meeting=cards.heading(ctx, meeting))


def _come_late(ctx: Context, form: ComingLate, about: Mapping[str, Any]) -> Answer:
    meeting, person = cards.own(ctx, about["meeting"])
    _say(ctx, meeting, person, Coming.LATE, form.late)
    return notice("meetings.said_late", late=form.late, meeting=cards.heading(ctx, meeting))


def _add(ctx: Context, form: Adding, about: Mapping[str, Any]) -> Answer:
    return add(ctx, _with_agenda(ctx, about["meeting"]), form.item)


def add(ctx: Context, meeting: Meeting, words: str) -> Notice:
    """One more agenda item; it can be taken out again."""
    count = len(meetings_written.items_of(ctx.session, meeting.id, ItemKind.AGENDA))
    if count >= MOST_ITEMS:
        raise Refusal("meetings.agenda_full", most=MOST_ITEMS, ends_form=True)
    item = meetings_written.write(ctx.session, meeting, ItemKind.AGENDA, words, by_id=ctx.me.id, now=ctx.now)
    ctx.record("meetings.item_added", meeting.subject, by=ctx.me)
    ctx.refresh(meeting.subject)
    buttons = row(Button("meetings.button_drop_item", f"meetings:drop_item:{item.id}"))
    return notice("meetings.item_added", buttons=buttons, n=count + 1, words=words, meeting=cards.heading(ctx, meeting))


def _with_agenda(ctx: Context, meeting_id: int) -> Meeting:
    """The meeting, if this person may add to its agenda: one of it, or who holds it."""
    meeting = cards.existing(ctx, meeting_id)
    if cards.may_manage(ctx.me, meeting) and cards.is_open(ctx, meeting):
        return meeting
    return cards.own(ctx, meeting_id)[0]


def _say(ctx: Context, meeting: Meeting, person: meetings.MeetingPerson, coming: Coming, said: str = "") -> bool:
    """Keeps the answer and shows it on every card; False if it was the same as before."""
    if not meetings.say(ctx.session, person, coming, said=said, at=ctx.now):
        return False
    ctx.record("meetings.answered", meeting.subject, by=ctx.me, after={"coming": str(coming)})
    ctx.refresh(meeting.subject)
    return True


DECLINING = Form("meetings.decline", Declining, look=_look_plain, submit=_decline, confirms=False)
COMING_LATE = Form("meetings.late", ComingLate, look=_look_late, submit=_come_late, confirms=False)
ADDING = Form("meetings.agenda", Adding, look=_look_plain, submit=_add, confirms=False)
FORMS = (DECLINING, COMING_LATE, ADDING)
BUTTONS = {
    "yes": yes,
    "no": no,
    "late": late,
    "agenda": add_item,
    "drop_item": drop_item,
    "calendar": calendar,
}
