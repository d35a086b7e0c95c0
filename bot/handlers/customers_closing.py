"""流失 2026-0031 选了别家: a customer does not come any more, why and since when; and one who comes back after all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Context, Press, Refusal
from bot.filling import open_form
from bot.handlers import customers_cards as cards
from bot.handlers import customers_naming as naming
from bot.handlers import follow_up, workflow_steps
from bot.handlers.customers_form import require_client_manager
from bot.questions import Option, Question, Reading, Words
from bot.rules.customers import LOST_REASONS
from storage import customers
from storage.customers import Case, CaseState

LOSE_WORDS = ("流失", "客户流失", "丢单")
REOPEN_WORDS = ("恢复客户", "客户回来了", "客户又来了", "重新跟进")


class LosingForm(BaseModel):
    """Why a customer does not come any more."""

    why: Annotated[str, Words()]


def lose(ctx: Context, word: str, rest: str) -> Answer:
    found = naming.find(ctx, rest, action="customers:lose")
    return _open(ctx, found.case, found.rest)


def press_lose(ctx: Context, press: Press) -> Answer:
    return _open(ctx, naming.pressed(ctx, press), "")


def _open(ctx: Context, case: Case, line: str) -> Answer:
    require_client_manager(ctx)
    _require_open(ctx, case)
    why = line.removeprefix("了").strip(naming.EDGES)
    return open_form(ctx, LOSING, answers=naming.own_words("why", why), about={"case": case.id})


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    require_client_manager(ctx)
    _require_open(ctx, _case(ctx, about))
    options = tuple(Option(why, "customers.button_name", {"name": why}) for why in LOST_REASONS)
    return Reading(ctx.now, ctx.rules.working, {"why": Question(options=options)})


def readback(ctx: Context, form: LosingForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**cards.facts(ctx, _case(ctx, about)), "why": form.why}


def submit(ctx: Context, form: LosingForm, about: Mapping[str, Any]) -> Answer:
    """The case is over: nothing rings about it any more, and its team hears it."""
    case = _case(ctx, about)
    close_as_lost(ctx, case, form.why)
    _tell_team(ctx, case, "customers.lost_told", why=form.why)
    ctx.refresh(case.subject)
    return cards.told("customers.lost", ctx, case, why=form.why)


def close_as_lost(ctx: Context, case: Case, why: str) -> None:
    """Ends the case; of two who end it at once the second hears that it is over."""
    if not customers.close(ctx.session, case, CaseState.LOST, at=ctx.now, by_id=ctx.me.id, lost_why=why):
        raise Refusal("customers.closed_already", **cards.facts(ctx, case), ends_form=True)
    follow_up.end(ctx, case)
    workflow_steps.end_case(ctx, case)
    ctx.record("customers.lost", case.subject, by=ctx.me, rule="HANDBOOK E8", after={"why": why})


def reopen(ctx: Context, word: str, rest: str) -> Answer:
    """客户回来了 2026-0031."""
    return _reopen(ctx, naming.find(ctx, rest, action="customers:reopen", state=CaseState.LOST).case)


def press_reopen(ctx: Context, press: Press) -> Answer:
    return _reopen(ctx, naming.pressed(ctx, press))


def _reopen(ctx: Context, case: Case) -> Answer:
    require_client_manager(ctx)
    before = case.lost_why
    if not customers.reopen(ctx.session, case):
        raise Refusal("customers.not_lost", **cards.facts(ctx, case))
    ctx.record("customers.reopened", case.subject, by=ctx.me, before={"why": before})
    follow_up.begin(ctx, case)
    workflow_steps.go_on_again(ctx, case)
    _tell_team(ctx, case, "customers.reopened_told")
    ctx.refresh(case.subject)
    return cards.told("customers.reopened", ctx, case, first_at=case.follow_up_at)


def _tell_team(ctx: Context, case: Case, key: str, **more: Any) -> None:
    for person_id in dict.fromkeys(customers.team_of(ctx.session, case.id).values()):
        if person_id != ctx.me.id:
            ctx.tell(person_id, cards.told(key, ctx, case, by=ctx.me.name, **more))


def _require_open(ctx: Context, case: Case) -> None:
    if case.state != CaseState.OPEN:
        raise Refusal("customers.closed_already", **cards.facts(ctx, case), ends_form=True)


def _case(ctx: Context, about: Mapping[str, Any]) -> Case:
    case = customers.lock(ctx.session, ctx.store.id, about["case"])
    if case is None:
        raise LookupError(about["case"])
    return case


LOSING = Form(
    "customers.losing",
    LosingForm,
    look=look,
    submit=submit,
    readback=readback,
    cancelled="customers.nothing_changed",
    shows="confirm_losing",
)
