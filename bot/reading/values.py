"""What a typed text can mean: a point, a span or a duration of time, or a misreading that asks back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Point:
    """A moment, in the store's zone."""

    at: datetime


@dataclass(frozen=True)
class Span:
    """From `start` until `end`, which is not in it; both in the store's zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Duration:
    """So many calendar minutes: a day is 1440, half a day 720, a month 30 days."""

    minutes: int


Reading = Point | Span | Duration


class Misread(ValueError):
    """A text that could not be read: `key` is a text key of reading.j2, `values` what its sentence needs."""

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key if "." in key else f"reading.{key}"
        self.values: dict[str, object] = values


class Hours(Protocol):
    """One stretch of office hours."""

    @property
    def start(self) -> datetime: ...

    @property
    def end(self) -> datetime: ...


class OfficeHours(Protocol):
    """What reading needs of a store's calendar (bot/rules/calendar.py)."""

    zone: ZoneInfo

    def hours(self, day: date, /) -> Sequence[Hours]: ...

    def sessions(self, day: date, /) -> Sequence[Hours]: ...
