"""The same world behind a loopback port: what the bot calls, and what calls its webhook."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.loopback import Broken, Loopback
from tests.telegram.call import Upload
from tests.telegram.refusals import AnswerLost, Refused, Unreachable
from tests.telegram.switchboard import Switchboard
from tests.telegram.webhook import Deliverer


class Server(Loopback):
    def __init__(self, fake: Switchboard) -> None:
        self._fake = fake
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
        ]
        super().__init__("Telegram", routes, lambda: Deliverer(fake).run(), fake.world.complaints.append)

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
