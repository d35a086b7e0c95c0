"""What came in: kept before it is acknowledged, handled once, in order per lane, parked when it cannot be handled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, UniqueConstraint, bindparam, delete, func, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new
from storage.database import ring_bell
from storage.rows import the_row
from storage.staff import Contact, contact

PARK_AFTER = 3


class InboxState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"


_IS_WAITING = text("state = 'waiting'")


class Inbox(SQLModel, table=True):
    """One event of a platform; `lane` is `staff:7`, or `contact:9` for a stranger."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "account", "event_id"),
        Index("inbox_waiting", "lane", "id", sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    channel: str
    account: str
    event_id: str
    contact_id: int = Field(foreign_key="contacts.id", sa_type=KEY)
    lane: str
    payload: dict[str, Any] = Field(sa_type=JSON)
    received_at: datetime = Field(sa_type=Moment)
    state: InboxState = Field(default=InboxState.WAITING, sa_type=String)
    attempts: int = 0
    error: str = ""
    done_at: datetime | None = Field(default=None, sa_type=Moment)


def lane_of(contact: Contact) -> str:
    return f"staff:{contact.staff_id}" if contact.staff_id else f"contact:{contact.id}"


def store_incoming(
    session: Session,
    *,
    channel: str,
    account: str,
    event_id: str,
    sender: str,
    payload: dict[str, Any],
    now: datetime,
    parked: str = "",
) -> str | None:
    """Keeps the event and returns its lane; None if this event was kept before, or is `parked` for this reason."""
    known = contact(session, channel=channel, account=account, address=sender)
    row = {
        "channel": channel,
        "account": account,
        "event_id": event_id,
        "contact_id": known.id,
        "lane": lane_of(known),
        "payload": payload,
        "received_at": now,
        "state": InboxState.PARKED if parked else InboxState.WAITING,
        "attempts": 0,
        "error": parked,
    }
    if insert_new(session, Inbox, row) is None or parked:
        return None
    ring_bell(session, f"lane:{row['lane']}")
    return str(row["lane"])


_FIND = select(Inbox).where(
    Inbox.channel == bindparam("channel"),
    Inbox.account == bindparam("account"),
    Inbox.event_id == bindparam("event_id"),
)


def find(session: Session, *, channel: str, account: str, event_id: str) -> Inbox | None:
    event = {"channel": channel, "account": account, "event_id": event_id}
    return session.exec(_FIND, params=event).one_or_none()


_NEXT = (
    select(Inbox, Contact)
    .join(Contact, col(Contact.id) == Inbox.contact_id)
    .where(Inbox.lane == bindparam("lane"), Inbox.state == InboxState.WAITING)
    .order_by(col(Inbox.id))
    .limit(2)
)


@dataclass(frozen=True)
class Next:
    """The event whose turn it is, whose it is, and whether another waits behind it."""

    event: Inbox
    contact: Contact
    more: bool


def next_in_lane(session: Session, lane: str) -> Next | None:
    """The lane's oldest waiting event; call it with the lane locked."""
    waiting = session.exec(_NEXT, params={"lane": lane}).all()
    return Next(*waiting[0], more=len(waiting) > 1) if waiting else None


def waiting_lanes(session: Session) -> list[str]:
    waiting = select(Inbox.lane).where(Inbox.state == InboxState.WAITING).group_by(Inbox.lane)
    return list(session.exec(waiting.order_by(func.min(Inbox.id))))


_THIS = update(Inbox).where(col(Inbox.id) == bindparam("event"))


def mark_done(session: Session, event: Inbox, *, now: datetime) -> None:
    session.connection().execute(_THIS, {"event": event.id, "state": InboxState.DONE, "done_at": now})


def forget_words(session: Session, event: Inbox) -> None:
    """What people of a group said to each other is not kept; that something came is."""
    words = {"text": "", "file": "", "chat_name": ""}
    session.connection().execute(_THIS, {"event": event.id, "payload": {**event.payload, **words}})


def record_failure(session: Session, inbox_id: int, error: str) -> bool:
    """Counts one failed try; True if the event is parked now and its lane goes on without it.

    One that another process has done meanwhile stays done.
    """
    tried = select(Inbox).where(Inbox.id == inbox_id, Inbox.state == InboxState.WAITING)
    event = session.exec(tried.with_for_update(key_share=True)).one_or_none()
    if event is None:
        return False
    event.attempts += 1
    event.error = error
    if event.attempts >= PARK_AFTER:
        event.state = InboxState.PARKED
    session.add(event)
    return event.state == InboxState.PARKED


def move_lane(session: Session, contact: Contact, *, old: str, after: int = 0) -> None:
    """What waits of a contact that is somebody's now is handled in the person's own lane, which is woken.

    `after` is the event that made it so, which stays where it is.
    """
    ring_bell(session, f"lane:{lane_of(contact)}")
    session.connection().execute(
        update(Inbox)
        .where(col(Inbox.contact_id) == contact.id, col(Inbox.lane) == old, col(Inbox.state) == InboxState.WAITING)
        .where(col(Inbox.id) > after)
        .values(lane=lane_of(contact))
    )


def forget_before(session: Session, before: datetime) -> int:
    """Housekeeping: drops events that were done before `before`; parked ones stay for a human."""
    done = delete(Inbox).where(col(Inbox.state) == InboxState.DONE, col(Inbox.done_at) < before)
    return session.connection().execute(done).rowcount


def get(session: Session, inbox_id: int) -> Inbox:
    return the_row(session, Inbox, inbox_id)


def last_before(session: Session, inbox_id: int, *, lane: str) -> Inbox | None:
    """What came before that event in its lane."""
    before = select(Inbox).where(Inbox.lane == lane, col(Inbox.id) < inbox_id).order_by(col(Inbox.id).desc())
    return session.exec(before.limit(1)).one_or_none()


def text_of(session: Session, inbox_id: int, *, lane: str) -> str:
    """What was typed in that event of that lane; nothing if it is another's or no text."""
    event = session.exec(select(Inbox).where(Inbox.id == inbox_id, Inbox.lane == lane)).one_or_none()
    return str(event.payload.get("text", "")) if event else ""
