"""交接: the handover form (HANDBOOK W3 2.6), filled mostly by itself; the giver completes it, the receiver takes it.

With it the giver's step is done and the receiver's clock starts; given back with a reason it stops, and the step is
the giver's again. Who says nothing is asked after half an hour of work, then the client manager hears (HANDBOOK 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Change, Context, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers import handover_cards as cards
from bot.handlers import handover_forms as forms
from bot.handlers import handover_paper, workflow_cards, workflow_record
from bot.handlers import workflow_acting as acting
from bot.handlers import workflow_steps as steps
from bot.handlers.handover_forms import ASKED, RULE
from bot.handlers.workflow_reminders import hearing, leave_at
from bot.measures import Money
from bot.notices import notice
from bot.questions import Option, Pick, Question, Reading, Words
from bot.rules.book import Rulebook
from bot.rules.workflow import BY_KEY, Need, Paper, StepKey, next_step
from bot.rules.workflow import Handover as Hands
from bot.rules.workflow_clock import Ring, due_at
from bot.rules.workflow_record import Fact, ending
from storage import customers, handover, staff, workflow
from storage.customers import Case
from storage.handover import HandoverForm, HandoverState
from storage.reminders import Reminder
from storage.staff import Role, Staff, with_role
from storage.workflow import CaseStep, StepState

# The papers that hold a total, and the fact that the total becomes.
TOTALS: Mapping[Paper, Fact] = {
    Paper.ESTIMATE_SHEET: Fact.ESTIMATE_TOTAL,
    Paper.ADJUSTED_PLAN: Fact.ESTIMATE_TOTAL,
    Paper.BUDGET: Fact.BUDGET_TOTAL,
    Paper.ADJUSTED_DRAWINGS: Fact.BUDGET_TOTAL,
}


class HandingForm(BaseModel):
    """To whom, the total if the paper has one, what exactly goes over, what the receiver must know."""

    to: Annotated[int | None, Pick()] = None
    amount: Annotated[Decimal | None, Money()] = None
    items: Annotated[str, Words()] = ""
    remarks: Annotated[str, Words()] = ""


def hand(ctx: Context, press: Press) -> Answer:
    """The button 交接: what the handbook wants first is said at once (HANDBOOK 1K)."""
    step = acting.own(ctx, press)
    _allow(ctx, step)
    return open_form(ctx, HANDING, about={"step": step.id})


def _allow(ctx: Context, step: CaseStep) -> Hands:
    hands = BY_KEY[StepKey(step.step)].hands
    if hands is None or ending(StepKey(step.step)):
        raise Refusal("desk.no_such_button", audited="desk.forged_button", ends_form=True)
    acting.require(step, workflow_cards.met(ctx, acting.case_of(ctx, step)))
    if not with_role(ctx.people(), hands.to):
        raise Refusal("workflow.nobody", role=notice(f"staff.role_{hands.to}"), ends_form=True)
    return hands


def _look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    step = acting.of_form(ctx, about)
    hands = _allow(ctx, step)
    receivers = with_role(ctx.people(), hands.to)
    options = tuple(Option(one.id, "handover.button_to", {"name": one.name}, names=(one.name,)) for one in receivers)
    chosen = steps.member(ctx, acting.case_of(ctx, step), hands.to)
    paper = notice(f"process.paper_{hands.paper}")
    questions = {
        "to": Question(options=options, default=chosen.id if chosen else None),
        "amount": Question(ask=notice("handover.ask_amount", paper=paper), needed=hands.paper in TOTALS),
        "items": Question(ask=notice("handover.ask_items", paper=paper), optional=True),
        "remarks": Question(optional=True),
    }
    return Reading(ctx.now, ctx.rules.working, questions)


def _readback(ctx: Context, form: HandingForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    step = acting.of_form(ctx, about)
    case, hands = acting.case_of(ctx, step), _allow(ctx, step)
    marks = workflow.marks_of(ctx.session, case.id)
    return workflow_cards.facts(ctx, step) | {
        "paper": notice(f"process.paper_{hands.paper}"),
        "to": staff.get(ctx.session, form.to).name if form.to else "",
        "amount": str(form.amount) if form.amount is not None else "",
        "items": form.items,
        "files": cards.files_of(ctx, step),
        "remarks": form.remarks,
        "materials": Need.MATERIALS_SELECTED in marks,
        "apart": _apart(ctx, case, hands, form),
        "away": _away(ctx, step, form),
    }


def _away(ctx: Context, step: CaseStep, form: HandingForm) -> dict[str, Any] | None:
    """The leave in which what follows is due, so that the giver knows before (HANDBOOK 6)."""
    following = next_step(StepKey(step.step))
    due = due_at(BY_KEY[following], ctx.now, ctx.rules) if following else None
    gone = leave_at(ctx, form.to, due) if form.to and due else None
    return {"span": gone.span, "due": due} if gone else None


def _apart(ctx: Context, case: Case, hands: Hands, form: HandingForm) -> dict[str, Any] | None:
    """How far the new budget is from the estimate, said before it is handed over (HANDBOOK W5)."""
    if TOTALS.get(hands.paper) != Fact.BUDGET_TOTAL or form.amount is None:
        return None
    apart = cards.apart(ctx, case, form.amount)
    return {"percent": str(abs(apart.percent)), "over": apart.is_over, "within": apart.is_within} if apart else None


def _submit(ctx: Context, form: HandingForm, about: Mapping[str, Any]) -> Answer:
    step = acting.of_form(ctx, about)
    case, hands = acting.case_of(ctx, step), _allow(ctx, step)
    to = next((one for one in with_role(ctx.people(), hands.to) if one.id == form.to), None)
    if to is None:
        raise Refusal("dialog.past", ends_form=True)
    customers.put_member(ctx.session, case, hands.to, to.id)
    if form.amount is not None and hands.paper in TOTALS:
        _put_total(ctx, step, TOTALS[hands.paper], form.amount)
    kept = forms.hand(ctx, step, hands.paper, to, items=form.items, remarks=form.remarks)
    steps.done(ctx, step)
    steps.want_anew(ctx, case, StepKey(step.step))
    _begin_next(ctx, case, step, kept, to)
    return notice("handover.handed", subject=kept.subject, **cards.facts(ctx, kept))


def _put_total(ctx: Context, step: CaseStep, fact: Fact, amount: Decimal) -> None:
    """A new total takes the place of the one before, which stays on record."""
    workflow.void_marks(ctx.session, step.case_id, [fact], at=ctx.now)
    workflow_record.put_mark(ctx, step, fact, at=ctx.now, said={"amount": str(amount)})


def _begin_next(ctx: Context, case: Case, step: CaseStep, form: HandoverForm, to: Staff) -> None:
    """The receiver's step begins with its clock; one that was given back before begins anew."""
    following = next_step(StepKey(step.step))
    if following is None:
        return
    lead = notice("handover.brought", **cards.facts(ctx, form))
    before = handover.given_back_of(ctx.session, step.id)
    again = workflow.get(ctx.session, ctx.store.id, before.next_step_id) if before and before.next_step_id else None
    if again is not None:
        handover.link(ctx.session, form, again.id)
        steps.take_up(ctx, again, owner_id=to.id, at=ctx.now, lead=lead)
        return
    begun = steps.begin(ctx, case, following, owner_id=to.id, started_at=ctx.now, lead=lead)
    if begun is not None:
        handover.link(ctx.session, form, begun.id)


