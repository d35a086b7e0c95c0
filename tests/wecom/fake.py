"""WeCom for tests: one corp, called over a loopback port, with members who act in it.

with FakeWeCom(clock) as fake: wang = fake.member("WangLei"); Client(App(CORP, AGENT, SECRET), ..., fake.base_url)
fake.calls_at(url): wang.says("请假"); fake.wait_for(lambda: not fake.pending)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self, TypeVar

import httpx

from tests.telegram.clocks import StandingClock
from tests.wecom import directory, groups, media, menus, robots, sending
from tests.wecom.calling import Caller
from tests.wecom.faults import Faults
from tests.wecom.people import Person
from tests.wecom.refusals import JSON, NEARBY, WARNING, Refused
from tests.wecom.sealing import Sealer
from tests.wecom.server import Server
from tests.wecom.things import App, Delivered, Group, Made, Media, Member, Message, Robot, Upload
from tests.wecom.typed import Typed
from tests.wecom.world import World

T = TypeVar("T")

CORP = "wx5823bf96d3bd56c7"
AGENT = 1000002
SECRET = "secret-of-the-app-for-tests-only-0000000000"
SEALER = Sealer("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", CORP)
# What is asked with a body, and what is asked by the address alone.
POSTED = {
    "message/send": sending.send,
    "message/update_template_card": sending.update,
    "message/recall": sending.recall,
    "appchat/create": groups.create,
    "appchat/update": groups.update,
    "appchat/send": groups.send,
}
ASKED = {
    "appchat/get": groups.get,
    "menu/get": menus.get,
    "menu/delete": menus.delete,
    "user/get": directory.get_user,
    "user/simplelist": directory.simple_list,
    "department/list": directory.list_departments,
    "agent/get": directory.get_app,
    "getcallbackip": directory.get_callback_ip,
    "auth/getuserinfo": directory.get_user_info,
}


class FakeWeCom:
    """`complaints` is what WeCom overlooks and a test should not; assert that it is empty."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self.world = World(CORP, clock or StandingClock())
        self.faults = Faults()
        self.calls: list[Made] = []
        self.app = self.add_app(AGENT, SECRET)
        self.sealer = SEALER
        # The addresses that may call, any if it is None; a robot is called from anywhere.
        self.allowed: frozenset[str] | None = None
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

    def member(self, userid: str, name: str = "", *, visible: bool = True) -> Person:
        member = Member(userid, visible, name)
        with self.world.change():
            self.world.members[member.key] = member
        return Person(self.world, self.app, member)

    def robot(self, key: str, *people: Person) -> Group:
        """A group of these people with a robot in it."""
        with self.world.change():
            group = Group(f"robots-{self.world.number()}", "", [one.member.key for one in people])
            self.world.robots[key] = Robot(key, group)
        return group

    def group(self, chatid: str) -> Group:
        """One that the app made."""
        with self.world.changed:
            return self.world.groups[chatid]

    def outsiders_code(self) -> str:
        """Somebody who is no member opened a page of the app's."""
        with self.world.change():
            return self.world.page_code({"openid": "o-outsider", "external_userid": "wm-outsider"})

    # What goes wrong.

    def revoke(self) -> None:
        """Every token that lives dies before its time."""
        with self.world.change():
            for token in [token for app in self.world.apps.values() for token in app.tokens]:
                token.revoked = token.revoked or self.world.clock() < token.ends

    def made(self, path: str) -> list[Made]:
        with self.world.changed:
            return [one for one in self.calls if one.path == path]

    # What our address is called with.

    def calls_at(self, url: str) -> None:
        """From now on whatever a member does is delivered to this address, in order for each of them."""
        with self.world.change():
            self.world.callback = url

    async def proves(self, url: str) -> bool:
        """Whether the address proves itself, as WeCom asks it to before it takes it."""
        async with httpx.AsyncClient(trust_env=False) as http:
            return await Caller(http, url, self.sealer).proves()

    @property
    def pending(self) -> list[JSON]:
        """What our address has not taken, and WeCom has not given up."""
        with self.world.changed:
            return [said for queue in self.world.outgoing.values() for said in queue]

    @property
    def delivered(self) -> list[Delivered]:
        with self.world.changed:
            return list(self.world.delivered)

    @property
    def lost(self) -> list[JSON]:
        """What our address did not take in three tries."""
        return [one.said for one in self.delivered if 200 not in one.statuses]

    # Waiting.

    def wait_for(self, predicate: Callable[[], T], seconds: float = 10) -> T:
        """What `predicate` gives as soon as it is true; looked at after every change. Fails with a transcript."""
        return self.world.wait_for(predicate, seconds, self.transcript)

    async def until(self, predicate: Callable[[], T], seconds: float = 10) -> T:
        """The same for a test whose event loop the bot runs on."""
        return await self.world.until(predicate, seconds, self.transcript)

    def transcript(self) -> str:
        """What everybody sees, what is on its way, and what became of what was."""
        with self.world.changed:
            seen = [Person(self.world, self.app, one).transcript() for one in self.world.members.values()]
            tries = [f"{one.statuses} for {one.said}" for one in self.world.delivered]
        return "\n".join([*seen, *(f"pending: {one}" for one in self.pending), *tries])

    # What is called.

    def answer(
        self,
        path: str,
        query: Mapping[str, str],
        body: JSON | None = None,
        uploads: list[Upload] | None = None,
        address: str = NEARBY,
    ) -> JSON | Media:
        """What WeCom answers, or a file. Raises AnswerLost or Away."""
        with self.world.change():
            try:
                self.faults.check(path)
                self.world.count(path)
                answer = self._answer(path, query, Typed(body or {}), uploads or [], address)
            except Refused as error:
                self.calls.append(Made(path, body or {}, error.code))
                return error.body(address)
            self.calls.append(Made(path, body or {}, 0))
            self.faults.lose(path)
            return answer

    def _answer(
        self, path: str, query: Mapping[str, str], body: Typed, uploads: list[Upload], address: str
    ) -> JSON | Media:
        if path == "gettoken":
            return self._gettoken(query)
        if path == "webhook/send":
            return self._told(body, robots.send(self.world, query, body))
        if path == "webhook/upload_media":
            return self._told(body, robots.upload_media(self.world, query, uploads))
        app = self.world.app_of(query.get("access_token", ""))
        if self.allowed is not None and address not in self.allowed:
            raise Refused(60020, "not allow to access from your ip")
        if path == "media/get":
            return media.download(self.world, query)
        return self._told(body, self._asked(path, app, query, body, uploads))

    def _asked(self, path: str, app: App, query: Mapping[str, str], body: Typed, uploads: list[Upload]) -> JSON:
        if path == "media/upload":
            return media.upload(self.world, query.get("type", ""), uploads)
        if path == "menu/create":
            return menus.create(app, query, body)
        if path in ASKED:
            return ASKED[path](self.world, app, query)
        if path not in POSTED:
            raise Refused(40066, "invalid url")
        return POSTED[path](self.world, app, body)

    def _told(self, body: Typed, answer: JSON) -> JSON:
        """A success, with a warning for what was overlooked."""
        self.world.complaints += body.overlooked
        return {"errcode": 0, "errmsg": f"{WARNING if body.overlooked else ''}ok", **answer}

    def _gettoken(self, query: Mapping[str, str]) -> JSON:
        if query.get("corpid") != self.world.corp:
            raise Refused(40013, "invalid corpid")
        app = next((one for one in self.world.apps.values() if one.secret == query.get("corpsecret")), None)
        if app is None:
            raise Refused(40001, "invalid credential")
        token = self.world.token(app)
        token.revoked = self.faults.stillborn
        left = int(token.ends - self.world.clock())
        return {"errcode": 0, "errmsg": "ok", "access_token": token.value, "expires_in": left}
