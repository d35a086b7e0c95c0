"""Who did what, on whose behalf, to what, by which rule, when: written with the fact itself, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment


class Audit(SQLModel, table=True):
    __tablename__ = "audit"
    __table_args__ = (Index("audit_subject", "store_id", "subject"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int | None = Field(default=None, foreign_key="stores.id", sa_type=KEY)
    actor_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    on_behalf_of_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    verb: str
    subject: str
    rule: str = ""
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    at: datetime = Field(sa_type=Moment)


def record(
    session: Session,
    *,
    store_id: int | None,
    actor_id: int | None,
    verb: str,
    subject: str,
    at: datetime,
    on_behalf_of_id: int | None = None,
    rule: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    session.add(
        Audit(
            store_id=store_id,
            actor_id=actor_id,
            on_behalf_of_id=on_behalf_of_id,
            verb=verb,
            subject=subject,
            rule=rule,
            before=before,
            after=after,
            at=at,
        )
    )


def of_subject(session: Session, store_id: int, subject: str) -> list[Audit]:
    """The subject's history, oldest first."""
    entries = select(Audit).where(Audit.store_id == store_id, Audit.subject == subject)
    return list(session.exec(entries.order_by(col(Audit.id))))


def has(session: Session, store_id: int, subject: str, verb: str) -> bool:
    """Whether that ever happened to the subject."""
    entry = select(Audit.id).where(Audit.store_id == store_id, Audit.subject == subject, Audit.verb == verb)
    return session.exec(entry.limit(1)).one_or_none() is not None


def count_since(session: Session, subject: str, verb: str, *, since: datetime) -> int:
    """How often that happened to a subject of no store after `since`."""
    entries = select(func.count()).select_from(Audit).where(col(Audit.store_id).is_(None), Audit.subject == subject)
    return session.exec(entries.where(Audit.verb == verb, Audit.at > since)).one()