def take(ctx: Context, press: Press) -> Answer:
    """The button 收下."""
    form = _for_me(ctx, press)
    answer = {"answered_at": ctx.now, "answered_by_id": ctx.me.id}
    if not handover.move(ctx.session, form, HandoverState.ACCEPTED, while_in=[HandoverState.HANDED], **answer):
        raise _answered(ctx, form)
    ctx.record("handover.taken", f"customers:{form.case_id}", by=ctx.me, rule=RULE, after={"form": form.number})
    _close(ctx, form)
    ctx.tell(form.from_id, notice("handover.taken_told", subject=form.subject, **cards.facts(ctx, form)))
    return notice("handover.taken", **cards.facts(ctx, form))


class ReturnForm(BaseModel):
    """Why it comes back."""

    why: Annotated[str, Words(leads=("因为",))]


def give_back(ctx: Context, press: Press) -> Answer:
    """The button 退回: with a reason."""
    form = _for_me(ctx, press)
    if form.next_step_id is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if form.state != HandoverState.HANDED:
        raise _answered(ctx, form)
    return open_form(ctx, RETURNING, about={"form": form.id})


def _returned(ctx: Context, form: ReturnForm, about: Mapping[str, Any]) -> Answer:
    kept = _for_me(ctx, Press(about["form"]))
    answer = {"answered_at": ctx.now, "answered_by_id": ctx.me.id, "returned_why": form.why}
    if not handover.move(ctx.session, kept, HandoverState.RETURNED, while_in=[HandoverState.HANDED], **answer):
        raise _answered(ctx, kept)
    after = {"form": kept.number, "why": form.why}
    ctx.record("handover.returned", f"customers:{kept.case_id}", by=ctx.me, rule="HANDBOOK 6", after=after)
    giving = workflow.lock(ctx.session, ctx.store.id, kept.step_id)
    receiving = workflow.lock(ctx.session, ctx.store.id, kept.next_step_id) if kept.next_step_id else None
    if giving is not None:
        steps.give_back(ctx, giving, receiving, form.why)
    _close(ctx, kept)
    return notice("handover.returned", **cards.facts(ctx, kept))


