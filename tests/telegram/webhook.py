"""Updates on their way to a bot's webhook: in parallel, again and again until they are answered with 2xx."""

from __future__ import annotations

import asyncio
import time

import httpx

from tests.telegram.queue import Delivery, Webhook
from tests.telegram.switchboard import Switchboard
from tests.telegram.things import BotAccount

PATIENCE = 60.0
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0


class Deliverer:
    def __init__(self, fake: Switchboard) -> None:
        self._fake = fake
        self._world = fake.world
        self._under_way: set[tuple[int, int]] = set()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        listening = self._world.listening(lambda: loop.call_soon_threadsafe(self._changed.set))
        client = httpx.AsyncClient(timeout=PATIENCE, limits=limits, trust_env=False)
        with listening:
            async with client as http, asyncio.TaskGroup() as tasks:
                while True:
                    self._changed.clear()
                    for bot, hook, number in self._due():
                        self._under_way.add((bot.id, number))
                        tasks.create_task(self._deliver(http, bot, hook, number))
                    await self._changed.wait()

    def _due(self) -> list[tuple[BotAccount, Webhook, int]]:
        due = []
        with self._world.changed:
            for bot in self._world.bots.values():
                if (hook := bot.queue.webhook) is not None:
                    under_way = {number for owner, number in self._under_way if owner == bot.id}
                    free = hook.max_connections - len(under_way)
                    due += [(bot, hook, number) for number in sorted(bot.queue.pending.keys() - under_way)[:free]]
        return due

    async def _deliver(self, http: httpx.AsyncClient, bot: BotAccount, hook: Webhook, number: int) -> None:
        attempts = 0
        try:
            while bot.queue.webhook is hook and number in bot.queue.pending:
                attempts += 1
                if not self._fake.away and await self._accepted(http, bot, hook, number, attempts):
                    return
                await asyncio.sleep(min(FIRST_PAUSE * 2**attempts, LONGEST_PAUSE))
        finally:
            self._under_way.discard((bot.id, number))
            self._changed.set()

    async def _accepted(
        self, http: httpx.AsyncClient, bot: BotAccount, hook: Webhook, number: int, attempts: int
    ) -> bool:
        began = time.monotonic()
        trouble = await self._post(http, bot, hook, number)
        with self._world.change():
            if trouble:
                hook.last_error, hook.last_error_date = trouble, self._world.now()
                return False
            bot.queue.confirm(number)
            bot.queue.deliveries.append(Delivery(number, time.monotonic() - began, attempts))
            return True

    async def _post(self, http: httpx.AsyncClient, bot: BotAccount, hook: Webhook, number: int) -> str:
        """What went wrong; nothing if it was taken."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            answer = await http.post(hook.url, json=bot.queue.pending[number], headers=headers)
        except httpx.HTTPError as error:
            return f"Connection failed: {type(error).__name__}"
        return (
            "" if answer.is_success else f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
        )
