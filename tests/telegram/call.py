"""One call of a method as the methods see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.telegram.checking import Params
from tests.telegram.pace import Pace
from tests.telegram.things import BotAccount, Chat
from tests.telegram.world import World


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Call:
    world: World
    bot: BotAccount
    params: Params
    files: Mapping[str, Upload]
    pace: Pace
    callback_seconds: float

    def complain(self, *what: str) -> None:
        self.world.complaints.extend(what)

    def writable_chat(self) -> Chat:
        return self.world.writable(self.bot, self.params.text("chat_id"))

    def keep_pace(self, chat: Chat, *, edit: bool = False) -> None:
        self.pace.keep(self.bot, chat, self.world.clock(), edit=edit)
