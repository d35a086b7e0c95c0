"""等客户 stops a step's clock with a reason and a day to ask again; 客户已回复 lets it go on (HANDBOOK 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Context, Press, Refusal
from bot.filling import open_form
from bot.handlers import workflow_acting as acting
from bot.handlers import workflow_cards as cards
from bot.handlers import workflow_reminders, workflow_steps
from bot.measures import At
from bot.notices import notice, passing
from bot.questions import Objection, Option, Question, Reading, Words
from bot.rules.workflow_clock import LONGEST_WAIT_DAYS
from storage import workflow
from storage.workflow import CaseStep, StepState

RULE = "HANDBOOK 4"
USUAL_DAYS = (1, 2, 3, 7)


class WaitingForm(BaseModel):
    """What the customer is waited for with, and when they are asked again."""

    why: Annotated[str, Words(leads=("因为", "等", "客户"))]
    ask_again: Annotated[datetime, At()]


def wait(ctx: Context, press: Press) -> Answer:
    """The buttons 等客户 and, of one who is waited for already, 再等等."""
    step = acting.own(ctx, press)
    return open_form(ctx, WAITING, about={"step": step.id})


def _look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    today = ctx.today()
    days = [ctx.rules.working.opens(_open_from(ctx, today + timedelta(days=days))) for days in USUAL_DAYS]
    options = tuple(Option(at.isoformat(), "workflow.button_on", {"at": at}) for at in dict.fromkeys(days))
    objection = None
    if "ask_again" in answers and _is_too_far(ctx, datetime.fromisoformat(answers["ask_again"])):
        objection = Objection("ask_again", notice("workflow.too_far", days=LONGEST_WAIT_DAYS), options)
    return Reading(ctx.now, ctx.rules.working, {"ask_again": Question(options=options)}, objection)


def _is_too_far(ctx: Context, at: datetime) -> bool:
    day = at.astimezone(ctx.rules.working.zone).date()
    return (day - ctx.today()).days > LONGEST_WAIT_DAYS


def _open_from(ctx: Context, day: Any) -> Any:
    calendar = ctx.rules.working
    return day if calendar.is_open(day) else calendar.next_working_day(day)


def _submit(ctx: Context, form: WaitingForm, about: Mapping[str, Any]) -> Answer:
    step = acting.of_form(ctx, about)
    waits_already = step.state == StepState.PAUSED
    paused = {
        "state": StepState.PAUSED,
        "paused_at": step.paused_at if waits_already else ctx.now,
        "paused_why": form.why,
        "ask_again_at": workflow_reminders.in_hours(ctx, form.ask_again),
    }
    if not workflow.change(ctx.session, step, paused):
        raise workflow_steps.over(ctx, step)
    after = {"why": form.why, "ask_again": form.ask_again.isoformat()}
    ctx.record("workflow.paused", f"customers:{step.case_id}", by=ctx.me, rule=RULE, after=after)
    _moved(ctx, step)
    if not waits_already:
        _tell_managers(ctx, step)
    return passing("workflow.waits", subject=step.subject, **cards.facts(ctx, step))


def _tell_managers(ctx: Context, step: CaseStep) -> None:
    """The case's client manager knows that its clock stands still, unless it was she who stopped it."""
    managers = workflow_reminders.client_managers(ctx, step.case_id, ctx.people())
    if ctx.me.id in [one.id for one in managers]:
        return
    for person in managers:
        ctx.tell(person.id, passing("workflow.waits_told", subject=step.subject, **cards.facts(ctx, step)))


def answered(ctx: Context, press: Press) -> Answer:
    """The button 客户已回复: what was left of the time goes on from now."""
    step = acting.own(ctx, press)
    if step.state != StepState.PAUSED or step.paused_at is None:
        raise Refusal("workflow.not_waiting")
    goes_on = workflow_steps.RUNNING | workflow_steps.goes_on(ctx, step, stood_since=step.paused_at)
    if not workflow.change(ctx.session, step, goes_on, while_in=[StepState.PAUSED]):
        raise Refusal("workflow.not_waiting")
    ctx.record("workflow.resumed", f"customers:{step.case_id}", by=ctx.me, rule=RULE)
    _moved(ctx, step)
    if ctx.me.id != step.owner_id:
        ctx.tell(step.owner_id, passing("workflow.goes_on_told", subject=step.subject, **cards.facts(ctx, step)))
    return passing("workflow.goes_on", subject=step.subject, **cards.facts(ctx, step))


def _moved(ctx: Context, step: CaseStep) -> None:
    workflow_steps.drop_extensions(ctx, step)
    ctx.unsay(step.subject, [step.owner_id])
    ctx.refresh(step.subject)
    ctx.refresh(f"customers:{step.case_id}")
    workflow_reminders.plan_anew(ctx, step)


WAITING = Form("workflow.waiting", WaitingForm, look=_look, submit=_submit, confirms=False)