def _close(ctx: Context, form: HandoverForm) -> None:
    ctx.forget("handover", form.subject)
    ctx.refresh(form.subject)
    if form.next_step_id:
        ctx.refresh(f"workflow:{form.next_step_id}")


def _for_me(ctx: Context, press: Press) -> HandoverForm:
    """The form, if it is for this person (or they stand in for who it is for), its case locked first.

    Raises Refusal where what it was handed over for does not go on any more.
    """
    known = handover.get(ctx.session, ctx.store.id, press.subject_id)
    if known is None or customers.lock(ctx.session, ctx.store.id, known.case_id) is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    form = handover.lock(ctx.session, ctx.store.id, known.id)
    if form is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if ctx.me.id != form.to_id and not ctx.has(Role.CLIENT_MANAGER):
        to = staff.get(ctx.session, form.to_id).name
        raise Refusal("handover.not_yours", to=to, audited="handover.not_allowed")
    receiving = _receiving(ctx, form)
    if form.state == HandoverState.HANDED and receiving is not None and not steps.is_live(receiving):
        raise steps.over(ctx, receiving)
    return form


def _receiving(scene: Scene, form: HandoverForm) -> CaseStep | None:
    """The step for which it was handed over."""
    return workflow.get(scene.session, scene.store.id, form.next_step_id) if form.next_step_id else None


def _answered(ctx: Context, form: HandoverForm) -> Refusal:
    return Refusal("handover.answered", ends_form=True, **cards.facts(ctx, form))


def ring(scene: Scene, reminder: Reminder) -> None:
    """Nobody has said whether it was taken; nothing is said where the receiver's step stands still or is over."""
    form = handover.get(scene.session, scene.store.id, int(reminder.subject.partition(":")[2]))
    step = _receiving(scene, form) if form else None
    if form is None or form.state != HandoverState.HANDED or (step is not None and step.state != StepState.OPEN):
        return
    once, known = f"{reminder.occurrence}|{form.id}", cards.facts(scene, form)
    hear = hearing(scene, step, Ring.CLIENT_MANAGER) if step else [staff.get(scene.session, form.from_id)]
    if reminder.occurrence == ASKED:
        known["names"] = "、".join(one.name for one in hear)
        scene.tell(form.to_id, notice("handover.take_it", subject=form.subject, **known), urgent=True, dedupe=once)
        return
    told = notice("handover.not_taken", subject=step.subject if step else form.subject, **known)
    for person in hear:
        scene.tell(person.id, told, dedupe=once)


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """What waits to be taken is asked after by the new hours; nobody need hear that."""
    for form in handover.waiting_in(scene.session, scene.store.id):
        forms.ask_at(scene, form)
    return []


HANDING = Form("handover.handing", HandingForm, look=_look, submit=_submit, readback=_readback)
RETURNING = Form(
    "handover.returning",
    ReturnForm,
    look=lambda ctx, _answers, _about: Reading(ctx.now, ctx.rules.working),
    submit=_returned,
    confirms=False,
)

feature = Feature(
    name="handover",
    forms=(HANDING, RETURNING),
    buttons={
        "hand": hand,
        "take": take,
        "give_back": give_back,
        "show": handover_paper.show,
        "sheet": handover_paper.press_sheet,
        "pdf": handover_paper.press_pdf,
    },
    files={"sheet": handover_paper.make_sheet, "pdf": handover_paper.make_pdf},
    rings=ring,
    card=cards.card,
    rules_changed=rules_changed,
)
