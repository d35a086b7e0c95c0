"""The steps of each case: whose they are, until when, what is on record about the case, what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, UniqueConstraint, bindparam, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new
from storage.rows import locked_row, own_row, the_row


class StepState(StrEnum):
    """`given_back` was done and has been returned by whoever got it; `dropped` ended with its case."""

    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"
    GIVEN_BACK = "given_back"
    DROPPED = "dropped"


LIVE = (StepState.OPEN, StepState.PAUSED)
_IS_LIVE = text("state IN ('open', 'paused')")


class CaseStep(SQLModel, table=True):
    """A step of a case (`step` is a StepKey), once a `round`; it is its owner's from `became_at` on.

    The clock starts at `started_at` and rings at `due_at`, both None before it has started, or where the step has no
    limit. Its due moment lies `clock_left` (a limit as the store writes it: 2wd) after `clock_at`: both move when a
    pause ends, and `clock_left` is empty where a moment was agreed instead, or was past when the clock went on.
    `revision` counts the changes of owner, state and due moment, so that nothing is said twice or of an old one.
    A pause keeps `due_at` as it was; `ask_again_at` is when the owner is asked whether the customer has answered.
    """

    __tablename__ = "case_steps"
    __table_args__ = (
        UniqueConstraint("case_id", "step", "round"),
        Index("case_steps_owner", "owner_id", "due_at", sqlite_where=_IS_LIVE, postgresql_where=_IS_LIVE),
        Index("case_steps_store", "store_id", "due_at", sqlite_where=_IS_LIVE, postgresql_where=_IS_LIVE),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    case_id: int = Field(foreign_key="cases.id", sa_type=KEY)
    step: str
    round: int = 1
    owner_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    state: StepState = Field(default=StepState.OPEN, sa_type=String)
    became_at: datetime = Field(sa_type=Moment)
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    clock_at: datetime | None = Field(default=None, sa_type=Moment)
    clock_left: str = ""
    revision: int = 1
    paused_at: datetime | None = Field(default=None, sa_type=Moment)
    paused_why: str = ""
    ask_again_at: datetime | None = Field(default=None, sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    done_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)

    @property
    def subject(self) -> str:
        """What it is called in cards, reminders and the audit."""
        return f"workflow:{self.id}"


_STANDS = text("void_at IS NULL")


class CaseMark(SQLModel, table=True):
    """Something that is on record about a case (`mark` is a Mark): a survey, a total, a signature.

    `at` is when it was, `recorded_at` when it was told; `amount` in yuan is a string of digits; it stands until
    `void_at`: a new round wants some of them anew.
    """

    __tablename__ = "case_marks"
    __table_args__ = (
        Index("case_marks_once", "case_id", "mark", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    case_id: int = Field(foreign_key="cases.id", sa_type=KEY)
    mark: str
    at: datetime = Field(sa_type=Moment)
    by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    recorded_at: datetime = Field(sa_type=Moment)
    values: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    void_at: datetime | None = Field(default=None, sa_type=Moment)


class ExtensionState(StrEnum):
    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Extension(SQLModel, table=True):
    """More time that a step's owner asks for: until when, why, and what was due before (`was_due_at`)."""

    __tablename__ = "step_extensions"
    __table_args__ = (Index("step_extensions_step", "step_id"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    step_id: int = Field(foreign_key="case_steps.id", sa_type=KEY)
    asked_by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    until: datetime = Field(sa_type=Moment)
    was_due_at: datetime = Field(sa_type=Moment)
    reason: str
    state: ExtensionState = Field(default=ExtensionState.PENDING, sa_type=String)
    created_at: datetime = Field(sa_type=Moment)

    @property
    def subject(self) -> str:
        return f"extension:{self.id}"


def begin(session: Session, step: CaseStep) -> CaseStep | None:
    """The step is somebody's now; None if this round of it was begun before."""
    made = insert_new(session, CaseStep, step.model_dump(exclude={"id"}))
    return None if made is None else the_row(session, CaseStep, made)


def get(session: Session, store_id: int, step_id: int) -> CaseStep | None:
    """The store's own step with that id; another store's is as good as none."""
    return own_row(session, CaseStep, store_id, step_id)


def lock(session: Session, store_id: int, step_id: int) -> CaseStep | None:
    """Call it with the case locked: a case's steps change one after another."""
    return locked_row(session, CaseStep, store_id, step_id)


def change(session: Session, step: CaseStep, values: dict[str, Any], *, while_in: Sequence[StepState] = LIVE) -> bool:
    """Changes it while it is in one of `while_in`, a revision on; of two callers one wins."""
    wanted = update(CaseStep).where(col(CaseStep.id) == step.id, col(CaseStep.state).in_(while_in))
    done = session.connection().execute(wanted.values({**values, "revision": CaseStep.revision + 1}))
    session.expire(step)
    return done.rowcount == 1


def of_case(session: Session, case_id: int) -> list[CaseStep]:
    """The steps that the case has had so far, in the order in which they began."""
    return list(session.exec(select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.id))))


