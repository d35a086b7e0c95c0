"""Telegram over loopback: updates a second from the Bot API to sent replies, against a bot that only echoes."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlmodel import Session

from benchmarks.front_desk import chats, open_stores
from benchmarks.telegram_echo import READY, served
from bot import loop
from bot.app import running
from bot.channels.telegram import NAME, Telegram, account_of
from bot.operating.memory import keep_what_is_loaded
from bot.settings import Settings
from storage import staff
from storage.database import Database
from tests.services import Run, free_port
from tests.telegram import FakeTelegram, Limits, Person

WAYS = ("polling", "webhook")
TEXT = "谁休假"
UNLIMITED = Limits(private_burst=1_000_000, group_per_minute=1_000_000, per_second=1_000_000)
# Each is a program.
ECHO, DESK = "benchmarks.telegram_echo", "benchmarks.telegram"
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 120
CALM_PER_SECOND = 50


@dataclass(frozen=True)
class Size:
    people: int = 100
    times: int = 10
    rounds: int = 3
    calm_seconds: float = 6


def measure(size: Size = Size()) -> dict[str, float]:
    """Updates a second of both bots both ways, their ratios, and how fast a webhook is acknowledged when it is calm."""
    figures: dict[str, float] = {}
    for way in WAYS:
        rounds = [(_rate(ECHO, way, size), _rate(DESK, way, size)) for _ in range(size.rounds)]
        figures[f"{way}_echo_per_second"] = round(statistics.median(echo for echo, _ in rounds))
        figures[f"{way}_desk_per_second"] = round(statistics.median(desk for _, desk in rounds))
        figures[f"{way}_ratio"] = round(statistics.median(desk / echo for echo, desk in rounds), 2)
    calm = statistics.quantiles(_acknowledged(size), n=100)
    figures["webhook_acknowledged_p50_ms_at_50"] = round(1000 * calm[49], 1)
    figures["webhook_acknowledged_p99_ms_at_50"] = round(1000 * calm[98], 1)
    return figures


def _rate(what: str, way: str, size: Size) -> float:
    """From the moment the bot may fetch, or is called, to the last reply; every update is answered once."""
    with FakeTelegram(limits=UNLIMITED) as fake, folder_for_a_bench() as folder:
        people = [fake.user(f"同事{number}") for number in range(size.people)]
        for person in people:
            person.starts()
        with _bot(what, way, fake, folder, people) as bot:
            wait_until(lambda: len(fake.made("sendMessage")) >= size.people)
            before = len(fake.made("sendMessage"))
            begun = perf_counter()
            for _ in range(size.times):
                for person in people:
                    person.says(TEXT)
            wanted = before + size.people * size.times
            wait_until(lambda: len(fake.made("sendMessage")) >= wanted or bot.poll() is not None)
            seconds = perf_counter() - begun
        sent = len(fake.made("sendMessage")) - before
    if sent != size.people * size.times:
        raise AssertionError(f"{size.people * size.times} updates got {sent} replies")
    return sent / seconds


def _acknowledged(size: Size) -> list[float]:
    """Seconds from each POST to its 200 while fifty people write a second."""
    with FakeTelegram(limits=UNLIMITED) as fake, folder_for_a_bench() as folder:
        people = [fake.user(f"同事{number}") for number in range(size.people)]
        for person in people:
            person.starts()
        with _bot(DESK, "webhook", fake, folder, people):
            wait_until(lambda: not fake.pending)
            before = len(fake.deliveries)
            begun = perf_counter()
            for number in range(int(size.calm_seconds * CALM_PER_SECOND)):
                time.sleep(max(0.0, begun + number / CALM_PER_SECOND - perf_counter()))
                people[number % len(people)].says(TEXT)
            wait_until(lambda: not fake.pending)
            return [one.seconds for one in fake.deliveries[before:]]


def wait_until(until: Any) -> None:
    end = perf_counter() + PATIENCE_SECONDS
    while not until():
        if perf_counter() > end:
            raise AssertionError("the bot did not get through in time")
        time.sleep(LOOK_SECONDS)


@contextmanager
def folder_for_a_bench() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="qiantai-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _bot(
    what: str, way: str, fake: FakeTelegram, folder: Path, people: Sequence[Person]
) -> Iterator[subprocess.Popen[str]]:
    """The bot in a process of its own, ready to listen."""
    url = f"sqlite:///{folder / 'store.db'}"
    if what == DESK:
        _store(folder, url, fake, people)
    told = [way, fake.token, fake.base_url, fake.file_url, str(free_port())]
    command = [sys.executable, "-m", *((ECHO, *told) if what == ECHO else (DESK, *told, url))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline().strip() != READY:
                raise AssertionError("the bot did not start")
            yield process
        finally:
            process.kill()


def _store(folder: Path, url: str, fake: FakeTelegram, people: Sequence[Person]) -> None:
    run = Run(folder)
    shutil.copyfile(run.sqlite(), folder / "store.db")
    database = Database(url)
    database.write_now(partial(open_stores, people=len(people)))
    database.write_now(partial(_bind, account=account_of(fake.token), people=people))
    database.close()


def _bind(session: Session, account: str, people: Sequence[Person]) -> None:
    for key, person in zip(chats(len(people)), people, strict=True):
        known = staff.by_key(session, key)
        if known is not None:
            contact = staff.contact(session, channel=NAME, account=account, address=str(person.id))
            staff.bind(session, contact, known.id)


async def desk(way: str, token: str, base_url: str, file_url: str, port: int, url: str) -> None:
    """The front desk as it serves; only Telegram's own limits, which the fake does not have here, are left out."""
    Telegram.can = replace(Telegram.can, pace=None)
    settings = Settings.model_validate(
        {
            "data": Path(url.removeprefix("sqlite:///")).parent,
            "database_url": url,
            "telegram_token": token,
            "telegram_base_url": base_url,
            "telegram_file_url": file_url,
            "telegram_mode": way,
            "public_url": f"http://127.0.0.1:{port}",
        }
    )
    database = Database(url)
    async with running(settings, database, demo=False) as app:
        keep_what_is_loaded()
        await served(app.web, port)


if __name__ == "__main__":
    _, way, token, base_url, file_url, port, url = sys.argv
    loop.run(desk(way, token, base_url, file_url, int(port), url))
