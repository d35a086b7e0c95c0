"""Moments: a day, a time of day, or both; now and so long from now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.reading.amounts import Amount, amount
from bot.reading.dates import day
from bot.reading.day_words import LATER, NEAR, PASSING
from bot.reading.days import DayNode, Relative
from bot.reading.hours import Reach, TimeNode, short_part, time
from bot.reading.months import MonthDay
from bot.reading.present import Days, Present
from bot.reading.source import Parsed, Source, rule, words
from bot.reading.values import Misread

NOW_WORDS = words("现在 马上 这会儿 这会 此刻 立刻 立即 即刻 当下 目前 眼下 现在起")
NOTHING = Amount()
JOINS_TIME = words("的 t")


@dataclass(frozen=True)
class Moment:
    """A day and a time of day, one of them at least; without a day today, in a range the day reached."""

    day: DayNode | None = None
    time: TimeNode | None = None

    def reach(self, present: Present, before: Reach | None) -> Reach:
        days = self._days(present, before.day if before else None)
        if self.time is None:
            return Reach(present.at(days.first), present.at(days.last, 24), days.last, clocked=False)
        if not days.single:
            raise Misread("which_day", first=days.first, last=days.last)
        return self.time.reach(present, days.first, before, self.day is not None)

    def _days(self, present: Present, after: date | None) -> Days:
        if self.day is not None:
            return self.day.days(present, after)
        return Days.one(after or present.today)


@dataclass(frozen=True)
class FromNow:
    """现在, 半小时后, 20分钟前."""

    amount: Amount = NOTHING
    sign: int = 1

    def reach(self, present: Present, before: Reach | None) -> Reach:
        at = present.now + self.sign * timedelta(minutes=self.amount.total_minutes)
        return Reach(at, at, at.date(), point=True)


Node = Moment | FromNow


@rule
def moment(source: Source, pos: int) -> Iterator[Parsed[Node]]:
    """Every moment that starts here; a day with its time before the day alone."""
    for named, end in day(source, pos):
        yield from _timed(source, end, named)
    for offset, end in NEAR.at(source, pos):
        for known, stop in (*short_part(source, end), *time(source, end)):
            yield Parsed(Moment(Relative(offset), known), stop)
    for named, end in day(source, pos):
        if not (isinstance(named, MonthDay) and named.weak):
            yield Parsed(Moment(named), end)
    for known, end in time(source, pos):
        yield Parsed(Moment(None, known), end)
    for _, end in NOW_WORDS.at(source, pos):
        yield Parsed(FromNow(), end)
    yield from _from_now(source, pos)


def _timed(source: Source, pos: int, named: DayNode) -> Iterator[Parsed[Node]]:
    for start in JOINS_TIME.maybe(source, pos):
        for known, end in time(source, source.gap(start)):
            yield Parsed(Moment(named, known), end)
    for known, end in short_part(source, pos):
        yield Parsed(Moment(named, known), end)


def _from_now(source: Source, pos: int) -> Iterator[Parsed[Node]]:
    """Hours and minutes from now; whole days are a day's name."""
    for known, after in amount(source, pos):
        for sign, end in LATER.at(source, after) if known.minutes and not known.months else ():
            yield Parsed(FromNow(known, sign), end)
    for _, after in PASSING.at(source, pos):
        for known, end in amount(source, after):
            if known.minutes and not known.months:
                yield Parsed(FromNow(known), end)
