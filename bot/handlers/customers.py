"""Customers: the reception's intake, one line or question by question with what to say at each (HANDBOOK W1 T1-T5).

登记 李女士 13800000000 老客户介绍 锦绣花园 120平 三室两厅 4口人, consent, 确认: a case with a number of its own.
Its card is in customers_cards.py, which case a line means in customers_naming.py, how it ends in customers_closing.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.dialog import Form
from bot.feature import Answer, Command, Context, Feature
from bot.filling import open_form
from bot.handlers import customers_cards as cards
from bot.handlers import customers_closing as closing
from bot.handlers import customers_designers as designers
from bot.handlers import customers_form as intake
from bot.handlers import customers_lists as lists
from bot.handlers import follow_up, workflow_steps
from bot.handlers.customers_form import CustomerForm
from bot.handlers.customers_opening import opening
from bot.rules.customers import Wishes
from storage import customers
from storage.customers import Case, Grade
from storage.staff import Role

WORDS = ("客户登记", "登记客户", "新客户", "登记", "来客登记")


def register(ctx: Context, word: str, rest: str) -> Answer:
    """客户登记 walks through the reception; with a line only what is missing is asked."""
    said = opening(rest)
    about = {"line": bool(rest.strip()), "unread": said.unread}
    return open_form(ctx, INTAKE, line=said.line, answers=said.known, about=about)


def submit(ctx: Context, form: CustomerForm, about: Mapping[str, Any]) -> Answer:
    """The customer, the case under the year's next number, its team, who was offered, and the first follow-up."""
    intake.require_client_manager(ctx)
    customer = customers.put_customer(ctx.session, ctx.store.id, name=form.name, phone=form.phone, now=ctx.now)
    case = customers.open_case(ctx.session, _case(ctx, form, customer.id))
    manager_id = form.manager or ctx.me.id
    customers.put_member(ctx.session, case, Role.CLIENT_MANAGER, manager_id)
    ctx.record("customers.registered", case.subject, by=ctx.me, rule="HANDBOOK W1", after={"number": case.number})
    if not about.get("line"):
        designers.take(ctx, case, form.designer, Wishes(style=form.style, budget=form.budget))
    if manager_id != ctx.me.id:
        ctx.tell(manager_id, cards.told("customers.yours_to_manage", ctx, case, by=ctx.me.name))
    _begin_process(ctx, case)
    for other in customers.of_customer(ctx.session, customer.id):
        ctx.refresh(other.subject)
    return cards.told("customers.registered", ctx, case, first_at=case.follow_up_at)


def _case(ctx: Context, form: CustomerForm, customer_id: int) -> Case:
    return Case(
        store_id=ctx.store.id,
        year=ctx.today().year,
        serial=0,
        customer_id=customer_id,
        grade=Grade(form.grade),
        source=form.source,
        estate=form.estate,
        area_m2=form.area,
        layout=form.layout,
        residents=form.residents,
        wishes=intake.wishes_of(form),
        consent_at=ctx.now,
        opened_by_id=ctx.me.id,
        opened_at=ctx.now,
    )


def _begin_process(ctx: Context, case: Case) -> None:
    """What begins with a new case: the first contact within a day, and the designer's first step."""
    follow_up.begin(ctx, case)
    workflow_steps.begin_case(ctx, case)


INTAKE = Form(
    "customers.intake",
    CustomerForm,
    look=intake.look,
    submit=submit,
    readback=intake.readback,
    anew=True,
)

feature = Feature(
    name="customers",
    commands=(
        Command("customers.register", WORDS, register, roles=(Role.CLIENT_MANAGER,), leads=True),
        Command("customers.mine", lists.MINE_WORDS, lists.mine),
        Command(
            "customers.show", lists.SHOW_WORDS, lists.show, in_menu=False, leads=True, noun=True, unless=lists.SPEAKING
        ),
        Command(
            "customers.lose",
            closing.LOSE_WORDS,
            closing.lose,
            roles=(Role.CLIENT_MANAGER,),
            in_menu=False,
            takes_next=True,
        ),
        Command(
            "customers.reopen",
            closing.REOPEN_WORDS,
            closing.reopen,
            roles=(Role.CLIENT_MANAGER,),
            in_menu=False,
            takes_next=True,
        ),
    ),
    forms=(INTAKE, designers.CHOOSING, closing.LOSING),
    buttons={
        "show": lists.press_show,
        "phone": lists.phone,
        "designer": designers.press,
        "lose": closing.press_lose,
        "reopen": closing.press_reopen,
    },
    card=cards.card,
)
