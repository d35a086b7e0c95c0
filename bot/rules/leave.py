"""Leave: which half days a span takes, on which days nobody may be away, what is free instead (HANDBOOK A9 A11 C4)."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from bot.reading import Span
from bot.rules.book import LeaveKind, Rulebook
from bot.rules.calendar import Calendar
from bot.rules.cleaning import DeepClean, deep_clean_on
from storage.leave import Half

SEARCHED_DAYS = 60

HalfDay = tuple[date, Half]


class Ban(StrEnum):
    """Why a day is no day for leave: `special` can be opened by special circumstances, `deep_clean` cannot."""

    SPECIAL = "special"
    DEEP_CLEAN = "deep_clean"


@dataclass(frozen=True)
class BannedDay:
    """A day of the span on which a rule forbids leave; `clean` is the deep clean, if it is one."""

    day: date
    ban: Ban
    clean: DeepClean | None = None


@dataclass(frozen=True)
class Amount:
    """How much leave a span is: half days, or, within one half, `minutes` of it (0 if it is taken whole)."""

    half_days: int
    minutes: int = 0


def halves(span: Span, calendar: Calendar) -> tuple[HalfDay, ...]:
    """The working half days that the span touches, in order; closed days take none."""
    return tuple((day, half) for day, half, _ in _touched(span, calendar))


def working_extent(span: Span, calendar: Calendar) -> Span:
    """The span from its first to its last working moment, as it is written on a card; needs at least one half day."""
    (_, _, first), *_, (_, _, last) = _touched(span, calendar) * 2
    return Span(max(span.start, first.start), min(span.end, last.end))


def amount(span: Span, calendar: Calendar) -> Amount:
    """Two halves are one day; part of a half counts as that half and is named in minutes."""
    touched = _touched(span, calendar)
    if len(touched) != 1:
        return Amount(len(touched))
    half = touched[0][2]
    minutes = calendar.working_between(start=span.start, end=span.end)
    return Amount(1, minutes if minutes < calendar.working_between(start=half.start, end=half.end) else 0)


def banned_days(taken: Sequence[HalfDay], kind: LeaveKind, rules: Rulebook) -> tuple[BannedDay, ...]:
    """The days among `taken` on which this kind of leave is forbidden, each with its rule.

    HANDBOOK C4 (deep clean, never) goes before A11 (Wednesday and Saturday, unless special circumstances).
    """
    return days_without_leave(taken, rules) if kind.no_leave_days else ()


def days_without_leave(taken: Sequence[HalfDay], rules: Rulebook) -> tuple[BannedDay, ...]:
    """The days among `taken` on which the store wants everybody there, whatever the kind of leave."""
    days = dict.fromkeys(day for day, _ in taken)
    return tuple(banned for day in days if (banned := _banned(day, rules)) is not None)


def _banned(day: date, rules: Rulebook) -> BannedDay | None:
    clean = deep_clean_on(day, rules.deep_clean, rules.working)
    if clean is not None:
        return BannedDay(day, Ban.DEEP_CLEAN, clean)
    if any(weekday.number == day.weekday() for weekday in rules.leave.no_leave_weekdays):
        return BannedDay(day, Ban.SPECIAL)
    return None


def free_instead(
    span: Span, kind: LeaveKind, rules: Rulebook, *, taken: Container[HalfDay], most: int = 2
) -> tuple[Span, ...]:
    """The next spans of the same shape (the same halves of as many open days) that no rule and no own leave forbids."""
    return tuple(islice(_free_later(span, kind, rules, taken), most))


def _free_later(span: Span, kind: LeaveKind, rules: Rulebook, taken: Container[HalfDay]) -> Iterator[Span]:
    calendar = rules.working
    asked = halves(span, calendar)
    if not asked:
        return
    shape = _shape(asked)
    first = asked[0][0]
    for ahead in range(1, SEARCHED_DAYS + 1):
        day = first + timedelta(days=ahead)
        if not calendar.is_open(day):
            continue
        moved = tuple((_open_day(day, offset, calendar), half) for offset, half in shape)
        if not banned_days(moved, kind, rules) and not any(half in taken for half in moved):
            yield span_of(moved, calendar)


def allowed_part(span: Span, kind: LeaveKind, rules: Rulebook, *, taken: Container[HalfDay]) -> Span | None:
    """The first part of the span that is free, if there is one."""
    asked = halves(span, rules.working)
    banned = {banned.day for banned in banned_days(asked, kind, rules)}
    free = [half for half in asked if half[0] not in banned and half not in taken]
    if not free or len(free) == len(asked):
        return None
    run = [half for half, expected in zip(asked[asked.index(free[0]) :], free, strict=False) if half == expected]
    return span_of(tuple(run), rules.working)


def span_of(taken: Sequence[HalfDay], calendar: Calendar) -> Span:
    """The span from the first half day to the last."""
    (first, first_half), (last, last_half) = taken[0], taken[-1]
    return Span(_session(first, first_half, calendar).start, _session(last, last_half, calendar).end)


def expires_at(extent: Span, asked_at: datetime, rules: Rulebook) -> datetime:
    """When an answer comes too late: when the leave begins, but not before the approver had time, nor after its end."""
    least = rules.after_working(asked_at, rules.approvals.shortest_wait)
    return min(max(extent.start, least), max(extent.end, extent.start))


def _shape(asked: Sequence[HalfDay]) -> tuple[tuple[int, Half], ...]:
    days = list(dict.fromkeys(day for day, _ in asked))
    return tuple((days.index(day), half) for day, half in asked)


def _open_day(day: date, offset: int, calendar: Calendar) -> date:
    for _ in range(offset):
        day = calendar.next_working_day(day)
    return day


@dataclass(frozen=True)
class _Part:
    start: datetime
    end: datetime


def _sessions(day: date, calendar: Calendar) -> list[tuple[Half, _Part]]:
    """The morning is the first session, the afternoon whatever follows it."""
    sessions = calendar.sessions(day)
    if len(sessions) < 2:
        return [(Half.MORNING, _Part(session.start, session.end)) for session in sessions]
    morning, *rest = sessions
    return [(Half.MORNING, _Part(morning.start, morning.end)), (Half.AFTERNOON, _Part(rest[0].start, rest[-1].end))]


def _session(day: date, half: Half, calendar: Calendar) -> _Part:
    parts = dict(_sessions(day, calendar))
    return parts.get(half) or next(iter(parts.values()))


def _touched(span: Span, calendar: Calendar) -> list[tuple[date, Half, _Part]]:
    """The halves of open days that the span has a moment of, in order."""
    return [
        (day, half, session)
        for day in _days(span, calendar)
        for half, session in _sessions(day, calendar)
        if span.start < session.end and span.end > session.start
    ]


def _days(span: Span, calendar: Calendar) -> list[date]:
    first = span.start.astimezone(calendar.zone).date()
    end = span.end.astimezone(calendar.zone)
    last = end.date() if end.time() > time() else end.date() - timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
