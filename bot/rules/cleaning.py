"""When the deep clean is: the second and fourth Wednesday, moved when the store is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.rules.calendar import Calendar, Weekday

Ordinal = Annotated[int, Field(ge=1, le=5)]


class DeepCleanRules(BaseModel):
    """Which weekdays of a month are deep cleans (HANDBOOK C3); a fifth one that a month lacks is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekday: Weekday = Weekday.WED
    ordinals: tuple[Ordinal, ...] = (2, 4)

    @field_validator("ordinals")
    @classmethod
    def in_order(cls, ordinals: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(set(ordinals)))


@dataclass(frozen=True)
class DeepClean:
    """A deep clean on `day`; `planned` is the weekday that the rule names."""

    day: date
    planned: date

    @property
    def moved(self) -> bool:
        return self.day != self.planned


def deep_cleans(month_first: date, rules: DeepCleanRules, calendar: Calendar) -> tuple[DeepClean, ...]:
    """The deep cleans planned in the month of this date, in order (HANDBOOK C3, section 6).

    One that falls on a closed day moves to the next working day, which may be in the next week or month.
    """
    first = month_first.replace(day=1)
    weekday_first = first + timedelta(days=(rules.weekday.number - first.weekday()) % 7)
    planned = (weekday_first + timedelta(weeks=ordinal - 1) for ordinal in rules.ordinals)
    return tuple(
        DeepClean(day if calendar.is_open(day) else calendar.next_working_day(day), day)
        for day in planned
        if day.month == first.month
    )


def deep_clean_days(month_first: date, rules: DeepCleanRules, calendar: Calendar) -> tuple[date, ...]:
    """The days on which the deep cleans of this month are held, each once."""
    return tuple(dict.fromkeys(clean.day for clean in deep_cleans(month_first, rules, calendar)))


def deep_clean_on(day: date, rules: DeepCleanRules, calendar: Calendar) -> DeepClean | None:
    """The deep clean held on this day, None when there is none; one moved out of last month counts too."""
    this_month = day.replace(day=1)
    months = ((this_month - timedelta(days=1)).replace(day=1), this_month)
    cleans = (clean for month in months for clean in deep_cleans(month, rules, calendar))
    return next((clean for clean in cleans if clean.day == day), None)
