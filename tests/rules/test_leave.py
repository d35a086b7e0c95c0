"""Leave: the half days of a span, the days on which nobody may be away, and what is free instead."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.reading import Span
from bot.rules.book import LeaveKind, Rulebook
from bot.rules.leave import (
    Amount,
    Ban,
    allowed_part,
    amount,
    banned_days,
    expires_at,
    free_instead,
    halves,
    span_of,
    working_extent,
)
from storage.leave import Half

HANDBOOK = Rulebook()
CALENDAR = HANDBOOK.working
COMPENSATORY = HANDBOOK.leave.kind("compensatory")
SICK = HANDBOOK.leave.kind("sick")
AM, PM = Half.MORNING, Half.AFTERNOON


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=CALENDAR.zone)


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


def taken(*written: str) -> tuple[tuple[date, Half], ...]:
    """`27a` is the morning of 27 November 2026, `12-09p` the afternoon of 9 December."""
    return tuple((_day(one[:-1]), AM if one[-1] == "a" else PM) for one in written)


def _day(written: str) -> date:
    return date.fromisoformat(f"2026-{written if '-' in written else f'11-{written}'}")


def book(**leave: object) -> Rulebook:
    return Rulebook.model_validate({"leave": leave})


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (span("2026-11-27T14:00", "2026-11-27T17:30"), ("27p",)),  # an afternoon as it is read
        (span("2026-11-27T09:00", "2026-11-27T12:00"), ("27a",)),
        (span("2026-11-27T00:00", "2026-11-28T00:00"), ("27a", "27p")),  # a whole day, the end not in it
        (span("2026-11-27T14:00", "2026-11-30T12:00"), ("27p", "28a", "28p", "29a", "29p", "30a")),  # weekends count
        (span("2026-11-27T11:59", "2026-11-27T14:01"), ("27a", "27p")),  # a minute of a half is that half
        (span("2026-11-27T12:00", "2026-11-27T14:00"), ()),  # the noon break is nobody's working time
        (span("2026-11-27T17:30", "2026-11-27T21:00"), ()),  # an evening
        (span("2026-11-27T19:00", "2026-11-28T10:00"), ("28a",)),  # over night
        (span("2026-09-24T00:00", "2026-09-29T00:00"), ("09-24a", "09-24p", "09-28a", "09-28p")),  # Mid-Autumn inside
        (span("2026-10-10T00:00", "2026-10-11T00:00"), ("10-10a", "10-10p")),  # a make-up Saturday is worked
        (span("2026-07-06T12:30", "2026-07-06T14:30"), ()),  # the summer's noon break is longer
    ],
)
def test_a_span_takes_the_working_halves_that_it_touches(asked: Span, expected: tuple[str, ...]) -> None:
    assert halves(asked, CALENDAR) == taken(*expected)


def test_a_store_with_one_session_a_day_has_mornings_only() -> None:
    one_session = Rulebook.model_validate(
        {"calendar": {"seasons": [{"name": "x", "starts": "01-01", "sessions": ["10:00-16:00"]}]}}
    )

    assert halves(span("2026-11-27T00:00", "2026-11-28T00:00"), one_session.working) == taken("27a")


@pytest.mark.parametrize(
    ("asked", "half_days", "minutes"),
    [
        (span("2026-11-27T14:00", "2026-11-27T17:30"), 1, 0),
        (span("2026-11-27T00:00", "2026-11-28T00:00"), 2, 0),  # two halves are one day
        (span("2026-11-27T14:00", "2026-11-30T12:00"), 6, 0),
        (span("2026-11-27T15:00", "2026-11-27T17:00"), 1, 120),  # two hours of an afternoon are named as such
        (span("2026-11-27T15:00", "2026-11-27T20:00"), 1, 150),  # what is after closing is not leave
        (span("2026-11-27T11:00", "2026-11-27T15:00"), 2, 0),  # part of both halves is both halves
        (span("2026-11-27T09:00", "2026-11-27T13:00"), 1, 0),  # a whole morning and a bit of the break
    ],
)
def test_leave_is_counted_in_half_days_and_within_one_in_minutes(asked: Span, half_days: int, minutes: int) -> None:
    assert amount(asked, CALENDAR) == Amount(half_days, minutes)


@pytest.mark.parametrize(
    ("asked", "extent"),
    [
        # A whole day is shown from opening to closing.
        (span("2026-11-27T00:00", "2026-11-28T00:00"), span("2026-11-27T09:00", "2026-11-27T17:30")),
        # Part of a half keeps its own hours.
        (span("2026-11-27T15:00", "2026-11-27T17:00"), span("2026-11-27T15:00", "2026-11-27T17:00")),
        # What reaches beyond the hours is cut to them.
        (span("2026-11-27T08:00", "2026-11-27T19:00"), span("2026-11-27T09:00", "2026-11-27T17:30")),
        # Closed days at the edges fall away.
        (span("2026-09-24T14:30", "2026-09-27T00:00"), span("2026-09-24T14:30", "2026-09-24T18:00")),
    ],
)
def test_a_card_shows_the_first_to_the_last_working_moment(asked: Span, extent: Span) -> None:
    assert working_extent(asked, CALENDAR) == extent


@pytest.mark.parametrize(
    ("days", "bans"),
    [
        (("27a", "27p"), {}),  # a Friday is free
        (("28a",), {"28": Ban.SPECIAL}),  # Saturday (A11)
        (("12-02p",), {"12-02": Ban.SPECIAL}),  # the first Wednesday (A11)
        (("25a",), {"25": Ban.DEEP_CLEAN}),  # the fourth Wednesday (C4 before A11)
        (("12-09a", "12-09p"), {"12-09": Ban.DEEP_CLEAN}),  # the second Wednesday, said once for both halves
        (("12-30a",), {"12-30": Ban.SPECIAL}),  # a fifth Wednesday is no deep clean
        (("27a", "28a", "29a"), {"28": Ban.SPECIAL}),  # Friday to Sunday, the Saturday inside (A11 per day)
        (("12-05a", "12-09a"), {"12-05": Ban.SPECIAL, "12-09": Ban.DEEP_CLEAN}),
        (("10-10a",), {"10-10": Ban.SPECIAL}),  # a make-up Saturday keeps the rule (HANDBOOK 6)
    ],
)
def test_no_leave_on_wednesday_saturday_and_deep_clean_days(days: tuple[str, ...], bans: dict[str, Ban]) -> None:
    found = {banned.day: banned.ban for banned in banned_days(taken(*days), COMPENSATORY, HANDBOOK)}

    assert found == {_day(day): ban for day, ban in bans.items()}


@pytest.mark.parametrize(
    ("kind", "bound"),
    [
        ("compensatory", True),
        ("personal", True),
        ("annual", True),
        ("sick", False),  # never blocked (HANDBOOK 4)
        ("family", False),  # marriage, bereavement, birth: the law's
    ],
)
def test_only_some_kinds_of_leave_know_no_leave_days(kind: str, bound: bool) -> None:
    banned = banned_days(taken("28a", "12-09a"), HANDBOOK.leave.kind(kind), HANDBOOK)

    assert bool(banned) is bound


def test_a_deep_clean_that_moves_takes_its_ban_along() -> None:
    closed = Rulebook.model_validate({"calendar": {"days": [{"date": "2026-12-09", "kind": "closed"}]}})

    (moved,) = banned_days(taken("12-10a"), COMPENSATORY, closed)

    assert moved.ban == Ban.DEEP_CLEAN
    assert moved.clean is not None
    assert moved.clean.planned == date(2026, 12, 9)


def test_a_store_may_have_other_no_leave_days() -> None:
    mondays = book(no_leave_weekdays=["mon"])

    assert [one.day for one in banned_days(taken("28a", "30a"), COMPENSATORY, mondays)] == [date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("asked", "own", "offered"),
    [
        # Saturday: Sunday and Monday.
        (span("2026-11-28T00:00", "2026-11-29T00:00"), (), (("29a", "29p"), ("30a", "30p"))),
        # A Saturday afternoon: the next afternoons, not whole days.
        (span("2026-11-28T14:00", "2026-11-28T17:30"), (), (("29p", "29p"), ("30p", "30p"))),
        # Deep clean: Thursday and Friday.
        (span("2026-12-09T00:00", "2026-12-10T00:00"), (), (("12-10a", "12-10p"), ("12-11a", "12-11p"))),
        # Days on which the person is away already are no offer.
        (span("2026-11-28T00:00", "2026-11-29T00:00"), ("29p",), (("30a", "30p"), ("12-01a", "12-01p"))),
        # Three days with the Saturday inside: the next three in a row without one.
        (span("2026-11-27T00:00", "2026-11-30T00:00"), (), (("29a", "12-01p"), ("12-06a", "12-08p"))),
        # Before a holiday: the days after it.
        (span("2026-09-23T00:00", "2026-09-24T00:00"), (), (("09-24a", "09-24p"), ("09-28a", "09-28p"))),
    ],
)
def test_the_next_spans_of_the_same_shape_are_offered(
    asked: Span, own: tuple[str, ...], offered: tuple[tuple[str, str], ...]
) -> None:
    found = free_instead(asked, COMPENSATORY, HANDBOOK, taken=taken(*own))

    assert found == tuple(span_of(taken(*ends), CALENDAR) for ends in offered)


def test_nothing_is_offered_where_no_span_of_that_length_exists() -> None:
    week = span("2026-11-27T00:00", "2026-12-04T00:00")

    assert free_instead(week, COMPENSATORY, HANDBOOK, taken=()) == ()


def test_nothing_is_offered_instead_of_days_on_which_the_store_is_closed() -> None:
    new_year = span("2027-01-01T00:00", "2027-01-02T00:00")

    assert free_instead(new_year, COMPENSATORY, HANDBOOK, taken=()) == ()
    assert allowed_part(new_year, COMPENSATORY, HANDBOOK, taken=()) is None


@pytest.mark.parametrize(
    ("asked", "own", "part"),
    [
        (span("2026-11-27T00:00", "2026-11-30T00:00"), (), ("27a", "27p")),  # Friday of Friday to Sunday
        (span("2026-11-28T00:00", "2026-11-30T00:00"), (), ("29a", "29p")),  # Sunday of Saturday and Sunday
        (span("2026-11-27T00:00", "2026-11-28T00:00"), ("27p",), ("27a", "27a")),  # the half that is not taken yet
    ],
)
def test_the_part_of_a_span_that_is_allowed_is_offered(
    asked: Span, own: tuple[str, ...], part: tuple[str, str]
) -> None:
    assert allowed_part(asked, COMPENSATORY, HANDBOOK, taken=taken(*own)) == span_of(taken(*part), CALENDAR)


@pytest.mark.parametrize(
    "asked",
    [
        span("2026-11-28T00:00", "2026-11-29T00:00"),  # nothing is left of a Saturday
        span("2026-11-27T00:00", "2026-11-28T00:00"),  # nothing has to go from a Friday
    ],
)
def test_no_part_is_offered_when_all_or_nothing_is_forbidden(asked: Span) -> None:
    assert allowed_part(asked, COMPENSATORY, HANDBOOK, taken=()) is None


def test_sick_leave_is_allowed_whole() -> None:
    asked = span("2026-11-28T00:00", "2026-12-10T00:00")

    assert banned_days(halves(asked, CALENDAR), SICK, HANDBOOK) == ()


@pytest.mark.parametrize(
    ("asked_at", "extent", "expires"),
    [
        # In good time: when the leave begins.
        ("2026-11-25T10:00", span("2026-11-27T14:00", "2026-11-27T17:30"), "2026-11-27T14:00"),
        # Urgent: the approver has an hour of working time.
        ("2026-11-25T13:30", span("2026-11-25T14:00", "2026-11-25T17:30"), "2026-11-25T15:00"),
        # Already running: an hour from now.
        ("2026-11-25T15:00", span("2026-11-25T15:00", "2026-11-25T17:30"), "2026-11-25T16:00"),
        # Never after its end.
        ("2026-11-25T17:00", span("2026-11-25T17:00", "2026-11-25T17:30"), "2026-11-25T17:30"),
        # Asked at night for the next morning: the hour begins when the store opens.
        ("2026-11-25T22:00", span("2026-11-26T09:00", "2026-11-26T12:00"), "2026-11-26T10:00"),
    ],
)
def test_a_request_expires_when_it_begins_but_not_before_the_approver_had_time(
    asked_at: str, extent: Span, expires: str
) -> None:
    assert expires_at(extent, at(asked_at), HANDBOOK) == at(expires)


def test_a_kind_that_the_store_dropped_is_still_shown() -> None:
    assert HANDBOOK.leave.kind("moon") == LeaveKind.model_construct(key="moon", name="moon")
