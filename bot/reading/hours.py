"""Times of day: 下午两点半, 14:30, 差五分三点, 2pm, 一上午, 下班; nodes and grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from itertools import chain

from bot.reading.amounts import ABOUT
from bot.reading.numbers import integer
from bot.reading.present import DAY, Part, Present
from bot.reading.source import Parsed, Source, Words, rule, words
from bot.reading.values import Misread

AFTERNOON_UNTIL = 6
EVENING_FROM = 18
HALF_DAY = 12


@dataclass(frozen=True)
class Reach:
    """What a moment covers: from `start` to `until` (where a range that ends here ends); a point has no length."""

    start: datetime
    until: datetime
    day: date
    point: bool = False
    part: Part | None = None
    clocked: bool = True


class Mark(Enum):
    """Moments that the office hours give."""

    OPENING = "上班"
    CLOSING = "下班"


@dataclass(frozen=True)
class PartTime:
    """下午: its hours in the day's season; as the end of a range noon is when it starts."""

    part: Part

    def reach(self, present: Present, day: date, before: Reach | None, dated: bool) -> Reach:
        start, end = present.part(self.part, day)
        until = start if self.part is Part.NOON and before else end
        return Reach(start, until, day, part=self.part)


@dataclass(frozen=True)
class MarkTime:
    """下班, 下午上班, 中午下班."""

    mark: Mark
    part: Part | None = None

    def reach(self, present: Present, day: date, before: Reach | None, dated: bool) -> Reach:
        late = Part.AFTERNOON if self.mark is Mark.CLOSING else Part.MORNING
        part = {Part.NOON: Part.MORNING, Part.EVENING: Part.AFTERNOON, Part.DUSK: Part.AFTERNOON}.get(
            self.part or late, self.part or late
        )
        start, end = present.part(Part.AFTERNOON if part is Part.AFTERNOON else Part.MORNING, day)
        at = end if self.mark is Mark.CLOSING else start
        return Reach(at, at, day, point=True)


HOURS_OF_PART = {
    Part.DAWN: {0: 0, 12: 0} | {hour: hour for hour in range(1, 7)},
    Part.MORNING: {hour: hour for hour in range(13)},
    Part.NOON: {hour: hour for hour in range(10, 16)} | {hour: hour + 12 for hour in range(1, 4)},
    Part.AFTERNOON: {hour: hour + 12 for hour in range(1, 12)} | {hour: hour for hour in range(12, 24)},
    Part.DUSK: {hour: hour + 12 for hour in range(4, 10)} | {hour: hour for hour in range(16, 22)},
    Part.EVENING: {0: 24, 12: 24}
    | {hour: hour + 24 for hour in range(1, 5)}
    | {hour: hour + 12 for hour in range(5, 12)}
    | {hour: hour for hour in range(17, 25)},
}


@dataclass(frozen=True)
class Clock:
    """An hour as said; `exact` when written as 02:00, which is never the afternoon."""

    hour: int
    minute: int = 0
    part: Part | None = None
    exact: bool = False

    def reach(self, present: Present, day: date, before: Reach | None, dated: bool) -> Reach:
        """Without a part, 1 to 6 are the afternoon, and the end of a range is the next such hour."""
        minutes = self.hour * 60 + self.minute
        if not (self.minute < 60 and 0 <= minutes <= 24 * 60):
            raise Misread("no_such_clock", clock=f"{self.hour}:{self.minute:02d}")
        if self.part is not None:
            return self._in_part(present, day, before, dated)
        if before and before.clocked and not dated:
            return self._next(present, day, before)
        overnight = before and dated and before.start.hour >= EVENING_FROM and day == before.day + DAY
        return self._at(present, day, self.hour if overnight else self._usual())

    def _usual(self) -> int:
        return self.hour + HALF_DAY if 1 <= self.hour <= AFTERNOON_UNTIL and not self.exact else self.hour

    def _in_part(self, present: Present, day: date, before: Reach | None, dated: bool) -> Reach:
        hour = HOURS_OF_PART[self.part or Part.MORNING].get(self.hour)
        if hour is None:
            raise Misread("wrong_part", clock=f"{self.hour}:{self.minute:02d}")
        early = self.part in (Part.DAWN, Part.MORNING) and before is not None and not dated
        overnight = early and before is not None and before.start.hour >= EVENING_FROM
        return self._at(present, day + DAY if overnight else day, hour)

    def _next(self, present: Present, day: date, before: Reach) -> Reach:
        choices = [self.hour] if self.exact or self.hour > HALF_DAY else [self.hour, self.hour + HALF_DAY]
        if self.hour == 0:
            choices = [24]
        reached = [self._at(present, day, hour) for hour in choices]
        return next((one for one in reached if one.start > before.start), reached[0])

    def _at(self, present: Present, day: date, hour: int) -> Reach:
        at = present.at(day, hour, self.minute)
        return Reach(at, at, day, point=True, part=self.part)


