"""The form of leave: its questions with their defaults, and what the rules say to an answer as soon as it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter

from bot.colleagues import whose
from bot.dialog import Answers
from bot.feature import Context
from bot.handlers import leave_cards
from bot.notices import Notice, notice
from bot.questions import Objection, Option, Phone, Pick, Question, Reading, When, Words
from bot.reading import Span
from bot.rules import approvals
from bot.rules import leave as rules
from bot.rules.book import LeaveKind, Rulebook
from bot.rules.leave import Ban, BannedDay, HalfDay
from storage import leave, outing, staff
from storage.leave import Half
from storage.staff import Role, Staff

SPAN = TypeAdapter(Span)
# How far back leave that asks nobody can still be entered.
LONGEST_BACK = timedelta(days=7)


class LeaveForm(BaseModel):
    """A request for leave, as the person means it."""

    kind: Annotated[str, Pick()]
    span: Annotated[Span, When(clears=("special",), past=True)]
    special: Annotated[str, Words(in_line=False, rather="span")] = ""
    cover: Annotated[int | None, Pick()] = None
    phone: Annotated[str, Phone()] = ""
    reason: Annotated[str, Words()] = ""


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """What is still asked, with the defaults, and which rule the span breaks."""
    person = whose(ctx, about)
    kind = ctx.rules.leave.kind(answers.get("kind") or ctx.rules.leave.kinds[0].key)
    span = SPAN.validate_python(answers["span"]) if "span" in answers else None
    banned, objection = _checked(ctx, person, kind, span, about) if span else ((), None)
    if span and objection is None:
        objection = _cover_away(ctx, person, answers.get("cover"), span)
    questions = {
        "kind": Question(options=_kinds(ctx.rules), default=ctx.rules.leave.kinds[0].key),
        "cover": _cover_question(ctx, person, kind, span),
        "phone": Question(default=person.phone or None, optional=not kind.asks),
        "reason": Question(optional=not kind.asks, ask=None if kind.asks else notice("leave.ask_reason_told")),
        "special": Question(
            needed=bool(banned),
            ask=_rule_text(ctx, person, banned),
            options=_instead(ctx, person, kind, span, about) if span and banned else (),
        ),
    }
    return Reading(ctx.now, ctx.rules.working, questions, objection)


def readback(ctx: Context, form: LeaveForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    person = whose(ctx, about)
    kind = ctx.rules.leave.kind(form.kind)
    return {
        "name": person.name,
        "for_other": person.id != ctx.me.id,
        "kind": kind.name,
        **leave_cards.amount(ctx, form.span),
        "reason": form.reason,
        "special": form.special,
        "cover": staff.get(ctx.session, form.cover).name if form.cover else "",
        "phone": form.phone,
        "edits": "edit" in about,
    }


def _checked(
    ctx: Context, person: Staff, kind: LeaveKind, span: Span, about: Mapping[str, Any]
) -> tuple[tuple[BannedDay, ...], Objection | None]:
    """The days that special circumstances can open, and what nothing can."""
    taken = rules.halves(span, ctx.rules.working)
    banned = rules.banned_days(taken, kind, ctx.rules)
    override = ctx.me.has(Role.GM_OFFICE) and person.id != ctx.me.id
    cleans = [] if override else [day for day in banned if day.ban == Ban.DEEP_CLEAN]
    own = _own_halves(ctx, person, span, about)
    why = _why_not(ctx, taken, cleans, [half for half in taken if half in own and kind.asks], span)
    if why is None and span.end <= ctx.now and kind.asks:
        why = notice("leave.past", span=span)
    if why is None and kind.asks:
        why = _out_then(ctx, person, span)
    if why is None:
        return banned, None
    options = _days_instead(ctx, person, kind, span, own) if taken else ()
    if cleans:
        options = (*options[:-1], Option(None, "leave.button_other_days", asks=notice("leave.ask_span")))
    return banned, Objection("span", why, options)


def _out_then(ctx: Context, person: Staff, span: Span) -> Notice | None:
    """An outing or trip of the person's own in this time."""
    extent = rules.working_extent(span, ctx.rules.working)
    out = outing.live_of(ctx.session, person.id, start=extent.start, end=extent.end)
    if not out:
        return None
    first = out[0]
    when = Span(first.starts_at, first.ends_at)
    return notice("leave.out_then", span=when, kind=str(first.kind), place=first.place)


def _cover_away(ctx: Context, person: Staff, cover_id: int | None, span: Span) -> Objection | None:
    """A cover who was chosen and is away themselves."""
    if cover_id is None or cover_id not in leave_cards.away_over(ctx, span):
        return None
    name = staff.get(ctx.session, cover_id).name
    kind = ctx.rules.leave.kinds[0]
    options = _cover_question(ctx, person, kind, span).options
    return Objection("cover", notice("leave.cover_away", name=name, span=span), options)


