"""The in-process layer: python-telegram-bot's own seam for whoever carries its requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from tests.telegram.call import Upload
from tests.telegram.refusals import AnswerLost, Refused, Unreachable
from tests.telegram.switchboard import Switchboard


class FakeRequest(BaseRequest):
    """Answers without a network; an answer that gets lost is a timeout, as after a slow read."""

    def __init__(self, fake: Switchboard) -> None:
        self._fake = fake

    @property
    def read_timeout(self) -> float | None:
        return 5

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more_timeouts: Any
    ) -> tuple[int, bytes]:
        try:
            return 200, await self._answer(unquote(urlsplit(url).path), request_data)
        except Refused as error:
            return error.code, json.dumps(error.body()).encode()
        except AnswerLost:
            raise TimedOut from None
        except Unreachable:
            raise NetworkError("httpx.ConnectError: All connection attempts failed") from None

    async def _answer(self, path: str, data: RequestData | None) -> bytes:
        if path.startswith("/file/bot"):
            token, _, place = path.removeprefix("/file/bot").partition("/")
            return self._fake.download(token, place)
        token, _, method = path.removeprefix("/bot").partition("/")
        params = data.json_parameters if data else {}
        result = await self._fake.answer(token, method, params, _uploads(data))
        return json.dumps({"ok": True, "result": result}).encode()


def _uploads(data: RequestData | None) -> Mapping[str, Upload]:
    parts = data.multipart_data if data else {}
    return {part: Upload(name, _bytes(content)) for part, (name, content, _) in parts.items()}


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else bytes(content.read())
