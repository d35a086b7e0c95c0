"""需要延期: a step's owner asks for more time with a reason, the client manager decides by a button (HANDBOOK 6).

One's own lateness is nobody's to excuse alone: a client manager's request goes to the GM office. 准予延期 is a
manager's own word about somebody else's step, and needs no request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel

from bot import approvals
from bot.dialog import Answers, Form
from bot.feature import MANAGERS, Answer, Approvable, Context, Decision, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers import workflow_acting as acting
from bot.handlers import workflow_cards as cards
from bot.handlers import workflow_reminders, workflow_steps
from bot.measures import At
from bot.notices import Notice, notice, passing, row
from bot.questions import Objection, Option, Question, Reading, Words
from bot.rules.limits import HalfWorkingDay, WorkingDays
from bot.rules.workflow import BY_KEY, StepKey, limit_of
from bot.talk import Button
from storage import customers, workflow
from storage.staff import Role, Staff
from storage.workflow import CaseStep, Extension, ExtensionState, StepState

RULE = "HANDBOOK 6"
OPEN = ExtensionState.PENDING
LEAD = re.compile(r"^(?:请|想|能不能|可以)?再?(?:(?:延(?:长|期|后|迟)?|推迟|宽限|多|给)[到至]?给?)?")


@dataclass(frozen=True)
class Later(At):
    """A moment to come, or so much more time: 延两天, 再给半天, 延到周一."""

    def read(self, said: str, reading: Reading, name: str) -> datetime:
        return super().read(LEAD.sub("", said.strip(), count=1), reading, name)


class ExtensionForm(BaseModel):
    """Until when, and why."""

    until: Annotated[datetime, Later(closes=True)]
    reason: Annotated[str, Words(leads=("因为", "原因是", "原因"))]


def ask(ctx: Context, press: Press) -> Answer:
    """The buttons 需要延期 and 准予延期."""
    step = acting.own(ctx, press)
    _allow(ctx, step)
    return open_form(ctx, ASKING, about={"step": step.id})


def _allow(ctx: Context, step: CaseStep) -> None:
    if step.due_at is None or step.state == StepState.PAUSED:
        raise Refusal("extension.no_clock", ends_form=True)
    if workflow.pending_extensions(ctx.session, step.id) and not _may_grant(ctx, step):
        raise Refusal("extension.asked_already", ends_form=True)


def _may_grant(ctx: Context, step: CaseStep) -> bool:
    return ctx.has(*MANAGERS) and step.owner_id != ctx.me.id


def _look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    step = acting.of_form(ctx, about)
    since = max(ctx.now, step.due_at or ctx.now)
    moments = [ctx.rules.after_working(since, limit) for limit in (HalfWorkingDay(), WorkingDays(1), WorkingDays(2))]
    options = tuple(Option(at.isoformat(), "workflow.button_until", {"at": at}) for at in dict.fromkeys(moments))
    ask = notice("extension.ask_until", due=step.due_at)
    until = datetime.fromisoformat(answers["until"]) if "until" in answers else None
    objection = None
    if until is not None and step.due_at is not None and until <= step.due_at:
        objection = Objection("until", notice("extension.not_later", due=step.due_at), options)
    return Reading(ctx.now, ctx.rules.working, {"until": Question(ask=ask, options=options, since=since)}, objection)


def _readback(ctx: Context, form: ExtensionForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    step = acting.of_form(ctx, about)
    known = cards.facts(ctx, step)
    return known | {"until": form.until, "reason": form.reason, "grants": _may_grant(ctx, step)}


def _submit(ctx: Context, form: ExtensionForm, about: Mapping[str, Any]) -> Answer:
    step = acting.of_form(ctx, about)
    _allow(ctx, step)
    if step.due_at is None:
        raise LookupError(f"step {step.id} has no due moment")
    if _may_grant(ctx, step):
        # Two moments would be agreed otherwise, the earlier one perhaps later.
        workflow_steps.drop_extensions(ctx, step)
    asked = workflow.ask_extension(
        ctx.session,
        Extension(
            store_id=ctx.store.id,
            step_id=step.id,
            asked_by_id=ctx.me.id,
            until=form.until,
            was_due_at=step.due_at,
            reason=form.reason,
            created_at=ctx.now,
        ),
    )
    after = {"until": form.until.isoformat(), "reason": form.reason}
    ctx.record("extension.asked", asked.subject, by=ctx.me, rule=RULE, after=after)
    if _may_grant(ctx, step):
        _grant(ctx, asked, step)
        return notice("extension.granted_by_me", **facts(ctx, asked))
    approvals.open_request(
        ctx,
        asked.subject,
        applicant=ctx.me,
        roles=[Role.CLIENT_MANAGER],
        # What is late already is no more urgent than the moment that is asked for.
        begins_at=step.due_at if step.due_at > ctx.now else form.until,
        expires_at=form.until,
    )
    return notice("extension.asked", subject=asked.subject, **facts(ctx, asked))


def _grant(scene: Scene, asked: Extension, step: CaseStep) -> None:
    """The agreed moment takes the clock's place; everybody who has the card sees it."""
    if not workflow.move_extension(scene.session, asked, ExtensionState.GRANTED, while_in=OPEN):
        raise Refusal("extension.over", ends_form=True)
    workflow.change(scene.session, step, {"due_at": asked.until, "clock_at": scene.now, "clock_left": ""})
    after = {"due": asked.until.isoformat(), "was": asked.was_due_at.isoformat()}
    scene.record("workflow.extended", f"customers:{step.case_id}", rule=RULE, after=after)
    scene.unsay(step.subject, [step.owner_id])
    if step.owner_id != asked.asked_by_id or _is_by_manager(scene, asked):
        told = passing("extension.granted_to_you", subject=step.subject, **cards.facts(scene, step))
        scene.tell(step.owner_id, told, urgent=True)
    workflow_reminders.plan_anew(scene, step)
    scene.refresh(step.subject)
    scene.refresh(f"customers:{step.case_id}")


