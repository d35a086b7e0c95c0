"""A strict Telegram for tests: one world, called in-process or over a loopback port, with people who act in it.

fake = FakeTelegram(); wang = fake.user("王磊"); wang.starts()            in-process: fake.ptb_bot()
with FakeTelegram() as fake: ...                                          over HTTP: fake.base_url, fake.file_url
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from telegram import Bot

from tests.telegram.faults import refusal
from tests.telegram.groups import Group
from tests.telegram.pace import Fastest, Limits
from tests.telegram.people import Person
from tests.telegram.queue import Delivery
from tests.telegram.refusals import JSON
from tests.telegram.request import FakeRequest
from tests.telegram.seen import transcript
from tests.telegram.server import Server
from tests.telegram.switchboard import Made, Switchboard
from tests.telegram.things import BotAccount

T = TypeVar("T")

TOKEN = "1000001:fake-token-for-tests-only-0000000000"


class FakeTelegram(Switchboard):
    def __init__(
        self,
        *,
        token: str = TOKEN,
        name: str = "前台",
        username: str = "qiantai_bot",
        privacy: bool = True,
        clock: Callable[[], float] = time.time,
        limits: Limits | None = None,
        callback_seconds: float = 15,
    ) -> None:
        super().__init__(clock, limits, callback_seconds)
        self.bot = self.world.add_bot(token, name, username, privacy=privacy)
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self._server = Server(self)
        self._server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._server is not None
        with self.world.change():
            for bot in self.world.bots.values():
                bot.queue.end_polls("the end of the test")
        self._server.stop()

    # Where the bot finds it.

    @property
    def token(self) -> str:
        return self.bot.token

    @property
    def base_url(self) -> str:
        return f"{self._home}/bot"

    @property
    def file_url(self) -> str:
        return f"{self._home}/file/bot"

    @property
    def _home(self) -> str:
        assert self._server is not None, "there is a port only inside `with FakeTelegram() as fake:`"
        return self._server.home

    def request(self) -> FakeRequest:
        return FakeRequest(self)

    def ptb_bot(self, bot: BotAccount | None = None) -> Bot:
        """A python-telegram-bot Bot that calls this fake in-process."""
        return Bot((bot or self.bot).token, request=self.request(), get_updates_request=self.request())

    # Who there is.

    def user(self, name: str, username: str = "") -> Person:
        with self.world.change():
            return Person(self.world, self.bot, self.world.add_person(name, username))

    def add_bot(self, token: str, *, name: str, username: str, privacy: bool = True) -> BotAccount:
        with self.world.change():
            return self.world.add_bot(token, name, username, privacy=privacy)

    def group(self, title: str, *people: Person, with_bot: bool = True) -> Group:
        """A small group, created by the first of these people, who adds the bot."""
        return Group.created(self.world, self.bot, title, "group", people, with_bot=with_bot)

    def supergroup(self, title: str, *people: Person, forum: bool = False, with_bot: bool = True) -> Group:
        return Group.created(self.world, self.bot, title, "supergroup", people, forum=forum, with_bot=with_bot)

    # What was measured.

    @property
    def clock(self) -> Callable[[], float]:
        return self.world.clock

    @clock.setter
    def clock(self, clock: Callable[[], float]) -> None:
        with self.world.change():
            self.world.clock = clock

    @property
    def complaints(self) -> list[str]:
        """What Telegram overlooks and a test should not; assert that it is empty."""
        return self.world.complaints

    @property
    def floods(self) -> int:
        """How often the measured limits answered 429; floods by script are not counted."""
        return self._pace.floods

    def fastest(self) -> Fastest:
        with self.world.changed:
            return self._pace.fastest()

    @property
    def confirmed(self) -> set[int]:
        """The ids of the updates that the bot confirmed, by an offset or by answering 2xx."""
        with self.world.changed:
            return set(self.bot.queue.confirmed)

    @property
    def pending(self) -> list[JSON]:
        """The updates that the bot has not confirmed, oldest first."""
        with self.world.changed:
            return [update for _, update in sorted(self.bot.queue.pending.items())]

    @property
    def deliveries(self) -> list[Delivery]:
        with self.world.changed:
            return list(self.bot.queue.deliveries)

    def made(self, method: str) -> list[Made]:
        with self.world.changed:
            return [call for call in self.calls if call.method == method]

    def transcript(self) -> str:
        return transcript(self.world)

    # What goes wrong.

    def fail_next(
        self,
        method: str,
        *,
        chat: Person | Group | int | None = None,
        code: int = 500,
        description: str = "Internal Server Error",
        parameters: JSON | None = None,
        times: int = 1,
    ) -> None:
        with self.world.change():
            self._faults.fail_next(method, _id(chat), refusal(code, description, parameters), times)

    def flood(self, chat: Person | Group | int, seconds: float) -> None:
        """Every call into that chat is answered 429 for so long."""
        number = _id(chat)
        assert number is not None
        with self.world.change():
            self._faults.floods[number] = self.world.clock() + seconds

    def lose_answer(self, method: str, *, chat: Person | Group | int | None = None, times: int = 1) -> None:
        """The next calls are carried out, but their answers never arrive."""
        with self.world.change():
            self._faults.lose_answer(method, _id(chat), times)

    def down(self, seconds: float = math.inf, *, refuse: bool = False) -> None:
        """Answers 502, or takes no connection (`refuse`), for so long or until `up()`; nothing is delivered."""
        with self.world.change():
            self._faults.away_until = self.world.clock() + seconds
            self._faults.takes_connections = not refuse

    def up(self) -> None:
        with self.world.change():
            self._faults.away_until = -math.inf

    def poison(self, update: JSON, bot: BotAccount | None = None) -> int:
        """Puts an update into the queue as it stands, whatever it is; gives its id."""
        with self.world.change():
            return (bot or self.bot).queue.put_raw(update)

    # Waiting.

    def wait_for(self, predicate: Callable[[], T], seconds: float = 10) -> T:
        """What `predicate` gives as soon as it is true; looked at after every change. Fails with a transcript."""
        return self.world.wait_for(predicate, seconds, self.transcript)

    async def until(self, predicate: Callable[[], T], seconds: float = 10) -> T:
        """The same for a test whose event loop the bot runs on."""
        return await self.world.until(predicate, seconds, self.transcript)


def _id(chat: Person | Group | int | None) -> int | None:
    return chat if chat is None or isinstance(chat, int) else chat.id
