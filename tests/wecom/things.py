"""What the world of the fake consists of: apps, members, groups, messages, media and codes that work once."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.wecom.pace import MINUTE, Frequency
from tests.wecom.refusals import JSON


@dataclass(eq=False)
class Token:
    value: str
    ends: float
    revoked: bool = False


@dataclass(eq=False)
class App:
    """`calls_back`: it has a callback address, without which no card with buttons goes out.

    Only an app that everybody of the corp sees (`sees_root`) may make groups.
    """

    agent: int
    secret: str
    calls_back: bool = True
    sees_root: bool = True
    closed: bool = False
    tokens: list[Token] = field(default_factory=list)
    menu: list[JSON] = field(default_factory=list)


@dataclass(eq=False)
class Member:
    """`visible`: in the range that the app is shown to; `status`: 1 active, 2 disabled, 4 not activated, 5 left."""

    userid: str
    visible: bool = True
    name: str = ""
    status: int = 1
    departments: tuple[int, ...] = (1,)

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


@dataclass(frozen=True, eq=False)
class Post:
    """What was said in a group, who of it got it, and whom it mentioned; userids in small letters."""

    kind: str
    content: JSON
    readers: tuple[str, ...]
    mentioned: tuple[str, ...]
    at: float


@dataclass(eq=False)
class Group:
    """A group that an app made, or one with a robot in it; `members` are userids in small letters."""

    id: str
    name: str
    members: list[str]
    owner: str = ""
    app: App | None = None
    posts: list[Post] = field(default_factory=list)


@dataclass(eq=False)
class Robot:
    """A group's robot; whoever has its key speaks as it."""

    key: str
    group: Group
    pace: Frequency = field(default_factory=lambda: Frequency(20, MINUTE))


@dataclass(eq=False)
class Code:
    """Changes one card, once, for three days."""

    value: str
    message: Message
    at: float
    spent: bool = False


@dataclass(eq=False)
class PageCode:
    """Says once, for five minutes, who opened a page: a member's userid, or what an outsider is called."""

    who: JSON
    at: float
    spent: bool = False


@dataclass(frozen=True, eq=False)
class Media:
    """`robot` is the key of the robot that alone may send it, nothing for what all apps of the corp may."""

    id: str
    kind: str
    name: str
    content: bytes
    at: float
    robot: str = ""


@dataclass(frozen=True)
class Made:
    """A call that was made: which, its JSON, and the code of its refusal, 0 if there was none."""

    path: str
    body: JSON
    code: int


@dataclass(frozen=True)
class Delivered:
    """What WeCom called our address with: what was said, and the statuses of its tries, 0 for no answer in time."""

    said: JSON
    statuses: tuple[int, ...]


@dataclass(frozen=True)
class Upload:
    """A part of a multipart body; `disposition` is its header as it came."""

    field: str
    name: str
    disposition: str
    content: bytes
