"""Outings: told, not asked (HANDBOOK A5 A6). 外出 锦绣花园量房 下午两点到四点 is all it takes.

The front desk hears it, the group where and until when; 回来了 ends it, 晚点回来 moves it, who is late is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel

from bot.colleagues import about, before_the_word, whose, without_name
from bot.dialog import Answers, Form
from bot.feature import MANAGERS, Answer, Command, Context, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers import outing_cards, outing_effects, outing_form, outing_leaving, outing_lists
from bot.handlers.outing_form import OutingForm
from bot.hearing import buttons_for
from bot.notices import Notice, notice
from bot.questions import Objection, Option, Question, Reading, Until
from bot.reading import Span
from bot.rules import outing as rules
from storage import outing, staff
from storage.outing import LIVE, OUT, Outing, OutingKind, OutingState
from storage.reminders import Reminder
from storage.staff import Staff

WORDS = ("外出", "外出登记", "出去", "出去一下", "出外勤", "外勤")
BACK_WORDS = ("回来了", "我回来了", "回店了", "到店了", "回公司了", "外出回来")
LATER_WORDS = ("晚点回来", "晚一点回来", "晚些回来", "晚点回", "晚回来", "推迟回来")
HOME_WORDS = ("已直接下班", "直接下班", "直接下班了", "直接回家了", "不回店了")
LATER_MINUTES = (30, 60)


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


def back(ctx: Context, press: Press) -> Answer:
    """The button 回来了."""
    return come_back(ctx, own(ctx, press, OutingKind.OUTING), home=False)


def home(ctx: Context, press: Press) -> Answer:
    """The button 已直接下班: the person goes home from there."""
    return come_back(ctx, own(ctx, press, OutingKind.OUTING), home=True)


def come_back(ctx: Context, out: Outing, *, home: bool) -> Answer:
    if out.state not in OUT or out.starts_at > ctx.now:
        raise Refusal("outing.not_out")
    outing_effects.finish(ctx, out, home=home)
    return notice("outing.home_noted" if home else "outing.back_noted", at=ctx.now, place=out.place)


def later(ctx: Context, press: Press) -> Answer:
    """The button 晚点回来 (再等一会) asks until when."""
    return open_later(ctx, own(ctx, press, OutingKind.OUTING))


def open_later(ctx: Context, out: Outing, line: str = "") -> Answer:
    if out.state not in LIVE:
        raise Refusal("outing.not_out")
    return open_form(ctx, LATER, line=line, about={"outing": out.id, "kind": str(out.kind)})


def call_off(ctx: Context, press: Press) -> Answer:
    """The button 取消外出: it does not take place."""
    out = own(ctx, press, OutingKind.OUTING)
    if out.state in OUT and out.starts_at <= ctx.now:
        raise Refusal("outing.begun")
    if not outing_effects.call_off(ctx, out):
        raise Refusal("outing.not_out")
    return notice("outing.called_off", place=out.place)


def back_word(ctx: Context, word: str, rest: str) -> Answer:
    """回来了, typed: the outing or trip that the person is on."""
    return come_back(ctx, _current(ctx, ctx.me), home=False)


def back_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    """代 王磊 回来了."""
    return come_back(ctx, _current(ctx, person), home=False)


def later_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    return open_later(ctx, _current(ctx, person), rest)


def home_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    return come_back(ctx, _current(ctx, person), home=True)


def home_word(ctx: Context, word: str, rest: str) -> Answer:
    """直接下班, typed."""
    return come_back(ctx, _current(ctx, ctx.me), home=True)


def later_word(ctx: Context, word: str, rest: str) -> Answer:
    """晚点回来 五点, typed."""
    return open_later(ctx, _current(ctx, ctx.me), rest)


def _current(ctx: Context, person: Staff) -> Outing:
    """What the person is on now."""
    mine = outing.unfinished_of(ctx.session, person.id)
    begun = next((one for one in mine if one.state in OUT and one.starts_at <= ctx.now), None)
    if begun is not None:
        return begun
    if person.id != ctx.me.id:
        raise Refusal("outing.colleague_not_out", name=person.name)
    away = [one for one in ctx.absences(Span(ctx.now, ctx.now + timedelta(seconds=1))) if one.person_id == ctx.me.id]
    if away:
        raise Refusal("outing.on_leave", until=away[0].span.end)
    raise Refusal("outing.not_out")


def own(ctx: Context, press: Press, kind: OutingKind) -> Outing:
    """The person's own outing, or one that they entered; locked."""
    out = outing.lock(ctx.session, ctx.store.id, press.subject_id, kind)
    if out is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if ctx.me.id not in (out.staff_id, out.entered_by_id):
        raise Refusal("outing.not_yours", audited="outing.not_allowed")
    return out


