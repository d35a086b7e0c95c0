"""The state of the fake: a corp, its apps, members and groups, what was sent, and what may be used once."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Hashable

from tests.changes import Changes
from tests.wecom.pace import DAY, HOUR, MINUTE, Frequency
from tests.wecom.refusals import JSON, Refused
from tests.wecom.things import App, Code, Delivered, Group, Media, Member, Message, PageCode, Robot, Token

TOKEN_SECONDS = 7200
CODE_SECONDS = 72 * HOUR
MEDIA_SECONDS = 72 * HOUR
ROOT = 1
# How often an API may be called; the sending of messages is not counted.
MOST_CALLS = 10_000
# So many tokens in an hour are more than anybody needs, and fewer than WeCom bears.
MOST_GETTOKENS = 60
PACES = {"gettoken": (MOST_GETTOKENS, HOUR), "appchat/create": (1000, DAY), "appchat/update": (1000, HOUR)}
UNCOUNTED = ("message/send", "appchat/send", "webhook/send")


class World(Changes):
    """`outgoing` is what each member did and our address has not taken yet, once it has a `callback` address."""

    def __init__(self, corp: str, clock: Callable[[], float]) -> None:
        super().__init__()
        self.corp = corp
        self.clock = clock
        self.apps: dict[int, App] = {}
        self.members: dict[str, Member] = {}
        self.departments: dict[int, str] = {ROOT: "店面"}
        self.groups: dict[str, Group] = {}
        self.robots: dict[str, Robot] = {}
        self.messages: list[Message] = []
        self.dropped: list[Message] = []
        self.codes: dict[str, Code] = {}
        self.page_codes: dict[str, PageCode] = {}
        self.media: dict[str, Media] = {}
        self.task_ids: set[tuple[int, str]] = set()
        self.same: dict[str, float] = {}
        self.complaints: list[str] = []
        self.callback = ""
        self.outgoing: dict[str, deque[JSON]] = {}
        self.delivered: list[Delivered] = []
        self.most_calls = MOST_CALLS
        self._paces: dict[str, Frequency] = {}
        self._moments: dict[Hashable, int] = {}
        self._numbers = itertools.count(1)

    def number(self) -> int:
        return next(self._numbers)

    def count(self, path: str) -> None:
        """Raises Refused for one call too many."""
        if path not in self._paces:
            self._paces[path] = Frequency(*PACES.get(path, (self.most_calls, MINUTE)))
        if path not in UNCOUNTED and not self._paces[path].may(self.clock()):
            self.complain(f"{path} is called again and again")
            raise Refused(45009, "api freq out of limit")

    def token(self, app: App) -> Token:
        """The one that lives, or a new one: asking again kills none."""
        alive = [one for one in app.tokens if not one.revoked and self.clock() < one.ends]
        if not alive:
            alive = [Token(f"accesstoken-{app.agent}-{self.number():06}", self.clock() + TOKEN_SECONDS)]
            app.tokens += alive
        return alive[0]

    def app_of(self, value: str) -> App:
        if not value:
            raise Refused(41001, "access_token missing")
        found = ((app, token) for app in self.apps.values() for token in app.tokens if token.value == value)
        app, token = next(found, (None, None))
        if app is None or token is None or token.revoked:
            raise Refused(40014, "invalid access_token")
        if self.clock() >= token.ends:
            raise Refused(42001, "access_token expired")
        return app

    def code(self, message: Message) -> str:
        value = f"code-{self.number():06}"
        self.codes[value] = Code(value, message, self.clock())
        return value

    def page_code(self, who: JSON) -> str:
        value = f"page-{self.number():06}"
        self.page_codes[value] = PageCode(who, self.clock())
        return value

    def add_media(self, kind: str, name: str, content: bytes, robot: str = "") -> Media:
        media = Media(f"media-{self.number():06}", kind, name, content, self.clock(), robot)
        self.media[media.id] = media
        return media

    def medium(self, media_id: str, robot: str = "") -> Media:
        """What a robot uploaded is its own, and of the others' it may send nothing."""
        found = self.media.get(media_id)
        if found is None or found.robot != robot or self.clock() - found.at > MEDIA_SECONDS:
            raise Refused(40007, "invalid media_id")
        return found

    def complain(self, what: str) -> None:
        self.complaints.append(what)

    def moment(self, what: Hashable) -> int:
        """When it happens, in whole seconds: the clock may stand, but nobody does the same thing twice in one."""
        self._moments[what] = max(int(self.clock()), self._moments.get(what, 0) + 1)
        return self._moments[what]

    def happened(self, key: str, said: JSON) -> JSON:
        """A member did this; our address is called with it, if there is one."""
        with self.change():
            if self.callback:
                self.outgoing.setdefault(key, deque()).append(said)
        return said

    def standing(self, key: str) -> list[JSON]:
        """What a member sees of each message, oldest first."""
        mine = (one for one in self.messages if key in one.receivers and not one.recalled)
        return [{"kind": one.kind, **one.look(key)} for one in mine]
