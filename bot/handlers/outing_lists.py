"""The lists of outings: one's own, and 谁在外面: who is out, on a trip, on leave, and back when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.feature import MANAGERS, Absence, Answer, Context, Scene
from bot.handlers import outing_cards
from bot.notices import Notice, notice
from bot.reading import Span
from storage import outing, staff

MINE_WORDS = (
    *("我的外出", "我的出差", "取消外出", "外出取消", "外出不去了", "不外出了", "撤回外出"),
    *("改外出", "外出改到", "外出改成", "改出城", "出城改到"),
    *("取消出城", "出城取消", "出城不去了", "不出城了", "撤回出城", "取消出差", "出差取消", "不出差了"),
)
WHO_WORDS = ("谁在外面", "谁外出", "谁不在", "都谁不在", "谁出去了", "谁在店里")


def mine(ctx: Context, word: str, rest: str) -> Answer:
    """我的外出: what is under way or ahead, each with its buttons."""
    own = outing.unfinished_of(ctx.session, ctx.me.id)
    if not own:
        return notice("outing.none_of_mine")
    *before, last = [Notice(subject=one.subject) for one in own]
    for card in before:
        ctx.tell(ctx.me.id, card, urgent=True)
    return last


def absences(scene: Scene, span: Span) -> list[Absence]:
    """Everybody's outings and trips that hold and touch the span."""
    found = outing.out_over(scene.session, scene.store.id, start=span.start, end=span.end)
    return [outing_cards.absence(scene, out) for out in found]


def who_is_out(ctx: Context, word: str, rest: str) -> Answer:
    """谁在外面: now, later today, and who should be back; why, only for managers and only in private."""
    local = ctx.now.astimezone(ctx.rules.working.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    private = ctx.has(*MANAGERS) and not ctx.in_group
    overdue = [outing_cards.absence(ctx, out) for out in outing.overdue(ctx.session, ctx.store.id, now=ctx.now)]
    today = ctx.absences(Span(ctx.now, midnight))
    groups: dict[str, Any] = {
        "late": [_line(ctx, one, private) for one in overdue],
        "now": [_line(ctx, one, private) for one in today if one.span.start <= ctx.now],
        "soon": [_line(ctx, one, private) for one in today if one.span.start > ctx.now],
    }
    return notice("outing.who_is_out", **groups) if any(groups.values()) else notice("outing.nobody_is_out")


def _line(ctx: Context, one: Absence, private: bool) -> dict[str, Any]:
    name = staff.get(ctx.session, one.person_id).name
    return {"name": name, "what": one.private if private else one.told, "span": one.span}
