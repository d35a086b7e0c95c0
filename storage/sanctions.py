"""Proposed sanctions: drafted from facts, the person heard first, decided by a human, never twice (HANDBOOK 4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, UniqueConstraint, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new
from storage.rows import locked_row, own_row, the_row


class SanctionState(StrEnum):
    """`hearing` the person, then `deciding`; what stands at the end, and an `appealed` slip that is looked at again."""

    HEARING = "hearing"
    DECIDING = "deciding"
    APPEALED = "appealed"
    CONFIRMED = "confirmed"
    WAIVED = "waived"
    COACHED = "coached"
    LAPSED = "lapsed"


OPEN = (SanctionState.HEARING, SanctionState.DECIDING, SanctionState.APPEALED)


class Sanction(SQLModel, table=True):
    """A demerit slip or absence that is proposed: by which `rule` (`A8`), about which subject, what happened.

    `facts` are a text and its values (bot/notices.py), `proposed_by_id` is empty when the rules drafted it;
    `coaching` marks a decision that leaves it at a talk.
    """

    __tablename__ = "sanctions"
    __table_args__ = (UniqueConstraint("store_id", "rule", "about"), Index("sanctions_staff", "staff_id", "state"))

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    rule: str
    about: str
    facts: dict[str, Any] = Field(sa_type=JSON)
    proposed_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    state: SanctionState = Field(default=SanctionState.HEARING, sa_type=String)
    happened_at: datetime = Field(sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    heard_until: datetime = Field(sa_type=Moment)
    statement: str = ""
    appeal: str = ""
    coaching: bool = False
    version: int = 1

    @property
    def subject(self) -> str:
        """What it is called in cards, approvals, reminders and the audit."""
        return f"sanctions:{self.id}"


def draft(session: Session, proposed: Sanction) -> Sanction | None:
    """Keeps the draft; None if the same fact was drafted under the same rule before."""
    made = insert_new(session, Sanction, proposed.model_dump(exclude={"id"}))
    return the_row(session, Sanction, made) if made is not None else None


def under_rule(session: Session, staff_id: int, rule: str, *, start: datetime, end: datetime) -> list[Sanction]:
    """What is kept about a person under one rule for what happened from `start` until `end`, which is not in it."""
    own = select(Sanction).where(Sanction.staff_id == staff_id, Sanction.rule == rule)
    known = own.where(col(Sanction.happened_at) >= start, col(Sanction.happened_at) < end)
    return list(session.exec(known.order_by(col(Sanction.id))))


def get(session: Session, store_id: int, sanction_id: int) -> Sanction | None:
    """The store's own draft with that number; another store's is as good as none."""
    return own_row(session, Sanction, store_id, sanction_id)


def lock(session: Session, store_id: int, sanction_id: int) -> Sanction | None:
    return locked_row(session, Sanction, store_id, sanction_id)


def move(
    session: Session, sanction: Sanction, state: SanctionState, *, while_in: Sequence[SanctionState], **values: Any
) -> bool:
    """Moves it to `state`, with other values, if it is still in one of `while_in`; of two callers one wins."""
    won = session.connection().execute(
        update(Sanction)
        .where(col(Sanction.id) == sanction.id, col(Sanction.state).in_(while_in))
        .values(state=state, version=col(Sanction.version) + 1, **values)
    )
    session.expire(sanction)
    return won.rowcount == 1


def of_staff(session: Session, staff_id: int, *, most: int = 10) -> list[Sanction]:
    """Everything that is kept about a person, the newest first: they may see and answer all of it."""
    own = select(Sanction).where(Sanction.staff_id == staff_id)
    return list(session.exec(own.order_by(col(Sanction.id).desc()).limit(most)))


def open_in_store(session: Session, store_id: int) -> list[Sanction]:
    """What is not settled yet, the oldest first."""
    waiting = select(Sanction).where(Sanction.store_id == store_id, col(Sanction.state).in_(OPEN))
    return list(session.exec(waiting.order_by(col(Sanction.id))))
