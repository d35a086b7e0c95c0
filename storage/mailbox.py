"""From the database's threads to an event loop: whatever is handed over at a time wakes the loop once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class Mailbox:
    """What other threads want to happen in `loop`, in the order in which they put it there.

    Waking a loop takes longer than most of what it is woken for; nothing happens once it is closed.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], object]] = deque()
        self._called = False

    def put(self, act: Callable[[], object]) -> None:
        """To be called from any thread: `act` is called in the loop."""
        self._waiting.append(act)
        if not self._called and not self._loop.is_closed():
            self._called = True
            self._loop.call_soon_threadsafe(self._hand_over)

    async def outcome(self, future: Future[T]) -> T:
        """What another thread's work comes to; whoever is cancelled gives it up, unless it was begun."""
        done: asyncio.Future[T] = self._loop.create_future()
        future.add_done_callback(lambda ended: self.put(partial(_tell, done, ended)))
        try:
            return await done
        except asyncio.CancelledError:
            future.cancel()
            raise

    def _hand_over(self) -> None:
        # First: what is put from here on calls again.
        self._called = False
        while self._waiting:
            self._loop.call_soon(self._waiting.popleft())


def _tell(done: asyncio.Future[Any], ended: Future[Any]) -> None:
    if done.done():
        return
    if ended.cancelled():
        done.cancel()
    elif error := ended.exception():
        done.set_exception(error)
    else:
        done.set_result(ended.result())
