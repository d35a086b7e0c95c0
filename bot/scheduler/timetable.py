"""The one wake-up: APScheduler sets an event at the earliest due moment, a loop rings and sends until all is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import Session

from bot.clock import Clock, monotonic_seconds
from bot.scheduler.delivery import Delivery
from bot.scheduler.reminders import Bell
from storage import outbox_due, reminders
from storage.database import Database

log = structlog.get_logger()

SAFETY_TICK_SECONDS = 30
LOOK_AFTER_SECONDS = 300
FIRST_LOOK_SECONDS = 60
WAKE_UP = "wake-up"
MOVE_SECONDS = 60.0
POLL_SECONDS = 0.005


class StillBusy(Exception):
    """The store's time could not be moved within the time allowed."""


class Timetable:
    """Holds the wake-up, the safety tick and the daily housekeeping; moves the demo's clock."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bell: Bell,
        delivery: Delivery,
        *,
        take_up: Callable[[], Awaitable[None]],
        desk_idle: Callable[[], bool],
        tidy: Callable[[], Awaitable[None]],
        look_after: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._bell = bell
        self._delivery = delivery
        self._take_up = take_up
        self._desk_idle = desk_idle
        self._tidy = tidy
        self._look_after = look_after
        self._event = asyncio.Event()
        self._moving = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.configure(job_defaults={"misfire_grace_time": None, "coalesce": True})

    def wake(self) -> None:
        """Something is due now, or earlier than was planned; call it in the event loop."""
        self._event.set()

    async def run(self) -> None:
        """Until cancelled: ring and send what is due, then sleep until the next moment."""
        self._scheduler.start()
        self._scheduler.add_job(self._tick, "interval", seconds=SAFETY_TICK_SECONDS)
        self._scheduler.add_job(self._tidy, "cron", day_of_week="mon-sun", hour=19, minute=30)
        if self._look_after is not None:
            first = self._clock.real() + timedelta(seconds=FIRST_LOOK_SECONDS)
            self._scheduler.add_job(self._look_after, "interval", seconds=LOOK_AFTER_SECONDS, next_run_time=first)
        try:
            await self._tick()
            while True:
                await self._event.wait()
                self._event.clear()
                await self._round()
                await self._plan()
        finally:
            self._scheduler.shutdown(wait=False)

    async def _tick(self) -> None:
        """The clock may have jumped, another process may have died."""
        await self._take_up()
        await self._delivery.wake_due()
        self.wake()

    async def _round(self) -> None:
        try:
            await self._bell.ring_due()
            await self._delivery.wake_due()
        except Exception:
            log.exception("round failed")

    async def _plan(self) -> None:
        """The wake-up stands at the earliest of everything that waits; it only sets the event."""
        at = await self._database.read(self._earliest)
        if at is not None:
            self._scheduler.add_job(self.wake, "date", run_date=at, id=WAKE_UP, replace_existing=True)

    def _earliest(self, session: Session) -> datetime | None:
        """The next moment (real time) at which something is due."""
        now = self._clock.now()
        store_times = [reminders.next_at(session, after=now), outbox_due.next_due(session, after=now)]
        real = [self._clock.real_time_of(at) for at in store_times if at is not None]
        held = [
            outbox_due.next_try(session, after=self._clock.real()),
            reminders.next_held(session, after=self._clock.real()),
        ]
        return min([*real, *(at for at in held if at is not None)], default=None)

    async def next_moment(self) -> datetime | None:
        """The next due instant in the store's time."""
        return await self._database.read(partial(_next_in_store, now=self._clock.now()))

    async def move(self, target: datetime, remember: Callable[[], Awaitable[None]]) -> None:
        """Moves the store's time to `target` through every due instant in order; raises StillBusy if it takes too long.

        When it returns, what was due by then has been rung and delivered.
        """
        until = monotonic_seconds() + MOVE_SECONDS
        async with self._moving:
            await self._settle(until)
            while (at := await self.next_moment()) is not None and at <= target:
                await self._step(at, remember, until)
            if target > self._clock.now():
                await self._step(target, remember, until)

    async def settle(self) -> None:
        """Until all that is due has been rung and delivered; raises StillBusy if it takes too long."""
        await self._settle(monotonic_seconds() + MOVE_SECONDS)

    async def _step(self, at: datetime, remember: Callable[[], Awaitable[None]], until: float) -> None:
        self._clock.move_to(at)
        await remember()
        await self._settle(until)
        self.wake()

    async def _settle(self, until: float) -> None:
        """Waits until the desk and the outbox have nothing more to do at this moment."""
        while True:
            # First: what the desk has still in hand may be written behind the look at what is due.
            while not self._is_idle():
                if monotonic_seconds() > until:
                    raise StillBusy
                await asyncio.sleep(POLL_SECONDS)
            rung = await self._bell.ring_due()
            await self._delivery.wake_due()
            if not rung and self._is_idle():
                return

    def _is_idle(self) -> bool:
        return self._desk_idle() and self._delivery.idle


def _next_in_store(session: Session, now: datetime) -> datetime | None:
    found = [reminders.next_at(session, after=now), outbox_due.next_due(session, after=now)]
    return min((at for at in found if at is not None), default=None)
