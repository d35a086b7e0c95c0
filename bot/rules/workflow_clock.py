"""The clocks of the process: when a step is due, who hears of it when, and what a pause does (HANDBOOK 1L, 4, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.rules.book import Rulebook
from bot.rules.calendar import Calendar
from bot.rules.limits import CalendarDays, Limit, WorkingDays, WorkingTime
from bot.rules.workflow import BY_KEY, Loop, Step, limit_of
from storage.staff import Role

A_MINUTE = WorkingTime(1)
# A customer who is waited for is asked again before that: a clock that stands still for longer is forgotten.
LONGEST_WAIT_DAYS = 30


class Ring(StrEnum):
    """The moments at which a step with a limit is spoken of, from the gentlest on."""

    DAYS_BEFORE = "days_before"
    DAY_BEFORE = "day_before"
    MORNING = "morning"
    HOURS_BEFORE = "hours_before"
    DUE = "due"
    CLIENT_MANAGER = "client_manager"
    GM_OFFICE = "gm_office"


@dataclass(frozen=True)
class Moment:
    """Who is spoken to when."""

    ring: Ring
    at: datetime
    to: Role


@dataclass(frozen=True)
class Round:
    """The n-th time that a customer wanted changes, with a clock of its own."""

    number: int
    started_at: datetime
    due_at: datetime | None


def due_at(step: Step, started_at: datetime, rules: Rulebook) -> datetime | None:
    """When the step is due by the store's limit (HANDBOOK 1L); None where it has none."""
    limit = limit_of(step, rules.process)
    return rules.after_working(started_at, limit) if limit else None


def rounds_of(loop: Loop, met_at: Sequence[datetime], rules: Rulebook) -> tuple[Round, ...]:
    """A round for each meeting whose customer wanted changes (HANDBOOK W6); `met_at` are their ends, in order."""
    step = BY_KEY[loop.adjusting]
    return tuple(Round(number, at, due_at(step, at, rules)) for number, at in enumerate(met_at, start=1))


def reminders_of(step: Step, started_at: datetime, due_at: datetime, rules: Rulebook) -> tuple[Moment, ...]:
    """Before, at and after the due moment, in order of time (HANDBOOK 6 W8); nothing for a step without a limit.

    Where the store is closed on the day it is due, the due moment stays and what is said before it and at it counts
    from the last working moment before (W8: "the reminder comes earlier"). What would come before the step began is
    left out, and of several for one person at one moment only the most urgent is kept. What was late when it began, or
    when it went on, is late from then on: the others still hear of it. The handbook names no hour for
    a day before: it is the hour of the due moment, or the last one worked until then.
    """
    limit = limit_of(step, rules.process)
    if limit is None:
        return ()
    last = _last_worked(due_at, rules.working)
    before = [Moment(ring, at, step.owner) for ring, at in _before(limit, last, rules) if started_at < at < last]
    at_it = last if last > started_at else _in_hours(due_at, rules.working)
    return _urgent_first([*before, Moment(Ring.DUE, at_it, step.owner), *_after(max(due_at, started_at), rules)])


def next_told(moments: Sequence[Moment], ring: Ring) -> Moment | None:
    """Who hears of it next if nothing happens: the first after this ring who is somebody else."""
    now = next(one for one in moments if one.ring == ring)
    return next((one for one in moments if one.at > now.at and one.to != now.to), None)


def due_after_pause(
    step: Step, due_at: datetime, *, paused_at: datetime, resumed_at: datetime, rules: Rulebook
) -> datetime:
    """When the step is due after its clock stood still: what was left goes on (HANDBOOK 4, waiting is no breach).

    A step that was late when it was paused stays as late as it was.
    """
    if paused_at >= due_at:
        return due_at
    return rules.after_working(resumed_at, left_of(step, due_at, paused_at, rules))


