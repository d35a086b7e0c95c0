"""The rules of outings and trips as tables: what a stretch means, what is late, when who is asked or told."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from bot.reading import Span
from bot.rules import outing
from bot.rules.book import Rulebook

BOOK = Rulebook()
CALENDAR = BOOK.working


def at(moment: str) -> datetime:
    """`11-25 14:00` of the year 2026, `2027-01-01 09:00` of another."""
    day, clock = moment.split()
    return datetime.fromisoformat(f"{day if day.count('-') == 2 else f'2026-{day}'}T{clock}:00+08:00").astimezone(
        CALENDAR.zone
    )


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


def closed_on(day: str) -> Rulebook:
    return Rulebook.model_validate({"calendar": {"days": [{"date": day, "kind": "closed", "name": "盘点"}]}})


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (span("11-27 00:00", "11-28 00:00"), True),
        (span("11-27 00:00", "11-30 00:00"), True),  # several days
        (span("11-27 09:00", "11-27 12:00"), False),  # a morning has its hour
        (span("11-27 08:30", "11-28 00:00"), False),
    ],
)
def test_of_a_whole_day_no_hour_was_said(said: Span, whole: bool) -> None:
    assert outing.is_whole_day(said) == whole


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (span("11-27 00:00", "11-28 00:00"), span("11-27 09:00", "11-27 17:30")),  # winter
        (span("07-06 00:00", "07-07 00:00"), span("07-06 09:00", "07-06 18:00")),  # summer closes later
        (span("09-30 00:00", "10-02 00:00"), span("09-30 09:00", "10-01 17:30")),  # the season changes on the way
        (span("11-27 00:00", "11-30 00:00"), span("11-27 09:00", "11-29 17:30")),
        (span("11-27 14:00", "11-27 16:00"), span("11-27 14:00", "11-27 16:00")),  # hours stay as they are
        (span("11-27 08:00", "11-28 00:00"), span("11-27 08:00", "11-27 17:30")),  # an end without its hour
    ],
)
def test_whole_days_go_from_opening_to_closing(said: Span, meant: Span) -> None:
    assert outing.in_the_day(said, CALENDAR) == meant


def test_an_evening_that_ends_at_midnight_does_not_end_before_it_begins() -> None:
    evening = outing.in_the_day(span("11-27 18:00", "11-28 00:00"), CALENDAR)

    assert evening.start < evening.end


@pytest.mark.parametrize(
    ("said", "now", "meant"),
    [
        # A day, a morning, an afternoon that has begun is what is left of it.
        (span("11-25 00:00", "11-26 00:00"), "11-25 10:20", span("11-25 10:20", "11-25 17:30")),
        (span("11-25 09:00", "11-25 12:00"), "11-25 10:20", span("11-25 10:20", "11-25 12:00")),
        (span("11-25 14:00", "11-25 17:30"), "11-25 15:00", span("11-25 15:00", "11-25 17:30")),
        (span("07-06 14:30", "07-06 18:00"), "07-06 15:00", span("07-06 15:00", "07-06 18:00")),
        (span("11-25 00:00", "11-27 00:00"), "11-25 10:20", span("11-25 10:20", "11-26 17:30")),
        # What has not begun, or an hour that was named, stays: told too late is told too late.
        (span("11-25 14:00", "11-25 17:30"), "11-25 10:00", span("11-25 14:00", "11-25 17:30")),
        (span("11-25 14:00", "11-25 16:00"), "11-25 15:00", span("11-25 14:00", "11-25 16:00")),
        (span("11-25 09:30", "11-25 12:00"), "11-25 10:00", span("11-25 09:30", "11-25 12:00")),
        (span("11-26 00:00", "11-27 00:00"), "11-25 10:00", span("11-26 09:00", "11-26 17:30")),
        # Its very first and last moment.
        (span("11-25 14:00", "11-25 17:30"), "11-25 14:00", span("11-25 14:00", "11-25 17:30")),
        (span("11-25 09:00", "11-25 12:00"), "11-25 12:00", span("11-25 09:00", "11-25 12:00")),
    ],
)
def test_a_part_of_the_day_that_has_begun_means_what_is_left_of_it(said: Span, now: str, meant: Span) -> None:
    assert outing.meant(said, at(now), CALENDAR) == meant


@pytest.mark.parametrize(
    ("said", "hour", "meant"),
    [
        (span("11-26 00:00", "11-27 00:00"), time(8, 30), span("11-26 08:30", "11-26 17:30")),
        (span("11-26 00:00", "11-28 00:00"), time(6), span("11-26 06:00", "11-27 17:30")),
        (span("07-06 00:00", "07-07 00:00"), time(8), span("07-06 08:00", "07-06 18:00")),
    ],
)
def test_a_trip_of_whole_days_begins_at_its_hour_of_departure(said: Span, hour: time, meant: Span) -> None:
    assert outing.leaving_at(said, hour, CALENDAR) == meant


@pytest.mark.parametrize(
    ("start", "now", "late"),
    [
        ("11-25 10:00", "11-25 10:00", 0),
        ("11-25 10:00", "11-25 09:00", 0),  # in advance
        ("11-25 10:00", "11-25 10:10", 0),  # ten minutes are nobody's fault
        ("11-25 10:00", "11-25 10:11", 11),
        ("11-25 10:00", "11-25 12:00", 120),  # by the clock, the noon break does not count differently
        ("11-24 17:00", "11-25 09:00", 960),
    ],
)
def test_an_outing_told_more_than_ten_minutes_after_leaving_is_late(start: str, now: str, late: int) -> None:
    assert outing.told_late_minutes(at(start), at(now), BOOK) == late


def test_how_late_is_late_is_the_stores_to_say() -> None:
    strict = Rulebook.model_validate({"outing": {"late_after_minutes": 0}})

    assert outing.told_late_minutes(at("11-25 10:00"), at("11-25 10:01"), strict) == 1


@pytest.mark.parametrize(
    ("said", "days"),
    [
        (span("11-25 14:00", "11-25 16:00"), 1),
        (span("11-25 09:00", "11-26 00:00"), 1),  # midnight belongs to the day before
        (span("11-25 09:00", "11-26 00:01"), 2),
        (span("11-25 22:00", "11-26 02:00"), 2),
        (span("11-30 00:00", "12-02 00:00"), 2),
    ],
)
def test_the_days_that_a_stretch_touches_are_counted(said: Span, days: int) -> None:
    assert outing.days(said) == days


@pytest.mark.parametrize(
    ("ends", "by_itself"),
    [
        ("11-25 17:30", True),  # closing
        ("11-25 20:00", True),
        ("11-25 17:29", False),
        ("11-25 12:00", False),  # the noon break is no end of the day
        ("07-06 17:30", False),  # in summer the store is open until six
        ("07-06 18:00", True),
        ("10-01 11:00", True),  # National Day: nobody is in the store to come back to
        ("10-10 11:00", False),  # a make-up Saturday is worked
    ],
)
def test_who_is_out_until_closing_or_on_a_closed_day_need_not_say_so(ends: str, by_itself: bool) -> None:
    assert outing.ends_by_itself(at(ends), CALENDAR) == by_itself


def test_a_day_that_the_store_itself_has_closed_ends_by_itself() -> None:
    assert outing.ends_by_itself(at("11-26 11:00"), closed_on("2026-11-26").working)


@pytest.mark.parametrize(
    ("ends", "asked"),
    [
        ("11-25 16:00", "11-25 16:20"),
        ("11-25 11:50", "11-25 12:10"),  # by the clock, the noon break too
        ("11-25 17:10", "11-25 17:30"),
        ("11-25 17:20", "11-25 17:30"),  # at closing at the latest
        ("07-06 17:20", "07-06 17:40"),
        ("07-06 17:50", "07-06 18:00"),
    ],
)
def test_who_is_not_back_is_asked_after_twenty_minutes_or_at_closing(ends: str, asked: str) -> None:
    assert outing.asked_at(at(ends), BOOK) == at(asked)


@pytest.mark.parametrize(
    ("ends", "hears"),
    [
        ("11-25 16:00", "11-25 16:50"),  # asked at 16:20, then thirty working minutes
        ("11-25 11:30", "11-25 14:20"),  # asked at 11:50; the noon break does not count
        ("11-25 12:00", "11-25 14:30"),
        ("11-25 16:40", "11-25 17:30"),
        ("11-25 16:50", "11-26 09:10"),  # asked at 17:10, the rest counts in the morning
        ("11-25 17:20", "11-26 09:30"),  # asked at closing
        ("12-31 17:20", "2027-01-04 09:30"),  # over New Year's days, which are estimated for 2027
        ("09-30 17:50", "10-08 09:30"),  # over National Day, into the winter's hours
    ],
)
def test_the_front_desk_hears_thirty_working_minutes_later(ends: str, hears: str) -> None:
    assert outing.front_desk_hears_at(at(ends), BOOK) == at(hears)


@pytest.mark.parametrize(
    ("ends", "given_up"),
    [
        ("11-25 16:00", "11-25 17:30"),
        ("11-25 16:40", "11-26 17:30"),  # the front desk hears at closing itself: one more day
        ("11-25 16:50", "11-26 17:30"),
        ("07-06 16:50", "07-06 18:00"),
        ("09-30 17:50", "10-08 17:30"),
    ],
)
def test_nobody_is_asked_for_ever(ends: str, given_up: str) -> None:
    assert outing.given_up_at(at(ends), BOOK) == at(given_up)


@pytest.mark.parametrize("ends", ["11-25 10:30", "11-25 11:59", "11-25 16:45", "11-25 17:29", "07-06 17:59"])
def test_what_happens_to_a_late_return_happens_in_this_order(ends: str) -> None:
    moments = [at(ends), outing.asked_at(at(ends), BOOK)]
    moments += [outing.front_desk_hears_at(at(ends), BOOK), outing.given_up_at(at(ends), BOOK)]

    assert moments == sorted(set(moments))


@pytest.mark.parametrize(
    ("starts", "now", "hears"),
    [
        ("11-25 14:00", "11-25 10:00", "11-25 10:00"),  # today's at once
        ("11-25 09:00", "11-25 10:00", "11-25 10:00"),
        ("11-26 14:00", "11-25 10:00", "11-26 09:00"),  # tomorrow's at opening
        ("11-26 07:30", "11-25 10:00", "11-26 07:30"),  # or when it begins, if that is earlier
        ("11-28 14:00", "11-25 22:00", "11-28 09:00"),
    ],
)
def test_the_group_hears_of_an_outing_on_its_day(starts: str, now: str, hears: str) -> None:
    assert outing.group_hears_at(at(starts), at(now), BOOK) == at(hears)


@pytest.mark.parametrize(
    ("trip", "asked", "expires"),
    [
        (span("11-26 08:30", "11-26 17:30"), "11-25 10:00", "11-26 08:30"),  # at departure
        (span("11-25 11:00", "11-25 17:30"), "11-25 10:00", "11-25 11:00"),
        (span("11-25 10:30", "11-25 17:30"), "11-25 10:00", "11-25 11:00"),  # an hour of work at least
        (span("11-25 11:30", "11-25 17:30"), "11-25 11:20", "11-25 14:20"),
        (span("11-25 10:10", "11-25 10:40"), "11-25 10:00", "11-25 10:40"),  # but not beyond its end
        (span("11-26 07:00", "11-26 18:00"), "11-25 22:00", "11-26 10:00"),
    ],
)
def test_an_answer_about_a_trip_comes_too_late_at_its_departure(trip: Span, asked: str, expires: str) -> None:
    assert outing.trip_expires_at(trip, at(asked), BOOK) == at(expires)


@pytest.mark.parametrize(
    ("day", "now", "hours"),
    [
        ("2026-11-26", "11-25 10:00", ("08:00", "08:30", "09:00", "10:00")),
        ("2026-11-25", "11-25 08:10", ("08:30", "09:00", "10:00")),
        ("2026-11-25", "11-25 09:00", ("10:00",)),  # the present moment is no hour to come
        ("2026-11-25", "11-25 10:00", ()),
    ],
)
def test_the_usual_hours_of_departure_are_offered_unless_they_are_past(
    day: str, now: str, hours: tuple[str, ...]
) -> None:
    offered = outing.free_hours(date.fromisoformat(day), CALENDAR, at(now))

    assert tuple(f"{hour:%H:%M}" for hour in offered) == hours
