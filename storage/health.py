"""How the deployment is: what waits, since when, and what was left behind; counts and moments, nothing personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, TextClause, exists, func, or_, text
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.inbox import Inbox, InboxState
from storage.invites import Invite
from storage.outbox import Outbox, OutboxState
from storage.reminders import Reminder
from storage.staff import Contact, Group, Role, Staff
from storage.stores import Store

_UNDELIVERED = text("state IN ('waiting', 'sending')")
_INBOX_WAITING = text("state = 'waiting'")


@dataclass(frozen=True)
class Queue:
    """How many wait for now, and since when the oldest does."""

    waiting: int
    oldest: datetime | None

    def seconds(self, now: datetime) -> float:
        return max((now - self.oldest).total_seconds(), 0.0) if self.oldest and self.waiting else 0.0


@dataclass(frozen=True)
class Depths:
    """The queues of the whole deployment: what is due only; `held` notices wait for their hour."""

    inbox: Queue
    parked: int
    outbox: Queue
    held: int
    sending: int
    reminders: Queue
    not_rung: int


def depths(session: Session, now: datetime) -> Depths:
    waiting = (_UNDELIVERED, col(Outbox.state) == OutboxState.WAITING)
    due, ripe = col(Outbox.due_at) <= now, col(Reminder.at) <= now
    return Depths(
        inbox=_queue(session, Inbox.received_at, _INBOX_WAITING),
        parked=_queue(session, Inbox.received_at, col(Inbox.state) == InboxState.PARKED).waiting,
        outbox=_queue(session, Outbox.due_at, *waiting, due),
        held=_queue(session, Outbox.due_at, *waiting, ~due).waiting,
        sending=_queue(session, Outbox.due_at, _UNDELIVERED, col(Outbox.state) == OutboxState.SENDING).waiting,
        reminders=_queue(session, Reminder.at, ripe),
        not_rung=_queue(session, Reminder.at, ripe, col(Reminder.failures) > 0).waiting,
    )


def _queue(session: Session, since: datetime | None, *where: ColumnElement[bool] | TextClause) -> Queue:
    """The rows of a table that are meant; `since` is the column that says since when they wait."""
    waiting, oldest = session.exec(select(func.count(), func.min(since)).where(*where)).one()
    return Queue(waiting, oldest)


def failed_since(session: Session, since: datetime) -> int:
    """The notices of any store that could not be delivered and came up since then."""
    failed = col(Outbox.state) == OutboxState.FAILED
    return _queue(session, Outbox.created_at, failed, col(Outbox.created_at) >= since).waiting


def refusals(session: Session) -> list[str]:
    """What the platforms said of the notices that are tried again, each once."""
    refused = select(Outbox.error).where(_UNDELIVERED, Outbox.error != "").distinct()
    return list(session.exec(refused.order_by(Outbox.error)))


def not_reached(session: Session, store_id: int) -> list[Staff]:
    """Who works in the store and cannot be told anything: no chat of theirs was ever used, or all are blocked.

    A chat counts when somebody has written in it or came in by an invitation; one on a platform is there because
    of that.
    """
    came_in = exists().where(col(Invite.staff_id) == col(Contact.staff_id), col(Invite.used_at).is_not(None))
    used = or_(col(Contact.channel) != "webchat", col(Contact.spoke_at).is_not(None), came_in)
    reached = exists().where(col(Contact.staff_id) == col(Staff.id), ~col(Contact.blocked), used)
    return list(session.exec(_working_in(store_id).where(~reached)))


def _working_in(store_id: int) -> SelectOfScalar[Staff]:
    return select(Staff).where(col(Staff.store_id) == store_id, col(Staff.active)).order_by(col(Staff.id))


def without_deputy(session: Session, store_id: int) -> list[Staff]:
    """Who decides in the store and has nobody, or somebody who left, to decide in their absence."""
    present = select(col(Staff.id)).where(col(Staff.store_id) == store_id, col(Staff.active))
    no_deputy = or_(col(Staff.deputy_id).is_(None), col(Staff.deputy_id).not_in(present))
    deciding = (Role.GM_OFFICE, Role.CLIENT_MANAGER)
    people = session.exec(_working_in(store_id).where(no_deputy))
    return [one for one in people if any(one.has(role) for role in deciding)]


def without_group(session: Session) -> list[Store]:
    """The stores that have no group to tell things to."""
    grouped = exists().where(col(Group.store_id) == col(Store.id))
    return list(session.exec(select(Store).where(~grouped).order_by(col(Store.id))))


def database_clock(session: Session) -> datetime:
    """What PostgreSQL's own clock says."""
    told: datetime = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
    return told


@dataclass(frozen=True)
class Holdings:
    """What is in the database, for whoever wants to see whether it is the right one."""

    stores: int
    people: int
    newest: datetime | None


def holdings(session: Session) -> Holdings:
    return Holdings(
        stores=session.exec(select(func.count(col(Store.id)))).one(),
        people=session.exec(select(func.count(col(Staff.id))).where(col(Staff.active))).one(),
        newest=session.exec(select(func.max(Inbox.received_at))).one(),
    )
