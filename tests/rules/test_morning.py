"""The morning's list: on which days at which hour, until when it is worth saying, which days it speaks of."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.rules import morning as rules
from bot.rules.book import Rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def book(**morning: object) -> Rulebook:
    """Closed on Sundays, and on the holidays of the state."""
    return Rulebook.model_validate({"morning": morning, "calendar": {"rest_weekdays": ["sun"]}})


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-25 08:44", "2026-11-25 08:45"),
        # At its very moment the next one is tomorrow's.
        ("2026-11-25 08:45", "2026-11-26 08:45"),
        ("2026-11-25 18:00", "2026-11-26 08:45"),
        # Saturday is worked, Sunday is not.
        ("2026-11-28 09:00", "2026-11-30 08:45"),
        ("2026-11-29 07:00", "2026-11-30 08:45"),
        # The National Day holiday, and the Saturday that is worked after it.
        ("2026-09-30 09:00", "2026-10-08 08:45"),
    ],
)
def test_the_next_morning_is_that_of_a_working_day(now: str, then: str) -> None:
    assert rules.next_morning(at(now), book()) == at(then)


def test_the_store_chooses_the_hour() -> None:
    assert rules.next_morning(at("2026-11-25 08:00"), book(at="8:10")) == at("2026-11-25 08:10")


@pytest.mark.parametrize(
    ("now", "worth"),
    [
        ("2026-11-25 08:45", True),
        ("2026-11-25 11:59", True),
        # The first session is over.
        ("2026-11-25 12:00", False),
        ("2026-11-26 08:45", False),
    ],
)
def test_a_late_list_helps_until_noon(now: str, worth: bool) -> None:
    assert rules.is_worth_saying(at("2026-11-25 08:45"), at(now), book()) is worth


def test_a_list_after_noon_is_said_for_an_hour() -> None:
    due = at("2026-11-25 13:00")

    assert rules.is_worth_saying(due, at("2026-11-25 13:59"), book(at="13:00"))
    assert not rules.is_worth_saying(due, at("2026-11-25 14:00"), book(at="13:00"))


def test_a_day_that_is_closed_by_now_has_no_list() -> None:
    assert not rules.is_worth_saying(at("2026-11-29 08:45"), at("2026-11-29 08:45"), book())


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-25 08:45", "2026-11-26 00:00"),
        # What is due on the Sunday is heard of on Saturday.
        ("2026-11-28 08:45", "2026-11-30 00:00"),
        ("2026-09-30 08:45", "2026-10-08 00:00"),
    ],
)
def test_the_list_speaks_of_the_closed_days_behind_it_too(now: str, end: str) -> None:
    assert rules.spoken_of(at(now), book().working).end == at(end)


@pytest.mark.parametrize(
    ("now", "planned", "told"),
    [
        ("2026-11-25 08:45", "2026-11-25 09:00", True),
        # What has stood there since the evening rings when the store opens.
        ("2026-11-25 08:45", "2026-11-24 20:00", True),
        ("2026-11-25 08:45", "2026-11-25 09:01", False),
        ("2026-11-28 08:45", "2026-11-29 10:00", False),
    ],
)
def test_the_list_stands_for_what_would_ring_by_the_opening(now: str, planned: str, told: bool) -> None:
    assert rules.stands_for(at(planned), at(now), book().working) is told
