"""What comes in from Telegram, asked for or called with: kept in order before it is confirmed, buttons answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import structlog
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError

from bot.channels.called import NotYet
from bot.channels.telegram import reading
from bot.channels.telegram.client import Client, account_of, until_it_answers
from bot.channels.telegram.menu import Menu
from bot.channels.telegram.reading import Me
from bot.talk import Incoming, Receive
from storage import invites
from storage.database import Database
from storage.turns import Turn

log = structlog.get_logger()

T = TypeVar("T")

NAME = "telegram"
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# How often a process that does not poll looks whether it is its turn.
TURN_SECONDS = 3.0
ROUND_SECONDS = 180


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
        self._is_called = False

    @property
    def username(self) -> str:
        """The bot's name, once Telegram has told it."""
        return str(self._client.username) if self._receive is not None else ""

    async def run(self, receive: Receive) -> None:
        await until_it_answers(self._client, self._say_trouble, first_seconds=FIRST_PAUSE_SECONDS)
        self._receive = receive
        bot = partial(invites.put_bot, account=self._account, username=self._client.username)
        await self._database.write(bot)
        log.info("telegram listening", mode="webhook" if self._webhook else "polling")
        keeping_up = asyncio.create_task(self._keep_up())
        try:
            if self._webhook is not None:
                await self._be_called(*self._webhook)
            await self._poll()
        finally:
            keeping_up.cancel()
            await asyncio.gather(keeping_up, *self._toasts, return_exceptions=True)
            await self._client.shutdown()

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Keeps the updates in their order; returns when all are durable. Buttons stop spinning at once."""
        if self._receive is None:
            raise NotYet
        for update in updates:
            self._toast(update)
        heard = [said for update in updates if (said := self._heard(update)) is not None]
        await self._receive(*heard)

    async def _be_called(self, url: str, secret: str) -> None:
        """Telegram calls us from now on; never returns."""
        await self._insistently(lambda: self._client.call_at(url, secret))
        self._is_called = True
        await asyncio.Event().wait()

    async def _poll(self) -> None:
        """Telegram gives a bot's updates to one who asks: of several processes one does, as long as it lives."""
        async with Turn(self._database, f"poll {NAME} {self._account}") as turn:
            while True:
                await _wait_for(turn)
                await self._insistently(self._client.delete_webhook)
                await self._poll_during(turn)

    async def _poll_during(self, turn: Turn) -> None:
        """An offset is sent until it has been heard: after a quiet week Telegram may count from anywhere."""
        offset: int | None = None
        while (updates := await self._insistently(partial(self._updates, turn, offset))) is not None:
            await self.take(updates)
            offset = int(updates[-1]["update_id"]) + 1 if updates else None

    async def _updates(self, turn: Turn, offset: int | None) -> list[dict[str, Any]] | None:
        """The updates, even if somebody has told Telegram meanwhile to call them instead; None when it is not our turn.

        What was not confirmed in our turn is given again to whoever asks next.
        """
        if not await turn.take():
            return None
        try:
            return await self._client.raw_updates(offset)
        except Conflict as error:
            if "webhook" not in str(error).lower():
                raise
        log.warning("webhook of somebody else taken back")
        await self._client.delete_webhook()
        return await self._client.raw_updates(offset)

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
        kind = type(error).__name__
        if isinstance(error, Conflict):
            log.warning("somebody else polls this token", error_type=kind)
        elif isinstance(error, InvalidToken):
            log.warning("telegram refuses the token", error_type=kind)
        elif isinstance(error, BadRequest) and self._webhook is not None:
            log.warning("telegram refuses the webhook address", error_type=kind)
        else:
            log.warning("telegram does not answer", error_type=kind)

    def _heard(self, update: dict[str, Any]) -> Incoming | None:
        me = Me(int(self._account), self._client.username, self._menu.words())
        try:
            return reading.heard(update, me)
        except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
            log.error("update not understood", update_id=update["update_id"], error_type=type(error).__name__)
            return reading.unreadable(update, me, error)

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
            log.info("press not answered", error_type=type(error).__name__)

    async def _keep_up(self) -> None:
        """Every few minutes: the menu, and whether Telegram still calls us. One that breaks is tried next time."""
        while True:
            for look_after in (partial(self._menu.keep, self._client), self._keep_called):
                try:
                    await look_after()
                except Exception:
                    log.exception("telegram not looked after")
            await asyncio.sleep(ROUND_SECONDS)

    async def _keep_called(self) -> None:
        """Somebody with the same token may have told Telegram to call elsewhere, or not at all."""
        if self._webhook is None or not self._is_called:
            return
        url, secret = self._webhook
        if (await self._client.get_webhook_info()).url != url:
            log.warning("webhook of somebody else replaced")
            await self._client.call_at(url, secret)


async def _wait_for(turn: Turn) -> None:
    """Until the process that polls has ended, if there is one; it is said once."""
    told = False
    while not await turn.take():
        if not told:
            log.info("telegram polled by another process")
            told = True
        await asyncio.sleep(TURN_SECONDS)
