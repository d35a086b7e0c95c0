"""The nightly backup: one a night, later if the machine slept; old ones go only after the new one is whole."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.scheduler import timetable
from bot.scheduler.housekeeping import LEASE, NightlyBackup, back_up_if_due, last_due, look_after
from storage import backup, keeping
from storage.backup import BackupError
from storage.database import Database
from tests.channels.wire import wired
from tests.scheduler.office import StoodClock

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 25, 8, 0, tzinfo=ZONE)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def nightly(tmp_path: Path) -> NightlyBackup:
    return NightlyBackup(tmp_path / "backups", time(3, 30), kept=2)


async def back_up(database: Database, nightly: NightlyBackup, now: datetime) -> str:
    """The new backup's name, nothing if none was made."""
    made = await back_up_if_due(database, nightly, now=now, zone=ZONE)
    return made.stem if made else ""


# now in the store, the last half past three.
DUE = [
    ("2026-11-25T08:00", "2026-11-25T03:30"),
    ("2026-11-25T03:30", "2026-11-25T03:30"),
    ("2026-11-25T03:29", "2026-11-24T03:30"),
]


@pytest.mark.parametrize(("now", "due"), DUE)
def test_a_backup_is_due_since_its_last_hour(now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZONE)

    found = last_due(time(3, 30), now=moment.astimezone(UTC), zone=ZONE)

    assert found == datetime.fromisoformat(due).replace(tzinfo=ZONE)


async def test_a_night_has_one_backup_and_one_that_was_slept_over_comes_later(
    database: Database, nightly: NightlyBackup
) -> None:
    at = [MORNING, MORNING + HOUR, MORNING + DAY - 6 * HOUR, MORNING + DAY]

    made = [await back_up(database, nightly, now) for now in at]

    assert made == ["nightly-2026-11-25-080000", "", "", "nightly-2026-11-26-080000"]


async def test_two_processes_make_one_backup_between_them(database: Database, nightly: NightlyBackup) -> None:
    made = await asyncio.gather(*(back_up(database, nightly, MORNING) for _ in range(4)))

    assert sorted(made) == ["", "", "", "nightly-2026-11-25-080000"]


async def test_the_newest_stay(database: Database, nightly: NightlyBackup) -> None:
    for day in range(4):
        await back_up(database, nightly, MORNING + day * DAY)

    left = sorted(path.stem for path in nightly.folder.iterdir())
    assert left == ["nightly-2026-11-27-080000", "nightly-2026-11-28-080000"]


async def test_one_that_fails_removes_none_and_is_tried_again_after_an_hour(
    database: Database, nightly: NightlyBackup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(2):
        await back_up(database, nightly, MORNING + day * DAY)
    bad_night = MORNING + 2 * DAY

    def full(*_: object, **__: object) -> None:
        raise BackupError("failed", program="", problem="disk full")

    with monkeypatch.context() as broken:
        broken.setattr(backup, "make", full)
        failed = await back_up(database, nightly, bad_night)
    kept, remembered = sorted(nightly.folder.iterdir()), database.read_now(keeping.nightly)
    soon = await back_up(database, nightly, bad_night + HOUR / 2)
    later = await back_up(database, nightly, bad_night + HOUR)

    assert (failed, soon, later) == ("", "", "nightly-2026-11-27-090000")
    assert len(kept) == 2
    assert (remembered.failed_at, remembered.problem) == (bad_night, "failed")
    assert database.read_now(keeping.nightly).failed_at is None


async def test_whoever_died_at_it_is_followed_at_the_next_start_or_once_the_lease_is_over(
    database: Database, nightly: NightlyBackup
) -> None:
    claim = partial(keeping.claim, due=MORNING - HOUR, now=MORNING, lease=LEASE)
    database.write_now(claim)

    meanwhile = await back_up(database, nightly, MORNING + HOUR)
    database.write_now(keeping.release)
    started = await back_up(database, nightly, MORNING + HOUR)
    database.write_now(partial(keeping.claim, due=MORNING + DAY - HOUR, now=MORNING + DAY, lease=LEASE))
    over = await back_up(database, nightly, MORNING + DAY + LEASE)

    assert (meanwhile, started, over) == ("", "nightly-2026-11-25-090000", "nightly-2026-11-26-100000")


async def test_a_clock_that_was_put_back_is_remembered(database: Database) -> None:
    clock = StoodClock(MORNING)

    async def zone() -> ZoneInfo:
        return ZONE

    await look_after(database, clock, None, zone)
    clock.at = MORNING - DAY
    await look_after(database, clock, None, zone)

    seen = database.read_now(keeping.moment)
    assert (seen.at, seen.back_from, seen.back_to) == (MORNING - DAY, MORNING, MORNING - DAY)


def test_a_front_desk_that_serves_makes_its_backup_by_itself(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetable, "FIRST_LOOK_SECONDS", 0)

    with wired(sqlite_url, tmp_path / "data", demo=False) as store:
        made = store.run(_made(store.app.database))

    assert [path.name for path in (tmp_path / "data" / "backups").iterdir()] == [made.file]


async def _made(database: Database) -> keeping.Nightly:
    """Waits for the backup to be made."""
    async with asyncio.timeout(60):
        while (known := await database.read(keeping.nightly)).made_at is None:  # noqa: ASYNC110 (rows have no event)
            await asyncio.sleep(0.02)
    return known