class LaterForm(BaseModel):
    """Until when the person stays out now."""

    until: Annotated[datetime, Until()]


def _look_later(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    out = _of_form(ctx, about)
    since = max(ctx.now, out.ends_at).astimezone(ctx.rules.working.zone).replace(second=0, microsecond=0)
    closing = ctx.rules.working.closes(since.date())
    moments = [since + timedelta(minutes=minutes) for minutes in LATER_MINUTES]
    moments = [at for at in moments if at < closing] + ([closing] if closing > since else [])
    options = tuple(Option(at.isoformat(), "outing.button_until", {"at": at}) for at in moments)
    begins = out.starts_at.astimezone(ctx.rules.working.zone).date()
    question = Question(ask=notice("outing.ask_until", at=out.ends_at), options=options, day=begins, since=since)
    until = datetime.fromisoformat(answers["until"]) if "until" in answers else None
    why = _why_not_until(ctx, out, until) if until else None
    objection = Objection("until", why, options) if why else None
    return Reading(ctx.now, ctx.rules.working, {"until": question}, objection)


def _why_not_until(ctx: Context, out: Outing, until: datetime) -> Notice | None:
    """Before it begins, longer than anybody stays out, or into the next thing that the person has said."""
    since = max(ctx.now, out.starts_at)
    stay = Span(out.starts_at.astimezone(ctx.rules.working.zone), until)
    if until <= since or rules.days(stay) > ctx.rules.outing.longest_days:
        return notice("outing.until_when", at=since)
    others = outing_form.clashes(ctx, staff.get(ctx.session, out.staff_id), stay, but=out.id)
    return notice("outing.clash", others=others) if others else None


def _stay(ctx: Context, form: LaterForm, about: Mapping[str, Any]) -> Answer:
    out = _of_form(ctx, about)
    before = {"to": out.ends_at.isoformat()}
    if not outing.stay_until(ctx.session, out, form.until):
        raise Refusal("outing.not_out", ends_form=True)
    after = {"to": form.until.isoformat()}
    ctx.record("outing.later", out.subject, by=ctx.me, rule="HANDBOOK A5", before=before, after=after)
    outing_effects.tell_moved(ctx, out)
    return notice("outing.stays", until=form.until, place=out.place)


def _of_form(ctx: Context, about: Mapping[str, Any]) -> Outing:
    out = outing.lock(ctx.session, ctx.store.id, about["outing"], OutingKind(about["kind"]))
    if out is None or out.state not in LIVE:
        raise Refusal("outing.not_out", ends_form=True)
    return out


def ring(scene: Scene, reminder: Reminder) -> None:
    """It begins or ends, or nobody has said 回来了."""
    number = int(reminder.subject.partition(":")[2])
    outing_effects.ring(scene, reminder, outing.lock(scene.session, scene.store.id, number, OutingKind.OUTING))


TELLING = Form("outing.telling", OutingForm, look=outing_form.look, submit=submit, readback=readback)
LATER = Form("outing.later", LaterForm, look=_look_later, submit=_stay, confirms=False)

feature = Feature(
    name="outing",
    commands=(
        Command("outing.tell", WORDS, ask, behalf=ask_for),
        Command("outing.back", BACK_WORDS, back_word, in_menu=False, behalf=back_for),
        Command("outing.later", LATER_WORDS, later_word, in_menu=False, behalf=later_for),
        Command("outing.home", HOME_WORDS, home_word, in_menu=False, behalf=home_for),
        Command("outing.mine", ("我的外出", "我的出差", "取消外出"), outing_lists.mine),
        Command("outing.who", outing_lists.WHO_WORDS, outing_lists.who_is_out, personal=False),
    ),
    forms=(TELLING, LATER),
    buttons={"back": back, "later": later, "home": home, "call_off": call_off},
    rings=ring,
    card=outing_cards.card,
    absences=outing_lists.absences,
    rules_changed=outing_effects.rules_changed,
    gone=outing_leaving.gone,
)
