"""The clocks of the process: who hears when (HANDBOOK 6 W8), and what a pause leaves (HANDBOOK 4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.book import Rulebook
from bot.rules.calendar import Calendar
from bot.rules.limits import HalfWorkingDay, WorkingTime
from bot.rules.workflow import BY_KEY, STEPS, Step, StepKey, limit_of
from bot.rules.workflow_clock import Ring, due_after_pause, due_at, next_told, reminders_of
from storage.staff import Role

BOOK = Rulebook()
WEEKENDS_OFF = Rulebook.model_validate({"calendar": {"rest_weekdays": ["sat", "sun"]}})
ZONE = BOOK.working.zone


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


def step(key: str) -> Step:
    return BY_KEY[StepKey(key)]


def due(key: str, moment: str, book: Rulebook = BOOK) -> datetime:
    found = due_at(step(key), at(moment), book)
    assert found is not None
    return found


def told(key: str, moment: str, book: Rulebook = BOOK) -> list[str]:
    """`day_before 11-26 17:30` a moment, from the clock's start on."""
    found = reminders_of(step(key), at(moment), due(key, moment, book), book)
    return [f"{one.ring} {one.at:%m-%d %H:%M}" for one in found]


def paused(key: str, started: str, since: str, until: str, book: Rulebook = BOOK) -> datetime:
    return due_after_pause(step(key), due(key, started, book), paused_at=at(since), resumed_at=at(until), rules=book)


def test_two_working_days_are_spoken_of_a_working_day_and_two_hours_before_at_it_and_after() -> None:
    assert told("floor_plan", "2026-11-25T11:00") == [
        "day_before 11-26 17:30",
        "hours_before 11-27 15:30",
        "due 11-27 17:30",
        "client_manager 11-28 10:00",
        "gm_office 11-28 17:30",
    ]


def test_half_a_day_is_spoken_of_one_working_hour_before() -> None:
    assert told("estimate", "2026-11-25T10:00") == [
        "hours_before 11-25 14:15",
        "due 11-25 15:15",
        "client_manager 11-25 16:15",
        "gm_office 11-26 17:30",
    ]


def test_an_hour_before_counts_over_lunch() -> None:
    assert told("estimate", "2026-11-25T17:30")[:2] == ["hours_before 11-26 11:15", "due 11-26 14:15"]


def test_seven_days_are_also_spoken_of_two_days_before_and_on_the_morning() -> None:
    assert told("drawings", "2026-11-25T11:00") == [
        "days_before 11-30 17:30",
        "day_before 12-01 17:30",
        "morning 12-02 09:00",
        "hours_before 12-02 15:30",
        "due 12-02 17:30",
        "client_manager 12-03 10:00",
        "gm_office 12-03 17:30",
    ]


def test_what_is_due_in_a_holiday_is_spoken_of_before_it_and_late_after_it() -> None:
    assert told("drawings", "2026-09-28T11:00") == [
        "days_before 09-28 18:00",
        "day_before 09-29 18:00",
        "morning 09-30 09:00",
        "hours_before 09-30 16:00",
        "due 09-30 18:00",
        "client_manager 10-08 10:00",
        "gm_office 10-08 17:30",
    ]


def test_what_began_in_a_holiday_and_ends_in_it_is_spoken_of_at_the_next_opening() -> None:
    quick = Rulebook.model_validate({"process": {"drawings": "3d"}})

    assert told("drawings", "2026-10-01T11:00", quick) == [
        "due 10-08 09:00",
        "client_manager 10-08 10:00",
        "gm_office 10-08 17:30",
    ]


def test_days_before_that_are_closed_move_to_the_working_day_before_and_are_said_once() -> None:
    """Due on Monday: two days before is a Saturday, the working day before is the same Friday."""
    five_days = Rulebook.model_validate({"calendar": {"rest_weekdays": ["sat", "sun"]}, "process": {"drawings": "5d"}})

    assert told("drawings", "2026-11-25T11:00", five_days)[:2] == ["day_before 11-27 17:30", "morning 11-30 09:00"]


def test_the_hour_of_a_day_before_is_one_that_is_worked_in_its_season() -> None:
    """Due at 18:00 in summer; winter's last day closes at 17:30."""
    assert told("floor_plan", "2026-04-29T11:00")[0] == "day_before 04-30 17:30"


def test_what_would_come_before_the_step_began_is_not_said() -> None:
    assert told("plan_adjustment", "2026-11-25T18:00")[0] == "hours_before 11-26 15:30"
    assert told("review", "2026-11-25T10:00")[0] == "due 11-25 10:30"


