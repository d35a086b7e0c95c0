"""Amounts of time: 两个半小时, 一天半, 三刻钟, 半个月."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from bot.reading.numbers import amount_number
from bot.reading.source import Parsed, Source, Words, rule, words

HOUR, DAY_MINUTES, MONTH_DAYS, HALF_MONTH_DAYS = 60, 1440, 30, 15
HALF = Decimal("0.5")
LONGEST_AMOUNT = Decimal(10_000)


@dataclass(frozen=True)
class Amount:
    """Months, days (halves allowed) and minutes together."""

    months: int = 0
    days: Decimal = Decimal(0)
    minutes: int = 0

    @property
    def total_minutes(self) -> int:
        return int((self.months * MONTH_DAYS + self.days) * DAY_MINUTES) + self.minutes

    @property
    def whole_days(self) -> bool:
        """Whether it counts days or months only, no half and no minute."""
        return not self.minutes and self.days == self.days.to_integral_value()

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.months + other.months, self.days + other.days, self.minutes + other.minutes)


class Unit(Enum):
    """Units from the largest to the smallest."""

    MONTH = 5
    WEEK = 4
    DAY = 3
    HOUR = 2
    MINUTE = 1


UNITS = Words(
    {
        "个月": Unit.MONTH,
        "周 星期 礼拜 个星期 个礼拜 个周": Unit.WEEK,
        "天 个整天 整天": Unit.DAY,
        "小时 个小时 钟头 个钟头 个钟 h hr hrs hour hours": Unit.HOUR,
        "分钟 min mins minutes": Unit.MINUTE,
    }
)
MINUTES_AFTER_HOURS = Words({"分钟 分 min mins minutes m": Unit.MINUTE})
HALVES = Words(
    {
        "半个小时 半小时 半个钟头 半个钟 半钟头": Amount(minutes=HOUR // 2),
        "半天 半日": Amount(days=HALF),
        "半个月": Amount(days=Decimal(HALF_MONTH_DAYS)),
        "一刻钟 1刻钟": Amount(minutes=15),
        "两刻钟 2刻钟 二刻钟": Amount(minutes=30),
        "三刻钟 3刻钟": Amount(minutes=45),
    }
)
HALF_BETWEEN = "个半"
HALVED = Words({"月": Unit.MONTH, "星期 礼拜": Unit.WEEK, "天": Unit.DAY, "小时 钟头 钟": Unit.HOUR})
JOINS = words("零 又 加 另")
ABOUT = words("大概 大约 约 差不多 整整 将近")
ABOUT_AFTER = words("左右 上下")


def _amount(number: Decimal, unit: Unit) -> Amount | None:
    if number > LONGEST_AMOUNT:
        return None
    if unit is Unit.MONTH:
        months, part = divmod(number, 1)
        return Amount(months=int(months), days=part * MONTH_DAYS)
    if unit is Unit.WEEK:
        return Amount(days=number * 7)
    if unit is Unit.DAY:
        return Amount(days=number)
    return Amount(minutes=round(number * (HOUR if unit is Unit.HOUR else 1)))


@rule
def piece(source: Source, pos: int) -> Iterator[Parsed[tuple[Unit, Amount]]]:
    """One number with its unit, a half before or behind the unit included."""
    for number, after in amount_number(source, pos):
        yield from _halved(source, source.gap(after), number)
        for unit, end in UNITS.at(source, source.gap(after)):
            known = _amount(number, unit)
            half = _amount(HALF, unit)
            if known and half and source.has("半", end) and unit is not Unit.MINUTE:
                yield Parsed((unit, known + half), end + 1)
            if known:
                yield Parsed((unit, known), end)


def _halved(source: Source, pos: int, number: Decimal) -> Iterator[Parsed[tuple[Unit, Amount]]]:
    """两个半小时 and 一个半月 are a half more, 两个半天 is two halves."""
    if not source.has(HALF_BETWEEN, pos):
        return
    after = pos + len(HALF_BETWEEN)
    for unit, end in HALVED.at(source, after):
        known = _amount(number * HALF if unit is Unit.DAY else number + HALF, unit)
        if known:
            yield Parsed((unit, known), end)


@rule
def amount(source: Source, pos: int) -> Iterator[Parsed[Amount]]:
    """An amount of one piece or of falling ones: 2小时30分钟, 一天零两小时."""
    for start in ABOUT.maybe(source, pos):
        for known, end in _bare_amount(source, start):
            for stop in ABOUT_AFTER.maybe(source, end):
                yield Parsed(known, stop)


def _bare_amount(source: Source, pos: int) -> Iterator[Parsed[Amount]]:
    for (unit, known), end in piece(source, pos):
        for next_start in JOINS.maybe(source, source.gap(end)):
            yield from _smaller(source, next_start, unit, known)
        yield Parsed(known, end)
    yield from HALVES.at(source, pos)


def _smaller(source: Source, pos: int, unit: Unit, known: Amount) -> Iterator[Parsed[Amount]]:
    """A second, smaller piece; minutes may then drop their 钟."""
    for (second, more), end in piece(source, pos):
        if second.value < unit.value:
            yield Parsed(known + more, end)
    for more, end in HALVES.at(source, pos):
        if more.total_minutes < DAY_MINUTES and unit.value > Unit.MINUTE.value:
            yield Parsed(known + more, end)
    if unit is Unit.HOUR:
        for number, after in amount_number(source, pos):
            for _, end in MINUTES_AFTER_HOURS.at(source, after):
                yield Parsed(known + Amount(minutes=int(number)), end)
