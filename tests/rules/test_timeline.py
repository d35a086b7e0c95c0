"""Sums of working time against a count by the minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.calendar import (
    Calendar,
    CalendarRules,
    WorkingTime,
    calendar_for,
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


CALENDARS = st.sampled_from([HANDBOOK, SUNDAYS_OFF, OWN_DAYS])
SPANS = [("2026-01-01", 20), ("2026-02-10", 25), ("2026-04-28", 16), ("2026-09-18", 30), ("2026-11-20", 50)]
MOMENTS = st.builds(
    lambda span, part: at(span[0]) + timedelta(minutes=part * span[1] * 1440 // 10_000),
    st.sampled_from(SPANS),
    st.integers(0, 10_000),
)
AMOUNTS = st.integers(0, 4000).map(WorkingTime)


def naive_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    worked = 0
    while start < end:
        worked += any(one.start <= start < one.end for one in calendar.sessions(start.date()))
        start += timedelta(minutes=1)
    return worked


def naive_walk(calendar: Calendar, moment: datetime, minutes: int, step: int) -> datetime:
    while minutes:
        reached = moment + timedelta(minutes=step)
        minutes -= naive_between(calendar, min(moment, reached), max(moment, reached))
        moment = reached
    return moment


@given(calendar=CALENDARS, start=MOMENTS, minutes=st.integers(0, 6000))
def test_time_between_is_what_a_count_by_the_minute_finds(calendar: Calendar, start: datetime, minutes: int) -> None:
    end = start + timedelta(minutes=minutes)

    counted = calendar.working_between(start=start, end=end)

    assert counted == naive_between(calendar, start, end)
    assert calendar.working_between(start=end, end=start) == -counted


@given(calendar=CALENDARS, moment=MOMENTS, minutes=st.integers(0, 900))
def test_added_time_ends_where_a_count_by_the_minute_ends(calendar: Calendar, moment: datetime, minutes: int) -> None:
    reached = calendar.add_working(moment, WorkingTime(minutes))

    assert reached == naive_walk(calendar, moment, minutes, 1)


@given(calendar=CALENDARS, moment=MOMENTS, minutes=st.integers(0, 900))
def test_subtracted_time_begins_where_a_count_backwards_ends(
    calendar: Calendar, moment: datetime, minutes: int
) -> None:
    reached = calendar.subtract_working(moment, WorkingTime(minutes))

    assert reached == naive_walk(calendar, moment, minutes, -1)


@given(calendar=CALENDARS, moment=MOMENTS, amount=AMOUNTS)
def test_adding_and_subtracting_count_as_much_as_they_were_told(
    calendar: Calendar, moment: datetime, amount: WorkingTime
) -> None:
    later, earlier = calendar.add_working(moment, amount), calendar.subtract_working(moment, amount)

    assert calendar.working_between(start=moment, end=later) == amount.minutes
    assert calendar.working_between(start=earlier, end=moment) == amount.minutes
    assert calendar.working_between(start=calendar.subtract_working(later, amount), end=moment) == 0


@given(calendar=CALENDARS, moment=MOMENTS, first=AMOUNTS, second=AMOUNTS)
def test_two_amounts_one_after_the_other_are_their_sum(
    calendar: Calendar, moment: datetime, first: WorkingTime, second: WorkingTime
) -> None:
    by_steps = calendar.add_working(calendar.add_working(moment, first), second)

    assert by_steps == calendar.add_working(moment, WorkingTime(first.minutes + second.minutes))


@given(calendar=CALENDARS, moment=MOMENTS)
def test_no_time_moves_nothing(calendar: Calendar, moment: datetime) -> None:
    assert calendar.add_working(moment, WorkingTime(0)) == moment
    assert calendar.subtract_working(moment, WorkingTime(0)) == moment


@settings(deadline=None, max_examples=20)
@given(moments=st.lists(st.integers(2019, 2060), min_size=2, max_size=5))
def test_the_order_in_which_years_are_asked_for_changes_nothing(moments: list[int]) -> None:
    fresh = Calendar(CalendarRules())

    sums = [fresh.add_working(at(f"{year}-12-20T10:00"), WorkingTime(9000)) for year in moments]

    assert sums == [HANDBOOK.add_working(at(f"{year}-12-20T10:00"), WorkingTime(9000)) for year in moments]
