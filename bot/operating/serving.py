"""The front desk opens: `demo` with sample people, `serve` for the store that was loaded."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from functools import partial

import uvicorn
from sqlmodel import Session
from starlette.types import ASGIApp

from bot import loop, sample_cases
from bot.app import App, demo_ahead, load, running, scene_at
from bot.clock import Clock
from bot.operating.memory import keep_what_is_loaded
from bot.operating.opening import alone, opened, read_settings
from bot.operating.terminal import DEMO_STORE, say, wrong
from bot.settings import Settings
from bot.storefile import read_store
from storage import backup, stores
from storage.database import Database

LOOPBACK = "127.0.0.1"


def demo() -> None:
    settings = read_settings()
    with alone(settings), opened(settings) as database:
        now = Clock(database.write_now(partial(demo_ahead, settings))).now()
        sample = read_store(DEMO_STORE.read_text("utf-8"))
        database.write_now(partial(load, file=sample, now=now, demo=True))
        if settings.demo_cases:
            database.write_now(partial(sample_cases.open_cases, store_key=sample.store.key, now=now))
            database.write_now(partial(keep_watch, now=now))
        loop.run(_serve(settings, database, demo=True))


def serve() -> None:
    settings = read_settings()
    with alone(settings):
        clear_away(settings)
        with opened(settings) as database:
            database.write_now(partial(keep_watch, now=Clock().now()))
            loop.run(_serve(settings, database, demo=False))


def keep_watch(session: Session, now: datetime) -> None:
    """What rings of itself is set in every store, also in one that was loaded before the front desk could do it."""
    for store in stores.all_stores(session):
        scene_at(session, store.id, now).keep_watch()


def clear_away(settings: Settings) -> None:
    """What a process that died while copying has left."""
    file = backup.sqlite_file(settings.database())
    for folder in (settings.backups(), *([file.parent] if file else [])):
        backup.sweep(folder)


class Announcing(uvicorn.Server):
    """A server that says its address once it listens."""

    def __init__(self, config: uvicorn.Config, key: str, url: str) -> None:
        super().__init__(config)
        self._key, self._url = key, url

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl+C and SIGTERM end the serving only (uvicorn would die of them again): what is in hand is put away."""
        here = asyncio.get_running_loop()
        for ending in (signal.SIGINT, signal.SIGTERM):
            here.add_signal_handler(ending, self.handle_exit, ending, None)
        try:
            yield
        finally:
            for ending in (signal.SIGINT, signal.SIGTERM):
                here.remove_signal_handler(ending)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            say(self._key, url=self._url)
            sys.stdout.flush()


class Beside(uvicorn.Server):
    """A server that lives as long as the one beside it, and leaves the signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(settings: Settings, database: Database, *, demo: bool) -> None:
    with ExitStack() as ports:
        # Taken before anything is started, so that a port in use is a sentence and nothing else.
        listening = ports.enter_context(_listening(settings.host, settings.port, "cli.port_taken"))
        counting = None
        if settings.metrics_port and not demo:
            counting = ports.enter_context(_listening(LOOPBACK, settings.metrics_port, "cli.metrics_port_taken"))
        async with running(settings, database, demo=demo) as app, _figures(app, counting):
            keep_what_is_loaded()
            server = Announcing(_config(app.web), "cli.demo" if demo else "cli.serving", settings.base_url())
            await server.serve([listening])


@asynccontextmanager
async def _figures(app: App, counting: socket.socket | None) -> AsyncIterator[None]:
    """The page of figures on a port of its own, until the block ends."""
    if counting is None or app.figures is None:
        yield
        return
    server = Beside(_config(app.figures))
    task = asyncio.create_task(server.serve([counting]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


@contextmanager
def _listening(host: str, port: int, taken: str) -> Iterator[socket.socket]:
    try:
        listening = socket.create_server((host, port), backlog=512)
    except OSError:
        raise wrong(taken, port=port) from None
    # Inherited by every connection; without it each answer waits 40 ms for the one before to be acknowledged.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    with listening:
        yield listening


def _config(app: ASGIApp) -> uvicorn.Config:
    """Nothing is logged of requests: their addresses hold people's links."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
