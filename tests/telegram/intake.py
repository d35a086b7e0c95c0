"""getUpdates with a timeout: a poll that stays open until something comes, time is up or another one ends it."""

from __future__ import annotations

import asyncio

from tests.telegram.call import Call
from tests.telegram.faults import Faults
from tests.telegram.methods import take_updates, waiting
from tests.telegram.refusals import JSON, AnswerLost, conflict
from tests.telegram.world import World

LONGEST = 50
WEBHOOK_IS_SET = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Poll:
    def __init__(self, world: World, faults: Faults, call: Call) -> None:
        self._world = world
        self._faults = faults
        self._call = call
        self._queue = call.bot.queue
        self._number = 0

    def open(self) -> None:
        """Confirms what is below the offset and ends an older poll; under the lock."""
        if self._queue.webhook is not None:
            raise conflict(WEBHOOK_IS_SET)
        self._number = self._queue.open_poll()
        take_updates(self._call)

    async def wait(self) -> list[JSON]:
        loop, changed = asyncio.get_running_loop(), asyncio.Event()
        end = loop.time() + min(max(self._call.params.number("timeout"), 0), LONGEST)
        with self._world.listening(lambda: loop.call_soon_threadsafe(changed.set)):
            while not (found := self._look()) and loop.time() < end:
                try:
                    async with asyncio.timeout(end - loop.time()):
                        await changed.wait()
                except TimeoutError:
                    break
                changed.clear()
        if self._faults.loses_answer("getUpdates", ""):
            raise AnswerLost
        return found

    def _look(self) -> list[JSON]:
        with self._world.changed:
            self._faults.check_reachable()
            if self._queue.polls != self._number:
                raise conflict(f"terminated by {self._queue.ended_by}")
            return waiting(self._call)
