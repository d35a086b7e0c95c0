"""The form of a person, for somebody new and for a change: read from one line, read back, checked when it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers
from bot.feature import MANAGERS, Context, Refusal
from bot.notices import notice
from bot.questions import Objection, Option, Phone, Pick, Question, Reading, Words
from bot.reading import Misread
from bot.rules import people as rules
from bot.texts import masked, plain, text
from storage import staff
from storage.staff import Role, Staff

NOBODY = 0
QUOTED = 20
FIELDS = ("name", "roles", "department", "phone", "deputy")


@dataclass(frozen=True)
class PersonName(Words):
    """What somebody is called; the front desk finds people by it, so it is a name and nothing else."""

    def read(self, said: str, reading: Reading, name: str) -> str:
        called = super().read(said, reading, name)
        if not rules.is_name(called):
            raise Misread("people.not_a_name", said=called[:QUOTED], most=rules.LONGEST_NAME)
        return called


@dataclass(frozen=True)
class Roles(Pick):
    """One role or several, by their Chinese names."""

    def read(self, said: str, reading: Reading, name: str) -> list[str]:
        found = rules.roles_in(said)
        if not found:
            raise Misread("people.not_a_role", said=said.strip()[:QUOTED], names=role_names(list(Role)))
        return [str(role) for role in found]


@dataclass(frozen=True)
class Department(Pick):
    """A department that the store has, or a word that ends like one: 设计二部."""

    def read(self, said: str, reading: Reading, name: str) -> str:
        called = said.strip().removeprefix("部门").strip("：: ")
        if called in reading.question(name).known or rules.DEPARTMENT.fullmatch(called):
            return called
        raise Misread("people.not_a_department", said=called[:QUOTED])


class PersonForm(BaseModel):
    """A person as a manager enters them."""

    name: Annotated[str, PersonName()]
    roles: Annotated[list[str], Roles()]
    department: Annotated[str, Department()] = ""
    phone: Annotated[str, Phone()] = ""
    deputy: Annotated[int, Pick(in_line=False)] = NOBODY


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """What is asked with the defaults; raises Refusal for what this manager may not do."""
    people = ctx.people()
    person = changed_person(ctx, about)
    before = person.roles if person else []
    require_roles(ctx, before, answers.get("roles", before))
    departments = tuple(dict.fromkeys(one.department for one in people if one.department))
    questions = {
        "name": Question(default=person.name if person else None),
        "roles": Question(options=_roles_to_give(ctx, before), default=before or None),
        "department": Question(
            default=person.department if person else _department_of(people, answers.get("roles", ())),
            optional=True,
            known=departments,
        ),
        "phone": Question(default=person.phone if person else "", optional=True),
        "deputy": Question(
            options=_deputies(people, person),
            default=person.deputy_id or NOBODY if person else NOBODY,
            needed=person is not None,
        ),
    }
    return Reading(ctx.now, ctx.rules.working, questions, _objection(people, person, answers))


def readback(ctx: Context, form: PersonForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    person = changed_person(ctx, about)
    now, was = shown(ctx, form), shown(ctx, _entry(person)) if person else {}
    return {
        "what": "change" if person else "add",
        "name": form.name,
        "lines": [
            {"label": f"people.label_{field}", "now": now[field], "was": was.get(field, now[field])}
            for field in FIELDS
            if person or field != "deputy"
        ],
        "left_before": person is None and _left_before(ctx, form.name),
    }


def shown(ctx: Context, form: PersonForm) -> dict[str, str]:
    """The entry in words, the phone masked."""
    return {
        "name": form.name,
        "roles": role_names(form.roles),
        "department": form.department,
        "phone": hidden(form.phone),
        "deputy": staff.get(ctx.session, form.deputy).name if form.deputy else "",
    }


def values_of(person: Staff) -> dict[str, Any]:
    """The person's entry as the form's answers."""
    return {
        "name": person.name,
        "roles": list(person.roles),
        "department": person.department,
        "phone": person.phone,
        "deputy": person.deputy_id or NOBODY,
    }


def _entry(person: Staff) -> PersonForm:
    return PersonForm.model_validate(values_of(person))


def role_names(roles: Sequence[str]) -> str:
    return "、".join(plain(text(f"staff.role_{role}")) for role in roles)


def hidden(phone: str) -> str:
    return masked(phone) if phone else ""


def changed_person(ctx: Context, about: Mapping[str, Any]) -> Staff | None:
    """Whom the form is about, if this manager may still change them; nobody where it is about somebody new."""
    if not ctx.has(*MANAGERS):
        raise Refusal("desk.not_yours", audited="people.not_allowed", ends_form=True)
    if "person" not in about:
        return None
    person = staff.get(ctx.session, about["person"])
    if not person.active:
        raise Refusal("people.has_left", name=person.name, ends_form=True)
    if not rules.may_change(ctx.me, person):
        raise Refusal("people.only_gm", names=gm_names(ctx), audited="people.not_allowed", ends_form=True)
    return person


def require_roles(ctx: Context, before: Sequence[str], after: Sequence[str]) -> None:
    """Only the GM office makes somebody a manager, or ends it."""
    if not rules.may_give(ctx.me, before, after):
        raise Refusal("people.only_gm_roles", names=gm_names(ctx), audited="people.not_allowed")


def gm_names(ctx: Context) -> str:
    return "、".join(one.name for one in staff.with_role(ctx.people(), Role.GM_OFFICE))


def _objection(people: Sequence[Staff], person: Staff | None, answers: Answers) -> Objection | None:
    same = rules.namesake(answers.get("name", ""), people, but=person.id if person else None)
    if same is not None:
        return Objection("name", notice("people.same_name", name=same.name, department=same.department))
    if person is not None and "roles" in answers:
        others = [one for one in people if one.id != person.id]
        changed = Staff(**person.model_dump(exclude={"roles"}), roles=answers["roles"])
        missing = rules.missing_role([*others, changed])
        if missing is not None:
            return Objection("roles", notice("people.last_one", name=person.name, role=f"staff.role_{missing}"))
    return None


def _roles_to_give(ctx: Context, before: Sequence[str]) -> tuple[Option, ...]:
    given = [role for role in Role if rules.may_give(ctx.me, before, [role])]
    return tuple(Option([str(role)], f"staff.role_{role}", names=rules.ROLE_WORDS[role]) for role in given)


def _deputies(people: Sequence[Staff], person: Staff | None) -> tuple[Option, ...]:
    others = [one for one in people if person is not None and one.id != person.id]
    named = [Option(one.id, "people.button_person", {"name": one.name}, names=(one.name, one.key)) for one in others]
    return (*named, Option(NOBODY, "people.button_nobody", names=("没有", "无", "不要")))


def _department_of(people: Sequence[Staff], roles: Sequence[str]) -> str:
    """Where colleagues of the same role belong."""
    return next((one.department for one in people if one.department and set(one.roles) & set(roles)), "")


def _left_before(ctx: Context, name: str) -> bool:
    return any(one.name == name and not one.active for one in staff.everybody(ctx.session, ctx.store.id))
