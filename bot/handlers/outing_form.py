"""What outings and trips ask: when, where, what for; and what the rules say to an answer as soon as it is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter

from bot.colleagues import whose
from bot.dialog import Answers
from bot.feature import Context
from bot.notices import notice
from bot.questions import Away, Known, Objection, Option, Question, Reading, Words
from bot.reading import Span, find_time
from bot.rules import outing as rules
from bot.rules.book import Rulebook
from storage import leave, outing
from storage.staff import Staff

SPAN = TypeAdapter(Span)
QUESTION = re.compile(r"(?:吗|么|怎么[^，,]{1,4}|要不要批|[?？])[?？。!！ ]*$")
LEADS = ("去", "到", "在", "往", "前往")
SHOWN_MATTERS = 6
USUAL_HOURS = (1, 2)
SHORT = timedelta(minutes=30)


class OutingForm(BaseModel):
    """An outing as the person tells it; when and where must be said."""

    span: Annotated[Span, Away()]
    place: Annotated[str, Words(leads=LEADS)]
    matter: Annotated[str, Known()] = ""


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """What is still asked; a stretch that clashes with the person's own leave, trips or outings is asked again."""
    person = whose(ctx, about)
    span = stretch(ctx, answers)
    questions = {
        "span": Question(options=_usual_spans(ctx)),
        "matter": matter_question(ctx.rules),
    }
    return Reading(ctx.now, ctx.rules.working, questions, objection(ctx, person, span, about) if span else None)


def is_question(ctx: Context) -> bool:
    """Whether the line asks about it (出城要批吗) rather than says when: one with a time in it is only polite."""
    asks = QUESTION.search(ctx.said.strip())
    return asks is not None and find_time(ctx.said, now=ctx.now, calendar=ctx.rules.working, want="any") is None


def stretch(ctx: Context, answers: Answers) -> Span | None:
    """The stretch that was answered, as it is meant at this moment."""
    if "span" not in answers:
        return None
    return rules.meant(SPAN.validate_python(answers["span"]), ctx.now, ctx.rules.working)


def matter_question(book: Rulebook) -> Question:
    """What for: a known matter to press, or any words."""
    usual = book.outing.matters[:SHOWN_MATTERS]
    options = tuple(Option(matter, "outing.button_matter", {"name": matter}) for matter in usual)
    return Question(options=options, optional=True, known=book.outing.matters)


def objection(ctx: Context, person: Staff, span: Span, about: Mapping[str, Any]) -> Objection | None:
    """Why the stretch cannot be, if it cannot."""
    if span.end <= ctx.now:
        return Objection("span", notice("outing.past", span=span))
    if long := too_long(ctx, span):
        return long
    others = clashes(ctx, person, span, but=about.get("edit"))
    return Objection("span", notice("outing.clash", others=others)) if others else None


def too_long(ctx: Context, span: Span) -> Objection | None:
    """More days than one outing or trip may have."""
    most = ctx.rules.outing.longest_days
    return Objection("span", notice("outing.too_long", most=most)) if rules.days(span) > most else None


def clashes(ctx: Context, person: Staff, span: Span, *, but: int | None = None) -> list[dict[str, Any]]:
    """The person's own leave, outings and trips that touch the stretch, asked for ones too: `kind`, `span`, `place`."""
    own = [one for one in leave.coming_of(ctx.session, person.id, now=ctx.now, most=50) if _touches(one, span)]
    away = [{"kind": "leave", "span": Span(one.starts_at, one.ends_at), "place": ""} for one in own]
    for other in outing.live_of(ctx.session, person.id, start=span.start, end=span.end, but=but):
        away.append({"kind": str(other.kind), "span": Span(other.starts_at, other.ends_at), "place": other.place})
    return away


def _touches(other: leave.Leave, span: Span) -> bool:
    return other.starts_at < span.end and other.ends_at > span.start


def _usual_spans(ctx: Context) -> tuple[Option, ...]:
    """An hour, two hours, until closing: from now."""
    now = ctx.now.astimezone(ctx.rules.working.zone).replace(second=0, microsecond=0)
    closing = ctx.rules.working.closes(now.date())
    hours = [(now + timedelta(hours=n), {"hours": n}) for n in USUAL_HOURS]
    until = [(closing, {"hours": 0})] if closing - now > SHORT else []
    return tuple(_span_option(now, end, values) for end, values in [*hours, *until])


def _span_option(now: datetime, end: datetime, values: Mapping[str, Any]) -> Option:
    return Option(SPAN.dump_python(Span(now, end), mode="json"), "outing.button_span", values)
