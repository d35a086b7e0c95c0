"""What a correction asks: which fact, what is right, and what must be said where a phone is somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers
from bot.feature import Context, Refusal
from bot.handlers import customers_cards as cards
from bot.handlers import customers_changing_facts as facts
from bot.handlers import customers_changing_rights as rights
from bot.handlers import customers_changing_shown as shown
from bot.handlers import customers_forgetting as forgetting
from bot.handlers.customers_form import YES, CustomerForm, options_of
from bot.handlers.workflow_record_form import LONGEST_PAST
from bot.measures import At, Money
from bot.notices import notice
from bot.questions import Objection, Option, Pick, Place, Question, Reading, Reads, Words
from bot.rules import customers_changing as rules
from bot.rules.customers_changing import Elsewhere, Part
from bot.texts import masked
from storage import customers, staff, workflow
from storage import customers_changing as storage
from storage.customers import Case

MORE = "more"
HERE, ALL = "here", "all"
HERE_NAMES = ("只改这一个", "只改这个", "这一个")
ALL_NAMES = ("一起改", "都改", "全改")
NOTHING_NAMES = ("没有", "没有了", "无", "去掉", "删掉")
SAME_NAMES = ("是同一位", "同一位", "同一位客户")
BY_PART: Mapping[Part, Reads] = {
    Part.AT: At(past=True),
    Part.AMOUNT: Money(),
    Part.NUMBER: Words(),
    Part.WORDS: Words(),
}
UNASKED = Question(needed=False)
# How each fact is read: as at intake, or at its step.
READS: Mapping[str, Reads] = {
    **{fact: CustomerForm.model_fields[fact].metadata[0] for fact in rules.OWN},
    **{one.key: BY_PART[one.part] for one in rules.RECORDED},
}


@dataclass(frozen=True)
class Which(Pick):
    """The fact that is wrong, by any word for it."""

    def read(self, said: str, reading: Reading, name: str) -> str:
        known = reading.question(name).known
        fact = rules.fact_called(said, known)
        if fact is not None and fact in known:
            return fact
        return str(super().read(said, reading, name))

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        end = rules.word_at_beginning(words)
        return Place(0, end) if end else None


@dataclass(frozen=True)
class Right(Pick):
    """What the fact is instead: read as the fact is read, kept as text."""

    free: bool = True
    as_said: bool = True

    def read(self, said: str, reading: Reading, name: str) -> str:
        [fact] = reading.question(name).known
        if said.strip() in NOTHING_NAMES and rules.may_be_none(fact):
            return ""
        value = READS[fact].read(rules.without_into(said), reading, fact)
        return facts.as_text(value)


class ChangingForm(BaseModel):
    """Which fact, what is right; `seen` is the value that it was chosen to be changed from."""

    what: Annotated[str, Which(clears=("to", "homes", "again", "seen"))]
    to: Annotated[str, Right(clears=("homes", "again"))]
    homes: Annotated[str, Pick(in_line=False)] = ALL
    again: Annotated[str, Pick(in_line=False, rather="to")] = ""
    seen: Annotated[str, Pick(in_line=False)] = ""


def case_of(ctx: Context, about: Mapping[str, Any]) -> Case:
    case = customers.lock(ctx.session, ctx.store.id, about["case"])
    if case is None:
        raise LookupError(about["case"])
    return case


def require(ctx: Context, case: Case, fact: str = "") -> list[str]:
    """What the person may correct, the `fact` among it; raises Refusal with what can be done instead."""
    may = rights.correctable(ctx, case, ctx.me)
    if (may and not fact) or fact in may:
        return may
    forgetting.require_kept(ctx, case)
    known = cards.facts(ctx, case)
    if fact in list(Elsewhere):
        raise Refusal(f"customers_changing.elsewhere_{fact}", ends_form=True, **known)
    if fact not in rules.BY_KEY:
        raise Refusal("customers_changing.not_yours", ends_form=True, audited="customers.not_allowed", **known)
    recorded, known = rules.BY_KEY[fact], {**known, "label": shown.label(fact)}
    if recorded.mark not in workflow.marks_of(ctx.session, case.id):
        raise Refusal("customers_changing.not_on_record", ends_form=True, **known)
    if case.state != recorded.state:
        raise Refusal("customers_changing.closed", ends_form=True, **known)
    raise Refusal("customers_changing.recorded_by_others", ends_form=True, audited="customers.not_allowed", **known)


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """Nothing is changed that does not differ, or that is not any more what it was when this was begun."""
    case, fact = case_of(ctx, about), answers.get("what", "")
    may = require(ctx, case, fact if fact != MORE else "")
    which = _which(ctx, case, may, unread=about["unread"])
    questions = {"what": which, "to": UNASKED, "homes": UNASKED, "again": UNASKED, "seen": UNASKED}
    if fact in ("", MORE):
        objection = None if fact == "" else Objection("what", notice("customers_changing.ask_more"), _rest(may))
        return Reading(ctx.now, ctx.rules.working, questions, objection)
    now = facts.value_now(ctx, case, fact)
    right = _right(fact, now)
    questions |= {"to": right, fact: right, "homes": _homes(ctx, case, fact), "again": _again(ctx, case, answers)}
    return Reading(ctx.now, ctx.rules.working, questions, _objection(ctx, case, answers, about, now))


def _which(ctx: Context, case: Case, may: list[str], *, unread: str) -> Question:
    offered = rules.offered(may, more=False)
    options = [_option(one) for one in offered]
    if len(offered) < len(may):
        options.append(Option(MORE, "customers_changing.button_more", names=("其他", "其他资料")))
    ask = notice("customers_changing.ask_what", unread=unread, **cards.facts(ctx, case))
    return Question(ask=ask, options=tuple(options), known=(*may, *Elsewhere))


def _rest(may: list[str]) -> tuple[Option, ...]:
    return tuple(_option(one) for one in rules.offered(may, more=True))


def _option(fact: str) -> Option:
    label = shown.label(fact)
    return Option(fact, label.key, names=rules.WORDS[fact])


def _right(fact: str, now: str) -> Question:
    """What it is now, and what it can be instead."""
    options = options_of(fact)
    if rules.may_be_none(fact) and now:
        options = (*options, Option("", "customers_changing.button_nothing"))
    part = rules.BY_KEY[fact].part if fact in rules.BY_KEY else ""
    value = shown.shown(fact, shown.kept(fact, now))
    ask = notice("customers_changing.ask_to", label=shown.label(fact), now=value, part=str(part))
    return Question(ask=ask, options=options, known=(fact,))


def _homes(ctx: Context, case: Case, fact: str) -> Question:
    """A customer with several homes has one number; or one of them is somebody else's."""
    others = facts.homes(ctx, case) if fact == "phone" else []
    ask = notice("customers_changing.ask_homes", number=case.number, others="、".join(one.number for one in others))
    options = (
        Option(ALL, "customers_changing.button_all", names=ALL_NAMES),
        Option(HERE, "customers_changing.button_here", names=HERE_NAMES),
    )
    return Question(ask=ask, options=options, needed=bool(others))


