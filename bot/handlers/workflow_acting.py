"""Who may do something with a step: its owner and the managers, while it is under way; rights are checked here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.feature import MANAGERS, Context, Press, Refusal
from bot.handlers import customers_cards, customers_forgetting, workflow_steps
from bot.notices import notice
from bot.rules.workflow import BY_KEY, Need, StepKey, missing
from bot.rules.workflow_record import Entry
from storage import customers, workflow
from storage.customers import Case
from storage.workflow import CaseStep


def of_store(ctx: Context, press: Press, *, ends_form: bool = False) -> CaseStep:
    """The store's step, its case and itself locked in this order; buttons can be forged."""
    step = workflow.get(ctx.session, ctx.store.id, press.subject_id)
    case = customers.lock(ctx.session, ctx.store.id, step.case_id) if step else None
    locked = workflow.lock(ctx.session, ctx.store.id, press.subject_id) if case else None
    if case is None or locked is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if not customers_cards.may_see(ctx, case, ctx.me) and ctx.me.id != locked.owner_id:
        raise _not_yours(ctx, locked, ends_form=ends_form)
    customers_forgetting.require_kept(ctx, case)
    return locked


def own(ctx: Context, press: Press, *, entry: Entry | None = None, ends_form: bool = False) -> CaseStep:
    """A step that is under way and this person's to go on with; an `entry` may be others' too."""
    step = of_store(ctx, press, ends_form=ends_form)
    others = entry.by if entry else ()
    if ctx.me.id != step.owner_id and not ctx.has(*MANAGERS, *others):
        raise _not_yours(ctx, step, ends_form=ends_form)
    if not workflow_steps.is_live(step):
        raise workflow_steps.over(ctx, step)
    return step


def of_form(ctx: Context, about: Mapping[str, Any], *, entry: Entry | None = None) -> CaseStep:
    """The step that a form is about, which has lost its sense once the step is over or somebody else's."""
    return own(ctx, Press(about["step"]), entry=entry, ends_form=True)


def case_of(ctx: Context, step: CaseStep) -> Case:
    case = customers.get(ctx.session, ctx.store.id, step.case_id)
    if case is None:
        raise Refusal("desk.no_such_button")
    return case


def require(step: CaseStep, there: set[Need]) -> None:
    """The handbook's guards (HANDBOOK 1K): what is missing is said, before anything is filled in."""
    row = BY_KEY[StepKey(step.step)]
    wanted = missing(row, there)
    if wanted:
        raise Refusal(
            "workflow.missing",
            needs=[notice(f"workflow.need_{one}") for one in wanted],
            how=[notice(f"workflow.how_{one}") for one in wanted],
            ends_form=True,
        )


def _not_yours(ctx: Context, step: CaseStep, *, ends_form: bool) -> Refusal:
    owner = next((one.name for one in ctx.people() if one.id == step.owner_id), "")
    return Refusal("workflow.not_yours", owner=owner, audited="workflow.not_allowed", ends_form=ends_form)
