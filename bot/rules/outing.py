"""Outings and trips: what a stretch away means, whether it was told in time, when a late return is asked after."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.reading import Span
from bot.rules.book import Rulebook
from bot.rules.calendar import Calendar

MIDNIGHT = time()


def is_whole_day(span: Span) -> bool:
    """Whether only a day was said, no hour."""
    return span.start.time() == MIDNIGHT


def in_the_day(span: Span, calendar: Calendar) -> Span:
    """Whole days are meant from opening to closing; hours stay as they are, and so does an evening until midnight."""
    start = calendar.opens(span.start.date()) if span.start.time() == MIDNIGHT else span.start
    closing = calendar.closes(span.end.date() - timedelta(days=1))
    return Span(start, closing if span.end.time() == MIDNIGHT and closing > start else span.end)


def meant(span: Span, now: datetime, calendar: Calendar) -> Span:
    """A day, a morning or an afternoon that has begun means what is left of it; an hour that was named stays."""
    whole = in_the_day(span, calendar)
    local = now.astimezone(calendar.zone).replace(second=0, microsecond=0)
    begins = {session.start for session in calendar.hours(whole.start.date())}
    if whole.start < local < whole.end and whole.start in begins and _ends_a_session(whole.end, calendar):
        return Span(local, whole.end)
    return whole


def _ends_a_session(at: datetime, calendar: Calendar) -> bool:
    return any(session.end == at for session in calendar.hours(at.date()))


def leaving_at(span: Span, hour: time, calendar: Calendar) -> Span:
    """The trip of whole days with its hour of departure."""
    return Span(datetime.combine(span.start.date(), hour, calendar.zone), in_the_day(span, calendar).end)


def told_late_minutes(start: datetime, now: datetime, rules: Rulebook) -> int:
    """How many minutes after leaving it was told, 0 if in time: HANDBOOK A5 wants it told before."""
    minutes = int((now - start).total_seconds()) // 60
    return minutes if minutes > rules.outing.late_after_minutes else 0


def days(span: Span) -> int:
    """How many calendar days the stretch touches."""
    return ((span.end - timedelta(microseconds=1)).date() - span.start.date()).days + 1


def ends_by_itself(ends_at: datetime, calendar: Calendar) -> bool:
    """Whoever is out until closing, or on a closed day, goes home from there and need not say so."""
    local = ends_at.astimezone(calendar.zone)
    return not calendar.is_open(local.date()) or local >= calendar.closes(local.date())


def asked_at(ends_at: datetime, rules: Rulebook) -> datetime:
    """When somebody who is not back is asked: some minutes later by the clock, at closing at the latest."""
    local = ends_at.astimezone(rules.working.zone)
    return min(local + timedelta(minutes=rules.outing.ask_after_minutes), rules.working.closes(local.date()))


def front_desk_hears_at(ends_at: datetime, rules: Rulebook) -> datetime:
    """When the front desk hears that somebody is not back and does not answer."""
    return rules.after_working(asked_at(ends_at, rules), rules.outing.tell_front_desk_after)


def given_up_at(ends_at: datetime, rules: Rulebook) -> datetime:
    """When nobody is asked any more: at closing of the day on which the front desk heard, or of the next one."""
    heard = front_desk_hears_at(ends_at, rules).astimezone(rules.working.zone)
    closing = rules.working.closes(heard.date())
    return closing if heard < closing else rules.working.closes(rules.working.next_working_day(heard.date()))


def group_hears_at(starts_at: datetime, now: datetime, rules: Rulebook) -> datetime:
    """The group hears of today's outings now, of later ones at opening of their day, or when they begin if earlier."""
    local = starts_at.astimezone(rules.working.zone)
    if local.date() <= now.astimezone(rules.working.zone).date():
        return now
    return min(local, rules.working.opens(local.date()))


def trip_expires_at(span: Span, asked_at: datetime, rules: Rulebook) -> datetime:
    """When an answer comes too late: at departure, but the GM office has had some time (HANDBOOK A7)."""
    least = rules.after_working(asked_at, rules.approvals.shortest_wait)
    return min(max(span.start, least), span.end)


def free_hours(day: date, calendar: Calendar, now: datetime) -> tuple[time, ...]:
    """The usual hours of departure that are not past: around opening."""
    opens = calendar.opens(day)
    usual = (opens - timedelta(hours=1), opens - timedelta(minutes=30), opens, opens + timedelta(hours=1))
    return tuple(at.time() for at in usual if at > now)
