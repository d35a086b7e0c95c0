"""Outings: told, not asked (HANDBOOK A5 A6). 外出 锦绣花园量房 下午两点到四点 is all it takes.

The front desk hears it, the group where and until when; 回来了 ends it, 晚点回来 moves it, who is late is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.colleagues import about, before_the_word, whose, without_name
from bot.dialog import Form
from bot.feature import MANAGERS, Answer, Command, Context, Feature, Refusal, Scene
from bot.filling import open_form
from bot.handlers import outing_cards, outing_effects, outing_form, outing_leaving, outing_lists
from bot.handlers import outing_returns as returns
from bot.handlers.outing_form import OutingForm
from bot.hearing import buttons_for
from bot.notices import notice
from bot.reading import Span
from bot.rules import outing as rules
from storage import outing, staff
from storage.outing import Outing, OutingKind, OutingState
from storage.reminders import Reminder
from storage.staff import Staff

WORDS = ("外出", "外出登记", "出去", "出去一下", "出外勤", "外勤")


def ask(ctx: Context, word: str, rest: str) -> Answer:
    """外出 锦绣花园量房 下午两点到四点; for a manager, 王磊外出 means 王磊; a question is no outing."""
    if outing_form.is_question(ctx):
        return notice("outing.question", buttons=buttons_for(ctx, [feature.commands[0], feature.commands[-1]]))
    colleague = before_the_word(ctx, word)
    if colleague is not None and ctx.has(*MANAGERS):
        return ask_for(ctx, colleague, word, without_name(colleague, rest))
    return open_form(ctx, TELLING, line=without_name(ctx.me, rest))


def ask_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    """The front desk was phoned: it enters the outing of somebody else."""
    return open_form(ctx, TELLING, line=rest, about=about(ctx, person))


def submit(ctx: Context, form: OutingForm, about: Mapping[str, Any]) -> Answer:
    """Saves the outing and lets the front desk and the group know; told too late is marked (HANDBOOK A6)."""
    person = staff.lock(ctx.session, whose(ctx, about).id)
    span = rules.meant(form.span, ctx.now, ctx.rules.working)
    outing_effects.settle_overdue(ctx, person)
    _refuse_clash(ctx, person, span)
    made = new(ctx, person, OutingKind.OUTING, OutingState.GOING, span, place=form.place, matter=form.matter)
    out = outing.add(ctx.session, made)
    record_new(ctx, "outing.told", out, rule="HANDBOOK A5")
    outing_effects.begin(ctx, out)
    if person.id != ctx.me.id:
        ctx.tell(person.id, outing_cards.told("outing.entered_for_you", ctx, out, by=ctx.me.name))
    return outing_cards.told("outing.told", ctx, out)


def _refuse_clash(ctx: Context, person: Staff, span: Span) -> None:
    """A manager may have entered something for the person meanwhile."""
    others = outing_form.clashes(ctx, person, span)
    if others:
        raise Refusal("outing.clash", others=others)


def new(
    ctx: Context, person: Staff, kind: OutingKind, state: OutingState, span: Span, *, place: str, matter: str
) -> Outing:
    """The outing or trip as it is kept."""
    return Outing(
        store_id=ctx.store.id,
        staff_id=person.id,
        entered_by_id=ctx.me.id,
        kind=kind,
        place=place,
        matter=matter,
        starts_at=span.start,
        ends_at=span.end,
        state=state,
        told_late_minutes=rules.told_late_minutes(span.start, ctx.now, ctx.rules),
        created_at=ctx.now,
    )


def record_new(ctx: Context, verb: str, out: Outing, *, rule: str) -> None:
    """The audit of a new outing or trip, perhaps entered on somebody's behalf."""
    behalf = out.staff_id if out.staff_id != ctx.me.id else None
    ctx.record(verb, out.subject, by=ctx.me, on_behalf_of_id=behalf, rule=rule, after=fact(out))


def fact(out: Outing) -> dict[str, Any]:
    """What the audit keeps of it."""
    return {
        "from": out.starts_at.isoformat(),
        "to": out.ends_at.isoformat(),
        "place": out.place,
        "matter": out.matter,
        "told_late_minutes": out.told_late_minutes,
    }


def readback(ctx: Context, form: OutingForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    person, span = whose(ctx, about), rules.meant(form.span, ctx.now, ctx.rules.working)
    late = rules.told_late_minutes(span.start, ctx.now, ctx.rules)
    return {
        "name": person.name,
        "for_other": person.id != ctx.me.id,
        "span": span,
        "place": form.place,
        "matter": form.matter,
        "late": late,
    }


def ring(scene: Scene, reminder: Reminder) -> None:
    """It begins or ends, or nobody has said 回来了."""
    number = int(reminder.subject.partition(":")[2])
    outing_effects.ring(scene, reminder, outing.lock(scene.session, scene.store.id, number, OutingKind.OUTING))


TELLING = Form("outing.telling", OutingForm, look=outing_form.look, submit=submit, readback=readback)

feature = Feature(
    name="outing",
    commands=(
        Command("outing.tell", WORDS, ask, behalf=ask_for),
        *returns.COMMANDS,
        Command("outing.mine", outing_lists.MINE_WORDS, outing_lists.mine),
        Command("outing.who", outing_lists.WHO_WORDS, outing_lists.who_is_out, personal=False),
    ),
    forms=(TELLING, returns.LATER),
    buttons={"back": returns.back, "later": returns.later, "home": returns.home, "call_off": returns.call_off},
    rings=ring,
    card=outing_cards.card,
    absences=outing_lists.absences,
    rules_changed=outing_effects.rules_changed,
    gone=outing_leaving.gone,
    guess=returns.guess,
)
