"""The form of a meeting: when, who, what about; what stands in its way is said while one asks, and stops nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter

from bot.dialog import Answers
from bot.feature import MANAGERS, Context, Refusal
from bot.handlers import meetings_audience as audience
from bot.handlers import meetings_cards as cards
from bot.handlers.meetings_audience import Audience
from bot.handlers.meetings_reads import Length, MeetingTime, Slot, at_hour
from bot.notices import Notice, notice
from bot.questions import Hour, Objection, Option, Pick, Question, Reading, Words
from bot.reading import Misread, Span
from bot.reading.numbers import NUMERALS
from bot.rules import meetings as rules
from storage import meetings, staff
from storage.meetings import MeetingKind
from storage.staff import Staff

SLOT = TypeAdapter(Slot)
# A meeting that is called for now may be confirmed some minutes later.
STILL_NOW = timedelta(minutes=10)
FARTHEST = timedelta(days=366)
USUAL_LENGTHS = (30, 60, 90, 120)
LENGTHS_WITHIN = timedelta(hours=8)
WITHOUT_TOPIC = (MeetingKind.MORNING, MeetingKind.WEEKLY, MeetingKind.MONTHLY)
NUMBER = rf"[{''.join(sorted(NUMERALS))}\d]"
ROOM = re.compile(
    rf"(?:地点[:：]?\s*|在|到)?((?:{NUMBER}{{1,2}}[楼层])?(?:[大小]|{NUMBER}号|第{NUMBER})?"
    r"(?:会议室|洽谈室|洽谈区|办公室|接待室|培训室|展厅|大厅))"
)


class MeetingForm(BaseModel):
    """A meeting as the person who calls it means it."""

    when: Annotated[Slot, MeetingTime(clears=("hour",))]
    hour: Annotated[time | None, Hour(in_line=False)] = None
    minutes: Annotated[int, Length()] = 0
    audience: Annotated[tuple[str, ...], Audience()]
    topic: Annotated[str, Words(leads=("主题是", "主题", "议题是", "议题", "内容是", "内容"))] = ""
    place: Annotated[str, Words(in_line=False)] = ""
    host: Annotated[int, Pick(in_line=False)] = 0


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """What is still asked, with the defaults, and what cannot be."""
    slot = _slot(ctx, answers, about)
    questions = {
        "when": Question(default=_now_if_impromptu(ctx, about), day=_day(ctx, slot)),
        "hour": _hour_question(ctx, slot),
        "minutes": Question(
            options=_lengths(), default=ctx.rules.meetings.minutes, needed=slot is None or not _has_end(slot)
        ),
        "audience": _audience_question(ctx, about),
        "topic": Question(optional=True, default=_no_topic(ctx, slot, about)),
        "place": Question(default="", optional=True),
        "host": Question(default=ctx.me.id, options=_hosts(ctx)),
    }
    return Reading(ctx.now, ctx.rules.working, questions, _objection(ctx, answers, about, slot))


def readback(ctx: Context, form: MeetingForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    span = span_of(ctx, form)
    meant = audience.tokens(ctx, ctx.me, form.audience)
    people = attending(ctx, meant, form.host)
    return {
        "kind": str(kind_of(about, meant)),
        "audience": audience.labels(ctx, meant),
        "whole": meant == [audience.STORE],
        "count": len(people),
        "span": span,
        "topic": form.topic,
        "place": form.place,
        "host": staff.get(ctx.session, form.host).name if form.host != ctx.me.id else "",
        "now": span.start <= ctx.now,
        "edits": "edit" in about,
        "unknown": about.get("unknown", []),
        **_in_the_way(ctx, span, people, but=about.get("edit")),
    }


def span_of(ctx: Context, form: MeetingForm) -> Span:
    """When the meeting is; one that is called for now begins when it is confirmed."""
    calendar = ctx.rules.working
    hour = form.hour if not form.when.exact else None
    start = (at_hour(form.when, hour, calendar) if hour is not None else form.when.start).astimezone(calendar.zone)
    minute = ctx.now.astimezone(calendar.zone).replace(second=0, microsecond=0)
    if form.when.end is not None and form.when.exact:
        return Span(start, form.when.end.astimezone(calendar.zone))
    start = max(start, minute)
    return Span(start, start + timedelta(minutes=form.minutes or ctx.rules.meetings.minutes))


def kind_of(about: Mapping[str, Any], meant: Sequence[str]) -> MeetingKind:
    """What was said, or what the audience makes of it."""
    kind = MeetingKind(about.get("kind", MeetingKind.OTHER))
    return MeetingKind.DEPARTMENT if kind == MeetingKind.OTHER and audience.is_department(meant) else kind


def attending(ctx: Context, meant: Sequence[str], host_id: int) -> list[Staff]:
    """Everybody of the meeting, the one who holds it too."""
    people = audience.people(ctx, meant)
    host = staff.get(ctx.session, host_id)
    return people if host.id in {one.id for one in people} else [*people, host]


def take_room(line: str) -> tuple[str, Answers]:
    """The line without the room that it names, and the room."""
    found = ROOM.search(line)
    return (f"{line[: found.start()]} {line[found.end() :]}", {"place": found[1]}) if found else (line, {})


def said_anew(ctx: Context, slot: Slot, words: str) -> Answers:
    """Another time, on the same day if none is named, or another room; it stays as long as it was."""
    line, room = take_room(words)
    reading = Reading(ctx.now, ctx.rules.working, {"when": Question(day=slot.start.date())})
    place = MeetingTime().place(line, reading, "when")
    if place is None or slot.end is None:
        return room
    try:
        then = MeetingTime().read(line[place.start : place.end], reading, "when")
    except Misread as error:
        values: dict[str, Any] = error.values
        raise Refusal(error.key, **values) from error
    return room | {"when": SLOT.dump_python(then, mode="json"), "minutes": (slot.end - slot.start).seconds // 60}


def _slot(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Slot | None:
    said = answers.get("when") or _now_if_impromptu(ctx, about)
    return SLOT.validate_python(said) if said else None


def _now_if_impromptu(ctx: Context, about: Mapping[str, Any]) -> Any:
    """早会 and 临时会议 without a time are now (HANDBOOK M4)."""
    if not about.get("now"):
        return None
    minute = ctx.now.astimezone(ctx.rules.working.zone).replace(second=0, microsecond=0)
    return SLOT.dump_python(Slot(minute), mode="json")


def _day(ctx: Context, slot: Slot | None) -> Any:
    return slot.start.astimezone(ctx.rules.working.zone).date() if slot else None


def _has_end(slot: Slot) -> bool:
    return slot.exact and slot.end is not None


def _no_topic(ctx: Context, slot: Slot | None, about: Mapping[str, Any]) -> str | None:
    """A round and a morning meeting need none said, nor does one that is called for now."""
    now = slot is not None and slot.exact and slot.start <= ctx.now
    return "" if now or about.get("kind") in WITHOUT_TOPIC else None


def _hour_question(ctx: Context, slot: Slot | None) -> Question:
    if slot is None or slot.exact:
        return Question(needed=False)
    day = _day(ctx, slot)
    starts = [session.start for session in ctx.rules.working.hours(day)]
    hours = [at for start in starts for at in (start, start + timedelta(hours=1))]
    open_hours = [at for at in hours if slot.start <= at and (slot.end is None or at < slot.end) and at > ctx.now]
    options = tuple(Option(f"{at:%H:%M:%S}", "meetings.button_hour", {"at": at}) for at in open_hours)
    return Question(ask=notice("meetings.ask_hour", day=day), options=options, day=day)


def _lengths() -> tuple[Option, ...]:
    return tuple(Option(minutes, "meetings.button_length", {"minutes": minutes}) for minutes in USUAL_LENGTHS)


def _audience_question(ctx: Context, about: Mapping[str, Any]) -> Question:
    """Nobody named means the whole store for a manager, the own department for everybody else."""
    manager, people = ctx.has(*MANAGERS), ctx.people()
    own = ctx.me.department
    choices = [audience.WHOLE[0], *audience.departments(people)] if manager else [own] if own else []
    options = tuple(Option([name], "meetings.button_audience", {"name": name}, names=(name,)) for name in choices)
    default = [audience.WHOLE[0]] if manager and about.get("kind") != MeetingKind.DEPARTMENT else [own] if own else None
    return Question(options=options, default=default, known=audience.names(ctx, ctx.me))


def _hosts(ctx: Context) -> tuple[Option, ...]:
    return tuple(
        Option(one.id, "meetings.button_audience", {"name": one.name}, names=(one.name, one.key))
        for one in ctx.people()
    )


def _objection(ctx: Context, answers: Answers, about: Mapping[str, Any], slot: Slot | None) -> Objection | None:
    """What cannot be: the past, a meeting of a year or of days, people who are not theirs to call, nobody at all."""
    if "audience" in answers and (why := _not_theirs(ctx, answers["audience"])):
        return Objection("audience", why, _audience_question(ctx, about).options)
    if "audience" not in answers and about.get("unknown"):
        why = notice("meetings.nobody_called_so", said="、".join(about["unknown"]))
        return Objection("audience", why, _audience_question(ctx, about).options)
    if slot is None or "when" not in answers:
        return None
    if slot.exact and slot.start < ctx.now - STILL_NOW:
        return Objection("when", notice("meetings.past", at=slot.start))
    if not slot.exact and answers.get("hour") and _at(ctx, slot, answers["hour"]) < ctx.now:
        return Objection("hour", notice("meetings.past", at=_at(ctx, slot, answers["hour"])))
    if slot.start > ctx.now + FARTHEST:
        return Objection("when", notice("meetings.too_far"))
    if slot.exact and slot.end is not None and slot.end - slot.start > LENGTHS_WITHIN:
        return Objection("when", notice("meetings.too_long", most=LENGTHS_WITHIN.seconds // 3600))
    return None


def _at(ctx: Context, slot: Slot, hour: str) -> datetime:
    return at_hour(slot, time.fromisoformat(hour), ctx.rules.working)


def _not_theirs(ctx: Context, said: Sequence[str]) -> Notice | None:
    meant = audience.tokens(ctx, ctx.me, said)
    if not audience.may_call(ctx.me, meant):
        return notice("meetings.not_theirs", department=ctx.me.department)
    others = [one for one in audience.people(ctx, meant) if one.id != ctx.me.id]
    return None if others else notice("meetings.nobody")


def _in_the_way(ctx: Context, span: Span, people: Sequence[Staff], *, but: int | None) -> dict[str, Any]:
    """Who is away, who meets elsewhere, whether the store is closed then: said, and left to the one who calls."""
    calendar, ids = ctx.rules.working, {one.id: one.name for one in people}
    day = span.start.astimezone(calendar.zone).date()
    away = [
        {"name": ids[one.person_id], "why": one.told}
        for one in ctx.absences(span)
        if one.person_id in ids and rules.excuses(one.span, span, calendar)
    ]
    return {
        "away": away,
        "clashes": _clashes(ctx, span, ids, but=but),
        "closed": None if calendar.is_open(day) else day,
        "outside": not rules.is_inside_hours(span, calendar),
    }


def _clashes(ctx: Context, span: Span, ids: Mapping[int, str], *, but: int | None) -> list[dict[str, Any]]:
    """Other meetings of the same people at that time."""
    others = [one for one in meetings.over(ctx.session, ctx.store.id, start=span.start, end=span.end) if one.id != but]
    shared = [
        (one, [ids[row.staff_id] for row in meetings.people_of(ctx.session, one.id) if row.staff_id in ids])
        for one in others
    ]
    return [{"names": names, "meeting": cards.heading(ctx, one, ctx.me)} for one, names in shared if names]
