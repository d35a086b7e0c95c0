"""The address at which Telegram calls: an update is kept, then answered with 200; whoever has no secret is refused."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.called import NotYet, whole_body

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_BYTES = 1_000_000

Take = Callable[[list[dict[str, Any]]], Awaitable[None]]


def webhook_route(secret: str, take: Take) -> Route:
    """`take` returns once the updates are durable, or raises NotYet; an update that comes again changes nothing."""

    async def called(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse("only Telegram calls here, with its secret", 403)
        body = await whole_body(request, most=LARGEST_BYTES)
        if body is None:
            return PlainTextResponse("too large for an update", 413)
        update = _update(body)
        if update is None:
            return PlainTextResponse('an update is expected, such as {"update_id": 1, "message": {...}}', 400)
        try:
            await take([update])
        except NotYet:
            return PlainTextResponse("not ready yet", 503)
        return Response(status_code=200)

    return Route(PATH, called, methods=["POST"])


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) and isinstance(read.get("update_id"), int) else None
