"""What is put on record at a step by a button: a survey, a choice of materials, a meeting and what came of it.

Which there are, and which of them ends the step, is one table: bot/rules/workflow_record.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.dialog import Form
from bot.feature import Answer, Context, Press, Refusal
from bot.filling import open_form
from bot.handlers import appointments_cards, appointments_telling, follow_up, handover_cards, handover_forms
from bot.handlers import workflow_acting as acting
from bot.handlers import workflow_cards as cards
from bot.handlers import workflow_record_form as asking
from bot.handlers import workflow_steps as steps
from bot.handlers.workflow_record_form import EntryForm
from bot.notices import Notice, in_rows, notice, passing
from bot.rules import workflow_record as rules
from bot.rules.appointments import BY_MARK
from bot.rules.workflow import BY_KEY, Need, Paper, StepKey
from bot.rules.workflow_record import Entry, Fact, Outcome
from storage import customers, staff, workflow
from storage.customers import Case, CaseState
from storage.staff import Role
from storage.workflow import CaseMark, CaseStep


def note(ctx: Context, press: Press) -> Answer:
    """The button of an entry: what it asks is asked, one that asks nothing is on record at once."""
    entry = asking.entry_of(ctx, press)
    step = acting.own(ctx, press, entry=entry)
    _allow(ctx, step, entry)
    if entry.asks:
        return open_form(ctx, RECORDING, about={"step": step.id, "mark": str(entry.mark)})
    return _put(ctx, step, entry, EntryForm())


def _allow(ctx: Context, step: CaseStep, entry: Entry) -> None:
    """What must stand first, and that it does not stand already."""
    standing = workflow.marks_of(ctx.session, step.case_id)
    if entry.mark in standing:
        raise Refusal("workflow.on_record", what=notice(f"workflow.need_{entry.mark}"), ends_form=True)
    if entry.mark == Fact.CHANGES_WANTED and rules.is_too_late(StepKey(step.step), standing):
        raise Refusal("workflow.signed_already", ends_form=True)
    if entry.guarded:
        acting.require(step, cards.met(ctx, acting.case_of(ctx, step)))
    first = rules.waits_for(entry.mark, StepKey(step.step))
    if first is not None and first not in standing:
        raise Refusal("workflow.first", what=notice(f"workflow.need_{first}"), ends_form=True)
    if entry.mark == Need.BUDGET_EXPLAINED and first is not None:
        _require_met(ctx, step, standing[first])
    if entry.mark == Fact.OVER_ALLOWED and not ctx.has(Role.CLIENT_MANAGER, Role.GM_OFFICE):
        raise Refusal("desk.not_yours", audited="desk.not_allowed", ends_form=True)


def _require_met(ctx: Context, step: CaseStep, booked: CaseMark) -> None:
    """The budget is explained to the customer, item by item, when they see it (HANDBOOK W10 E5)."""
    if booked.at <= ctx.now:
        return
    moving = appointments_cards.moving(ctx, acting.case_of(ctx, step), booked, ctx.me)
    held = cards.entry_button(step, Need.BUDGET_MEETING_HELD)
    raise Refusal("workflow.not_met_yet", buttons=in_rows([held, *moving]), at=booked.at)


def _readback(ctx: Context, form: EntryForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    step = acting.of_form(ctx, about, entry=asking.entry_of(ctx, Press(about["step"], about["mark"])))
    return cards.facts(ctx, step) | {
        "what": notice(f"workflow.need_{about['mark']}"),
        "said_at": form.happened or form.meets,
        "person": staff.get(ctx.session, form.person).name if form.person is not None else "",
        "outcome": form.outcome,
        "said_number": form.number,
        "amount": str(form.amount) if form.amount is not None else "",
        "said": form.words,
        "clashes": _clashes(ctx, step, form, about["mark"]),
    }


def _clashes(ctx: Context, step: CaseStep, form: EntryForm, mark: str) -> list[dict[str, Any]]:
    """What stands against the moment of a meeting: said, never refused (HANDBOOK W10)."""
    booked = BY_MARK.get(mark)
    if booked is None or form.meets is None:
        return []
    return appointments_cards.clashes(ctx, acting.case_of(ctx, step), booked, form.meets)


def _submit(ctx: Context, form: EntryForm, about: Mapping[str, Any]) -> Answer:
    entry = asking.entry_of(ctx, Press(about["step"], about["mark"]))
    step = acting.of_form(ctx, about, entry=entry)
    _allow(ctx, step, entry)
    return _put(ctx, step, entry, form)


def _put(ctx: Context, step: CaseStep, entry: Entry, form: EntryForm) -> Answer:
    """On record, with what follows from it: a clock starts, the step is done, the next one begins."""
    case = acting.case_of(ctx, step)
    if form.person is not None:
        customers.put_member(ctx.session, case, Role.PROJECT_MANAGER, form.person)
    put_mark(ctx, step, entry.mark, at=form.happened or form.meets or ctx.now, said=_said(form))
    if entry.mark == Need.SURVEY_RECORDED:
        steps.start_clock(ctx, step, form.happened or ctx.now)
        steps.hand_card(ctx, step, notice("workflow.clock_runs"))
        return None if step.owner_id == ctx.me.id else _noted(step, entry)
    if entry.mark == Fact.CHANGES_WANTED:
        _call_off(ctx, case, step)
        steps.go_back(ctx, case, step)
        _tell_joining(ctx, case, form.words)
        return notice("workflow.changes_wanted", **_next(ctx, case), said=form.words)
    if entry.mark in (Need.PLAN_MEETING_HELD, Need.BUDGET_MEETING_HELD):
        return _after_meeting(ctx, case, step, form)
    if _is_ended(ctx, step):
        return _end(ctx, case, step)
    if entry.mark == Fact.BUDGET_MEETING_BOOKED:
        _ask_to_explain(ctx, case, step)
    ctx.refresh(step.subject)
    return _noted(step, entry)


def _tell_joining(ctx: Context, case: Case, words: str) -> None:
    """Who takes part in an adjustment besides its owner hears what is wanted, and whose it is (HANDBOOK W6)."""
    step = workflow.live_of_case(ctx.session, case.id)[-1]
    for role in BY_KEY[StepKey(step.step)].joined_by:
        person = steps.member(ctx, case, role)
        if person is not None and person.id not in (ctx.me.id, step.owner_id):
            told = passing("workflow.changes_told", subject=step.subject, **cards.facts(ctx, step), said=words)
            ctx.tell(person.id, told)


def _ask_to_explain(ctx: Context, case: Case, step: CaseStep) -> None:
    """The estimator explains the budget item by item (HANDBOOK W10), and says so on the card of this step."""
    person = steps.member(ctx, case, Role.ESTIMATOR)
    explained = Need.BUDGET_EXPLAINED in workflow.marks_of(ctx.session, case.id)
    if person is not None and person.id != step.owner_id and not explained:
        ctx.tell(person.id, Notice(subject=step.subject, lead=notice("workflow.explain")))


def _call_off(ctx: Context, case: Case, step: CaseStep) -> None:
    """The customer does not come for this: it is booked again once the changes are made."""
    booked = workflow.marks_of(ctx.session, case.id).get(rules.MEETS_BY.get(StepKey(step.step), ""))
    if booked is not None:
        workflow.void_marks(ctx.session, case.id, [booked.mark], at=ctx.now)
        appointments_telling.ended(ctx, booked, case)


def _noted(step: CaseStep, entry: Entry) -> Answer:
    return passing("workflow.noted", subject=step.subject, what=notice(f"workflow.need_{entry.mark}"))


def put_mark(ctx: Context, step: CaseStep, mark: str, *, at: datetime, said: dict[str, Any]) -> None:
    """Puts it on record about the step's case; raises Refusal if somebody else just has."""
    kept = CaseMark(
        store_id=step.store_id,
        case_id=step.case_id,
        mark=mark,
        at=at,
        by_id=ctx.me.id,
        recorded_at=ctx.now,
        values=said,
    )
    if not workflow.put_mark(ctx.session, kept):
        raise Refusal("workflow.on_record", what=notice(f"workflow.need_{mark}"), ends_form=True)
    after = {"mark": str(mark), "at": at.isoformat(), **said}
    ctx.record("workflow.noted", f"customers:{step.case_id}", by=ctx.me, rule=steps.rule_of(step), after=after)
    appointments_telling.recorded(ctx, acting.case_of(ctx, step), mark)


