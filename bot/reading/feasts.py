"""Holidays by name: 元旦, 国庆第一天, 春节期间, 大年初三."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from bot.reading.months import Year
from bot.reading.numbers import integer
from bot.reading.present import DAY, Days, Kind, Present
from bot.reading.source import Parsed, Source, Words, rule, words
from bot.reading.values import Misread
from bot.rules.statutory import holiday_day

LONGEST_HOLIDAY = 15

NAMES = Words(
    {
        "元旦 元旦节 阳历年": "元旦",
        "春节 大年初一 农历新年": "春节",
        "除夕 除夕夜 大年三十 年三十 大年夜": "除夕",
        "元宵 元宵节": "元宵节",
        "清明 清明节": "清明节",
        "劳动节 五一 五一节 五一劳动节": "劳动节",
        "端午 端午节": "端午节",
        "中秋 中秋节": "中秋节",
        "国庆 国庆节 十一 十一国庆": "国庆节",
        "重阳 重阳节": "重阳节",
        "冬至": "冬至",
        "情人节": "情人节",
        "妇女节 三八 三八节 三八妇女节": "妇女节",
        "植树节": "植树节",
        "青年节 五四 五四青年节": "青年节",
        "儿童节 六一 六一儿童节": "儿童节",
        "建军节 八一 八一建军节": "建军节",
        "教师节": "教师节",
        "双十一 双11": "双十一",
        "双十二 双12": "双十二",
        "平安夜": "平安夜",
        "圣诞 圣诞节": "圣诞节",
    }
)
ITSELF = words("当天 那天 这天 当日 那一天")
BLOCK = words("期间 假期 长假 小长假 放假期间 假期期间 长假期间 黄金周 放假")
NEW_YEAR_DAY = words("大年初 正月初 正月")
LUNAR = words("农历 阴历 旧历 腊月 冬月 初一 初二 初三 初四 初五 初六 初七 初八 初九 初十")
LUNAR_TAIL = frozenset("零一二三四五六七八九十廿卅正腊冬闰月初号日0123456789")


@dataclass(frozen=True)
class Holiday:
    """A holiday's day, or with `block` all the days that the state gives for it; `nth` is one day of them."""

    name: str
    nth: int | None = None
    block: bool = False
    year: Year | None = None
    kind: ClassVar[Kind] = Kind.HOLIDAY

    def days(self, present: Present, after: date | None) -> Days:
        base = after or present.today
        if self.year:
            return self._days(present, self.year.value(present))
        days = self._days(present, base.year)
        return days if days.last >= base else self._days(present, base.year + 1)

    def _days(self, present: Present, year: int) -> Days:
        day = holiday_day(self.name, year)
        if day is None:
            raise Misread("unknown_holiday", name=self.name, year=year)
        first = self._edge(present, day, -1) if self.block else day
        if self.nth is not None:
            return Days.one(first + (self.nth - 1) * DAY)
        return Days(first, self._edge(present, day, 1)) if self.block else Days.one(day)

    def _edge(self, present: Present, day: date, step: int) -> date:
        """The last closed day in a row on this side; the day itself when the store is open on it."""
        for _ in range(LONGEST_HOLIDAY):
            if present.calendar.sessions(day) or present.calendar.sessions(day + step * DAY):
                break
            day += step * DAY
        return day


@dataclass(frozen=True)
class Lunar:
    """A day of the lunar calendar, which is asked back."""

    kind: ClassVar[Kind] = Kind.PERIOD

    def days(self, present: Present, after: date | None) -> Days:
        raise Misread("lunar")


@rule
def holiday(source: Source, pos: int) -> Iterator[Parsed[Holiday]]:
    for name, end in NAMES.at(source, pos):
        for _, block_end in BLOCK.at(source, end):
            for nth, stop in _nth(source, block_end):
                yield Parsed(Holiday(name, nth, block=True), stop)
            yield Parsed(Holiday(name, block=True), block_end)
        for nth, stop in _nth(source, end):
            yield Parsed(Holiday(name, nth), stop)
        for stop in ITSELF.maybe(source, end):
            yield Parsed(Holiday(name), stop)
    for _, end in NEW_YEAR_DAY.at(source, pos):
        for nth, stop in integer(source, end):
            if 1 <= nth <= LONGEST_HOLIDAY:
                yield Parsed(Holiday("春节", nth), stop)


def _nth(source: Source, pos: int) -> Iterator[Parsed[int]]:
    """第三天."""
    start = pos + source.has("的", pos)
    if source.has("第", start):
        for nth, end in integer(source, start + 1):
            if 1 <= nth <= LONGEST_HOLIDAY and source.has("天", end):
                yield Parsed(nth, end + 1)


@rule
def lunar(source: Source, pos: int) -> Iterator[Parsed[Lunar]]:
    for _, end in LUNAR.at(source, pos):
        while source.text[end : end + 1] in LUNAR_TAIL:
            end += 1
        yield Parsed(Lunar(), end)
