"""What new rules change: for everybody, and what only managers need to know."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.rules.book import Rulebook
from bot.rules.changes import Changed, between

TODAY = date(2026, 11, 25)
NEW_WINTER = [
    {"name": "summer", "starts": "05-01", "sessions": ["09:00-12:00", "14:30-18:00"]},
    {"name": "winter", "starts": "10-01", "sessions": ["08:30-12:00", "14:00-17:00"]},
]


def book(**parts: Any) -> Rulebook:
    return Rulebook.model_validate(parts)


def test_the_same_rules_change_nothing() -> None:
    assert between(book(), book(), today=TODAY) == Changed()


def test_only_the_season_that_is_other_is_named() -> None:
    found = between(book(), book(calendar={"seasons": NEW_WINTER}), today=TODAY)

    assert [season.name for season in found.hours] == ["winter"]
    assert found.concerns_everybody


@pytest.mark.parametrize(
    ("before", "after", "field", "value"),
    [
        ({}, {"rest_weekdays": ["mon"]}, "rest_weekdays", (0,)),
        ({"rest_weekdays": ["mon"]}, {}, "rest_weekdays", ()),  # nobody rests on a fixed day any more
        ({}, {"days": [{"date": "2027-03-08", "kind": "closed"}]}, "days_dropped", ()),
        ({"days": [{"date": "2027-03-08", "kind": "closed"}]}, {}, "days_dropped", (date(2027, 3, 8),)),
        ({"days": [{"date": "2026-03-08", "kind": "closed"}]}, {}, "days_dropped", ()),  # long over
    ],
)
def test_what_becomes_of_the_stores_own_days(before: Any, after: Any, field: str, value: Any) -> None:
    found = between(book(calendar=before), book(calendar=after), today=TODAY)

    assert getattr(found, field) == value


def test_no_leave_days_and_the_deep_clean_concern_everybody() -> None:
    after = book(leave={"no_leave_weekdays": ["sat"]}, deep_clean={"weekday": "tue", "ordinals": [1]})

    found = between(book(), after, today=TODAY)

    assert (found.no_leave_weekdays, found.deep_clean) == ((5,), (1, (1,)))
    assert found.concerns_everybody


@pytest.mark.parametrize(
    ("part", "setting"),
    [
        ("customers", {"days_a": 3}),
        ("process", {"floor_plan": "3wd"}),
        ("morning", {"at": "08:30"}),
        ("approvals", {"remind_after": "1h"}),
        ("outing", {"ask_after_minutes": 5}),
        ("missed_punch", {"chat_is_enough": False}),
        ("sanctions", {"hearing": "2wd"}),
        ("notices", {"digest_seconds": 0}),
    ],
)
def test_limits_are_for_managers_to_know(part: str, setting: dict[str, Any]) -> None:
    found = between(book(), book(**{part: setting}), today=TODAY)

    assert found.parts == (part,)
    assert not found.concerns_everybody