def _said(form: EntryForm) -> dict[str, Any]:
    said = {"outcome": form.outcome, "number": form.number, "words": form.words}
    amount = {"amount": str(form.amount)} if form.amount is not None else {}
    return {name: value for name, value in said.items() if value} | amount


def _is_ended(ctx: Context, step: CaseStep) -> bool:
    standing = workflow.marks_of(ctx.session, step.case_id)
    ending = rules.ending(StepKey(step.step))
    return bool(ending) and all(one.mark in standing for one in ending)


def _after_meeting(ctx: Context, case: Case, step: CaseStep, form: EntryForm) -> Answer:
    """What the customer said decides what comes next (HANDBOOK W5 W6 W10 W11)."""
    steps.done(ctx, step)
    changes = form.outcome == Outcome.CHANGES
    if form.outcome == Outcome.AGREED and step.step == StepKey.PLAN_MEETING:
        put_mark(ctx, step, Need.PLAN_AGREED, at=ctx.now, said={})
    steps.go_on(ctx, case, StepKey(step.step), changes_wanted=changes, at=form.happened or ctx.now)
    if changes:
        _tell_joining(ctx, case, form.words)
    elif step.step == StepKey.BUDGET_MEETING:
        _ask_to_explain(ctx, case, workflow.live_of_case(ctx.session, case.id)[-1])
    key = "workflow.changes_wanted" if changes else "workflow.met"
    return notice(key, **_next(ctx, case), said=form.words, outcome=form.outcome)


