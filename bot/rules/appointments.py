"""Meetings about a case: which there are, who takes part, what rings before and after (HANDBOOK W4 W9 W10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.reading import Span
from bot.rules.calendar import Calendar, WorkingTime
from bot.rules.workflow import BY_KEY, Appointment, Need, StepKey, next_step
from bot.rules.workflow_record import MEETS_BY, Fact, Mark
from storage.staff import Role

# How long one is taken to last: nobody says until when.
LENGTH = timedelta(hours=1)
DAY_BEFORE_AT = time(17)
AN_HOUR = timedelta(hours=1)
LAST_HOUR = WorkingTime(60)
ASKED_AFTER = WorkingTime(120)
# Who was told of it so shortly before needs no notice of it.
STILL_FRESH = timedelta(minutes=30)


class Shut(StrEnum):
    """Why nobody is in the store at a moment: it is closed that day, or has not opened yet or closed already."""

    DAY = "day"
    HOUR = "hour"


class Ring(StrEnum):
    """The moments at which those who take part are reminded, and at which it is asked whether it was held."""

    DAY_BEFORE = "day_before"
    SOON = "soon"
    ASKED = "asked"
    STILL_OPEN = "still_open"


BEFORE = (Ring.DAY_BEFORE, Ring.SOON)


@dataclass(frozen=True)
class Booked:
    """A row of the table: the mark that holds its moment, the step that books it and the one that it is part of.

    `held` is the mark that it has been, None where only its time ends it; `roles` are those of the case who take part.
    Who has the role `on_card` gets the card of the step that follows the booking, which says when it is.
    """

    what: Appointment
    mark: Mark
    books: StepKey
    part_of: StepKey
    held: Mark | None
    roles: tuple[Role, ...]
    on_card: Role | None


def _booked(
    what: Appointment, mark: Mark, *, part_of: StepKey, held: Mark | None, also: tuple[Role, ...] = ()
) -> Booked:
    """The client manager, whoever has the step that it is part of and who joins it there."""
    books = next(key for key, step in BY_KEY.items() if step.books == what)
    step = BY_KEY[part_of]
    roles = dict.fromkeys((step.owner, *step.joined_by, *also, Role.CLIENT_MANAGER))
    following = next_step(books)
    on_card = BY_KEY[following].owner if following and MEETS_BY.get(following) == mark else None
    return Booked(what, mark, books, part_of, held, tuple(roles), on_card)


BOOKED = (
    _booked(
        Appointment.PLAN_MEETING,
        Need.PLAN_MEETING_BOOKED,
        part_of=StepKey.PLAN_MEETING,
        held=Need.PLAN_MEETING_HELD,
    ),
    _booked(
        Appointment.PRELIMINARY_BRIEFING,
        Need.BRIEFING_ARRANGED,
        part_of=StepKey.REVIEW,
        held=None,
        also=(Role.PROJECT_MANAGER,),
    ),
    _booked(
        Appointment.BUDGET_MEETING,
        Fact.BUDGET_MEETING_BOOKED,
        part_of=StepKey.BUDGET_MEETING,
        held=Need.BUDGET_MEETING_HELD,
    ),
)
BY_MARK: dict[str, Booked] = {str(one.mark): one for one in BOOKED}
BY_HELD: dict[str, Booked] = {str(one.held): one for one in BOOKED if one.held is not None}


def span_of(at: datetime) -> Span:
    return Span(at, at + LENGTH)


def shut_at(at: datetime, calendar: Calendar) -> Shut | None:
    """Whether nobody is in the store then; at noon somebody is on duty (HANDBOOK A2 A3 A4 D1)."""
    local = at.astimezone(calendar.zone)
    if not calendar.is_open(local.date()):
        return Shut.DAY
    return None if calendar.opens(local.date()) <= local < calendar.closes(local.date()) else Shut.HOUR


def rings(at: datetime, told_at: datetime, calendar: Calendar) -> dict[Ring, datetime]:
    """At 17:00 on the working day before, or where it closes earlier an hour before that, and an hour before.

    A notice that would come on the heels of the news itself (`told_at`) is left out.
    """
    local = at.astimezone(calendar.zone)
    day = calendar.previous_working_day(local.date())
    wanted = datetime.combine(day, DAY_BEFORE_AT, calendar.zone)
    last = calendar.subtract_working(calendar.closes(day), LAST_HOUR)
    found = {
        Ring.DAY_BEFORE: wanted if wanted < calendar.closes(day) else last,
        Ring.SOON: local - AN_HOUR,
    }
    return {ring: when for ring, when in found.items() if when >= told_at + STILL_FRESH}


def rings_after(at: datetime, calendar: Calendar) -> dict[Ring, datetime]:
    """Whether it was held is asked after two hours of work; who leads hears at the next opening that nobody said."""
    asked = calendar.add_working(at, ASKED_AFTER)
    return {Ring.ASKED: asked, Ring.STILL_OPEN: calendar.opens(calendar.next_working_day(asked.date()))}