def _why_not(
    ctx: Context, taken: Sequence[HalfDay], cleans: Sequence[BannedDay], own: Sequence[HalfDay], span: Span
) -> Notice | None:
    if span.end <= ctx.now - LONGEST_BACK:
        return notice("leave.long_past", span=span)
    if not taken:
        provisional = ctx.rules.working.day(span.start.astimezone(ctx.rules.working.zone).date()).provisional
        return notice("leave.closed_anyway", span=span, provisional=provisional)
    if len({day for day, _ in taken}) > ctx.rules.leave.longest_days:
        return notice("leave.too_long", most=ctx.rules.leave.longest_days)
    if own:
        return notice("leave.overlap", halves=leave_cards.half_names(own))
    if cleans:
        return notice("leave.deep_clean", days=leave_cards.days(cleans))
    return None


def _own_halves(ctx: Context, person: Staff, span: Span, about: Mapping[str, Any]) -> set[HalfDay]:
    first = span.start.astimezone(ctx.rules.working.zone).date()
    taken = leave.halves_of(
        ctx.session, person.id, first=first, last=first + timedelta(days=400), but=about.get("edit")
    )
    return {(half.day, Half(half.half)) for half in taken}


def _rule_text(ctx: Context, person: Staff, banned: Sequence[BannedDay]) -> Notice | None:
    """The rule, said as soon as the span is known."""
    if not banned:
        return None
    names = "" if ctx.me.has(Role.GM_OFFICE) else _who_confirms(ctx, person)
    days = leave_cards.days(banned)
    return notice("leave.no_leave_day", days=days, names=names, weekdays=_weekdays(ctx.rules))


def _who_confirms(ctx: Context, person: Staff) -> str:
    """Those who confirm this person's special circumstances."""
    role = approvals.role_for(Role.CLIENT_MANAGER, person)
    return "、".join(one.name for one in staff.with_role(ctx.people(), role))


def _weekdays(book: Rulebook) -> list[int]:
    return sorted(weekday.number for weekday in book.leave.no_leave_weekdays)


def _instead(ctx: Context, person: Staff, kind: LeaveKind, span: Span, about: Mapping[str, Any]) -> tuple[Option, ...]:
    own = _own_halves(ctx, person, span, about)
    return (
        *_days_instead(ctx, person, kind, span, own),
        Option(None, "leave.button_special", asks=notice("leave.ask_special")),
    )


def _days_instead(ctx: Context, person: Staff, kind: LeaveKind, span: Span, own: set[HalfDay]) -> tuple[Option, ...]:
    """The allowed part of the span, and the next spans like it that are free."""
    part = rules.allowed_part(span, kind, ctx.rules, taken=own)
    later = rules.free_instead(span, kind, ctx.rules, taken=own)
    return tuple(
        _span_option(ctx, one, "leave.button_only" if one is part else "leave.button_instead")
        for one in (part, *later)
        if one
    )


def _span_option(ctx: Context, span: Span, label: str) -> Option:
    taken = rules.halves(span, ctx.rules.working)
    first, last = taken[0], taken[-1]
    half = str(first[1]) if len(taken) == 1 else ""
    values = {"first": first[0], "last": last[0], "half": half}
    return Option(SPAN.dump_python(span, mode="json"), label, values, sets="span")


def _cover_question(ctx: Context, person: Staff, kind: LeaveKind, span: Span | None) -> Question:
    """Whoever takes the work: a free colleague of the same role by itself, others to choose (HANDBOOK A10)."""
    busy = leave_cards.away_over(ctx, span) if span else set()
    free = [one for one in ctx.people() if one.id != person.id and one.id not in busy]
    same = [one for one in free if set(one.roles) & set(person.roles)]
    others = [one for one in free if one not in same and not one.has(Role.GM_OFFICE)]
    options = tuple(
        Option(one.id, "leave.button_person", {"name": one.name}, names=(one.name, one.key)) for one in (*same, *others)
    )
    return Question(
        options=options,
        default=same[0].id if same else None,
        optional=not kind.asks or person.has(Role.GM_OFFICE) or not options,
    )


def _kinds(book: Rulebook) -> tuple[Option, ...]:
    return tuple(
        Option(kind.key, "leave.button_kind", {"name": kind.name}, names=(kind.name, *kind.words))
        for kind in book.leave.kinds
    )


def kind_words(book: Rulebook) -> tuple[str, ...]:
    return tuple(
        word
        for kind in book.leave.kinds
        for name in (kind.name, *kind.words)
        for word in (f"请{name}", f"休{name}", name)
    )


def kind_named(book: Rulebook, word: str) -> Answers:
    """`请病假` says the kind already."""
    bare = word.removeprefix("请").removeprefix("休")
    named = next((kind for kind in book.leave.kinds if {word, bare} & {kind.name, *kind.words}), None)
    return {"kind": named.key} if named else {}
