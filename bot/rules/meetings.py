"""Meetings: when the rounds are, through holidays and new hours; when one is announced; who is excused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count

from bot.reading import Span
from bot.rules.book import MonthlyDay, MonthlyRules, RoundRules, Rulebook, WhenClosed
from bot.rules.calendar import Calendar, Weekday
from storage.meetings import MeetingKind

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# A notice that comes later than this says that it is late.
LATE = timedelta(minutes=10)
# Whoever was told of the meeting just before needs no notice of it.
STILL_FRESH = {"day_before": timedelta(hours=1), "soon": timedelta(minutes=10)}
# Far enough for two of the months that have a fifth Friday.
MONTHS_BACK = 9
EARLIEST_START = timedelta(minutes=60)


class Ring(StrEnum):
    """The moments of a meeting at which something is said or kept."""

    DAY_BEFORE = "day_before"
    SOON = "soon"
    END = "end"


@dataclass(frozen=True)
class Occurrence:
    """A meeting of a round: the day that its rule names, and when it is held."""

    planned: date
    span: Span
    place: str


def next_occurrence(kind: MeetingKind, now: datetime, book: Rulebook) -> Occurrence | None:
    """The round's next meeting that has not begun (HANDBOOK M1 M2); None where the store holds none.

    One that falls on a closed day moves as the store says; one that would come together with the next, or the one
    before, is left out.
    """
    rules = round_rules(kind, book)
    if not rules.on:
        return None
    since = now.astimezone(book.working.zone).date() - 2 * WEEK
    return next(one for one in _occurrences(rules, since, book) if one.span.start > now)


def round_rules(kind: MeetingKind, book: Rulebook) -> RoundRules:
    return book.meetings.weekly if kind == MeetingKind.WEEKLY else book.meetings.monthly


def _occurrences(rules: RoundRules, since: date, book: Rulebook) -> Iterator[Occurrence]:
    days = _monthly_days(rules, since, book.working) if isinstance(rules, MonthlyRules) else _weekly_days(since, book)
    before, planned = next(days), next(days)
    for after in days:
        day = _held_on(planned, before, after, book)
        if day is not None:
            yield Occurrence(planned, _span(day, rules, book.working), rules.place)
        before, planned = planned, after


def _span(day: date, rules: RoundRules, calendar: Calendar) -> Span:
    start = datetime.combine(day, rules.at, calendar.zone)
    return Span(start, start + timedelta(minutes=rules.minutes))


def _weekly_days(since: date, book: Rulebook) -> Iterator[date]:
    """The round's weekday in every week from the one before `since` on."""
    first = since - WEEK + (book.meetings.weekly.weekday.number - since.weekday()) % 7 * DAY
    return (first + number * WEEK for number in count())


def _monthly_days(rules: MonthlyRules, since: date, calendar: Calendar) -> Iterator[date]:
    """The round's day in every month from some before `since` on; a month that lacks it is left out."""
    month = since.year * 12 + since.month - MONTHS_BACK
    firsts = (date(number // 12, number % 12 + 1, 1) for number in count(month))
    return (day for first in firsts if (day := _day_of_month(first, rules, calendar)) is not None)


def _day_of_month(first: date, rules: MonthlyRules, calendar: Calendar) -> date | None:
    if rules.day == MonthlyDay.WORKING_DAY:
        day = calendar.working_day(first - DAY, rules.ordinal)
    else:
        day = first + (Weekday(rules.day).number - first.weekday()) % 7 * DAY + (rules.ordinal - 1) * WEEK
    return day if (day.year, day.month) == (first.year, first.month) else None


def _held_on(planned: date, before: date, after: date, book: Rulebook) -> date | None:
    """The day itself, or where the store moves it to (HANDBOOK 6)."""
    calendar, rule = book.working, book.meetings.when_closed
    if calendar.is_open(planned):
        return planned
    if rule == WhenClosed.SKIP:
        return None
    if rule == WhenClosed.NEXT:
        day = calendar.next_working_day(planned)
        return day if day < after else None
    day = calendar.previous_working_day(planned)
    return day if day > before else None


def rings(span: Span, told_at: datetime, book: Rulebook) -> dict[Ring, datetime]:
    """When a meeting is announced (HANDBOOK M1), and when it is over.

    On the working day before at the store's hour, so that nobody is called to it on a holiday, and some minutes before.
    A notice that would come on the heels of the news itself (`told_at`) is left out.
    """
    start = span.start.astimezone(book.working.zone)
    day_before = book.working.previous_working_day(start.date())
    found = {
        Ring.DAY_BEFORE: datetime.combine(day_before, book.meetings.day_before_at, book.working.zone),
        Ring.SOON: start - timedelta(minutes=book.meetings.minutes_before),
        Ring.END: span.end,
    }
    if not book.meetings.minutes_before:
        del found[Ring.SOON]
    return {ring: at for ring, at in found.items() if at >= told_at + STILL_FRESH.get(ring, timedelta())}


class Saying(StrEnum):
    NOT = "not"
    IN_TIME = "in_time"
    LATE = "late"


def saying(ring: Ring, due: datetime, span: Span, now: datetime, book: Rulebook) -> Saying:
    """Whether a notice is worth saying: the day's until the next one is due, none once the meeting is over."""
    soon = span.start - timedelta(minutes=book.meetings.minutes_before)
    until = soon if ring == Ring.DAY_BEFORE else span.end
    if now >= until:
        return Saying.NOT
    return Saying.LATE if now > due + LATE else Saying.IN_TIME


def excuses(away: Span, meeting: Span, calendar: Calendar) -> bool:
    """Whether somebody who is away so misses the meeting: half of it or more.

    Who is away from opening is not called in before it, and who is away until closing not back after it.
    """
    start, end = away.start.astimezone(calendar.zone), away.end.astimezone(calendar.zone)
    if start <= calendar.opens(start.date()):
        start = datetime.combine(start.date(), time(), calendar.zone)
    if end >= calendar.closes(end.date()):
        end = datetime.combine(end.date() + DAY, time(), calendar.zone)
    missed = min(end, meeting.end) - max(start, meeting.start)
    return missed > timedelta() and 2 * missed >= meeting.end - meeting.start


def is_inside_hours(span: Span, calendar: Calendar) -> bool:
    """Whether the meeting lies in the opening hours of its day, its noon break too."""
    day = span.start.astimezone(calendar.zone).date()
    return calendar.opens(day) <= span.start and span.end <= calendar.closes(day)


class ActionRing(StrEnum):
    """The moments at which somebody is reminded of what they took on."""

    DAY_BEFORE = "day_before"
    DUE = "due"
    OVERDUE = "overdue"


def action_rings(due_on: date, calendar: Calendar) -> dict[ActionRing, datetime]:
    """At opening: on the working day before, on the day itself, or the next that is open, and on the one after it."""
    day = due_on if calendar.is_open(due_on) else calendar.next_working_day(due_on)
    return {
        ActionRing.DAY_BEFORE: calendar.opens(calendar.previous_working_day(due_on)),
        ActionRing.DUE: calendar.opens(day),
        ActionRing.OVERDUE: calendar.opens(calendar.next_working_day(day)),
    }
