"""Stores and their dated rules: what held at a moment stays what held then."""

from __future__ import annotations

from concurrent.futures import wait
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy.exc import NoResultFound

from storage import stores
from storage.database import Database
from storage.stores import Store, StoreRules
from tests.storage.shop import DAY, NOW, Shop, all_rows


def put_rules(database: Database, shop: Shop, valid_from: datetime, rules: dict[str, Any]) -> bool:
    work = partial(stores.put_rules, store_id=shop.store_id, valid_from=valid_from, rules=rules)
    return database.write_now(work) is not None


def rules_at(database: Database, shop: Shop, at: datetime) -> dict[str, Any] | None:
    found = database.read_now(partial(stores.rules_at, store_id=shop.store_id, at=at))
    return None if found is None else found.rules


def test_rules_hold_from_their_day_until_the_next(database: Database, shop: Shop) -> None:
    put_rules(database, shop, NOW, {"leave": 1})
    put_rules(database, shop, NOW + 2 * DAY, {"leave": 2})

    assert rules_at(database, shop, NOW - DAY) is None
    assert rules_at(database, shop, NOW) == {"leave": 1}
    assert rules_at(database, shop, NOW + DAY) == {"leave": 1}
    assert rules_at(database, shop, NOW + 2 * DAY) == {"leave": 2}


def test_the_same_rules_again_write_nothing(database: Database, shop: Shop) -> None:
    first = put_rules(database, shop, NOW, {"a": 1, "b": 2})
    again = put_rules(database, shop, NOW + DAY, {"b": 2, "a": 1})

    assert (first, again) == (True, False)
    assert len(all_rows(database, StoreRules)) == 1


def test_rules_of_the_same_moment_are_replaced(database: Database, shop: Shop) -> None:
    put_rules(database, shop, NOW, {"a": 1})
    put_rules(database, shop, NOW, {"a": 2})

    assert rules_at(database, shop, NOW) == {"a": 2}
    assert len(all_rows(database, StoreRules)) == 1


def test_going_back_to_older_rules_is_a_new_row(database: Database, shop: Shop) -> None:
    put_rules(database, shop, NOW, {"a": 1})
    put_rules(database, shop, NOW + DAY, {"a": 2})

    changed = put_rules(database, shop, NOW + 2 * DAY, {"a": 1})

    assert changed
    assert rules_at(database, shop, NOW + DAY) == {"a": 2}
    assert rules_at(database, shop, NOW + 2 * DAY) == {"a": 1}


def test_stores_have_rules_of_their_own(database: Database, shop: Shop) -> None:
    put_rules(database, shop, NOW, {"a": 1})

    assert database.read_now(partial(stores.rules_at, store_id=shop.store_id + 1, at=NOW)) is None


def test_a_store_is_renamed_not_made_twice(database: Database, shop: Shop) -> None:
    renamed = database.write_now(partial(stores.put_store, key="zhongshan", name="中山路旗舰店"))

    assert renamed.id == shop.store_id
    assert [store.name for store in all_rows(database, Store)] == ["中山路旗舰店"]


def test_a_store_loaded_by_several_at_once_is_one_store(database: Database) -> None:
    loads = [database.submit(partial(stores.put_store, key="new", name=f"新店{n}")) for n in range(6)]
    wait(loads)

    assert len({load.result().id for load in loads}) == 1
    assert len(all_rows(database, Store)) == 1


def test_stores_are_found_by_key_and_by_id(database: Database, shop: Shop) -> None:
    found = database.read_now(partial(stores.by_key, key="zhongshan"))

    assert found is not None
    assert found.id == shop.store_id
    assert database.read_now(partial(stores.by_key, key="none")) is None
    assert [store.id for store in database.read_now(stores.all_stores)] == [shop.store_id]
    with pytest.raises(NoResultFound):
        database.read_now(partial(stores.get, store_id=4711))
