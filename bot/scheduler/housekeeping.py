"""What is done besides the store's work: old rows forgotten, the clock watched, a backup made every night."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session

from bot.clock import Clock
from bot.failpoints import failpoint
from storage import backup, card_codes, dialogs, inbox, keeping, outbox
from storage.database import Database, Work

log = structlog.get_logger()

KEPT = timedelta(days=60)
# Longer than any backup takes; whoever dies at one is followed by another process, or by itself, after that.
LEASE = timedelta(hours=2)
RETRY = timedelta(hours=1)
CLOCK_TOLERANCE = timedelta(minutes=2)


@dataclass(frozen=True)
class NightlyBackup:
    """Where backups go, at which hour of the store's day, and how many stay."""

    folder: Path
    at: time
    kept: int


class Forgetting(Protocol):
    """Whose time is over, where they are named, and how they are forgotten: what housekeeping is given."""

    def due(self, session: Session) -> Sequence[int]: ...

    def look(self, session: Session, case_id: int) -> Work[bool] | None:
        """What forgets the case, if it is still there."""


async def keep_no_longer(database: Database, forgetting: Forgetting) -> None:
    """Customers whose time is over are forgotten, a case a transaction: whoever writes meanwhile waits for one at most.

    What a kill leaves for tomorrow is due then, and is looked for where nobody waits.
    """
    forgotten, failed = 0, 0
    for case_id in await database.read(forgetting.due):
        try:
            forget = await database.read(partial(forgetting.look, case_id=case_id))
            forgotten += forget is not None and await database.write(forget)
        except Exception:
            failed += 1
            log.exception("customer not forgotten")
    log.info("customers forgotten", count=forgotten, failed=failed)


async def tidy(database: Database, clock: Clock, forgetting: Forgetting | None = None) -> None:
    """Drops what was done or delivered long ago, and customers; cards that old are not edited any more."""
    before = clock.now() - KEPT
    handled = await database.write(partial(inbox.forget_before, before=before))
    delivered = await database.write(partial(outbox.forget_before, before=before))
    forms = await database.write(partial(dialogs.forget_before, before=before))
    # Codes are given in real time; an old card is known by its first one for as long as its notice is kept.
    codes = await database.write(partial(card_codes.forget_before, before=clock.real() - KEPT))
    log.info("tidied", handled=handled, delivered=delivered, forms=forms, codes=codes)
    if forgetting is not None:
        await keep_no_longer(database, forgetting)


async def look_after(
    database: Database, clock: Clock, nightly: NightlyBackup | None, zone: Callable[[], Awaitable[ZoneInfo]]
) -> None:
    """Every few minutes: remembers the moment, and makes the night's backup once its hour has come or has passed."""
    now = clock.real()
    if await database.write(partial(keeping.keep_moment, now=now, tolerance=CLOCK_TOLERANCE)):
        log.error("the clock was put back")
    if nightly is not None:
        await back_up_if_due(database, nightly, now=now, zone=await zone())


async def back_up_if_due(database: Database, nightly: NightlyBackup, *, now: datetime, zone: ZoneInfo) -> Path | None:
    """The new backup, if this process was the one to make it; a machine that slept over the hour makes it later."""
    due = last_due(nightly.at, now=now, zone=zone)
    if not await database.write(partial(keeping.claim, due=due, now=now, lease=LEASE)):
        return None
    local = now.astimezone(zone)
    target = nightly.folder / backup.name_for(database.url, f"{backup.NIGHTLY}{local:%Y-%m-%d-%H%M%S}")
    try:
        await asyncio.to_thread(backup.make, database.url, target, passing=failpoint)
    except (backup.BackupError, OSError) as error:
        code = error.code if isinstance(error, backup.BackupError) else "failed"
        log.error("no backup", state=code)
        await database.write(partial(keeping.failed, at=now, problem=code, again=now + RETRY))
        return None
    await database.write(partial(keeping.made, at=now, file=target.name))
    # Only now that the new one is whole.
    removed = await asyncio.to_thread(backup.prune, nightly.folder, kept=nightly.kept)
    log.info("backed up", removed=removed)
    return target


def last_due(at: time, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The last moment at which it was `at` in the zone."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, zone)
