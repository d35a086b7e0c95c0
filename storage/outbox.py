"""What goes out: notices and edits, kept with the facts they tell of, sent at least once, in order per recipient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, UniqueConstraint, bindparam, delete, false, func, or_, text, update
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new
from storage.database import ring_bell
from storage.rows import row_with_id

# A notice whose `via` begins so goes there or nowhere; others also go to another chat of the person.
ONLY = "!"


class OutboxState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"


class Kind(StrEnum):
    SEND = "send"
    EDIT = "edit"


# Queries repeat these words: SQLite uses a partial index only for a query that says what the index says.
UNDELIVERED = text("state IN ('waiting', 'sending')")
_WITH_SUBJECT = text("subject <> ''")
_GONE = text("sent_at IS NOT NULL")


class Outbox(SQLModel, table=True):
    """A notice for `recipient` (`staff:7`, `group:2`, `contact:9`).

    `due_at` is the store's time from which it may go (quiet hours, digests); `next_try_at`, `lease_until` and `sent_at`
    are real time. `content` is {"key", "values", "buttons"}; a row with a `subject` is rendered from the facts when
    it is sent, and again when they change; `card` is what the subject's card said when it was sent. A passing text that
    is `past` has no buttons any more: a newer one about the subject has them.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("store_id", "dedupe"),
        Index("outbox_undelivered", "recipient", "id", sqlite_where=UNDELIVERED, postgresql_where=UNDELIVERED),
        Index("outbox_due", "due_at", sqlite_where=UNDELIVERED, postgresql_where=UNDELIVERED),
        Index("outbox_subject", "store_id", "subject", sqlite_where=_WITH_SUBJECT, postgresql_where=_WITH_SUBJECT),
        Index("outbox_sent", "address", "sent_at"),
        Index("outbox_sent_at", "sent_at", "address", sqlite_where=_GONE, postgresql_where=_GONE),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int | None = Field(default=None, foreign_key="stores.id", sa_type=KEY)
    recipient: str
    via: str = ""
    kind: Kind = Field(default=Kind.SEND, sa_type=String)
    content: dict[str, Any] = Field(sa_type=JSON)
    subject: str = ""
    target_id: int | None = Field(default=None, foreign_key="outbox.id", sa_type=KEY)
    digest: bool = False
    dedupe: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    next_try_at: datetime | None = Field(default=None, sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    state: OutboxState = Field(default=OutboxState.WAITING, sa_type=String)
    attempts: int = 0
    error: str = ""
    address: str = ""
    message_ref: str = ""
    card: str = ""
    past: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    sent_at: datetime | None = Field(default=None, sa_type=Moment)


def put(
    session: Session,
    *,
    store_id: int | None,
    recipient: str,
    content: dict[str, Any],
    now: datetime,
    due_at: datetime | None = None,
    via: str = "",
    subject: str = "",
    digest: bool = False,
    dedupe: str | None = None,
    kind: Kind = Kind.SEND,
    target_id: int | None = None,
) -> int | None:
    """Queues a notice; None if the same `dedupe` was queued before."""
    due_at = due_at or now
    row = {
        "store_id": store_id,
        "recipient": recipient,
        "via": via,
        "kind": kind,
        "content": content,
        "subject": subject,
        "target_id": target_id,
        "digest": digest,
        "dedupe": dedupe,
        "created_at": now,
        "due_at": due_at,
        "state": OutboxState.WAITING,
        "attempts": 0,
        "error": "",
        "address": "",
        "message_ref": "",
        "card": "",
    }
    made = insert_new(session, Outbox, row)
    if made is not None:
        ring_bell(session, f"outbox:{recipient}" if due_at <= now else "later")
    return made


def sends_made_at(session: Session, store_id: int, at: datetime) -> list[Outbox]:
    """What was queued for the store to be sent at just this moment, in its order."""
    made = select(Outbox).where(Outbox.store_id == store_id, Outbox.created_at == at, Outbox.kind == Kind.SEND)
    return list(session.exec(made.order_by(col(Outbox.id))))


def get(session: Session, outbox_id: int) -> Outbox | None:
    return row_with_id(session, Outbox, outbox_id)


def ref_of_target(session: Session, row: Outbox) -> str:
    """What the platform calls the message that an edit is about; nothing for a notice of its own."""
    target = get(session, row.target_id) if row.target_id else None
    return target.message_ref if target else ""


def address_of_target(session: Session, row: Outbox) -> str:
    """Where the message that an edit is about was sent; nothing for a notice of its own."""
    target = get(session, row.target_id) if row.target_id else None
    return target.address if target else ""


_ABOUT = (Outbox.store_id == bindparam("store_id"), Outbox.subject == bindparam("subject"), _WITH_SUBJECT)
_NOT_OVER = [OutboxState.WAITING, OutboxState.SENDING, OutboxState.SENT]
_GONE_OUT = (
    select(Outbox)
    .where(*_ABOUT, Outbox.kind == Kind.SEND, col(Outbox.state).in_(_NOT_OVER))
    .order_by(col(Outbox.id))
    .with_for_update(key_share=True)
)
_EDITED_ANYWAY = select(Outbox.target_id).where(*_ABOUT, Outbox.kind == Kind.EDIT, Outbox.state == OutboxState.WAITING)


_THIS_ROW = update(Outbox).where(col(Outbox.id) == bindparam("row_id"))


def is_newest_about(session: Session, edit: Outbox) -> bool:
    """Whether nothing newer about its subject went to the same reader than the message that the edit is about."""
    newer = select(Outbox.id).where(
        Outbox.store_id == edit.store_id,
        Outbox.subject == edit.subject,
        col(Outbox.id) > edit.target_id,
        Outbox.kind == Kind.SEND,
        Outbox.recipient == edit.recipient,
    )
    return not edit.subject or session.exec(newer.limit(1)).one_or_none() is None


def refresh(session: Session, *, store_id: int, subject: str, now: datetime) -> None:
    """Every card about `subject` that went out is shown anew, as the facts are now; what still waits needs nothing.

    A passing text loses its buttons once its reader has heard something newer about the subject, and is left alone
    then. What waits is locked, so that a delivery that has just taken it with the old facts is seen.
    """
    about = {"store_id": store_id, "subject": subject}
    gone_out = session.exec(_GONE_OUT, params=about).all()
    edited_anyway = set(session.exec(_EDITED_ANYWAY, params=about)) if gone_out else ()
    newest = {_reader(card): card.id for card in gone_out}
    cards = [card for card in gone_out if not card.past]
    for card in cards:
        if card.content.get("passing") and card.id != newest[_reader(card)]:
            session.connection().execute(_THIS_ROW.values(past=True), {"row_id": card.id})
        if card.state != OutboxState.WAITING and card.id not in edited_anyway:
            put(
                session,
                store_id=store_id,
                recipient=card.recipient,
                content=card.content,
                now=now,
                via=card.via,
                subject=subject,
                kind=Kind.EDIT,
                target_id=card.id,
            )


def _reader(row: Outbox) -> tuple[str, str]:
    """Who reads it, in each of their chats where they want to hear everywhere."""
    return row.recipient, row.via if row.via.startswith(ONLY) else ""


def expire_waiting(session: Session, *, store_id: int, subject: str, recipients: Sequence[str]) -> None:
    """What was not said yet to these recipients about `subject` need not be said any more."""
    session.connection().execute(
        update(Outbox)
        .where(col(Outbox.store_id) == store_id, col(Outbox.subject) == subject, _WITH_SUBJECT)
        .where(col(Outbox.state) == OutboxState.WAITING, col(Outbox.kind) == Kind.SEND)
        .where(col(Outbox.recipient).in_(recipients))
        .values(state=OutboxState.EXPIRED)
    )


def expire_all(session: Session, recipient: str) -> None:
    """Nothing that waits for the recipient is said any more: they left, or the group was given up."""
    session.connection().execute(
        update(Outbox)
        .where(col(Outbox.recipient) == recipient, UNDELIVERED, col(Outbox.state) == OutboxState.WAITING)
        .values(state=OutboxState.EXPIRED)
    )


_HEAD = (
    select(Outbox)
    .where(Outbox.recipient == bindparam("recipient"), UNDELIVERED)
    .where(or_(col(Outbox.due_at) <= bindparam("now"), col(Outbox.state) == OutboxState.SENDING))
    .order_by(col(Outbox.id))
    .limit(1)
    # Not skipping what is locked: the notice behind it would overtake it.
    .with_for_update()
)


def next_for(session: Session, recipient: str, *, now: datetime, real: datetime) -> Outbox | None:
    """The recipient's oldest undelivered notice that may go now, locked; None if one is under way or must wait.

    Held notices (quiet hours, digests) do not stop the ones behind them that are due already.
    """
    row = session.exec(_HEAD, params={"recipient": recipient, "now": now}).one_or_none()
    if row is None or (row.next_try_at is not None and row.next_try_at > real):
        return None
    if row.state == OutboxState.SENDING and row.lease_until is not None and row.lease_until > real:
        return None
    return row


def digest_with(session: Session, first: Outbox, *, now: datetime, most: int = 20) -> list[Outbox]:
    """The other notices of the same recipient that are gathered into one message with `first`."""
    gathered = select(Outbox).where(
        Outbox.recipient == first.recipient,
        UNDELIVERED,
        Outbox.state == OutboxState.WAITING,
        col(Outbox.digest),
        Outbox.due_at <= now,
        Outbox.id > first.id,
    )
    return list(session.exec(gathered.order_by(col(Outbox.id)).limit(most)))


def gathering_until(session: Session, recipient: str) -> datetime | None:
    """When the digest that is being gathered for this recipient goes out, if one is."""
    gathering = select(func.min(Outbox.due_at)).where(
        Outbox.recipient == recipient, UNDELIVERED, Outbox.state == OutboxState.WAITING, col(Outbox.digest)
    )
    return session.exec(gathering).one()


def lease(
    session: Session, row: Outbox, *, until: datetime, address: str, card: str = "", going: datetime | None = None
) -> None:
    """Takes the notice for sending; `card` is what its subject's card says now.

    From `going` (real time) on it counts for the platform's limits, although it has not arrived.
    """
    set_committed_value(row, "attempts", row.attempts + 1)
    taken = {"state": OutboxState.SENDING, "lease_until": until, "address": address, "card": card, "sent_at": going}
    session.connection().execute(_THIS_ROW, {"row_id": row.id, "attempts": row.attempts, **taken})


_STILL_OURS = update(Outbox).where(
    col(Outbox.id).in_(bindparam("ids", expanding=True)), col(Outbox.state) == OutboxState.SENDING
)


def _close(session: Session, ids: Sequence[int], **values: Any) -> None:
    session.connection().execute(_STILL_OURS, {"ids": list(ids), "lease_until": None, **values})


_EDIT = aliased(Outbox)


def mark_sent(session: Session, ids: Sequence[int], *, message_ref: str, real: datetime, instead_of: str = "") -> None:
    """The platform has taken it, at `real` time; `message_ref` is what it is called there.

    An edit names the message that it changed; where it made a new one `instead_of` that, the new one is the card.
    """
    _close(session, ids, state=OutboxState.SENT, message_ref=message_ref, sent_at=real, error="")
    if instead_of and instead_of != message_ref:
        card = select(_EDIT.target_id).where(col(_EDIT.id).in_(ids))
        session.connection().execute(update(Outbox).where(col(Outbox.id).in_(card)).values(message_ref=message_ref))


def mark_failed(session: Session, ids: Sequence[int], error: str) -> None:
    _close(session, ids, state=OutboxState.FAILED, error=error)


def mark_expired(session: Session, ids: Sequence[int]) -> None:
    _close(session, ids, state=OutboxState.EXPIRED)


def retry_at(session: Session, ids: Sequence[int], *, at: datetime, error: str) -> None:
    """Puts notices back in their place in the order, to be tried again at `at` (real time)."""
    _close(session, ids, state=OutboxState.WAITING, next_try_at=at, error=error)
    ring_bell(session, "later")


def release_leases(session: Session) -> None:
    """Notices in flight when the only process died wait again."""
    stuck = update(Outbox).where(UNDELIVERED, col(Outbox.state) == OutboxState.SENDING)
    session.connection().execute(stuck.values(state=OutboxState.WAITING, lease_until=None))


def forget_before(session: Session, before: datetime) -> int:
    """Housekeeping: drops what went out before `before`, edits first because they point at their cards."""
    ended = [OutboxState.SENT, OutboxState.EXPIRED]
    gone = 0
    for kind in (Kind.EDIT, Kind.SEND):
        old = delete(Outbox).where(
            col(Outbox.kind) == kind, col(Outbox.state).in_(ended), col(Outbox.created_at) < before
        )
        if kind == Kind.SEND:
            still_edited = select(Outbox.target_id).where(col(Outbox.target_id).is_not(None))
            old = old.where(col(Outbox.id).not_in(still_edited))
        gone += session.connection().execute(old).rowcount
    return gone
