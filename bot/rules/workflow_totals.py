"""How far the budget may be from the estimate (HANDBOOK W5 W11), over or under, in per cent; who may know it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from bot.rules.workflow import Need
from storage.staff import Role, Staff

KNOW_BUDGET = (Role.CLIENT_MANAGER, Role.GM_OFFICE, Role.ESTIMATOR, Role.ENGINEERING_MANAGER)
A_TENTH = Decimal("0.1")


def may_know_budget(person: Staff, standing: Container[str]) -> bool:
    """Everybody once it was presented, until then those who make it, review it and lead (HANDBOOK E6)."""
    return Need.BUDGET_MEETING_HELD in standing or any(person.has(role) for role in KNOW_BUDGET)


@dataclass(frozen=True)
class Difference:
    """How much the budget differs from the estimate, in per cent of it to one place; over is positive."""

    percent: Decimal
    is_within: bool

    @property
    def is_over(self) -> bool:
        return self.percent > 0


def difference(*, estimate: Decimal, budget: Decimal, within_percent: int) -> Difference:
    """Both are totals as the customer sees them, in yuan (HANDBOOK 6); exactly the limit passes.

    The estimate is above nothing: a total of nothing is never put on record.
    """
    apart = (budget - estimate) * 100
    percent = (apart / estimate).quantize(A_TENTH, rounding=ROUND_HALF_UP)
    is_within = abs(apart) <= within_percent * estimate
    if not is_within and abs(percent) <= within_percent:
        # A fen over the limit must not read as the limit itself.
        percent = (apart / estimate).quantize(A_TENTH, rounding=ROUND_UP)
    return Difference(percent, is_within)
