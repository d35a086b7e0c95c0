"""Recommending a designer (HANDBOOK 2.2): who suits, with two strengths each; who was offered is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Context, Press, Refusal
from bot.filling import open_form
from bot.handlers import customers_cards as cards
from bot.handlers import customers_naming as naming
from bot.handlers import workflow_steps
from bot.notices import Notice, notice
from bot.questions import Option, Pick, Question, Reading
from bot.rules import customers as rules
from bot.rules.customers import Recommended, Strength, Wishes
from storage import customers, staff
from storage.customers import Case, CaseState
from storage.staff import Role, with_role


class DesignerForm(BaseModel):
    """Whom the customer takes."""

    designer: Annotated[int, Pick(in_line=False)]


def recommended(ctx: Context, wishes: Wishes) -> list[Recommended]:
    """The store's designers, whoever suits best first."""
    designers = with_role(ctx.people(), Role.DESIGNER)
    return rules.recommend(
        designers,
        wishes,
        profiles=ctx.rules.customers.designers,
        load=customers.load_of(ctx.session, ctx.store.id, [one.id for one in designers]),
        away=ctx.away_now(),
    )


def question(ctx: Context, wishes: Wishes, *, may_wait: bool) -> Question:
    """Whom to recommend, the best first; at the reception it can be left for later."""
    found = recommended(ctx, wishes)
    people = {one.id: one for one in ctx.people()}
    options = tuple(
        Option(
            one.staff_id,
            "customers.button_name",
            {"name": people[one.staff_id].name},
            names=(people[one.staff_id].name, people[one.staff_id].key),
        )
        for one in found
    )
    lines = [_line(one, people[one.staff_id].name) for one in found]
    ask = notice("customers.ask_designer_of", designers=lines, may_wait=may_wait)
    return Question(ask=ask, options=options, optional=may_wait, needed=bool(found))


def _line(one: Recommended, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "strengths": [_strength(strength) for strength in one.strengths],
        "load": one.load,
        "away": one.away,
        "fee": one.design_fee,
    }


def _strength(strength: Strength) -> Notice:
    return notice(f"customers.strength_{strength.kind}", word=strength.word)


def take(ctx: Context, case: Case, designer_id: int | None, wishes: Wishes) -> None:
    """Keeps who was offered; whom the customer took designs, and hears it."""
    offered = [one.staff_id for one in recommended(ctx, wishes)]
    if designer_id is not None and designer_id not in offered:
        raise Refusal("customers.no_designer_any_more")
    customers.record_offers(ctx.session, case, offered, taken_id=designer_id, at=ctx.now)
    before = customers.team_of(ctx.session, case.id).get(Role.DESIGNER)
    if designer_id in (None, before):
        return
    customers.put_member(ctx.session, case, Role.DESIGNER, designer_id)
    after = {"designer": staff.get(ctx.session, designer_id).name}
    ctx.record("customers.designer_chosen", case.subject, by=ctx.me, rule="HANDBOOK 2.2", after=after)
    lead = cards.told("customers.yours_to_design", ctx, case, by=ctx.me.name)
    if not workflow_steps.chosen(ctx, case, Role.DESIGNER, designer_id, lead=lead) and designer_id != ctx.me.id:
        ctx.tell(designer_id, lead)
    if before is not None:
        ctx.tell(before, notice("customers.another_designer", **cards.facts(ctx, case), by=ctx.me.name))


def press(ctx: Context, press: Press) -> Answer:
    """选设计师 on the card: whom, among those who suit."""
    case = naming.pressed(ctx, press)
    _require_open(ctx, case)
    if not recommended(ctx, Wishes()):
        raise Refusal("customers.no_designers")
    return open_form(ctx, CHOOSING, about={"case": case.id})


def _require_open(ctx: Context, case: Case) -> None:
    if not ctx.has(Role.CLIENT_MANAGER):
        raise Refusal("desk.not_yours", audited="customers.not_allowed", ends_form=True)
    if case.state != CaseState.OPEN:
        raise Refusal("customers.closed_already", **cards.facts(ctx, case), ends_form=True)


def _wishes(case: Case) -> Wishes:
    return Wishes(style=case.wishes.get("style", ""), budget=case.wishes.get("budget"))


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    case = _case(ctx, about)
    _require_open(ctx, case)
    return Reading(ctx.now, ctx.rules.working, {"designer": question(ctx, _wishes(case), may_wait=False)})


def submit(ctx: Context, form: DesignerForm, about: Mapping[str, Any]) -> Answer:
    case = _case(ctx, about)
    take(ctx, case, form.designer, _wishes(case))
    ctx.refresh(case.subject)
    return cards.told("customers.designer_is", ctx, case)


def _case(ctx: Context, about: Mapping[str, Any]) -> Case:
    case = customers.lock(ctx.session, ctx.store.id, about["case"])
    if case is None:
        raise Refusal("customers.not_found", said="", ends_form=True)
    return case


CHOOSING = Form(
    "customers.choosing",
    DesignerForm,
    look=look,
    submit=submit,
    confirms=False,
    cancelled="customers.nothing_changed",
)
