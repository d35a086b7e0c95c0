"""The state's holidays, the estimate for years not published, and holidays by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.rules.calendar import (
    Calendar,
    CalendarRules,
    DayInfo,
    DayKind,
    WorkingTime,
    calendar_for,
    holiday_day,
    is_published,
)

HANDBOOK = calendar_for(CalendarRules())
ZONE = HANDBOOK.zone
SUNDAYS_OFF = Calendar(CalendarRules.model_validate({"rest_weekdays": ["sun"]}))


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


# HANDBOOK 5: the notice for 2026.
HOLIDAYS = [("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5), ("06-19", 3), ("09-25", 3), ("10-01", 7)]
MAKEUP_DAYS = {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}


def test_the_holidays_and_make_up_days_of_2026_are_the_published_ones() -> None:
    firsts = [(date.fromisoformat(f"2026-{first}"), length) for first, length in HOLIDAYS]
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]

    holidays = {day for day in year if HANDBOOK.day(day).kind is DayKind.HOLIDAY}
    makeups = {f"{day:%m-%d}" for day in year if HANDBOOK.day(day).kind is DayKind.MAKEUP}

    assert holidays == {first + timedelta(days=n) for first, length in firsts for n in range(length)}
    assert makeups == MAKEUP_DAYS


def test_make_up_days_are_not_misread_as_holidays() -> None:
    five_days = Calendar(CalendarRules.model_validate({"rest_weekdays": ["sat", "sun"]}))

    opened = [day for day in MAKEUP_DAYS if five_days.is_open(date.fromisoformat(f"2026-{day}"))]

    assert set(opened) == MAKEUP_DAYS
    assert not five_days.is_open(date(2026, 11, 28))


def test_a_year_that_the_state_has_not_published_is_provisional_on_every_day() -> None:
    guessed = HANDBOOK.day(date(2036, 1, 28))

    assert not is_published(2036)
    assert guessed == DayInfo(DayKind.HOLIDAY, "春节", provisional=True)
    assert HANDBOOK.day(date(2036, 3, 12)) == DayInfo(DayKind.WORKING, "", provisional=True)
    assert HANDBOOK.day(date(2036, 1, 1)).name == "元旦"
    assert HANDBOOK.deadline(at("2035-12-31T17:00"), WorkingTime(60)).provisional
    assert not HANDBOOK.deadline(at("2026-11-25T17:00"), WorkingTime(60)).provisional


def test_a_weekend_beside_an_estimated_holiday_belongs_to_it() -> None:
    new_year = [HANDBOOK.day(date(2038, 1, n)) for n in (1, 2, 3, 4)]

    assert [info.kind for info in new_year] == [DayKind.HOLIDAY] * 3 + [DayKind.WORKING]


def test_a_year_beyond_every_table_still_answers_and_says_that_it_is_a_guess() -> None:
    assert HANDBOOK.day(date(2150, 2, 1)).provisional
    assert HANDBOOK.add_working(at("2150-03-01T10:00"), WorkingTime(60)) == at("2150-03-01T11:00")


def test_a_span_of_centuries_is_refused_before_it_keeps_everybody_waiting() -> None:
    with pytest.raises(ValueError, match="974 years"):
        HANDBOOK.working_between(start=at("2026-11-25T10:00"), end=at("3000-01-01T10:00"))


@pytest.mark.parametrize(
    ("name", "year", "day"),
    [
        ("元旦", 2027, "2027-01-01"),
        ("除夕", 2027, "2027-02-05"),
        ("春节", 2027, "2027-02-06"),
        ("大年初一", 2034, "2034-02-19"),
        ("元宵", 2027, "2027-02-20"),
        ("清明", 2027, "2027-04-05"),
        ("五一", 2027, "2027-05-01"),
        ("端午节", 2027, "2027-06-09"),
        ("七夕", 2026, "2026-08-19"),
        ("七夕", 2044, "2044-07-31"),  # a year with two seventh months
        ("中秋", 2033, "2033-09-08"),  # a year with a leap eleventh month
        ("重阳", 2026, "2026-10-18"),
        ("国庆", 2027, "2027-10-01"),
        ("十一", 2027, "2027-10-01"),
        ("圣诞", 2026, "2026-12-25"),
        ("三八", 2027, "2027-03-08"),
        ("冬至", 2026, "2026-12-22"),
    ],
)
def test_a_holidays_name_is_the_day_itself(name: str, year: int, day: str) -> None:
    assert holiday_day(name, year) == date.fromisoformat(day)


def test_a_name_or_a_year_that_nobody_knows_is_no_day() -> None:
    assert holiday_day("店庆", 2026) is None
    assert holiday_day("七夕", 2150) is None
    assert holiday_day("春节", 2300) is None