def test_a_store_sets_when_it_is_spoken_of() -> None:
    own = Rulebook.model_validate(
        {
            "process": {
                "reminders": {
                    "day_before": "2wd",
                    "hours_before": "0.5wd",
                    "days_before": "3d",
                    "on_the_morning": False,
                    "client_manager_after": "30m",
                    "gm_office_after": "2d",
                }
            }
        }
    )

    assert told("drawings", "2026-11-25T11:00", own) == [
        "days_before 11-29 17:30",
        "day_before 11-30 17:30",
        "hours_before 12-02 14:15",
        "due 12-02 17:30",
        "client_manager 12-03 09:30",
        "gm_office 12-04 17:30",
    ]


def test_no_one_is_told_on_a_closed_day_whatever_the_store_sets() -> None:
    own = Rulebook.model_validate(
        {"calendar": {"rest_weekdays": ["sat", "sun"]}, "process": {"reminders": {"gm_office_after": "1d"}}}
    )

    assert told("floor_plan", "2026-11-25T11:00", own)[-2:] == ["gm_office 11-30 09:00", "client_manager 11-30 10:00"]


def test_the_owner_hears_first_then_the_client_manager_then_the_gm_office() -> None:
    found = reminders_of(step("budget"), at("2026-11-25T11:00"), due("budget", "2026-11-25T11:00"), BOOK)

    assert [one.to for one in found] == [*[Role.ESTIMATOR] * 3, Role.CLIENT_MANAGER, Role.GM_OFFICE]


def test_every_reminder_knows_who_is_next() -> None:
    found = reminders_of(step("floor_plan"), at("2026-11-25T11:00"), due("floor_plan", "2026-11-25T11:00"), BOOK)

    followers = [next_told(found, ring) for ring in (Ring.DAY_BEFORE, Ring.DUE, Ring.CLIENT_MANAGER, Ring.GM_OFFICE)]

    assert [one.to if one else None for one in followers] == [
        Role.CLIENT_MANAGER,
        Role.CLIENT_MANAGER,
        Role.GM_OFFICE,
        None,
    ]


@pytest.mark.parametrize("key", ["reception", "plan_booking", "plan_meeting", "design_agreement", "contract"])
def test_a_step_without_a_limit_is_not_spoken_of(key: str) -> None:
    assert reminders_of(step(key), at("2026-11-25T11:00"), at("2026-11-27T17:30"), BOOK) == ()


@pytest.mark.parametrize(
    ("key", "started", "since", "until", "due_moment"),
    [
        # Working time: what was left goes on to the minute.
        ("estimate", "2026-11-25T10:00", "2026-11-25T11:00", "2026-11-25T16:00", "2026-11-26T09:45"),
        ("estimate", "2026-11-25T10:00", "2026-11-25T12:30", "2026-11-25T13:30", "2026-11-25T15:15"),  # in the break
        ("estimate", "2026-11-25T10:00", "2026-11-25T11:00:40", "2026-11-25T11:00:40", "2026-11-25T15:15"),
        ("review", "2026-11-25T10:00", "2026-11-25T10:10", "2026-11-28T20:00", "2026-11-29T09:20"),
        # Working days: Thursday and Friday were left.
        ("floor_plan", "2026-11-25T11:00", "2026-11-25T15:00", "2026-11-30T10:00", "2026-12-02T17:30"),
        ("floor_plan", "2026-11-25T11:00", "2026-11-26T10:00", "2026-11-30T10:00", "2026-12-01T17:30"),
        ("floor_plan", "2026-11-25T11:00", "2026-11-25T15:00", "2026-11-25T16:00", "2026-11-27T17:30"),  # an hour
        ("floor_plan", "2026-09-28T11:00", "2026-09-29T10:00", "2026-09-30T10:00", "2026-10-08T17:30"),  # a holiday
        # The last day itself: 2 h and 3 h 30 min were left.
        ("floor_plan", "2026-11-25T11:00", "2026-11-27T10:00", "2026-11-30T16:00", "2026-12-01T15:00"),
        # Calendar days: four were left, closed days count.
        ("drawings", "2026-11-25T11:00", "2026-11-28T10:00", "2026-12-03T10:00", "2026-12-07T17:30"),
        ("drawings", "2026-11-25T11:00", "2026-12-02T16:30", "2026-12-03T10:00", "2026-12-03T11:00"),
        ("drawings", "2026-09-22T11:00", "2026-09-25T10:00", "2026-09-29T10:00", "2026-10-03T17:30"),
        # What is due in a holiday and paused on that day has no working time left: a minute.
        ("drawings", "2026-09-28T11:00", "2026-10-05T10:00", "2026-10-05T12:00", "2026-10-08T09:01"),
        # What was late stays late.
        ("floor_plan", "2026-11-25T11:00", "2026-11-28T10:00", "2026-12-03T10:00", "2026-11-27T17:30"),
        ("floor_plan", "2026-11-25T11:00", "2026-11-27T17:30", "2026-12-03T10:00", "2026-11-27T17:30"),
    ],
)
def test_a_clock_that_stood_still_goes_on_with_what_was_left(
    key: str, started: str, since: str, until: str, due_moment: str
) -> None:
    assert paused(key, started, since, until) == at(due_moment)


