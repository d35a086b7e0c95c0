"""离职 and 复职: what is open of somebody who leaves is closed, nothing is deleted, and they can come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from bot import approvals, approvals_asking, filling
from bot.dialog import Answers, Form
from bot.feature import Answer, Context, Refusal
from bot.handlers import people_form
from bot.handlers.people_lists import find, named, subject
from bot.notices import notice
from bot.questions import Reading
from bot.rules import people as rules
from storage import approvals as requests
from storage import outbox, staff
from storage.staff import Staff


class LeavingForm(BaseModel):
    """Nothing is asked; it is read back what leaving means."""


def ask(ctx: Context, person: Staff) -> Answer:
    """The read-back of 离职; raises Refusal for whom this manager may not send away, and for the last of a kind."""
    about = {"person": person.id}
    _require(ctx, about, ctx.people())
    return filling.open_form(ctx, FORM, about=about)


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    _require(ctx, about, ctx.people())
    return Reading(ctx.now, ctx.rules.working)


def readback(ctx: Context, form: LeavingForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    person = staff.get(ctx.session, about["person"])
    return {
        "name": person.name,
        "roles": people_form.role_names(person.roles),
        "department": person.department,
        "open": len(_open_requests(ctx, person)),
        "deputy_of": "、".join(one.name for one in ctx.people() if one.deputy_id == person.id),
        "listed": person.listed,
    }


def save(ctx: Context, form: LeavingForm, about: Mapping[str, Any]) -> Answer:
    """The person works here no more: requests closed, deputy duty ended, what asked them looked at again."""
    people = staff.lock_everybody(ctx.session, ctx.store.id)
    person = _require(ctx, about, people)
    filling.leave_open_form(replace(ctx, me=person))
    _close_what_is_open(ctx, person)
    person.active = False
    staff.put(ctx.session, person)
    outbox.expire_all(ctx.session, f"staff:{person.id}")
    ctx.record("people.left", subject(person), by=ctx.me, before={"active": True}, after={"active": False})
    _end_deputy_duty(ctx, person, people)
    approvals.look_again(ctx)
    return notice("people.left", name=person.name, listed=person.listed)


def come_back(ctx: Context, word: str, rest: str) -> Answer:
    """复职 王磊: the same person as before, with the roles they had."""
    people = staff.lock_everybody(ctx.session, ctx.store.id)
    found = find(rest, [one for one in people if not one.active])
    if found is None:
        here = named(ctx, rest).person
        raise Refusal("people.is_here", name=here.name)
    person = found.person
    if not rules.may_change(ctx.me, person):
        raise Refusal("people.only_gm", names=people_form.gm_names(ctx), audited="people.not_allowed")
    same = rules.namesake(person.name, people)
    if same is not None:
        raise Refusal("people.same_name", name=same.name, department=same.department)
    person.active = True
    staff.put(ctx.session, person)
    ctx.record("people.came_back", subject(person), by=ctx.me, before={"active": False}, after={"active": True})
    approvals.look_again(ctx)
    reached = staff.has_chat(ctx.session, person.id)
    if reached:
        ctx.tell(person.id, notice("people.welcome_back", by=ctx.me.name))
    roles = people_form.role_names(person.roles)
    return notice("people.came_back", name=person.name, roles=roles, reached=reached, listed=person.listed)


def _require(ctx: Context, about: Mapping[str, Any], people: Sequence[Staff]) -> Staff:
    """Whom it is about, if they may leave by this manager's word."""
    person = staff.get(ctx.session, about["person"])
    if person.id == ctx.me.id:
        raise Refusal("people.not_yourself", names=people_form.gm_names(ctx))
    people_form.changed_person(ctx, about)
    missing = rules.missing_role([one for one in people if one.id != person.id])
    if missing is not None:
        raise Refusal("people.last_one", name=person.name, role=f"staff.role_{missing}")
    return person


def _open_requests(ctx: Context, person: Staff) -> list[requests.Approval]:
    """What the person asked for and nobody has answered."""
    waiting = requests.pending(ctx.session, ctx.store.id)
    return [one for one in waiting if one.applicant_id == person.id and approvals_asking.approvable(ctx, one).requested]


def _close_what_is_open(ctx: Context, person: Staff) -> None:
    """Each feature closes what it knows of; a request that is left then ends as if nobody had answered in time."""
    for feature in ctx.features.values():
        if feature.gone:
            feature.gone(ctx, person)
    for request in _open_requests(ctx, person):
        approvals.withdraw_request(ctx, request.subject)
        approvals_asking.approvable(ctx, request).expired(ctx, approvals_asking.number(request))
        ctx.refresh(request.subject)


def _end_deputy_duty(ctx: Context, person: Staff, people: Sequence[Staff]) -> None:
    for one in people:
        if one.deputy_id == person.id:
            one.deputy_id = None
            staff.put(ctx.session, one)
            ctx.record("people.changed", subject(one), by=ctx.me, before={"deputy": person.id}, after={"deputy": 0})
            ctx.tell(one.id, notice("people.deputy_left", name=person.name))


FORM = Form(
    "people.leave",
    LeavingForm,
    look=look,
    submit=save,
    readback=readback,
    cancelled="people.cancelled",
    shows="leaving_confirm",
)
