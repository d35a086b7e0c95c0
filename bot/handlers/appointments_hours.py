"""A meeting at an hour or on a day when the store is shut: real where it is meant, so it is asked, never refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from bot.dialog import YES, Answers
from bot.feature import Context
from bot.notices import Notice, notice
from bot.questions import Option, Pick, Question
from bot.rules.appointments import Shut, shut_at

ALL_THE_SAME = ("就约这个时间", "就这个时间", "就这样", *YES)
OTHER_TIME = ("换个时间", "换时间", "改个时间", "不行", "不对", "不是", "不")

# The field behind `meets`, which clears it; another time that is said instead is the new one.
AllTheSame = Annotated[str, Pick(in_line=False, rather="meets")]


def question(ctx: Context, answers: Answers) -> Question:
    """Asked once for each moment at which nobody is in the store."""
    at = datetime.fromisoformat(answers["meets"]) if answers.get("meets") else None
    shut = shut_at(at, ctx.rules.working) if at is not None else None
    if at is None or shut is None:
        return Question(ask=notice("appointments.ask_meets"), needed=False)
    options = (
        Option(str(shut), "appointments.button_all_the_same", names=ALL_THE_SAME),
        Option(None, "appointments.button_other_time", names=OTHER_TIME, asks=notice("appointments.ask_meets")),
    )
    return Question(ask=_ask(ctx, at, shut), options=options, needed="shut" not in answers)


def _ask(ctx: Context, at: datetime, shut: Shut) -> Notice:
    calendar, local = ctx.rules.working, at.astimezone(ctx.rules.working.zone)
    known = calendar.day(local.date())
    return notice(
        f"appointments.shut_{shut}",
        at=at,
        name=known.name,
        provisional=known.provisional,
        opens=calendar.opens(local.date()),
        closes=calendar.closes(local.date()),
    )
