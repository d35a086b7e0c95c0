"""Moments, JSON and keys mean the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.exc import StatementError

from storage import meta, reminders, stores
from storage.columns import insert_new
from storage.database import Database
from storage.reminders import Reminder
from storage.stores import Store
from tests.storage.shop import Shop, all_rows

LOCAL = datetime(2026, 11, 25, 10, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))


def _remind(database: Database, shop: Shop, at: datetime) -> None:
    database.write_now(
        lambda session: reminders.put(
            session, store_id=shop.store_id, feature="leave", subject="leave:1", occurrence="", at=at
        )
    )


def test_a_moment_of_any_zone_comes_back_in_utc_to_the_microsecond(database: Database, shop: Shop) -> None:
    _remind(database, shop, LOCAL)

    [kept] = all_rows(database, Reminder)
    assert kept.at == LOCAL
    assert kept.at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(database: Database, shop: Shop) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        _remind(database, shop, LOCAL.replace(tzinfo=None))

    assert all_rows(database, Reminder) == []


def test_moments_of_different_zones_are_ordered_by_when_they_are(database: Database, shop: Shop) -> None:
    early, late = LOCAL, LOCAL.astimezone(UTC) + timedelta(minutes=1)
    _remind(database, shop, late)

    found = database.read_now(lambda session: reminders.due(session, now=early, real=early))

    assert found == []


def test_json_comes_back_as_it_was(database: Database) -> None:
    value: dict[str, Any] = {"text": "王磊 “引号” \\ 😀", "none": None, "list": [1, True, "二"], "deep": {"a": {}}}

    database.write_now(lambda session: meta.put(session, "odd", value))

    assert database.read_now(lambda session: meta.get(session, "odd")) == value


def test_a_row_that_is_there_already_is_not_inserted_again(database: Database, shop: Shop) -> None:
    row = {"key": "zhongshan", "name": "另一个名字"}

    made = database.write_now(lambda session: insert_new(session, Store, row))

    assert made is None
    assert [store.name for store in all_rows(database, Store)] == ["中山路店"]


def test_a_new_row_has_an_id(database: Database, shop: Shop) -> None:
    made = database.write_now(lambda session: insert_new(session, Store, {"key": "new", "name": "新店"}))

    assert made == database.read_now(lambda session: stores.by_key(session, "new").id)  # type: ignore[union-attr]
