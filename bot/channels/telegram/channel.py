"""Telegram as a channel: what goes out is sent and edited, and what went wrong with a delivery is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import structlog
from telegram import InputFile
from telegram.error import BadRequest, TelegramError

from bot.channels.begun import BegunMessages
from bot.channels.telegram import writing
from bot.channels.telegram.client import (
    Client,
    account_of,
    comes_again,
    failure,
    is_gone,
    is_thread_gone,
    is_unchanged,
    is_unparsed,
)
from bot.channels.telegram.fetching import fetched
from bot.channels.telegram.intake import NAME, Intake
from bot.channels.telegram.menu import Menu
from bot.channels.telegram.sent import Sent
from bot.channels.telegram.writing import Part
from bot.talk import Address, Capabilities, DeliveryError, File, Message, Pace, Receive
from storage.database import Database

log = structlog.get_logger()

T = TypeVar("T")

HTML = "HTML"
# The HTTP client under the library gets slower the more it does at once (measured: a third, with a hundred waiting).
SENDS_AT_ONCE = 4
# What texts call the bot where people speak to it in a group.
OUR_NAME = "@前台"
# Stands where words stood that Telegram does not let us delete.
NOTHING_MORE = "⋯"


class Telegram:
    """A bot of one token. `webhook` is (address, secret); without it the bot asks for its updates itself.

    `pause` waits between the messages that one long message takes.
    """

    name = NAME
    can = Capabilities(pace=Pace(chat_seconds=1, per_minute=60, per_minute_in_group=20, per_second=25))

    def __init__(
        self,
        client: Client,
        menu: Menu,
        database: Database,
        *,
        webhook: tuple[str, str] | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._intake = Intake(client, menu, database, webhook)
        self._pause = pause
        self._begun: BegunMessages[int] = BegunMessages(comes_again)
        self._few_at_once = asyncio.Semaphore(SENDS_AT_ONCE)
        self.account = account_of(client.token)

    async def run(self, receive: Receive) -> None:
        """Listens until cancelled; nothing is confirmed to Telegram before it is kept."""
        await self._intake.run(receive)

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """What Telegram calls with; returns when all of it is durable. Raises NotYet before `run` has begun."""
        await self._intake.take(updates)

    async def send(self, to: Address, message: Message, *, at: datetime) -> str:
        """A long message that broke off is taken up where it stopped, unless the process has died since."""
        message = self._named(message)
        with _told(self._client), self._begun.taking_up(to, message, at) as arrived:
            return str(await self._send(to, message, arrived))

    def _named(self, message: Message) -> Message:
        """In a group only the bot's own name reaches it, so people are told that one."""
        name = self._intake.username
        return replace(message, markup=message.markup.replace(OUR_NAME, f"@{name}")) if name else message

    async def _send(self, to: Address, message: Message, arrived: list[int]) -> Sent:
        parts = writing.parts(message)
        for part in parts[len(arrived) :]:
            await self._keep_pace(arrived)
            arrived.append(await self._send_part(to, part))
        worded = [number for number, part in zip(arrived, parts, strict=True) if part.words]
        return Sent(_chat(to)[0], tuple(worded), captioned=bool(parts and parts[0].file and worded))

    async def _keep_pace(self, before: Sequence[object]) -> None:
        if before and self.can.pace:
            await self._pause(self.can.pace.chat_seconds)

    async def _send_part(self, to: Address, part: Part) -> int:
        """A topic that was deleted means its group."""
        chat, topic = _chat(to)
        try:
            return await self._formatted(part, lambda words, mode: self._post(part, words, mode, chat, topic))
        except BadRequest as error:
            if topic is None or not is_thread_gone(error):
                raise
        return await self._formatted(part, lambda words, mode: self._post(part, words, mode, chat, None))

    async def _post(self, part: Part, words: str, mode: str | None, chat: int, topic: int | None) -> int:
        how: dict[str, Any] = {"parse_mode": mode, "message_thread_id": topic, "reply_markup": part.keyboard}
        if part.file is None:
            async with self._few_at_once:
                return await self._client.say(chat, words, **how)
        document = InputFile(part.file.content, filename=part.file.name)
        sent = await self._client.send_document(chat, document, caption=words or None, **how)
        return int(sent.message_id)

    async def _formatted(self, part: Part, ask: Callable[[str, str | None], Awaitable[T]]) -> T:
        """Asks with the words as HTML; what Telegram cannot parse is asked plain."""
        try:
            return await ask(part.html, HTML)
        except BadRequest as error:
            if not is_unparsed(error):
                raise
            log.error("telegram cannot parse a text")
        return await ask(part.words, None)

    async def edit(self, to: Address, ref: str, message: Message, *, at: datetime) -> str:
        """Shows the message anew; one that is gone is sent again, and called by its new name."""
        message = self._named(message)
        with _told(self._client):
            before = Sent.of(ref)
            try:
                if before.chat == _chat(to)[0]:
                    return str(await self._edit(to, before, message))
            except BadRequest as error:
                if not is_gone(error):
                    raise
            return await self.send(to, message, at=at)

    async def fetch(self, file: str) -> File:
        """What somebody sent, at most 20 MB; what they called it stands in the `file_name` of what came in."""
        return await fetched(self._client, file)

    async def _edit(self, to: Address, before: Sent, message: Message) -> Sent:
        if before.captioned:
            await self._edit_caption(before, writing.caption(message))
            return before
        parts = writing.texts(message)
        ids: list[int] = []
        for number, part in zip(before.ids, parts, strict=False):
            await self._keep_pace(ids)
            await self._edit_text(before.chat, number, part)
            ids.append(number)
        for part in parts[len(ids) :]:
            await self._keep_pace(ids)
            ids.append(await self._send_part(to, part))
        for number in before.ids[len(parts) :]:
            await self._take_back(before.chat, number)
        return Sent(before.chat, tuple(ids))

    async def _edit_text(self, chat: int, number: int, part: Part) -> None:
        await _unless_unchanged(
            self._formatted(
                part,
                lambda words, mode: self._client.edit_message_text(
                    words, chat, number, parse_mode=mode, reply_markup=part.keyboard
                ),
            )
        )

    async def _edit_caption(self, before: Sent, part: Part) -> None:
        await _unless_unchanged(
            self._formatted(
                part,
                lambda words, mode: self._client.edit_message_caption(
                    before.chat, before.ids[0], caption=words, parse_mode=mode, reply_markup=part.keyboard
                ),
            )
        )

    async def _take_back(self, chat: int, number: int) -> None:
        """What is too old to be deleted says nothing more; what is gone already needs no more."""
        try:
            await self._client.delete_message(chat, number)
        except BadRequest as error:
            log.info("message not deleted", error_type=type(error).__name__)
            if "can't be deleted" in str(error):
                await self._say_nothing_more(chat, number)

    async def _say_nothing_more(self, chat: int, number: int) -> None:
        """One that is gone or closed to us stands in no card's way."""
        try:
            await self._edit_text(chat, number, Part(NOTHING_MORE, NOTHING_MORE))
        except BadRequest as error:
            if not is_gone(error):
                raise


@contextmanager
def _told(client: Client) -> Iterator[None]:
    """Whatever goes wrong with a delivery is a DeliveryError; what nobody foresaw is counted like a failed try."""
    try:
        yield
    except DeliveryError:
        raise
    except TelegramError as error:
        raise failure(error, client) from error
    except Exception as error:
        log.exception("telegram delivery broken")
        raise DeliveryError(type(error).__name__) from error


async def _unless_unchanged(editing: Awaitable[Any]) -> None:
    try:
        await editing
    except BadRequest as error:
        if not is_unchanged(error):
            raise


def _chat(to: Address) -> tuple[int, int | None]:
    """The chat and the topic in it."""
    chat, _, topic = to.chat.partition("/")
    try:
        return int(chat), int(topic) if topic else None
    except ValueError:
        raise DeliveryError(f"no Telegram chat: {to.chat[:40]}", permanent=True) from None
