"""Leave: who is away from when to when, and the half days it takes, each of which a person can take only once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, UniqueConstraint, bindparam, delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import KEY, Moment, insert_new
from storage.rows import locked_row, own_row


class LeaveState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    TOLD = "told"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


# In these states somebody is, or may be, away; in the others the leave is history.
LIVE = (LeaveState.PENDING, LeaveState.APPROVED, LeaveState.TOLD)
GRANTED = (LeaveState.APPROVED, LeaveState.TOLD)


class Half(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"


class Leave(SQLModel, table=True):
    """A request, or leave only told; `kind` is a key of the store's list, `special` the special circumstances."""

    __tablename__ = "leave"
    __table_args__ = (Index("leave_store", "store_id", "ends_at"), Index("leave_staff", "staff_id", "ends_at"))

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    entered_by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    kind: str
    starts_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    cover_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    phone: str = ""
    reason: str = ""
    special: str = ""
    state: LeaveState = Field(sa_type=String)
    version: int = 1
    created_at: datetime = Field(sa_type=Moment)
    came_back_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def subject(self) -> str:
        """What the leave is called in cards, reminders and the audit."""
        return f"leave:{self.id}"


class LeaveHalf(SQLModel, table=True):
    """A half day that a live leave takes."""

    __tablename__ = "leave_halves"
    __table_args__ = (UniqueConstraint("staff_id", "day", "half"), Index("leave_halves_day", "store_id", "day"))

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    leave_id: int = Field(foreign_key="leave.id", sa_type=KEY, index=True)
    day: date
    half: Half = Field(sa_type=String)


def get(session: Session, store_id: int, leave_id: int) -> Leave | None:
    """The store's own leave with that number; another store's is as good as none."""
    return own_row(session, Leave, store_id, leave_id)


def lock(session: Session, store_id: int, leave_id: int) -> Leave | None:
    return locked_row(session, Leave, store_id, leave_id)


def add(session: Session, leave: Leave) -> Leave:
    session.add(leave)
    session.flush()
    return leave


def rewrite(session: Session, leave: Leave, said: Mapping[str, Any]) -> Leave:
    """What its person says now instead."""
    for name, value in said.items():
        setattr(leave, name, value)
    leave.version += 1
    return add(session, leave)


def reschedule(session: Session, leave: Leave, *, starts_at: datetime, ends_at: datetime) -> None:
    """The same half days by other office hours."""
    leave.starts_at, leave.ends_at = starts_at, ends_at
    leave.version += 1
    add(session, leave)


def live_after(session: Session, store_id: int, at: datetime) -> list[Leave]:
    """Leave of the store that is asked for or granted and not over at `at`."""
    live = select(Leave).where(Leave.store_id == store_id, col(Leave.state).in_(LIVE), Leave.ends_at > at)
    return list(session.exec(live.order_by(col(Leave.id))))


def halves_held(session: Session, leave_id: int) -> list[tuple[date, Half]]:
    """The half days that the leave takes, in order."""
    held = (
        select(LeaveHalf).where(LeaveHalf.leave_id == leave_id).order_by(col(LeaveHalf.day), col(LeaveHalf.half).desc())
    )
    return [(one.day, Half(one.half)) for one in session.exec(held)]


def end(session: Session, leave: Leave, at: datetime) -> None:
    """The person is back; the leave ends at `at`."""
    leave.ends_at = leave.came_back_at = at
    add(session, leave)


def move(session: Session, leave: Leave, state: LeaveState, *, while_in: Sequence[LeaveState]) -> bool:
    """Moves the leave to `state` if it is still in one of `while_in`; of two callers one wins."""
    won = session.connection().execute(
        update(Leave)
        .where(col(Leave.id) == leave.id, col(Leave.state).in_(while_in))
        .values(state=state, version=col(Leave.version) + 1)
    )
    session.expire(leave)
    return won.rowcount == 1


def take_halves(session: Session, leave: Leave, halves: Iterable[tuple[date, Half]]) -> list[tuple[date, Half]]:
    """Takes half days for the leave; the ones that another leave of this person holds already come back untaken."""
    taken = []
    for day, half in halves:
        row = {
            "store_id": leave.store_id,
            "staff_id": leave.staff_id,
            "leave_id": leave.id,
            "day": day,
            "half": half,
        }
        if insert_new(session, LeaveHalf, row) is None:
            taken.append((day, half))
    return taken


