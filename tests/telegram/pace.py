"""Telegram's flood limits, measured and enforced: a second per private chat, a minute per group, a second in all."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from tests.telegram.refusals import too_many
from tests.telegram.things import BotAccount, Chat

MINUTE = 60.0
SECOND = 1.0


@dataclass(frozen=True)
class Limits:
    """A private chat takes `private_burst` messages at once and one a second after; in groups edits count too."""

    private_burst: int = 3
    group_per_minute: int = 20
    per_second: int = 30


@dataclass(frozen=True)
class Sent:
    at: float
    bot: int
    chat: int
    title: str
    private: bool
    edit: bool


@dataclass(frozen=True)
class Fastest:
    """The most messages and edits in any 60 seconds, by the group's title, and in any second in all."""

    in_a_minute: dict[str, int]
    in_a_second: int


class Pace:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.floods = 0
        self._sent: list[Sent] = []

    def keep(self, bot: BotAccount, chat: Chat, now: float, *, edit: bool) -> None:
        """Counts a message that is about to be sent; 429 instead if there were too many."""
        own = [sent for sent in self._recent(now) if sent.bot == bot.id]
        here = [sent for sent in own if sent.chat == chat.id]
        waits = [_window([sent.at for sent in own if sent.at > now - SECOND], self.limits.per_second, SECOND, now)]
        if not chat.private:
            waits.append(_window([sent.at for sent in here], self.limits.group_per_minute, MINUTE, now))
        elif not edit:
            waits.append(_bucket([sent.at for sent in here if not sent.edit], self.limits.private_burst, now))
        if max(waits) > 0:
            self.floods += 1
            raise too_many(max(1, math.ceil(max(waits))))
        self._sent.append(Sent(now, bot.id, chat.id, chat.title, chat.private, edit))

    def fastest(self) -> Fastest:
        groups: dict[str, list[float]] = {}
        for sent in self._sent:
            if not sent.private:
                groups.setdefault(sent.title, []).append(sent.at)
        in_a_minute = {title: _most(times, MINUTE) for title, times in groups.items()}
        return Fastest(in_a_minute, _most([sent.at for sent in self._sent], SECOND))

    def _recent(self, now: float) -> Iterable[Sent]:
        for sent in reversed(self._sent):
            if sent.at <= now - MINUTE:
                return
            yield sent


def _window(times: list[float], most: int, width: float, now: float) -> float:
    """The seconds until one more fits into the window."""
    times = sorted(times)
    return times[-most] + width - now if len(times) >= most else 0


def _bucket(times: list[float], burst: int, now: float) -> float:
    """The seconds until the bucket of `burst` drops, refilled by one a second, holds another one."""
    level, last = float(burst), -math.inf
    for at in sorted(times):
        level = min(float(burst), level + (at - last)) - 1
        last = at
    level = min(float(burst), level + (now - last))
    return 0 if level >= 1 else 1 - level


def _most(times: list[float], width: float) -> int:
    """The greatest number of times in any window of that width."""
    window: deque[float] = deque()
    most = 0
    for at in sorted(times):
        window.append(at)
        while window[0] <= at - width:
            window.popleft()
        most = max(most, len(window))
    return most
