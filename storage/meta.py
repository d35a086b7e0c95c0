"""Small facts about the deployment itself, by name, such as how far the demo's clock was moved."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel

from storage.columns import JSON
from storage.database import savepoint


class Meta(SQLModel, table=True):
    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: dict[str, Any] = Field(sa_type=JSON)


def get(session: Session, name: str) -> dict[str, Any] | None:
    row = session.get(Meta, name)
    return None if row is None else row.value


def put(session: Session, name: str, value: dict[str, Any]) -> None:
    session.merge(Meta(name=name, value=value))


def put_new(session: Session, name: str, value: dict[str, Any]) -> dict[str, Any]:
    """Keeps the fact unless there is one: what is kept now, which another process may have put in this instant."""
    with suppress(IntegrityError), savepoint(session):
        session.add(Meta(name=name, value=value))
        session.flush()
    return session.get_one(Meta, name).value
