"""What the world of the fake consists of: accounts, chats, messages, files and presses, each in Telegram's JSON."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.telegram.queue import Queue
from tests.telegram.refusals import JSON

INSIDE = {"creator", "administrator", "member"}


@dataclass(eq=False)
class Account:
    id: int
    name: str
    username: str = ""
    language: str = "zh-hans"
    deactivated: bool = False

    def wire(self) -> JSON:
        more = {"username": self.username} if self.username else {}
        return {"id": self.id, "is_bot": False, "first_name": self.name, **more, "language_code": self.language}


@dataclass(eq=False)
class BotAccount(Account):
    token: str = ""
    privacy: bool = True
    queue: Queue = field(default_factory=Queue)
    commands: dict[tuple[str, str], list[JSON]] = field(default_factory=dict)

    def wire(self) -> JSON:
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass(eq=False)
class Chat:
    """A private chat of one bot with one person, or a group; `members` holds everybody who ever was in it."""

    id: int
    kind: str
    title: str
    instance: str
    person: Account | None = None
    bot: BotAccount | None = None
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, str] | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    migrated_to: Chat | None = None

    @property
    def private(self) -> bool:
        return self.kind == "private"

    def wire(self) -> JSON:
        if self.person is not None:
            more = {"username": self.person.username} if self.person.username else {}
            return {"id": self.id, "type": "private", "first_name": self.person.name, **more}
        forum = {"is_forum": True} if self.topics is not None else {}
        return {"id": self.id, "type": self.kind, "title": self.title, **forum}

    def has(self, account: Account) -> bool:
        return self.members.get(account.id) in INSIDE

    def next_message_id(self) -> int:
        return max(self.messages, default=0) + 1


@dataclass(eq=False)
class Message:
    """`body` is what it holds in Telegram's JSON: text and entities, a document and its caption, a service note."""

    id: int
    chat: Chat
    sender: Account
    date: int
    body: JSON
    markup: JSON | None = None
    thread: int | None = None
    reply_to: Message | None = None
    edit_date: int | None = None
    deleted: bool = False

    @property
    def text(self) -> str:
        return str(self.body.get("text", self.body.get("caption", "")))

    @property
    def entities(self) -> list[JSON]:
        found: list[JSON] = self.body.get("entities") or self.body.get("caption_entities") or []
        return found

    def wire(self, *, replied: bool = False) -> JSON:
        """A message that is replied to is shown without what it replied to itself."""
        wire = {"message_id": self.id, "from": self.sender.wire(), "chat": self.chat.wire(), "date": self.date}
        wire |= self.body
        if self.thread is not None:
            wire |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.edit_date is not None:
            wire["edit_date"] = self.edit_date
        if self.markup is not None:
            wire["reply_markup"] = self.markup
        if self.reply_to is not None and not replied:
            wire["reply_to_message"] = self.reply_to.wire(replied=True)
        return wire

    def inaccessible(self) -> JSON:
        return {"chat": self.chat.wire(), "message_id": self.id, "date": 0}


@dataclass(frozen=True, eq=False)
class StoredFile:
    id: str
    name: str
    content: bytes
    path: str

    def wire(self) -> JSON:
        return {"file_id": self.id, "file_unique_id": f"unique-{self.id}", "file_size": len(self.content)}


@dataclass(frozen=True)
class Toast:
    """What a person sees on top of the chat, or in a box that must be closed (`alert`), after a press."""

    text: str
    alert: bool


@dataclass(eq=False)
class Query:
    """A press that the bot may answer once, in time; `answer` is None as long as it has not."""

    id: str
    person: Account
    bot: BotAccount
    at: float
    answer: Toast | None = None
