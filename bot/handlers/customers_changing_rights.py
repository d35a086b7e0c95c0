"""Who may correct what: client managers the customer's facts, whose work it was also what was recorded."""

from __future__ import annotations

from bot.feature import MANAGERS, Scene
from bot.handlers import customers_forgetting as forgetting
from bot.rules import customers_changing as rules
from storage import customers, workflow
from storage.customers import Case, CaseState
from storage.staff import Role, Staff


def correctable(scene: Scene, case: Case, person: Staff) -> list[str]:
    """The facts that this person may correct as the case is now, in their order."""
    if forgetting.is_cleared(scene, case):
        return []
    own = list(rules.OWN) if person.has(Role.CLIENT_MANAGER) else []
    return [*own, *_recorded(scene, case, person)]


def _recorded(scene: Scene, case: Case, person: Staff) -> list[str]:
    marks, team = workflow.marks_of(scene.session, case.id), customers.team_of(scene.session, case.id)
    manages = any(person.has(role) for role in MANAGERS)
    return [
        one.key
        for one in rules.RECORDED
        if (mark := marks.get(one.mark)) is not None
        and rules.may_correct(
            one, person.id, manages=manages, recorded_by=mark.by_id, team=team, state=CaseState(case.state)
        )
    ]