TimeNode = PartTime | MarkTime | Clock

PARTS = Words(
    {
        "凌晨": Part.DAWN,
        "早上 早晨 清晨 清早 大清早 一早 一大早 大早上 早间 一早上": Part.MORNING,
        "上午 午前 上半天 前半天 一上午 整个上午 一个上午 上午半天 整上午 头半天": Part.MORNING,
        "中午 正午 晌午 午间 午休 午休时间 大中午 中午午休": Part.NOON,
        "下午 午后 下半天 后半天 一下午 整个下午 一个下午 下午半天 整下午": Part.AFTERNOON,
        "傍晚 黄昏 傍黑": Part.DUSK,
        "晚上 晚间 夜里 夜间 夜晚 半夜 深夜 一晚上 整晚 整个晚上 大晚上 晚黑": Part.EVENING,
    }
)
SHORT_PARTS = Words({"早 晨": Part.MORNING, "晚 夜": Part.EVENING})
ENGLISH_PARTS = Words({"am a.m.": Part.MORNING, "pm p.m.": Part.AFTERNOON})
MARKS = Words({"上班 上班时间 开门 上班时": Mark.OPENING, "下班 下班时间 关门 打烊 下班时": Mark.CLOSING})
ABOUT_AFTER = words("左右 前后 上下 的样子")
POINT_WORDS = words("点 点钟 时")
FULL = words("整 钟 钟整")
QUARTERS = Words({"一刻 1刻 一刻钟 过一刻": 15, "三刻 3刻 三刻钟 过三刻": 45, "两刻": 30})
MISSING = Words({"一刻 1刻 一刻钟": 15})
MINUTE_WORDS = words("分 分钟")
DIGITAL = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?![\d:])", re.ASCII)
DOTTED = re.compile(r"(\d{1,2})\.(\d{2})(?!\d)", re.ASCII)


@rule
def time(source: Source, pos: int) -> Iterator[Parsed[TimeNode]]:
    """A clock, a mark of the office hours or a part of the day."""
    for start in ABOUT.maybe(source, pos):
        yield from clock(source, start)
    for part, end in chain(PARTS.at(source, pos), [Parsed(None, pos)]):
        for mark, stop in MARKS.at(source, source.gap(end) if part else end):
            yield Parsed(MarkTime(mark, part), stop)
    for part, end in PARTS.at(source, pos):
        yield Parsed(PartTime(part), end)


@rule
def short_part(source: Source, pos: int) -> Iterator[Parsed[TimeNode]]:
    """The 早 of 明早, which is no word without its day."""
    for part, end in SHORT_PARTS.at(source, pos):
        yield Parsed(PartTime(part), end)


