"""The same world behind a loopback port, in a thread of its own, so that it outlives a bot that is killed."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.telegram.call import Upload
from tests.telegram.refusals import AnswerLost, Refused, Unreachable
from tests.telegram.switchboard import Switchboard
from tests.telegram.webhook import Deliverer

STOPPED_WITHIN = 10.0


class Broken(Response):
    """An answer that never comes to its end: the connection drops."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class Server:
    def __init__(self, fake: Switchboard) -> None:
        self._fake = fake
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        config = uvicorn.Config(self._application(), log_level="critical", timeout_graceful_shutdown=1, lifespan="on")
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="fake Telegram", daemon=True)

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        """Whoever connects before it is ready waits in the backlog."""
        self._thread.start()

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        self._thread.join(STOPPED_WITHIN)
        assert not self._thread.is_alive(), "the fake Telegram does not stop"
        self._socket.close()

    def _run(self) -> None:
        self._uvicorn.run(sockets=[self._socket])

    def _application(self) -> Starlette:
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
        ]
        return Starlette(routes=routes, lifespan=self._delivering)

    @asynccontextmanager
    async def _delivering(self, app: Starlette) -> AsyncIterator[None]:
        delivering = asyncio.create_task(Deliverer(self._fake).run())
        yield
        delivering.cancel()
        await asyncio.wait([delivering])
        if not delivering.cancelled():
            self._fake.world.complaints.append(f"the fake's own deliveries broke off: {delivering.exception()!r}")

    async def _call(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        params, files = await _read(request)
        try:
            result = await self._fake.answer(token, method, params, files)
        except Refused as error:
            return JSONResponse(error.body(), error.code)
        except (AnswerLost, Unreachable):
            return Broken()
        return JSONResponse({"ok": True, "result": result})

    async def _file(self, request: Request) -> Response:
        try:
            content = self._fake.download(request.path_params["token"], request.path_params["path"])
        except Refused as error:
            return JSONResponse(error.body(), error.code)
        except Unreachable:
            return Broken()
        return Response(content, media_type="application/octet-stream")


async def _read(request: Request) -> tuple[Mapping[str, str], Mapping[str, Upload]]:
    """The parameters as text, from the query, a form or JSON, and the files of a multipart form."""
    params = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        sent = await request.json()
        return params | {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in sent.items()
        }, {}
    files = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Upload(value.filename or "", await value.read())
            else:
                params[name] = value
    return params, files
