"""What comes in from Telegram, asked for or called with: kept in order before it is confirmed, buttons answered."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import structlog
from telegram.error import Conflict, TelegramError

from bot.channels.telegram import reading
from bot.channels.telegram.client import Client, account_of, until_it_answers, without_token
from bot.channels.telegram.menu import Menu
from bot.channels.telegram.reading import Me
from bot.channels.telegram.webhook import NotYet
from bot.talk import Incoming, Receive
from storage import invites
from storage.database import Database

log = structlog.get_logger()

T = TypeVar("T")

NAME = "telegram"
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
MENU_SECONDS = 600


class Intake:
    """Listens for one bot: asks for its updates, or is called by Telegram at `webhook`, (address, secret)."""

    def __init__(self, client: Client, menu: Menu, database: Database, webhook: tuple[str, str] | None) -> None:
        self._client = client
        self._menu = menu
        self._database = database
        self._webhook = webhook
        self._account = account_of(client.token)
        self._toasts: set[asyncio.Task[None]] = set()
        self._receive: Receive | None = None
        self._trouble = ""

    async def run(self, receive: Receive) -> None:
        await until_it_answers(self._client, self._say_trouble, first_seconds=FIRST_PAUSE_SECONDS)
        self._receive = receive
        await self._database.write(partial(invites.put_bot, username=self._client.username))
        log.info("telegram listening", mode="webhook" if self._webhook else "polling")
        keeping_up = asyncio.create_task(self._keep_menu())
        try:
            if self._webhook is not None:
                await self._be_called(*self._webhook)
            await self._poll()
        finally:
            keeping_up.cancel()
            await asyncio.gather(keeping_up, *self._toasts, return_exceptions=True)
            await self._client.shutdown()

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Keeps the updates, a person's in their order; returns when all are durable. Buttons stop spinning at once."""
        if self._receive is None:
            raise NotYet
        for update in updates:
            self._toast(update)
        by_person: dict[str, list[Incoming]] = defaultdict(list)
        for update in updates:
            if (heard := self._heard(update)) is not None:
                by_person[heard.sender].append(heard)
        await asyncio.gather(*(_keep(self._receive, said) for said in by_person.values()))

    async def _be_called(self, url: str, secret: str) -> None:
        """Telegram calls us from now on; never returns."""
        await self._insistently(lambda: self._client.call_at(url, secret))
        await asyncio.Event().wait()

    async def _poll(self) -> None:
        """An offset is sent until it has been heard: after a quiet week Telegram may count from anywhere."""
        await self._insistently(self._client.delete_webhook)
        offset: int | None = None
        while True:
            updates = await self._insistently(partial(self._client.raw_updates, offset))
            await self.take(updates)
            offset = int(updates[-1]["update_id"]) + 1 if updates else None

    async def _insistently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Asks until Telegram answers; what is in the way is said once, and once more when it is another thing."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                answer = await ask()
            except TelegramError as error:
                self._say_trouble(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                continue
            self._trouble = ""
            return answer

    def _say_trouble(self, error: TelegramError) -> None:
        if str(error) == self._trouble:
            return
        self._trouble = str(error)
        said = f"{type(error).__name__}: {without_token(str(error), self._client)}"
        if isinstance(error, Conflict):
            log.warning("somebody else polls this token", error=said)
        else:
            log.warning("telegram does not answer", error=said)

    def _heard(self, update: dict[str, Any]) -> Incoming | None:
        me = Me(int(self._account), self._client.username, self._menu.words())
        try:
            return reading.heard(update, me)
        except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
            log.error("update not understood", update_id=update["update_id"], error=type(error).__name__)
            return reading.unreadable(update, me, f"{type(error).__name__}: {error}")

    def _toast(self, update: dict[str, Any]) -> None:
        query = update.get("callback_query")
        if isinstance(query, dict) and "id" in query:
            task = asyncio.create_task(self._answer(str(query["id"])))
            self._toasts.add(task)
            task.add_done_callback(self._toasts.discard)

    async def _answer(self, query_id: str) -> None:
        """The button is answered before anything is done; one that has waited too long needs no answer."""
        try:
            await self._client.answer_callback_query(query_id)
        except TelegramError as error:
            log.info("press not answered", error=type(error).__name__)

    async def _keep_menu(self) -> None:
        while True:
            await self._menu.keep(self._client)
            await asyncio.sleep(MENU_SECONDS)


async def _keep(receive: Receive, said: Sequence[Incoming]) -> None:
    for one in said:
        await receive(one)
