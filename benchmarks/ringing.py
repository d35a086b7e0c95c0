"""How long a hundred due reminders take to ring while thousands or a million others wait, and APScheduler's store."""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_REMOVED
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import text
from sqlmodel import Session

from benchmarks.desk import sqlite_files
from benchmarks.front_desk import OPENS, open_stores
from bot.app import scene_at
from bot.clock import Clock
from bot.handlers import FEATURES
from bot.handlers.outing_effects import plan
from bot.scheduler.reminders import Bell
from storage import outing, reminders, stores
from storage.database import Database
from storage.outing import Outing, OutingKind, OutingState
from storage.staff import of_store
from tests.services import Run

DUE = 100
WAITING = (10_000, 100_000, 1_000_000)
ROUNDS = 5
JOBS = 10_000
PEOPLE = 200
OVERDUE_AT = OPENS + timedelta(hours=2)
LEAST_WAIT = timedelta(days=1)
DEADLINE_SECONDS = 300.0


def rung() -> None:
    """What the other scheduler's jobs do: nothing."""


WAIT = """
INSERT INTO reminders (store_id, feature, subject, occurrence, at, failures)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :waiting)
SELECT 1 + i % :stores, 'leave', 'leave:' || (1000000 + i), '', datetime(:first, '+' || i || ' seconds'), 0 FROM n
"""


def _wait(session: Session, waiting: int) -> None:
    """So many reminders for later days, spread over the stores, as they would be in years of use."""
    first = (OVERDUE_AT + LEAST_WAIT).astimezone(UTC)
    values = {"waiting": waiting, "stores": len(stores.all_stores(session)), "first": f"{first:%Y-%m-%d %H:%M:%S}"}
    session.connection().execute(text(WAIT), values)


def _overdue(session: Session, due: int) -> None:
    """So many people who are not back: each reminder asks one of them."""
    for number in range(due):
        scene = scene_at(session, 1 + number % len(stores.all_stores(session)), OPENS)
        people = of_store(session, scene.store.id)
        out = Outing(
            store_id=scene.store.id,
            staff_id=people[number % len(people)].id,
            entered_by_id=people[number % len(people)].id,
            kind=OutingKind.OUTING,
            place="工地",
            starts_at=OPENS - timedelta(hours=1),
            ends_at=OVERDUE_AT - timedelta(minutes=20),
            state=OutingState.GOING,
            created_at=OPENS,
        )
        plan(scene, outing.add(session, out))


def _nothing_to_say(session: Session, due: int) -> None:
    """So many reminders of leave that is not there: what ringing costs by itself."""
    for number in range(due):
        reminders.put(
            session, store_id=1, feature="leave", subject=f"leave:{9_000_000 + number}", occurrence="", at=OVERDUE_AT
        )


@contextmanager
def _store(run: Run, waiting: int, due: Callable[[Session], None]) -> Iterator[Database]:
    with sqlite_files(run)() as url:
        database = Database(url)
        try:
            database.write_now(partial(open_stores, people=PEOPLE))
            database.write_now(partial(_wait, waiting=waiting))
            database.write_now(due)
            yield database
        finally:
            database.close()


def ringing_seconds(run: Run, waiting: int, due: int = DUE, *, telling: bool = True) -> float:
    """From looking what is due until `due` reminders have rung, each in its transaction, `telling` with its notice."""
    clock = Clock()
    clock.move_to(OVERDUE_AT)
    with _store(run, waiting, partial(_overdue if telling else _nothing_to_say, due=due)) as database:
        begun = perf_counter()
        looked_at = asyncio.run(Bell(database, clock, FEATURES).ring_due())
        took = perf_counter() - begun
        left = database.read_now(partial(reminders.due, now=clock.now(), real=clock.real()))
    if looked_at != due or left:
        raise AssertionError(f"{looked_at} reminders rang instead of {due}, {len(left)} are left")
    return took


def job_store_seconds(folder: Path, waiting: int, due: int = DUE) -> float:
    """APScheduler's SQLAlchemy job store with as many date jobs: until the due ones have run and left the store."""
    done = threading.Semaphore(0)
    url = f"sqlite:///{folder / 'jobs.db'}"
    scheduler = BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(url=url)}, timezone=UTC)
    scheduler.configure(job_defaults={"misfire_grace_time": None, "coalesce": True})
    scheduler.start(paused=True)
    now = Clock().real()
    try:
        for number in range(waiting):
            scheduler.add_job(rung, "date", run_date=now + LEAST_WAIT + timedelta(seconds=number))
        for _ in range(due):
            scheduler.add_job(rung, "date", run_date=now)
        scheduler.add_listener(lambda _event: done.release(), EVENT_JOB_EXECUTED | EVENT_JOB_REMOVED)
        begun = perf_counter()
        scheduler.resume()
        for _ in range(2 * due):
            if not done.acquire(timeout=DEADLINE_SECONDS):
                raise AssertionError("a job did not run in time")
        return perf_counter() - begun
    finally:
        scheduler.shutdown(wait=False)


def measure(waiting: tuple[int, ...] = WAITING, *, jobs: int = JOBS, rounds: int = ROUNDS) -> dict[str, float]:
    """Milliseconds for a hundred due ones, medians; how much longer with the most than with the fewest waiting."""
    run = Run(Path(tempfile.mkdtemp(prefix="qiantai-bench-")))
    figures: dict[str, float] = {}
    try:
        for number in waiting:
            took = median(ringing_seconds(run, number) for _ in range(rounds))
            figures[f"{DUE}_due_of_{number}_ms"] = round(took * 1000, 1)
        bare = median(ringing_seconds(run, waiting[0], telling=False) for _ in range(rounds))
        with tempfile.TemporaryDirectory(dir=run.folder) as folder:
            others = job_store_seconds(Path(folder), jobs)
    finally:
        run.close()
    times = list(figures.values())
    return figures | {
        "most_to_fewest_ratio": round(times[-1] / times[0], 2),
        f"nothing_to_say_{DUE}_due_of_{waiting[0]}_ms": round(bare * 1000, 1),
        f"apscheduler_job_store_{DUE}_due_of_{jobs}_ms": round(others * 1000, 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
