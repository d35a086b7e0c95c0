"""A demo store that serves HTTP in a thread of its own, as `qiantai demo` does, and is talked to from outside only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from bot import loop
from bot.app import running
from bot.settings import Settings
from storage.database import Database

START_SECONDS = 20


class Served:
    """The store's address, until it closes; `moves` moves its clock, and returns when everything is settled."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=70)

    def settles(self) -> None:
        self._clock({"advance": "PT0S"})

    def moves_to(self, moment: str) -> None:
        """`2026-11-26T14:00:00+08:00`."""
        self._clock({"now": moment})

    def _clock(self, body: dict[str, Any]) -> None:
        answer = self.http.post("/api/clock", json=body)
        assert answer.status_code == 200, answer.text


class _Serving(threading.Thread):
    """The app and its server on an event loop of their own."""

    def __init__(self, settings: Settings, database: Database, listening: socket.socket) -> None:
        super().__init__(name="store", daemon=True)
        self._settings, self._database, self._listening = settings, database, listening
        self._server: uvicorn.Server | None = None
        self.started = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            loop.run(self._serve())
        except BaseException as error:
            self.error = error
            self.started.set()

    async def _serve(self) -> None:
        async with running(self._settings, self._database, demo=True) as app:
            config = uvicorn.Config(app.web, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
            self._server = uvicorn.Server(config)
            # The socket listens already: who calls now is answered as soon as the server has started.
            self.started.set()
            await self._server.serve([self._listening])

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
        self.join(START_SECONDS)
        assert not self.is_alive(), "the store does not close"
        if self.error is not None:
            raise self.error


@contextmanager
def opened(folder: Path, database_url: str, *, now: str, port: int = 0, **settings: Any) -> Iterator[Served]:
    """A store that holds the sample people already, at `now`, with these settings."""
    database = Database(database_url)
    with socket.create_server(("127.0.0.1", port)) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = {"public_url": address, **settings}
        serving = _Serving(
            Settings(data=folder, database_url=database_url, demo_now=now, **settings), database, listening
        )
        serving.start()
        try:
            assert serving.started.wait(START_SECONDS), "the store does not open"
            served = Served(address)
            with served.http:
                yield served
        finally:
            serving.stop()
            database.close()
