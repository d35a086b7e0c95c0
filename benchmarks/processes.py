"""PostgreSQL with one, two and four processes: messages handled and notices delivered a second, none twice."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import IO, Protocol

from sqlmodel import Session, col, func, select

from benchmarks.desk import DURABLE, postgresql_databases
from benchmarks.front_desk import at_work, chats, open_stores
from storage.database import Database
from storage.inbox import Inbox, InboxState
from storage.outbox import Outbox, OutboxState
from tests.services import Run, administration

PROCESSES = (1, 2, 4)
PEOPLE = 200
TIMES = 10
TEXT = "谁休假"
READY, GO = "ready", "go"


class Says(Protocol):
    """Somebody says something under an event id."""

    async def __call__(self, chat: str, event_id: str, text: str, /) -> None: ...


def measure_on(url: str, processes: int, *, people: int, times: int) -> dict[str, float]:
    """Each process takes its share of the people, all writing at once. Raises AssertionError for a loss or a repeat."""
    database = Database(url)
    try:
        database.write_now(partial(open_stores, people=people))
        workers = [_worker(url, processes, number, people, times) for number in range(processes)]
        try:
            seconds, sent = _run_together(workers)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
        return _counted(database, sent, people * times, seconds)
    finally:
        database.close()


def _worker(url: str, processes: int, number: int, people: int, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.processes", url, *map(str, (processes, number, people, times))]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _run_together(workers: Sequence[subprocess.Popen[str]]) -> tuple[float, int]:
    """From the word to go until the last process is done: seconds, and how many notices went out in all."""
    pipes = [(_pipe(worker.stdin), _pipe(worker.stdout)) for worker in workers]
    for _, out in pipes:
        if out.readline().strip() != READY:
            raise AssertionError("a process did not start")
    begun = perf_counter()
    for into, _ in pipes:
        into.write(f"{GO}\n")
        into.flush()
    sent = [int(out.readline()) for _, out in pipes]
    return perf_counter() - begun, sum(sent)


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise AssertionError("the process has no pipe")
    return pipe


def _counted(database: Database, sent: int, messages: int, seconds: float) -> dict[str, float]:
    handled = database.read_now(_handled)
    delivered = database.read_now(_delivered)
    if not handled == delivered == sent == messages:
        raise AssertionError(f"{messages} messages: {handled} handled, {delivered} delivered, {sent} sent")
    return {"handled": round(handled / seconds), "delivered": round(delivered / seconds)}


def _handled(session: Session) -> int:
    return session.exec(select(func.count(col(Inbox.id))).where(Inbox.state == InboxState.DONE)).one()


def _delivered(session: Session) -> int:
    return session.exec(select(func.count(col(Outbox.id))).where(Outbox.state == OutboxState.SENT)).one()


async def work(url: str, processes: int, number: int, people: int, times: int) -> int:
    """One process: its people write, each the next message as soon as the last is kept; how many notices it sent."""
    database = Database(url)
    try:
        async with at_work(database) as front:
            print(READY, flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            mine = chats(people)[number::processes]
            await asyncio.gather(*(_keeps_writing(front.says, chat, times) for chat in mine))
            while await database.read(_waiting):
                await front.timetable.settle()
                await asyncio.sleep(0.01)
            return front.channel.sent
    finally:
        database.close()


async def _keeps_writing(says: Says, chat: str, times: int) -> None:
    for number in range(times):
        await says(chat, f"{chat}-{number}", TEXT)


def _waiting(session: Session) -> bool:
    """Whether anything is not handled or not delivered yet, in whichever process."""
    undone = select(Inbox.id).where(Inbox.state == InboxState.WAITING).limit(1)
    unsent = select(Outbox.id).where(col(Outbox.state).in_([OutboxState.WAITING, OutboxState.SENDING])).limit(1)
    return session.exec(undone).first() is not None or session.exec(unsent).first() is not None


def measure(processes: Sequence[int] = PROCESSES, *, people: int = PEOPLE, times: int = TIMES) -> dict[str, float]:
    """Messages handled and notices delivered a second with each number of processes, durable."""
    run = Run(Path(tempfile.mkdtemp(prefix="qiantai-bench-")))
    figures: dict[str, float] = {}
    try:
        template = run.postgresql()
        with administration(template) as admin:
            for setting in DURABLE:
                admin.execute(f"ALTER SYSTEM SET {setting} = on")
            admin.execute("SELECT pg_reload_conf()")
        fresh = postgresql_databases(template)
        for number in processes:
            with fresh() as url:
                found = measure_on(url, number, people=people, times=times)
            figures |= {f"{name}_per_second_with_{number}": value for name, value in found.items()}
    finally:
        run.close()
    return figures


def main(arguments: Sequence[str]) -> None:
    if not arguments:
        print(json.dumps(measure(), indent=2))
        return
    url, *numbers = arguments
    processes, number, people, times = map(int, numbers)
    print(asyncio.run(work(url, processes, number, people, times)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