def _end(ctx: Context, case: Case, step: CaseStep) -> Answer:
    steps.done(ctx, step)
    marks = workflow.marks_of(ctx.session, case.id)
    if step.step == StepKey.CONTRACT:
        return _sign(ctx, case, step, marks[Fact.CONTRACT_SIGNED])
    signed = [marks[one].at for one in (Need.AGREEMENT_SIGNED, Need.FEE_PAID) if one in marks]
    at = max(signed) if step.step == StepKey.DESIGN_AGREEMENT else None
    steps.go_on(ctx, case, StepKey(step.step), at=at)
    return notice("workflow.step_done", **_next(ctx, case))


def _next(ctx: Context, case: Case) -> dict[str, Any]:
    """Who is on with what now."""
    under_way = workflow.live_of_case(ctx.session, case.id)
    return {"number": case.number, "next": cards.facts(ctx, under_way[-1]) if under_way else None}


def _sign(ctx: Context, case: Case, step: CaseStep, mark: CaseMark) -> Answer:
    """The contract is signed: the case is closed with its value, the project manager gets it (HANDBOOK W11 2.6)."""
    value = Decimal(mark.values["amount"])
    number = mark.values.get("number", "")
    if not customers.close(
        ctx.session, case, CaseState.SIGNED, at=ctx.now, by_id=ctx.me.id, contract_number=number, contract_value=value
    ):
        raise Refusal("workflow.case_over", ends_form=True)
    ctx.record("customers.signed", case.subject, by=ctx.me, rule="HANDBOOK W11", after={"value": str(value)})
    steps.end_case(ctx, case)
    follow_up.end(ctx, case)
    manager = steps.someone(ctx, case, Role.PROJECT_MANAGER)
    if manager is not None:
        form = handover_forms.hand(ctx, step, Paper.CONTRACT, manager, items=number)
        ctx.tell(manager.id, notice("workflow.yours_to_build", subject=form.subject, **handover_cards.facts(ctx, form)))
    known = {"value": str(value), "said_number": number, "builder": manager.name if manager else ""}
    return notice("workflow.signed", **cards.case_facts(ctx, case), **known)


RECORDING = Form(
    "workflow.recording", EntryForm, look=asking.look, submit=_submit, readback=_readback, shows="read_entry"
)
