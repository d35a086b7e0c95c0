"""Messages a second through inbox, desk, outbox and delivery to a null channel, and how long an answer takes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count, cycle
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import LiteralString, Protocol

from sqlalchemy import Engine
from sqlmodel import Session

from benchmarks.front_desk import BareMessage, FrontDesk, at_work, chats, insert_and_update, open_stores
from storage.database import Database, postgresql_engine, sqlite_engine
from tests.services import Run, administration, postgresql_copy

A_SECOND = 50
# Each person says it so many times. The sentence is said once: a second one would put the first's form aside.
MESSAGES = {"who_is_away": ("谁休假", 5), "help": ("帮助", 5), "leave": ("请假 周五下午 家里有事", 1)}
DURABLE: tuple[LiteralString, ...] = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Size:
    """How much is measured: people writing at once, rounds; in each, bare transactions, seconds at a steady rate."""

    people: int = 200
    rounds: int = 5
    bare: int = 600
    seconds: float = 6.0


FULL = Size()


class Fresh(Protocol):
    """Opens a migrated empty database of its own: its URL."""

    def __call__(self) -> AbstractContextManager[str]: ...


def bare_per_second(url: str, transactions: int) -> float:
    """Transactions a second that insert a row and update it, one after another, as durable as the front desk's."""
    engine = _engine(url)
    try:
        BareMessage.__table__.create(engine)  # type: ignore[attr-defined]
        begun = perf_counter()
        for _ in range(transactions):
            with Session(engine) as session:
                insert_and_update(session)
                session.commit()
        return transactions / (perf_counter() - begun)
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    return sqlite_engine(url) if url.startswith("sqlite") else postgresql_engine(url, size=1)


@contextmanager
def _staffed(url: str, people: int) -> Iterator[Database]:
    database = Database(url)
    try:
        database.write_now(partial(open_stores, people=people))
        yield database
    finally:
        database.close()


def desk_per_second(url: str, text: str, *, people: int, times: int) -> float:
    """Messages a second when all people write at once, each the next one as soon as the last is acknowledged."""
    with _staffed(url, people) as database:
        return asyncio.run(_all_at_once(database, text, people=people, times=times))


async def _all_at_once(database: Database, text: str, *, people: int, times: int) -> float:
    async with at_work(database) as front:
        await _warm_up(front, [text])
        begun = perf_counter()
        await asyncio.gather(*(_keeps_writing(front, chat, text, times) for chat in chats(people)))
        await front.answered(people * times)
        return people * times / (perf_counter() - begun)


async def _warm_up(front: FrontDesk, texts: Sequence[str]) -> None:
    """The first message of a process also reads the templates and lays out the calendar; that is not counted."""
    for number, text in enumerate(texts):
        await front.says(chats(1)[0], f"first{number}", text)
    await front.answered(len(texts))
    front.channel.forget()


async def _keeps_writing(front: FrontDesk, chat: str, text: str, times: int) -> None:
    for number in range(times):
        await front.says(chat, f"{chat}-{number}", text)


def latencies(url: str, *, people: int, seconds: float) -> list[float]:
    """Seconds from a message's scheduled arrival to its answer in the channel, at a steady rate, all kinds in turn."""
    with _staffed(url, people) as database:
        return asyncio.run(_on_schedule(database, people=people, messages=int(A_SECOND * seconds)))


async def _on_schedule(database: Database, *, people: int, messages: int) -> list[float]:
    texts = [text for text, _ in MESSAGES.values()]
    async with at_work(database) as front:
        await _warm_up(front, texts)
        begun = perf_counter()
        async with asyncio.TaskGroup() as arrivals:
            for number, chat, text in zip(range(messages), cycle(chats(people)), cycle(texts), strict=False):
                due = begun + number / A_SECOND
                await asyncio.sleep(max(0.0, due - perf_counter()))
                arrivals.create_task(front.says(chat, f"e{number}", text, since=due))
        await front.answered(messages)
        return front.channel.latencies


def measure_on(fresh: Fresh, size: Size) -> dict[str, float]:
    """The figures of one database: medians over the rounds, each ratio taken within its round."""
    bare: list[float] = []
    rates: dict[str, list[float]] = {name: [] for name in MESSAGES}
    waits: list[list[float]] = []
    for _ in range(size.rounds):
        with fresh() as url:
            bare.append(bare_per_second(url, size.bare))
        for name, (text, times) in MESSAGES.items():
            with fresh() as url:
                rates[name].append(desk_per_second(url, text, people=size.people, times=times))
        with fresh() as url:
            waits.append(quantiles(latencies(url, people=size.people, seconds=size.seconds), n=100))
    figures: dict[str, float] = {"bare_transactions_per_second": round(median(bare))}
    for name, found in rates.items():
        figures[f"{name}_per_second"] = round(median(found))
        figures[f"{name}_ratio"] = round(median(rate / base for rate, base in zip(found, bare, strict=True)), 2)
    return figures | {
        f"latency_p50_ms_at_{A_SECOND}": round(median(waited[49] for waited in waits) * 1000, 1),
        f"latency_p99_ms_at_{A_SECOND}": round(median(waited[98] for waited in waits) * 1000, 1),
    }


def sqlite_files(run: Run) -> Fresh:
    """Copies of the run's migrated file."""

    @contextmanager
    def fresh() -> Iterator[str]:
        with tempfile.TemporaryDirectory(dir=run.folder) as folder:
            path = Path(folder) / "store.db"
            shutil.copyfile(run.sqlite(), path)
            yield f"sqlite:///{path}"

    return fresh


def postgresql_databases(template: str) -> Fresh:
    """Copies of the template database."""
    numbers = count()
    return lambda: postgresql_copy(template, f"bench_{os.getpid()}_{next(numbers)}")


def measure_sqlite(size: Size = FULL) -> dict[str, float]:
    """The desk on a real file with synchronous=FULL."""
    with _run() as run:
        return measure_on(sqlite_files(run), size)


def measure_postgresql(size: Size = FULL) -> dict[str, float]:
    """The desk on a server of its own that writes through to the disk. Raises ServiceMissing."""
    with _run() as run:
        template = run.postgresql()
        with administration(template) as admin:
            for setting in DURABLE:
                admin.execute(f"ALTER SYSTEM SET {setting} = on")
            admin.execute("SELECT pg_reload_conf()")
        return measure_on(postgresql_databases(template), size)


@contextmanager
def _run() -> Iterator[Run]:
    run = Run(Path(tempfile.mkdtemp(prefix="qiantai-bench-")))
    try:
        yield run
    finally:
        run.close()


if __name__ == "__main__":
    print(json.dumps({"sqlite": measure_sqlite(), "postgresql": measure_postgresql()}, indent=2))
