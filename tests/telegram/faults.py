"""What goes wrong by script: refusals, floods, answers that get lost, and all of Telegram being away."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.telegram.refusals import JSON, Refused, Unreachable, too_many


@dataclass
class Planned:
    """The next `times` calls of a method, into one chat or any."""

    method: str
    chat: int | None
    times: int
    refusal: Refused | None = None

    def meets(self, method: str, chat_id: str) -> bool:
        right_chat = self.chat is None or str(self.chat) == chat_id
        return self.times > 0 and self.method == method and right_chat


@dataclass
class Faults:
    clock: Callable[[], float]
    refusals: list[Planned] = field(default_factory=list)
    lost: list[Planned] = field(default_factory=list)
    floods: dict[int, float] = field(default_factory=dict)
    away_until: float = -math.inf
    takes_connections: bool = True

    def fail_next(self, method: str, chat: int | None, refusal: Refused, times: int) -> None:
        self.refusals.append(Planned(method, chat, times, refusal))

    def lose_answer(self, method: str, chat: int | None, times: int) -> None:
        self.lost.append(Planned(method, chat, times))

    @property
    def away(self) -> bool:
        return self.clock() < self.away_until

    def check_reachable(self) -> None:
        if self.away:
            raise Refused(502, "Bad Gateway") if self.takes_connections else Unreachable

    def check(self, method: str, chat_id: str) -> None:
        """Raises what is planned for this call."""
        if planned := _take(self.refusals, method, chat_id):
            assert planned.refusal is not None
            raise planned.refusal
        until = self.floods.get(_number(chat_id), -math.inf)
        if self.clock() < until:
            raise too_many(math.ceil(until - self.clock()))

    def loses_answer(self, method: str, chat_id: str) -> bool:
        return _take(self.lost, method, chat_id) is not None


def refusal(code: int, description: str, parameters: JSON | None = None) -> Refused:
    return Refused(code, description, parameters)


def _take(plans: list[Planned], method: str, chat_id: str) -> Planned | None:
    found = next((planned for planned in plans if planned.meets(method, chat_id)), None)
    if found is not None:
        found.times -= 1
    return found


def _number(chat_id: str) -> int:
    return int(chat_id) if chat_id.removeprefix("-").isdigit() else 0
