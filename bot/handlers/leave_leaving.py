"""What becomes of the leave of somebody who leaves the store, and of the leave that they were to cover."""

from __future__ import annotations

from datetime import timedelta

from bot import approvals
from bot.feature import Context
from bot.handlers import leave_cards
from bot.notices import notice
from bot.reading import Span
from bot.rules import leave as rules
from storage import leave, staff
from storage.leave import GRANTED, LIVE, Leave, LeaveState
from storage.staff import Role, Staff

# Nobody asks for leave further ahead than that.
AHEAD = timedelta(days=800)
MOST = 100


def gone(ctx: Context, person: Staff) -> None:
    """What was asked for or granted is withdrawn, what has begun ends now; nobody waits for this cover."""
    for asked in leave.coming_of(ctx.session, person.id, now=ctx.now, most=MOST):
        if asked.state in GRANTED and asked.starts_at <= ctx.now:
            _end(ctx, asked)
        else:
            _withdraw(ctx, asked)
        ctx.forget("leave", asked.subject)
        ctx.refresh(asked.subject)
        leave_cards.refresh_others(ctx, asked)
    for other in _covered_by(ctx, person):
        _uncover(ctx, other, person)


def _end(ctx: Context, asked: Leave) -> None:
    ahead = rules.halves(Span(ctx.now, asked.ends_at), ctx.rules.working)
    unbegun = [half for half in ahead if rules.span_of([half], ctx.rules.working).start >= ctx.now]
    approvals.withdraw_request(ctx, f"leave_withdrawal:{asked.id}")
    before = {"ends_at": asked.ends_at.isoformat()}
    leave.end(ctx.session, asked, ctx.now)
    leave.free_halves(ctx.session, asked.id, after=unbegun)
    ctx.record("leave.ended", asked.subject, by=ctx.me, before=before, after={"ends_at": ctx.now.isoformat()})


def _withdraw(ctx: Context, asked: Leave) -> None:
    granted = asked.state in GRANTED
    if not leave.move(ctx.session, asked, LeaveState.WITHDRAWN, while_in=LIVE):
        return
    leave.free_halves(ctx.session, asked.id)
    approvals.withdraw_request(ctx, asked.subject)
    ctx.record("leave.withdrawn", asked.subject, by=ctx.me, on_behalf_of_id=asked.staff_id, rule="HANDBOOK 6")
    if granted and asked.cover_id and asked.cover_id != ctx.me.id:
        ctx.tell(asked.cover_id, notice("leave.withdrawn_told", **leave_cards.facts(ctx, asked)))


def _covered_by(ctx: Context, person: Staff) -> list[Leave]:
    span = {"start": ctx.now, "end": ctx.now + AHEAD}
    waiting = leave.pending_over(ctx.session, ctx.store.id, **span)
    return [
        *leave.covered_by(ctx.session, person.id, **span),
        *(one for one in waiting if one.cover_id == person.id),
    ]


def _uncover(ctx: Context, other: Leave, person: Staff) -> None:
    """The one on leave and the client managers hear that nobody takes the work now."""
    leave.rewrite(ctx.session, other, {"cover_id": None})
    managers = [one.id for one in staff.with_role(ctx.people(), Role.CLIENT_MANAGER)]
    span = Span(other.starts_at, other.ends_at)
    told = notice("people.cover_left", name=person.name, who=staff.get(ctx.session, other.staff_id).name, span=span)
    for person_id in dict.fromkeys([other.staff_id, *managers]):
        if person_id not in (person.id, ctx.me.id):
            ctx.tell(person_id, told)
    ctx.refresh(other.subject)
