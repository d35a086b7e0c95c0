"""WeCom for tests: one corp, called over a loopback port, with members who act in it.

with FakeWeCom(clock) as fake: wang = fake.member("WangLei"); Client(App(CORP, AGENT, SECRET), ..., fake.base_url)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from tests.telegram.clocks import StandingClock
from tests.wecom import media, sending
from tests.wecom.faults import Faults
from tests.wecom.people import Person
from tests.wecom.refusals import JSON, WARNING, Refused
from tests.wecom.sealing import Sealer
from tests.wecom.server import Server
from tests.wecom.things import App, Made, Media, Member, Message, Upload
from tests.wecom.typed import Typed
from tests.wecom.world import HOUR, World

CORP = "wx5823bf96d3bd56c7"
AGENT = 1000002
SECRET = "secret-of-the-app-for-tests-only-0000000000"
SEALER = Sealer("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", CORP)
# So many in an hour are more than anybody needs, and fewer than WeCom bears.
MOST_GETTOKENS = 60
METHODS = {
    "message/send": sending.send,
    "message/update_template_card": sending.update,
    "message/recall": sending.recall,
}


class FakeWeCom:
    """`complaints` is what WeCom overlooks and a test should not; assert that it is empty."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self.world = World(CORP, clock or StandingClock())
        self.faults = Faults()
        self.calls: list[Made] = []
        self.app = self.add_app(AGENT, SECRET)
        self.sealer = SEALER
        self._gettokens: deque[float] = deque()
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self._server = Server(self)
        self._server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._server is not None
        self._server.stop()

    @property
    def base_url(self) -> str:
        assert self._server is not None, "there is a port only inside `with FakeWeCom() as fake:`"
        return self._server.home

    @property
    def complaints(self) -> list[str]:
        return self.world.complaints

    @property
    def dropped(self) -> list[Message]:
        """What members never got, although WeCom called it a success."""
        return self.world.dropped

    # Who there is.

    def add_app(self, agent: int, secret: str) -> App:
        self.world.apps[agent] = App(agent, secret)
        return self.world.apps[agent]

    def member(self, userid: str, *, visible: bool = True) -> Person:
        member = Member(userid, visible)
        self.world.members[member.key] = member
        return Person(self.world, self.app, member)

    # What goes wrong.

    def revoke(self) -> None:
        """Every token that lives dies before its time."""
        with self.world.lock:
            for token in [token for app in self.world.apps.values() for token in app.tokens]:
                token.revoked = token.revoked or self.world.clock() < token.ends

    def made(self, path: str) -> list[Made]:
        with self.world.lock:
            return [one for one in self.calls if one.path == path]

    # What is called.

    def answer(
        self, path: str, query: Mapping[str, str], body: JSON | None = None, uploads: list[Upload] | None = None
    ) -> JSON | Media:
        """What WeCom answers, or a file. Raises AnswerLost or Away."""
        with self.world.lock:
            try:
                self.faults.check(path)
                answer = self._answer(path, query, body or {}, uploads or [])
            except Refused as error:
                self.calls.append(Made(path, body or {}, error.code))
                return error.body()
            self.calls.append(Made(path, body or {}, 0))
            self.faults.lose(path)
            return answer

    def _answer(self, path: str, query: Mapping[str, str], body: JSON, uploads: list[Upload]) -> JSON | Media:
        if path == "gettoken":
            return self._gettoken(query)
        app = self.world.app_of(query.get("access_token", ""))
        if path == "media/upload":
            return {"errcode": 0, "errmsg": "", **media.upload(self.world, query.get("type", ""), uploads)}
        if path == "media/get":
            return media.download(self.world, query)
        if path not in METHODS:
            raise Refused(40066, "invalid url")
        given = Typed(body)
        answer = METHODS[path](self.world, app, given)
        self.world.complaints += given.overlooked
        return {"errcode": 0, "errmsg": f"{WARNING if given.overlooked else ''}ok", **answer}

    def _gettoken(self, query: Mapping[str, str]) -> JSON:
        now = self.world.clock()
        self._gettokens.append(now)
        if sum(now - at < HOUR for at in self._gettokens) > MOST_GETTOKENS:
            self.world.complain("gettoken is called again and again")
            raise Refused(45009, "api freq out of limit")
        if query.get("corpid") != self.world.corp:
            raise Refused(40013, "invalid corpid")
        app = next((one for one in self.world.apps.values() if one.secret == query.get("corpsecret")), None)
        if app is None:
            raise Refused(40001, "invalid credential")
        token = self.world.token(app)
        token.revoked = self.faults.stillborn
        return {"errcode": 0, "errmsg": "ok", "access_token": token.value, "expires_in": int(token.ends - now)}
