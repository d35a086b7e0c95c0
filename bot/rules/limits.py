"""Time limits as the store writes them (`2wd`, `0.5wd`, `3h15m`, `7d`), and what a deadline is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Any, LiteralString

from pydantic import PlainSerializer, PlainValidator
from pydantic_core import PydanticCustomError

WRITTEN = re.compile(
    r"(?P<working_days>[0-9]{1,3})wd|(?P<half>0\.5wd)|(?P<days>[0-9]{1,4})d"
    r"|(?P<hours>[0-9]{1,3})h(?:(?P<rest>[0-5]?[0-9])m)?|(?P<minutes>[0-9]{1,5})m"
)
FRACTION = re.compile(r"[0-9]+\.[0-9]+(wd|d|h|m)")


@dataclass(frozen=True)
class WorkingTime:
    """Minutes of working time; what comes outside hours counts from the next session."""

    minutes: int

    def __post_init__(self) -> None:
        if self.minutes < 0:
            raise ValueError("working time is never negative")

    def __str__(self) -> str:
        hours, rest = divmod(self.minutes, 60)
        return f"{hours}h{rest}m" if hours and rest else f"{hours}h" if hours else f"{rest}m"


@dataclass(frozen=True)
class HalfWorkingDay:
    """Half the working minutes of the season's day: 3 h 15 min by the handbook's hours (W3)."""

    def __str__(self) -> str:
        return "0.5wd"


@dataclass(frozen=True)
class WorkingDays:
    """The close of the n-th working day after the day of the event, which is day 0 (W2, W6)."""

    days: int

    def __str__(self) -> str:
        return f"{self.days}wd"


@dataclass(frozen=True)
class CalendarDays:
    """The close of the n-th calendar day after the day of the event, which is day 0 (W8)."""

    days: int

    def __str__(self) -> str:
        return f"{self.days}d"


Limit = WorkingTime | HalfWorkingDay | WorkingDays | CalendarDays


class LimitError(ValueError):
    """A limit that cannot be read: `key` is its text, `said` what was written, `example` what may be."""

    def __init__(self, key: LiteralString, *, said: str, example: str) -> None:
        super().__init__(f"not a limit: {said!r}, write for example {example}")
        self.key, self.said, self.example = key, said, example


def parse_limit(text: str) -> Limit:
    """`2wd` working days, `0.5wd` half a one, `3h15m` `3h` `45m` working time, `7d` calendar days; else LimitError."""
    said = text.strip().lower()
    found = WRITTEN.fullmatch(said)
    if found is None and FRACTION.fullmatch(said):
        raise LimitError("calendar.limit_fraction", said=text[:20], example="0.5wd")
    if found is None:
        raise LimitError("calendar.limit_unknown", said=text[:20], example="2wd")
    if found["half"]:
        return HalfWorkingDay()
    if not any(int(amount) for amount in found.groups() if amount):
        raise LimitError("calendar.limit_zero", said=text[:20], example="45m")
    if found["working_days"]:
        return WorkingDays(int(found["working_days"]))
    if found["days"]:
        return CalendarDays(int(found["days"]))
    return WorkingTime(int(found["hours"] or 0) * 60 + int(found["rest"] or found["minutes"] or 0))


def _limit(value: object) -> Limit:
    if isinstance(value, Limit):
        return value
    try:
        return parse_limit(value if isinstance(value, str) else str(value))
    except LimitError as error:
        raise PydanticCustomError(
            error.key, "{said} is not a limit, write for example {example}", _values(error)
        ) from None


def _values(error: LimitError) -> dict[str, Any]:
    return {"said": error.said, "example": error.example}


LimitSetting = Annotated[Limit, PlainValidator(_limit), PlainSerializer(str)]
"""A limit as a field of settings: reads `"2wd"`, is written back the same way."""


@dataclass(frozen=True)
class Stretch:
    """Working time that was counted, within one session; aware."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        # By the clock's minutes, so that the parts add up however many seconds the moments carry.
        return int(self.end.timestamp() // 60 - self.start.timestamp() // 60)


@dataclass(frozen=True)
class Counted:
    """Neighbouring days that count, both ends included."""

    first: date
    last: date


@dataclass(frozen=True)
class Skipped:
    """Neighbouring closed days that do not count, both ends included, with the holiday's name if it has one."""

    first: date
    last: date
    name: str


Part = Stretch | Counted | Skipped


class Since(StrEnum):
    """What the clock of a deadline starts with."""

    START = "start"
    RECEIVED = "received"
    SURVEYED = "surveyed"
    MET = "met"
    SIGNED = "signed"


@dataclass(frozen=True)
class Due:
    """A deadline and the sum that led to it.

    `minutes` is the working time that was added, 0 for limits in days; `provisional` says that days of the sum are
    estimated; `closed` is the name of what closes the store on the day it is due ("" if it has none), else None.
    """

    due: datetime
    parts: tuple[Part, ...]
    at: datetime
    limit: Limit
    minutes: int
    provisional: bool
    closed: str | None

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        return tuple(part for part in self.parts if isinstance(part, Stretch))


@dataclass(frozen=True)
class Reason:
    """A text key and what its block needs."""

    key: str
    values: dict[str, Any]


def why(due: Due, since: Since = Since.RECEIVED) -> Reason:
    """The sentence with the sum, read in the store's zone: `收到 10:00 + 半个工作日 3 小时 15 分，午休不算`."""
    common = {"since": since.value, "at": due.at, "due": due.due, "provisional": due.provisional}
    skipped = [part for part in due.parts if isinstance(part, Skipped)]
    match due.limit:
        case CalendarDays(days):
            return Reason("calendar.why_calendar_days", common | {"days": days, "closed": due.closed})
        case WorkingDays(days):
            return Reason("calendar.why_working_days", common | {"days": days, "skipped": skipped})
        case HalfWorkingDay() | WorkingTime():
            return Reason("calendar.why_working_time", common | _sum(due) | {"skipped": skipped})


def _sum(due: Due) -> dict[str, Any]:
    by_day = [(day, list(run)) for day, run in groupby(due.stretches, lambda one: one.start.date())]
    first = due.stretches[0].start if due.stretches else due.at
    return {
        "half_day": isinstance(due.limit, HalfWorkingDay),
        "minutes": due.minutes,
        "first": first if first > due.at else None,
        "noon": any(len(run) > 1 for _, run in by_day),
        "sums": [{"day": day, "minutes": sum(one.minutes for one in run)} for day, run in by_day],
    }
