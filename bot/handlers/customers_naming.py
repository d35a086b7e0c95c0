"""Which case a line means: by its number, the customer's phone, their name or the estate, among those one may see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialog import Answers
from bot.feature import Context, Press, Refusal
from bot.handlers import customers_cards as cards
from bot.handlers import customers_forgetting as forgetting
from bot.notices import Buttons, in_rows
from bot.questions import LONGEST_WORDS, cleaned
from bot.reading import Misread, Segment, read_phone, segments
from bot.rules import customers as rules
from storage import customers
from storage.customers import Case, CaseState

SHOW = "customers:show"
LEADS = re.compile(r"^(?:客户|给|跟|和|与|把|对|帮)+")
EDGES = " 　，、,；;。:："
SHORTEST, LONGEST = 2, 16
LOOKED_AT = 50
OFFERED = 6
QUOTED = 20


@dataclass(frozen=True)
class Named:
    """The case that a line means, and what the line says besides."""

    case: Case
    rest: str


@dataclass(frozen=True)
class _Found:
    """Cases that the words may mean, and the words behind that."""

    cases: Sequence[Case]
    rest: str


def named_case(ctx: Context, said: str, *, action: str = SHOW) -> Case:
    """The one case that is meant; raises Refusal where there is none or several, with a button of `action` for each."""
    return find(ctx, said, action=action).case


def find(ctx: Context, said: str, *, action: str = SHOW, state: CaseState = CaseState.OPEN) -> Named:
    """The one case that the line begins with; of several the only one in `state` is meant."""
    words = LEADS.sub("", said.strip(EDGES)).strip(EDGES)
    if not words:
        raise Refusal("customers.which", buttons=_offer(ctx, mine(ctx), action))
    found = _numbered(ctx, words) or _with_phone(ctx, words) or _called(ctx, words)
    if found is None:
        raise Refusal("customers.not_found", said=words.split()[0][:QUOTED], buttons=_offer(ctx, mine(ctx), action))
    return Named(_only(ctx, found.cases, words, action, state), found.rest.strip(EDGES))


def own_words(field: str, line: str) -> Answers:
    """What the line says behind the case's name, just as it was typed; raises Refusal if it is too long."""
    words = " ".join(cleaned(line).split())
    if len(words) > LONGEST_WORDS:
        raise Refusal("dialog.too_long", most=LONGEST_WORDS, length=len(words))
    return {field: words} if words else {}


def mine(ctx: Context) -> list[Case]:
    """The open cases in which the person has a part, the newest first."""
    return customers.open_of_member(ctx.session, ctx.store.id, ctx.me.id)


def pressed(ctx: Context, press: Press) -> Case:
    """The case that a button is about, if the person may see it; buttons can be forged."""
    case = customers.lock(ctx.session, ctx.store.id, press.subject_id)
    if case is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    require_visible(ctx, case)
    forgetting.require_kept(ctx, case)
    return case


def require_visible(ctx: Context, case: Case) -> None:
    if not cards.may_see(ctx, case, ctx.me):
        manager = cards.facts(ctx, case)["client_manager"]
        raise Refusal("customers.not_yours", client_manager=manager, audited="customers.not_allowed")


def _only(ctx: Context, cases: Sequence[Case], words: str, action: str, state: CaseState) -> Case:
    visible = [case for case in cases if cards.may_see(ctx, case, ctx.me)]
    if not visible:
        require_visible(ctx, cases[0])
    wanted = [case for case in visible if case.state == state]
    for few in (visible, wanted):
        if len(few) == 1:
            forgetting.require_kept(ctx, few[0])
            return few[0]
    raise Refusal("customers.several", said=words[:QUOTED], count=len(visible), buttons=_offer(ctx, visible, action))


def _offer(ctx: Context, cases: Sequence[Case], action: str) -> Buttons:
    return in_rows([cards.choice(ctx, case, action) for case in cases[:OFFERED]], width=1)


def _numbered(ctx: Context, words: str) -> _Found | None:
    number = rules.case_number_in(words)
    if number is None:
        return None
    case = customers.by_number(ctx.session, ctx.store.id, year=number[0], serial=number[1])
    if case is None:
        raise Refusal("customers.no_such_number", number=f"{number[0]}-{number[1]:04}")
    return _Found([case], rules.without_case_number(words))


def _with_phone(ctx: Context, words: str) -> _Found | None:
    for part in segments(words):
        try:
            phone = read_phone(part.text)
        except Misread:
            continue
        customer = customers.by_phone(ctx.session, ctx.store.id, phone)
        cases = customers.of_customer(ctx.session, customer.id) if customer else []
        return _Found(cases, words.replace(part.text, "", 1)) if cases else None
    return None


def _called(ctx: Context, words: str) -> _Found | None:
    """The first part of the line, or what it begins with; the parts behind it may narrow several down."""
    first, *others = segments(words) or [Segment(words, 0, len(words))]
    for length in range(min(len(first.text), LONGEST), SHORTEST - 1, -1):
        called = first.text[:length]
        cases = customers.matching(ctx.session, ctx.store.id, called, most=LOOKED_AT)
        if length < len(first.text):
            cases = [case for case in cases if _is_called(ctx, case, called)]
        if cases:
            return _narrowed(ctx, cases, words[first.start + length :], others)
    return None


def _is_called(ctx: Context, case: Case, called: str) -> bool:
    """Whether a name stands there in front of other words, not a mere piece of one."""
    name = customers.get_customer(ctx.session, case.customer_id).name
    return called in (name, rules.discreet_name(name), case.estate)


def _narrowed(ctx: Context, cases: Sequence[Case], rest: str, others: Sequence[Segment]) -> _Found:
    """李女士 锦绣花园: of several the one whose estate, or name, stands behind."""
    left = list(cases)
    for part in others:
        fewer = [case for case in left if part.text == case.estate or _is_called(ctx, case, part.text)]
        if not fewer or len(left) == 1:
            break
        left, rest = fewer, rest.replace(part.text, "", 1)
    return _Found(left, rest)
