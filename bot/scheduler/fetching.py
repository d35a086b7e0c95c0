"""From the channels to the cases: what people sent is fetched outside any transaction, tried again when it fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from sqlmodel import Session

from bot.clock import Clock
from bot.failpoints import failpoint
from bot.talk import Channel, DeliveryError, File
from storage import files
from storage.database import Database

log = structlog.get_logger()

# Longer than 20 MB take on a slow line; the lease outlives it.
FETCH_TIMEOUT_SECONDS = 120
LEASE = timedelta(seconds=180)
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 300.0
TRIES = 12
# A timer may ring before the clock says so.
A_MOMENT_SECONDS = 0.05
LARGEST_BYTES = 20 * 1024 * 1024

Keep = Callable[[Session, int, File], None]
GiveUp = Callable[[Session, int, DeliveryError], None]
Closing = Callable[[Session], None]


@dataclass(frozen=True)
class Job:
    """A file under way: which one, and what its channel calls it."""

    id: int
    channel: str
    file: str
    attempts: int


class Fetching:
    """A task for each sender while something of theirs may be fetched; `keep` and `give_up` get the file's number."""

    def __init__(
        self, database: Database, clock: Clock, channels: Mapping[str, Channel], *, keep: Keep, give_up: GiveUp
    ) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels
        self._keep = keep
        self._give_up = give_up
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._later: dict[int, asyncio.TimerHandle] = {}

    @property
    def idle(self) -> bool:
        return not self._tasks

    def wake(self, sender: int) -> None:
        """Lets what waits of the sender be fetched; call it after the commit, in the event loop."""
        if sender in self._tasks:
            self._again.add(sender)
            return
        self._tasks[sender] = asyncio.create_task(self._work(sender), name=f"fetching for staff:{sender}")

    async def wake_due(self) -> None:
        """Takes up what waits, at the start and whenever another process may have died."""
        for sender in await self._database.read(partial(files.senders_due, real=self._clock.real())):
            self.wake(sender)

    async def close(self) -> None:
        """Stops; what is in flight is fetched again after the next start."""
        for timer in self._later.values():
            timer.cancel()
        self._again.clear()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _work(self, sender: int) -> None:
        closing: Closing | None = None
        try:
            while True:
                self._again.discard(sender)
                job = await self._database.write(partial(self._next, sender, closing))
                closing = None
                if job is not None:
                    closing = await self._fetch(sender, job)
                    failpoint("fetched not kept")
                elif sender not in self._again:
                    return
        except Exception:
            # The lease runs out and the safety tick takes the sender up again.
            log.exception("fetching stopped")
        finally:
            del self._tasks[sender]
            if sender in self._again:
                self.wake(sender)

    def _next(self, sender: int, closing: Closing | None, session: Session) -> Job | None:
        """Settles the file before, then takes the next one: one transaction for both."""
        if closing is not None:
            closing(session)
        now = self._clock.real()
        one = files.next_of(session, sender, real=now)
        if one is None:
            return None
        files.lease(session, one, until=now + LEASE)
        return Job(one.id, one.channel, one.file, one.attempts)

    async def _fetch(self, sender: int, job: Job) -> Closing:
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_SECONDS):
                return partial(self._arrived, job, await self._from_channel(job))
        except DeliveryError as error:
            return self._failed(sender, job, error)
        except TimeoutError:
            return self._failed(sender, job, DeliveryError("no answer in time"))

    async def _from_channel(self, job: Job) -> File:
        channel = self._channels.get(job.channel)
        if channel is None:
            # Perhaps its token is set again tomorrow.
            raise DeliveryError("the channel is not open", unreached=True)
        file = await channel.fetch(job.file)
        if len(file.content) > LARGEST_BYTES:
            raise DeliveryError("the file is larger than 20 MB", permanent=True, too_large=True)
        return file

    def _arrived(self, job: Job, file: File, session: Session) -> None:
        self._keep(session, job.id, file)

    def _failed(self, sender: int, job: Job, error: DeliveryError) -> Closing:
        log.warning("not fetched", channel=job.channel, permanent=error.permanent, error=str(error))
        seconds = error.retry_after
        if error.permanent or (job.attempts >= TRIES and seconds is None and not error.unreached):
            return partial(self._lost, job, error)
        if seconds is None:
            longest = min(FIRST_RETRY_SECONDS * 2 ** min(job.attempts - 1, 20), LONGEST_RETRY_SECONDS)
            seconds = longest * random.uniform(0.75, 1.0)
        at = self._clock.real() + timedelta(seconds=seconds)
        self._wake_later(sender, seconds + A_MOMENT_SECONDS)
        return partial(files.retry_at, sent_id=job.id, at=at, error=str(error))

    def _wake_later(self, sender: int, seconds: float) -> None:
        before = self._later.pop(sender, None)
        if before is not None:
            before.cancel()
        self._later[sender] = asyncio.get_running_loop().call_later(seconds, self.wake, sender)

    def _lost(self, job: Job, error: DeliveryError, session: Session) -> None:
        self._give_up(session, job.id, error)
