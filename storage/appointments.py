"""Meetings about cases, which are marks on record whose moment may lie ahead."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from storage.customers import Case, CaseState
from storage.workflow import CaseMark


def get(session: Session, store_id: int, mark_id: int) -> CaseMark | None:
    """The store's own mark as it is now; another store's is as good as none."""
    own = select(CaseMark).where(CaseMark.id == mark_id, CaseMark.store_id == store_id)
    return session.exec(own.execution_options(populate_existing=True)).one_or_none()


def between(
    session: Session, store_id: int, marks: Collection[str], *, start: datetime, end: datetime
) -> list[tuple[CaseMark, Case]]:
    """These marks of the store's open cases that stand and lie in the time, the end not in it, in its order."""
    found = (
        select(CaseMark, Case)
        .join(Case, col(Case.id) == CaseMark.case_id)
        .where(Case.store_id == store_id, Case.state == CaseState.OPEN)
        .where(col(CaseMark.mark).in_(marks), col(CaseMark.void_at).is_(None))
        .where(CaseMark.at >= start, CaseMark.at < end)
    )
    return list(session.exec(found.order_by(col(CaseMark.at), col(CaseMark.id))))
