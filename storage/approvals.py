"""Requests that wait for a yes: one row a step, who was asked, who decided and on whose behalf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, String, UniqueConstraint, bindparam, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new
from storage.rows import own_row


class ApprovalState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_IS_PENDING = text("state = 'pending'")


class Approval(SQLModel, table=True):
    """One step of a request about `subject` (`leave:42`); `roles` are all its steps, `step` (from 0) is this one.

    `begins_at` is when the thing begins, `expires_at` when an answer comes too late.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        Index(
            "approvals_pending",
            "store_id",
            "subject",
            unique=True,
            sqlite_where=_IS_PENDING,
            postgresql_where=_IS_PENDING,
        ),
        Index("approvals_applicant", "applicant_id", "id"),
        Index("approvals_subject", "store_id", "subject"),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    subject: str
    applicant_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    roles: list[str] = Field(sa_type=JSON)
    step: int = 0
    state: ApprovalState = Field(default=ApprovalState.PENDING, sa_type=String)
    opened_at: datetime = Field(sa_type=Moment)
    begins_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    escalated: bool = False
    decided_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY, index=True)
    on_behalf_of_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: str = ""


class Asked(SQLModel, table=True):
    """Somebody who was asked, perhaps in place of another, and when they are reminded next."""

    __tablename__ = "approvals_asked"
    __table_args__ = (UniqueConstraint("approval_id", "staff_id"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    approval_id: int = Field(foreign_key="approvals.id", sa_type=KEY)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    on_behalf_of_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    remind_at: datetime = Field(sa_type=Moment)


def add(session: Session, approval: Approval) -> Approval:
    session.add(approval)
    session.flush()
    return approval


def mark_escalated(session: Session, approval: Approval) -> None:
    approval.escalated = True
    add(session, approval)


def get(session: Session, store_id: int, approval_id: int) -> Approval | None:
    """The store's own request with that id; another store's is as good as none."""
    return own_row(session, Approval, store_id, approval_id)


def lock(session: Session, approval_id: int) -> Approval | None:
    """Call it with its subject locked."""
    wanted = select(Approval).where(Approval.id == approval_id).with_for_update(key_share=True)
    return session.exec(wanted.execution_options(populate_existing=True)).one_or_none()


_LATEST = (
    select(Approval)
    .where(Approval.store_id == bindparam("store_id"), Approval.subject == bindparam("subject"))
    .order_by(col(Approval.id).desc())
    .limit(1)
)


def latest(session: Session, store_id: int, subject: str) -> Approval | None:
    """The newest step of the newest request about the subject."""
    return session.exec(_LATEST, params={"store_id": store_id, "subject": subject}).one_or_none()


def pending(session: Session, store_id: int) -> list[Approval]:
    """Everything in the store that waits for a yes, what begins first first."""
    waiting = select(Approval).where(Approval.store_id == store_id, Approval.state == ApprovalState.PENDING)
    return list(session.exec(waiting.order_by(col(Approval.begins_at), col(Approval.id))))


def of_applicant(session: Session, staff_id: int, *, most: int = 10) -> list[Approval]:
    own = select(Approval).where(Approval.applicant_id == staff_id)
    return list(session.exec(own.order_by(col(Approval.id).desc()).limit(most)))


def last_decided_by(session: Session, staff_id: int) -> Approval | None:
    decided = select(Approval).where(
        Approval.decided_by_id == staff_id,
        col(Approval.state).in_([ApprovalState.APPROVED, ApprovalState.REFUSED]),
    )
    return session.exec(decided.order_by(col(Approval.decided_at).desc()).limit(1)).one_or_none()


def close(
    session: Session,
    approval: Approval,
    state: ApprovalState,
    *,
    now: datetime,
    by_id: int | None = None,
    on_behalf_of_id: int | None = None,
    reason: str = "",
) -> bool:
    """Ends a pending request; False if somebody was faster, and nothing is changed. Of two callers one wins."""
    won = session.connection().execute(
        update(Approval)
        .where(col(Approval.id) == approval.id, col(Approval.state) == ApprovalState.PENDING)
        .values(state=state, decided_by_id=by_id, on_behalf_of_id=on_behalf_of_id, decided_at=now, reason=reason)
    )
    session.expire(approval)
    return won.rowcount == 1


def reopen(session: Session, approval: Approval, *, decided_at: datetime) -> bool:
    """Takes the decision of `decided_at` back; False if it is not the one that stands."""
    done = session.connection().execute(
        update(Approval)
        .where(col(Approval.id) == approval.id, col(Approval.decided_at) == decided_at)
        .where(col(Approval.state).in_([ApprovalState.APPROVED, ApprovalState.REFUSED]))
        .values(state=ApprovalState.PENDING, decided_by_id=None, on_behalf_of_id=None, decided_at=None, reason="")
    )
    session.expire(approval)
    return done.rowcount == 1


_ASKED = select(Asked).where(Asked.approval_id == bindparam("approval_id")).order_by(col(Asked.id))


def asked(session: Session, approval_id: int) -> list[Asked]:
    return list(session.exec(_ASKED, params={"approval_id": approval_id}))


def was_asked(session: Session, store_id: int, subject: str, staff_id: int) -> bool:
    """Whether somebody was ever asked about the subject, in this request or an earlier one."""
    given = select(Asked.id).join(Approval, col(Approval.id) == Asked.approval_id)
    about = given.where(Approval.store_id == store_id, Approval.subject == subject, Asked.staff_id == staff_id)
    return session.exec(about.limit(1)).first() is not None


def ask(session: Session, approval_id: int, staff_id: int, *, on_behalf_of_id: int | None, remind_at: datetime) -> bool:
    """Notes that somebody is asked; False if they were already."""
    row = {
        "approval_id": approval_id,
        "staff_id": staff_id,
        "on_behalf_of_id": on_behalf_of_id,
        "remind_at": remind_at,
    }
    return insert_new(session, Asked, row) is not None


def reschedule(session: Session, request: Approval, *, begins_at: datetime, expires_at: datetime) -> None:
    """The thing that waits for a yes begins at another moment."""
    request.begins_at, request.expires_at = begins_at, expires_at
    session.add(request)
    session.flush()


def remind_later(session: Session, approval_id: int, staff_ids: Sequence[int], *, at: datetime) -> None:
    session.connection().execute(
        update(Asked)
        .where(col(Asked.approval_id) == approval_id, col(Asked.staff_id).in_(staff_ids))
        .values(remind_at=at)
    )
