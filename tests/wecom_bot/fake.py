"""WeCom's side of an AI bot's long connection for tests: one bot, its people and groups.

with FakeWeComBot(clock) as fake: wang = fake.person("WangLei"); WeComBot(BOT_ID, SECRET, ..., ws_url=fake.url)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.telegram.clocks import StandingClock
from tests.wecom.refusals import JSON, Refused
from tests.wecom.typed import Typed
from tests.wecom_bot import commands, uploads
from tests.wecom_bot.faults import Faults
from tests.wecom_bot.people import Person
from tests.wecom_bot.refusals import UNKNOWN_CODE
from tests.wecom_bot.server import Server
from tests.wecom_bot.things import Callback, Chat, Made, Session
from tests.wecom_bot.world import World

BOT_ID = "aibRn8JvZ0kqUu3M"
SECRET = "secret-of-the-bot-for-tests-only-0000000000"
COMMANDS = {
    "aibot_send_msg": commands.send,
    "aibot_respond_msg": commands.respond,
    "aibot_respond_welcome_msg": commands.welcome,
    "aibot_respond_update_msg": commands.update,
    "aibot_upload_media_init": uploads.begin,
    "aibot_upload_media_chunk": uploads.take_piece,
    "aibot_upload_media_finish": uploads.finish,
}

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    frame: JSON
    after: float


class FakeWeComBot:
    """`complaints` is what WeCom overlooks and a test should not; assert that it is empty."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self.world = World(BOT_ID, SECRET, clock or StandingClock())
        self.faults = Faults()
        self.ended: list[str] = []
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self._server = Server(self)
        self._server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._at_work().stop()

    @property
    def url(self) -> str:
        return f"ws://{self._at_work().place}"

    @property
    def complaints(self) -> list[str]:
        return self.world.complaints

    # Who there is.

    def person(self, userid: str) -> Person:
        home = f"http://{self._server.place}" if self._server else "http://127.0.0.1:9"
        return Person(self.world, userid, home)

    def group(self, chat_id: str, *people: Person) -> Chat:
        with self.world.lock:
            self.world.chats[chat_id] = Chat(chat_id, tuple(one.userid for one in people), group=True)
            return self.world.chats[chat_id]

    def has_heard_everybody(self) -> None:
        """As if each had spoken to it some time ago, and somebody in each group."""
        with self.world.lock:
            for chat in self.world.chats.values():
                chat.spoken = True

    # What happens to the connection.

    @property
    def is_connected(self) -> bool:
        with self.world.lock:
            return self.world.session is not None

    def close(self, code: int) -> None:
        self._session().close(code)

    def reset(self) -> None:
        self._at_work().reset(self._session())

    def fall_silent(self) -> None:
        """Neither answers nor reads, and does not end the connection either."""
        session = self._session()
        session.silent = True
        self._at_work().deafen(session)

    def forget(self) -> None:
        """The connection stays, and whoever is on it has never subscribed."""
        with self.world.lock:
            self.world.leave(self._session())

    def take_over(self) -> Session:
        """Somebody else with the same bot."""
        session = Session(lambda frame: None, lambda code: None)
        with self.world.lock:
            self.world.take_place(session)
        return session

    def left(self, session: Session) -> None:
        with self.world.lock:
            self.world.leave(session)

    def repeats(self, told: Callback) -> None:
        """The same thing once more, under another req_id."""
        with self.world.lock:
            self._session().post({**told.frame, "headers": {"req_id": self.world.number("callback")}})

    def posts(self, frame: Any) -> None:
        """Whatever it is."""
        self._session().post(frame)

    def made(self, command: str) -> list[Made]:
        with self.world.lock:
            return [one for one in self.world.calls if one.command == command]

    async def until(self, predicate: Callable[[], T], seconds: float = 10) -> T:
        """What `predicate` gives as soon as it is true."""
        async with asyncio.timeout(seconds):
            while True:
                if found := predicate():
                    return found
                await asyncio.sleep(0.002)

    # What is asked.

    def answer(self, session: Session, frame: JSON) -> Answer | None:
        """What WeCom answers and when, None if nothing ever."""
        with self.world.lock:
            number, command = frame.get("headers", {}).get("req_id", ""), frame.get("cmd", "")
            if not isinstance(number, str) or not number:
                self.world.complaints.append("a request has no req_id")
                return None
            if number in session.waiting:
                self.world.complaints.append("a request did not wait for the one before it")
            session.waiting.add(number)
            told = self._carried_out(session, command, number, frame.get("body", {}))
            if session.silent or self.faults.loses(command):
                return None
            return Answer({"headers": {"req_id": number}, **told}, self.faults.delay(command))

    def _carried_out(self, session: Session, command: str, number: str, body: JSON) -> JSON:
        try:
            self.faults.check(command)
            given = Typed(body)
            answer = self._ask(session, command, number, given)
            self.world.complaints += given.overlooked
        except Refused as error:
            self.world.calls.append(Made(command, body, error.code))
            return error.body()
        self.world.calls.append(Made(command, body, 0))
        return {"errcode": 0, "errmsg": "ok", **({"body": answer} if answer else {})}

    def _ask(self, session: Session, command: str, number: str, body: Typed) -> JSON:
        if command == "aibot_subscribe":
            return self._subscribe(session, body)
        if not session.subscribed:
            raise Refused(846609, "the connection has not subscribed")
        if command == "ping":
            return {}
        if command not in COMMANDS:
            raise Refused(UNKNOWN_CODE["unknown command"], "invalid cmd")
        return COMMANDS[command](self.world, number, body)

    def _subscribe(self, session: Session, body: Typed) -> JSON:
        body.knows_only("bot_id", "secret", "scene", "plug_version")
        if not self.world.subscribing.may(self.world.clock()):
            raise Refused(UNKNOWN_CODE["subscribed too often"], "api freq out of limit")
        if (body.text("bot_id"), body.text("secret")) != (self.world.bot_id, self.world.secret):
            # The real one's words are not known; these are the worst that they could be.
            raise Refused(853000, f"invalid bot_id or secret {body.text('secret')}")
        self.world.take_place(session)
        return {}

    def _session(self) -> Session:
        with self.world.lock:
            assert self.world.session is not None, "nobody is connected"
            return self.world.session

    def _at_work(self) -> Server:
        assert self._server is not None, "there is a port only inside `with FakeWeComBot() as fake:`"
        return self._server
