"""The store's own settings of working time: seasons and their sessions, rest days, days that it sets itself."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, field_validator
from pydantic_core import PydanticCustomError

HOURS = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-3]):([0-5][0-9])")
MONTH_DAY = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")
NO_LEAP_YEAR = 2025

Day = TypeVar("Day")


@dataclass(frozen=True, order=True)
class Hours:
    """One session of a day by the clock, `09:00-12:00`."""

    start: dt.time
    end: dt.time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, order=True)
class MonthDay:
    """A day of every year, `05-01`."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"


class Weekday(StrEnum):
    """Weekdays by name, in the order of date.weekday()."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        return list(Weekday).index(self)


class OwnKind(StrEnum):
    """What a store can make of a day; the values are DayKind's."""

    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    CLOSED = "closed"
    OPEN = "open"


def _hours(value: object) -> Hours:
    if isinstance(value, Hours):
        return value
    found = HOURS.fullmatch(str(value).strip())
    if found is None:
        raise PydanticCustomError(
            "calendar.session_unknown", "{said} is no session, write 09:00-12:00", {"said": str(value)[:20]}
        )
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    hours = Hours(dt.time(start_hour, start_minute), dt.time(end_hour, end_minute))
    if hours.end <= hours.start:
        raise PydanticCustomError(
            "calendar.session_backwards", "the session {said} ends before it starts", {"said": str(hours)}
        )
    return hours


def _month_day(value: object) -> MonthDay:
    if isinstance(value, MonthDay):
        return value
    found = MONTH_DAY.fullmatch(str(value).strip())
    try:
        # A season that starts on 29 February would start in one year of four.
        day = dt.date(NO_LEAP_YEAR, *map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise PydanticCustomError(
            "calendar.season_start_unknown", "{said} is no day of every year, write 05-01", {"said": str(value)[:20]}
        )
    return MonthDay(day.month, day.day)


HoursSetting = Annotated[Hours, PlainValidator(_hours), PlainSerializer(str)]
MonthDaySetting = Annotated[MonthDay, PlainValidator(_month_day), PlainSerializer(str)]


class Season(BaseModel):
    """Office hours from a day of the year until the next season starts (HANDBOOK A2, A3)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=20)
    starts: MonthDaySetting
    sessions: tuple[HoursSetting, ...]

    @field_validator("sessions")
    @classmethod
    def in_order(cls, sessions: tuple[Hours, ...]) -> tuple[Hours, ...]:
        if not sessions:
            raise PydanticCustomError("calendar.sessions_empty", "a season needs a session")
        ordered = tuple(sorted(sessions))
        for first, second in pairwise(ordered):
            if second.start < first.end:
                raise PydanticCustomError(
                    "calendar.sessions_overlap",
                    "the sessions {first} and {second} overlap",
                    {"first": str(first), "second": str(second)},
                )
        return ordered


class OwnDay(BaseModel):
    """A day that the store sets itself; it wins over every calendar (HANDBOOK 5)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: dt.date
    kind: OwnKind
    name: str = Field(default="", max_length=40)


SUMMER = Season.model_validate({"name": "summer", "starts": "05-01", "sessions": ["09:00-12:00", "14:30-18:00"]})
WINTER = Season.model_validate({"name": "winter", "starts": "10-01", "sessions": ["09:00-12:00", "14:00-17:30"]})


def _zone_name(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, KeyError, OSError):
        raise PydanticCustomError(
            "calendar.time_zone_unknown", "{said} is no time zone, write Asia/Shanghai", {"said": value[:40]}
        ) from None
    return value


class CalendarRules(BaseModel):
    """All that a store can say about its working time; the defaults are the handbook's (A2, A3, A4, section 6)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_zone: str = "Asia/Shanghai"
    seasons: tuple[Season, ...] = (SUMMER, WINTER)
    rest_weekdays: tuple[Weekday, ...] = ()
    closed_on_holidays: bool = True
    days: tuple[OwnDay, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        return _zone_name(name)

    @field_validator("seasons")
    @classmethod
    def one_start_each(cls, seasons: tuple[Season, ...]) -> tuple[Season, ...]:
        if not seasons:
            raise PydanticCustomError("calendar.seasons_empty", "the store needs a season")
        twice = _first_twice([season.starts for season in seasons])
        if twice:
            raise PydanticCustomError(
                "calendar.seasons_same_start", "two seasons start on {said}", {"said": str(twice)}
            )
        return tuple(sorted(seasons, key=lambda season: season.starts))

    @field_validator("rest_weekdays")
    @classmethod
    def some_day_works(cls, weekdays: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if set(weekdays) == set(Weekday):
            raise PydanticCustomError("calendar.no_working_weekday", "the store rests on every day of the week")
        return tuple(sorted(set(weekdays), key=lambda weekday: weekday.number))

    @field_validator("days")
    @classmethod
    def each_day_once(cls, days: tuple[OwnDay, ...]) -> tuple[OwnDay, ...]:
        twice = _first_twice([own.date for own in days])
        if twice:
            raise PydanticCustomError("calendar.day_twice", "the day {day} is set twice", {"day": twice})
        return tuple(sorted(days, key=lambda own: own.date))


def _first_twice(values: list[Day]) -> Day | None:
    return next((value for value, times in Counter(values).items() if times > 1), None)
