"""Stores and their dated rules: which rules hold at a moment."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint, and_, bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new
from storage.rows import own_row, the_row


class Store(SQLModel, table=True):
    __tablename__ = "stores"

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    key: str = Field(unique=True)
    name: str


class StoreRules(SQLModel, table=True):
    """The store's rules from `valid_from` on, until a later row; `digest` tells whether two are the same."""

    __tablename__ = "store_rules"
    __table_args__ = (UniqueConstraint("store_id", "valid_from"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    valid_from: datetime = Field(sa_type=Moment)
    rules: dict[str, Any] = Field(sa_type=JSON)
    digest: str


def by_key(session: Session, key: str) -> Store | None:
    return session.exec(select(Store).where(Store.key == key)).one_or_none()


def get(session: Session, store_id: int) -> Store:
    return the_row(session, Store, store_id)


def all_stores(session: Session) -> list[Store]:
    return list(session.exec(select(Store).order_by(col(Store.id))))


def put_store(session: Session, *, key: str, name: str) -> Store:
    """The store with that key, made or renamed; two who load it at once go on one after the other."""
    insert_new(session, Store, {"key": key, "name": name})
    store = session.exec(select(Store).where(Store.key == key).with_for_update()).one()
    store.name = name
    return store


def rules_at(session: Session, store_id: int, at: datetime) -> StoreRules | None:
    """The newest rules that hold at `at`."""
    held = select(StoreRules).where(StoreRules.store_id == store_id, StoreRules.valid_from <= at)
    return session.exec(held.order_by(col(StoreRules.valid_from).desc()).limit(1)).one_or_none()


_OPENED = (
    select(Store, StoreRules.digest)
    .join(
        StoreRules,
        and_(col(StoreRules.store_id) == Store.id, col(StoreRules.valid_from) <= bindparam("at")),
        isouter=True,
    )
    .where(Store.id == bindparam("store_id"))
    .order_by(col(StoreRules.valid_from).desc())
    .limit(1)
)


def with_digest(session: Session, store_id: int, at: datetime) -> tuple[Store, str | None]:
    """The store, and the digest of the rules that hold at `at`; None if it has no rules of its own yet."""
    store, digest = session.exec(_OPENED, params={"store_id": store_id, "at": at}).one()
    return store, digest


def rules_before(session: Session, store_id: int, at: datetime) -> StoreRules | None:
    """The rules that held just before `at`."""
    held = select(StoreRules).where(StoreRules.store_id == store_id, StoreRules.valid_from < at)
    return session.exec(held.order_by(col(StoreRules.valid_from).desc()).limit(1)).one_or_none()


def rules_by_id(session: Session, store_id: int, rules_id: int) -> StoreRules | None:
    return own_row(session, StoreRules, store_id, rules_id)


def rules_to_come(session: Session, store_id: int, *, now: datetime) -> list[StoreRules]:
    """Rules that will hold from a later moment on, the next first."""
    coming = select(StoreRules).where(StoreRules.store_id == store_id, StoreRules.valid_from > now)
    return list(session.exec(coming.order_by(col(StoreRules.valid_from))))


def drop_rules_after(session: Session, store_id: int, at: datetime) -> list[StoreRules]:
    """Rules that were to hold from later than `at` on are gone; returns them, the next first."""
    dropped = rules_to_come(session, store_id, now=at)
    for rules in dropped:
        session.delete(rules)
    session.flush()
    return dropped


def put_rules(session: Session, store_id: int, *, valid_from: datetime, rules: dict[str, Any]) -> StoreRules | None:
    """Lets `rules` hold from `valid_from`; None if they held already and nothing was written."""
    digest = hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()
    held = rules_at(session, store_id, valid_from)
    if held is not None and held.digest == digest:
        return None
    if held is None or held.valid_from != valid_from:
        held = StoreRules(store_id=store_id, valid_from=valid_from, rules=rules, digest=digest)
    held.rules, held.digest = rules, digest
    session.add(held)
    session.flush()
    return held
