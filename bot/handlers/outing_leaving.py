"""What becomes of the outings and trips of somebody who leaves the store."""

from __future__ import annotations

from bot.feature import Context
from bot.handlers import outing_effects
from storage import outing
from storage.outing import OUT
from storage.staff import Staff


def gone(ctx: Context, person: Staff) -> None:
    """Who is out went home from there; what has not begun does not take place, and nobody is asked for a yes."""
    for out in outing.unfinished_of(ctx.session, person.id):
        if out.state in OUT and out.starts_at <= ctx.now:
            outing_effects.finish(ctx, out, home=True)
        else:
            outing_effects.call_off(ctx, out)