def test_a_second_pause_counts_what_the_first_one_left() -> None:
    """Due on Tuesday at 14:30 after the first, so that Monday's pause leaves 4 h 30 min and no whole day."""
    again = due_after_pause(
        step("floor_plan"),
        at("2026-12-01T14:30"),
        paused_at=at("2026-11-30T16:30"),
        resumed_at=at("2026-12-02T09:00"),
        rules=BOOK,
    )

    assert again == at("2026-12-02T15:30")


TIMED = st.sampled_from([one for one in STEPS if limit_of(one, BOOK.process)])
IN_WORKING_TIME = st.sampled_from(
    [one for one in STEPS if isinstance(limit_of(one, BOOK.process), WorkingTime | HalfWorkingDay)]
)
BOOKS = st.sampled_from([BOOK, WEEKENDS_OFF])
# The spring and autumn holidays, both changes of season, and ordinary weeks.
STARTS = st.sampled_from(["2026-02-09", "2026-04-27", "2026-07-06", "2026-09-21", "2026-11-23"])
MOMENTS = st.builds(lambda start, minutes: at(start) + timedelta(minutes=minutes), STARTS, st.integers(0, 18 * 1440))
LATER = st.integers(0, 6 * 1440).map(lambda minutes: timedelta(minutes=minutes))


def worked(moment: datetime, calendar: Calendar) -> bool:
    """Whether it lies in a session, both its ends counted."""
    return any(one.start <= moment <= one.end for one in calendar.sessions(moment.astimezone(calendar.zone).date()))


def timed(one: Step, moment: datetime, book: Rulebook) -> datetime:
    found = due_at(one, moment, book)
    assert found is not None
    return found


@given(one=TIMED, moment=MOMENTS, later=LATER, book=BOOKS)
def test_who_begins_later_is_never_due_earlier(one: Step, moment: datetime, later: timedelta, book: Rulebook) -> None:
    assert moment < timed(one, moment, book) <= timed(one, moment + later, book)


@given(one=IN_WORKING_TIME, moment=MOMENTS, book=BOOKS)
def test_working_time_is_never_due_outside_a_session(one: Step, moment: datetime, book: Rulebook) -> None:
    assert worked(timed(one, moment, book), book.working)


@given(one=TIMED, moment=MOMENTS, book=BOOKS)
def test_reminders_are_in_order_in_working_hours_and_never_before_the_step(
    one: Step, moment: datetime, book: Rulebook
) -> None:
    found = reminders_of(one, moment, timed(one, moment, book), book)

    assert all(before.at <= after.at for before, after in pairwise(found))
    assert all(worked(told.at, book.working) and told.at > moment for told in found)
    assert [told.ring for told in found][-3:] == [Ring.DUE, Ring.CLIENT_MANAGER, Ring.GM_OFFICE]
    assert len({(told.at, told.to) for told in found}) == len(found)


@given(one=TIMED, moment=MOMENTS, before=LATER, pause=LATER, longer=LATER, book=BOOKS)
def test_a_longer_pause_is_never_due_earlier_and_none_costs_time(
    one: Step, moment: datetime, before: timedelta, pause: timedelta, longer: timedelta, book: Rulebook
) -> None:
    due_moment, since = timed(one, moment, book), moment + before

    short, long = (
        due_after_pause(one, due_moment, paused_at=since, resumed_at=since + length, rules=book)
        for length in (pause, pause + longer)
    )

    assert due_moment <= short <= long
    assert short == due_moment or short > since + pause


@given(one=TIMED, moment=MOMENTS, book=BOOKS)
def test_a_pause_of_no_time_moves_nothing(one: Step, moment: datetime, book: Rulebook) -> None:
    due_moment = timed(one, moment, book)

    assert due_after_pause(one, due_moment, paused_at=moment, resumed_at=moment, rules=book) == due_moment
