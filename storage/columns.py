"""Column types that both databases share: keys, moments in UTC, amounts, JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import JSON as GENERIC_JSON
from sqlalchemy import BigInteger, DateTime, Integer, TypeDecorator
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

KEY = BigInteger().with_variant(Integer(), "sqlite")
JSON = GENERIC_JSON().with_variant(postgresql.JSONB(), "postgresql")


class Moment(TypeDecorator[datetime]):
    """An aware datetime; kept in UTC, given back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Hundredths(TypeDecorator[Decimal]):
    """A Decimal with two places, kept as a whole number of hundredths: fen of yuan, cm² of a hundredth m²."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        return None if value is None else int((value * 100).to_integral_exact())

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


def insert_new(session: Session, table: type[SQLModel], values: dict[str, Any]) -> int | None:
    """Inserts a row unless a unique key holds it already: its id, or None if it was there."""
    connection = session.connection()
    return connection.execute(_insertion(table, connection.dialect.name), values).scalar_one_or_none()


@cache
def _insertion(table: type[SQLModel], dialect: str) -> Any:
    statement = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    return statement.on_conflict_do_nothing().returning(table.__table__.c.id)  # type: ignore[attr-defined]