def _again(ctx: Context, case: Case, answers: Answers) -> Question:
    """The number is another customer's already: whose, and how it stands."""
    known = customers.by_phone(ctx.session, ctx.store.id, answers.get("to", "")) if answers["what"] == "phone" else None
    if known is None or known.id == case.customer_id:
        return Question(needed=False)
    lines = [cards.facts(ctx, one) for one in customers.of_customer(ctx.session, known.id)]
    ask = notice("customers_changing.same_phone", phone=masked(known.phone), cases=lines)
    options = (
        Option(YES, "customers_changing.button_same_person", names=SAME_NAMES),
        Option(None, "customers_changing.button_other_number", asks=notice("customers_changing.ask_number")),
    )
    return Question(ask=ask, options=options)


def _objection(ctx: Context, case: Case, answers: Answers, about: Mapping[str, Any], now: str) -> Objection | None:
    fact, to = answers["what"], answers.get("to")
    if to is None:
        return None
    known: dict[str, Any] = {"label": shown.label(fact), "now": shown.shown(fact, shown.kept(fact, now))}
    if to == now:
        return Objection("to", notice("customers_changing.same", **known), _right(fact, now).options)
    recorded = rules.BY_KEY.get(fact)
    if recorded is not None and recorded.part == Part.AT and _is_too_long_ago(ctx, case, recorded.mark, to):
        return Objection("to", notice("customers_changing.too_long_ago", days=LONGEST_PAST.days, **known))
    if now != answers.get("seen", about["seen"].get(fact, "")):
        return _moved_on(ctx, case, fact, now, known)
    return None


def _is_too_long_ago(ctx: Context, case: Case, mark: str, to: str) -> bool:
    """As at its step: so many days before it was recorded."""
    recorded_at = workflow.marks_of(ctx.session, case.id)[mark].recorded_at
    return datetime.fromisoformat(to) < recorded_at - LONGEST_PAST


def _moved_on(ctx: Context, case: Case, fact: str, now: str, known: Mapping[str, Any]) -> Objection:
    """Somebody else changed it meanwhile: they see what is true now, and may go on."""
    last = next((one for one in storage.corrections_of(ctx.session, case, most=1) if fact in (one.after or {})), None)
    by = staff.get(ctx.session, last.actor_id).name if last and last.actor_id else ""
    why = notice("customers_changing.moved_on", by=by, **known)
    return Objection("seen", why, (Option(now, "customers_changing.button_still"),))
