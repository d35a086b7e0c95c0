"""What an entry asks before it is put on record: when it was or will be, who, what the customer said, a sum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers
from bot.feature import Context, Press, Refusal
from bot.handlers import appointments_cards, appointments_hours
from bot.handlers import workflow_acting as acting
from bot.measures import At, Money
from bot.notices import Notice, in_rows, notice
from bot.questions import Objection, Option, Pick, Question, Reading, Words
from bot.rules import workflow_record as rules
from bot.rules.workflow import StepKey
from bot.rules.workflow_record import Asked, Entry, Outcome
from storage import workflow
from storage.staff import Role, with_role
from storage.workflow import CaseMark, CaseStep

OUTCOME_WORDS = {
    Outcome.AGREED: ("同意", "满意", "可以", "定了"),
    Outcome.CHANGES: ("要调整", "要改", "调整", "修改意见"),
    Outcome.UNDECIDED: ("再考虑", "考虑考虑", "再想想", "没定"),
}
JUST_NOW = ("刚才", "刚刚", "刚量完", "刚刚量完", "现在")
SEVERAL = 2
LONGEST_PAST = timedelta(days=30)


class EntryForm(BaseModel):
    """What is said with an entry; which of it is asked the entry says."""

    happened: Annotated[datetime | None, At(past=True)] = None
    meets: Annotated[datetime | None, At(clears=("shut",))] = None
    shut: appointments_hours.AllTheSame = ""
    person: Annotated[int | None, Pick()] = None
    outcome: Annotated[str, Pick()] = ""
    number: Annotated[str, Words(leads=("编号", "号码", "合同号", "协议号"))] = ""
    amount: Annotated[Decimal | None, Money()] = None
    words: Annotated[str, Words()] = ""


def entry_of(ctx: Context, press: Press) -> Entry:
    step = workflow.get(ctx.session, ctx.store.id, press.subject_id)
    entry = rules.entry(press.rest, StepKey(step.step)) if step else None
    if entry is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    return entry


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """Only what the entry asks; after a meeting words are wanted only where the customer has changes."""
    entry = entry_of(ctx, Press(about["step"], about["mark"]))
    step = acting.of_form(ctx, about, entry=entry)
    builders = with_role(ctx.people(), Role.PROJECT_MANAGER)
    asked, happened = set(entry.asks), notice(f"workflow.ask_happened_{entry.mark}")
    if Asked.OUTCOME in asked:
        if answers.get("outcome") != Outcome.CHANGES:
            asked.discard(Asked.WORDS)
        if (when := _ask_when(ctx, step, happened)) is not None:
            asked.add(Asked.HAPPENED)
            happened = when
    if len(builders) < SEVERAL:
        asked.discard(Asked.PERSON)
    now = ctx.now.astimezone(ctx.rules.working.zone).replace(second=0, microsecond=0)
    outcomes = tuple(Option(str(one), f"workflow.outcome_{one}", names=names) for one, names in OUTCOME_WORDS.items())
    people = tuple(Option(one.id, "workflow.button_name", {"name": one.name}, names=(one.name,)) for one in builders)
    just_now = (Option(now.isoformat(), "workflow.button_just_now", names=JUST_NOW),)
    questions = {
        str(one): Question(
            ask=happened if one == Asked.HAPPENED else notice(f"workflow.ask_{one}_{entry.mark}"),
            options={Asked.OUTCOME: outcomes, Asked.HAPPENED: just_now, Asked.PERSON: people}.get(one, ()),
            needed=one in asked,
            optional=one == Asked.NUMBER,
        )
        for one in Asked
    }
    questions["shut"] = appointments_hours.question(ctx, answers)
    return Reading(ctx.now, ctx.rules.working, questions, _too_long_ago(answers, now))


def _too_long_ago(answers: Answers, now: datetime) -> Objection | None:
    happened = datetime.fromisoformat(answers["happened"]) if answers.get("happened") else now
    if happened >= now - LONGEST_PAST:
        return None
    return Objection("happened", notice("workflow.too_long_ago", days=LONGEST_PAST.days))


def _ask_when(ctx: Context, step: CaseStep, usual: Notice) -> Notice | None:
    """When the customer was here is asked where they were to come before today, or are only to come.

    The clock of what follows starts then.
    """
    booked = workflow.marks_of(ctx.session, step.case_id).get(rules.MEETS_BY.get(StepKey(step.step), ""))
    if booked is None:
        return None
    if booked.at > ctx.now:
        return _ask_before_it(ctx, step, booked)
    return usual if booked.at.astimezone(ctx.rules.working.zone).date() < ctx.today() else None


def _ask_before_it(ctx: Context, step: CaseStep, booked: CaseMark) -> Notice:
    """Perhaps they came earlier, perhaps it is to be moved."""
    moving = appointments_cards.moving(ctx, acting.case_of(ctx, step), booked, ctx.me)
    what = appointments_cards.title(booked)
    return notice("workflow.ask_before_it", buttons=in_rows(moving), at=booked.at, what=what)
