"""What differs between two rulebooks: for everybody, and what only managers need to know (HANDBOOK R4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.rules.book import Rulebook
from bot.rules.opening import OwnDay, Season, Weekday

# Parts whose change is told to managers by name only: they see each setting with `qiantai check`.
OF_MANAGERS = ("customers", "process", "morning", "approvals", "outing", "missed_punch", "sanctions", "notices")


@dataclass(frozen=True)
class Changed:
    """What is different now; empty or None where nothing is."""

    hours: tuple[Season, ...] = ()
    rest_weekdays: tuple[int, ...] | None = None
    days: tuple[OwnDay, ...] = ()
    days_dropped: tuple[date, ...] = ()
    no_leave_weekdays: tuple[int, ...] | None = None
    deep_clean: tuple[int, tuple[int, ...]] | None = None
    kinds: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def concerns_everybody(self) -> bool:
        told = (self.hours, self.days, self.days_dropped, self.kinds)
        asked = (self.rest_weekdays, self.no_leave_weekdays, self.deep_clean)
        return any(told) or any(one is not None for one in asked)


def between(before: Rulebook, after: Rulebook, *, today: date) -> Changed:
    """What changes with `after`; own days that are over do not count. Weekdays are numbers, Monday 0."""
    old, new = before.calendar, after.calendar
    was, own = ({day.date: day for day in rules.days if day.date >= today} for rules in (old, new))
    return Changed(
        hours=tuple(season for season in new.seasons if season not in old.seasons),
        rest_weekdays=_numbers(new.rest_weekdays) if new.rest_weekdays != old.rest_weekdays else None,
        days=tuple(day for at, day in own.items() if was.get(at) != day),
        days_dropped=tuple(at for at in was if at not in own),
        no_leave_weekdays=_numbers(after.leave.no_leave_weekdays)
        if after.leave.no_leave_weekdays != before.leave.no_leave_weekdays
        else None,
        deep_clean=_cleans(after) if _cleans(after) != _cleans(before) else None,
        kinds=tuple(kind.name for kind in after.leave.kinds) if after.leave.kinds != before.leave.kinds else (),
        parts=tuple(part for part in OF_MANAGERS if getattr(before, part) != getattr(after, part)),
    )


def _numbers(weekdays: tuple[Weekday, ...]) -> tuple[int, ...]:
    return tuple(weekday.number for weekday in weekdays)


def _cleans(book: Rulebook) -> tuple[int, tuple[int, ...]]:
    return book.deep_clean.weekday.number, tuple(book.deep_clean.ordinals)
