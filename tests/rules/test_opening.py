"""What a store may say about its working time, and where a mistake in it is told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.rules.calendar import (
    CalendarRules,
)
from bot.texts import text

SEASON = {"name": "all year", "starts": "01-01", "sessions": ["9:00-12:00"]}


@pytest.mark.parametrize(
    ("written", "where", "key"),
    [
        ({"time_zone": "Asia/Chengdu-9"}, ("time_zone",), "calendar.time_zone_unknown"),
        ({"time_zone": "../passwd"}, ("time_zone",), "calendar.time_zone_unknown"),
        ({"seasons": []}, ("seasons",), "calendar.seasons_empty"),
        ({"seasons": [SEASON, SEASON]}, ("seasons",), "calendar.seasons_same_start"),
        ({"seasons": [SEASON | {"starts": "02-29"}]}, ("seasons", 0, "starts"), "calendar.season_start_unknown"),
        ({"seasons": [SEASON | {"starts": "02-30"}]}, ("seasons", 0, "starts"), "calendar.season_start_unknown"),
        ({"seasons": [SEASON | {"starts": "5月1日"}]}, ("seasons", 0, "starts"), "calendar.season_start_unknown"),
        ({"seasons": [SEASON | {"sessions": []}]}, ("seasons", 0, "sessions"), "calendar.sessions_empty"),
        (
            {"seasons": [SEASON | {"sessions": ["9:00-12:00", "11:59-13:00"]}]},
            ("seasons", 0, "sessions"),
            "calendar.sessions_overlap",
        ),
        (
            {"seasons": [SEASON | {"sessions": ["9:00-12:00", "14:00-14:00"]}]},
            ("seasons", 0, "sessions", 1),
            "calendar.session_backwards",
        ),
        (
            {"seasons": [SEASON | {"sessions": ["9:00-25:00"]}]},
            ("seasons", 0, "sessions", 0),
            "calendar.session_unknown",
        ),
        (
            {"rest_weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
            ("rest_weekdays",),
            "calendar.no_working_weekday",
        ),
        (
            {"days": [{"date": "2026-12-24", "kind": "open"}, {"date": "2026-12-24", "kind": "closed"}]},
            ("days",),
            "calendar.day_twice",
        ),
        ({"days": [{"date": "2026-12-24", "kind": "party"}]}, ("days", 0, "kind"), "enum"),
        ({"opening_hours": "9-5"}, ("opening_hours",), "extra_forbidden"),
    ],
)
def test_a_mistake_in_the_settings_is_told_where_it_stands(
    written: dict[str, Any], where: tuple[str | int, ...], key: str
) -> None:
    with pytest.raises(ValidationError) as invalid:
        CalendarRules.model_validate(written)

    error = invalid.value.errors()[0]
    assert (error["loc"], error["type"]) == (where, key)
    assert not key.startswith("calendar.") or text(key, **error.get("ctx", {}))


def test_settings_are_written_as_they_are_read() -> None:
    rules = CalendarRules.model_validate(
        {"rest_weekdays": ["mon"], "days": [{"date": "2026-11-26", "kind": "closed", "name": "盘点"}]}
    )

    assert CalendarRules.model_validate_json(rules.model_dump_json()) == rules
    assert CalendarRules.model_validate(rules.model_dump()) == rules
