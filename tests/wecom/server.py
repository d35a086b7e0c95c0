"""The same world behind a loopback port: what our client calls, and what calls our address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.loopback import Broken, Loopback
from tests.wecom import media
from tests.wecom.calling import Postman
from tests.wecom.faults import Away
from tests.wecom.refusals import NEARBY, AnswerLost
from tests.wecom.things import Media

if TYPE_CHECKING:
    from tests.wecom.fake import FakeWeCom


class Server(Loopback):
    def __init__(self, fake: FakeWeCom) -> None:
        self._fake = fake
        routes = [Route("/cgi-bin/{path:path}", self._call, methods=["GET", "POST"])]
        super().__init__("WeCom", routes, lambda: Postman(fake).run(), fake.world.complain)

    async def _call(self, request: Request) -> Response:
        path, sent, kind = request.path_params["path"], await request.body(), request.headers.get("content-type", "")
        body = json.loads(sent) if kind.startswith("application/json") else None
        uploads = media.uploads(kind, sent) if kind.startswith("multipart/") else []
        address = request.client.host if request.client else NEARBY
        try:
            answer = self._fake.answer(path, request.query_params, body, uploads, address)
        except AnswerLost:
            return Broken()
        except Away:
            return PlainTextResponse("Bad Gateway", 502)
        return _file(answer) if isinstance(answer, Media) else JSONResponse(answer)


def _file(media: Media) -> Response:
    name = f'attachment; filename="{quote(media.name)}"'
    return Response(media.content, headers={"Content-Disposition": name}, media_type="application/octet-stream")
