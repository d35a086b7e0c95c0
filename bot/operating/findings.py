"""What the doctor finds in the rows: who cannot be reached, what waits too long, what was given up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.platforms import found_by_sending
from bot.settings import Settings
from storage import health, keeping, staff, stores
from storage.database import Database
from storage.health import Depths
from storage.staff import Staff

PATIENCE = timedelta(minutes=2)
CLOCK_TOLERANCE = timedelta(seconds=30)
# A day and what a nightly backup may be late.
BACKUP_AGE = timedelta(hours=26)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: whether it is well, and its text, which says what to do if it is not."""

    well: bool
    key: str
    values: dict[str, Any] = field(default_factory=dict)


def well(key: str, **values: Any) -> Finding:
    return Finding(True, key, values)


def ill(key: str, **values: Any) -> Finding:
    return Finding(False, key, values)


def in_the_rows(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Everything that a migrated database tells."""
    yield _clock(database, now)
    yield from _stores(database)
    yield from _queues(database.read_now(partial(health.depths, now=now)), now)
    failed = database.read_now(partial(health.failed_since, since=now - DAY))
    yield ill("doctor.failed", count=failed) if failed else well("doctor.failed_none")
    told = found_by_sending(settings, database.read_now(health.refusals))
    if told is not None:
        yield ill(told.key, **told.values)
    yield _backup(database, settings, now)


def _clock(database: Database, now: datetime) -> Finding:
    seen = database.read_now(keeping.moment)
    if seen.at is not None and seen.at - now > PATIENCE:
        return ill("doctor.clock_back", was=seen.at, now=now)
    if seen.back_from is not None and seen.back_to is not None and now - seen.back_to < DAY:
        return ill("doctor.clock_back", was=seen.back_from, now=seen.back_to)
    if database.dialect == "sqlite":
        return well("doctor.clock", now=now)
    theirs = database.read_now(health.database_clock)
    off = abs((theirs - now).total_seconds())
    return (
        ill("doctor.clock_off", seconds=round(off))
        if off > CLOCK_TOLERANCE.total_seconds()
        else well("doctor.clock", now=now)
    )


def _stores(database: Database) -> Iterator[Finding]:
    known = database.read_now(stores.all_stores)
    if not known:
        yield ill("doctor.no_stores")
        return
    people, lost, alone = 0, list[Staff](), list[Staff]()
    for store in known:
        people += len(database.read_now(partial(staff.of_store, store_id=store.id)))
        lost += database.read_now(partial(health.not_reached, store_id=store.id))
        alone += database.read_now(partial(health.without_deputy, store_id=store.id))
    yield well("doctor.stores", stores=len(known), people=people)
    yield ill("doctor.not_reached", people=_names(lost)) if lost else well("doctor.all_reached")
    yield ill("doctor.no_deputy", people=_names(alone)) if alone else well("doctor.deputies")
    ungrouped = database.read_now(health.without_group)
    yield ill("doctor.no_group", stores=[one.name for one in ungrouped]) if ungrouped else well("doctor.groups")


def _names(people: Sequence[Staff]) -> list[str]:
    return [one.name for one in people]


def _queues(depths: Depths, now: datetime) -> Iterator[Finding]:
    late = PATIENCE.total_seconds()
    for name, queue in (("inbox", depths.inbox), ("outbox", depths.outbox), ("reminders", depths.reminders)):
        seconds = queue.seconds(now)
        waits = {"waiting": queue.waiting, "minutes": int(seconds // 60)}
        yield Finding(seconds <= late, f"doctor.{name}" if seconds <= late else f"doctor.{name}_late", waits)
    yield ill("doctor.parked", count=depths.parked) if depths.parked else well("doctor.parked_none")
    yield ill("doctor.not_rung", count=depths.not_rung) if depths.not_rung else well("doctor.all_rung")


def _backup(database: Database, settings: Settings, now: datetime) -> Finding:
    """The nightly backup, which on PostgreSQL another machine may have, or a newer one that was made by hand."""
    nightly = database.read_now(keeping.nightly)
    if nightly.failed_at is not None:
        return ill("doctor.backup_failed", at=nightly.failed_at, why=nightly.problem)
    here = newest_backup(settings.backups())
    elsewhere = None if database.dialect == "sqlite" else nightly.made_at
    newest = max((at for at in (here, elsewhere) if at is not None), default=None)
    if newest is None:
        return ill("doctor.backup_none", folder=str(settings.backups()))
    if now - newest > BACKUP_AGE:
        return ill("doctor.backup_old", at=newest)
    return well("doctor.backup", at=newest, folder=str(settings.backups()))


def newest_backup(folder: Path) -> datetime | None:
    """When the newest file of the folder was written."""
    written = [path.stat().st_mtime for path in folder.glob("*-20*") if path.suffix in (".db", ".dump")]
    return datetime.fromtimestamp(max(written), UTC) if written else None
