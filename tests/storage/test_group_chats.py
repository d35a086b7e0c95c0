"""The chats of the stores' groups: whose they are, where they are found, and where they move."""

from __future__ import annotations

from concurrent.futures import wait
from functools import partial

from sqlmodel import Session

from storage import group_chats, staff
from storage.database import Database
from storage.staff import Group
from tests.storage.shop import NOW, Shop, open_shop


def take(database: Database, store_id: int, address: str = "new") -> Group | None:
    taking = partial(group_chats.take_group, name="群", channel="fake", account="local", address=address)
    return database.write_now(partial(taking, store_id=store_id))


def give_up(database: Database, group: Group | None) -> None:
    assert group is not None
    group_id = group.id

    def work(session: Session) -> None:
        known = staff.group(session, group_id)
        assert known is not None
        group_chats.give_up_group(session, known, now=NOW)

    database.write_now(work)


def test_a_group_is_taken_by_one_store_only(database: Database, shop: Shop) -> None:
    other = database.write_now(partial(open_shop, key="renmin"))

    first, second, again = [take(database, store_id) for store_id in (shop.store_id, other.store_id, shop.store_id)]

    assert first is not None
    assert (first.store_id, first.listed) == (shop.store_id, False)
    assert (second, again) == (None, None)


def test_of_two_stores_that_take_a_group_at_once_one_gets_it(database: Database, shop: Shop) -> None:
    other = database.write_now(partial(open_shop, key="renmin"))
    taking = partial(group_chats.take_group, name="群", channel="fake", account="local", address="new")

    tried = [database.submit(partial(taking, store_id=one)) for one in (shop.store_id, other.store_id) * 3]
    wait(tried)

    assert len([one for one in tried if one.result() is not None]) == 1


def test_a_group_is_found_with_its_topics_and_without_those_whose_number_begins_like_its_own(
    database: Database, shop: Shop
) -> None:
    there = [take(database, shop.store_id, address) for address in ("-100", "-100/7", "-1001", "-1001/7", "-100/8")]
    give_up(database, there[-1])
    at = partial(group_chats.groups_in, channel="fake", account="local")

    whole, topic = (database.read_now(partial(at, address=address)) for address in ("-100", "-100/7"))

    assert [one.address for one in whole] == ["-100", "-100/7"]
    assert [one.address for one in topic] == ["-100/7"]


def test_a_group_that_was_given_up_is_nobodys_and_its_row_is_not_the_next_ones(database: Database, shop: Shop) -> None:
    other = database.write_now(partial(open_shop, key="renmin"))
    before = take(database, shop.store_id)
    at = partial(staff.group_at, channel="fake", account="local", address="new")

    give_up(database, before)

    assert database.read_now(at) is None
    assert [one.id for one in database.read_now(partial(staff.groups_of, store_id=shop.store_id))] == [shop.group]
    after = take(database, other.store_id)
    assert before is not None
    assert after is not None
    assert after.id != before.id
    found = database.read_now(at)
    assert found is not None
    assert found.id == after.id
    give_up(database, after)
    assert take(database, shop.store_id) is not None


def test_a_group_is_moved_once_however_often_that_is_said(database: Database, shop: Shop) -> None:
    known = take(database, shop.store_id, "-5")
    moving = partial(group_chats.move_chat, channel="fake", account="local", old="-5", new="-1005", now=NOW)
    at = partial(staff.group_at, channel="fake", account="local")

    moved = [database.write_now(moving) for _ in range(2)]

    assert moved == [True, True]
    there = database.read_now(partial(at, address="-1005"))
    assert known is not None
    assert there is not None
    assert there.id == known.id
    assert database.read_now(partial(at, address="-5")) is None


def test_nobodys_group_moves_nowhere(database: Database, shop: Shop) -> None:
    moving = partial(group_chats.move_chat, channel="fake", account="local", old="-5", new="-1005", now=NOW)

    assert not database.write_now(moving)