def _is_by_manager(scene: Scene, asked: Extension) -> bool:
    """Whether nobody had to be asked."""
    return approvals.standing(scene, asked.subject) is None


def decided(scene: Scene, extension_id: int, decision: Decision) -> None:
    asked = existing(scene, extension_id)
    step = _step(scene, asked)
    if decision.approved and step.state == StepState.OPEN:
        _grant(scene, asked, step)
    else:
        workflow.move_extension(scene.session, asked, ExtensionState.REFUSED, while_in=OPEN)
    key = "extension.agreed" if decision.approved else "extension.refused"
    told = notice(key, subject=asked.subject, **facts(scene, asked), by=decision.by.name, why=decision.reason)
    scene.tell(asked.asked_by_id, told, urgent=True)


def reopened(scene: Scene, extension_id: int) -> None:
    """A decision was taken back within its minutes: the old moment holds again until another one."""
    asked = existing(scene, extension_id)
    step = _step(scene, asked)
    was = asked.state
    if not workflow.move_extension(scene.session, asked, ExtensionState.PENDING, while_in=was):
        raise Refusal("extension.over")
    if was == ExtensionState.GRANTED:
        workflow.change(scene.session, step, {"due_at": asked.was_due_at, **_old_clock(scene, step, asked)})
        scene.unsay(step.subject, [step.owner_id])
        workflow_reminders.plan_anew(scene, step)
        scene.refresh(step.subject)


def _old_clock(scene: Scene, step: CaseStep, asked: Extension) -> dict[str, Any]:
    """The step's own limit, if it was what made the old moment: then that still moves with the calendar."""
    limit = limit_of(BY_KEY[StepKey(step.step)], scene.rules.process)
    if step.started_at is None or limit is None:
        return {}
    own = scene.rules.after_working(step.started_at, limit) == asked.was_due_at
    return {"clock_at": step.started_at, "clock_left": str(limit)} if own else {}


def expired(scene: Scene, extension_id: int) -> None:
    workflow.move_extension(scene.session, existing(scene, extension_id), ExtensionState.EXPIRED, while_in=OPEN)


