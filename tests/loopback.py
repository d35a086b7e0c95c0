"""A platform's server behind a loopback port, in a thread of its own, so that it outlives a bot that is killed."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

STOPPED_WITHIN = 10.0


class Broken(Response):
    """An answer that never comes to its end: the connection drops."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class Loopback:
    """`delivering` runs beside it until it stops; if that breaks off, `complain` is told."""

    def __init__(
        self,
        name: str,
        routes: Sequence[Route],
        delivering: Callable[[], Awaitable[Any]],
        complain: Callable[[str], object],
    ) -> None:
        self._name = name
        self._delivering = delivering
        self._complain = complain
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        app = Starlette(routes=routes, lifespan=self._lifespan)
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1, lifespan="on")
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name=f"fake {name}", daemon=True)

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        """Whoever connects before it is ready waits in the backlog."""
        self._thread.start()

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        self._thread.join(STOPPED_WITHIN)
        assert not self._thread.is_alive(), f"the fake {self._name} does not stop"
        self._socket.close()

    def _run(self) -> None:
        self._uvicorn.run(sockets=[self._socket])

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        delivering = asyncio.ensure_future(self._delivering())
        yield
        delivering.cancel()
        await asyncio.wait([delivering])
        if not delivering.cancelled():
            self._complain(f"the fake's own deliveries broke off: {delivering.exception()!r}")
