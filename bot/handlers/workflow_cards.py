"""The card of a step: what, for whom, until when by which rule, what is needed, and the buttons that are true now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.feature import MANAGERS, Scene
from bot.handlers import appointments_cards, customers_cards
from bot.notices import Buttons, Notice, in_rows, notice
from bot.rules.limits import CalendarDays, HalfWorkingDay, Limit, WorkingDays, WorkingTime
from bot.rules.workflow import BY_KEY, LOOPS, Need, Step, StepKey, limit_of
from bot.rules.workflow import Handover as Hands
from bot.rules.workflow_record import CHANGES_SAID, MEETS_BY, Entry, Fact, ending, entries_at, waits_for
from bot.rules.workflow_totals import Difference, difference, may_know_budget
from bot.talk import Button
from storage import customers, handover, staff, workflow
from storage.customers import Case
from storage.handover import HandoverState
from storage.staff import Staff
from storage.workflow import LIVE, CaseMark, CaseStep, StepState

# What stands once a step is done: its work was handed over and has not come back, its meeting was held, which another
# round does not undo.
DONE = {
    Need.FLOOR_PLAN_RECEIVED: StepKey.FLOOR_PLAN,
    Need.PLAN_MEETING_HELD: StepKey.PLAN_MEETING,
    Need.DRAWINGS_RECEIVED: StepKey.DRAWINGS,
    Need.BUDGET_RECEIVED: StepKey.BUDGET,
    Need.BUDGET_MEETING_HELD: StepKey.BUDGET_MEETING,
}
ADJUSTING = {loop.adjusting for loop in LOOPS}


def card(scene: Scene, step_id: int, viewer: Staff | None) -> Notice | None:
    """The step as the viewer may see it now: its owner, the case's team, the managers; a group sees no card."""
    step = workflow.get(scene.session, scene.store.id, step_id)
    if step is None or viewer is None:
        return None
    case = case_of(scene, step)
    if not customers_cards.may_see(scene, case, viewer) and viewer.id != step.owner_id:
        return None
    marks = workflow.marks_of(scene.session, case.id)
    known = facts(scene, step) | {
        "checks": _checks(scene, step),
        "totals": _totals(scene, marks, viewer),
        "changes": _changes(step, marks),
        "meets": _meets(step, marks),
    }
    if step.state not in LIVE:
        return notice("workflow.card_after", subject=step.subject, **known)
    return notice("workflow.card", buttons=buttons(scene, step, viewer), subject=step.subject, **known)


def case_of(scene: Scene, step: CaseStep) -> Case:
    case = customers.get(scene.session, scene.store.id, step.case_id)
    if case is None:
        raise LookupError(f"case {step.case_id} of step {step.id} is gone")
    return case


def facts(scene: Scene, step: CaseStep) -> dict[str, Any]:
    """What every text about a step is told: the case as customers_cards tells it, the step, its clock."""
    case, row = case_of(scene, step), BY_KEY[StepKey(step.step)]
    limit = limit_of(row, scene.rules.process)
    return customers_cards.facts(scene, case) | {
        "step": title(row),
        "round": step.round,
        "owner": staff.get(scene.session, step.owner_id).name,
        "to": _receiver(scene, case, step),
        "due": step.due_at if step.state != StepState.PAUSED else None,
        "since": row.since.value,
        "within": within(limit) if limit else None,
        "by_the_clock": bool(step.clock_left) and step.clock_at == step.started_at,
        "sum": _sum(scene, step),
        "begun": step.started_at,
        "now_late": step.state == StepState.OPEN and step.due_at is not None and step.due_at < scene.now,
        "step_state": str(step.state),
        "paused_why": step.paused_why,
        "ask_again": step.ask_again_at,
        "done_at": step.done_at,
        "done_by": staff.get(scene.session, step.done_by_id).name if step.done_by_id else "",
        "handed": _handed_to_me(scene, step),
    }


def within(limit: Limit) -> Notice:
    """`两个工作日内`, as the table and the cards say it."""
    match limit:
        case WorkingDays(days):
            return notice("process.within_working_days", days=days)
        case CalendarDays(days):
            return notice("process.within_days", days=days)
        case HalfWorkingDay():
            return notice("process.within_half_a_day")
        case WorkingTime(minutes):
            return notice("process.within_working_time", minutes=minutes)


def title(row: Step) -> Notice:
    """What the step is called: by what is made and handed over, otherwise by what is done."""
    hands = _handing(row) if row.key not in ADJUSTING else None
    return notice(f"process.paper_{hands.paper}" if hands else f"process.name_{row.key}")


