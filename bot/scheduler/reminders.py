"""What is due rings: each reminder in a transaction of its own, its truth recomputed from the rows."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog
from sqlmodel import Session

from bot.clock import Clock
from bot.failpoints import failpoint
from bot.feature import Feature
from bot.stores import open_store
from storage import reminders
from storage.database import Database
from storage.reminders import Reminder

log = structlog.get_logger()

FIRST_HOLD_SECONDS = 60
LONGEST_HOLD_SECONDS = 3600


class Moved(Exception):
    """Somebody else rang, moved or cleared the reminder meanwhile; nothing of this ring stays."""


class Bell:
    """Rings whatever is due."""

    def __init__(self, database: Database, clock: Clock, features: Mapping[str, Feature]) -> None:
        self._database = database
        self._clock = clock
        self._features = features

    async def ring_due(self) -> int:
        """Rings all that is due now, those that become due by it too; returns how many were looked at.

        A store's reminders ring one after another, stores beside each other: on SQLite they share commits.
        """
        looked_at = 0
        while due := await self._database.read(partial(reminders.due, now=self._clock.now(), real=self._clock.real())):
            stores: defaultdict[int, list[Reminder]] = defaultdict(list)
            for reminder in due:
                stores[reminder.store_id].append(reminder)
            await asyncio.gather(*(self._ring_each(of_store) for of_store in stores.values()))
            looked_at += len(due)
        return looked_at

    async def _ring_each(self, due: Sequence[Reminder]) -> None:
        for reminder in due:
            await self._ring(reminder)

    async def _ring(self, reminder: Reminder) -> None:
        try:
            await self._database.write(partial(self._ring_one, reminder))
        except Moved:
            return
        except Exception:
            # One broken feature silences no other; this reminder is tried again later.
            log.exception("reminder not rung", feature=reminder.feature)
            seconds = min(FIRST_HOLD_SECONDS * 2**reminder.failures, LONGEST_HOLD_SECONDS)
            until = self._clock.real() + timedelta(seconds=seconds)
            await self._database.write(partial(reminders.hold, reminder_id=reminder.id, until=until))

    def _ring_one(self, reminder: Reminder, session: Session) -> None:
        if not reminders.take(session, reminder):
            raise Moved
        ring = self._features[reminder.feature].rings
        if ring is not None:
            ring(open_store(session, reminder.store_id, self._clock.now(), self._features), reminder)
        failpoint("ringing")
