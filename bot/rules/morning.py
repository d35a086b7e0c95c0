"""The morning's list: when it goes out, until when it is worth saying, which day it speaks of (HANDBOOK 6)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.reading import Span
from bot.rules.book import Rulebook
from bot.rules.calendar import Calendar

DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)


def next_morning(now: datetime, book: Rulebook) -> datetime:
    """The next moment at which the list goes out: on a day that the store works, at its hour."""
    day = now.astimezone(book.working.zone).date()
    at = _at(day, book)
    return at if at > now and book.working.is_open(day) else _at(book.working.next_working_day(day), book)


def _at(day: date, book: Rulebook) -> datetime:
    return datetime.combine(day, book.morning.at, book.working.zone)


def is_worth_saying(due: datetime, now: datetime, book: Rulebook) -> bool:
    """Whether a list that is late still helps: on its own day, until the first session is over.

    A list that the store's new rules have put on a day that is closed by now is none.
    """
    day = due.astimezone(book.working.zone).date()
    if not book.working.is_open(day):
        return False
    return now < max(book.working.hours(day)[0].end, due + AN_HOUR)


def spoken_of(now: datetime, calendar: Calendar) -> Span:
    """Today, and the closed days behind it: what is due on one of them is heard of before it."""
    today = now.astimezone(calendar.zone).date()
    return Span(_midnight(today, calendar), _midnight(calendar.next_working_day(today), calendar))


def is_today(at: datetime, now: datetime, calendar: Calendar) -> bool:
    """Whether it is by the end of today, and not on one of the closed days behind it."""
    return at < _midnight(now.astimezone(calendar.zone).date() + DAY, calendar)


def stands_for(at: datetime, now: datetime, calendar: Calendar) -> bool:
    """Whether the list says what would be said singly when the store opens: it is planned until then."""
    return at <= calendar.opens(now.astimezone(calendar.zone).date())


def rest_of_day(now: datetime, calendar: Calendar) -> Span:
    """What is left of the day, for who is away in it."""
    return Span(now, _midnight(now.astimezone(calendar.zone).date() + DAY, calendar))


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time(), calendar.zone)
