"""Days of months and years: 12月1号, 20号, 下个月底, 年底."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from bot.reading.present import DAY, Days, Kind, Present
from bot.reading.values import Misread

FORGIVEN_DAYS = 31
"""A day of a month that passed no longer ago than this is the past one, and a form asks back."""
LONGEST_YEAR_TURN = 183
LONGEST_MONTH_TURN = 15


@dataclass(frozen=True)
class Year:
    """A year by number or counted from this one."""

    number: int | None = None
    offset: int = 0

    def value(self, present: Present) -> int:
        return self.number if self.number is not None else present.today.year + self.offset


def day_of(year: int, month: int, day: int) -> date:
    """The date; Misread, naming the days around it, when there is none."""
    if not 1 <= month <= 12:
        raise Misread("no_such_month", month=month)
    last = monthrange(year, month)[1]
    if 1 <= day <= last:
        return date(year, month, day)
    if not 1 <= day <= 31:
        raise Misread("no_such_day_number", day=day)
    before = date(year, month, last)
    raise Misread("no_such_day", month=month, day=day, before=before, after=before + (day - last) * DAY)


def month_after(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    years, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(years, month + 1, 1)


def same_day_later(day: date, months: int) -> date:
    """The same day of a later month, its last one where it is shorter."""
    first = month_after(day.replace(day=1), months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


@dataclass(frozen=True)
class MonthDay:
    """12月1号; without a year the next one, or the one that passed within a month."""

    month: int
    day: int
    year: Year | None = None
    weak: bool = False
    kind: ClassVar[Kind] = Kind.DATE

    def days(self, present: Present, after: date | None) -> Days:
        if self.year:
            return Days.one(day_of(self.year.value(present), self.month, self.day))
        return Days.one(day_of(self._year(present, after), self.month, self.day))

    def _year(self, present: Present, after: date | None) -> int:
        base = after or present.today
        this, following = self._near(base.year), self._near(base.year + 1)
        if after:
            turns = this < after and (following - after).days <= LONGEST_YEAR_TURN
            return base.year + 1 if turns else base.year
        recent = (base - self._near(base.year - 1)).days <= FORGIVEN_DAYS
        if recent:
            return base.year - 1
        return base.year if this >= base - FORGIVEN_DAYS * DAY else base.year + 1

    def _near(self, year: int) -> date:
        """The day in this year, moved into the month when the date does not exist."""
        month = min(max(self.month, 1), 12)
        return date(year, month, min(max(self.day, 1), monthrange(year, month)[1]))


@dataclass(frozen=True)
class DayOfMonth:
    """20号, 下个月3号; without a month the next one, today included."""

    day: int
    month: int | None = None
    kind: ClassVar[Kind] = Kind.DATE

    def days(self, present: Present, after: date | None) -> Days:
        base = (after or present.today).replace(day=1)
        if self.month is not None:
            first = month_after(present.today.replace(day=1), self.month)
        else:
            first = month_after(base, int(self._turns(after or present.today, is_range=after is not None)))
        try:
            return Days.one(day_of(first.year, first.month, self.day))
        except Misread as error:
            raise self._kinder(error, first) from None

    def _turns(self, base: date, *, is_range: bool) -> bool:
        """Whether the next month is meant; a range only turns when the turn is near, else it runs backwards."""
        if self.day >= base.day:
            return False
        following = month_after(base.replace(day=1), 1)
        gap = (following - base).days + self.day - 1
        return not is_range or gap <= LONGEST_MONTH_TURN

    def _kinder(self, error: Misread, first: date) -> Misread:
        """The other choice is the same number in the month after."""
        following = month_after(first, 1)
        if error.key != "reading.no_such_day" or self.day > monthrange(following.year, following.month)[1]:
            return error
        return Misread("no_such_day", **error.values | {"after": following.replace(day=self.day)})


@dataclass(frozen=True)
class Month:
    """下个月, 12月; with `first` and `last` a part of it: 月初, 中旬, 月底 (the last day)."""

    number: int | None = None
    offset: int | None = None
    year: Year | None = None
    first: int = 1
    last: int = 31
    kind: ClassVar[Kind] = Kind.PERIOD

    def days(self, present: Present, after: date | None) -> Days:
        start = self._start(present)
        days = self._within(start)
        passed = self.number is None and self.offset is None and days.last < present.today
        return self._within(month_after(start, 1)) if passed else days

    def _start(self, present: Present) -> date:
        today = present.today
        if self.number is None:
            return month_after(today.replace(day=1), self.offset or 0)
        start = day_of(self.year.value(present) if self.year else today.year, self.number, 1)
        passed = self.year is None and start < today.replace(day=1)
        return start.replace(year=start.year + 1) if passed else start

    def _within(self, start: date) -> Days:
        length = monthrange(start.year, start.month)[1]
        return Days(start.replace(day=min(self.first, length)), start.replace(day=min(self.last, length)))


@dataclass(frozen=True)
class YearEdge:
    """年底, 明年初."""

    month: int
    day: int
    year: Year
    kind: ClassVar[Kind] = Kind.DATE

    def days(self, present: Present, after: date | None) -> Days:
        return Days.one(date(self.year.value(present), self.month, self.day))
