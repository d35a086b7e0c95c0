"""What the world of the fake consists of: apps, members, messages, media and the codes that change a card once."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.wecom.refusals import JSON


@dataclass(eq=False)
class Token:
    value: str
    ends: float
    revoked: bool = False


@dataclass(eq=False)
class App:
    """`calls_back`: it has a callback address, without which no card with buttons goes out."""

    agent: int
    secret: str
    calls_back: bool = True
    tokens: list[Token] = field(default_factory=list)


@dataclass(eq=False)
class Member:
    """`visible`: in the range that the app is shown to."""

    userid: str
    visible: bool = True

    @property
    def key(self) -> str:
        return self.userid.lower()


@dataclass(eq=False)
class Message:
    """`content` is what was sent; `looks` is what an update made of a card, by the member's userid in small letters."""

    number: str
    app: App
    kind: str
    content: JSON
    receivers: tuple[str, ...]
    at: float
    looks: dict[str, JSON] = field(default_factory=dict)
    recalled: bool = False

    def look(self, key: str) -> JSON:
        return self.looks.get(key, self.content)


@dataclass(eq=False)
class Code:
    """Changes one card, once, for three days."""

    value: str
    message: Message
    at: float
    spent: bool = False


@dataclass(frozen=True, eq=False)
class Media:
    id: str
    kind: str
    name: str
    content: bytes
    at: float


@dataclass(frozen=True)
class Made:
    """A call that was made: which, its JSON, and the code of its refusal, 0 if there was none."""

    path: str
    body: JSON
    code: int


@dataclass(frozen=True)
class Upload:
    """A part of a multipart body; `disposition` is its header as it came."""

    field: str
    name: str
    disposition: str
    content: bytes
