"""The people of the store, looked after in the chat by its managers: who is here, who is new, what changes, who leaves.

Everything is read back before it counts, checked again when it is saved, and kept in the audit with before and after.
How a chat becomes somebody's is in people_joining.py, how a group becomes the store's in people_groups.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot import approvals
from bot.dialog import Form
from bot.feature import MANAGERS, Answer, Command, Context, Feature, Press, Refusal
from bot.filling import open_form
from bot.handlers import people_chats, people_form, people_groups, people_joining, people_leaving, people_lists
from bot.handlers.people_form import NOBODY, PersonForm
from bot.handlers.people_lists import named
from bot.notices import notice, row
from bot.rules import people as rules
from bot.talk import Button
from storage import staff
from storage.staff import Staff

ASKED = "谁"
LINK = re.compile(r"^(?:[把的\s]|改[成为]|换[成为]|设[成为]|是)+")
NO_DEPUTY = ("没有", "无", "不要", "取消")


def add(ctx: Context, word: str, rest: str) -> Answer:
    """加员工 李明 设计师 设计部 13800000011: asked for what is missing, read back, saved."""
    return open_form(ctx, ADD, line=rest)


def change(ctx: Context, word: str, rest: str) -> Answer:
    """改员工 王磊, perhaps with what changes: 改员工 王磊 预算员."""
    found = named(ctx, rest)
    return _open_change(ctx, found.person, line=found.rest)


def press_change(ctx: Context, press: Press) -> Answer:
    return _open_change(ctx, people_lists.pressed(ctx, press))


def deputy(ctx: Context, word: str, rest: str) -> Answer:
    """代批人 周敏 刘总: who decides while 周敏 is away; with one name, for oneself; 代批人 周敏 没有 for nobody.

    Also 周敏的代批人改成刘总; and 谁是代批人 shows everybody with theirs.
    """
    if ASKED in rest:
        return people_lists.everybody(ctx, word, rest)
    if not rest.strip():
        raise Refusal("people.whose_deputy")
    first = named(ctx, LINK.sub("", rest))
    second = LINK.sub("", first.rest)
    if second in NO_DEPUTY:
        return _open_change(ctx, first.person, {"deputy": NOBODY})
    person, other = (first.person, named(ctx, second).person) if second else (ctx.me, first.person)
    if person.id == other.id:
        raise Refusal("people.own_deputy", name=person.name)
    return _open_change(ctx, person, {"deputy": other.id})


def _open_change(ctx: Context, person: Staff, answers: Mapping[str, Any] | None = None, *, line: str = "") -> Answer:
    """The name is known, so that nothing of the line is taken for a new one."""
    about = {"person": person.id, "was": people_form.values_of(person)}
    known = {"name": person.name, **(answers or {})}
    people_form.changed_person(ctx, about)
    return open_form(ctx, CHANGE, line=line, answers=known, about=about)


def save_new(ctx: Context, form: PersonForm, about: Mapping[str, Any]) -> Answer:
    """Somebody new works here; nobody else is called so."""
    people = staff.lock_everybody(ctx.session, ctx.store.id)
    people_form.changed_person(ctx, about)
    people_form.require_roles(ctx, [], form.roles)
    _require_free_name(form.name, people)
    new = Staff(
        store_id=ctx.store.id,
        key="",
        name=form.name,
        roles=list(form.roles),
        phone=form.phone,
        department=form.department,
        listed=False,
    )
    person = staff.add(ctx.session, new, rules.proposed_keys(staff.newest_id(ctx.session) + 1))
    ctx.record("people.added", people_lists.subject(person), by=ctx.me, after=_fact(person))
    if rules.is_manager(person.roles):
        approvals.look_again(ctx)
    return notice("people.added", name=person.name, buttons=row(_invite_button(person)))


def save_change(ctx: Context, form: PersonForm, about: Mapping[str, Any]) -> Answer:
    """What was changed, and only that: another manager may have changed the rest meanwhile."""
    people = staff.lock_everybody(ctx.session, ctx.store.id)
    person = people_form.changed_person(ctx, about)
    said = form.model_dump()
    changes = {field: said[field] for field in people_form.FIELDS if said[field] != about["was"][field]}
    if person is None or not changes:
        return notice("people.nothing_changed")
    before, deputy_before = _fact(person), person.deputy_id
    people_form.require_roles(ctx, person.roles, changes.get("roles", person.roles))
    _require_free_name(changes.get("name", ""), people, but=person)
    _put(ctx, person, changes)
    _require_managers(people, person)
    ctx.record("people.changed", people_lists.subject(person), by=ctx.me, before=before, after=_fact(person))
    _tell_concerned(ctx, person, changes, deputy_before)
    return notice("people.changed", name=person.name, listed=person.listed)


def _require_free_name(name: str, people: list[Staff], *, but: Staff | None = None) -> None:
    same = rules.namesake(name, people, but=but.id if but else None)
    if same is not None:
        raise Refusal("people.same_name", name=same.name, department=same.department)


def _require_managers(people: list[Staff], changed: Staff) -> None:
    """After the change somebody still decides; raises Refusal, so that nothing of it stays."""
    missing = rules.missing_role(people)
    if missing is not None:
        raise Refusal("people.last_one", name=changed.name, role=f"staff.role_{missing}")


def _put(ctx: Context, person: Staff, changes: Mapping[str, Any]) -> None:
    for field, value in changes.items():
        if field == "deputy":
            _require_deputy(ctx, person, value)
            person.deputy_id = value or None
        else:
            setattr(person, field, value)
    staff.put(ctx.session, person)


def _require_deputy(ctx: Context, person: Staff, deputy_id: int) -> None:
    chosen = next((one for one in ctx.people() if one.id == deputy_id), None)
    if deputy_id and (chosen is None or chosen.id == person.id):
        raise Refusal("people.no_such_deputy")


def _tell_concerned(ctx: Context, person: Staff, changes: Mapping[str, Any], deputy_before: int | None) -> None:
    """The person whose role or deputy changed, the new deputy and the old one, once each; and what waits for a yes."""
    if "roles" in changes and person.id != ctx.me.id:
        ctx.tell(person.id, notice("people.roles_told", by=ctx.me.name, roles=people_form.role_names(person.roles)))
    if "deputy" in changes:
        chosen = staff.get(ctx.session, person.deputy_id).name if person.deputy_id else ""
        told = {
            person.id: notice("people.deputy_told", by=ctx.me.name, deputy=chosen),
            deputy_before: notice("people.deputy_no_more", name=person.name),
            person.deputy_id: notice("people.you_are_deputy", name=person.name),
        }
        for person_id, words in told.items():
            if person_id and person_id != ctx.me.id:
                ctx.tell(person_id, words)
    if changes.keys() & {"roles", "deputy"}:
        approvals.look_again(ctx)


def _fact(person: Staff) -> dict[str, Any]:
    """The entry as the audit keeps it."""
    return people_form.values_of(person) | {"phone": people_form.hidden(person.phone)}


def _invite_button(person: Staff) -> Button:
    return Button("people.button_invite", f"people:invite:{person.id}")


def leave(ctx: Context, word: str, rest: str) -> Answer:
    """离职 王磊: what it means is read back first."""
    return people_leaving.ask(ctx, named(ctx, rest).person)


def guess(ctx: Context, said: str) -> Answer:
    """新来个设计师叫李明 and 李明入职 add somebody; 王磊的电话 is a question."""
    newcomer = people_lists.newcomer(said)
    if newcomer is None:
        return people_lists.phone(ctx, said)
    if not ctx.has(*MANAGERS):
        raise Refusal("desk.not_yours", audited="people.not_allowed")
    return add(ctx, "", newcomer)


ADD = Form(
    "people.add",
    PersonForm,
    look=people_form.look,
    submit=save_new,
    readback=people_form.readback,
    cancelled="people.cancelled",
)
CHANGE = replace(ADD, name="people.change", submit=save_change)

feature = Feature(
    name="people",
    commands=(
        Command("people.list", ("员工", "同事名单"), people_lists.everybody, roles=MANAGERS, leads=True, noun=True),
        Command("people.add", ("加员工", "新员工", "添加员工"), add, roles=MANAGERS, in_menu=False, leads=True),
        Command("people.change", ("改员工", "修改员工"), change, roles=MANAGERS, in_menu=False, leads=True),
        Command("people.deputy", ("代批人", "设代批人"), deputy, roles=MANAGERS, in_menu=False),
        Command("people.leave", ("离职",), leave, roles=MANAGERS, in_menu=False),
        Command("people.come_back", ("复职",), people_leaving.come_back, roles=MANAGERS, in_menu=False),
        Command("people.invite", ("邀请",), people_joining.invite, roles=MANAGERS, in_menu=False, leads=True),
        Command("people.drop_chats", ("停用聊天", "解绑聊天", "换手机了", "手机丢了"), people_chats.ask, in_menu=False),
        Command("people.join", (rules.JOIN,), people_joining.joined_already, in_menu=False, leads=True),
        Command(
            "people.bind_group",
            ("绑定本群",),
            people_groups.bind,
            personal=False,
            in_menu=False,
            leads=True,
            in_any_group=True,
        ),
        Command("people.give_up_group", ("解绑本群",), people_groups.give_up, in_menu=False, leads=True),
    ),
    forms=(ADD, CHANGE, people_leaving.FORM),
    guess=guess,
    buttons={"change": press_change, "invite": people_joining.press_invite, "drop_chats": people_chats.press},
)
