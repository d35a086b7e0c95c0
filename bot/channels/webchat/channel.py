"""The web chat as a channel: its "platform" is tables of this database that the pages read."""

from __future__ import annotations

import asyncio
import mimetypes
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot.talk import Address, Capabilities, DeliveryError, File, Message, Receive
from bot.texts import plain, without_mentions
from storage import webchat
from storage.database import Database

NAME = "webchat"
ACCOUNT = "local"
BOT = "bot"


def private_chat(person: str) -> str:
    return f"staff:{person}"


def group_chat(group: str) -> str:
    return f"group:{group}"


class WebChat:
    """Writes messages for the pages, and wakes the pages that wait for them."""

    name = NAME
    can = Capabilities()

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def run(self, receive: Receive) -> None:
        """The page's requests come in over the API; there is nothing else to listen to."""
        await asyncio.Event().wait()

    async def send(self, to: Address, message: Message, *, at: datetime) -> str:
        return await self._database.write(partial(_post, _table_key(to), message, at))

    async def edit(self, to: Address, ref: str, message: Message, *, at: datetime) -> str:
        await self._database.write(partial(_edit, ref, message))
        return ref

    async def fetch(self, file: str) -> File:
        return await self._database.read(partial(_fetch, file))

    def changed(self, chat: str) -> None:
        """Pages that wait for this conversation look again; call it in the event loop."""
        for event in self._waiting.get(chat, ()):
            event.set()

    @contextmanager
    def listening(self, chat: str) -> Iterator[asyncio.Event]:
        """An event that is set when the conversation changes; look at it after listening has begun."""
        event = asyncio.Event()
        self._waiting[chat].add(event)
        try:
            yield event
        finally:
            self._waiting[chat].discard(event)
            if not self._waiting[chat]:
                del self._waiting[chat]


def _table_key(to: Address) -> str:
    return group_chat(to.chat) if to.group else private_chat(to.chat)


def _html(message: Message) -> str:
    return without_mentions(message.markup).replace("\n", "<br>")


def _buttons(message: Message) -> list[list[dict[str, str]]]:
    return [[{"label": one.label, "action": one.action} for one in row] for row in message.buttons]


def _post(chat: str, message: Message, at: datetime, session: Session) -> str:
    file = message.file
    kept = webchat.keep_file(session, chat=chat, name=file.name, content=file.content) if file else None
    made = webchat.post(
        session,
        chat=chat,
        sender=BOT,
        text=plain(message.markup),
        html=_html(message),
        buttons=_buttons(message),
        at=at,
        file_id=kept.id if kept else None,
    )
    return f"m{made.id}"


def _edit(ref: str, message: Message, session: Session) -> None:
    shown = webchat.get(session, int(ref.removeprefix("m")))
    if shown is None:
        raise DeliveryError("the message is gone", permanent=True)
    webchat.edit(session, shown, text=plain(message.markup), html=_html(message), buttons=_buttons(message))


def _fetch(sha256: str, session: Session) -> File:
    kept = webchat.file_holding(session, sha256)
    if kept is None:
        raise DeliveryError("there is no such file", permanent=True)
    return File(kept.name, kept.content, mimetypes.guess_type(kept.name)[0] or "application/octet-stream")