def reversible(scene: Scene, extension_id: int) -> bool:
    """While the step goes on, and nothing else was agreed about it since."""
    asked = existing(scene, extension_id)
    step = _step(scene, asked)
    stands = step.due_at == (asked.until if asked.state == ExtensionState.GRANTED else asked.was_due_at)
    return asked.state in (ExtensionState.GRANTED, ExtensionState.REFUSED) and step.state == StepState.OPEN and stands


def withdraw(ctx: Context, press: Press) -> Answer:
    """The button 撤回: the owner needs no more time after all."""
    asked = workflow.get_extension(ctx.session, ctx.store.id, press.subject_id)
    if asked is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if asked.asked_by_id != ctx.me.id:
        raise Refusal("extension.not_yours", audited="extension.not_allowed")
    _locked(ctx, asked)
    if not workflow.move_extension(ctx.session, asked, ExtensionState.WITHDRAWN, while_in=OPEN):
        raise Refusal("extension.over")
    approvals.withdraw_request(ctx, asked.subject)
    ctx.record("extension.withdrawn", asked.subject, by=ctx.me, rule=RULE)
    ctx.refresh(asked.subject)
    return notice("extension.withdrawn", **facts(ctx, asked))


def existing(scene: Scene, extension_id: int) -> Extension:
    asked = workflow.get_extension(scene.session, scene.store.id, extension_id)
    if asked is None:
        raise LookupError(f"extension {extension_id} is gone")
    return asked


def _step(scene: Scene, asked: Extension) -> CaseStep:
    step = workflow.get(scene.session, scene.store.id, asked.step_id)
    if step is None:
        raise LookupError(f"step {asked.step_id} is gone")
    return step


def _locked(scene: Scene, asked: Extension) -> CaseStep:
    """The step, its case and itself locked in this order: what is decided and what is done come one after another."""
    step = _step(scene, asked)
    customers.lock(scene.session, scene.store.id, step.case_id)
    workflow.lock(scene.session, scene.store.id, step.id)
    return step


def facts(scene: Scene, asked: Extension) -> dict[str, Any]:
    """The step as its own texts tell it, and what is asked for."""
    person = next((one.name for one in scene.people() if one.id == asked.asked_by_id), "")
    more = {"until": asked.until, "was_due": asked.was_due_at, "reason": asked.reason, "asker": person}
    return cards.facts(scene, _step(scene, asked)) | more


def title(scene: Scene, extension_id: int) -> Notice:
    return notice("extension.title_line", **facts(scene, existing(scene, extension_id)))


def card(scene: Scene, extension_id: int, viewer: Staff | None) -> Notice | None:
    """The request as those who decide and the one who asked see it now."""
    asked = workflow.get_extension(scene.session, scene.store.id, extension_id)
    if asked is None or viewer is None:
        return None
    if viewer.id != asked.asked_by_id and not any(viewer.has(role) for role in MANAGERS):
        return None
    decision = approvals.card_values(scene, asked.subject)
    buttons = approvals.card_buttons(scene, asked.subject, viewer)
    if asked.state == OPEN and viewer.id == asked.asked_by_id:
        buttons = buttons + row(Button("extension.button_withdraw", f"extension:withdraw:{asked.id}"))
    # Both say until when: how much more time is wanted, and when an answer is.
    known = decision | {"answer_by": decision["until"]} | facts(scene, asked) | {"state": str(asked.state)}
    key = "extension.card" if asked.state == OPEN else "extension.card_after"
    return notice(key, buttons=buttons, subject=asked.subject, **known)


ASKING = Form("extension.asking", ExtensionForm, look=_look, submit=_submit, readback=_readback)

feature = Feature(
    name="extension",
    forms=(ASKING,),
    buttons={"ask": ask, "withdraw": withdraw},
    card=card,
    approvable=Approvable(
        locks=lambda scene, extension_id: _locked(scene, existing(scene, extension_id)),
        title=title,
        decided=decided,
        reopened=reopened,
        expired=expired,
        reversible=reversible,
        rule=RULE,
    ),
)
