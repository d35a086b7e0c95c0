"""What is said of files: where one that was sent went, what a case has, and who may have which of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.feature import Scene
from bot.handlers import customers_cards, workflow_cards
from bot.notices import Buttons, Notice, in_rows, notice
from bot.rules.workflow import BY_KEY, StepKey
from bot.rules.workflow_totals import may_know_budget
from bot.talk import Button
from storage import customers, files, staff, workflow
from storage.customers import Case
from storage.files import CaseFile, SentFile, SentState
from storage.staff import Staff
from storage.workflow import CaseStep

# What is made in these steps shows the budget's total (HANDBOOK E6).
PRICED = (StepKey.BUDGET, StepKey.REVIEW, StepKey.BUDGET_MEETING, StepKey.BUDGET_ADJUSTMENT, StepKey.CONTRACT)
LONGEST_LABEL = 24
ENDING = 9
OFFERED = 8


def card(scene: Scene, sent_id: int, viewer: Staff | None) -> Notice | None:
    """What became of a file, or of an album, for whoever sent it."""
    one = files.sent(scene.session, scene.store.id, sent_id)
    if one is None or viewer is None or viewer.id != one.by_id:
        return None
    together = files.together_with(scene.session, one)
    buttons = which(scene, one) if one.state == SentState.ASKED else ()
    return notice("files.card", buttons=buttons, subject=one.subject, **_place(scene, one), **_sorted(scene, together))


def which(scene: Scene, one: SentFile) -> Buttons:
    """The steps that the sender has in hand, a button each."""
    own = workflow.live_of_owner(scene.session, one.by_id, most=OFFERED)
    offered = [Button("files.button_put", f"files:put:{one.id}:{step.id}", _step(scene, step)) for step in own]
    return in_rows([*offered, Button("files.button_drop", f"files:drop:{one.id}")], width=1)


def _step(scene: Scene, step: CaseStep) -> dict[str, Any]:
    case = workflow_cards.case_of(scene, step)
    return {"number": case.number, "step": workflow_cards.title(BY_KEY[StepKey(step.step)])}


def _place(scene: Scene, one: SentFile | CaseFile) -> dict[str, Any]:
    """The case and the step that it belongs to, as far as they are known."""
    step = workflow.get(scene.session, scene.store.id, one.step_id) if one.step_id else None
    if step is not None:
        return _step(scene, step)
    case = customers.get(scene.session, scene.store.id, one.case_id) if one.case_id else None
    return {"number": case.number if case else "", "step": ""}


def _sorted(scene: Scene, together: Sequence[SentFile]) -> dict[str, Any]:
    """What was sent, by what became of it."""
    return {str(state): [_sent(scene, one) for one in together if one.state == state] for state in SentState}


def _sent(scene: Scene, one: SentFile) -> dict[str, Any]:
    """By the name and the version that the case has it under, once it is there."""
    kept = files.get(scene.session, scene.store.id, one.kept_id) if one.kept_id else None
    return {"name": kept.name if kept else one.name, "version": kept.version if kept else None}


def line(scene: Scene, one: CaseFile) -> dict[str, Any]:
    """A file of a case, as a list shows it."""
    by = staff.get(scene.session, one.by_id).name
    return {"name": one.name, "version": one.version, "step": _place(scene, one)["step"], "by": by, "at": one.at}


def label(one: CaseFile) -> dict[str, Any]:
    """Its name short enough for a button, its end is seen."""
    name = one.name
    if len(name) > LONGEST_LABEL:
        name = f"{name[: LONGEST_LABEL - ENDING - 1]}…{name[-ENDING:]}"
    return {"name": name, "version": one.version}


def may_have(scene: Scene, case: Case, one: CaseFile, viewer: Staff) -> bool:
    """Who sees the case; what shows the budget's total, only who may know it by now (HANDBOOK E6)."""
    if not customers_cards.may_see(scene, case, viewer):
        return False
    if viewer.id == one.by_id or not _may_be_priced(scene, one):
        return True
    return may_know_budget(viewer, workflow.marks_of(scene.session, case.id))


def _may_be_priced(scene: Scene, one: CaseFile) -> bool:
    """What came by the case's number alone was of no step: it may be the budget once that was begun."""
    step = workflow.get(scene.session, scene.store.id, one.step_id) if one.step_id else None
    if step is not None:
        return step.step in PRICED
    return any(
        each.step in PRICED and each.became_at <= one.at for each in workflow.of_case(scene.session, one.case_id)
    )
