"""Meetings by the handbook: rounds through holidays and new hours, when they are announced, who is excused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.reading import Span
from bot.rules import meetings as rules
from bot.rules.book import Rulebook
from bot.rules.meetings import ActionRing, Occurrence, Ring, Saying
from storage.meetings import MeetingKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEIJING_MONDAY = datetime(2026, 1, 26, 9, tzinfo=SHANGHAI)


def book(**meetings: object) -> Rulebook:
    return Rulebook.model_validate({"meetings": meetings})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def rounds(rulebook: Rulebook, kind: MeetingKind, since: datetime, number: int) -> list[Occurrence]:
    found: list[Occurrence] = []
    while len(found) < number:
        one = rules.next_occurrence(kind, since, rulebook)
        assert one is not None
        found.append(one)
        since = one.span.start
    return found


def held(rulebook: Rulebook, kind: MeetingKind, since: str, number: int) -> list[str]:
    found = rounds(rulebook, kind, at(since), number)
    return [f"{one.planned:%m-%d} {one.span.start:%m-%d %H:%M}" for one in found]


# When closed, the weeks that are named and when they are held: Spring Festival closes 15 to 23 February 2026.
SPRING = [
    # Monday the 16th would come together with Monday the 23rd, both after the holiday: one of them is held.
    ("next_working_day", ["02-09 02-09 09:00", "02-23 02-24 09:00", "03-02 03-02 09:00"]),
    # Both would come before it, on the make-up Saturday: the first one is held then.
    ("previous_working_day", ["02-09 02-09 09:00", "02-16 02-14 09:00", "03-02 03-02 09:00"]),
    ("skip", ["02-09 02-09 09:00", "03-02 03-02 09:00", "03-09 03-09 09:00"]),
]


@pytest.mark.parametrize(("when_closed", "expected"), SPRING, ids=[row[0] for row in SPRING])
def test_a_weekly_meeting_goes_through_spring_festival_by_the_stores_rule(
    when_closed: str, expected: list[str]
) -> None:
    weeks = held(book(when_closed=when_closed), MeetingKind.WEEKLY, "2026-02-02T09:00:00", 3)

    assert weeks == expected


def test_a_meeting_that_begins_at_this_moment_is_not_the_next_one() -> None:
    weeks = held(book(), MeetingKind.WEEKLY, "2026-11-30T09:00:00", 1)

    assert weeks == ["12-07 12-07 09:00"]


def test_a_make_up_saturday_is_a_day_like_others_for_a_saturday_meeting() -> None:
    resting = Rulebook.model_validate(
        {"calendar": {"rest_weekdays": ["sat", "sun"]}, "meetings": {"weekly": {"weekday": "sat"}}}
    )

    weeks = held(resting, MeetingKind.WEEKLY, "2026-09-28T09:00:00", 3)

    # The 3rd is a holiday, the 10th is worked, the 17th is a Saturday of rest.
    assert weeks == ["10-03 10-08 09:00", "10-10 10-10 09:00", "10-17 10-19 09:00"]


def test_the_hour_stays_the_same_when_the_clocks_change() -> None:
    berlin = Rulebook.model_validate({"calendar": {"time_zone": "Europe/Berlin", "closed_on_holidays": False}})

    weeks = rounds(berlin, MeetingKind.WEEKLY, datetime(2026, 10, 18, tzinfo=ZoneInfo("Europe/Berlin")), 2)

    assert [one.span.start.hour for one in weeks] == [9, 9]
    assert [one.span.start.utcoffset() for one in weeks] == [timedelta(hours=2), timedelta(hours=1)]


MONTHS = [
    # day, ordinal, when held from January 2026 on
    ("working_day", 1, ["02-01 02-01 15:00", "03-01 03-01 15:00", "04-01 04-01 15:00", "05-06 05-06 15:00"]),
    ("tue", 2, ["02-10 02-10 15:00", "03-10 03-10 15:00", "04-14 04-14 15:00", "05-12 05-12 15:00"]),
    # A fifth Friday that a month lacks is left out.
    ("fri", 5, ["01-30 01-30 15:00", "05-29 05-29 15:00", "07-31 07-31 15:00", "10-30 10-30 15:00"]),
    # The first of May is a holiday.
    ("fri", 1, ["02-06 02-06 15:00", "03-06 03-06 15:00", "04-03 04-03 15:00", "05-01 05-06 15:00"]),
]


@pytest.mark.parametrize(("day", "ordinal", "expected"), MONTHS)
def test_a_monthly_meeting_is_on_a_working_day_or_a_weekday_of_the_month(
    day: str, ordinal: int, expected: list[str]
) -> None:
    months = held(book(monthly={"day": day, "ordinal": ordinal}), MeetingKind.MONTHLY, "2026-01-26T09:00:00", 4)

    assert months == expected


def test_a_store_without_a_round_has_no_next_one() -> None:
    found = rules.next_occurrence(MeetingKind.WEEKLY, BEIJING_MONDAY, book(weekly={"on": False}))

    assert found is None


# A meeting's beginning, when it was told of, and when it is announced.
RINGS = [
    ("2026-11-30T09:00", "2026-11-25T10:00", {"day_before": "11-29 17:00", "soon": "11-30 08:30"}),
    # After a holiday: on the last working day before it, not on the holiday.
    ("2026-10-08T09:00", "2026-09-25T10:00", {"day_before": "09-30 17:00", "soon": "10-08 08:30"}),
    # After Spring Festival: on the make-up Saturday before it.
    ("2026-02-24T09:00", "2026-02-09T10:00", {"day_before": "02-14 17:00", "soon": "02-24 08:30"}),
    # Called an hour before the day's notice: it is fresh enough. Called ten minutes before the last one: that too.
    ("2026-11-26T10:00", "2026-11-25T16:30", {"soon": "11-26 09:30"}),
    ("2026-11-26T10:00", "2026-11-26T09:25", {}),
    ("2026-11-26T10:00", "2026-11-26T10:00", {}),
]


@pytest.mark.parametrize(("starts", "told", "expected"), RINGS)
def test_a_meeting_is_announced_on_the_working_day_before_and_half_an_hour_before(
    starts: str, told: str, expected: dict[str, str]
) -> None:
    span = Span(at(starts), at(starts) + timedelta(hours=1))

    found = rules.rings(span, at(told), Rulebook())

    announced = {str(ring): f"{when:%m-%d %H:%M}" for ring, when in found.items()}
    assert {name: when for name, when in announced.items() if name in ("day_before", "soon")} == expected
    assert found[Ring.END] == span.end


def test_a_store_may_do_without_the_last_notice() -> None:
    span = Span(at("2026-11-30T09:00"), at("2026-11-30T10:00"))

    found = rules.rings(span, at("2026-11-25T10:00"), book(minutes_before=0))

    assert set(found) == {Ring.DAY_BEFORE, Ring.END}


# Which notice, when it comes, and what is said. The meeting is on Monday from 9 to 10.
SAYINGS = [
    (Ring.DAY_BEFORE, "2026-11-29T17:00", Saying.IN_TIME),
    (Ring.DAY_BEFORE, "2026-11-29T17:10", Saying.IN_TIME),
    (Ring.DAY_BEFORE, "2026-11-29T18:00", Saying.LATE),
    (Ring.DAY_BEFORE, "2026-11-30T08:29", Saying.LATE),
    (Ring.DAY_BEFORE, "2026-11-30T08:30", Saying.NOT),
    (Ring.SOON, "2026-11-30T08:30", Saying.IN_TIME),
    (Ring.SOON, "2026-11-30T08:45", Saying.LATE),
    (Ring.SOON, "2026-11-30T09:59", Saying.LATE),
    (Ring.SOON, "2026-11-30T10:00", Saying.NOT),
    (Ring.SOON, "2026-12-02T10:00", Saying.NOT),
]


@pytest.mark.parametrize(("ring", "now", "expected"), SAYINGS)
def test_a_late_notice_is_said_while_it_helps(ring: Ring, now: str, expected: Saying) -> None:
    span = Span(at("2026-11-30T09:00"), at("2026-11-30T10:00"))
    due = rules.rings(span, at("2026-11-25T10:00"), Rulebook())[ring]

    said = rules.saying(ring, due, span, at(now), Rulebook())

    assert said == expected


# Away from and to, and whether that excuses from a meeting on Friday; winter hours, 9:00 to 17:30.
AWAY = [
    ("2026-11-27T09:00", "2026-11-27T17:30", "16:00", True),
    # Half a day in the morning does not excuse from the afternoon's meeting.
    ("2026-11-27T09:00", "2026-11-27T12:00", "16:00", False),
    ("2026-11-27T14:00", "2026-11-27T17:30", "16:00", True),
    # An outing that takes half of it or more.
    ("2026-11-27T15:00", "2026-11-27T16:30", "16:00", True),
    ("2026-11-27T15:00", "2026-11-27T16:20", "16:00", False),
    # Until it begins is not during it.
    ("2026-11-27T15:00", "2026-11-27T16:00", "16:00", False),
    # Away until closing is not called back in the evening, away from opening not called in before it.
    ("2026-11-27T14:00", "2026-11-27T17:30", "18:00", True),
    ("2026-11-27T09:00", "2026-11-27T12:00", "08:00", True),
    ("2026-11-27T10:00", "2026-11-27T12:00", "08:00", False),
    # Days on end.
    ("2026-11-25T09:00", "2026-11-30T17:30", "16:00", True),
]


@pytest.mark.parametrize(("start", "end", "hour", "expected"), AWAY)
def test_who_is_away_for_half_of_a_meeting_is_excused(start: str, end: str, hour: str, expected: bool) -> None:
    begins = at(f"2026-11-27T{hour}")
    meeting = Span(begins, begins + timedelta(hours=1))

    excused = rules.excuses(Span(at(start), at(end)), meeting, Rulebook().working)

    assert excused == expected


def test_hours_of_a_meeting_are_compared_with_those_of_its_season() -> None:
    evening = Span(at("2026-11-27T17:00"), at("2026-11-27T18:00"))
    in_summer = Span(at("2026-07-24T17:00"), at("2026-07-24T18:00"))

    inside = [rules.is_inside_hours(one, Rulebook().working) for one in (evening, in_summer)]

    assert inside == [False, True]


def test_what_somebody_took_on_rings_at_opening_the_day_before_and_on_the_day_and_once_it_is_overdue() -> None:
    moments = rules.action_rings(date(2026, 9, 30), Rulebook().working)

    assert moments == {
        ActionRing.DAY_BEFORE: at("2026-09-29T09:00"),
        ActionRing.DUE: at("2026-09-30T09:00"),
        # The holiday is over before anybody hears that something is overdue.
        ActionRing.OVERDUE: at("2026-10-08T09:00"),
    }
