"""员工: everybody who works here with what is known of them; and finding the person whom a line or a button means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.colleagues import front_desk
from bot.feature import MANAGERS, Answer, Context, Press, Refusal
from bot.handlers import people_form
from bot.notices import in_rows, notice
from bot.rules import people as rules
from bot.talk import Button
from storage import health, staff
from storage.staff import Staff

MOST_BUTTONS = 24
BUTTONS_IN_ROW = 4
QUOTED = 20


CAME = re.compile(r"(?:我们)?(?:店里)?新来了?一?[个位名](?P<who>.+)")
STARTS = re.compile(r"(?P<who>[\u3400-\u9fff]{2,4}?)(?:今天|明天)?入职了?")
CALLED = re.compile(r"[，,]?(?:名字)?(?:叫做?|名叫)")
PHONE = re.compile(r"(?P<who>\S+?)的?(?:电话号码|手机号码|手机号|电话|手机)(?:是?多少|是什么|呢)?[?？]?")


@dataclass(frozen=True)
class Named:
    """A person of the store, and what the line says besides."""

    person: Staff
    rest: str


def everybody(ctx: Context, word: str, rest: str) -> Answer:
    """员工: roles, department, deputy, and who cannot be reached yet; a button for each whom one may change."""
    people = ctx.people()
    names = {person.id: person.name for person in people}
    chats = staff.reached(ctx.session, ctx.store.id)
    never = {one.id for one in health.not_reached(ctx.session, ctx.store.id)}
    lines = [
        {
            "name": person.name,
            "roles": people_form.role_names(person.roles),
            "department": person.department,
            "deputy": names.get(person.deputy_id or 0, ""),
            "chat": person.id in chats,
            "blocked": not chats.get(person.id, True),
            "came": person.id not in never,
        }
        for person in people
    ]
    mine = [person for person in people if rules.may_change(ctx.me, person)]
    buttons = [
        Button("people.button_change", f"people:change:{one.id}", {"name": one.name}) for one in mine[:MOST_BUTTONS]
    ]
    return notice("people.everybody", people=lines, buttons=in_rows(buttons, BUTTONS_IN_ROW))


def newcomer(said: str) -> str | None:
    """What a sentence says of somebody new, ready for the form: `新来个设计师叫李明` is `设计师 李明`."""
    found = CAME.fullmatch(said) or STARTS.fullmatch(said)
    return CALLED.sub(" ", found["who"]) if found else None


def phone(ctx: Context, said: str) -> Answer:
    """王磊的电话: for managers, and kept in the audit; others are sent to the front desk. None if nobody is meant."""
    asked = PHONE.fullmatch(said)
    found = find(asked["who"], ctx.people()) if asked else None
    if found is None or found.rest:
        return None
    if not ctx.has(*MANAGERS):
        raise Refusal("people.phone_not_told", names="、".join(one.name for one in front_desk(ctx, found.person)))
    ctx.record("people.phone_told", subject(found.person), by=ctx.me)
    return notice("people.phone", name=found.person.name, phone=found.person.phone)


def named(ctx: Context, said: str) -> Named:
    """The colleague whom the line names; raises Refusal where there is none, or where they have left."""
    found = find(said, ctx.people())
    if found is not None:
        return found
    left = find(said, [one for one in staff.everybody(ctx.session, ctx.store.id) if not one.active])
    if left is not None:
        raise Refusal("people.has_left", name=left.person.name)
    raise Refusal("people.whom", said=said.strip()[:QUOTED], names="、".join(one.name for one in ctx.people()))


def find(said: str, people: Sequence[Staff]) -> Named | None:
    """Whose name or key the line begins with; of 王磊 and 王磊明 the longer. Raises Refusal if two are called so."""
    spoken = said.strip()
    called = {call: one for one in people for call in (one.name, one.key) if _begins(spoken, call)}
    if not called:
        return None
    longest = max(called, key=len)
    same = [one for one in people if longest in (one.name, one.key)]
    if len(same) > 1:
        raise Refusal("people.several", name=longest, keys="、".join(one.key for one in same))
    return Named(same[0], spoken.removeprefix(longest).strip(" 　，、,"))


def _begins(spoken: str, call: str) -> bool:
    """A key in Latin letters is a word of its own, so that p1 is not found in p12."""
    follows = spoken[len(call) : len(call) + 1]
    return spoken.startswith(call) and not (call.isascii() and follows.isascii() and follows.isalnum())


def pressed(ctx: Context, press: Press) -> Staff:
    """The person of this store whom a button is about; buttons can be forged."""
    if not ctx.has(*MANAGERS):
        raise Refusal("desk.not_yours", audited="people.not_allowed")
    people = {one.id: one for one in staff.everybody(ctx.session, ctx.store.id)}
    person = people.get(press.subject_id)
    if person is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if not person.active:
        raise Refusal("people.has_left", name=person.name)
    return person


def subject(person: Staff) -> str:
    """What a person is called in the audit."""
    return f"people:{person.id}"
