"""What people see: messages as they are shown now, and the whole world as a transcript for tests that fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.telegram import utf16
from tests.telegram.refusals import JSON
from tests.telegram.things import Chat, Message
from tests.telegram.world import SERVICE, World

MEDIA = {"photo", "voice", "sticker", "location"}


@dataclass(frozen=True)
class SeenButton:
    """`data` is what a press sends; a button that opens a link or copies a text has `url` or `copies` instead."""

    label: str
    data: str = ""
    style: str = ""
    url: str = ""
    copies: str = ""

    @classmethod
    def of(cls, raw: JSON) -> SeenButton:
        copies = raw.get("copy_text", {}).get("text", "")
        return cls(raw["text"], raw.get("callback_data", ""), raw.get("style", ""), raw.get("url", ""), copies)


@dataclass(frozen=True)
class Seen:
    """A message as it stands in a chat: text without tags, buttons, the document's name, the kind of other media."""

    id: int
    sender: str
    text: str
    rows: tuple[tuple[SeenButton, ...], ...]
    document: str
    media: str
    edited: bool
    thread: int | None
    mentions: tuple[str, ...]
    message: Message = field(repr=False, compare=False)

    @classmethod
    def of(cls, message: Message) -> Seen:
        keyboard = (message.markup or {}).get("inline_keyboard", [])
        return cls(
            id=message.id,
            sender=message.sender.name,
            text=message.text,
            rows=tuple(tuple(SeenButton.of(raw) for raw in row) for row in keyboard),
            document=message.body.get("document", {}).get("file_name", ""),
            media=next(iter(MEDIA & message.body.keys()), ""),
            edited=message.edit_date is not None,
            thread=message.thread,
            mentions=tuple(_mentions(message)),
            message=message,
        )

    @property
    def buttons(self) -> tuple[SeenButton, ...]:
        return tuple(button for row in self.rows for button in row)

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    def shows(self, label: str) -> bool:
        return label in self.labels

    def marked(self, kind: str) -> list[str]:
        """The parts of the text that are formatted so: bold, code, ..."""
        return [utf16.part(self.text, entity) for entity in self.message.entities if entity["type"] == kind]

    def line(self) -> str:
        extra = [f"[{self.document or self.media}]"] if self.document or self.media else []
        extra += [f"({' | '.join(self.labels)})"] if self.rows else []
        extra += ["(edited)"] if self.edited else []
        return " ".join([f"#{self.id} {self.sender}: {self.text}", *extra])


def shown(chat: Chat, thread: int | None = None) -> list[Seen]:
    """The messages of a chat, or of one topic, that are still there; service notes are left out."""
    messages = [
        message for message in chat.messages.values() if not message.deleted and not SERVICE & message.body.keys()
    ]
    return [Seen.of(message) for message in messages if thread is None or message.thread == thread]


def transcript(world: World) -> str:
    with world.changed:
        chats = [*world.privates.values(), *world.groups.values()]
        lines = [line for chat in chats for line in [f"-- {chat.kind} {chat.title} ({chat.id})", *_lines(shown(chat))]]
        waiting = [f"{len(bot.queue.pending)} updates wait for @{bot.username}" for bot in world.bots.values()]
        return "\n".join([*lines, *waiting, *(f"complaint: {one}" for one in world.complaints)])


def _lines(messages: Iterable[Seen]) -> list[str]:
    return [message.line() for message in messages]


def _mentions(message: Message) -> list[str]:
    """Who is mentioned by a link, by name."""
    return [entity["user"]["first_name"] for entity in message.entities if entity["type"] == "text_mention"]