@rule
def clock(source: Source, pos: int) -> Iterator[Parsed[TimeNode]]:
    for part, after in chain(
        PARTS.at(source, pos), SHORT_PARTS.at(source, pos), ENGLISH_PARTS.at(source, pos), [Parsed(None, pos)]
    ):
        start = _inside_part(source, after) if part else after
        for known, end in _faces(source, start, with_part=part is not None):
            said = Clock(known.hour, known.minute, part, known.exact)
            for late, stop in ENGLISH_PARTS.at(source, source.gap(end)) if part is None else ():
                yield Parsed(Clock(known.hour, known.minute, late), stop)
            for stop in ABOUT_AFTER.maybe(source, end):
                yield Parsed(said, stop)
    yield from _english_hour(source, pos)


def _inside_part(source: Source, pos: int) -> int:
    """The place after 下午, 下午的 or 下午大概."""
    start = source.gap(pos + source.has("的", pos))
    return max(ABOUT.maybe(source, start))


def _english_hour(source: Source, pos: int) -> Iterator[Parsed[TimeNode]]:
    """2pm."""
    for hour, end in integer(source, pos):
        for part, stop in ENGLISH_PARTS.at(source, source.gap(end)):
            if 1 <= hour <= HALF_DAY:
                yield Parsed(Clock(hour, 0, part), stop)


def _faces(source: Source, pos: int, *, with_part: bool) -> Iterator[Parsed[Clock]]:
    """An hour with its minutes, in every way of writing them."""
    digital = DIGITAL.match(source.text, pos) or (DOTTED.match(source.text, pos) if with_part else None)
    if digital:
        exact = digital[1].startswith("0")
        yield Parsed(Clock(int(digital[1]), int(digital[2]), exact=exact), digital.end())
    yield from _lacking(source, pos)
    for hour, after in integer(source, pos) if not digital else ():
        for _, end in POINT_WORDS.at(source, after) if hour < 100 else ():
            yield from _minutes(source, end, hour)


def _lacking(source: Source, pos: int) -> Iterator[Parsed[Clock]]:
    """差五分三点, 差一刻三点."""
    if source.has("差", pos):
        for lack, after in _missing_minutes(source, pos + 1):
            for hour, end in integer(source, after):
                for _, stop in POINT_WORDS.at(source, end):
                    if 1 <= hour <= 24 and 0 < lack < 60:
                        yield Parsed(Clock(_hour_before(hour), 60 - lack), stop)


def _hour_before(hour: int) -> int:
    """The hour before one is twelve, as on a clock's face."""
    return hour - 1 or HALF_DAY


def _missing_minutes(source: Source, pos: int) -> Iterator[Parsed[int]]:
    yield from MISSING.at(source, pos)
    for lack, end in integer(source, pos):
        for stop in MINUTE_WORDS.maybe(source, end):
            yield Parsed(lack, stop)


def _minutes(source: Source, pos: int, hour: int) -> Iterator[Parsed[Clock]]:
    """What may follow 三点: 半, 一刻, 二十五, 零五分, 差五分, 整."""
    if source.has("半", pos):
        yield Parsed(Clock(hour, 30), pos + 1)
    for minute, end in QUARTERS.at(source, pos):
        yield Parsed(Clock(hour, minute), end)
    if source.has("差", pos):
        for lack, end in _missing_minutes(source, pos + 1):
            if 1 <= hour <= 24 and 0 < lack < 60:
                yield Parsed(Clock(_hour_before(hour), 60 - lack), end)
    yield from _spoken_minutes(source, pos + source.has("过", pos), hour)
    for end in FULL.maybe(source, pos):
        yield Parsed(Clock(hour), end)


def _spoken_minutes(source: Source, pos: int, hour: int) -> Iterator[Parsed[Clock]]:
    """A single digit needs a zero before it or 分 behind it: 三点零五, 三点5分, never 三点5."""
    for minute, end in integer(source, pos):
        for stop in MINUTE_WORDS.maybe(source, end):
            if minute < 100 and (stop > end or end - pos >= 2 or minute == 10):
                yield Parsed(Clock(hour, minute), stop)
