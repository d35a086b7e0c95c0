"""One connection to WeCom: frames go out and come in, and each request waits for its answer."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from bot.channels.wecom.errors import WeComError
from bot.channels.wecom_bot.errors import not_connected
from bot.talk import DeliveryError

log = structlog.get_logger()

JSON = dict[str, Any]

OPEN_SECONDS = 10
CLOSE_SECONDS = 2
ANSWER_SECONDS = 5.0
LARGEST_FRAME = 4 * 1024 * 1024
CALLBACKS = ("aibot_msg_callback", "aibot_event_callback")

# The library writes every frame into its log when that is at its most talkative, and one of them holds the secret.
_quiet = logging.getLogger("bot.channels.wecom_bot.websockets")
_quiet.setLevel(logging.WARNING)


def connection(url: str, *, open_seconds: float = OPEN_SECONDS) -> connect:
    """To be entered with `async with`; WeCom's own pings tell whether it lives."""
    return connect(
        url,
        # Never by a proxy that the environment names for others.
        proxy=None,
        compression=None,
        open_timeout=open_seconds,
        close_timeout=CLOSE_SECONDS,
        ping_interval=None,
        max_size=LARGEST_FRAME,
        logger=_quiet,
    )


class Line:
    """A connection that is open; what was asked on it is answered on it or never."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._waiting: dict[str, asyncio.Future[JSON]] = {}

    async def ask(
        self, command: str, body: JSON | None = None, *, number: str = "", seconds: float | None = None
    ) -> JSON:
        """The body of the answer. Raises WeComError for a refusal, DeliveryError if there was no answer.

        `number` is that of a callback which this answers.
        """
        if self._socket.state is not State.OPEN:
            raise not_connected("no connection to WeCom")
        number = number or secrets.token_hex(16)
        answer: asyncio.Future[JSON] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        frame = {"cmd": command, "headers": {"req_id": number}, **({} if body is None else {"body": body})}
        try:
            async with asyncio.timeout(ANSWER_SECONDS if seconds is None else seconds):
                await self._socket.send(json.dumps(frame))
                return _checked(await answer)
        except TimeoutError:
            raise DeliveryError("WeCom did not answer in time") from None
        except ConnectionClosed:
            raise DeliveryError("the connection to WeCom broke off") from None
        finally:
            del self._waiting[number]

    async def listen(self, take: Callable[[JSON], None]) -> bool:
        """Until the connection ends; True if another one took its place."""
        try:
            # However it ends, the log says with which code.
            with suppress(ConnectionClosed):
                async for said in self._socket:
                    frame = _parsed(said)
                    if _is_taken_away(frame):
                        return True
                    self._heard(frame, take)
        finally:
            self._break_off()
        log.info("wecom bot connection ended", code=self._socket.close_code)
        return False

    async def hang_up(self) -> None:
        await self._socket.close()

    def _heard(self, frame: JSON, take: Callable[[JSON], None]) -> None:
        """What a time-out gave up may still be answered, which changes nothing."""
        if frame.get("cmd") in CALLBACKS:
            take(frame)
        elif "cmd" in frame:
            log.info("wecom bot frame of another kind", kind=str(frame["cmd"])[:40])
        elif (waiting := self._waiting.get(number_of(frame))) is not None and not waiting.done():
            waiting.set_result(frame)

    def _break_off(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(DeliveryError("the connection to WeCom broke off"))


def number_of(frame: JSON) -> str:
    """Its req_id, nothing if it has none."""
    headers = frame.get("headers")
    number = headers.get("req_id") if isinstance(headers, dict) else None
    return number if isinstance(number, str) else ""


def event_of(frame: JSON, kind: str) -> JSON | None:
    """The event of this kind, if the frame is one."""
    body = frame.get("body")
    event = body.get("event") if frame.get("cmd") == "aibot_event_callback" and isinstance(body, dict) else None
    return event if isinstance(event, dict) and event.get("eventtype") == kind else None


def _is_taken_away(frame: JSON) -> bool:
    return event_of(frame, "disconnected_event") is not None


def _parsed(said: str | bytes) -> JSON:
    """The frame; nothing if it is none of WeCom's."""
    try:
        frame = json.loads(said)
    except (ValueError, RecursionError) as error:
        log.error("wecom bot frame not understood", error_type=type(error).__name__)
        return {}
    return frame if isinstance(frame, dict) else {}


def _checked(frame: JSON) -> JSON:
    code, body = frame.get("errcode", 0), frame.get("body", {})
    if not isinstance(code, int):
        raise DeliveryError("not an answer of WeCom's")
    if code:
        raise WeComError(code, str(frame.get("errmsg", "")))
    return body if isinstance(body, dict) else {}
