"""What may be forgotten: handled messages and delivered notices, after some weeks. Facts and the audit are never."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import structlog

from bot.clock import Clock
from storage import inbox, outbox
from storage.database import Database

log = structlog.get_logger()

KEPT = timedelta(days=60)


async def tidy(database: Database, clock: Clock) -> None:
    """Drops what was done or delivered long ago; cards that old are not edited any more."""
    before = clock.now() - KEPT
    handled = await database.write(partial(inbox.forget_before, before=before))
    delivered = await database.write(partial(outbox.forget_before, before=before))
    log.info("tidied", handled=handled, delivered=delivered)
