"""客户 李女士, 客户 2026-0031, 我的客户: one case with its card, or all of one's own; and the customer's number."""

from __future__ import annotations

import re
from typing import Any

from bot.feature import Answer, Context, Press, Refusal
from bot.handlers import customers_cards as cards
from bot.handlers import customers_naming as naming
from bot.notices import Notice, in_rows, notice
from storage import customers
from storage.customers import Case

MINE_WORDS = ("我的客户", "客户列表", "我的单子")
SHOW_WORDS = ("客户", "查客户", "看客户", "客户卡")
# What a customer does is no question about one: 客户说晚点回来.
SPEAKING = re.compile("客户(?:[说讲问要想让叫]|[打等来回不在]|[还又已今明后])")
LISTED = 20
BUTTONS = 6
# 客户经理 is no customer.
A_COLLEAGUE = "经理"


def show(ctx: Context, word: str, rest: str) -> Answer:
    """The card of the case that is named; without a name one's own cases."""
    if rest.startswith(A_COLLEAGUE):
        raise Refusal("customers.which_card")
    return Notice(subject=naming.named_case(ctx, rest).subject) if rest.strip() else mine(ctx, word, rest)


def press_show(ctx: Context, press: Press) -> Answer:
    return Notice(subject=naming.pressed(ctx, press).subject)


def mine(ctx: Context, word: str, rest: str) -> Answer:
    """The open cases in which one has a part: whose, where, and when they are contacted again."""
    own = naming.mine(ctx)
    if not own:
        return notice("customers.none_of_mine")
    buttons = in_rows([cards.choice(ctx, case, naming.SHOW) for case in own[:BUTTONS]], width=1)
    lines = [_line(ctx, case) for case in own[:LISTED]]
    return notice("customers.mine", cases=lines, count=len(own), buttons=buttons)


def _line(ctx: Context, case: Case) -> dict[str, Any]:
    return cards.facts(ctx, case) | {"follow_up_at": case.follow_up_at}


def phone(ctx: Context, press: Press) -> Answer:
    """Name, number and address in full, for those assigned, in private; it is kept who looked (HANDBOOK 4)."""
    case = naming.pressed(ctx, press)
    if not cards.is_assigned(ctx, case, ctx.me):
        raise Refusal("customers.number_of_assigned", **cards.facts(ctx, case), audited="customers.not_allowed")
    if not cards.may_be_told_in_full(ctx):
        raise Refusal("customers.number_not_abroad", number=case.number)
    customer = customers.get_customer(ctx.session, case.customer_id)
    ctx.record("customers.phone_shown", case.subject, by=ctx.me, rule="HANDBOOK 4")
    return notice("customers.phone", number=case.number, name=customer.name, phone=customer.phone, estate=case.estate)
