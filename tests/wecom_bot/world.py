"""The state of the fake, under one lock: a bot, its chats, what it was told, what it said, what was uploaded."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from tests.wecom.pace import MINUTE, Frequency
from tests.wecom.refusals import JSON, Refused
from tests.wecom_bot.refusals import UNKNOWN_CODE
from tests.wecom_bot.things import Callback, Chat, Made, Media, Message, Session, Stream, Upload

# More than whoever waits longer and longer ever needs.
SUBSCRIBES_PER_MINUTE = 20
UPLOADS_PER_MINUTE = 30
MEDIA_SECONDS = 72 * 3600
DOWNLOAD_SECONDS = 300


class World:
    """`missed` is what people did while nobody was connected: WeCom sends nothing again."""

    def __init__(self, bot_id: str, secret: str, clock: Callable[[], float]) -> None:
        self.bot_id = bot_id
        self.secret = secret
        self.clock = clock
        self.lock = threading.RLock()
        self.session: Session | None = None
        self.chats: dict[str, Chat] = {}
        self.callbacks: dict[str, Callback] = {}
        self.missed: list[Callback] = []
        self.calls: list[Made] = []
        self.streams: dict[str, Stream] = {}
        self.uploads: dict[str, Upload] = {}
        self.media: dict[str, Media] = {}
        self.downloads: dict[str, Media] = {}
        self.task_ids: set[str] = set()
        self.complaints: list[str] = []
        self.subscribing = Frequency(SUBSCRIBES_PER_MINUTE, MINUTE)
        self.uploading = Frequency(UPLOADS_PER_MINUTE, MINUTE)
        self._numbers = itertools.count(1)

    def number(self, kind: str) -> str:
        return f"{kind}-{next(self._numbers):06}"

    def take_place(self, session: Session) -> None:
        """The older connection is told, and ended."""
        before, self.session = self.session, session
        session.subscribed = True
        if before is not None and before is not session:
            before.subscribed = False
            event = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
            before.post(self.frame("aibot_event_callback", {"msgid": self.number("msg"), **event}))
            before.close(1000)

    def leave(self, session: Session) -> None:
        session.subscribed = False
        if self.session is session:
            self.session = None

    def frame(self, command: str, body: JSON) -> JSON:
        return {"cmd": command, "headers": {"req_id": self.number("callback")}, "body": body}

    def call_back(self, chat: Chat, body: JSON, *, event: str = "", card: Message | None = None) -> Callback:
        """Once, to whoever is connected."""
        frame = self.frame("aibot_event_callback" if event else "aibot_msg_callback", body)
        told = Callback(frame["headers"]["req_id"], frame, chat, self.clock(), event, card)
        self.callbacks[told.number] = told
        self.post(told)
        return told

    def post(self, told: Callback) -> None:
        if self.session is None or self.session.silent:
            self.missed.append(told)
        else:
            self.session.post(told.frame)

    def chat_named(self, chat_id: str) -> Chat:
        """One that WeCom knows, by its exact name, and in which somebody has spoken to the bot."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise Refused(93006, "invalid chatid")
        if not chat.spoken:
            raise Refused(846607, "no user has sent a message to the bot in this chat")
        return chat

    def say(self, chat: Chat, kind: str, content: JSON) -> Message:
        """Answers and everything else count together."""
        self.count(chat)
        chat.messages.append(Message(kind, content))
        return chat.messages[-1]

    def count(self, chat: Chat) -> None:
        now = self.clock()
        if not chat.minute.may(now) or not chat.hour.may(now):
            raise Refused(UNKNOWN_CODE["too many messages"], "api freq out of limit")

    def medium(self, media_id: str, kind: str) -> Media:
        found = self.media.get(media_id)
        if found is None or found.kind != kind or self.clock() - found.at > MEDIA_SECONDS:
            raise Refused(40007, "invalid media_id")
        return found

    def hand_out(self, kind: str, name: str, sealed: bytes) -> str:
        """The path at which it is had for five minutes."""
        path = f"/media/{self.number('download')}"
        self.downloads[path] = Media(kind, name, sealed, self.clock())
        return path

    def handed_out(self, path: str) -> Media | None:
        with self.lock:
            found = self.downloads.get(path)
            return found if found and self.clock() - found.at <= DOWNLOAD_SECONDS else None