def give_up_halves(session: Session, leave: Leave, halves: Iterable[tuple[date, Half]]) -> list[int]:
    """The person's other leave gives these half days up; which leaves they belonged to."""
    given_up: dict[int, None] = {}
    for day, half in halves:
        freed = (
            delete(LeaveHalf)
            .where(col(LeaveHalf.staff_id) == leave.staff_id, col(LeaveHalf.leave_id) != leave.id)
            .where(col(LeaveHalf.day) == day, col(LeaveHalf.half) == half)
        )
        for leave_id in session.connection().execute(freed.returning(col(LeaveHalf.leave_id))).scalars():
            given_up[leave_id] = None
    return list(given_up)


def holds_halves(session: Session, leave_id: int) -> bool:
    return session.exec(select(LeaveHalf.id).where(LeaveHalf.leave_id == leave_id).limit(1)).first() is not None


def free_halves(session: Session, leave_id: int, *, after: Sequence[tuple[date, Half]] | None = None) -> None:
    """Gives the leave's half days back, or only those in `after`."""
    freed = delete(LeaveHalf).where(col(LeaveHalf.leave_id) == leave_id)
    if after is None:
        session.connection().execute(freed)
        return
    for day, half in after:
        session.connection().execute(freed.where(col(LeaveHalf.day) == day, col(LeaveHalf.half) == half))


NO_LEAVE = 0
_HALVES_OF = (
    select(LeaveHalf)
    .where(LeaveHalf.staff_id == bindparam("staff_id"), LeaveHalf.leave_id != bindparam("but"))
    .where(col(LeaveHalf.day) >= bindparam("first"), col(LeaveHalf.day) <= bindparam("last"))
    .order_by(col(LeaveHalf.day), col(LeaveHalf.half).desc())
)


def halves_of(session: Session, staff_id: int, *, first: date, last: date, but: int | None = None) -> list[LeaveHalf]:
    """A person's taken half days from `first` to `last`, those of leave `but` left out."""
    wanted = {"staff_id": staff_id, "first": first, "last": last, "but": but or NO_LEAVE}
    return list(session.exec(_HALVES_OF, params=wanted))


_HALVES_IN_STORE = (
    select(LeaveHalf, Leave)
    .join(Leave, col(Leave.id) == LeaveHalf.leave_id)
    .where(LeaveHalf.store_id == bindparam("store_id"))
    .where(col(LeaveHalf.day) >= bindparam("first"), col(LeaveHalf.day) <= bindparam("last"))
    .order_by(col(LeaveHalf.day), col(LeaveHalf.half).desc(), col(LeaveHalf.id))
)


def halves_in_store(session: Session, store_id: int, *, first: date, last: date) -> list[tuple[LeaveHalf, Leave]]:
    """All half days that anybody in the store takes or asks for from `first` to `last`, with their leave."""
    return list(session.exec(_HALVES_IN_STORE, params={"store_id": store_id, "first": first, "last": last}))


_GRANTED_OVER = (
    select(Leave)
    .where(Leave.store_id == bindparam("store_id"), col(Leave.state).in_(GRANTED))
    .where(col(Leave.starts_at) < bindparam("end"), col(Leave.ends_at) > bindparam("start"))
    .order_by(col(Leave.starts_at), col(Leave.id))
)


def granted_over(session: Session, store_id: int, *, start: datetime, end: datetime) -> list[Leave]:
    """Leave that is granted or told and touches the span; `end` exclusive."""
    return list(session.exec(_GRANTED_OVER, params={"store_id": store_id, "start": start, "end": end}))


def pending_over(session: Session, store_id: int, *, start: datetime, end: datetime) -> list[Leave]:
    """Leave that waits for an answer and touches the span; `end` exclusive."""
    waiting = select(Leave).where(
        Leave.store_id == store_id,
        Leave.state == LeaveState.PENDING,
        Leave.starts_at < end,
        Leave.ends_at > start,
    )
    return list(session.exec(waiting.order_by(col(Leave.id))))


def covered_by(session: Session, cover_id: int, *, start: datetime, end: datetime) -> list[Leave]:
    """Granted leave of others in the span whose work this person takes; `end` exclusive."""
    covered = select(Leave).where(
        Leave.cover_id == cover_id, col(Leave.state).in_(GRANTED), Leave.starts_at < end, Leave.ends_at > start
    )
    return list(session.exec(covered.order_by(col(Leave.id))))


def coming_of(session: Session, staff_id: int, *, now: datetime, most: int = 10) -> list[Leave]:
    """A person's live leave that has not ended, and what was decided lately, next first."""
    own = select(Leave).where(Leave.staff_id == staff_id, Leave.ends_at > now, col(Leave.state).in_(LIVE))
    return list(session.exec(own.order_by(col(Leave.starts_at), col(Leave.id)).limit(most)))