def _changes(step: CaseStep, marks: dict[str, CaseMark]) -> str:
    """What the customer wants changed, where that is what the step is for."""
    said = (marks[mark].values.get("words", "") for mark in CHANGES_SAID.get(StepKey(step.step), ()) if mark in marks)
    return next((words for words in said if words), "")


def _meets(step: CaseStep, marks: dict[str, CaseMark]) -> datetime | None:
    """When the customer comes, where that is what the step is for."""
    booked = marks.get(MEETS_BY.get(StepKey(step.step), ""))
    return booked.at if booked else None


def _handing(row: Step) -> Hands | None:
    """What ends the step when it is handed over."""
    return None if ending(row.key) else row.hands


def _receiver(scene: Scene, case: Case, step: CaseStep) -> Notice | str:
    """Who gets what is made here: a name, or the role while nobody is chosen; nothing where nothing is made."""
    hands = _handing(BY_KEY[StepKey(step.step)])
    if hands is None:
        return ""
    has_it = customers.team_of(scene.session, case.id).get(hands.to)
    return staff.get(scene.session, has_it).name if has_it else notice(f"staff.role_{hands.to}")


def _sum(scene: Scene, step: CaseStep) -> int | None:
    """The working minutes of a limit within a day, so that the reader can do the sum."""
    limit = limit_of(BY_KEY[StepKey(step.step)], scene.rules.process)
    if step.started_at is None or limit is None:
        return None
    day = step.started_at.astimezone(scene.rules.working.zone).date()
    if isinstance(limit, WorkingTime):
        return limit.minutes
    return scene.rules.working.half_working_day(day).minutes if str(limit) == "0.5wd" else None


def _handed_to_me(scene: Scene, step: CaseStep) -> dict[str, Any] | None:
    """The handover form by which the step's owner got the work, while they have not answered it."""
    form = handover.into_step(scene.session, step.id)
    if form is None or form.state != HandoverState.HANDED:
        return None
    return {"number": form.number, "by": staff.get(scene.session, form.from_id).name}


def met(scene: Scene, case: Case) -> set[Need]:
    """Which needs of the process are on record for the case (HANDBOOK 1K)."""
    marks = workflow.marks_of(scene.session, case.id)
    found = {need for need in Need if need in marks}
    steps = workflow.of_case(scene.session, case.id)
    found |= {need for need, key in DONE.items() if _is_done(steps, key)}
    if _estimate_taken(scene, steps):
        found.add(Need.ESTIMATE_RECEIVED)
    if Fact.OVER_ALLOWED in marks or ((apart := apart_of(scene, marks)) is not None and apart.is_within):
        found.add(Need.WITHIN_TEN_PERCENT)
    return found


def _is_done(steps: list[CaseStep], key: StepKey) -> bool:
    return any(one.step == key and one.state == StepState.DONE for one in steps)


def _estimate_taken(scene: Scene, steps: list[CaseStep]) -> bool:
    """Whether the client manager has taken the newest plan and estimate with its form (HANDBOOK W3)."""
    giving = [one for one in steps if one.step in (StepKey.ESTIMATE, StepKey.PLAN_ADJUSTMENT)]
    form = handover.of_step(scene.session, giving[-1].id) if giving else None
    return form is not None and form.state == HandoverState.ACCEPTED


def apart_of(scene: Scene, marks: dict[str, CaseMark]) -> Difference | None:
    """How far the budget on record is from the estimate on record; None while one is missing."""
    estimate, budget = marks.get(Fact.ESTIMATE_TOTAL), marks.get(Fact.BUDGET_TOTAL)
    if estimate is None or budget is None:
        return None
    return difference(
        estimate=Decimal(estimate.values["amount"]),
        budget=Decimal(budget.values["amount"]),
        within_percent=scene.rules.process.within_percent,
    )


def _checks(scene: Scene, step: CaseStep) -> list[dict[str, Any]]:
    """What must be there before the step is done, and whether it is."""
    there, row = met(scene, case_of(scene, step)), BY_KEY[StepKey(step.step)]
    wanted = [*row.needs]
    if row.key == StepKey.FLOOR_PLAN:
        # Not needed for the plan, but for the estimate after it, and the designer is with the customer now.
        wanted.append(Need.MATERIALS_SELECTED)
    return [{"need": notice(f"workflow.need_{need}"), "there": need in there} for need in wanted]


