"""The lists of leave: one's own, and who is away when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from bot.feature import MANAGERS, Absence, Answer, Context, Scene
from bot.notices import Notice, notice
from bot.reading import Span
from storage import leave, staff
from storage.leave import GRANTED, Half, Leave


def mine(ctx: Context, word: str, rest: str) -> Answer:
    """我的假: what is asked for, granted, and how to withdraw or change it."""
    own = leave.coming_of(ctx.session, ctx.me.id, now=ctx.now)
    if not own:
        return notice("leave.none_of_mine")
    leads = [notice("leave.mine", count=len(own)), *[None] * len(own)]
    *before, last = [Notice(subject=asked.subject, lead=lead) for asked, lead in zip(own, leads, strict=False)]
    for card in before:
        ctx.tell(ctx.me.id, card, urgent=True)
    return last


def who_is_away(ctx: Context, word: str, rest: str) -> Answer:
    """谁休假: today and the six days after; why, only for managers and only in private."""
    today = ctx.now.astimezone(ctx.rules.working.zone).date()
    with_reasons = ctx.has(*MANAGERS) and not ctx.in_group
    found = leave.halves_in_store(ctx.session, ctx.store.id, first=today, last=today + timedelta(days=6))
    granted = [(half, asked) for half, asked in found if asked.state in GRANTED and asked.ends_at > ctx.now]
    days = [
        {"day": day, "people": list(_day_lines(ctx, granted, day, with_reasons))}
        for day in dict.fromkeys(half.day for half, _ in granted)
    ]
    return notice("leave.who_is_away", days=days) if days else notice("leave.nobody_is_away")


def absences(scene: Scene, span: Span) -> list[Absence]:
    """Everybody's granted leave that touches the span."""
    found = leave.granted_over(scene.session, scene.store.id, start=span.start, end=span.end)
    return [absence(scene, gone) for gone in found]


def absence(scene: Scene, gone: Leave) -> Absence:
    """The leave among all that keeps people away."""
    kind = scene.rules.leave.kind(gone.kind).name
    return Absence(
        gone.staff_id,
        Span(gone.starts_at, gone.ends_at),
        gone.subject,
        told=notice("leave.absence"),
        private=notice("leave.absence_why", kind=kind, reason=gone.reason),
    )


def _day_lines(
    ctx: Context, found: Sequence[tuple[leave.LeaveHalf, Leave]], day: date, with_reasons: bool
) -> Iterator[dict[str, Any]]:
    by_leave: dict[int, list[Half]] = {}
    leaves = {asked.id: asked for half, asked in found if half.day == day}
    for half, asked in found:
        if half.day == day:
            by_leave.setdefault(asked.id, []).append(Half(half.half))
    for leave_id, taken in by_leave.items():
        asked = leaves[leave_id]
        yield {
            "name": staff.get(ctx.session, asked.staff_id).name,
            "half": "" if len(taken) > 1 else str(taken[0]),
            "kind": ctx.rules.leave.kind(asked.kind).name if with_reasons else "",
            "reason": asked.reason if with_reasons else "",
            "cover": staff.get(ctx.session, asked.cover_id).name if asked.cover_id else "",
        }
