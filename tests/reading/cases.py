"""What the reading tests share: the store's calendar, the present moment, and tables of expressions."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from bot.reading import Duration, Misread, Point, Reading, Span, read_time
from bot.rules.calendar import CalendarRules, calendar_for

CALENDAR = calendar_for(CalendarRules())
ZONE = CALENDAR.zone
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZONE)
FOLDER = Path(__file__).parent


def table(name: str) -> list[dict[str, str]]:
    """The rows of a tab-separated file beside the tests, by the names in its first line."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def at(text: str) -> datetime:
    """`2026-11-27 14:00` in the store's zone."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


def shown(value: Reading) -> tuple[str, str, str]:
    """Kind, start and end (or minutes) as the tables write them."""
    if isinstance(value, Duration):
        return "duration", "", str(value.minutes)
    if isinstance(value, Point):
        return "point", f"{value.at:%Y-%m-%d %H:%M}", ""
    return "span", f"{value.start:%Y-%m-%d %H:%M}", f"{value.end:%Y-%m-%d %H:%M}"


def read(text: str, now: datetime = NOW) -> tuple[str, str, str]:
    """How a text is read, a misreading as ("misread", its key, "")."""
    try:
        return shown(read_time(text, now=now, calendar=CALENDAR))
    except Misread as error:
        return "misread", error.key.removeprefix("reading."), ""
