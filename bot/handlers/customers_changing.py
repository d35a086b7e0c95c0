"""改客户 李女士 电话 13800000002: what was typed wrongly about a customer, or at a step of their case, is put right.

What is wrong is chosen, or said in the line; old and new are read back before anything changes. Both stay in the case's
history, and whoever has the open step hears it if they work with it. What can be corrected, and by whom, is one table:
bot/rules/customers_changing.py; what is asked is in customers_changing_asking.py, how it is done in ..._facts.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.dialog import Form
from bot.feature import Answer, Command, Context, Feature, Press, Refusal
from bot.filling import open_form
from bot.handlers import customers_cards as cards
from bot.handlers import customers_changing_asking as asking
from bot.handlers import customers_changing_facts as facts
from bot.handlers import customers_changing_rights as rights
from bot.handlers import customers_changing_shown as shown
from bot.handlers import customers_naming as naming
from bot.handlers import workflow_cards, workflow_steps
from bot.handlers.customers_changing_asking import HERE, ChangingForm
from bot.handlers.customers_form import YES
from bot.notices import notice, passing
from bot.reading import Misread, match_command, read_area, read_layout, read_phone, read_residents
from bot.rules import customers_changing as rules
from bot.rules.customers_changing import Said
from bot.rules.workflow_totals import difference, may_know_budget
from storage import customers, inbox, workflow
from storage import customers_changing as storage
from storage.customers import Case
from storage.staff import Role

WORDS = ("改客户", "改客户资料", "改一下客户", "修改客户", "更正客户")
# People begin with these what they say to each other, too: 更正 明天10点开会.
WORDS_OF_ALL = ("更正", "更正一下", "改资料")
WHO = (Role.CLIENT_MANAGER, Role.GM_OFFICE, Role.DESIGNER, Role.ESTIMATOR)
# What is known by its shape alone: 改客户 李女士 130平.
SHAPED = {"phone": read_phone, "area": read_area, "layout": read_layout, "residents": read_residents}


def change(ctx: Context, word: str, rest: str) -> Answer:
    """改客户 李女士, 改客户 2026-0031 面积 130平, 更正 估算总价 李女士 12.8万."""
    said = rules.taken_apart(rest)
    again = f"customers_changing:words:{ctx.inbox_id}" if said.word and said.whose else "customers_changing:change"
    found = naming.find(ctx, said.whose or said.right, action=again)
    if not said.word:
        return _open(ctx, found.case, _by_its_shape(found.rest), unread=found.rest)
    return _open(ctx, found.case, said if said.whose else replace(said, right=found.rest))


def _by_its_shape(words: str) -> Said:
    for fact, read in SHAPED.items():
        try:
            read(words)
        except Misread:
            continue
        return Said("", rules.OWN[fact][0], words)
    return Said("")


def press_words(ctx: Context, press: Press) -> Answer:
    """One of several of that name was meant: what was said about it is not asked again."""
    if not (press.rest.isascii() and press.rest.isdigit()):
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    case = naming.pressed(ctx, Press(int(press.rest)))
    said = inbox.text_of(ctx.session, press.subject_id, lane=f"staff:{ctx.me.id}")
    command = match_command(said, (*WORDS, *WORDS_OF_ALL))
    return _open(ctx, case, rules.taken_apart(command.rest if command else said))


def press_change(ctx: Context, press: Press) -> Answer:
    """改资料 on the customer's card."""
    return _open(ctx, naming.pressed(ctx, press), Said(""))


def _open(ctx: Context, case: Case, said: Said, *, unread: str = "") -> Answer:
    may = asking.require(ctx, case, rules.fact_called(said.word, rights.correctable(ctx, case, ctx.me)) or "")
    seen = {fact: facts.value_now(ctx, case, fact) for fact in may}
    line = f"{said.word} {said.right}" if said.word else ""
    about = {"case": case.id, "seen": seen, "unread": unread[: naming.QUOTED]}
    return open_form(ctx, CHANGING, line=line, about=about)


