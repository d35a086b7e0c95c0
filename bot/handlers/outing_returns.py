"""The end of outings and trips: 回来了, 晚点回来, 已直接下班, by button and by word, and what else people answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel

from bot.colleagues import before_the_word
from bot.dialog import Answers, Form
from bot.feature import MANAGERS, Answer, Command, Context, Press, Refusal
from bot.filling import open_form
from bot.handlers import outing_effects, outing_form, outing_lists
from bot.notices import Notice, notice
from bot.questions import Objection, Option, Question, Reading, Until
from bot.reading import Misread, Span, find_time
from bot.rules import outing as rules
from storage import outing, staff
from storage.outing import LIVE, OUT, Outing, OutingKind
from storage.staff import Staff

BACK_WORDS = ("回来了", "我回来了", "刚回来", "回店了", "到店了", "刚到店", "回公司了", "到公司了", "外出回来")
LATER_WORDS = ("晚点回来", "晚一点回来", "晚些回来", "晚点回", "晚回来", "推迟回来", "再等一会")
HOME_WORDS = ("已直接下班", "直接下班", "直接下班了", "直接回家了", "不回店了", "不回来了")
LATER_MINUTES = (30, 60)
SHORT_ANSWER = 12
# What people put before the word when they speak of themselves.
OF_MYSELF = re.compile(
    r"(?:我们?|俺|本人|前台|[您你]好|现在|已经|刚刚?|好了?|嗯|都|提前|从.{1,12}?|今天|[，,。！!、 ])*"
)
NOT_YET = re.compile(r"还没|没有?回|没到|马上|在?路上|快到|快了|堵车|等会|等一下|稍等")
AN_AMOUNT = re.compile(r"[0-9半]|[一二两三四五]|[六七八九十]")
NOT_COMING = re.compile(r"不回(?:来|店|去)?了|直接回家|回家了|下班了")


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
    """回来了, typed: the outing or trip that the person is on; for a manager, 王磊回来了 means 王磊's."""
    return _spoken_of(ctx, word) or come_back(ctx, _current(ctx, _who(ctx, word)), home=False)


def back_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    """代 王磊 回来了."""
    return come_back(ctx, _current(ctx, person), home=False)


def later_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    return open_later(ctx, _current(ctx, person), rest)


def home_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    return come_back(ctx, _current(ctx, person), home=True)


def home_word(ctx: Context, word: str, rest: str) -> Answer:
    """直接下班, typed."""
    return _spoken_of(ctx, word) or come_back(ctx, _current(ctx, _who(ctx, word)), home=True)


def later_word(ctx: Context, word: str, rest: str) -> Answer:
    """晚点回来 五点, typed."""
    return _spoken_of(ctx, word) or open_later(ctx, _current(ctx, _who(ctx, word)), rest)


def _who(ctx: Context, word: str) -> Staff:
    colleague = before_the_word(ctx, word)
    return colleague if colleague is not None and ctx.has(*MANAGERS) else ctx.me


def _spoken_of(ctx: Context, word: str) -> Answer:
    """陈静回来了吗 asks about the others, 客户说晚点回来 speaks of somebody else: neither ends one's own outing."""
    before, colleague = ctx.said.partition(word)[0].strip(), before_the_word(ctx, word)
    if outing_form.is_question(ctx) or (colleague is not None and not ctx.has(*MANAGERS)):
        return outing_lists.who_is_out(ctx, word, "")
    if colleague is not None or OF_MYSELF.fullmatch(before):
        return None
    mine = [one for one in outing.unfinished_of(ctx.session, ctx.me.id) if one.state in OUT]
    return notice("outing.you_yourself", subject=mine[-1].subject) if mine else notice("outing.somebody_else")


def guess(ctx: Context, said: str) -> Answer:
    """What somebody answers who was asked whether they are back: 还没，堵车, 再半小时, 6点."""
    mine = [one for one in outing.unfinished_of(ctx.session, ctx.me.id) if one.state in OUT and one.ends_at <= ctx.now]
    if not mine:
        return None
    if NOT_COMING.search(said):
        return come_back(ctx, mine[-1], home=True)
    if NOT_YET.search(said) and not AN_AMOUNT.search(said):
        return notice("outing.take_your_time", subject=mine[-1].subject)
    found = find_time(said, now=ctx.now, calendar=ctx.rules.working, want="any")
    if len(said) <= SHORT_ANSWER and found is not None and not isinstance(found.value, Misread):
        return open_later(ctx, mine[-1], said[found.start : found.end])
    return None


def _current(ctx: Context, person: Staff) -> Outing:
    """What the person is on now: of several that have begun the last; the ones before it are over."""
    mine = outing.unfinished_of(ctx.session, person.id)
    begun = [one for one in mine if one.state in OUT and one.starts_at <= ctx.now]
    if begun:
        *_, last = begun
        outing_effects.settle_overdue(ctx, person, but=last.id)
        return last
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


LATER = Form("outing.later", LaterForm, look=_look_later, submit=_stay, confirms=False)
COMMANDS = (
    Command("outing.back", BACK_WORDS, back_word, in_menu=False, behalf=back_for),
    Command("outing.later", LATER_WORDS, later_word, in_menu=False, behalf=later_for),
    Command("outing.home", HOME_WORDS, home_word, in_menu=False, behalf=home_for),
)
