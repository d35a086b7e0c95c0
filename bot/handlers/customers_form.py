"""What the reception asks (HANDBOOK T4 T5 2.1): the needed part, the rest that may be left out, consent at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers
from bot.feature import Context, Refusal
from bot.handlers import customers_cards as cards
from bot.handlers import customers_designers as designers
from bot.measures import Area, Budget, Layout, Residents
from bot.notices import Notice, in_rows, notice
from bot.questions import Option, Phone, Pick, Place, Question, Reading, Words, cleaned
from bot.reading import Misread, find_area, find_layout, find_residents
from bot.rules import customers as rules
from bot.rules.customers import Source
from bot.texts import masked
from storage import customers, staff
from storage.customers import Grade
from storage.staff import Role, with_role

QUOTED = 20
LONGEST_ESTATE = 40
YES, NO = "yes", "no"
ESTATE_LEADS = ("小区", "楼盘", "房子在", "新房在", "在", "住")
CHOICES = {"dwelling": rules.DWELLINGS, "scope": rules.SCOPES, "style": rules.STYLES}
GRADE_NAMES = {grade: (f"{grade}类", f"{grade}类客户", f"{grade}级", str(grade), grade.lower()) for grade in Grade}


@dataclass(frozen=True)
class CustomerName(Pick):
    """What a customer is called: 李女士, 李芳; no estate, no known word, and nothing that answers another question."""

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = rules.TITLED.match(words)
        return Place(0, found.end()) if found else None

    def read(self, said: str, reading: Reading, name: str) -> str:
        called = cleaned(said).strip().removeprefix("登记").removeprefix("姓名").removeprefix("客户").strip(" :：")
        measured = any(find(called) for find in (find_area, find_layout, find_residents))
        means_else = called in reading.question(name).known or rules.source_of(called)
        if measured or means_else or not rules.is_name(called):
            raise Misread("customers.not_a_name", said=called[:QUOTED], most=rules.LONGEST_NAME)
        return called


@dataclass(frozen=True)
class CustomerPhone(Phone):
    """A phone number, found in words without spaces, too: 李女士13900000000老客户介绍."""

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = rules.MOBILE.search(words)
        return Place(found.start(), found.end()) if found else None


@dataclass(frozen=True)
class Estate(Words):
    """Where the home is; a number alone is no estate."""

    def read(self, said: str, reading: Reading, name: str) -> str:
        estate = super().read(said, reading, name)
        # 客户 李女士 asks for a customer.
        other = estate.startswith("客户") or not any(char.isalpha() for char in estate)
        if other or len(estate) > LONGEST_ESTATE:
            raise Misread("customers.not_an_estate", said=estate[:QUOTED], most=LONGEST_ESTATE)
        return estate


@dataclass(frozen=True)
class SourceChannel(Pick):
    """How they came to know of the store, as people say it."""

    def read(self, said: str, reading: Reading, name: str) -> str:
        source = rules.source_of(said)
        if source is None:
            names = "、".join(words[0] for words in rules.SOURCE_WORDS.values())
            raise Misread("dialog.not_an_option", said=said.strip()[:QUOTED], names=names)
        return str(source)

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = rules.source_inside(words)
        return Place(*found) if found else None


class CustomerForm(BaseModel):
    """A customer and their home as the client manager enters them."""

    name: Annotated[str, CustomerName()]
    phone: Annotated[str, CustomerPhone(clears=("again",))]
    again: Annotated[str, Pick(in_line=False)] = ""
    source: Annotated[str, SourceChannel()]
    estate: Annotated[str, Estate(leads=ESTATE_LEADS)]
    area: Annotated[Decimal, Area()]
    layout: Annotated[str, Layout()]
    residents: Annotated[int | None, Residents()] = None
    more: Annotated[str, Pick(in_line=False)] = NO
    referrer: Annotated[str, Words(in_line=False)] = ""
    dwelling: Annotated[str, Words(in_line=False)] = ""
    family: Annotated[str, Words(in_line=False)] = ""
    budget: Annotated[int | None, Budget(in_line=False)] = None
    scope: Annotated[str, Words(in_line=False)] = ""
    style: Annotated[str, Words(in_line=False)] = ""
    materials: Annotated[str, Words(in_line=False)] = ""
    needs: Annotated[str, Words(in_line=False)] = ""
    starts: Annotated[str, Words(in_line=False)] = ""
    compared: Annotated[str, Words(in_line=False)] = ""
    decides: Annotated[str, Words(in_line=False)] = ""
    contact_time: Annotated[str, Words(in_line=False)] = ""
    remarks: Annotated[str, Words()] = ""
    grade: Annotated[str, Pick()] = Grade.B
    designer: Annotated[int | None, Pick(in_line=False)] = None
    manager: Annotated[int, Pick(in_line=False)] = 0
    consent: Annotated[str, Pick(in_line=False)]


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """What is still asked: of one line only what is missing, of a reception all of it, each thing with 跳过."""
    require_client_manager(ctx)
    if answers.get("consent") == NO:
        raise Refusal("customers.no_consent", ends_form=True)
    whole, more = not about.get("line"), answers.get("more") == YES
    questions = _optional(answers, more=more) | {
        "name": _name(ctx),
        "phone": _asked_anew("phone", about),
        "again": _again(ctx, answers),
        "source": Question(options=options_of("source")),
        "area": _asked_anew("area", about),
        "residents": Question(optional=True),
        "more": Question(options=_yes_or_no("more"), default=None if whole else NO),
        "remarks": Question(optional=True, default=None if more else ""),
        "grade": Question(options=options_of("grade"), default=None if more else Grade.B),
        "designer": _designer(ctx, answers, asked=whole),
        "manager": _manager(ctx),
        "consent": Question(ask=_privacy(ctx), options=_yes_or_no("consent")),
    }
    return Reading(ctx.now, ctx.rules.working, questions)


def _name(ctx: Context) -> Question:
    """A colleague's name at the read-back is meant otherwise, though a customer may have the same."""
    known = (*_command_words(ctx), *(word for words in GRADE_NAMES.values() for word in words))
    doubt = notice("customers.a_colleagues_name")
    return Question(known=known, doubtful=tuple(one.name for one in ctx.people()), doubt=doubt)


