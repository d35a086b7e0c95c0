"""Missed punches (HANDBOOK A12): company business prevents the punch, and the front desk is told in advance.

打不了卡 明天上午 去工地交底: which half day, why, phoned or not. Told after the session began, it is marked as late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel

from bot.colleagues import about, before_the_word, front_desk, whose, without_name
from bot.dialog import Answers, Form
from bot.feature import MANAGERS, Answer, Command, Context, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers.outing_form import SPAN
from bot.notices import Notice, notice, row
from bot.questions import Objection, Option, Pick, Question, Reading, When, Words
from bot.reading import Span
from bot.rules import leave as halves
from bot.rules.leave import HalfDay
from bot.talk import Button
from storage import missed_punch as punches
from storage import staff
from storage.missed_punch import MissedPunch
from storage.staff import Staff

WORDS = ("打不了卡", "不能打卡", "没法打卡", "漏打卡", "没打卡", "忘打卡", "忘了打卡", "不打卡")
PHONED = (
    *("打过电话", "打过电话了", "打过", "打过了", "打了", "打了电话", "打电话了"),
    *("电话说了", "电话说过", "电话说过了", "打电话说了", "打电话说过", "打电话说过了"),
)
NOT_PHONED = ("没打", "没打电话", "没打过", "没打过电话", "没有", "没有打", "没有打电话", "还没打", "还没打电话")
MOST_HALVES = 4
LONGEST_BACK = timedelta(days=7)
LOOKED_AHEAD = timedelta(days=7)
SHOWN_HALVES = 3
RULE = "HANDBOOK A12"


class MissedPunchForm(BaseModel):
    """Which half day, why, and whether the front desk was called."""

    span: Annotated[Span, When(past=True)]
    reason: Annotated[str, Words()]
    phoned: Annotated[bool, Pick()]


def ask(ctx: Context, word: str, rest: str) -> Answer:
    """打不了卡 明天上午 去工地交底; for a manager, 王磊打不了卡 means 王磊."""
    colleague = before_the_word(ctx, word)
    if colleague is not None and ctx.has(*MANAGERS):
        return ask_for(ctx, colleague, word, without_name(colleague, rest))
    return open_form(ctx, TELLING, line=rest)


def ask_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    return open_form(ctx, TELLING, line=rest, about=about(ctx, person))


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """What is still asked; half days that are told already, or are not worked, are asked again."""
    person = whose(ctx, about)
    span = SPAN.validate_python(answers["span"]) if "span" in answers else None
    yes_no = (
        Option(True, "missed_punch.button_phoned", names=PHONED),
        Option(False, "missed_punch.button_not_phoned", names=NOT_PHONED),
    )
    questions = {"span": Question(options=_next_halves(ctx)), "phoned": Question(options=yes_no)}
    return Reading(ctx.now, ctx.rules.working, questions, _objection(ctx, person, span) if span else None)


def _objection(ctx: Context, person: Staff, span: Span) -> Objection | None:
    taken = halves.halves(span, ctx.rules.working)
    if span.end <= ctx.now - LONGEST_BACK:
        return Objection("span", notice("missed_punch.long_past", span=span))
    if not taken:
        return Objection("span", notice("missed_punch.closed", span=span), _next_halves(ctx))
    if len(taken) > MOST_HALVES:
        return Objection("span", notice("missed_punch.too_long"), _next_halves(ctx))
    if not _new(ctx, person, taken):
        return Objection("span", notice("missed_punch.told_before", span=span), _next_halves(ctx))
    return None


def _new(ctx: Context, person: Staff, taken: Sequence[HalfDay]) -> list[HalfDay]:
    """The half days that were not told yet."""
    known = punches.of_staff(ctx.session, person.id, first=taken[0][0], last=taken[-1][0])
    told = {(one.day, one.half) for one in known}
    return [half for half in taken if half not in told]


def _next_halves(ctx: Context) -> tuple[Option, ...]:
    """This half day and the next ones."""
    ahead = Span(ctx.now.astimezone(ctx.rules.working.zone), ctx.now.astimezone(ctx.rules.working.zone) + LOOKED_AHEAD)
    return tuple(
        Option(
            SPAN.dump_python(halves.span_of([half], ctx.rules.working), mode="json"),
            "missed_punch.button_half",
            {"day": half[0], "half": str(half[1])},
        )
        for half in halves.halves(ahead, ctx.rules.working)[:SHOWN_HALVES]
    )


def readback(ctx: Context, form: MissedPunchForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    person = whose(ctx, about)
    taken = _new(ctx, person, halves.halves(form.span, ctx.rules.working))
    return {
        "name": person.name,
        "for_other": person.id != ctx.me.id,
        "halves": [{"day": day, "half": str(half), "late": _late(ctx, (day, half))} for day, half in taken],
        "reason": form.reason,
        "phoned": form.phoned,
    }


def _late(scene: Scene, half: HalfDay) -> bool:
    """Told when the session has begun already."""
    return halves.span_of([half], scene.rules.working).start <= scene.now


def submit(ctx: Context, form: MissedPunchForm, about: Mapping[str, Any]) -> Answer:
    """Keeps one notice a half day; the front desk hears them."""
    person = staff.lock(ctx.session, whose(ctx, about).id)
    told = [_tell(ctx, person, form, half) for half in halves.halves(form.span, ctx.rules.working)]
    new = [one for one in told if one is not None]
    if not new:
        raise Refusal("missed_punch.told_before", span=form.span)
    for one in new:
        for desk in front_desk(ctx, person):
            if desk.id != ctx.me.id:
                ctx.tell(desk.id, Notice("missed_punch.told_front_desk", facts(ctx, one), subject=one.subject))
    if person.id != ctx.me.id:
        for one in new:
            by = {"by": ctx.me.name}
            ctx.tell(person.id, Notice("missed_punch.entered_for_you", facts(ctx, one) | by, subject=one.subject))
    call = not (form.phoned or ctx.rules.missed_punch.chat_is_enough)
    return Notice("missed_punch.told", facts(ctx, new[0]) | {"count": len(new), "call": call}, subject=new[0].subject)


def _tell(ctx: Context, person: Staff, form: MissedPunchForm, half: HalfDay) -> MissedPunch | None:
    notice_of_it = MissedPunch(
        store_id=ctx.store.id,
        staff_id=person.id,
        day=half[0],
        half=half[1],
        reason=form.reason,
        phoned=form.phoned,
        late=_late(ctx, half),
        told_at=ctx.now,
    )
    made = punches.tell(ctx.session, notice_of_it)
    kept = punches.get(ctx.session, ctx.store.id, made) if made is not None else None
    if kept is not None:
        after = {"day": half[0].isoformat(), "half": str(half[1]), "phoned": form.phoned, "late": kept.late}
        behalf = person.id if person.id != ctx.me.id else None
        ctx.record("missed_punch.told", kept.subject, by=ctx.me, on_behalf_of_id=behalf, rule=RULE, after=after)
    return kept


def take_back(ctx: Context, press: Press) -> Answer:
    """The button 撤回: the person could punch after all."""
    kept = punches.get(ctx.session, ctx.store.id, press.subject_id)
    if kept is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if kept.staff_id != ctx.me.id:
        raise Refusal("missed_punch.not_yours", audited="missed_punch.not_allowed")
    known = facts(ctx, kept)
    if not punches.take_back(ctx.session, kept, at=ctx.now):
        raise Refusal("missed_punch.gone")
    ctx.record("missed_punch.taken_back", kept.subject, by=ctx.me, rule=RULE, before={"day": kept.day.isoformat()})
    for desk in front_desk(ctx, ctx.me):
        ctx.tell(desk.id, notice("missed_punch.taken_back_told", **known))
    ctx.refresh(kept.subject)
    return notice("missed_punch.taken_back", **known)


def facts(scene: Scene, kept: MissedPunch) -> dict[str, Any]:
    return {
        "name": staff.get(scene.session, kept.staff_id).name,
        "day": kept.day,
        "half": str(kept.half),
        "reason": kept.reason,
        "phoned": kept.phoned,
        "late": kept.late,
    }


def card(scene: Scene, punch_id: int, viewer: Staff | None) -> Notice | None:
    """The notice, for its person and the managers."""
    kept = punches.get(scene.session, scene.store.id, punch_id)
    if viewer is None or kept is None:
        return None
    if viewer.id != kept.staff_id and not any(viewer.has(role) for role in MANAGERS):
        return None
    if kept.taken_back_at is not None:
        return Notice("missed_punch.gone_card", facts(scene, kept), subject=kept.subject)
    own = row(Button("missed_punch.button_take_back", f"missed_punch:take_back:{kept.id}"))
    return Notice("missed_punch.card", facts(scene, kept), own if viewer.id == kept.staff_id else (), kept.subject)


TELLING = Form("missed_punch.telling", MissedPunchForm, look=look, submit=submit, readback=readback)

feature = Feature(
    name="missed_punch",
    commands=(Command("missed_punch.tell", WORDS, ask, behalf=ask_for),),
    forms=(TELLING,),
    buttons={"take_back": take_back},
    card=card,
)
