"""When which fact must be looked at again: one table for everything that rings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint, bindparam, delete, func, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import KEY, Moment, insert_new
from storage.database import ring_bell


class Reminder(SQLModel, table=True):
    """`feature` is asked about `subject` at `at`; `occurrence` tells several reminders of one subject apart.

    `held_until` (real time) and `failures` are for one that could not be rung.
    """

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("store_id", "feature", "subject", "occurrence"), Index("reminders_at", "at"))

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    feature: str
    subject: str
    occurrence: str
    at: datetime = Field(sa_type=Moment)
    held_until: datetime | None = Field(default=None, sa_type=Moment)
    failures: int = 0


def put(session: Session, *, store_id: int, feature: str, subject: str, occurrence: str, at: datetime) -> None:
    """Sets the reminder, or moves it."""
    key = {"store_id": store_id, "feature": feature, "subject": subject, "occurrence": occurrence}
    if insert_new(session, Reminder, {**key, "at": at, "failures": 0}) is None:
        same = [getattr(Reminder, name) == value for name, value in key.items()]
        session.connection().execute(update(Reminder).where(*same).values(at=at, held_until=None, failures=0))
    ring_bell(session, "reminders")


def at_of(session: Session, *, store_id: int, feature: str, subject: str) -> datetime | None:
    """When the feature is asked about the subject next; None if never."""
    of_subject = (Reminder.store_id == store_id, Reminder.feature == feature, Reminder.subject == subject)
    return session.exec(select(func.min(Reminder.at)).where(*of_subject)).one()


def clear(session: Session, *, store_id: int, feature: str, subject: str) -> None:
    """Nothing rings about the subject any more."""
    session.connection().execute(
        delete(Reminder).where(
            col(Reminder.store_id) == store_id, col(Reminder.feature) == feature, col(Reminder.subject) == subject
        )
    )


_DUE = (
    select(Reminder)
    .where(col(Reminder.at) <= bindparam("now"))
    .where(or_(col(Reminder.held_until).is_(None), col(Reminder.held_until) <= bindparam("real")))
    .order_by(col(Reminder.at), col(Reminder.id))
    .limit(bindparam("most"))
)


def due(session: Session, *, now: datetime, real: datetime, most: int = 100) -> list[Reminder]:
    return list(session.exec(_DUE, params={"now": now, "real": real, "most": most}))


_EARLIEST = select(func.min(Reminder.at))
_EARLIEST_AFTER = _EARLIEST.where(col(Reminder.at) > bindparam("after"))
_NEXT_HELD = select(func.min(Reminder.held_until)).where(col(Reminder.held_until) > bindparam("after"))


def next_at(session: Session, *, after: datetime | None = None) -> datetime | None:
    """The earliest moment at which anything rings (later than `after`, if given)."""
    if after is None:
        return session.exec(_EARLIEST).one()
    return session.exec(_EARLIEST_AFTER, params={"after": after}).one()


def next_held(session: Session, *, after: datetime) -> datetime | None:
    """The next moment (real time) at which a reminder that could not be rung is tried again."""
    return session.exec(_NEXT_HELD, params={"after": after}).one()


def take(session: Session, reminder: Reminder) -> bool:
    """Uses the reminder up in this transaction; False if it was moved, rung or cleared meanwhile."""
    taken = session.connection().execute(
        delete(Reminder).where(col(Reminder.id) == reminder.id, col(Reminder.at) == reminder.at)
    )
    return taken.rowcount == 1


def hold(session: Session, reminder_id: int, *, until: datetime) -> None:
    """A reminder that could not be rung is tried again later (real time) and stops no other."""
    session.connection().execute(
        update(Reminder)
        .where(col(Reminder.id) == reminder_id)
        .values(held_until=until, failures=col(Reminder.failures) + 1)
    )
