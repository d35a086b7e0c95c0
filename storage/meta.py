"""Small facts about the deployment itself, by name, such as how far the demo's clock was moved."""

from __future__ import annotations

from typing import Any

from sqlmodel import Field, Session, SQLModel

from storage.columns import JSON


class Meta(SQLModel, table=True):
    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: dict[str, Any] = Field(sa_type=JSON)


def get(session: Session, name: str) -> dict[str, Any] | None:
    row = session.get(Meta, name)
    return None if row is None else row.value


def put(session: Session, name: str, value: dict[str, Any]) -> None:
    session.merge(Meta(name=name, value=value))
