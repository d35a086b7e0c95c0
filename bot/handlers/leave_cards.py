"""The cards of leave: what it is, who may see what of it, and the buttons that are true for them now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from bot import approvals, approvals_asking
from bot.feature import Context, Scene
from bot.notices import Buttons, Notice, notice, row
from bot.reading import Span
from bot.rules import leave as rules
from bot.rules.leave import BannedDay, HalfDay
from bot.talk import Button
from storage import leave, staff
from storage.approvals import ApprovalState
from storage.leave import GRANTED, LIVE, Leave, LeaveState
from storage.staff import Staff


def card(scene: Scene, leave_id: int, viewer: Staff | None) -> Notice | None:
    """The leave as this person may see it now; a group sees no card."""
    asked = leave.get(scene.session, scene.store.id, leave_id)
    if asked is None or viewer is None:
        return None
    decision = approvals.card_values(scene, asked.subject)
    deciding = approvals.card_buttons(scene, asked.subject, viewer)
    known = facts(scene, asked) | decision | {"state": str(asked.state)}
    if decision["state"] == ApprovalState.PENDING and deciding:
        others: dict[str, Any] = {"load": _others_away(scene, asked), "waiting": _others_waiting(scene, asked)}
        return notice("leave.card", buttons=deciding, subject=asked.subject, **others, **known)
    buttons = deciding + _own_buttons(scene, asked, viewer)
    own = viewer.id == asked.staff_id
    return notice("leave.card_after", buttons=buttons, subject=asked.subject, private=own, **known)


def told(key: str, scene: Scene, asked: Leave, /, **more: Any) -> Notice:
    """A text about the leave that becomes its live card."""
    return notice(key, subject=asked.subject, **facts(scene, asked), **more)


def title(scene: Scene, leave_id: int) -> Notice:
    return notice("leave.title_line", **facts(scene, existing(scene, leave_id)))


def facts(scene: Scene, asked: Leave) -> dict[str, Any]:
    extent = Span(asked.starts_at, asked.ends_at)
    much = rules.amount(extent, scene.rules.working)
    person = staff.get(scene.session, asked.staff_id)
    return {
        "name": person.name,
        "kind": scene.rules.leave.kind(asked.kind).name,
        "span": extent,
        "half_days": much.half_days,
        "minutes": much.minutes,
        "reason": asked.reason,
        "special": asked.special,
        "special_days": days(banned(scene, asked)),
        "no_leave_days": days(rules.days_without_leave(rules.halves(extent, scene.rules.working), scene.rules)),
        "cover": staff.get(scene.session, asked.cover_id).name if asked.cover_id else "",
        "phone": asked.phone,
        "entered_by": ""
        if asked.entered_by_id == asked.staff_id
        else staff.get(scene.session, asked.entered_by_id).name,
        "back": asked.came_back_at,
    }


def amount(scene: Scene, span: Span) -> dict[str, Any]:
    much = rules.amount(span, scene.rules.working)
    return {
        "span": rules.working_extent(span, scene.rules.working),
        "half_days": much.half_days,
        "minutes": much.minutes,
    }


def button(verb: str, asked: Leave) -> Button:
    return Button(f"leave.button_{verb}", f"leave:{verb}:{asked.id}")


def days(banned: Sequence[BannedDay]) -> list[dict[str, Any]]:
    return [
        {"day": one.day, "ban": str(one.ban), "planned": one.clean.planned if one.clean and one.clean.moved else None}
        for one in banned
    ]


def banned(scene: Scene, asked: Leave) -> tuple[BannedDay, ...]:
    taken = rules.halves(Span(asked.starts_at, asked.ends_at), scene.rules.working)
    return rules.banned_days(taken, scene.rules.leave.kind(asked.kind), scene.rules)


def half_names(taken: Sequence[HalfDay]) -> list[dict[str, Any]]:
    """Half days as the texts name them, the first few."""
    return [{"day": day, "half": str(half)} for day, half in taken[:4]]


def away_over(scene: Scene, span: Span) -> set[int]:
    return {gone.staff_id for gone in leave.granted_over(scene.session, scene.store.id, start=span.start, end=span.end)}


def _own_buttons(scene: Scene, asked: Leave, viewer: Staff) -> Buttons:
    """What the person, or who entered it, can still do with it."""
    if viewer.id not in (asked.staff_id, asked.entered_by_id) or asked.state not in LIVE or asked.ends_at <= scene.now:
        return ()
    if asked.state == LeaveState.PENDING:
        return row(button("change", asked), button("withdraw", asked))
    begun = asked.starts_at <= scene.now
    return row(*([button("come_back", asked)] if begun else []), button("withdraw", asked))


def _others_away(scene: Scene, asked: Leave) -> list[Notice]:
    """Who else is away on the leave's days, with the half of the day where it is only one: `赵倩 上午`."""
    first, last = _day_range(scene, asked)
    taken = leave.halves_in_store(scene.session, scene.store.id, first=first, last=last)
    halves: dict[int, list[str]] = {}
    for half, other in taken:
        if other.state in GRANTED and other.staff_id != asked.staff_id:
            halves.setdefault(other.staff_id, []).append(str(half.half))
    return [_with_half(scene, person_id, parts) for person_id, parts in halves.items()]


def _with_half(scene: Scene, person_id: int, parts: list[str]) -> Notice:
    half = parts[0] if len(parts) == 1 else ""
    return notice("leave.away_part", name=staff.get(scene.session, person_id).name, half=half)


def _day_range(scene: Scene, asked: Leave) -> tuple[date, date]:
    zone = scene.rules.working.zone
    return asked.starts_at.astimezone(zone).date(), asked.ends_at.astimezone(zone).date()


def _whole_days(scene: Scene, asked: Leave) -> Span:
    """The leave's days from midnight to midnight."""
    zone = scene.rules.working.zone
    first, last = _day_range(scene, asked)
    return Span(datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone))


def _others_waiting(scene: Scene, asked: Leave) -> list[str]:
    """Who else asks for leave on these days and waits for an answer."""
    waiting = leave.pending_over(scene.session, scene.store.id, start=asked.starts_at, end=asked.ends_at)
    return [staff.get(scene.session, other.staff_id).name for other in waiting if other.id != asked.id]


def refresh_others(scene: Scene, asked: Leave) -> None:
    """The cards of requests that still wait show who else is, or wants to be, away on their days."""
    days = _whole_days(scene, asked)
    for waiting in leave.pending_over(scene.session, scene.store.id, start=days.start, end=days.end):
        if waiting.id != asked.id:
            scene.refresh(waiting.subject)


def approvers_away(ctx: Context, asked: Leave) -> str:
    """Those who decide but are away themselves, so that the applicant knows."""
    now_away = ctx.away_now()
    return "、".join(one.name for one in approvals_asking.asked_people(ctx, asked.subject) if one.id in now_away)


def existing(scene: Scene, leave_id: int) -> Leave:
    asked = leave.lock(scene.session, scene.store.id, leave_id)
    if asked is None:
        raise LookupError(f"leave {leave_id} of store {scene.store.id}")
    return asked
