"""The grammar of days: 今天, 下周三, 12月1号, 2026-12-05, 月底, 三天后, 元旦前一天, 周五（11月27日）."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bot.reading.amounts import amount
from bot.reading.day_words import (
    AFTER_A_LIST,
    BARE_MONTH_PARTS,
    BARE_WEEKEND,
    BARE_YEAR_EDGES,
    COMPACT,
    DAY_WORDS,
    FIRST_YEAR,
    FOLLOWING,
    ISO,
    LAST_YEAR,
    LATER,
    LISTED,
    MONTH_COUNTS,
    MONTH_PARTS,
    MONTH_WORDS,
    NEXT_DAY,
    NUMERIC,
    PASSING,
    RELATIVE,
    RUNS,
    SHIFTS,
    WEEK_COUNTS,
    WEEKDAY_WORDS,
    WEEKDAYS,
    WEEKEND,
    YEAR_EDGES,
    YEARS,
)
from bot.reading.days import DayAfter, DayNode, Later, Relative, SameDay, Shifted, Weekdays, Weeks
from bot.reading.feasts import holiday, lunar
from bot.reading.months import DayOfMonth, Month, MonthDay, Year, YearEdge
from bot.reading.numbers import DIGITS, integer
from bot.reading.present import Kind
from bot.reading.source import Parsed, Source, rule


@rule
def relative(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    for (offset, count), end in RUNS.at(source, pos):
        yield Parsed(Relative(offset, count), end)
    for offset, end in RELATIVE.at(source, pos):
        yield Parsed(Relative(offset), end)
    for _, after in FOLLOWING.at(source, pos):
        for known, end in amount(source, after):
            if known.whole_days and known.days and not known.months:
                yield Parsed(Relative(1, int(known.days)), end)


@rule
def weekday(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    for week, after in chain(WEEK_COUNTS.at(source, pos), [Parsed(None, pos)]):
        for _, end in WEEKDAY_WORDS.at(source, after):
            yield from _numbers(source, end, week)
            again = end + source.has("的", end)
            for _, twice in WEEKDAY_WORDS.at(source, again) if week is not None else ():
                yield from _numbers(source, twice, week)


def _numbers(source: Source, pos: int, week: int | None) -> Iterator[Parsed[DayNode]]:
    """One weekday, or several that are not the start of a number: 周五六, but 周五六点."""
    run = pos + (source.text[pos : pos + 1] in WEEKDAYS)
    while run > pos and source.text[run : run + 1] in LISTED and run - pos < len(LISTED):
        run += 1
    if run > pos + 1 and source.text[run : run + 1] not in AFTER_A_LIST:
        yield Parsed(Weekdays(tuple(WEEKDAYS[char] for char in source.text[pos:run]), week), run)
    if run > pos:
        yield Parsed(Weekdays((WEEKDAYS[source.text[pos]],), week), pos + 1)


@rule
def week(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    for _, end in BARE_WEEKEND.at(source, pos):
        yield Parsed(Weeks(0, 5, 6), end)
    for count, after in WEEK_COUNTS.at(source, pos):
        for _, end in WEEKDAY_WORDS.at(source, after):
            for _, stop in WEEKEND.at(source, end):
                yield Parsed(Weeks(count, 5, 6), stop)
            yield Parsed(Weeks(count), end)


@rule
def year(source: Source, pos: int) -> Iterator[Parsed[Year]]:
    for offset, end in YEARS.at(source, pos):
        yield Parsed(Year(offset=offset), end + source.has("的", end))
    found = _year_number(source.text, pos)
    if found and source.has("年", found.end):
        number = found.node + (2000 if found.node < 100 else 0)
        if FIRST_YEAR <= number <= LAST_YEAR:
            yield Parsed(Year(number), found.end + 1)


def _year_number(text: str, pos: int) -> Parsed[int] | None:
    """2026, 26 or the digits 二零二六 one by one."""
    for length in (4, 2):
        digits = "".join(str(DIGITS.get(char, char)) for char in text[pos : pos + length])
        if len(digits) == length and digits.isascii() and digits.isdigit():
            return Parsed(int(digits), pos + length)
    return None


@rule
def month_day(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    """12月1号, 12月1, 2026年12月, 12月底."""
    for known, start in chain(year(source, pos), [Parsed(None, pos)]):
        for month, after in integer(source, start):
            if month < 100:
                for _, end in MONTH_WORDS.at(source, after):
                    yield from _in_month(source, end, month, known)


def _in_month(source: Source, pos: int, month: int, known: Year | None) -> Iterator[Parsed[DayNode]]:
    for day, after in integer(source, source.gap(pos)):
        if day < 100:
            for stop in DAY_WORDS.maybe(source, after):
                yield Parsed(MonthDay(month, day, known), stop)
    for (first, last), end in MONTH_PARTS.at(source, pos):
        yield Parsed(Month(month, year=known, first=first, last=last), end)
    yield Parsed(Month(month, year=known), pos)


@rule
def month(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    """下个月, 下个月3号, 本月底, 月初."""
    for offset, end in MONTH_COUNTS.at(source, pos):
        start = end + source.has("的", end)
        for day, after in integer(source, start):
            for stop in DAY_WORDS.maybe(source, after) if day < 100 else ():
                yield Parsed(DayOfMonth(day, offset), stop)
        for (first, last), stop in MONTH_PARTS.at(source, start):
            yield Parsed(Month(offset=offset, first=first, last=last), stop)
        yield Parsed(Month(offset=offset), end)
    for (first, last), end in BARE_MONTH_PARTS.at(source, pos):
        yield Parsed(Month(first=first, last=last), end)


@rule
def year_edge(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    for known, start in year(source, pos):
        for (number, day), end in YEAR_EDGES.at(source, start):
            yield Parsed(YearEdge(number, day, known), end)
    for (number, day), end in BARE_YEAR_EDGES.at(source, pos):
        yield Parsed(YearEdge(number, day, Year()), end)


@rule
def numeric(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    """2026-12-05, 20261205, 11/27; 12.8 and 1.5 are days only beside something else, 3-5 never is."""
    iso = ISO.match(source.text, pos) or COMPACT.match(source.text, pos)
    if iso:
        numbers = [int(part) for part in iso.groups() if part.isdigit()]
        if FIRST_YEAR <= numbers[0] <= LAST_YEAR:
            yield Parsed(MonthDay(numbers[1], numbers[2], Year(numbers[0])), iso.end())
        return
    short = NUMERIC.match(source.text, pos)
    if short:
        month, mark, day = short.groups()
        one_digit = len(month) == len(day) == 1
        if 1 <= int(month) <= 12 and not (one_digit and mark == "-"):
            for stop in DAY_WORDS.maybe(source, short.end()) if mark != "-" else [short.end()]:
                yield Parsed(MonthDay(int(month), int(day), weak=one_digit and mark == "."), stop)


@rule
def day_of_month(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    for day, after in integer(source, pos):
        for _, end in DAY_WORDS.at(source, after) if day < 100 else ():
            yield Parsed(DayOfMonth(day), end)


@rule
def later(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    """三天后, 一个月以后, 两周前, 再过三天."""
    for known, after in amount(source, pos):
        for sign, end in LATER.at(source, after) if known.whole_days else ():
            yield Parsed(Later(known, sign), end)
    for _, after in PASSING.at(source, pos):
        for known, end in amount(source, after):
            if known.whole_days:
                yield Parsed(Later(known), end)


@rule
def named_holiday(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    for known, start in year(source, pos):
        for named, end in holiday(source, start):
            yield Parsed(type(named)(named.name, named.nth, named.block, known), end)
    yield from holiday(source, pos)
    yield from lunar(source, pos)


NAMES = (relative, weekday, week, month_day, month, year_edge, numeric, day_of_month, later, named_holiday)


@rule
def name(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    """A day by one name, perhaps with 前一天 behind it."""
    for named, end in chain.from_iterable(one(source, pos) for one in NAMES):
        for by, stop in SHIFTS.at(source, end + source.has("的", end)):
            yield Parsed(Shifted(named, by) if by else named, stop)
        yield Parsed(named, end)
    for _, end in NEXT_DAY.at(source, pos):
        yield Parsed(DayAfter(), end)


@rule
def day(source: Source, pos: int) -> Iterator[Parsed[DayNode]]:
    """A day, perhaps by several names that must agree: 周五 11月27日, 明天（周四 11月26日）."""
    for named, end in name(source, pos):
        yield from _same_day(source, end, (named,))
        yield Parsed(named, end)


def _same_day(source: Source, pos: int, names: tuple[DayNode, ...]) -> Iterator[Parsed[DayNode]]:
    start = source.gap(pos)
    bracket = source.has("(", start)
    inner = source.gap(start + 1) if bracket else start
    for named, end in name(source, inner):
        if not _another_name(named, names):
            continue
        more = (*names, named)
        yield from _same_day_inside(source, end, more) if bracket else _same_day(source, end, more)
        stop = source.gap(end)
        if not bracket:
            yield Parsed(SameDay(more), end)
        elif source.has(")", stop):
            yield Parsed(SameDay(more), stop + 1)


def _same_day_inside(source: Source, pos: int, names: tuple[DayNode, ...]) -> Iterator[Parsed[DayNode]]:
    """The third name in the brackets that the second one opened."""
    for named, end in name(source, source.gap(pos)):
        if _another_name(named, names) and source.has(")", source.gap(end)):
            yield Parsed(SameDay((*names, named)), source.gap(end) + 1)


def _another_name(named: DayNode, names: tuple[DayNode, ...]) -> bool:
    kinds = {known.kind for known in names}
    return named.kind not in kinds and Kind.PERIOD not in kinds | {named.kind}
