"""A row by its number: by statements that are built once, from the session where it has the row already."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import class_mapper
from sqlalchemy.orm.attributes import instance_state
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

Row = TypeVar("Row", bound=SQLModel)


def row_with_id(session: Session, table: type[Row], row_id: int) -> Row | None:
    """`session.get` in half the time: every message needs some."""
    known: Row | None = session.identity_map.get(class_mapper(table).identity_key_from_primary_key((row_id,)))
    if known is not None and not instance_state(known).expired:
        return known
    return session.exec(_with_id(table), params={"row_id": row_id}).one_or_none()


def the_row(session: Session, table: type[Row], row_id: int) -> Row:
    """The same of a row that is there. Raises NoResultFound where it is not."""
    found = row_with_id(session, table, row_id)
    if found is None:
        raise NoResultFound(f"{table.__tablename__} has no row {row_id}")
    return found


def own_row(session: Session, table: type[Row], store_id: int, row_id: int) -> Row | None:
    """The store's own row with that number; another store's is as good as none."""
    found: Any = row_with_id(session, table, row_id)
    return found if found is not None and found.store_id == store_id else None


def locked_row(session: Session, table: type[Row], store_id: int, row_id: int) -> Row | None:
    """The store's own row as it is now; nobody else changes it until the end."""
    return session.exec(_locked(table), params={"store_id": store_id, "row_id": row_id}).one_or_none()


@cache
def _with_id(table: type[Row]) -> SelectOfScalar[Row]:
    return select(table).where(table.__table__.c.id == bindparam("row_id"))  # type: ignore[attr-defined]


@cache
def _locked(table: type[Row]) -> SelectOfScalar[Row]:
    own = _with_id(table).where(table.__table__.c.store_id == bindparam("store_id"))  # type: ignore[attr-defined]
    return own.with_for_update(key_share=True).execution_options(populate_existing=True)
