"""The state of the fake, under one lock: a corp, its apps and members, what was sent, and what may be changed once."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from tests.wecom.refusals import JSON, Refused
from tests.wecom.things import App, Code, Media, Member, Message, Token

HOUR = 3600
TOKEN_SECONDS = 7200
CODE_SECONDS = 72 * HOUR
MEDIA_SECONDS = 72 * HOUR


class World:
    def __init__(self, corp: str, clock: Callable[[], float]) -> None:
        self.corp = corp
        self.clock = clock
        self.lock = threading.RLock()
        self.apps: dict[int, App] = {}
        self.members: dict[str, Member] = {}
        self.messages: list[Message] = []
        self.dropped: list[Message] = []
        self.codes: dict[str, Code] = {}
        self.media: dict[str, Media] = {}
        self.task_ids: set[tuple[int, str]] = set()
        self.same: dict[str, float] = {}
        self.complaints: list[str] = []
        self._numbers = itertools.count(1)

    def number(self) -> int:
        return next(self._numbers)

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

    def add_media(self, kind: str, name: str, content: bytes) -> Media:
        media = Media(f"media-{self.number():06}", kind, name, content, self.clock())
        self.media[media.id] = media
        return media

    def medium(self, media_id: str) -> Media:
        found = self.media.get(media_id)
        if found is None or self.clock() - found.at > MEDIA_SECONDS:
            raise Refused(40007, "invalid media_id")
        return found

    def complain(self, what: str) -> None:
        self.complaints.append(what)

    def standing(self, key: str) -> list[JSON]:
        """What a member sees of each message, oldest first."""
        mine = (one for one in self.messages if key in one.receivers and not one.recalled)
        return [{"kind": one.kind, **one.look(key)} for one in mine]
