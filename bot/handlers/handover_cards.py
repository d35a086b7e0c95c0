"""The handover form as it is shown: what went from whom to whom, what is attached, whether it was taken."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bot.feature import Scene
from bot.handlers import customers_cards, workflow_cards
from bot.notices import Notice, notice
from bot.rules.workflow import BY_KEY, StepKey
from bot.rules.workflow_record import Fact
from bot.rules.workflow_totals import Difference, difference
from bot.talk import Button
from storage import customers, files, handover, staff, workflow
from storage.customers import Case
from storage.handover import HandoverForm, HandoverState
from storage.staff import Staff
from storage.workflow import CaseStep


def card(scene: Scene, form_id: int, viewer: Staff | None) -> Notice | None:
    """The form as the viewer may see it now."""
    form = handover.get(scene.session, scene.store.id, form_id)
    case = customers.get(scene.session, scene.store.id, form.case_id) if form else None
    if form is None or case is None or viewer is None or not may_see(scene, form, case, viewer):
        return None
    taking = form.state == HandoverState.HANDED and viewer.id == form.to_id
    rows = [("take", "give_back") if form.next_step_id else ("take",)] if taking else []
    buttons = tuple(_buttons(form, *verbs) for verbs in (*rows, ("sheet", "pdf")))
    return notice("handover.card", buttons=buttons, subject=form.subject, **facts(scene, form))


def may_see(scene: Scene, form: HandoverForm, case: Case, viewer: Staff) -> bool:
    """Giver, receiver, the case's team and the managers."""
    return viewer.id in (form.from_id, form.to_id) or customers_cards.may_see(scene, case, viewer)


def _buttons(form: HandoverForm, *verbs: str) -> tuple[Button, ...]:
    return tuple(Button(f"handover.button_{verb}", f"handover:{verb}:{form.id}") for verb in verbs)


def open_button(scene: Scene, form: HandoverForm) -> Button:
    """The form in a list."""
    known = facts(scene, form)
    values = {name: known[name] for name in ("number", "paper")}
    return Button("handover.button_open", f"handover:show:{form.id}", values)


def facts(scene: Scene, form: HandoverForm) -> dict[str, Any]:
    """Everything that the form says; totals are on the step's card, for those who may know them (HANDBOOK E6)."""
    case = customers.get(scene.session, scene.store.id, form.case_id)
    if case is None:
        raise LookupError(f"case {form.case_id} of form {form.id} is gone")
    following = workflow.get(scene.session, scene.store.id, form.next_step_id) if form.next_step_id else None
    return customers_cards.facts(scene, case) | {
        "form": form.number,
        "paper": notice(f"process.paper_{form.paper}"),
        "by": staff.get(scene.session, form.from_id).name,
        "to": staff.get(scene.session, form.to_id).name,
        "items": [{"name": one["name"], "version": one.get("version")} for one in form.items],
        "remarks": form.remarks,
        "materials": form.materials_attached,
        "handed_at": form.handed_at,
        "form_state": str(form.state),
        "answered_at": form.answered_at,
        "answered_by": staff.get(scene.session, form.answered_by_id or form.to_id).name,
        "why": form.returned_why,
        "may_return": form.next_step_id is not None,
        "next_step": workflow_cards.title(BY_KEY[StepKey(following.step)]) if following else None,
        "next_due": following.due_at if following else None,
    }


def files_of(scene: Scene, step: CaseStep) -> list[dict[str, Any]]:
    """The files that were sent for this step, which go over with it: of each the newest version."""
    newest = {one.name: one for one in files.of_case(scene.session, step.case_id) if one.step_id == step.id}
    return [{"name": one.name, "version": one.version} for one in newest.values()]


def apart(scene: Scene, case: Case, budget: Decimal) -> Difference | None:
    """How far this budget would be from the estimate on record; None without an estimate."""
    estimate = workflow.marks_of(scene.session, case.id).get(Fact.ESTIMATE_TOTAL)
    if estimate is None:
        return None
    return difference(
        estimate=Decimal(estimate.values["amount"]),
        budget=budget,
        within_percent=scene.rules.process.within_percent,
    )
