"""Leave follows new rules: the same half days by other hours; a day that is closed now takes no leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot import approvals
from bot.feature import Change, Scene
from bot.handlers import leave_cards
from bot.notices import notice
from bot.reading import Span
from bot.rules import leave as rules
from bot.rules.book import Rulebook
from bot.rules.leave import HalfDay
from storage import leave, staff
from storage.leave import GRANTED, LIVE, Leave, LeaveState
from storage.staff import Role


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """Every leave that is not over, by the scene's rules; whom it concerns hears what became of it."""
    found: list[Change] = []
    for one in leave.live_after(scene.session, scene.store.id, scene.now):
        asked = leave.lock(scene.session, scene.store.id, one.id)
        if asked is None or asked.state not in LIVE:
            # Withdrawn in the same moment: its half days are somebody's no more.
            continue
        found += _moved(scene, asked, before)
        found += _on_new_ban(scene, asked, before)
    return found


def _moved(scene: Scene, asked: Leave, before: Rulebook) -> list[Change]:
    held = leave.halves_held(scene.session, asked.id)
    span = _by_new_hours(asked, held, before, scene.rules)
    if span is None:
        return _fallen_away(scene, asked)
    taken = rules.halves(span, scene.rules.working)
    extent = rules.working_extent(span, scene.rules.working)
    if (extent.start, extent.end) == (asked.starts_at, asked.ends_at) and list(taken) == held:
        return []
    leave.reschedule(scene.session, asked, starts_at=extent.start, ends_at=extent.end)
    leave.free_halves(scene.session, asked.id)
    leave.take_halves(scene.session, asked, taken)
    expires_at = rules.expires_at(extent, asked.created_at, scene.rules)
    approvals.reschedule(scene, asked.subject, begins_at=extent.start, expires_at=expires_at)
    if asked.state in GRANTED:
        scene.remind("leave", asked.subject, _next(scene, extent))
    scene.record("leave.moved_by_rules", asked.subject, rule="HANDBOOK R4", after={"from": extent.start.isoformat()})
    scene.refresh(asked.subject)
    return _told(scene, asked, "moved_by_rules")


def _by_new_hours(asked: Leave, held: list[HalfDay], before: Rulebook, after: Rulebook) -> Span | None:
    """Whole halves are whole halves of the new hours, a part of one stays by the clock; None if nothing is worked."""
    zone = after.working.zone
    span = Span(asked.starts_at.astimezone(zone), asked.ends_at.astimezone(zone))
    if held and rules.span_of(held, before.working) == span:
        worked = [half for half in held if after.working.is_open(half[0])]
        return rules.span_of(worked, after.working) if worked else None
    return span if rules.halves(span, after.working) else None


def _next(scene: Scene, extent: Span) -> datetime:
    return extent.start if extent.start > scene.now else max(extent.end, scene.now)


def _fallen_away(scene: Scene, asked: Leave) -> list[Change]:
    told = _told(scene, asked, "fallen_away")
    leave.move(scene.session, asked, LeaveState.WITHDRAWN, while_in=LIVE)
    leave.free_halves(scene.session, asked.id)
    approvals.withdraw_request(scene, asked.subject)
    scene.forget("leave", asked.subject)
    scene.record("leave.fallen_away", asked.subject, rule="HANDBOOK R4")
    scene.refresh(asked.subject)
    return told


def _told(scene: Scene, asked: Leave, key: str) -> list[Change]:
    """The person, and the client managers."""
    values: dict[str, Any] = {
        "name": staff.get(scene.session, asked.staff_id).name,
        "kind": scene.rules.leave.kind(asked.kind).name,
        "span": Span(asked.starts_at, asked.ends_at),
    }
    managers = [one for one in staff.with_role(scene.people(), Role.CLIENT_MANAGER) if one.id != asked.staff_id]
    return [
        Change(asked.staff_id, notice(f"leave.{key}", **values)),
        *(Change(one.id, notice(f"leave.{key}_told", **values)) for one in managers),
    ]


def _on_new_ban(scene: Scene, asked: Leave, before: Rulebook) -> list[Change]:
    """Leave on a day that has become one without leave is not taken back; whoever decides hears of it."""
    if asked.state not in LIVE:
        return []
    taken = leave.halves_held(scene.session, asked.id)
    kind = scene.rules.leave.kind(asked.kind)
    was = {one.day for one in rules.banned_days(taken, kind, before)}
    new = [one for one in rules.banned_days(taken, kind, scene.rules) if one.day not in was]
    if not new:
        return []
    facts = leave_cards.facts(scene, asked)
    told = notice("leave.on_new_ban", granted=asked.state in GRANTED, **facts)
    managers = staff.with_role(scene.people(), Role.CLIENT_MANAGER)
    return [Change(one.id, told) for one in managers if one.id != asked.staff_id]
