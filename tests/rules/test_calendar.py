"""The store's working time: table 1L of the handbook, seasons, holidays, and sums against a count by the minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.rules.calendar import (
    Calendar,
    CalendarRules,
    DayInfo,
    DayKind,
    HalfWorkingDay,
    WorkingTime,
    calendar_for,
    parse_limit,
)

HANDBOOK = calendar_for(CalendarRules())
ZONE = HANDBOOK.zone
SUNDAYS_OFF = Calendar(CalendarRules.model_validate({"rest_weekdays": ["sun"]}))
OWN_DAYS = Calendar(
    CalendarRules.model_validate(
        {
            "rest_weekdays": ["mon"],
            "days": [
                {"date": "2026-11-26", "kind": "closed", "name": "盘点"},
                {"date": "2026-11-30", "kind": "open"},
                {"date": "2026-12-07", "kind": "makeup"},
                {"date": "2026-10-05", "kind": "open", "name": "国庆促销"},
                {"date": "2026-12-11", "kind": "holiday", "name": "店庆"},
                {"date": "2027-01-01", "kind": "open"},
            ],
        }
    )
)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("event", "limit", "due"),
    [
        ("2026-11-25T11:00", "2wd", "2026-11-27T17:30"),  # W2: the survey ends on a Wednesday
        ("2026-11-25T18:40", "2wd", "2026-11-27T17:30"),  # day 0 is the day of the event, after closing too
        ("2026-11-25T10:00", "0.5wd", "2026-11-25T15:15"),  # W3: 2 h to noon, 1 h 15 min from 14:00
        ("2026-11-25T12:30", "0.5wd", "2026-11-25T17:15"),  # in the noon break
        ("2026-11-25T16:00", "0.5wd", "2026-11-26T10:45"),  # 1 h 30 min and 1 h 45 min
        ("2026-11-25T17:30", "0.5wd", "2026-11-26T14:15"),  # at closing
        ("2026-11-25T21:00", "0.5wd", "2026-11-26T14:15"),  # after closing
        ("2026-11-25T10:00", "1wd", "2026-11-26T17:30"),  # W6: the meeting
        ("2026-11-25T10:00", "7d", "2026-12-02T17:30"),  # W8: agreement and fee
        ("2026-11-25T10:00", "3h15m", "2026-11-25T15:15"),
        ("2026-07-08T10:00", "0.5wd", "2026-07-08T15:45"),  # summer: the afternoon starts at 14:30
        ("2026-07-08T16:00", "0.5wd", "2026-07-09T10:15"),
        ("2026-07-08T10:00", "2wd", "2026-07-10T18:00"),
        ("2026-09-28T10:00", "7d", "2026-10-05T17:30"),  # due in a holiday, at the hour of its season
        ("2026-09-29T10:00", "2wd", "2026-10-08T17:30"),  # over National Day into winter
        ("2026-04-29T10:00", "2wd", "2026-05-06T18:00"),  # over Labour Day into summer
        ("2026-04-30T16:30", "3h", "2026-05-06T11:00"),  # 1 h in winter, 2 h in summer
        ("2026-09-30T17:00", "0.5wd", "2026-10-08T11:15"),  # 1 h to 18:00 in summer, 2 h 15 min in winter
        ("2026-02-13T10:00", "1wd", "2026-02-14T17:30"),  # a Saturday that is worked
    ],
)
def test_a_deadline_is_due_when_the_handbook_says(event: str, limit: str, due: str) -> None:
    found = HANDBOOK.deadline(at(event), parse_limit(limit))

    assert found.due == at(due)
    assert found.due.tzinfo is ZONE


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-04-30", ["09:00-12:00", "14:00-17:30"]),
        ("2026-05-01", ["09:00-12:00", "14:30-18:00"]),  # hours of a holiday
        ("2026-09-30", ["09:00-12:00", "14:30-18:00"]),
        ("2026-10-01", ["09:00-12:00", "14:00-17:30"]),
        ("2026-01-05", ["09:00-12:00", "14:00-17:30"]),  # last year's winter goes on
    ],
)
def test_the_season_of_a_date_gives_its_hours(day: str, hours: list[str]) -> None:
    found = HANDBOOK.hours(date.fromisoformat(day))

    assert [f"{one.start:%H:%M}-{one.end:%H:%M}" for one in found] == hours
    assert HANDBOOK.opens(date.fromisoformat(day)) == found[0].start
    assert HANDBOOK.closes(date.fromisoformat(day)) == found[-1].end


@pytest.mark.parametrize(
    ("calendar", "day", "kind", "name", "opened"),
    [
        (HANDBOOK, "2026-11-25", DayKind.WORKING, "", True),
        (HANDBOOK, "2026-11-29", DayKind.WORKING, "", True),  # a Sunday is worked unless it is a rest day
        (HANDBOOK, "2026-01-01", DayKind.HOLIDAY, "元旦", False),
        (HANDBOOK, "2026-02-17", DayKind.HOLIDAY, "春节", False),
        (HANDBOOK, "2026-04-05", DayKind.HOLIDAY, "清明节", False),
        (HANDBOOK, "2026-05-05", DayKind.HOLIDAY, "劳动节", False),
        (HANDBOOK, "2026-06-19", DayKind.HOLIDAY, "端午节", False),
        (HANDBOOK, "2026-09-27", DayKind.HOLIDAY, "中秋节", False),
        (HANDBOOK, "2026-10-07", DayKind.HOLIDAY, "国庆节", False),
        (SUNDAYS_OFF, "2026-11-29", DayKind.REST, "", False),
        (SUNDAYS_OFF, "2026-01-04", DayKind.MAKEUP, "元旦", True),  # a make-up Sunday beats the rest day
        (OWN_DAYS, "2026-11-26", DayKind.CLOSED, "盘点", False),
        (OWN_DAYS, "2026-11-30", DayKind.OPEN, "", True),
        (OWN_DAYS, "2026-12-07", DayKind.MAKEUP, "", True),
        (OWN_DAYS, "2026-10-05", DayKind.OPEN, "国庆促销", True),
        (OWN_DAYS, "2026-12-11", DayKind.HOLIDAY, "店庆", False),
        (OWN_DAYS, "2027-01-01", DayKind.OPEN, "", True),  # the store's word is not provisional
    ],
)
def test_a_day_is_what_the_store_then_the_state_then_the_week_says(
    calendar: Calendar, day: str, kind: DayKind, name: str, opened: bool
) -> None:
    info = calendar.day(date.fromisoformat(day))

    assert info == DayInfo(kind, name, provisional=False)
    assert calendar.is_open(date.fromisoformat(day)) is opened
    assert bool(calendar.sessions(date.fromisoformat(day))) is opened


def test_a_store_open_on_holidays_works_the_hours_of_their_season() -> None:
    always = Calendar(CalendarRules.model_validate({"closed_on_holidays": False, "rest_weekdays": ["mon"]}))

    assert always.day(date(2026, 10, 1)).kind is DayKind.HOLIDAY
    assert always.sessions(date(2026, 10, 1)) == always.hours(date(2026, 10, 1))
    assert not always.is_open(date(2026, 10, 5))  # a Monday stays a rest day


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-27T09:00", 3, "2026-11-27T12:00"),  # lands on a session's end and stays
        ("2026-11-27T14:00", 3.5, "2026-11-27T17:30"),
        ("2026-11-27T13:00", 1, "2026-11-27T15:00"),  # the lunch break does not count
        ("2026-09-24T17:30", 1, "2026-09-28T09:30"),  # nor a holiday
    ],
)
def test_working_time_is_added_over_breaks_and_holidays(start: str, hours: float, end: str) -> None:
    assert HANDBOOK.add_working(at(start), WorkingTime(int(hours * 60))) == at(end)


@pytest.mark.parametrize(
    ("end", "hours", "start"),
    [
        ("2026-11-27T14:00", 3, "2026-11-27T09:00"),  # lands on a session's start and stays
        ("2026-11-27T17:30", 3.5, "2026-11-27T14:00"),
        ("2026-11-27T13:00", 1, "2026-11-27T11:00"),
        ("2026-10-08T09:00", 1, "2026-09-30T17:00"),  # over National Day into summer
        ("2026-01-05T09:00", 1, "2026-01-04T16:30"),  # a make-up Sunday
        ("2026-01-04T10:00", 2, "2025-12-31T16:30"),  # into the year before
    ],
)
def test_working_time_is_subtracted_over_breaks_and_holidays(end: str, hours: float, start: str) -> None:
    assert HANDBOOK.subtract_working(at(end), WorkingTime(int(hours * 60))) == at(start)


def test_four_hours_from_four_in_the_afternoon_are_noon_of_the_next_working_day() -> None:
    straight = {"name": "all year", "starts": "01-01", "sessions": ["9:00-17:00"]}
    office = Calendar(CalendarRules.model_validate({"seasons": [straight], "rest_weekdays": ["sat", "sun"]}))

    due = office.add_working(at("2026-11-27T16:00"), WorkingTime(240))

    assert due == at("2026-11-30T12:00")


def test_no_deadline_in_working_days_falls_on_a_closed_day() -> None:
    events = [date(2026, 9, 15) + timedelta(days=n) for n in range(30)]

    dues = [SUNDAYS_OFF.end_of_working_day(day, n) for day in events for n in (1, 2, 3)]

    assert all(SUNDAYS_OFF.is_open(due.date()) for due in dues)


def test_day_zero_closes_at_its_own_hour_even_when_it_is_a_holiday() -> None:
    assert HANDBOOK.end_of_working_day(date(2026, 10, 1), 0) == at("2026-10-01T17:30")
    assert HANDBOOK.end_of_working_day(date(2026, 7, 1), 0) == at("2026-07-01T18:00")


def test_the_working_days_around_a_holiday_are_its_neighbours() -> None:
    assert HANDBOOK.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert HANDBOOK.previous_working_day(date(2026, 10, 8)) == date(2026, 9, 30)
    assert HANDBOOK.previous_working_day(date(2026, 10, 3)) == date(2026, 9, 30)
    assert HANDBOOK.working_day(date(2026, 12, 30), 2) == date(2027, 1, 4)
    with pytest.raises(ValueError, match="closed"):
        HANDBOOK.working_day(date(2026, 12, 30), 0)


def test_a_session_begins_at_its_start_and_is_over_at_its_end() -> None:
    moments = ["08:59", "09:00", "11:59", "12:00", "13:59", "14:00", "17:29", "17:30"]

    working = [HANDBOOK.is_working(at(f"2026-11-27T{moment}")) for moment in moments]

    assert working == [False, True, True, False, False, True, True, False]
    assert not HANDBOOK.is_working(at("2026-10-01T10:00"))


def test_seconds_count_and_their_fractions_do_not() -> None:
    received = at("2026-11-25T11:59:30.750")

    assert HANDBOOK.add_working(received, WorkingTime(1)) == at("2026-11-25T14:00:30")
    assert HANDBOOK.working_between(start=received, end=at("2026-11-25T14:00:29")) == 0
    assert HANDBOOK.working_between(start=received, end=at("2026-11-25T14:00:30")) == 1


def test_an_answer_is_in_the_stores_zone_whatever_zone_the_question_had() -> None:
    received = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)

    found = HANDBOOK.deadline(received, HalfWorkingDay())

    assert found.due.isoformat() == "2026-11-25T15:15:00+08:00"
    assert HANDBOOK.working_between(start=received, end=found.due) == 195


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        HANDBOOK.add_working(datetime(2026, 11, 25, 10, 0), WorkingTime(1))  # noqa: DTZ001


def test_the_hours_change_with_the_clocks_of_a_zone_that_has_summer_time() -> None:
    berlin = Calendar(CalendarRules.model_validate({"time_zone": "Europe/Berlin", "closed_on_holidays": False}))
    saturday_closing = datetime(2026, 3, 28, 17, 30, tzinfo=berlin.zone)

    reopened = berlin.add_working(saturday_closing, WorkingTime(60))

    assert reopened.isoformat() == "2026-03-29T10:00:00+02:00"


def test_equal_rules_share_one_calendar() -> None:
    assert calendar_for(CalendarRules()) is calendar_for(CalendarRules.model_validate({}))
    assert calendar_for(SUNDAYS_OFF.rules) is not HANDBOOK