def _totals(scene: Scene, marks: dict[str, CaseMark], viewer: Staff) -> dict[str, Any] | None:
    """Estimate and budget as the viewer may know them: a designer hears no budget before it was presented (E6)."""
    apart = apart_of(scene, marks)
    if Fact.ESTIMATE_TOTAL not in marks:
        return None
    budget = marks.get(Fact.BUDGET_TOTAL) if may_know_budget(viewer, marks) else None
    return {
        "estimate": str(marks[Fact.ESTIMATE_TOTAL].values["amount"]),
        "budget": str(budget.values["amount"]) if budget else "",
        "percent": str(abs(apart.percent)) if apart and budget else "",
        "over": apart.is_over if apart else False,
        "within": apart.is_within if apart else True,
        "allowed": Fact.OVER_ALLOWED in marks,
    }


def buttons(scene: Scene, step: CaseStep, viewer: Staff) -> Buttons:
    """What this viewer can do with the step now."""
    manages = any(viewer.has(role) for role in MANAGERS)
    form = handover.into_step(scene.session, step.id)
    taking = []
    if form is not None and form.state == HandoverState.HANDED and viewer.id == step.owner_id == form.to_id:
        taking = [Button(f"handover.button_{verb}", f"handover:{verb}:{form.id}") for verb in ("take", "give_back")]
    if step.state == StepState.PAUSED:
        return in_rows([*taking, *_waiting(step)]) if _may_act(step, viewer) else ()
    working = [entry_button(step, one.mark) for one in _entries(scene, step, viewer)]
    working += appointments_cards.moving_all(scene, case_of(scene, step), viewer)
    if not _may_act(step, viewer):
        return in_rows(working)
    if viewer.id == step.owner_id and _handing(BY_KEY[StepKey(step.step)]):
        working.append(Button("workflow.button_hand_over", f"handover:hand:{step.id}"))
    around = [button("wait", step), button("pass_on", step)]
    if step.due_at is not None:
        verb = "grant" if manages and viewer.id != step.owner_id else "extend"
        around.insert(1, Button(f"workflow.button_{verb}", f"extension:ask:{step.id}"))
    if viewer.id != step.owner_id:
        around.insert(0, button("contact", step))
    else:
        around.append(button("how", step))
    return in_rows([*taking, *working, *around])


def _waiting(step: CaseStep) -> list[Button]:
    """The customer is waited for: they have answered, or it takes longer."""
    longer = Button("workflow.button_wait_longer", f"workflow:wait:{step.id}")
    return [button("answered", step), longer, button("pass_on", step)]


def _may_act(step: CaseStep, viewer: Staff) -> bool:
    return viewer.id == step.owner_id or any(viewer.has(role) for role in MANAGERS)


def _entries(scene: Scene, step: CaseStep, viewer: Staff) -> list[Entry]:
    marks, there = workflow.marks_of(scene.session, step.case_id), met(scene, case_of(scene, step))
    key = StepKey(step.step)
    ready = all(need in there for need in BY_KEY[key].needs)
    return [
        one
        for one in entries_at(key, marks)
        if (ready or not one.guarded)
        and ((first := waits_for(one.mark, key)) is None or first in marks)
        and (one.mark != Fact.OVER_ALLOWED or _needs_yes(scene, marks, viewer))
        and (one.mark != Fact.CHANGES_WANTED or key != StepKey.BUDGET_MEETING or _is_too_far(scene, marks))
        and (viewer.id == step.owner_id or one.mark == Fact.OVER_ALLOWED or any(viewer.has(role) for role in one.by))
    ]


def _needs_yes(scene: Scene, marks: dict[str, CaseMark], viewer: Staff) -> bool:
    """Whether the budget is too far from the estimate, and the viewer may say that it may be (HANDBOOK W5)."""
    return _is_too_far(scene, marks) and any(viewer.has(role) for role in MANAGERS)


def _is_too_far(scene: Scene, marks: dict[str, CaseMark]) -> bool:
    apart = apart_of(scene, marks)
    return apart is not None and not apart.is_within


def entry_button(step: CaseStep, mark: str) -> Button:
    return Button(f"workflow.button_{mark}", f"workflow:note:{step.id}:{mark}")


def open_button(known: Mapping[str, Any], step: CaseStep) -> Button:
    """The step in a list, by its number and name among its facts."""
    return Button(
        "workflow.button_open", f"workflow:show:{step.id}", {name: known[name] for name in ("number", "step")}
    )


def button(verb: str, step: CaseStep) -> Button:
    return Button(f"workflow.button_{verb}", f"workflow:{verb}:{step.id}")


def case_facts(scene: Scene, case: Case) -> dict[str, Any]:
    """The case as texts about its steps tell it."""
    return customers_cards.facts(scene, case)
