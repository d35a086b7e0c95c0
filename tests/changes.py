"""A world that several threads share: it is changed under one lock, and whoever waits for something looks again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Change it inside `change()`; look at it under `changed`, which is notified of every change."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._listeners: list[Callable[[], object]] = []

    @contextmanager
    def change(self) -> Iterator[None]:
        with self.changed:
            yield
            self.changed.notify_all()
            for listener in list(self._listeners):
                listener()

    @contextmanager
    def listening(self, listener: Callable[[], object]) -> Iterator[None]:
        """`listener` is called, under the lock, after every change."""
        with self.changed:
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self.changed:
                self._listeners.remove(listener)

    def wait_for(self, predicate: Callable[[], T], seconds: float, story: Callable[[], str]) -> T:
        """What `predicate` gives as soon as it is true; looked at after every change. Fails with the `story`."""
        with self.changed:
            found = self.changed.wait_for(predicate, seconds)
        assert found, f"did not happen within {seconds} s:\n{story()}"
        return found

    async def until(self, predicate: Callable[[], T], seconds: float, story: Callable[[], str]) -> T:
        """The same for a test whose event loop the bot runs on."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()
        end = loop.time() + seconds
        with self.listening(lambda: loop.call_soon_threadsafe(changed.set)):
            while True:
                changed.clear()
                with self.changed:
                    found = predicate()
                if found:
                    return found
                try:
                    async with asyncio.timeout(end - loop.time()):
                        await changed.wait()
                except TimeoutError:
                    raise AssertionError(f"did not happen within {seconds} s:\n{story()}") from None
