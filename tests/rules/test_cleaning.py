"""When the deep clean is, and where it moves when the store is closed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from bot.rules.calendar import Calendar, CalendarRules
from bot.rules.cleaning import DeepClean, DeepCleanRules, deep_clean_days, deep_clean_on, deep_cleans

RULES = DeepCleanRules()
HANDBOOK = Calendar(CalendarRules())


def closed_on(*days: str) -> Calendar:
    return Calendar(CalendarRules.model_validate({"days": [{"date": day, "kind": "closed"} for day in days]}))


@pytest.mark.parametrize(
    ("month", "days"),
    [
        (date(2026, 11, 1), (date(2026, 11, 11), date(2026, 11, 25))),
        (date(2026, 12, 1), (date(2026, 12, 9), date(2026, 12, 23))),  # five Wednesdays, two cleans
        (date(2026, 7, 20), (date(2026, 7, 8), date(2026, 7, 22))),  # the month starts on a Wednesday
        (date(2026, 2, 1), (date(2026, 2, 11), date(2026, 2, 25))),
    ],
)
def test_the_deep_cleans_of_a_month_are_its_second_and_fourth_wednesday(month: date, days: tuple[date, ...]) -> None:
    assert deep_clean_days(month, RULES, HANDBOOK) == days


def test_a_deep_clean_on_a_holiday_moves_to_the_next_working_day() -> None:
    # The second Wednesday of February 2024 was in the Spring Festival, which ended on Saturday the 17th.
    moved = deep_cleans(date(2024, 2, 1), RULES, HANDBOOK)[0]

    assert moved == DeepClean(day=date(2024, 2, 18), planned=date(2024, 2, 14))
    assert moved.moved
    assert deep_clean_on(date(2024, 2, 18), RULES, HANDBOOK) == moved
    assert deep_clean_on(date(2024, 2, 14), RULES, HANDBOOK) is None


def test_a_deep_clean_on_a_closed_day_stays_in_its_week_when_a_day_is_left() -> None:
    calendar = closed_on("2026-11-25", "2026-11-26")

    assert deep_clean_days(date(2026, 11, 1), RULES, calendar) == (date(2026, 11, 11), date(2026, 11, 27))


def test_a_deep_clean_that_moves_into_the_next_month_is_found_there() -> None:
    calendar = closed_on("2026-10-28", "2026-10-29", "2026-10-30", "2026-10-31")

    found = deep_clean_on(date(2026, 11, 1), RULES, calendar)

    assert found == DeepClean(day=date(2026, 11, 1), planned=date(2026, 10, 28))


def test_a_deep_clean_on_its_own_wednesday_was_not_moved() -> None:
    found = deep_clean_on(date(2026, 11, 25), RULES, HANDBOOK)

    assert found is not None
    assert not found.moved


def test_other_wednesdays_are_no_deep_clean() -> None:
    others = [date(2026, 12, day) for day in (2, 16, 30)]

    assert [deep_clean_on(day, RULES, HANDBOOK) for day in others] == [None, None, None]


def test_a_fifth_weekday_that_a_month_lacks_is_left_out() -> None:
    fridays = DeepCleanRules.model_validate({"weekday": "fri", "ordinals": [5, 1]})

    assert deep_clean_days(date(2026, 11, 1), fridays, HANDBOOK) == (date(2026, 11, 6),)
    assert deep_clean_days(date(2026, 7, 1), fridays, HANDBOOK) == (date(2026, 7, 3), date(2026, 7, 31))


@pytest.mark.parametrize("settings", [{"ordinals": [0]}, {"ordinals": [6]}, {"weekday": "wednesday"}, {"every": 2}])
def test_settings_that_name_no_weekday_of_a_month_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DeepCleanRules.model_validate(settings)
