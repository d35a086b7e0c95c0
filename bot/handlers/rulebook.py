"""Rules are dated data (HANDBOOK R4): when new ones begin to hold, what is open follows them in one transaction,

and everybody whom it concerns is told once: what changed for all, and what changed of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import approvals
from bot.feature import MANAGERS, Feature, Scene
from bot.notices import Notice, notice
from bot.rules import changes
from bot.rules.book import Rulebook
from bot.rules.changes import Changed
from storage import stores
from storage.reminders import Reminder
from storage.staff import Staff
from storage.stores import StoreRules


def begin(scene: Scene, rules: StoreRules) -> None:
    """New rules: they hold now, or ring when they do."""
    if rules.valid_from > scene.now:
        scene.remind("rulebook", f"rulebook:{rules.id}", rules.valid_from)
        return
    before = stores.rules_before(scene.session, scene.store.id, rules.valid_from)
    if before is not None:
        _apply(scene, Rulebook.model_validate(before.rules), rules)


def supersede(scene: Scene, dropped: Sequence[StoreRules]) -> None:
    """Rules that were to hold later and now never will: nothing rings about them."""
    for rules in dropped:
        subject = f"rulebook:{rules.id}"
        scene.forget("rulebook", subject)
        scene.record(
            "rulebook.superseded", subject, rule="HANDBOOK R4", before={"valid_from": rules.valid_from.isoformat()}
        )


def ring(scene: Scene, reminder: Reminder) -> None:
    """Rules that were loaded for a later day begin to hold, unless newer ones hold by now."""
    rules = stores.rules_by_id(scene.session, scene.store.id, int(reminder.subject.partition(":")[2]))
    held = stores.rules_at(scene.session, scene.store.id, scene.now)
    if rules is not None and held is not None and held.id == rules.id:
        begin(scene, rules)


def _apply(scene: Scene, before: Rulebook, rules: StoreRules) -> None:
    """Moves what is open to the scene's rules and tells each person once."""
    own: dict[int, list[Notice]] = {}
    for feature in scene.features.values():
        if feature.rules_changed:
            for change in feature.rules_changed(scene, before):
                own.setdefault(change.person_id, []).append(change.told)
    approvals.look_again(scene)
    scene.record("rulebook.changed", f"rulebook:{rules.id}", rule="HANDBOOK R4")
    today = scene.now.astimezone(scene.rules.working.zone).date()
    changed = changes.between(before, scene.rules, today=today)
    for person in scene.people():
        said = _what(person, changed, own.get(person.id, []))
        if said is not None:
            scene.tell(person.id, said, dedupe=f"rulebook|{rules.id}|{rules.digest[:12]}")


def _what(person: Staff, changed: Changed, own: list[Notice]) -> Notice | None:
    """What this person hears: the general changes, those of their own, for managers which limits are others."""
    manager = any(person.has(role) for role in MANAGERS)
    general = _general(changed) if changed.concerns_everybody else {}
    parts = [notice(f"rulebook.part_{part}") for part in changed.parts] if manager else []
    if not (general or own or parts):
        return None
    return notice("rulebook.changed", general=general, own=own, parts=parts)


def _general(changed: Changed) -> dict[str, Any]:
    return {
        "hours": [
            {"name": season.name, "starts": str(season.starts), "sessions": [str(one) for one in season.sessions]}
            for season in changed.hours
        ],
        "rest": None if changed.rest_weekdays is None else list(changed.rest_weekdays),
        "days": [{"day": one.date, "kind": str(one.kind), "name": one.name} for one in changed.days],
        "dropped": list(changed.days_dropped),
        "no_leave": None if changed.no_leave_weekdays is None else list(changed.no_leave_weekdays),
        "clean": None
        if changed.deep_clean is None
        else {"weekday": changed.deep_clean[0], "ordinals": list(changed.deep_clean[1])},
        "kinds": list(changed.kinds),
    }


feature = Feature(name="rulebook", rings=ring)