def _privacy(ctx: Context) -> Notice:
    """What the customer is promised, for as long as the store has set it (HANDBOOK 4)."""
    lost, signed = ctx.rules.customers.keep_lost_months, ctx.rules.customers.keep_signed_months
    return notice("customers.ask_consent", store=ctx.store.name, lost_months=lost, signed_months=signed)


def require_client_manager(ctx: Context) -> None:
    """Only client managers register, close and reopen customers."""
    if not ctx.has(Role.CLIENT_MANAGER):
        raise Refusal("desk.not_yours", audited="customers.not_allowed", ends_form=True)


def readback(ctx: Context, form: CustomerForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    wishes, known = wishes_of(form), customers.by_phone(ctx.session, ctx.store.id, form.phone)
    return {
        "name": form.name if cards.may_be_told_in_full(ctx) else rules.discreet_name(form.name),
        "known_as": rules.discreet_name(known.name) if known and known.name != form.name else "",
        "phone": masked(form.phone),
        "source": notice(f"customers.source_{form.source}"),
        "estate": form.estate,
        "area": f"{form.area.normalize():f}",
        "layout": form.layout,
        "residents": form.residents,
        "grade": form.grade,
        "wishes": cards.wish_lines(wishes),
        "designer": staff.get(ctx.session, form.designer).name if form.designer else "",
        "client_manager": staff.get(ctx.session, form.manager or ctx.me.id).name,
    }


def wishes_of(form: CustomerForm) -> dict[str, Any]:
    """The optional part of the form, as far as it was answered."""
    said = form.model_dump()
    return {field: said[field] for field in rules.WISHES if said[field]}


def _optional(answers: Answers, *, more: bool) -> dict[str, Question]:
    """The part that may be left out; who sent them is asked of those whom somebody sent."""
    sent = answers.get("source") in (Source.REFERRAL, Source.PARTNER, Source.STAFF)
    asked = {field: Question(optional=True, needed=more) for field in rules.WISHES}
    words = {field: Question(options=options_of(field), optional=True, needed=more) for field in CHOICES}
    return asked | words | {"referrer": Question(optional=True, needed=more and sent)}


def _again(ctx: Context, answers: Answers) -> Question:
    """Somebody with that phone is a customer already: whose, and how it stands; another home is another case."""
    known = customers.by_phone(ctx.session, ctx.store.id, answers.get("phone", ""))
    cases = customers.of_customer(ctx.session, known.id) if known else []
    if known is None or not cases:
        return Question(needed=False)
    lines = [cards.facts(ctx, case) for case in cases]
    opens = in_rows([cards.choice(ctx, case, "customers:show") for case in cases[:3]], width=1)
    ask = notice("customers.same_phone", phone=masked(known.phone), cases=lines, buttons=opens)
    return Question(ask=ask, options=(Option(YES, "customers.button_another_home", names=("接着登记", "另一套房子")),))


def _designer(ctx: Context, answers: Answers, *, asked: bool) -> Question:
    if not asked:
        return Question(needed=False)
    wishes = rules.Wishes(style=answers.get("style") or "", budget=answers.get("budget"))
    return designers.question(ctx, wishes, may_wait=True)


def _manager(ctx: Context) -> Question:
    """Whoever registers, unless a colleague looks after the customer."""
    managers = with_role(ctx.people(), Role.CLIENT_MANAGER)
    options = tuple(
        Option(one.id, "customers.button_name", {"name": one.name}, names=(one.name, one.key)) for one in managers
    )
    return Question(options=options, default=ctx.me.id, needed=len(managers) > 1)


def _command_words(ctx: Context) -> tuple[str, ...]:
    """Whoever says 菜单 means no customer."""
    commands = [command for feature in ctx.features.values() for command in feature.commands]
    return tuple(word for command in commands for word in (*command.words, *command.alone))


def options_of(field: str) -> tuple[Option, ...]:
    """What is offered as an answer, with a button each; nothing where anything may be said."""
    match field:
        case "source":
            return tuple(Option(str(source), f"customers.source_{source}") for source in Source)
        case "grade":
            return tuple(
                Option(str(grade), "customers.button_grade", {"grade": str(grade)}, names=GRADE_NAMES[grade])
                for grade in Grade
            )
    return tuple(Option(word, "customers.button_name", {"name": word}) for word in CHOICES.get(field, ()))


NAMES = {
    "more_yes": ("接着记", "要", "记"),
    "more_no": ("先这样", "以后再说", "不用", "不要", "没有"),
    "consent_yes": ("同意", "客户同意", "愿意", "都同意"),
    "consent_no": ("不同意", "客户不同意", "不愿意"),
}


def _yes_or_no(field: str) -> tuple[Option, ...]:
    return tuple(
        Option(value, f"customers.button_{field}_{value}", names=NAMES[f"{field}_{value}"]) for value in (YES, NO)
    )


def _asked_anew(field: str, about: Mapping[str, Any]) -> Question:
    """What the line said for the field was no such thing."""
    said = about.get("unread", {}).get(field)
    return Question(ask=notice(f"customers.{field}_unread", said=said)) if said else Question()
