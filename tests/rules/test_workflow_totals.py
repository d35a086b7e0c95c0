"""How far a budget may be from the estimate: exactly the limit passes, over and under count the same."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.rules.workflow_totals import difference


@pytest.mark.parametrize(
    ("estimate", "budget", "percent", "is_within"),
    [
        ("100000", "100000", "0.0", True),
        ("100000", "110000", "10.0", True),  # exactly ten per cent
        ("100000", "90000", "-10.0", True),
        ("100000", "110000.01", "10.1", False),  # a fen more, which never reads as if it were just the limit
        ("100000", "89999.99", "-10.1", False),
        ("128000", "140800", "10.0", True),
        ("128000", "140801", "10.1", False),
        ("128000", "115200", "-10.0", True),
        ("130000", "150000", "15.4", False),
        ("99999.99", "109999.98", "10.0", True),  # ten per cent more are 109,999.989
        ("99999.99", "109999.99", "10.1", False),
        ("100000", "104950", "5.0", True),  # half a tenth goes up
        ("100000", "95050", "-5.0", True),
        ("0.01", "0.02", "100.0", False),
    ],
)
def test_the_budget_may_be_ten_per_cent_from_the_estimate(
    estimate: str, budget: str, percent: str, is_within: bool
) -> None:
    apart = difference(estimate=Decimal(estimate), budget=Decimal(budget), within_percent=10)

    assert (str(apart.percent), apart.is_within) == (percent, is_within)


@pytest.mark.parametrize(
    ("budget", "within", "is_within"),
    [("105000", 5, True), ("105001", 5, False), ("100000", 0, True), ("100001", 0, False), ("200000", 100, True)],
)
def test_a_store_has_its_own_limit(budget: str, within: int, is_within: bool) -> None:
    assert difference(estimate=Decimal(100_000), budget=Decimal(budget), within_percent=within).is_within == is_within


def test_over_and_under_are_told_apart() -> None:
    over, under, even = (
        difference(estimate=Decimal(100), budget=Decimal(budget), within_percent=10) for budget in (101, 99, 100)
    )

    assert [one.is_over for one in (over, under, even)] == [True, False, False]
