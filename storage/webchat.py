"""The web chat's own "platform": the conversations that its pages show, and their files."""

from __future__ import annotations

import hashlib
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Column, LargeBinary, UniqueConstraint, bindparam, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new
from storage.database import ring_bell
from storage.rows import row_with_id

PAGE = 200


class WebChat(SQLModel, table=True):
    """A conversation: `staff:wang` is wang's private chat, `group:store` the store's; seqs are given under its lock."""

    __tablename__ = "webchat_chats"

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    key: str = Field(unique=True)
    last_seq: int = 0


class WebMessage(SQLModel, table=True):
    """A message on the page; an edit gives it a higher `seq` and keeps its id."""

    __tablename__ = "webchat_messages"
    __table_args__ = (UniqueConstraint("chat", "seq"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    chat: str
    seq: int
    sender: str
    text: str
    html: str
    buttons: list[list[dict[str, str]]] = Field(sa_type=JSON)
    file_id: int | None = Field(default=None, foreign_key="webchat_files.id", sa_type=KEY)
    edited: bool = False
    at: datetime = Field(sa_type=Moment)


class WebFile(SQLModel, table=True):
    """A file as it was sent; who may read its conversation may read it."""

    __tablename__ = "webchat_files"

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    chat: str
    name: str
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str


_COUNT = (
    update(WebChat)
    .where(col(WebChat.key) == bindparam("chat"))
    .values(last_seq=WebChat.last_seq + 1)
    .returning(col(WebChat.last_seq))
)


def next_seq(session: Session, chat: str) -> int:
    """The conversation's next number; holds its lock until the transaction ends."""
    seq: int | None = session.connection().execute(_COUNT, {"chat": chat}).scalar_one_or_none()
    if seq is None:
        # Of two who begin a conversation at once, the second waits for the first one's row and counts on.
        insert_new(session, WebChat, {"key": chat, "last_seq": 0})
        seq = session.connection().execute(_COUNT, {"chat": chat}).scalar_one()
    ring_bell(session, f"chat:{chat}")
    return seq


def post(
    session: Session,
    *,
    chat: str,
    sender: str,
    text: str,
    html: str,
    at: datetime,
    buttons: list[list[dict[str, str]]] | None = None,
    file_id: int | None = None,
) -> WebMessage:
    message = WebMessage(
        chat=chat,
        seq=next_seq(session, chat),
        sender=sender,
        text=text,
        html=html,
        buttons=buttons or [],
        file_id=file_id,
        at=at,
    )
    session.add(message)
    session.flush()
    return message


def edit(session: Session, message: WebMessage, *, text: str, html: str, buttons: list[list[dict[str, str]]]) -> None:
    """Shows the message anew, if anything about it has changed."""
    if (message.text, message.html, message.buttons) == (text, html, buttons):
        return
    message.text, message.html, message.buttons = text, html, buttons
    message.edited = True
    message.seq = next_seq(session, message.chat)
    session.add(message)


def get(session: Session, message_id: int) -> WebMessage | None:
    return row_with_id(session, WebMessage, message_id)


_PAGE = (
    select(WebMessage)
    .where(WebMessage.chat == bindparam("chat"), col(WebMessage.seq) > bindparam("after"))
    .order_by(col(WebMessage.seq))
    .limit(PAGE)
)


def page(session: Session, chat: str, *, after: int) -> list[WebMessage]:
    """The conversation's messages with a number above `after`, lowest first, one page."""
    return list(session.exec(_PAGE, params={"chat": chat, "after": after}))


def keep_file(session: Session, *, chat: str, name: str, content: bytes) -> WebFile:
    kept = WebFile(chat=chat, name=name, content=content, sha256=hashlib.sha256(content).hexdigest())
    session.add(kept)
    session.flush()
    return kept


def file(session: Session, file_id: int) -> WebFile | None:
    return row_with_id(session, WebFile, file_id)


def file_holding(session: Session, sha256: str) -> WebFile | None:
    """The newest file that holds this: who sends the same again after a lost answer has said the same thing."""
    same = select(WebFile).where(WebFile.sha256 == sha256).order_by(col(WebFile.id).desc())
    return session.exec(same.limit(1)).first()


def as_json(message: WebMessage, file: WebFile | None, zone: tzinfo) -> dict[str, Any]:
    """The message as the API gives it, its time in the store's zone."""
    return {
        "seq": message.seq,
        "id": f"m{message.id}",
        "from": message.sender,
        "text": message.text,
        "html": message.html,
        "buttons": message.buttons,
        "file": {"name": file.name, "url": f"/api/chat/files/{file.id}"} if file else None,
        "edited": message.edited,
        "at": message.at.astimezone(zone).isoformat(),
    }
