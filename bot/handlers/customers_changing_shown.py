"""How a fact of a customer is kept in the history and shown: the phone masked, name and address cut (HANDBOOK 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.feature import Scene
from bot.notices import Notice, notice
from bot.rules import customers_changing as rules
from bot.rules.customers import discreet_name
from bot.rules.customers_changing import Part
from bot.rules.workflow_totals import may_know_budget
from bot.texts import discreet, masked, without_numbers
from storage import customers_changing, staff, workflow
from storage.customers import Case
from storage.staff import Staff

SHOWN = 3


def label(fact: str) -> Notice:
    """What the fact is called."""
    return notice(f"customers.label_{fact}" if fact in rules.OWN else f"customers_changing.label_{fact}")


def kept(fact: str, value: str) -> str:
    """The value as the history keeps it."""
    match fact:
        case "phone":
            return masked(value) if value else ""
        case "name":
            return discreet_name(value) if value else ""
        case "estate":
            return discreet(value)
        case "source" | "grade":
            return value
    return without_numbers(value) if is_words(fact) else value


def is_words(fact: str) -> bool:
    """Whether it is said in words, not measured."""
    if fact in rules.BY_KEY:
        return rules.BY_KEY[fact].part in (Part.NUMBER, Part.WORDS)
    return fact not in ("phone", "area", "residents", "budget")


def shown(fact: str, value: str) -> Notice | str:
    """The value that was kept, as people read it."""
    recorded = rules.BY_KEY.get(fact)
    if not value:
        return notice("customers_changing.value_none")
    if recorded is not None and recorded.part == Part.AT:
        return notice("customers_changing.value_at", at=datetime.fromisoformat(value))
    if fact == "budget" or (recorded is not None and recorded.part == Part.AMOUNT):
        return notice("customers_changing.value_yuan", amount=value)
    if fact == "source":
        return notice(f"customers.source_{value}")
    if fact in ("area", "residents", "grade"):
        return notice(f"customers_changing.value_{fact}", said=value)
    return value


def history(scene: Scene, case: Case, viewer: Staff) -> list[dict[str, Any]]:
    """The last corrections: when, who, what, from what to what; of the budget's total perhaps only that it was."""
    found = []
    for one in customers_changing.corrections_of(scene.session, case, most=SHOWN):
        fact = next(iter(one.before or {}), "")
        before, after = (one.before or {}).get(fact, ""), (one.after or {}).get(fact, "")
        if fact not in rules.WORDS or one.actor_id is None:
            continue
        by = staff.get(scene.session, one.actor_id).name
        if fact == "budget_total" and not may_know_budget(viewer, workflow.marks_of(scene.session, case.id)):
            before = after = ""
        known = {"at": one.at, "by": by, "label": label(fact), "told": bool(before or after)}
        found.append(known | {"before": shown(fact, before), "after": shown(fact, after)})
    return found
