"""Every rule of a store's file in words: what the front desk will do, before it does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from pathlib import Path

import typer

from bot.clock import Clock
from bot.operating.reading import read_store_file
from bot.reading import Span
from bot.rules.book import Rulebook
from bot.rules.calendar import Calendar, DayKind, Season, days_between, is_published
from bot.rules.cleaning import DeepClean, deep_cleans
from bot.rules.meetings import next_occurrence
from bot.storefile import StoreFile
from bot.texts import plain, reading_at, text
from storage.meetings import MeetingKind
from storage.staff import Role

MONTHS_AHEAD = 4
APPROVERS = (Role.CLIENT_MANAGER, Role.GM_OFFICE)


@dataclass(frozen=True)
class Holiday:
    """Days off in a row under one name, both ends included."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class Year:
    """What the state, or the estimate, makes of a year, and the store's own days with it."""

    year: int
    published: bool
    holidays: tuple[Holiday, ...]
    makeups: tuple[date, ...]


@dataclass(frozen=True)
class Facts:
    """What follows from the rules and today's date."""

    book: Rulebook
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.book.working.zone).date()

    def next_meeting(self, kind: str) -> Span | None:
        """The weekly or the monthly meeting that comes next."""
        coming = next_occurrence(MeetingKind(kind), self.now, self.book)
        return coming.span if coming else None

    @cached_property
    def years(self) -> tuple[Year, ...]:
        return tuple(_year(year, self.book.working) for year in (self.today.year, self.today.year + 1))

    @cached_property
    def cleans(self) -> tuple[DeepClean, ...]:
        """The deep cleans of the next months, those of this one that are still to come."""
        months = [_month(self.today, ahead) for ahead in range(MONTHS_AHEAD)]
        planned = [clean for month in months for clean in deep_cleans(month, self.book.deep_clean, self.book.working)]
        return tuple(clean for clean in planned if clean.day >= self.today)

    def minutes(self, season: Season) -> int:
        """The working minutes of a day of the season."""
        day = self.today
        spans = [(datetime.combine(day, one.start), datetime.combine(day, one.end)) for one in season.sessions]
        return sum(int((end - start).total_seconds()) // 60 for start, end in spans)


def _month(day: date, ahead: int) -> date:
    months = day.month - 1 + ahead
    return date(day.year + months // 12, months % 12 + 1, 1)


def _year(year: int, calendar: Calendar) -> Year:
    days = [(day, calendar.day(day)) for day in days_between(date(year, 1, 1), date(year, 12, 31))]
    off = [(day, info.name) for day, info in days if info.kind is DayKind.HOLIDAY]
    makeups = tuple(day for day, info in days if info.kind is DayKind.MAKEUP)
    return Year(year, is_published(year), tuple(_runs(off)), makeups)


def _runs(off: list[tuple[date, str]]) -> Iterator[Holiday]:
    """Days of one name that follow each other have the same distance to their place in the list."""
    for (_, name), run in groupby(enumerate(off), lambda one: (one[1][0] - timedelta(days=one[0]), one[1][1])):
        days = [day for _, (day, _) in run]
        yield Holiday(name, days[0], days[-1])


def in_words(file: StoreFile, path: Path, now: datetime) -> list[str]:
    """The store, its people, then each part of the rulebook, a text each."""
    book = file.rules
    with reading_at(now, book.working.zone):
        facts = Facts(book, now)
        parts = [text(f"check.{part}", rules=getattr(book, part), facts=facts) for part in Rulebook.model_fields]
        return [text("check.store", path=str(path), store=file.store), _people(file), *parts]


def _people(file: StoreFile) -> str:
    people = [one for one in file.staff if one.active]
    alone = [one.name for one in people if not one.deputy and any(role in APPROVERS for role in one.roles)]
    return text(
        "check.people",
        people=people,
        names={one.key: one.name for one in file.staff},
        gone=[one for one in file.staff if not one.active],
        alone=alone,
        groups=file.groups,
    )


def check(path: Path) -> None:
    file = read_store_file(path)
    typer.echo("\n\n".join(plain(part) for part in in_words(file, path, Clock().now())))