def _readback(ctx: Context, form: ChangingForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    case = asking.case_of(ctx, about)
    known = customers.by_phone(ctx.session, ctx.store.id, form.to) if form.again == YES else None
    others = facts.homes(ctx, case) if form.what in rules.OF_CUSTOMER and form.homes != HERE else []
    before = facts.value_now(ctx, case, form.what)
    return (
        cards.facts(ctx, case)
        | _difference(ctx, form.what, before, form.to)
        | {
            "others": "、".join(one.number for one in others),
            "known_as": cards.facts(ctx, customers.of_customer(ctx.session, known.id)[0])["name"] if known else "",
            "apart": _apart(ctx, case, form),
        }
    )


def _difference(ctx: Context, fact: str, before: str, after: str) -> dict[str, Any]:
    """Old and new; name and address in full where they may be told, a number never (HANDBOOK 4)."""
    old, new = shown.kept(fact, before), shown.kept(fact, after)
    if fact in ("name", "estate") and cards.may_be_told_in_full(ctx):
        old, new = before, after
    return {
        "label": shown.label(fact),
        "before": shown.shown(fact, old),
        "after": shown.shown(fact, new),
        "looks_same": old == new,
    }


def _apart(ctx: Context, case: Case, form: ChangingForm) -> dict[str, Any] | None:
    """How far budget and estimate would be from each other (HANDBOOK W5), as it was said when they were recorded."""
    if form.what not in rules.TOTALS:
        return None
    totals = {fact: facts.value_now(ctx, case, fact) for fact in rules.TOTALS} | {form.what: form.to}
    if not all(totals.values()) or not may_know_budget(ctx.me, workflow.marks_of(ctx.session, case.id)):
        return None
    apart = difference(
        estimate=Decimal(totals["estimate_total"]),
        budget=Decimal(totals["budget_total"]),
        within_percent=ctx.rules.process.within_percent,
    )
    return {"percent": str(abs(apart.percent)), "over": apart.is_over, "within": apart.is_within}


def _submit(ctx: Context, form: ChangingForm, about: Mapping[str, Any]) -> Answer:
    """The old value stays in the history; whoever works with it hears it once."""
    case, fact = asking.case_of(ctx, about), form.what
    before, called = facts.value_now(ctx, case, fact), facts.value_now(ctx, case, "name")
    due = {step.id: step.due_at for step in workflow.live_of_case(ctx.session, case.id)}
    changed = facts.put(ctx, case, fact, form.to, only_here=form.homes == HERE)
    old, new = shown.kept(fact, before), shown.kept(fact, form.to)
    for one in changed:
        was, now = {fact: old}, {fact: new}
        if (name := facts.value_now(ctx, one, "name")) != called:
            # Another customer's number brings that customer's name along.
            was, now = was | {"name": shown.kept("name", called)}, now | {"name": shown.kept("name", name)}
        ctx.record(storage.VERB, one.subject, by=ctx.me, rule="HANDBOOK 4", before=was, after=now)
        _tell(ctx, one, fact, old, new, due=due)
        ctx.refresh(one.subject)
        for step in workflow.of_case(ctx.session, one.id):
            ctx.refresh(step.subject)
    return _corrected(ctx, case, _difference(ctx, fact, before, form.to), due=due, is_total=fact in rules.TOTALS)


def _tell(ctx: Context, case: Case, fact: str, old: str, new: str, *, due: Mapping[int, Any]) -> None:
    """One line for each who has a step of the case in hand, its card if its clock is another one now.

    A total is on the card, for those who may know it (HANDBOOK E6).
    """
    if fact in rules.OWN and fact not in rules.WORKED_WITH:
        return
    known = {"by": ctx.me.name, "label": shown.label(fact), "said": fact not in rules.TOTALS, "looks_same": old == new}
    values = known | {"before": shown.shown(fact, old), "after": shown.shown(fact, new)}
    in_hand = {step.owner_id: step for step in workflow.live_of_case(ctx.session, case.id)}
    for step in in_hand.values():
        told = {**workflow_cards.facts(ctx, step), **values}
        if step.owner_id == ctx.me.id:
            continue
        if step.due_at != due.get(step.id, step.due_at):
            workflow_steps.hand_card(ctx, step, notice("customers_changing.told", **told))
        else:
            ctx.tell(step.owner_id, passing("customers_changing.told", subject=step.subject, **told))


def _corrected(
    ctx: Context, case: Case, values: Mapping[str, Any], *, due: Mapping[int, Any], is_total: bool
) -> Answer:
    """What is so now; a manager can say at once that totals too far apart may be (HANDBOOK W5)."""
    under_way = workflow.live_of_case(ctx.session, case.id)
    moved = next((step.due_at for step in under_way if due.get(step.id) != step.due_at), None)
    too_far = is_total and _is_too_far(ctx, case)
    known = {**cards.facts(ctx, case), **values, "due": moved, "too_far": too_far}
    subject = under_way[-1].subject if too_far and under_way else case.subject
    return passing("customers_changing.corrected", subject=subject, **known)


def _is_too_far(ctx: Context, case: Case) -> bool:
    """Whether a manager must allow it before the budget is shown, or the contract signed; for those who know both."""
    marks = workflow.marks_of(ctx.session, case.id)
    apart = workflow_cards.apart_of(ctx, marks)
    return apart is not None and not apart.is_within and may_know_budget(ctx.me, marks)


CHANGING = Form(
    "customers_changing.changing",
    ChangingForm,
    look=asking.look,
    submit=_submit,
    readback=_readback,
    cancelled="customers.nothing_changed",
    anew=True,
)

feature = Feature(
    name="customers_changing",
    commands=(
        Command("customers_changing.change", WORDS, change, roles=WHO, leads=True, takes_next=True),
        Command(
            "customers_changing.correct",
            WORDS_OF_ALL,
            change,
            roles=WHO,
            in_menu=False,
            leads=True,
            noun=True,
            takes_next=True,
        ),
    ),
    forms=(CHANGING,),
    buttons={"change": press_change, "words": press_words},
)
