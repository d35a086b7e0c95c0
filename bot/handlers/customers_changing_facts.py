"""What a customer and their case are now, each fact as text, and how one is put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.feature import Context, Scene
from bot.handlers import workflow_reminders
from bot.handlers import workflow_steps as steps
from bot.rules import customers_changing as rules
from bot.rules import workflow_clock as clock
from bot.rules.customers_changing import Part, Recorded
from bot.rules.workflow import BY_KEY, StepKey
from bot.rules.workflow_record import Fact
from storage import customers, workflow
from storage import customers_changing as storage
from storage.customers import Case
from storage.workflow import CaseMark, CaseStep

WHOLE = ("residents", "budget")


def value_now(scene: Scene, case: Case, fact: str) -> str:
    """The fact as it is, "" where it is not known."""
    if fact in rules.BY_KEY:
        recorded = rules.BY_KEY[fact]
        mark = workflow.marks_of(scene.session, case.id).get(recorded.mark)
        return _of_mark(mark, recorded.part) if mark else ""
    if fact in rules.OF_CUSTOMER:
        return str(getattr(customers.get_customer(scene.session, case.customer_id), fact))
    if fact == "area":
        return as_text(case.area_m2)
    return as_text(getattr(case, fact) if fact in rules.OF_CASE else case.wishes.get(fact))


def _of_mark(mark: CaseMark, part: Part) -> str:
    if part == Part.AT:
        return as_text(mark.at)
    said = mark.values.get(part, "")
    return as_text(Decimal(said)) if part == Part.AMOUNT and said else str(said)


def as_text(value: Any) -> str:
    """One spelling for each value, so that two can be compared."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).isoformat()
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)


def homes(scene: Scene, case: Case) -> list[Case]:
    """The customer's other cases."""
    return [one for one in customers.of_customer(scene.session, case.customer_id) if one.id != case.id]


def put(ctx: Context, case: Case, fact: str, value: str, *, only_here: bool) -> list[Case]:
    """Puts the fact right; the cases for which it is another one now."""
    if fact == "phone":
        moved = [case] if only_here else [case, *homes(ctx, case)]
        _put_phone(ctx, moved, value, alone=not (only_here and homes(ctx, case)))
        return moved
    if fact == "name":
        storage.change(ctx.session, storage.lock_customer(ctx.session, case.customer_id), {"name": value})
        return [case, *homes(ctx, case)]
    if fact in rules.BY_KEY:
        _put_recorded(ctx, case, rules.BY_KEY[fact], value)
    elif fact == "area":
        storage.change(ctx.session, case, {"area_m2": Decimal(value)})
    elif fact in rules.OF_CASE:
        storage.change(ctx.session, case, {fact: _typed(fact, value)})
    else:
        others = {name: said for name, said in case.wishes.items() if name != fact}
        storage.change(ctx.session, case, {"wishes": others | ({fact: _typed(fact, value)} if value else {})})
    return [case]


def _typed(fact: str, value: str) -> Any:
    if fact in WHOLE:
        return int(value) if value else None
    return value


def _put_phone(ctx: Context, moved: Sequence[Case], phone: str, *, alone: bool) -> None:
    """Another customer's number makes the cases that customer's; one of several homes may be somebody else's."""
    customer = storage.lock_customer(ctx.session, moved[0].customer_id)
    if alone and customers.by_phone(ctx.session, ctx.store.id, phone) is None:
        storage.change(ctx.session, customer, {"phone": phone})
        return
    owner = customers.put_customer(ctx.session, ctx.store.id, name=customer.name, phone=phone, now=ctx.now)
    for one in moved:
        storage.belongs_to(ctx.session, one, owner)


def _put_recorded(ctx: Context, case: Case, one: Recorded, value: str) -> None:
    """What was recorded stays in the rows, but does not stand any more; no step that is over begins again."""
    before = workflow.marks_of(ctx.session, case.id)[one.mark]
    workflow.void_marks(ctx.session, case.id, [one.mark], at=ctx.now)
    is_moment = one.part == Part.AT
    said = {name: known for name, known in before.values.items() if name != one.part}
    fresh = CaseMark(
        store_id=case.store_id,
        case_id=case.id,
        mark=one.mark,
        at=datetime.fromisoformat(value) if is_moment else before.at,
        by_id=ctx.me.id,
        recorded_at=before.recorded_at,
        values=said | ({str(one.part): value} if value and not is_moment else {}),
    )
    workflow.put_mark(ctx.session, fresh)
    for step in workflow.live_of_case(ctx.session, case.id):
        if step.step in one.starts and step.started_at == before.at:
            count_anew(ctx, step, fresh.at)
    if one.key in rules.TOTALS:
        workflow.void_marks(ctx.session, case.id, [Fact.OVER_ALLOWED], at=ctx.now)
    _keep_contract(ctx, case, one, value)


def _keep_contract(ctx: Context, case: Case, one: Recorded, value: str) -> None:
    """A signed case has number and value of its contract of its own."""
    if one.mark != Fact.CONTRACT_SIGNED:
        return
    if one.part == Part.NUMBER:
        storage.change(ctx.session, case, {"contract_number": value})
    else:
        storage.change(ctx.session, case, {"contract_value": Decimal(value)})


def count_anew(ctx: Context, step: CaseStep, at: datetime) -> None:
    """The step's clock began at another moment; a moment that was agreed instead of its limit stays."""
    was, row = step.started_at, BY_KEY[StepKey(step.step)]
    if was is None or step.due_at is None or step.clock_at is None:
        return
    if not step.clock_left and step.due_at > step.clock_at:
        workflow.change(ctx.session, step, {"started_at": at})
    elif step.clock_at == was or not step.clock_left:
        steps.start_clock(ctx, step, at)
    else:
        due = rules.due_moved(row, step.due_at, was=was, at=at, rules=ctx.rules)
        left = clock.left_of(row, due, step.clock_at, ctx.rules) if due > step.clock_at else ""
        workflow.change(ctx.session, step, {"started_at": at, "due_at": due, "clock_left": str(left)})
    ctx.unsay(step.subject, [step.owner_id])
    workflow_reminders.plan_anew(ctx, step)
