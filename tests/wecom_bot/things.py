"""What the world of the fake consists of: connections, chats, what was called back with, messages, streams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.wecom.pace import HOUR, MINUTE, Frequency
from tests.wecom.refusals import JSON

PER_MINUTE, PER_HOUR = 30, 1000


@dataclass(eq=False)
class Session:
    """A connection: `post` sends a frame on it, `close` ends it with a code. `waiting` are req_ids not yet answered."""

    post: Callable[[JSON], None]
    close: Callable[[int], None]
    subscribed: bool = False
    silent: bool = False
    waiting: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Message:
    """`content` is what everybody sees; `looks` is what an update made of a card for some, by their userids."""

    kind: str
    content: JSON
    looks: dict[str, JSON] = field(default_factory=dict)

    def look(self, userid: str) -> JSON:
        return {"kind": self.kind, **self.looks.get(userid, self.content)}


@dataclass(eq=False)
class Chat:
    """With one person by their userid, or a group; `spoken`: somebody has spoken to the bot there."""

    id: str
    members: tuple[str, ...]
    group: bool = False
    spoken: bool = False
    messages: list[Message] = field(default_factory=list)
    minute: Frequency = field(default_factory=lambda: Frequency(PER_MINUTE, MINUTE))
    hour: Frequency = field(default_factory=lambda: Frequency(PER_HOUR, HOUR))


@dataclass(eq=False)
class Callback:
    """What the bot was told: `number` is its req_id, `event` its eventtype or nothing; `spent`: it was answered."""

    number: str
    frame: JSON
    chat: Chat
    at: float
    event: str = ""
    card: Message | None = None
    spent: bool = False


@dataclass(eq=False)
class Stream:
    number: str
    began: float
    message: Message
    finished: bool = False


@dataclass(eq=False)
class Upload:
    kind: str
    name: str
    size: int
    chunks: int
    md5: str
    at: float
    parts: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Media:
    kind: str
    name: str
    content: bytes
    at: float


@dataclass(frozen=True)
class Made:
    """A request that was made: which, its body, and the code of its refusal, 0 if there was none."""

    command: str
    body: JSON
    code: int
