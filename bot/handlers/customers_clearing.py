"""清除客户 李女士: a customer who asks for it is forgotten at once (HANDBOOK 4), as the privacy notice promises.

What goes and what stays is read back; a case that is still open ends with it. A contract and what belongs to it are
kept through the warranty: a signed case is refused, with the day from which it goes. How: customers_forgetting.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Command, Context, Feature, Press, Refusal
from bot.filling import leave, open_form
from bot.handlers import customers_cards as cards
from bot.handlers import customers_closing as closing
from bot.handlers import customers_forgetting as forgetting
from bot.handlers import customers_naming as naming
from bot.handlers.customers_form import require_client_manager
from bot.notices import notice, row
from bot.questions import Option, Pick, Question, Reading
from bot.rules.customers import ASKED_TO_BE_FORGOTTEN
from bot.rules.customers_forgetting import months_after
from bot.rules.workflow import Need
from bot.talk import Button
from storage import customers, customers_named, workflow
from storage.customers import Case, CaseState
from storage.customers_forgetting import forms_about
from storage.staff import Role

WORDS = ("清除客户", "删除客户", "清除客户资料", "删除客户资料", "清除资料", "删除资料", "删客户")
HERE, ALL = "here", "all"
HERE_NAMES = ("只清除这一个", "只清除这个", "只删这一个", "只删这个", "这一个")
ALL_NAMES = ("全部清除", "一起清除", "全部", "都清除", "都删", "全删")


class ClearingForm(BaseModel):
    """Which of the customer's homes."""

    homes: Annotated[str, Pick(in_line=False)] = HERE


def clear(ctx: Context, word: str, rest: str) -> Answer:
    return _open(ctx, naming.find(ctx, rest, action="customers_clearing:clear").case)


def press_clear(ctx: Context, press: Press) -> Answer:
    """One of several of that name was meant."""
    return _open(ctx, naming.pressed(ctx, press))


def _open(ctx: Context, case: Case) -> Answer:
    return open_form(ctx, CLEARING, about={"case": case.id})


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    require_client_manager(ctx)
    case, others = _homes(ctx, about)
    forgetting.require_kept(ctx, case)
    if until := _kept_until(ctx, case):
        change = Button("customers_changing.button_change", f"customers_changing:change:{case.id}")
        known = cards.facts(ctx, case)
        raise Refusal("customers_clearing.signed", buttons=row(change), ends_form=True, until=until, **known)
    return Reading(ctx.now, ctx.rules.working, {"homes": _which(case, _clearable(ctx, others))})


def _which(case: Case, others: list[Case]) -> Question:
    ask = notice("customers_clearing.ask_homes", number=case.number, others=_numbers(others))
    options = (
        Option(ALL, "customers_clearing.button_all", names=ALL_NAMES),
        Option(HERE, "customers_clearing.button_here", names=HERE_NAMES),
    )
    return Question(ask=ask, options=options, needed=bool(others))


def readback(ctx: Context, form: ClearingForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    """What goes and what stays, also of the customer's other homes."""
    case, others = _homes(ctx, about)
    chosen = _chosen(ctx, form, about)
    stay = [{"number": one.number, "until": _kept_until(ctx, one)} for one in others if one not in chosen]
    still_open = [one for one in chosen if one.state == CaseState.OPEN]
    agreed = any(Need.AGREEMENT_SIGNED in workflow.marks_of(ctx.session, one.id) for one in chosen)
    known = {"numbers": _numbers(chosen), "stay": stay, "still_open": _numbers(still_open), "agreed": agreed}
    return cards.facts(ctx, case) | known | {"why": ASKED_TO_BE_FORGOTTEN}


def submit(ctx: Context, form: ClearingForm, about: Mapping[str, Any]) -> Answer:
    chosen, (_, others) = _chosen(ctx, form, about), _homes(ctx, about)
    numbers = _numbers(chosen)
    for case in chosen:
        _clear(ctx, case)
    for other in others:
        ctx.refresh(other.subject)
    return notice("customers_clearing.cleared", numbers=numbers)


def _clear(ctx: Context, case: Case) -> None:
    """Its cards are shown anew before it is looked where the customer is named, so that what is to be shown is, too."""
    concerned = _concerned(ctx, case)
    if case.state == CaseState.OPEN:
        closing.close_as_lost(ctx, case, ASKED_TO_BE_FORGOTTEN)
    for opened in forms_about(ctx.session, case):
        if opened.open:
            leave(ctx, opened)
    everybody = [one.id for one in ctx.people()]
    for subject in customers_named.subjects(ctx.session, case):
        ctx.unsay(subject, everybody)
        ctx.refresh(subject)
    forgetting.forget_on_request(ctx, case)
    for person_id in concerned:
        ctx.tell(person_id, notice("customers_clearing.told", number=case.number))


def _concerned(ctx: Context, case: Case) -> list[int]:
    """Who has an open case in hand: its client manager, and whose step it is."""
    if case.state != CaseState.OPEN:
        return []
    manager = customers.team_of(ctx.session, case.id).get(Role.CLIENT_MANAGER)
    in_hand = [step.owner_id for step in workflow.live_of_case(ctx.session, case.id)]
    return [one for one in dict.fromkeys([*in_hand, manager]) if one is not None and one != ctx.me.id]


def _homes(ctx: Context, about: Mapping[str, Any]) -> tuple[Case, list[Case]]:
    """The case and the customer's other ones, locked in the order in which everybody locks them."""
    case = customers.get(ctx.session, ctx.store.id, about["case"])
    if case is None:
        raise LookupError(about["case"])
    known = customers.of_customer(ctx.session, case.customer_id)
    for one in sorted(known, key=lambda one: one.id):
        customers.lock(ctx.session, ctx.store.id, one.id)
    return case, [one for one in known if one.id != case.id and one.customer_id == case.customer_id]


def _chosen(ctx: Context, form: ClearingForm, about: Mapping[str, Any]) -> list[Case]:
    case, others = _homes(ctx, about)
    return [case, *(_clearable(ctx, others) if form.homes == ALL else ())]


def _clearable(ctx: Context, cases: list[Case]) -> list[Case]:
    return [one for one in cases if _kept_until(ctx, one) is None]


def _kept_until(ctx: Context, case: Case) -> datetime | None:
    """How long a contract keeps the case, if it still does."""
    if case.state != CaseState.SIGNED or case.closed_at is None:
        return None
    signed_at = case.closed_at.astimezone(ctx.rules.working.zone)
    until = months_after(signed_at, ctx.rules.customers.keep_signed_months)
    return until if until > ctx.now else None


def _numbers(cases: list[Case]) -> str:
    return "、".join(one.number for one in cases)


CLEARING = Form(
    "customers_clearing.clearing",
    ClearingForm,
    look=look,
    submit=submit,
    readback=readback,
    cancelled="customers.nothing_changed",
    anew=True,
)

feature = Feature(
    name="customers_clearing",
    commands=(
        Command("customers_clearing.clear", WORDS, clear, roles=(Role.CLIENT_MANAGER,), leads=True, takes_next=True),
    ),
    forms=(CLEARING,),
    buttons={"clear": press_clear},
)