def left_of(step: Step, due_at: datetime, paused_at: datetime, rules: Rulebook) -> Limit:
    """What is left of a step's time before its due moment, in what its limit counts.

    Of a limit in days the days that follow are left, and are counted again from the day on which the clock goes on,
    as from any event. The last day itself, and a due moment within a day, leave working time, a minute at least.
    """
    calendar = rules.working
    paused_at = paused_at.astimezone(calendar.zone).replace(second=0, microsecond=0)
    last = due_at.astimezone(calendar.zone).date()
    if last > paused_at.date() and due_at == calendar.closes(last):
        match limit_of(step, rules.process):
            case CalendarDays():
                return CalendarDays((last - paused_at.date()).days)
            case WorkingDays():
                return WorkingDays(_open_days(paused_at.date(), last, calendar))
    return WorkingTime(max(calendar.working_between(start=paused_at, end=due_at), A_MINUTE.minutes))


def _open_days(day: date, last: date, calendar: Calendar) -> int:
    """The working days after `day` until `last`, which counts if it is one."""
    return sum(calendar.is_open(day + timedelta(days=n)) for n in range(1, (last - day).days + 1))


def _before(limit: Limit, last: datetime, rules: Rulebook) -> Iterator[tuple[Ring, datetime]]:
    reminders, calendar = rules.process.reminders, rules.working
    match limit:
        case WorkingDays() | CalendarDays():
            yield Ring.DAY_BEFORE, _ago(last, reminders.day_before, rules)
            yield Ring.HOURS_BEFORE, _ago(last, reminders.hours_before, rules)
        case _:
            yield Ring.HOURS_BEFORE, _ago(last, reminders.half_day_before, rules)
    if isinstance(limit, CalendarDays):
        yield Ring.DAYS_BEFORE, _ago(last, reminders.days_before, rules)
        if reminders.on_the_morning:
            yield Ring.MORNING, calendar.opens(last.date())


def _after(due_at: datetime, rules: Rulebook) -> Iterator[Moment]:
    """In working time; a day after ends at its close, as every limit in working days does."""
    reminders = rules.process.reminders
    told = (
        (Ring.CLIENT_MANAGER, Role.CLIENT_MANAGER, reminders.client_manager_after),
        (Ring.GM_OFFICE, Role.GM_OFFICE, reminders.gm_office_after),
    )
    for ring, role, limit in told:
        yield Moment(ring, _in_hours(rules.after_working(due_at, limit), rules.working), role)


def _urgent_first(found: Iterable[Moment]) -> tuple[Moment, ...]:
    """In order of time, one for each person and moment: the last of the rings."""
    order = list(Ring)
    by_time = sorted(found, key=lambda one: (one.at, order.index(one.ring)))
    return tuple({(one.at, one.to): one for one in by_time}.values())


def _ago(at: datetime, span: Limit, rules: Rulebook) -> datetime:
    """So long before `at`, always within working hours."""
    calendar = rules.working
    match span:
        case WorkingDays(days):
            return _same_hour(calendar.working_day(at.date(), -days), at, calendar)
        case CalendarDays(days):
            day = at.date() - timedelta(days=days)
            return _same_hour(day if calendar.is_open(day) else calendar.previous_working_day(day), at, calendar)
        case _:
            return rules.before_working(at, span)


def _same_hour(day: date, at: datetime, calendar: Calendar) -> datetime:
    """The hour of `at` on an open day, or the nearest earlier one that is worked there: seasons differ."""
    wanted = datetime.combine(day, at.time(), calendar.zone)
    return max(_last_worked(wanted, calendar), calendar.opens(day))


def _last_worked(at: datetime, calendar: Calendar) -> datetime:
    """The last moment not after `at` that the store works; an end of a session is one."""
    if calendar.is_working(at):
        return at.astimezone(calendar.zone)
    return calendar.add_working(calendar.subtract_working(at, A_MINUTE), A_MINUTE)


def _in_hours(at: datetime, calendar: Calendar) -> datetime:
    """The moment itself, or the next opening where the store is closed that day."""
    day = at.astimezone(calendar.zone).date()
    return at if calendar.is_open(day) else calendar.opens(calendar.next_working_day(day))
