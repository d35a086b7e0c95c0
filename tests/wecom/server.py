"""The same world behind a loopback port, in a thread of its own, so that it outlives a bot that is killed."""

from __future__ import annotations

import json
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.telegram.server import STOPPED_WITHIN, Broken
from tests.wecom import media
from tests.wecom.faults import Away
from tests.wecom.refusals import AnswerLost
from tests.wecom.things import Media

if TYPE_CHECKING:
    from tests.wecom.fake import FakeWeCom


class Server:
    def __init__(self, fake: FakeWeCom) -> None:
        self._fake = fake
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        app = Starlette(routes=[Route("/cgi-bin/{path:path}", self._call, methods=["GET", "POST"])])
        self._uvicorn = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._run, name="fake WeCom", daemon=True)

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        """Whoever connects before it is ready waits in the backlog."""
        self._thread.start()

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        self._thread.join(STOPPED_WITHIN)
        assert not self._thread.is_alive(), "the fake WeCom does not stop"
        self._socket.close()

    def _run(self) -> None:
        self._uvicorn.run(sockets=[self._socket])

    async def _call(self, request: Request) -> Response:
        path, sent, kind = request.path_params["path"], await request.body(), request.headers.get("content-type", "")
        body = json.loads(sent) if kind.startswith("application/json") else None
        uploads = media.uploads(kind, sent) if kind.startswith("multipart/") else []
        try:
            answer = self._fake.answer(path, request.query_params, body, uploads)
        except AnswerLost:
            return Broken()
        except Away:
            return PlainTextResponse("Bad Gateway", 502)
        return _file(answer) if isinstance(answer, Media) else JSONResponse(answer)


def _file(media: Media) -> Response:
    name = f'attachment; filename="{quote(media.name)}"'
    return Response(media.content, headers={"Content-Disposition": name}, media_type="application/octet-stream")
