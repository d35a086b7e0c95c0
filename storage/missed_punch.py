"""Punches that company business prevented, told in advance or late (HANDBOOK A12)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, String, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import KEY, Moment, insert_new
from storage.leave import Half
from storage.rows import own_row

_STANDS = text("taken_back_at IS NULL")


class MissedPunch(SQLModel, table=True):
    """A half day whose punch is missing; `phoned` that the front desk was called, `late` that it was told too late.

    It stands until `taken_back_at`; then the half day can be told again.
    """

    __tablename__ = "missed_punches"
    __table_args__ = (
        Index(
            "missed_punches_once",
            "staff_id",
            "day",
            "half",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("missed_punches_day", "store_id", "day"),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    day: date
    half: Half = Field(sa_type=String)
    reason: str
    phoned: bool
    late: bool
    told_at: datetime = Field(sa_type=Moment)
    taken_back_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def subject(self) -> str:
        """What it is called in cards and the audit."""
        return f"missed_punch:{self.id}"


def tell(session: Session, told: MissedPunch) -> int | None:
    """Keeps the notice: its id, or None if this half day was told before."""
    return insert_new(session, MissedPunch, told.model_dump(exclude={"id"}))


def get(session: Session, store_id: int, punch_id: int) -> MissedPunch | None:
    """The store's own notice with that number; another store's is as good as none."""
    return own_row(session, MissedPunch, store_id, punch_id)


def of_staff(session: Session, staff_id: int, *, first: date, last: date) -> list[MissedPunch]:
    """A person's notices from `first` to `last` that stand."""
    own = select(MissedPunch).where(MissedPunch.staff_id == staff_id, MissedPunch.day >= first, MissedPunch.day <= last)
    return list(
        session.exec(
            own.where(col(MissedPunch.taken_back_at).is_(None)).order_by(col(MissedPunch.day), col(MissedPunch.id))
        )
    )


def take_back(session: Session, punch: MissedPunch, *, at: datetime) -> bool:
    """The person could punch after all; False if it was taken back before."""
    standing = update(MissedPunch).where(col(MissedPunch.id) == punch.id, col(MissedPunch.taken_back_at).is_(None))
    done = session.connection().execute(standing.values(taken_back_at=at))
    session.expire(punch)
    return done.rowcount == 1
