"""What a named day is on the calendar: each node turns into days once the present moment is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Protocol

from bot.reading.amounts import Amount
from bot.reading.months import same_day_later
from bot.reading.present import DAY, Days, Kind, Present
from bot.reading.values import Misread

WEEK = 7


class DayNode(Protocol):
    """A day or days by name; `after` is the day that a range or a list has reached."""

    kind: ClassVar[Kind]

    def days(self, present: Present, after: date | None) -> Days: ...


@dataclass(frozen=True)
class Relative:
    """今天, 大后天."""

    offset: int
    count: int = 1
    kind: ClassVar[Kind] = Kind.RELATIVE

    def days(self, present: Present, after: date | None) -> Days:
        first = present.today + self.offset * DAY
        return Days(first, first + (self.count - 1) * DAY)


@dataclass(frozen=True)
class Weekdays:
    """周五, 下周三, 周五六: by the ISO week when one is named, otherwise the next ones, today included."""

    numbers: tuple[int, ...]
    week: int | None = None
    kind: ClassVar[Kind] = Kind.WEEKDAY

    def days(self, present: Present, after: date | None) -> Days:
        if any(second != first + 1 for first, second in zip(self.numbers, self.numbers[1:], strict=False)):
            raise Misread("not_neighbouring")
        first = self._first(present, after)
        return Days(first, first + (len(self.numbers) - 1) * DAY)

    def _first(self, present: Present, after: date | None) -> date:
        if self.week is not None:
            return monday(present.today, self.week) + self.numbers[0] * DAY
        base = after or present.today
        return base + (self.numbers[0] - base.weekday()) % WEEK * DAY


def monday(day: date, weeks: int) -> date:
    return day + timedelta(weeks=weeks) - day.weekday() * DAY


@dataclass(frozen=True)
class Weeks:
    """本周, 下周末: `first` to `last` are weekdays by number."""

    week: int
    first: int = 0
    last: int = 6
    kind: ClassVar[Kind] = Kind.PERIOD

    def days(self, present: Present, after: date | None) -> Days:
        start = monday(present.today, self.week)
        return Days(start + self.first * DAY, start + self.last * DAY)


@dataclass(frozen=True)
class Later:
    """三天后, 两周前, 一个月后: that whole day."""

    amount: Amount
    sign: int = 1
    kind: ClassVar[Kind] = Kind.PERIOD

    def days(self, present: Present, after: date | None) -> Days:
        day = same_day_later(present.today, self.sign * self.amount.months)
        return Days.one(day + self.sign * int(self.amount.days) * DAY)


@dataclass(frozen=True)
class DayAfter:
    """次日, 第二天: the day after the one that a range has reached."""

    kind: ClassVar[Kind] = Kind.PERIOD

    def days(self, present: Present, after: date | None) -> Days:
        if after is None:
            raise Misread("not_a_time")
        return Days.one(after + DAY)


@dataclass(frozen=True)
class Shifted:
    """元旦前一天, 周五的第二天."""

    base: DayNode
    by: int
    kind: ClassVar[Kind] = Kind.PERIOD

    def days(self, present: Present, after: date | None) -> Days:
        days = self.base.days(present, after)
        return Days.one((days.first if self.by < 0 else days.last) + self.by * DAY)


@dataclass(frozen=True)
class SameDay:
    """周五 11月27日: names of one day, which must agree."""

    names: tuple[DayNode, ...]
    kind: ClassVar[Kind] = Kind.DATE

    def days(self, present: Present, after: date | None) -> Days:
        exact = [name for name in self.names if name.kind is not Kind.WEEKDAY]
        days = exact[0].days(present, after)
        for name in self.names:
            self._check(name, days, present, after)
        return days

    def _check(self, name: DayNode, days: Days, present: Present, after: date | None) -> None:
        if isinstance(name, Weekdays) and name.week is None and days.single and len(name.numbers) == 1:
            other = nearest(days.first, name.numbers[0])
            if other != days.first:
                raise Misread("weekday_mismatch", other=other, given=days.first)
            return
        other_days = name.days(present, after)
        if other_days != days:
            raise Misread("not_same_day", first=days.first, second=other_days.first)


def nearest(day: date, weekday: int) -> date:
    """The day with this weekday that is nearest to `day`."""
    ahead = (weekday - day.weekday()) % WEEK
    return day + (ahead if ahead <= 3 else ahead - WEEK) * DAY
