"""The kinds of answer that only meetings ask for: when one is, how long it lasts, until when something is done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.lines import NOT_A_TIME
from bot.questions import Pick, Place, Reading, Value, When
from bot.reading import Duration, Misread, Point, Span, find_time, is_past, read_time
from bot.rules.calendar import Calendar

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 480
HOUR_SAID = re.compile(r"[点时:：]|分钟|小时|现在|马上|立[刻即]|此刻")
TODAY = re.compile("今|现在|马上|立[刻即]|此刻")
BY = re.compile(r"\s*(?:之前|以前|前|截止|完成)?(?:要?交)?$")
BY_BEHIND = re.compile(r"\s*(?:之前|以前|前)")
A_DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
AFTERNOON = 12


@dataclass(frozen=True)
class Slot:
    """When a meeting is to be; without `exact` only the day, or a part of it, was said; `end` may be left open."""

    start: datetime
    end: datetime | None = None
    exact: bool = True


@dataclass(frozen=True)
class MeetingTime(When):
    """A Slot: 周五下午4点, 4点到5点, 现在; of 明天上午 the hour is asked.

    An hour alone is one of the day that was said before.
    """

    def read(self, said: str, reading: Reading, name: str) -> Any:
        value = _at(said, reading, name)
        if isinstance(value, Duration):
            raise Misread(NOT_A_TIME, said=said.strip()[:20])
        if is_past(value, reading.now):
            at = value.at if isinstance(value, Point) else value.start
            raise Misread("meetings.past", at=at)
        if isinstance(value, Point):
            return Slot(value.at)
        if value.end - value.start > A_DAY:
            raise Misread("meetings.which_day", span=value)
        return Slot(value.start, value.end, exact=bool(HOUR_SAID.search(said)))

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = find_time(words, now=reading.now, calendar=reading.calendar, want="any")
        lasting = found is not None and isinstance(found.value, Duration)
        return Place(found.start, found.end) if found and not lasting else None


def _at(said: str, reading: Reading, name: str) -> Value:
    """What the words mean now, or on the day that was said before where they name an hour only."""
    value = read_time(said, now=reading.now, calendar=reading.calendar)
    day, today = reading.question(name).day, reading.now.astimezone(reading.calendar.zone).date()
    if day is None or day == today or TODAY.search(said) or _day_of(value) != today:
        return value
    midnight = datetime.combine(day, time(), reading.calendar.zone)
    there = read_time(said, now=midnight, calendar=reading.calendar)
    return there if _day_of(there) == day else value


def _day_of(value: Value) -> date | None:
    match value:
        case Point(at):
            return at.date()
        case Span(start, _):
            return start.date()
    return None


@dataclass(frozen=True)
class Length(Pick):
    """半小时, 45分钟, 一个半小时: minutes of the clock."""

    def read(self, said: str, reading: Reading, name: str) -> int:
        value = read_time(said, now=reading.now, calendar=reading.calendar)
        if not isinstance(value, Duration):
            raise Misread(NOT_A_TIME, said=said.strip()[:20])
        if not SHORTEST_MINUTES <= value.minutes <= LONGEST_MINUTES:
            raise Misread("meetings.odd_length", most=LONGEST_MINUTES // 60, least=SHORTEST_MINUTES)
        return value.minutes

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = find_time(words, now=reading.now, calendar=reading.calendar, want="duration")
        if found is None or not isinstance(found.value, Duration):
            return None
        return Place(found.start, found.end) if SHORTEST_MINUTES <= found.value.minutes <= LONGEST_MINUTES else None


@dataclass(frozen=True)
class LateBy(Pick):
    """How late somebody comes: an amount of time, or words of their own: 开完工地会就来."""

    free: bool = True

    def read(self, said: str, reading: Reading, name: str) -> str:
        words = " ".join(said.split())[:60]
        if not words:
            raise Misread("dialog.no_words")
        try:
            value = read_time(words, now=reading.now, calendar=reading.calendar)
        except Misread:
            return words
        return str(value.minutes) if isinstance(value, Duration) and value.minutes <= LONGEST_MINUTES else words


@dataclass(frozen=True)
class DueDay(When):
    """The date by whose end something is done: 周五, 周五前, 三天内, 12月3号之前."""

    def read(self, said: str, reading: Reading, name: str) -> Any:
        value = read_time(BY.sub("", said.strip()), now=reading.now, calendar=reading.calendar)
        day = _last_day(value, reading)
        if day < reading.now.astimezone(reading.calendar.zone).date():
            raise Misread("meetings_actions.past_day", day=day)
        return day

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = find_time(words, now=reading.now, calendar=reading.calendar, want="any")
        behind = BY_BEHIND.match(words, found.end) if found else None
        return Place(found.start, behind.end() if behind else found.end) if found else None


def _last_day(value: Value, reading: Reading) -> date:
    now = reading.now.astimezone(reading.calendar.zone)
    match value:
        case Duration(minutes):
            return (now + minutes * A_MINUTE).date()
        case Point(at):
            return at.date()
        case Span(_, end):
            return (end - A_MINUTE).date()


def at_hour(slot: Slot, hour: time, calendar: Calendar) -> datetime:
    """The hour on the slot's day; 3点 of 明天下午 is one in the afternoon."""
    start = slot.start.astimezone(calendar.zone)
    at = datetime.combine(start.date(), hour, calendar.zone)
    later = at + timedelta(hours=AFTERNOON)
    is_afternoon = slot.end is not None and start.hour >= AFTERNOON and at < start
    return later if is_afternoon and hour.hour < AFTERNOON else at
