"""Outings and trips out of town: who is out of the store, from when, where, and whether they are back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, bindparam, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import KEY, Moment
from storage.rows import locked_row, own_row


class OutingKind(StrEnum):
    """An outing in town is told; a trip out of the county town needs the GM office's yes."""

    OUTING = "outing"
    TRIP = "trip"


class OutingState(StrEnum):
    """`going` is told or agreed, `unapproved` a trip that began without a yes; the clock says who is out already."""

    PENDING = "pending"
    GOING = "going"
    UNAPPROVED = "unapproved"
    BACK = "back"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


OUT = (OutingState.GOING, OutingState.UNAPPROVED)
LIVE = (OutingState.PENDING, *OUT)
NOT_AGREED = (OutingState.PENDING, OutingState.REFUSED, OutingState.EXPIRED)


class Outing(SQLModel, table=True):
    """A stretch out of the store. `told_late_minutes` is how long after the departure it was told (0: before).

    `ends_at` is when the person means to be back, moved by 晚点回来; `returned_at` is when they were, `went_home`
    that they did not come back to the store that day.
    """

    __tablename__ = "outings"
    __table_args__ = (
        Index("outings_staff", "staff_id", "ends_at"),
        Index("outings_store", "store_id", "state", "starts_at"),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    entered_by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    kind: OutingKind = Field(sa_type=String)
    place: str
    matter: str = ""
    starts_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    state: OutingState = Field(sa_type=String)
    told_late_minutes: int = 0
    version: int = 1
    created_at: datetime = Field(sa_type=Moment)
    departed_at: datetime | None = Field(default=None, sa_type=Moment)
    returned_at: datetime | None = Field(default=None, sa_type=Moment)
    went_home: bool = False

    @property
    def subject(self) -> str:
        """What it is called in cards, reminders and the audit."""
        return f"{self.kind}:{self.id}"


def get(session: Session, store_id: int, outing_id: int, kind: OutingKind) -> Outing | None:
    """The store's own outing (or trip) with that number; another store's is as good as none."""
    return _of_kind(own_row(session, Outing, store_id, outing_id), kind)


def lock(session: Session, store_id: int, outing_id: int, kind: OutingKind) -> Outing | None:
    return _of_kind(locked_row(session, Outing, store_id, outing_id), kind)


def _of_kind(found: Outing | None, kind: OutingKind) -> Outing | None:
    return found if found is not None and found.kind == kind else None


def add(session: Session, outing: Outing) -> Outing:
    session.add(outing)
    session.flush()
    return outing


def move(session: Session, outing: Outing, state: OutingState, *, while_in: Sequence[OutingState]) -> bool:
    """Moves it to `state` if it is still in one of `while_in`; of two callers one wins."""
    return _change(session, outing, {"state": state}, while_in)


def depart(
    session: Session, outing: Outing, at: datetime, state: OutingState, *, while_in: Sequence[OutingState]
) -> bool:
    """The person has left, with a yes or without one, perhaps earlier than planned; False if that was known."""
    if outing.departed_at is not None:
        return False
    left = {"state": state, "departed_at": at, "starts_at": min(at, outing.starts_at)}
    return _change(session, outing, left, while_in)


def come_back(session: Session, outing: Outing, at: datetime, *, went_home: bool = False) -> bool:
    """The person is back, or went home from there; False if that was recorded before."""
    return _change(session, outing, {"state": OutingState.BACK, "returned_at": at, "went_home": went_home}, OUT)


def stay_until(session: Session, outing: Outing, ends_at: datetime) -> bool:
    """The person means to be back later, or earlier, than they said."""
    return _change(session, outing, {"ends_at": ends_at}, LIVE)


def _change(session: Session, outing: Outing, values: Mapping[str, Any], while_in: Sequence[OutingState]) -> bool:
    won = session.connection().execute(
        update(Outing)
        .where(col(Outing.id) == outing.id, col(Outing.state).in_(while_in))
        .values(version=col(Outing.version) + 1, **values)
    )
    session.expire(outing)
    return won.rowcount == 1


_OUT_OVER = (
    select(Outing)
    .where(Outing.store_id == bindparam("store_id"), col(Outing.state).in_(OUT))
    .where(col(Outing.starts_at) < bindparam("end"), col(Outing.ends_at) > bindparam("start"))
    .order_by(col(Outing.starts_at), col(Outing.id))
)


def out_over(session: Session, store_id: int, *, start: datetime, end: datetime) -> list[Outing]:
    """Whoever said that they are out in some of the span, and has not come back; `end` exclusive."""
    return list(session.exec(_OUT_OVER, params={"store_id": store_id, "start": start, "end": end}))


def overdue(session: Session, store_id: int, *, now: datetime) -> list[Outing]:
    """Those who should be back by now and have not said that they are."""
    late = select(Outing).where(Outing.store_id == store_id, col(Outing.state).in_(OUT), Outing.ends_at <= now)
    return list(session.exec(late.order_by(col(Outing.ends_at), col(Outing.id))))


def out_in_store(session: Session, store_id: int) -> list[Outing]:
    """Every outing and trip of the store that is told or agreed and not over."""
    going = select(Outing).where(Outing.store_id == store_id, col(Outing.state).in_(OUT))
    return list(session.exec(going.order_by(col(Outing.id))))


def live_of(session: Session, staff_id: int, *, start: datetime, end: datetime, but: int | None = None) -> list[Outing]:
    """A person's outings and trips in the span that are meant, asked for or under way; `end` exclusive."""
    own = select(Outing).where(
        Outing.staff_id == staff_id,
        col(Outing.state).in_(LIVE),
        Outing.starts_at < end,
        Outing.ends_at > start,
        Outing.id != (but or 0),
    )
    return list(session.exec(own.order_by(col(Outing.starts_at), col(Outing.id))))


def agreed_of(session: Session, staff_id: int, *, start: datetime, end: datetime) -> list[Outing]:
    """A person's trips in the span that are agreed, or have begun without a yes; `end` exclusive."""
    trips = live_of(session, staff_id, start=start, end=end)
    return [one for one in trips if one.kind == OutingKind.TRIP and one.state in OUT]


def unfinished_of(session: Session, staff_id: int) -> list[Outing]:
    """A person's outings and trips that are not over, the earliest first."""
    own = select(Outing).where(Outing.staff_id == staff_id, col(Outing.state).in_(LIVE))
    return list(session.exec(own.order_by(col(Outing.starts_at), col(Outing.id))))


def not_agreed_of(session: Session, staff_id: int, *, since: datetime) -> list[Outing]:
    """A person's trips that nobody agreed to and that would end after `since`, the earliest first."""
    own = select(Outing).where(
        Outing.staff_id == staff_id,
        Outing.kind == OutingKind.TRIP,
        col(Outing.state).in_(NOT_AGREED),
        Outing.ends_at > since,
    )
    return list(session.exec(own.order_by(col(Outing.starts_at), col(Outing.id))))
