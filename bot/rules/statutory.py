"""The state's holidays and make-up days, an estimate for years not published yet, and holidays by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import chinese_calendar
from chinese_calendar import constants

if TYPE_CHECKING:
    from holidays.calendars.chinese import _ChineseLunisolar
    from holidays.holiday_base import HolidayBase


class DayKind(StrEnum):
    """What a day is to the store; a make-up day (补班) is no leave (调休)."""

    WORKING = "working"
    REST = "rest"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True)
class DayInfo:
    """A day's kind and the name that goes with it; `provisional` while the state has not published its year."""

    kind: DayKind
    name: str = ""
    provisional: bool = False


SATURDAY = 5

# Both libraries name holidays in English, a little differently; the first word found decides.
NAMES = (
    ("spring festival", "春节"),
    ("chinese new year", "春节"),
    ("new year", "元旦"),
    ("tomb-sweeping", "清明节"),
    ("labo", "劳动节"),
    ("dragon boat", "端午节"),
    ("national", "国庆节"),
    ("mid-autumn", "中秋节"),
    ("anti-fascist", "抗战胜利纪念日"),
)


@cache
def is_published(year: int) -> bool:
    """Whether the state calendar knows this year."""
    try:
        chinese_calendar.is_holiday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@cache
def statutory_days(year: int) -> Mapping[date, DayInfo]:
    """The year's holidays and make-up days, all of them provisional when the year is not published yet."""
    return MappingProxyType(_published(year) if is_published(year) else _estimated(year))


def _published(year: int) -> dict[date, DayInfo]:
    off = {day: DayInfo(DayKind.HOLIDAY, _named(name)) for day, name in constants.holidays.items() if day.year == year}
    on = {day: DayInfo(DayKind.MAKEUP, _named(name)) for day, name in constants.workdays.items() if day.year == year}
    return off | on


def _estimated(year: int) -> dict[date, DayInfo]:
    # The calendars of all countries come with it, so it is imported when an unpublished year is first asked about.
    from holidays.countries.china import China

    estimate: HolidayBase = China(years=[year], language="en_US")  # type: ignore[no-untyped-call]
    named = {day: _named(name) for day, name in sorted(estimate.items())}
    # A weekend that a holiday touches belongs to it; the estimate itself names weekdays and the days themselves.
    weekends = {near: name for day, name in named.items() for near in _weekend_beside(day)}
    return {day: DayInfo(DayKind.HOLIDAY, name, provisional=True) for day, name in (weekends | named).items()}


def _weekend_beside(day: date) -> Iterator[date]:
    for step in (-1, 1):
        near = day + timedelta(days=step)
        while near.weekday() >= SATURDAY and near.year == day.year:
            yield near
            near += timedelta(days=step)


def _named(english: str) -> str:
    return next((chinese for word, chinese in NAMES if word in english.lower()), "")


FIXED = {
    "元旦": (1, 1),
    "元旦节": (1, 1),
    "情人节": (2, 14),
    "妇女节": (3, 8),
    "三八": (3, 8),
    "三八节": (3, 8),
    "三八妇女节": (3, 8),
    "植树节": (3, 12),
    "愚人节": (4, 1),
    "五一": (5, 1),
    "五一节": (5, 1),
    "劳动节": (5, 1),
    "五一劳动节": (5, 1),
    "青年节": (5, 4),
    "五四": (5, 4),
    "五四青年节": (5, 4),
    "六一": (6, 1),
    "儿童节": (6, 1),
    "六一儿童节": (6, 1),
    "建党节": (7, 1),
    "八一": (8, 1),
    "建军节": (8, 1),
    "教师节": (9, 10),
    "十一": (10, 1),
    "国庆": (10, 1),
    "国庆节": (10, 1),
    "十一国庆": (10, 1),
    "双十一": (11, 11),
    "双十二": (12, 12),
    "平安夜": (12, 24),
    "圣诞": (12, 25),
    "圣诞节": (12, 25),
}


@cache
def _moon() -> _ChineseLunisolar:
    from holidays.calendars.chinese import _ChineseLunisolar

    return _ChineseLunisolar()


# 七夕 is 37 days before 中秋, 38 when the seventh month has thirty days, more when that month comes twice.
# fmt: off
LONG_SEVENTH_MONTH = frozenset((
    2021, 2023, 2024, 2025, 2027, 2028, 2030, 2031, 2032, 2033, 2034, 2037, 2041, 2046, 2047, 2050, 2051, 2056,
    2057, 2058, 2059, 2060, 2061, 2065, 2067, 2068, 2070, 2074, 2077, 2079, 2080, 2083, 2085, 2086, 2092, 2093,
    2094, 2095, 2097, 2099,
))
# fmt: on
TWO_SEVENTH_MONTHS = {2044: 66, 2063: 66, 2082: 67}
QIXI_YEARS = range(2020, 2100)


def _new_year(year: int, plus: int = 0) -> date | None:
    first, _ = _moon().lunar_new_year_date(year)
    return first + timedelta(days=plus) if first else None


def _qixi(year: int) -> date | None:
    autumn, _ = _moon().mid_autumn_date(year)
    if autumn is None or year not in QIXI_YEARS:
        return None
    return autumn - timedelta(days=TWO_SEVENTH_MONTHS.get(year, 38 if year in LONG_SEVENTH_MONTH else 37))


MOVING: Mapping[str, Callable[[int], date | None]] = {
    "春节": _new_year,
    "除夕": lambda year: _new_year(year, -1),
    "元宵节": lambda year: _new_year(year, 14),
    "清明节": lambda year: _moon().qingming_date(year)[0],
    "端午节": lambda year: _moon().dragon_boat_date(year)[0],
    "七夕节": _qixi,
    "中秋节": lambda year: _moon().mid_autumn_date(year)[0],
    "重阳节": lambda year: _moon().double_ninth_date(year)[0],
    "冬至": lambda year: _moon().winter_solstice_date(year)[0],
}
ALIASES = {
    "大年初一": "春节",
    "正月初一": "春节",
    "年三十": "除夕",
    "大年三十": "除夕",
    "除夕夜": "除夕",
    "元宵": "元宵节",
    "清明": "清明节",
    "端午": "端午节",
    "七夕": "七夕节",
    "中秋": "中秋节",
    "重阳": "重阳节",
}


def holiday_day(name: str, year: int) -> date | None:
    """The day itself of a named holiday in this year (春节 is its first day), None for a name or year not known."""
    if name in FIXED:
        return date(year, *FIXED[name])
    rule = MOVING.get(ALIASES.get(name, name))
    return rule(year) if rule else None
