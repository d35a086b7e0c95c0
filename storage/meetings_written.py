"""What is written for a meeting: its agenda, notes and decisions, and what somebody took on there."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, bindparam, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import KEY, Moment
from storage.meetings import Meeting
from storage.rows import own_row


class ItemKind(StrEnum):
    AGENDA = "agenda"
    NOTE = "note"
    DECISION = "decision"


class MeetingItem(SQLModel, table=True):
    """An agenda item, a note or a decision; `dropped` ones are kept and not shown."""

    __tablename__ = "meeting_items"

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    meeting_id: int = Field(foreign_key="meetings.id", sa_type=KEY, index=True)
    kind: ItemKind = Field(sa_type=String)
    words: str
    by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    created_at: datetime = Field(sa_type=Moment)
    dropped: bool = False


class MeetingAction(SQLModel, table=True):
    """Something that somebody took on in a meeting, to be done by the end of the day `due_on`."""

    __tablename__ = "meeting_actions"
    __table_args__ = (Index("meeting_actions_owner", "owner_id", "due_on"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    meeting_id: int = Field(foreign_key="meetings.id", sa_type=KEY, index=True)
    owner_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    due_on: date
    words: str
    created_at: datetime = Field(sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    dropped: bool = False

    @property
    def subject(self) -> str:
        return f"meetings_actions:{self.id}"


_ITEMS_OF = (
    select(MeetingItem)
    .where(MeetingItem.meeting_id == bindparam("meeting_id"), ~col(MeetingItem.dropped))
    .where(col(MeetingItem.kind).in_(bindparam("kinds", expanding=True)))
    .order_by(col(MeetingItem.id))
)


def items_of(session: Session, meeting_id: int, *kinds: ItemKind) -> list[MeetingItem]:
    """What was written for the meeting, oldest first."""
    return list(session.exec(_ITEMS_OF, params={"meeting_id": meeting_id, "kinds": kinds}))


def item(session: Session, store_id: int, item_id: int) -> MeetingItem | None:
    return own_row(session, MeetingItem, store_id, item_id)


def write(session: Session, meeting: Meeting, kind: ItemKind, words: str, *, by_id: int, now: datetime) -> MeetingItem:
    made = MeetingItem(
        store_id=meeting.store_id, meeting_id=meeting.id, kind=kind, words=words, by_id=by_id, created_at=now
    )
    session.add(made)
    session.flush()
    return made


def drop(session: Session, written: MeetingItem) -> bool:
    """Takes it out again; False if it was out."""
    won = session.connection().execute(
        update(MeetingItem).where(col(MeetingItem.id) == written.id, ~col(MeetingItem.dropped)).values(dropped=True)
    )
    session.expire(written)
    return won.rowcount == 1


def action(session: Session, store_id: int, action_id: int) -> MeetingAction | None:
    """The store's own action with that number; another store's is as good as none."""
    return own_row(session, MeetingAction, store_id, action_id)


def add_action(session: Session, made: MeetingAction) -> MeetingAction:
    session.add(made)
    session.flush()
    return made


def actions_of(session: Session, meeting_id: int) -> list[MeetingAction]:
    taken = select(MeetingAction).where(MeetingAction.meeting_id == meeting_id, ~col(MeetingAction.dropped))
    return list(session.exec(taken.order_by(col(MeetingAction.id))))


def open_actions(session: Session, store_id: int, owner_id: int) -> list[MeetingAction]:
    """What the person took on and has not done, the most urgent first."""
    left = select(MeetingAction).where(
        MeetingAction.store_id == store_id,
        MeetingAction.owner_id == owner_id,
        col(MeetingAction.done_at).is_(None),
        ~col(MeetingAction.dropped),
    )
    return list(session.exec(left.order_by(col(MeetingAction.due_on), col(MeetingAction.id))))


def open_in_store(session: Session, store_id: int) -> list[MeetingAction]:
    """What anybody of the store took on and has not done."""
    left = select(MeetingAction).where(
        MeetingAction.store_id == store_id, col(MeetingAction.done_at).is_(None), ~col(MeetingAction.dropped)
    )
    return list(session.exec(left.order_by(col(MeetingAction.id))))


def finish(session: Session, taken: MeetingAction, *, now: datetime) -> bool:
    """It is done; False if it was done, or dropped, before."""
    return _close(session, taken, done_at=now)


def drop_action(session: Session, taken: MeetingAction) -> bool:
    return _close(session, taken, dropped=True)


def _close(session: Session, taken: MeetingAction, **values: Any) -> bool:
    won = session.connection().execute(
        update(MeetingAction)
        .where(col(MeetingAction.id) == taken.id, col(MeetingAction.done_at).is_(None), ~col(MeetingAction.dropped))
        .values(**values)
    )
    session.expire(taken)
    return won.rowcount == 1
