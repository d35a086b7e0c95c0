"""Messages of several parts that broke off on the way, so that their next try goes on where the last one stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.telegram.client import comes_again
from bot.talk import Address, Message

MOST = 100
# Longer than the longest pause between two tries; whoever says the same after that says it anew.
FORGOTTEN_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class _Key:
    to: Address
    markup: str
    file: str


@dataclass(frozen=True)
class _Begun:
    ids: tuple[int, ...]
    at: datetime


class BegunMessages:
    """Kept in memory only: who restarts sends the whole message again."""

    def __init__(self) -> None:
        self._kept: dict[_Key, _Begun] = {}

    @contextmanager
    def taking_up(self, to: Address, message: Message, at: datetime) -> Iterator[list[int]]:
        """The numbers of the parts that arrived; add to them. They are kept only if the same message comes again."""
        key = _Key(to, message.markup, message.file.name if message.file else "")
        begun = self._kept.pop(key, None)
        arrived = list(begun.ids) if begun and at - begun.at <= FORGOTTEN_AFTER else []
        try:
            yield arrived
        except BaseException as error:
            if arrived and (isinstance(error, asyncio.CancelledError) or comes_again(error)):
                self._keep(key, _Begun(tuple(arrived), at))
            raise

    def _keep(self, key: _Key, begun: _Begun) -> None:
        self._kept[key] = begun
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
