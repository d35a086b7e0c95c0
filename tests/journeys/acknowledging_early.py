"""A demo whose web chat answers 202 before the message is stored: the mistake that test_kill.py must notice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from unittest.mock import patch

from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from bot.__main__ import cli
from bot.channels.webchat.api import Api, Seat
from bot.talk import Incoming

COMMIT_SECONDS = 0.1
accept = Api._accept
_storing: set[asyncio.Task[None]] = set()


async def accept_early(api: Api, seat: Seat, event: str, say: Callable[[Session], Incoming]) -> Response:
    storing = asyncio.create_task(_store(api, seat, event, say))
    _storing.add(storing)
    storing.add_done_callback(_storing.discard)
    return JSONResponse({}, 202)


async def _store(api: Api, seat: Seat, event: str, say: Callable[[Session], Incoming]) -> None:
    await asyncio.sleep(COMMIT_SECONDS)
    await accept(api, seat, event, say)


if __name__ == "__main__":
    with patch.object(Api, "_accept", accept_early):
        cli(["demo"])
