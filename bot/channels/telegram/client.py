"""The Bot API by python-telegram-bot: one client for a token, and what its errors mean for a delivery."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.talk import DeliveryError

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
# Beside each other a press and the words that follow it may come in the wrong order.
CALLS_AT_ONCE = 1
POLL_SECONDS = 30
CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
FILE_SECONDS = 60
# What a request takes at most: a connection that is free, that is made, all that is written, the answer.
LONGEST_REQUEST_SECONDS = CONNECT_SECONDS + CONNECT_SECONDS + FILE_SECONDS + ANSWER_SECONDS
# A client of ours is reached again after this long when its token or its webhook is refused.
MISCONFIGURED_SECONDS = 60.0
SHUT = ("chat not found", "user not found", "peer_id_invalid", "not enough rights", "have no rights", "write_forbidden")
TOPIC_SHUT = ("thread not found", "topic_closed", "topic closed", "topic_deleted")
# The message did not leave: nobody can have read it.
NOT_SENT = (httpx.ConnectTimeout, httpx.PoolTimeout)
TOO_LARGE = "request entity too large"


@dataclass(frozen=True)
class Place:
    """Where the Bot API is: the real one, or another (a proxy, a server of one's own)."""

    base_url: str = "https://api.telegram.org/bot"
    file_url: str = "https://api.telegram.org/file/bot"
    proxy: str | None = None


class Client(Bot):
    """A bot that also gives updates as they came, so that one which nobody can read stops no other."""

    async def say(self, chat: int, words: str, **how: Any) -> int:
        """`send_message`, of whose answer nothing is read but the new message's number: a tenth of its cost."""
        sent = await self._post("sendMessage", _given(chat_id=chat, text=words, **how))
        return int(sent["message_id"])

    async def call_at(self, url: str, secret: str) -> None:
        """Telegram calls there from now on, with one update after another; what waits is kept for us."""
        await self.set_webhook(
            url, allowed_updates=list(ALLOWED_UPDATES), secret_token=secret, max_connections=CALLS_AT_ONCE
        )

    async def raw_updates(self, offset: int | None, *, seconds: int = POLL_SECONDS) -> list[dict[str, Any]]:
        """The updates from `offset` on, which confirms those before it; waits up to `seconds` for the first."""
        wanted = _given(offset=offset, timeout=seconds, allowed_updates=list(ALLOWED_UPDATES))
        return list(await self._post("getUpdates", wanted, read_timeout=seconds + 10))


def _given(**parameters: Any) -> dict[str, Any]:
    """What is not set is not sent."""
    return {name: value for name, value in parameters.items() if value is not None}


def client_at(token: str, place: Place) -> Client:
    """A client that is not connected yet; one long poll holds no send up."""
    sending = HTTPXRequest(
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        media_write_timeout=FILE_SECONDS,
        **_way(place),
    )
    polling = HTTPXRequest(connection_pool_size=2, **_way(place))
    return Client(token, place.base_url, place.file_url, request=sending, get_updates_request=polling)


def _way(place: Place) -> dict[str, Any]:
    """How Telegram is reached: by the proxy that is set, never by one that the environment names for others."""
    return {
        "connect_timeout": CONNECT_SECONDS,
        "pool_timeout": CONNECT_SECONDS,
        "proxy": place.proxy,
        "httpx_kwargs": {"trust_env": False},
    }


def without_token(said: str, client: Client) -> str:
    """What the library says of a refused token or a wrong address holds the token, or the secret half of it."""
    return said.replace(client.token, "…").replace(client.token.partition(":")[2], "…")


def account_of(token: str) -> str:
    """The bot's number, which its token begins with."""
    return token.partition(":")[0]


def is_unchanged(error: BadRequest) -> bool:
    """An edit that changes nothing has done its work."""
    return "not modified" in str(error).lower()


def is_gone(error: BadRequest) -> bool:
    """The message that was to be edited is there no more, or cannot be edited."""
    said = str(error).lower()
    return "message to edit not found" in said or "can't be edited" in said or "message_id_invalid" in said


def is_unparsed(error: BadRequest) -> bool:
    return "can't parse entities" in str(error).lower()


def is_thread_gone(error: BadRequest) -> bool:
    """The topic was deleted or closed; its group may still be spoken to."""
    said = str(error).lower()
    return any(words in said for words in TOPIC_SHUT)


def is_shut(error: BadRequest) -> bool:
    """Nothing that is said to this chat arrives, whatever it is."""
    said = str(error).lower()
    return any(words in said for words in SHUT)


def is_too_large(error: TelegramError) -> bool:
    return TOO_LARGE in str(error).lower()


def comes_again(error: BaseException) -> bool:
    """The same message will be tried again as it is, after a flood or when Telegram answers."""
    if isinstance(error, BadRequest):
        return False
    return isinstance(error, RetryAfter) or (isinstance(error, NetworkError) and not is_too_large(error))


def may_have_arrived(error: TelegramError) -> bool:
    """Telegram was asked and did not answer in time; it may have done what it was asked."""
    return isinstance(error, TimedOut) and not isinstance(error.__cause__, NOT_SENT)


def failure(error: TelegramError, client: Client) -> DeliveryError:
    """What became of the message: never, later, elsewhere, or nobody knows.

    BadRequest is a kind of NetworkError there, so it stands before what is tried again. What may have arrived is tried
    so many times and no more: each time it may be read once more.
    """
    said = without_token(str(error), client) or type(error).__name__
    match error:
        case RetryAfter():
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            return DeliveryError(said, retry_after=seconds + 1)
        case ChatMigrated():
            return DeliveryError(said, moved_to=str(error.new_chat_id))
        case Forbidden():
            return DeliveryError(said, permanent=True)
        case BadRequest():
            return DeliveryError(said, permanent=is_shut(error), refused=not is_shut(error))
        case InvalidToken() | Conflict():
            return DeliveryError(said, retry_after=MISCONFIGURED_SECONDS, unreached=True)
    if is_too_large(error):
        return DeliveryError(said, refused=True)
    return DeliveryError(said, unreached=not may_have_arrived(error))


async def until_it_answers(
    client: Client, tell: Callable[[TelegramError], None], *, first_seconds: float = 1.0
) -> None:
    """Connects; as long as nobody answers, or the token is refused, tells it and tries again."""
    wait = first_seconds
    while True:
        try:
            await client.initialize()
            return
        except TelegramError as error:
            tell(error)
            await asyncio.sleep(wait)
            wait = min(2 * wait, MISCONFIGURED_SECONDS)
