"""The world behind a loopback port, in a thread and a loop of its own, so that it outlives a bot that is killed."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import struct
import threading
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.wecom.refusals import JSON
from tests.wecom_bot.things import Session

if TYPE_CHECKING:
    from tests.wecom_bot.fake import FakeWeComBot

STOPPED_WITHIN = 10.0
ENDS_AT_ONCE = struct.pack("ii", 1, 0)
_quiet = logging.getLogger("tests.wecom_bot.websockets")
_quiet.setLevel(logging.CRITICAL)


class Server:
    def __init__(self, fake: FakeWeComBot) -> None:
        self._fake = fake
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fake WeCom bot", daemon=True)
        self._ready = threading.Event()
        self._connections: dict[Session, ServerConnection] = {}

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(STOPPED_WITHIN)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(STOPPED_WITHIN)
        assert not self._thread.is_alive(), "the fake WeCom bot does not stop"
        self._socket.close()

    def reset(self, session: Session) -> None:
        """The connection is gone without a word."""
        self._loop.call_soon_threadsafe(self._abort, self._connections[session], True)

    def deafen(self, session: Session) -> None:
        """Nothing that is sent to us is read any more."""
        self._loop.call_soon_threadsafe(self._connections[session].transport.pause_reading)

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        async with serve(
            self._talk,
            sock=self._socket,
            process_request=self._http,
            ping_interval=None,
            max_size=None,
            compression=None,
            close_timeout=0.2,
            logger=_quiet,
        ):
            self._ready.set()
            await self._stopping.wait()
            for connection in self._connections.values():
                self._abort(connection, False)

    def _http(self, connection: ServerConnection, request: Request) -> Response | None:
        """What is no WebSocket is a file that somebody sent."""
        path = request.path.partition("?")[0]
        if path.startswith("/media/"):
            media = self._fake.world.handed_out(path)
            if media is None:
                return _answer(403, "Forbidden", b"", {})
            named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(media.name)}"} if media.name else {}
            return _answer(200, "OK", media.content, named)
        return _answer(502, "Bad Gateway", b"", {}) if self._fake.faults.away else None

    async def _talk(self, connection: ServerConnection) -> None:
        out: asyncio.Queue[JSON | int] = asyncio.Queue()

        def put(said: JSON | int) -> None:
            self._loop.call_soon_threadsafe(partial(out.put_nowait, said))

        session = Session(put, put)
        self._connections[session] = connection
        writing = asyncio.create_task(_write(connection, out))
        try:
            async for said in connection:
                self._take(session, json.loads(said), out)
        except ConnectionClosed as error:
            self._fake.ended.append(type(error).__name__)
        finally:
            self._fake.left(session)
            del self._connections[session]
            writing.cancel()

    def _take(self, session: Session, frame: JSON, out: asyncio.Queue[JSON | int]) -> None:
        answer = self._fake.answer(session, frame)
        if answer is not None:
            self._loop.call_later(answer.after, partial(self._send, session, answer.frame, out))

    def _send(self, session: Session, frame: JSON, out: asyncio.Queue[JSON | int]) -> None:
        session.waiting.discard(frame["headers"]["req_id"])
        if not session.silent:
            out.put_nowait(frame)

    def _abort(self, connection: ServerConnection, with_reset: bool) -> None:
        raw = connection.transport.get_extra_info("socket")
        if with_reset and raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ENDS_AT_ONCE)
        connection.transport.abort()


async def _write(connection: ServerConnection, out: asyncio.Queue[JSON | int]) -> None:
    """A number is the code with which the connection ends."""
    while True:
        said = await out.get()
        try:
            if isinstance(said, int):
                await connection.close(said)
                return
            await connection.send(json.dumps(said))
        except ConnectionClosed:
            return


def _answer(status: int, reason: str, body: bytes, more: dict[str, str]) -> Response:
    headers = Headers({"Content-Length": str(len(body)), "Connection": "close", **more})
    return Response(status, reason, headers, body)
