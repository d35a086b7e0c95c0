"""取消会议: the host calls a meeting off, with a reason or without; everybody who knew of it hears so once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Context, Press, Refusal
from bot.filling import open_form
from bot.handlers import meetings_cards as cards
from bot.handlers import meetings_lists
from bot.handlers import meetings_roll as roll
from bot.handlers import meetings_telling as telling
from bot.notices import notice
from bot.questions import Question, Reading, Words
from storage import meetings
from storage.meetings import Meeting, MeetingState


class Cancelling(BaseModel):
    why: Annotated[str, Words()] = ""


def cancel(ctx: Context, press: Press) -> Answer:
    """取消会议 asks why; it may be left unsaid."""
    return _open_cancel(ctx, cards.managed(ctx, press.subject_id))


def _open_cancel(ctx: Context, meeting: Meeting) -> Answer:
    _is_planned(ctx, meeting)
    return open_form(ctx, CANCELLING, about={"meeting": meeting.id})


def _is_planned(ctx: Context, meeting: Meeting) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise Refusal("meetings.is_cancelled", meeting=cards.heading(ctx, meeting), ends_form=True)
    if meeting.state != MeetingState.PLANNED or meeting.ends_at <= ctx.now:
        raise Refusal("meetings.has_begun", meeting=cards.heading(ctx, meeting), ends_form=True)


def _look_cancel(ctx: Context, given: Answers, about: Mapping[str, Any]) -> Reading:
    meeting = cards.existing(ctx, about["meeting"])
    asking = notice("meetings.ask_why", meeting=cards.heading(ctx, meeting))
    return Reading(ctx.now, ctx.rules.working, {"why": Question(ask=asking, optional=True)})


def _cancel(ctx: Context, form: Cancelling, about: Mapping[str, Any]) -> Answer:
    """It is off, unless it began meanwhile: everybody who knew of it hears so once."""
    meeting = cards.managed(ctx, about["meeting"])
    _is_planned(ctx, meeting)
    meetings.move(ctx.session, meeting, MeetingState.CANCELLED, while_in=[MeetingState.PLANNED], cancelled_why=form.why)
    ctx.forget("meetings", meeting.subject)
    ctx.record("meetings.cancelled", meeting.subject, by=ctx.me)
    telling.cancelled(ctx, meeting, ctx.me)
    ctx.refresh(meeting.subject)
    ctx.refresh(roll.subject(meeting))
    return notice("meetings.cancelled_by_me", meeting=cards.heading(ctx, meeting))


def typed(ctx: Context, word: str, rest: str) -> Answer:
    """取消会议."""
    found = meetings_lists.mine_to_manage(ctx, "cancel")
    return _open_cancel(ctx, found) if isinstance(found, Meeting) else found


CANCELLING = Form(
    "meetings.cancel",
    Cancelling,
    look=_look_cancel,
    submit=_cancel,
    confirms=False,
    cancelled="meetings.not_cancelled",
)
