"""Open slips follow new rules: until when the person is heard, and when a draft that nobody decides lapses."""

from __future__ import annotations

from bot import approvals
from bot.feature import Change, Scene
from bot.handlers.sanctions_cards import existing, told
from bot.rules.book import Rulebook
from storage import sanctions
from storage.approvals import ApprovalState
from storage.sanctions import OPEN, Sanction, SanctionState


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """Every open slip by the scene's rules; only the person hears that their time to speak is another."""
    found: list[Change] = []
    for one in sanctions.open_in_store(scene.session, scene.store.id):
        proposed = existing(scene, one.id)
        if proposed.state == SanctionState.HEARING:
            found += _hearing_moved(scene, proposed)
        elif proposed.state in OPEN:
            _lapse_moved(scene, proposed)
    return found


def _hearing_moved(scene: Scene, proposed: Sanction) -> list[Change]:
    until = scene.rules.working.deadline(proposed.created_at, scene.rules.sanctions.hearing).due
    was = proposed.heard_until
    hearing = [SanctionState.HEARING]
    if until == was or not sanctions.move(
        scene.session, proposed, SanctionState.HEARING, while_in=hearing, heard_until=until
    ):
        return []
    scene.remind("sanctions", proposed.subject, max(until, scene.now))
    _record(scene, proposed, {"heard_until": until.isoformat()})
    return [Change(proposed.staff_id, told("sanctions.hearing_moved", scene, proposed, over=until <= scene.now))]


def _lapse_moved(scene: Scene, proposed: Sanction) -> None:
    """The reminders follow: everything that waits for a yes is looked at again after new rules."""
    request = approvals.standing(scene, proposed.subject)
    if request is None or request.state != ApprovalState.PENDING:
        return
    until = scene.rules.working.deadline(request.opened_at, scene.rules.sanctions.decide_within).due
    if until == request.expires_at:
        return
    approvals.reschedule(scene, proposed.subject, begins_at=until, expires_at=until)
    _record(scene, proposed, {"expires_at": until.isoformat()})


def _record(scene: Scene, proposed: Sanction, after: dict[str, str]) -> None:
    scene.record("sanctions.moved_by_rules", proposed.subject, rule="HANDBOOK R4", after=after)
    scene.refresh(proposed.subject)