def live_of_case(session: Session, case_id: int) -> list[CaseStep]:
    live = select(CaseStep).where(CaseStep.case_id == case_id, col(CaseStep.state).in_(LIVE))
    return list(session.exec(live.order_by(col(CaseStep.id))))


_BY_DUE = (col(CaseStep.due_at).is_(None), col(CaseStep.due_at), col(CaseStep.id))


def live_of_owner(session: Session, staff_id: int, *, most: int = 50) -> list[CaseStep]:
    """What is somebody's to do, what is due first before the rest, what has no clock last."""
    own = select(CaseStep).where(CaseStep.owner_id == staff_id, _IS_LIVE)
    return list(session.exec(own.order_by(*_BY_DUE).limit(most)))


def live_in_store(session: Session, store_id: int, *, due_before: datetime | None = None) -> list[CaseStep]:
    """Everything that is under way in the store, by its due moment; only what has a clock with `due_before`."""
    under_way = select(CaseStep).where(CaseStep.store_id == store_id, _IS_LIVE)
    if due_before is not None:
        under_way = under_way.where(col(CaseStep.due_at) < due_before)
    return list(session.exec(under_way.order_by(*_BY_DUE)))


def last_round(session: Session, case_id: int, step: str) -> int:
    """How often this step of the case was begun."""
    rounds = select(CaseStep.round).where(CaseStep.case_id == case_id, CaseStep.step == step)
    return session.exec(rounds.order_by(col(CaseStep.round).desc()).limit(1)).one_or_none() or 0


def put_mark(session: Session, mark: CaseMark) -> bool:
    """Puts it on record; False if it stands already."""
    return insert_new(session, CaseMark, mark.model_dump(exclude={"id"})) is not None


_STANDING = select(CaseMark).where(CaseMark.case_id == bindparam("case_id"), _STANDS).order_by(col(CaseMark.id))


def marks_of(session: Session, case_id: int) -> dict[str, CaseMark]:
    """What stands on record about the case, by mark."""
    return {one.mark: one for one in session.exec(_STANDING, params={"case_id": case_id})}


def void_marks(session: Session, case_id: int, marks: Sequence[str], *, at: datetime) -> None:
    """These are wanted anew; what they were stays on record."""
    standing = update(CaseMark).where(
        col(CaseMark.case_id) == case_id, col(CaseMark.mark).in_(marks), col(CaseMark.void_at).is_(None)
    )
    session.connection().execute(standing.values(void_at=at))


def ask_extension(session: Session, extension: Extension) -> Extension:
    session.add(extension)
    session.flush()
    return extension


def get_extension(session: Session, store_id: int, extension_id: int) -> Extension | None:
    return own_row(session, Extension, store_id, extension_id)


def pending_extensions(session: Session, step_id: int) -> list[Extension]:
    pending = select(Extension).where(Extension.step_id == step_id, Extension.state == ExtensionState.PENDING)
    return list(session.exec(pending))


def move_extension(session: Session, extension: Extension, state: ExtensionState, *, while_in: ExtensionState) -> bool:
    moved = update(Extension).where(col(Extension.id) == extension.id, col(Extension.state) == while_in)
    done = session.connection().execute(moved.values(state=state))
    session.expire(extension)
    return done.rowcount == 1
