"""When the outbox has something to send: who is due now, the next moments, and what the platforms' limits count."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_
from sqlmodel import Session, col, select

from storage.database import ring_bell
from storage.outbox import UNDELIVERED, Outbox, OutboxState

_OLDEST = (
    select(func.min(Outbox.id).label("id"))
    .where(UNDELIVERED)
    .where(or_(col(Outbox.due_at) <= bindparam("now"), col(Outbox.state) == OutboxState.SENDING))
    .group_by(Outbox.recipient)
    .subquery()
)
_RECIPIENTS_DUE = (
    select(Outbox.recipient)
    .join(_OLDEST, _OLDEST.c.id == col(Outbox.id))
    .where(or_(col(Outbox.state) == OutboxState.WAITING, col(Outbox.lease_until) <= bindparam("real")))
    .where(or_(col(Outbox.next_try_at).is_(None), col(Outbox.next_try_at) <= bindparam("real")))
    .order_by(col(Outbox.id))
)


def recipients_due(session: Session, *, now: datetime, real: datetime) -> list[str]:
    """Everybody whose oldest undelivered notice may go out now, who has waited longest first.

    What a dead process had in hand may go again once its lease has run out.
    """
    return list(session.exec(_RECIPIENTS_DUE, params={"now": now, "real": real}))


_IS_WAITING = (UNDELIVERED, Outbox.state == OutboxState.WAITING)
_NEXT_DUE = select(func.min(Outbox.due_at)).where(*_IS_WAITING, col(Outbox.due_at) > bindparam("after"))
_NEXT_TRY = select(func.min(Outbox.next_try_at)).where(*_IS_WAITING, col(Outbox.next_try_at) > bindparam("after"))


def next_due(session: Session, *, after: datetime) -> datetime | None:
    """The store's next moment at which a held notice may go."""
    return session.exec(_NEXT_DUE, params={"after": after}).one()


def next_try(session: Session, *, after: datetime) -> datetime | None:
    """The next moment (real time) at which a notice that had to wait is tried again."""
    return session.exec(_NEXT_TRY, params={"after": after}).one()


def hold(session: Session, row: Outbox, *, until: datetime) -> None:
    """The notice is due later (the store's time); what is due behind it may go ahead."""
    row.due_at = until
    session.add(row)
    ring_bell(session, "later")


def wait_until(session: Session, row: Outbox, at: datetime) -> None:
    """Keeps a notice in its place until the platform's limits let it go (real time)."""
    row.next_try_at = at
    session.add(row)
    ring_bell(session, "later")


def take_turns(session: Session, channel: str) -> None:
    """Whoever counts what went over the channel has it for themselves until the commit: what they then send counts.

    On SQLite every transaction that writes has the file for itself.
    """
    if session.connection().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(func.hashtext("outbox"), func.hashtext(channel))))


# What was tried longer ago than any platform holds a chat; the index of what was sent knows when.
LONGEST_HOLD = timedelta(days=1)
_HELD_UNTIL = select(func.max(Outbox.next_try_at)).where(
    Outbox.address == bindparam("address"),
    col(Outbox.sent_at) > bindparam("tried_after"),
    Outbox.state == OutboxState.WAITING,
    col(Outbox.next_try_at) > bindparam("real"),
)


def held_until(session: Session, address: str, *, real: datetime) -> datetime | None:
    """Until when (real time) something that was tried there and did not arrive holds the chat; None if nothing does."""
    return session.exec(
        _HELD_UNTIL, params={"address": address, "tried_after": real - LONGEST_HOLD, "real": real}
    ).one()


def sent_since(
    session: Session, *, since: datetime, address: str | None = None, channel: str | None = None
) -> list[datetime]:
    """When messages went (or are going) to an address, or over a channel as a whole, since `since`; oldest first."""
    sent = select(Outbox.sent_at).where(col(Outbox.sent_at) > since)
    if address is not None:
        sent = sent.where(Outbox.address == address)
    if channel is not None:
        sent = sent.where(col(Outbox.address).startswith(f"{channel}|", autoescape=True))
    return [at for at in session.exec(sent.order_by(col(Outbox.sent_at))) if at is not None]


def refs_since(session: Session, *, since: datetime, address: str) -> list[tuple[datetime, str]]:
    """When each notice went to an address since then, and what it is called there; oldest first."""
    went = select(Outbox.sent_at, Outbox.message_ref).where(
        Outbox.address == address, col(Outbox.sent_at) > since, Outbox.message_ref != ""
    )
    return [(at, ref) for at, ref in session.exec(went.order_by(col(Outbox.sent_at))) if at is not None]
