"""The kinds of question about a home and its case: area, rooms, who lives there, sums, when something was or is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from bot.questions import Pick, Place, Reading
from bot.reading import (
    Duration,
    Misread,
    Point,
    Span,
    Standing,
    as_span,
    check_future,
    find_area,
    find_layout,
    find_residents,
    find_time,
    read_area,
    read_budget,
    read_layout,
    read_money,
    read_residents,
    read_time,
)
from bot.reading import Reading as Time
from bot.rules.calendar import Calendar
from bot.rules.customers import on_day
from bot.rules.limits import HalfWorkingDay, Limit, WorkingDays, WorkingTime

A_DAY, HALF_A_DAY = 24 * 60, 12 * 60


@dataclass(frozen=True)
class Area(Pick):
    """Square metres: 120平, 一百二十平米."""

    def read(self, said: str, reading: Reading, name: str) -> Decimal:
        return read_area(said)

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        return _place(find_area(words))


@dataclass(frozen=True)
class Layout(Pick):
    """Rooms in one spelling: 三室两厅."""

    def read(self, said: str, reading: Reading, name: str) -> str:
        return read_layout(said)

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        return _place(find_layout(words))


@dataclass(frozen=True)
class Residents(Pick):
    """How many live there: 4口人, 一家三口."""

    def read(self, said: str, reading: Reading, name: str) -> int:
        return read_residents(said)

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        return _place(find_residents(words))


@dataclass(frozen=True)
class Budget(Pick):
    """What the home may cost at most, in yuan: 15到20万."""

    def read(self, said: str, reading: Reading, name: str) -> int:
        return read_budget(said)


@dataclass(frozen=True)
class Money(Pick):
    """A sum in yuan, more than nothing: 12.8万, 3500."""

    def read(self, said: str, reading: Reading, name: str) -> Decimal:
        yuan = read_money(said)
        if yuan <= 0:
            raise Misread("not_money", said=said.strip()[:20])
        return yuan


@dataclass(frozen=True)
class At(Pick):
    """A moment to come (a day means its opening), or with `past` one that was (a day means its close).

    Of one until which something lasts a day means its close, too: `closes`. 周五下午3点, 上午11点. Where the question
    has a `since`, an amount is working time from then on: 两天, 半天, 三个小时. Of what is done when the store is open
    next (`at_opening`) a closed day means the one after it, and 三天 counts from today.
    """

    past: bool = False
    closes: bool = False
    at_opening: bool = False

    def read(self, said: str, reading: Reading, name: str) -> datetime:
        for option in reading.question(name).options:
            if said.strip() in option.names:
                return datetime.fromisoformat(option.value)
        value = read_time(said.strip(), now=reading.now, calendar=reading.calendar)
        if self.past:
            return _before(value.at if isinstance(value, Point) else _ends(as_span(value, said), reading), reading)
        since = reading.question(name).since
        if isinstance(value, Duration) and since is not None:
            return _later(since, value.minutes, reading.calendar)
        if self.at_opening:
            value = Point(opening_of(value, reading.now, reading.calendar))
        check_future(value, reading.now)
        if isinstance(value, Point):
            return value.at
        span = as_span(value, said)
        return _closes(span, reading) if self.closes else _begins(span, reading)

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = find_time(words, now=reading.now, calendar=reading.calendar, want="any")
        return Place(found.start, found.end) if found else None


def opening_of(value: Time, now: datetime, calendar: Calendar) -> datetime:
    """A point as it is; of a whole day its opening, of hours the first; days count from today, minutes from now."""
    match value:
        case Point(at):
            return at
        case Span(start, _) if start.astimezone(calendar.zone).time() == time():
            return on_day(start.astimezone(calendar.zone).date(), calendar)
        case Span(start, _):
            return start
        case Duration(minutes) if minutes % A_DAY == 0:
            return on_day(now.astimezone(calendar.zone).date() + timedelta(minutes=minutes), calendar)
        case Duration(minutes):
            return now + timedelta(minutes=minutes)


def _later(since: datetime, minutes: int, calendar: Calendar) -> datetime:
    """The days as working days, what is left of them as working time."""
    days, rest = divmod(minutes, A_DAY)
    limits: list[Limit] = [WorkingDays(days)] if days else []
    if rest:
        limits.append(HalfWorkingDay() if rest == HALF_A_DAY else WorkingTime(rest))
    at = since.replace(second=0, microsecond=0)
    for limit in limits:
        at = calendar.deadline(at, limit).due
    return at


def _before(at: datetime, reading: Reading) -> datetime:
    if at > reading.now:
        raise Misread("not_yet", at=at)
    return at


def _begins(span: Span, reading: Reading) -> datetime:
    """A whole day begins when the store opens."""
    begins = span.start.astimezone(reading.calendar.zone)
    opens = reading.calendar.opens(begins.date())
    return opens if begins.time() == time() and opens > reading.now else max(span.start, reading.now)


def _closes(span: Span, reading: Reading) -> datetime:
    """A whole day ends when the store closes."""
    ends = span.end.astimezone(reading.calendar.zone)
    return reading.calendar.closes(ends.date() - timedelta(days=1)) if ends.time() == time() else ends


def _ends(span: Span, reading: Reading) -> datetime:
    """What is not over yet ends now."""
    ends = _closes(span, reading)
    return min(ends, reading.now) if span.start < reading.now else ends


def _place(found: Standing | None) -> Place | None:
    return Place(found.start, found.end) if found else None
