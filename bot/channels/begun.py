"""Messages of several parts that broke off on the way, so that their next try goes on where the last one stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.talk import Address, Message

Arrived = TypeVar("Arrived")

MOST = 100
# Longer than the longest pause between two tries; whoever says the same after that says it anew.
FORGOTTEN_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class _Key:
    to: Address
    markup: str
    file: str


@dataclass(frozen=True)
class _Begun(Generic[Arrived]):
    parts: tuple[Arrived, ...]
    at: datetime


class BegunMessages(Generic[Arrived]):
    """Kept in memory only: who restarts sends the whole message again.

    `comes_again` is what the platform's errors say of the next try: the same message, as it is.
    """

    def __init__(self, comes_again: Callable[[BaseException], bool]) -> None:
        self._comes_again = comes_again
        self._kept: dict[_Key, _Begun[Arrived]] = {}

    @contextmanager
    def taking_up(self, to: Address, message: Message, at: datetime) -> Iterator[list[Arrived]]:
        """What the parts that arrived are called; add to them. They are kept only if the same message comes again."""
        key = _Key(to, message.markup, message.file.name if message.file else "")
        begun = self._kept.pop(key, None)
        arrived = list(begun.parts) if begun and at - begun.at <= FORGOTTEN_AFTER else []
        try:
            yield arrived
        except BaseException as error:
            if arrived and (isinstance(error, asyncio.CancelledError) or self._comes_again(error)):
                self._keep(key, _Begun(tuple(arrived), at))
            raise

    def _keep(self, key: _Key, begun: _Begun[Arrived]) -> None:
        self._kept[key] = begun
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
