"""The words that all channels share: who speaks where, what came in, what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

PRIVATE = "private"


@dataclass(frozen=True)
class Address:
    """A chat on a channel: `account` is the bot there, `chat` a person's or, with `group`, a group's address on it.

    One topic of a group is `group/topic`.
    """

    channel: str
    account: str
    chat: str
    group: bool = False

    def __str__(self) -> str:
        return f"{self.channel}|{self.account}|{self.chat}"


class Said(StrEnum):
    """The kinds of thing that a person can do in a chat."""

    TEXT = "text"
    PRESS = "press"
    FILE = "file"
    OTHER = "other"
    EDITED = "edited"
    # What a platform tells of a chat itself.
    MOVED = "moved"
    SENT_AWAY = "sent_away"
    LET_IN = "let_in"
    UNREADABLE = "unreadable"


NEWS_OF_CHATS = (Said.MOVED, Said.SENT_AWAY, Said.LET_IN)


class Tone(StrEnum):
    """What pressing a button means, for platforms that have colours for it."""

    PLAIN = ""
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True)
class Incoming:
    """One thing that a person did: `chat` is `private` or a group's address, `addressed`: a group spoke to the bot.

    `chat_name` is what the group is called, where the channel says it; `message` is the message that was pressed,
    edited or said; a chat that `MOVED` has its new address as `text`, and what is `UNREADABLE` all of it, with what is
    wrong as `action`. A `file` is what the channel's `fetch` takes, `file_name` what its sender called it; files that
    were sent together are of one `album`. `name` is what the platform's own directory calls the sender, where it
    has one and they may be somebody whom we do not know yet.
    """

    channel: str
    account: str
    event_id: str
    sender: str
    chat: str = PRIVATE
    kind: Said = Said.TEXT
    text: str = ""
    action: str = ""
    message: str = ""
    file: str = ""
    addressed: bool = True
    chat_name: str = ""
    file_name: str = ""
    album: str = ""
    name: str = ""

    def payload(self) -> dict[str, Any]:
        """What was said, as the inbox keeps it; who said it where stands beside it."""
        return {name: getattr(self, name) for name in SAID_FIELDS}

    @classmethod
    def of(cls, *, channel: str, account: str, event_id: str, sender: str, payload: dict[str, Any]) -> Incoming:
        """The incoming thing that the inbox kept."""
        said = {**payload, "kind": Said(payload["kind"])}
        return cls(channel=channel, account=account, event_id=event_id, sender=sender, **said)


SAID_FIELDS = (
    *("chat", "kind", "text", "action", "message", "file", "addressed", "chat_name", "file_name", "album"),
    "name",
)


@dataclass(frozen=True)
class Button:
    """A button: `label` is a text key with `values`, `action` at most 64 bytes that come back when it is pressed."""

    label: str
    action: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """A file that goes with a message: its name, what it holds, its media type."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Pressable:
    """A button as it is shown: its words, what comes back when it is pressed, what pressing it means."""

    label: str
    action: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Message:
    """What a channel shows: escaped markup and line breaks, rows of buttons, perhaps a file.

    The markup has `<b>`, `<time datetime="…">` around a moment, and `<at staff="7">` around the name of somebody who is
    to notice it; `people` are their addresses on the channel, by their ids.
    """

    markup: str
    buttons: tuple[tuple[Pressable, ...], ...] = ()
    file: File | None = None
    people: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """How many messages a platform takes: seconds between two in a chat, so many a minute, so many a second in all.

    Where it has one, so many an hour in a chat; what nobody waits for is spread over the first `spread_seconds` of a
    full or half hour, in which everybody sends.
    """

    chat_seconds: float
    per_minute: int
    per_minute_in_group: int
    per_second: int
    per_hour: int = 0
    spread_seconds: int = 0


@dataclass(frozen=True)
class Capabilities:
    """What a channel can do, by which delivery shapes what goes there.

    What cannot be edited stays as it was said; where it can only while somebody presses it, it is said anew after
    that, and of several cards about one thing only the newest (`edit_later`). Buttons that nobody could press are left
    away. `names_of` is the channel whose addresses name people on this one, where it has none of its own.
    """

    edit: bool = True
    edit_later: bool = True
    buttons: bool = True
    names_of: str = ""
    pace: Pace | None = None


class DeliveryError(Exception):
    """A channel could not deliver: `permanent` never will, `retry_after` seconds hold that chat only.

    `moved_to` is the chat's new address; a message that was `refused` is wrong itself, its chat is not; as long as
    the platform is `unreached` it is tried again; a file that is `too_large` is handed out by nobody.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        moved_to: str = "",
        refused: bool = False,
        unreached: bool = False,
        too_large: bool = False,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.retry_after = retry_after
        self.moved_to = moved_to
        self.refused = refused
        self.unreached = unreached
        self.too_large = too_large


class Receive(Protocol):
    """Stores what came in, durably; True if any was new. Only after it returns may a channel acknowledge."""

    async def __call__(self, *incoming: Incoming) -> bool: ...


class Channel(Protocol):
    """A platform. Its words stay inside; it fails only by DeliveryError."""

    name: str
    can: Capabilities

    async def run(self, receive: Receive) -> None: ...

    async def send(self, to: Address, message: Message, *, at: datetime) -> str: ...

    async def edit(self, to: Address, ref: str, message: Message, *, at: datetime) -> str:
        """Shows the message anew; what it is called from now on."""
        ...

    async def fetch(self, file: str) -> File:
        """What somebody sent, by the `file` of what came in; permanent if it will never be had."""
        ...
