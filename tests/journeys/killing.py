"""A real `qiantai demo` that dies while people write to it, starts again on the same folder, and is looked into."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy import func
from sqlmodel import select

from bot.clock import monotonic_seconds
from bot.failpoints import ENVIRONMENT
from storage.webchat import WebMessage
from tests.chat import StoreAtWork, store_at_work
from tests.journeys.comparing import Comparison, compare, looking_into, unsettled
from tests.journeys.forking import Forked
from tests.journeys.writing import NOTHING_AT_LEAST, Amount, Store, writing
from tests.services import free_port

T = TypeVar("T")

FILE = "qiantai.db"
DEMO = ("-m", "bot", "demo")
DEMO_NOW = "2026-11-25T10:00:00+08:00"
START_SECONDS = 90.0
DEATH_SECONDS = 90.0
STOP_SECONDS = 30.0
PATIENCE_SECONDS = 90.0
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Death:
    """How the process ends: at a failpoint (`ringing@3`), or by a signal.

    The signal comes so many `seconds` after it has opened, once so many requests were `answered`.
    """

    failpoint: str = ""
    seconds: float = 0.0
    answered: int = 0
    signal: signal.Signals = signal.SIGKILL
    moves_clock: bool = False


@dataclass(frozen=True)
class Ended:
    """What became of it: the comparison, how each process ended (as `returncode`), and how the last one stopped."""

    comparison: Comparison
    deaths: tuple[int, ...]
    stopped: int


def lived(folder: Path, act: Callable[[StoreAtWork], T]) -> T:
    """What people did in the store on `folder` before the process that is to die was started there."""
    with store_at_work(f"sqlite:///{folder / FILE}", folder, now=DEMO_NOW) as store:
        return act(store)


class Front:
    """The process of a demo on `folder`, one at a time, always at the same port."""

    def __init__(self, folder: Path, command: Sequence[str] = DEMO) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self._command = command
        self._http = httpx.AsyncClient(base_url=self.url, timeout=START_SECONDS, trust_env=False)
        self._process: Forked | None = None

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / FILE}"

    async def start(self, failpoint: str = "") -> Forked:
        """Starts it, without waiting until it answers; what it says is added to front.log."""
        self._process = Forked(self._command, self._environment(failpoint), self.folder / "front.log")
        await self._process.start()
        return self._process

    async def open(self) -> None:
        """Starts it and waits until it answers."""
        await self.start()
        await self.opened()

    async def opened(self) -> None:
        """Waits until it answers. Raises RuntimeError if it ends instead, TimeoutError if it takes too long."""
        async with asyncio.timeout(START_SECONDS):
            while not await self.answers():
                if self._running().returncode is not None:
                    raise RuntimeError(f"the front desk did not open: {self.said()}")
                await asyncio.sleep(POLL_SECONDS)

    async def answers(self) -> bool:
        try:
            return (await self._http.get("/healthz")).status_code == 200
        except httpx.TransportError:
            return False

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to stop; its exit code. Raises TimeoutError if it does not."""
        process = self._running()
        process.send_signal(how)
        async with asyncio.timeout(STOP_SECONDS):
            return await process.wait()

    async def end(self) -> None:
        """Whatever happened, no process of this test is left behind."""
        await self._http.aclose()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def last_shown(self) -> int:
        """The number of the last message in the web chat of the dead process; looks at a copy, to change nothing."""
        with tempfile.TemporaryDirectory() as folder:
            for name in (FILE, f"{FILE}-wal"):
                if (self.folder / name).exists():
                    shutil.copyfile(self.folder / name, Path(folder) / name)
            with looking_into(f"sqlite:///{folder}/{FILE}") as session:
                return session.exec(select(func.max(WebMessage.id))).one() or 0

    def said(self) -> str:
        """Everything that its processes wrote."""
        return (self.folder / "front.log").read_text("utf-8", "replace")

    def _running(self) -> Forked:
        if self._process is None:
            raise RuntimeError("nothing was started")
        return self._process

    def _environment(self, failpoint: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("QIANTAI_")}
        return inherited | {
            "QIANTAI_DATA": str(self.folder),
            "QIANTAI_PORT": self.url.rpartition(":")[2],
            "QIANTAI_DEMO_NOW": DEMO_NOW,
            "QIANTAI_DEMO_CASES": "no",
            ENVIRONMENT: failpoint,
        }


async def live_through(
    front: Front, deaths: Sequence[Death], *, least: Amount = NOTHING_AT_LEAST, patience: float = PATIENCE_SECONDS
) -> Ended:
    """People write, the process dies each of these deaths and starts again; at the end it is stopped and compared.

    After the last death people go on until there is `least` in all, so that there is enough to compare.
    """
    store = Store(front.url)
    codes, cuts = [], []
    try:
        async with asyncio.TaskGroup() as work:
            work.create_task(writing(store))
            for death in deaths:
                codes.append(await _die(front, death, store))
                cuts.append(front.last_shown())
            await front.open()
            await store.goes_on(patience, least)
            await store.close_soon(patience)
        now = await _settled(front, store, patience)
        stopped = await front.stop()
        return Ended(compare(front.database, store, now=now, cuts=cuts), tuple(codes), stopped)
    finally:
        await store.hang_up()
        await front.end()


async def _die(front: Front, death: Death, store: Store) -> int:
    process = await front.start(death.failpoint)
    moving = asyncio.create_task(store.moves_clock()) if death.moves_clock else None
    if not death.failpoint:
        await front.opened()
        await asyncio.sleep(death.seconds)
        await store.answered(death.answered)
        process.send_signal(death.signal)
    async with asyncio.timeout(DEATH_SECONDS):
        code = await process.wait()
    if moving is not None:
        store.at_the_end(moving)
    return code


async def _settled(front: Front, store: Store, patience: float) -> datetime:
    """Waits until everything answered is handled and everything due is sent, or patience ends; the store's time."""
    until = monotonic_seconds() + patience
    while True:
        now = await store.now()
        if not unsettled(front.database, store, now=now) or monotonic_seconds() > until:
            return now
        await asyncio.sleep(POLL_SECONDS)
