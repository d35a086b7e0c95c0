"""Operations on working time a second, against a plain walk over days and sessions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from time import perf_counter

from bot.rules.calendar import Calendar, CalendarRules, WorkingTime

Case = tuple[datetime, datetime, WorkingTime]

OPERATIONS = 60_000
WALKS = 3_000
ROUNDS = 3
DAY = timedelta(days=1)


def sessions(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """The sessions of one day, made from the rules as anybody would who keeps nothing."""
    if not calendar.is_open(day):
        return []
    hours = calendar.season(day).sessions
    return [
        (datetime.combine(day, one.start, calendar.zone), datetime.combine(day, one.end, calendar.zone))
        for one in hours
    ]


def walk_add(calendar: Calendar, at: datetime, amount: WorkingTime) -> datetime:
    """What add_working does, day by day."""
    left, day = timedelta(minutes=amount.minutes), at.date()
    while True:
        for opens, closes in sessions(calendar, day):
            start = max(opens, at)
            if start < closes and left <= closes - start:
                return start + left
            left -= max(closes - start, timedelta())
        day += DAY


def walk_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """What working_between does, day by day."""
    worked, day = timedelta(), start.date()
    while day <= end.date():
        for opens, closes in sessions(calendar, day):
            worked += max(min(closes, end) - max(opens, start), timedelta())
        day += DAY
    return worked // timedelta(minutes=1)


def cases(calendar: Calendar) -> list[Case]:
    """Moments over a year, spans of up to a month, amounts of up to fifteen working days."""
    first = datetime(2026, 1, 1, 8, 0, tzinfo=calendar.zone)
    starts = [first + timedelta(minutes=n * 523) for n in range(1000)]
    return [
        (start, start + timedelta(minutes=(n * 977) % 43_200), WorkingTime(1 + (n * 37) % 5850))
        for n, start in enumerate(starts)
    ]


def per_second(operation: Callable[[Case], object], of: list[Case], times: int) -> float:
    """The best of a few rounds, so that a busy neighbour does not count."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = perf_counter()
        for case in islice(cycle(of), times):
            operation(case)
        best = min(best, perf_counter() - begun)
    return times / best


def build_ms() -> float:
    """Milliseconds to lay out two years for new rules."""
    fresh = [Calendar(CalendarRules()) for _ in range(ROUNDS)]
    start = datetime(2026, 6, 1, 12, 0, tzinfo=fresh[0].zone)
    taken = []
    for calendar in fresh:
        begun = perf_counter()
        calendar.working_between(start=start, end=start + timedelta(days=365))
        taken.append(perf_counter() - begun)
    return min(taken) * 1000


def measure() -> dict[str, float]:
    """Operations a second of each function and its walk, their ratios, and the milliseconds of building two years."""
    calendar = Calendar(CalendarRules())
    of = cases(calendar)
    add = per_second(lambda case: calendar.add_working(case[0], case[2]), of, OPERATIONS)
    between = per_second(lambda case: calendar.working_between(start=case[0], end=case[1]), of, OPERATIONS)
    half = WorkingTime(195)
    add_half = per_second(lambda case: calendar.add_working(case[0], half), of, OPERATIONS)
    slow_half = per_second(lambda case: walk_add(calendar, case[0], half), of, WALKS)
    slow_add = per_second(lambda case: walk_add(calendar, case[0], case[2]), of, WALKS)
    slow_between = per_second(lambda case: walk_between(calendar, case[0], case[1]), of, WALKS)
    for start, end, amount in of[:100]:
        if walk_add(calendar, start, amount) != calendar.add_working(start, amount):
            raise AssertionError(f"the walk from {start} over {amount} ends elsewhere")
        if walk_between(calendar, start, end) != calendar.working_between(start=start, end=end):
            raise AssertionError(f"the walk from {start} to {end} counts otherwise")
    return {
        "add_working_per_second": round(add),
        "add_working_walk_per_second": round(slow_add),
        "add_working_ratio": round(add / slow_add, 1),
        "add_half_day_ratio": round(add_half / slow_half, 1),
        "working_between_per_second": round(between),
        "working_between_walk_per_second": round(slow_between),
        "working_between_ratio": round(between / slow_between, 1),
        "build_two_years_ms": round(build_ms(), 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
