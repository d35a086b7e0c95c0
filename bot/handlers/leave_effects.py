"""What a leave sets off: the half days that it takes, the cards that change, and who hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import approvals, approvals_asking
from bot.feature import Context, Refusal, Scene
from bot.handlers import leave_cards, leave_lists
from bot.notices import notice
from bot.rules.leave import HalfDay
from storage import leave, staff
from storage.leave import LIVE, Leave, LeaveState
from storage.staff import Role, Staff


def take(scene: Scene, asked: Leave, wanted: Sequence[HalfDay]) -> None:
    """Takes the half days, and only these; another leave that holds one stands in the way."""
    leave.free_halves(scene.session, asked.id)
    held = leave.take_halves(scene.session, asked, wanted)
    if held:
        raise Refusal("leave.overlap", halves=leave_cards.half_names(held))


def take_over(ctx: Context, asked: Leave, taken: Sequence[HalfDay]) -> None:
    """Who is ill is ill: the person's other leave on these half days gives way (sick leave is never blocked)."""
    for other_id in leave.give_up_halves(ctx.session, asked, taken):
        other = leave_cards.existing(ctx, other_id)
        if leave.holds_halves(ctx.session, other.id) or other.state not in LIVE:
            ctx.refresh(other.subject)
            continue
        leave.move(ctx.session, other, LeaveState.WITHDRAWN, while_in=LIVE)
        approvals.withdraw_request(ctx, other.subject)
        ctx.forget("leave", other.subject)
        ctx.record("leave.withdrawn", other.subject, by=ctx.me, rule="HANDBOOK C4")
        tell_others(ctx, other, "leave.taken_over", other=ctx.rules.leave.kind(asked.kind).name)
        ctx.refresh(other.subject)


def begin(scene: Scene, asked: Leave) -> None:
    """Its cards change when it begins, and again when it ends; others' cards show now that somebody is away."""
    leave_cards.refresh_others(scene, asked)
    tell_uncovered(scene, asked)
    scene.will_be_away(leave_lists.absence(scene, asked))
    scene.remind("leave", asked.subject, asked.starts_at if asked.starts_at > scene.now else asked.ends_at)
    if asked.starts_at <= scene.now and staff.get(scene.session, asked.staff_id).has(Role.CLIENT_MANAGER):
        approvals.look_again(scene)


def tell_concerned(ctx: Context, asked: Leave, person: Staff) -> None:
    """Leave that asks nobody is told to those who would decide, to the front desk, to the person and to the cover."""
    managers = staff.with_role(ctx.people(), Role.CLIENT_MANAGER) or staff.with_role(ctx.people(), Role.GM_OFFICE)
    if person.has(Role.CLIENT_MANAGER):
        managers = [*managers, *staff.with_role(ctx.people(), Role.GM_OFFICE)]
    for one in managers:
        if one.id not in (person.id, ctx.me.id):
            ctx.tell(one.id, leave_cards.told("leave.told_front_desk", ctx, asked), urgent=True)
    if person.id != ctx.me.id:
        ctx.tell(person.id, leave_cards.told("leave.entered_for_you", ctx, asked, by=ctx.me.name))
    tell_cover(ctx, asked)


def tell_cover(scene: Scene, asked: Leave) -> None:
    if asked.cover_id:
        told = notice("leave.cover", **leave_cards.facts(scene, asked))
        scene.tell(asked.cover_id, told, urgent=asked.starts_at <= scene.now)


def tell_uncovered(scene: Scene, asked: Leave) -> None:
    """Those whose work this person was to take hear that nobody does now, and the client managers with them."""
    for other in leave.covered_by(scene.session, asked.staff_id, start=asked.starts_at, end=asked.ends_at):
        gone = staff.get(scene.session, asked.staff_id).name
        told = notice("leave.cover_gone", gone=gone, **leave_cards.facts(scene, other))
        managers = [one.id for one in staff.with_role(scene.people(), Role.CLIENT_MANAGER)]
        for person_id in dict.fromkeys([other.staff_id, *managers]):
            if person_id != asked.staff_id:
                scene.tell(person_id, told, urgent=True, dedupe=f"cover gone|{other.id}|{asked.id}|{asked.version}")


def tell_others(ctx: Context, asked: Leave, key: str, **more: Any) -> None:
    """Those who knew of it hear of the change: who decided, the front desk, the cover, the person."""
    facts = leave_cards.facts(ctx, asked) | more
    concerned = [one.id for one in approvals_asking.asked_people(ctx, asked.subject)]
    concerned += [one.id for one in staff.with_role(ctx.people(), Role.CLIENT_MANAGER)]
    concerned += [asked.staff_id, *([asked.cover_id] if asked.cover_id else [])]
    for person_id in dict.fromkeys(concerned):
        if person_id != ctx.me.id:
            ctx.tell(person_id, notice(key, **facts))
