"""Handover forms: what went from whom to whom, numbered per store and year, accepted or returned (HANDBOOK W3 2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, UniqueConstraint, bindparam, func, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment
from storage.rows import locked_row, own_row
from storage.stores import Store


class HandoverState(StrEnum):
    """`handed` waits for the receiver's word."""

    HANDED = "handed"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class HandoverForm(SQLModel, table=True):
    """HO-2026-0007: `paper` of step `step_id` from one to another, whose step is `next_step_id` from then on.

    `items` are {"name", "version", "pages", "form", "remarks"}; `remarks` the facts and risks that the giver names.
    Who pressed, `handed_by_id` and `answered_by_id`, may stand in for whom it is from and to.
    """

    __tablename__ = "handover_forms"
    __table_args__ = (UniqueConstraint("store_id", "year", "serial"), Index("handover_forms_case", "case_id"))

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    year: int
    serial: int
    case_id: int = Field(foreign_key="cases.id", sa_type=KEY)
    step_id: int = Field(foreign_key="case_steps.id", sa_type=KEY)
    next_step_id: int | None = Field(default=None, foreign_key="case_steps.id", sa_type=KEY)
    paper: str
    from_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    to_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    items: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    remarks: str = ""
    materials_attached: bool = False
    state: HandoverState = Field(default=HandoverState.HANDED, sa_type=String)
    handed_at: datetime = Field(sa_type=Moment)
    handed_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    returned_why: str = ""

    @property
    def number(self) -> str:
        return f"HO-{self.year}-{self.serial:04}"

    @property
    def subject(self) -> str:
        """What it is called in cards, reminders and the audit."""
        return f"handover:{self.id}"


def hand_over(session: Session, form: HandoverForm) -> HandoverForm:
    """Keeps the form under the year's next number; whoever hands something over meanwhile waits for the commit."""
    # Not FOR UPDATE: that would wait for everybody who has written a row of the store, and they for each other.
    session.exec(select(Store.id).where(Store.id == form.store_id).with_for_update(key_share=True)).one()
    last = select(func.max(HandoverForm.serial))
    numbered = last.where(HandoverForm.store_id == form.store_id, HandoverForm.year == form.year)
    form.serial = (session.exec(numbered).one() or 0) + 1
    session.add(form)
    session.flush()
    return form


def get(session: Session, store_id: int, form_id: int) -> HandoverForm | None:
    """The store's own form with that id; another store's is as good as none."""
    return own_row(session, HandoverForm, store_id, form_id)


def lock(session: Session, store_id: int, form_id: int) -> HandoverForm | None:
    """Call it with the case locked."""
    return locked_row(session, HandoverForm, store_id, form_id)


def move(
    session: Session, form: HandoverForm, state: HandoverState, *, while_in: Sequence[HandoverState], **values: Any
) -> bool:
    """Moves it to `state` if it is still in one of `while_in`; of two callers one wins."""
    wanted = update(HandoverForm).where(col(HandoverForm.id) == form.id, col(HandoverForm.state).in_(while_in))
    done = session.connection().execute(wanted.values({"state": state, **values}))
    session.expire(form)
    return done.rowcount == 1


def readdress(session: Session, form: HandoverForm, to_id: int) -> bool:
    """Somebody else is to take it; False once it was answered."""
    waits = (col(HandoverForm.id) == form.id, col(HandoverForm.state) == HandoverState.HANDED)
    done = session.connection().execute(update(HandoverForm).where(*waits).values(to_id=to_id))
    session.expire(form)
    return done.rowcount == 1


def waiting_in(session: Session, store_id: int) -> list[HandoverForm]:
    """What was handed over in the store and is not answered, oldest first."""
    waits = select(HandoverForm).where(HandoverForm.store_id == store_id, HandoverForm.state == HandoverState.HANDED)
    return list(session.exec(waits.order_by(col(HandoverForm.id))))


def waiting_for(session: Session, store_id: int, to_id: int) -> list[HandoverForm]:
    """What somebody has not said that they took, though no step of theirs came with it; oldest first."""
    waits = select(HandoverForm).where(
        HandoverForm.store_id == store_id,
        HandoverForm.to_id == to_id,
        HandoverForm.state == HandoverState.HANDED,
        col(HandoverForm.next_step_id).is_(None),
    )
    return list(session.exec(waits.order_by(col(HandoverForm.id))))


def of_case(session: Session, case_id: int) -> list[HandoverForm]:
    """Every form about the case, in the order in which they were handed over."""
    return list(
        session.exec(select(HandoverForm).where(HandoverForm.case_id == case_id).order_by(col(HandoverForm.id)))
    )


def given_back_of(session: Session, step_id: int) -> HandoverForm | None:
    """The last form of this step's work that came back, if the last one did."""
    before = select(HandoverForm).where(HandoverForm.step_id == step_id, HandoverForm.state == HandoverState.RETURNED)
    return session.exec(before.order_by(col(HandoverForm.id).desc()).limit(1)).one_or_none()


def of_step(session: Session, step_id: int) -> HandoverForm | None:
    """The last form by which this step's work was handed over."""
    given = select(HandoverForm).where(HandoverForm.step_id == step_id)
    return session.exec(given.order_by(col(HandoverForm.id).desc()).limit(1)).one_or_none()


def link(session: Session, form: HandoverForm, next_step_id: int) -> None:
    """The step that the receiver has from then on."""
    form.next_step_id = next_step_id
    session.add(form)
    session.flush()


_INTO_STEP = (
    select(HandoverForm)
    .where(HandoverForm.next_step_id == bindparam("step_id"))
    .order_by(col(HandoverForm.id).desc())
    .limit(1)
)


def into_step(session: Session, next_step_id: int) -> HandoverForm | None:
    """The last form by which this step's owner got what they work on."""
    return session.exec(_INTO_STEP, params={"step_id": next_step_id}).one_or_none()
