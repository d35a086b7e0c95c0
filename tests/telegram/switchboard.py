"""Where calls arrive from both layers: the token, the method and its parameters are checked, then it is carried out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.telegram.call import Call, Upload
from tests.telegram.checking import Params, complaints
from tests.telegram.faults import Faults
from tests.telegram.intake import Poll
from tests.telegram.methods import METHODS, NAMES
from tests.telegram.pace import Limits, Pace
from tests.telegram.refusals import AnswerLost, Refused
from tests.telegram.world import World

TOKEN_SHAPE = re.compile(r"\d+:[A-Za-z0-9_-]{10,}")


@dataclass(frozen=True)
class Made:
    """A call that was made: its method, its parameters as sent, and how it was refused, if it was."""

    method: str
    params: dict[str, str]
    refused: str


class Switchboard:
    def __init__(
        self, clock: Callable[[], float] = time.time, limits: Limits | None = None, callback_seconds: float = 15
    ) -> None:
        self.world = World(clock)
        self.callback_seconds = callback_seconds
        self.calls: list[Made] = []
        self._faults = Faults(lambda: self.world.clock())
        self._pace = Pace(limits or Limits())

    @property
    def away(self) -> bool:
        return self._faults.away

    async def answer(
        self, token: str, method: str, params: Mapping[str, str], files: Mapping[str, Upload] | None = None
    ) -> Any:
        """The result of one call. Raises Refused, AnswerLost or Unreachable."""
        name = self._method(token, method)
        if name != "getUpdates":
            return self._carry_out(token, name, params, files or {})
        poll = Poll(self.world, self._faults, self._call(token, params, {}))
        with self.world.change():
            self._note(name, params)
            self._check(name, params)
            poll.open()
        return await poll.wait()

    def download(self, token: str, path: str) -> bytes:
        with self.world.changed:
            self._faults.check_reachable()
            if token not in self.world.bots:
                raise Refused(401, "Unauthorized")
            file = next((file for file in self.world.files.values() if file.path == path), None)
            if file is None:
                raise Refused(404, "Not Found")
            return file.content

    def _method(self, token: str, method: str) -> str:
        self._faults.check_reachable()
        if not TOKEN_SHAPE.fullmatch(token):
            raise Refused(404, "Not Found")
        if token not in self.world.bots:
            raise Refused(401, "Unauthorized")
        if method.lower() not in NAMES:
            raise Refused(404, "Not Found")
        return NAMES[method.lower()]

    def _carry_out(self, token: str, name: str, params: Mapping[str, str], files: Mapping[str, Upload]) -> Any:
        with self.world.change():
            try:
                self._check(name, params)
                result = METHODS[name](self._call(token, params, files))
            except Refused as error:
                self._note(name, params, str(error))
                raise
            self._note(name, params)
            if self._faults.loses_answer(name, params.get("chat_id", "")):
                raise AnswerLost
            return result

    def _check(self, name: str, params: Mapping[str, str]) -> None:
        self.world.complaints += complaints(name, params)
        self._faults.check(name, params.get("chat_id", ""))

    def _call(self, token: str, params: Mapping[str, str], files: Mapping[str, Upload]) -> Call:
        bot = self.world.bots[token]
        return Call(self.world, bot, Params(params), files, self._pace, self.callback_seconds)

    def _note(self, name: str, params: Mapping[str, str], refused: str = "") -> None:
        self.calls.append(Made(name, dict(params), refused))
