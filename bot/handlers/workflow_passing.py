"""转给别人: a step goes to a colleague of the same role, and with it the rest of the case's work of that role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Context, Press, Refusal
from bot.filling import open_form
from bot.handlers import workflow_acting as acting
from bot.handlers import workflow_cards as cards
from bot.handlers import workflow_steps as steps
from bot.notices import notice
from bot.questions import Option, Pick, Question, Reading, Words
from bot.rules.workflow import BY_KEY, StepKey
from storage import customers, staff
from storage.staff import Role, Staff, with_role
from storage.workflow import CaseStep


class PassingForm(BaseModel):
    """To whom, and why."""

    to: Annotated[int, Pick()]
    why: Annotated[str, Words()] = ""


def pass_on(ctx: Context, press: Press) -> Answer:
    """The button 转给别人."""
    step = acting.own(ctx, press)
    if not _others(ctx, step):
        role = notice(f"staff.role_{_role(step)}")
        raise Refusal("workflow.nobody_else", role=role, has_clock=step.due_at is not None)
    return open_form(ctx, PASSING, about={"step": step.id})


def _role(step: CaseStep) -> Role:
    return BY_KEY[StepKey(step.step)].owner


def _others(ctx: Context, step: CaseStep) -> list[Staff]:
    return [one for one in with_role(ctx.people(), _role(step)) if one.id != step.owner_id]


def _look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    step = acting.of_form(ctx, about)
    why = Question(ask=notice("workflow.ask_why_passing"), optional=True)
    load, away = customers.load_of(ctx.session, ctx.store.id, [one.id for one in ctx.people()]), ctx.away_now()
    options = tuple(
        Option(
            one.id,
            "workflow.button_person",
            {"name": one.name, "load": load.get(one.id, 0), "away": one.id in away},
            names=(one.name, one.key),
        )
        for one in _others(ctx, step)
    )
    return Reading(ctx.now, ctx.rules.working, {"to": Question(options=options), "why": why})


def _submit(ctx: Context, form: PassingForm, about: Mapping[str, Any]) -> Answer:
    step = acting.of_form(ctx, about)
    to = next((one for one in _others(ctx, step) if one.id == form.to), None)
    if to is None:
        raise Refusal("dialog.past", ends_form=True)
    before = staff.get(ctx.session, step.owner_id)
    steps.change_owner(ctx, step, to.id)
    customers.put_member(ctx.session, acting.case_of(ctx, step), _role(step), to.id)
    ctx.record(
        "workflow.passed_on",
        f"customers:{step.case_id}",
        by=ctx.me,
        rule=steps.rule_of(step),
        before={"owner": before.key},
        after={"owner": to.key, "why": form.why},
    )
    steps.hand_card(ctx, step, notice("workflow.passed_to_you", by=ctx.me.name, why=form.why))
    if before.id != ctx.me.id:
        told = notice("workflow.passed_from_you", **cards.facts(ctx, step), by=ctx.me.name, why=form.why)
        ctx.tell(before.id, told)
    return notice("workflow.passed", **cards.facts(ctx, step))


PASSING = Form("workflow.passing", PassingForm, look=_look, submit=_submit, confirms=False)
