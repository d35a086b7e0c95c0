"""The people of a store: who they are, how they are reached, and whose a group is."""

from __future__ import annotations

from concurrent.futures import wait
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from storage import staff
from storage.database import Database
from storage.staff import Contact, Group, Role, Staff
from tests.storage.shop import HOUR, NOW, Shop, all_rows, bound_contact, open_shop


def names(people: list[Staff]) -> list[str]:
    return [person.name for person in people]


def bind_chat(database: Database, staff_id: int, address: str, *, spoke_at: datetime | None = None) -> int:
    def work(session: Session) -> int:
        made = bound_contact(session, staff_id, address=address)
        made.spoke_at = spoke_at
        return made.id

    return database.write_now(work)


def leave_the_store(database: Database, staff_id: int) -> None:
    def work(session: Session) -> None:
        staff.get(session, staff_id).active = False

    database.write_now(work)


def test_people_are_found_by_key_by_name_and_by_role(database: Database, shop: Shop) -> None:
    people = database.read_now(partial(staff.of_store, store_id=shop.store_id))
    by_key = database.read_now(partial(staff.by_key, key="wang"))

    assert names(people) == ["Wang", "Chen", "Zhou", "Liu"]
    assert names(staff.with_role(people, Role.DESIGNER)) == ["Wang", "Chen"]
    assert by_key is not None
    assert by_key.has(Role.DESIGNER)
    assert not by_key.has(Role.CLIENT_MANAGER)
    assert database.read_now(partial(staff.by_key, key="nobody")) is None
    assert names(database.read_now(partial(staff.by_name_or_key, wanted="Chen"))) == ["Chen"]
    assert names(database.read_now(partial(staff.by_name_or_key, wanted="zhou"))) == ["Zhou"]
    assert set(names(database.read_now(partial(staff.with_keys, keys=["liu", "wang", "x"])))) == {"Wang", "Liu"}


def test_who_has_left_works_here_no_more_and_stays_in_the_rows(database: Database, shop: Shop) -> None:
    leave_the_store(database, shop.chen)

    assert "Chen" not in names(database.read_now(partial(staff.of_store, store_id=shop.store_id)))
    assert database.read_now(partial(staff.by_name_or_key, wanted="chen")) == []
    assert "Chen" in names(database.read_now(partial(staff.everybody, store_id=shop.store_id)))


def test_keys_are_unique_in_the_deployment(database: Database, shop: Shop) -> None:
    other = Staff(store_id=shop.store_id, key="wang", name="Another", roles=[Role.DESIGNER])

    with pytest.raises(IntegrityError):
        database.write_now(partial(staff.put, row=other))


def test_stores_do_not_see_each_others_people_and_groups(database: Database, shop: Shop) -> None:
    other = database.write_now(partial(open_shop, key="renmin"))

    people = database.read_now(partial(staff.of_store, store_id=other.store_id))
    groups = database.read_now(partial(staff.groups_of, store_id=other.store_id))

    assert {person.store_id for person in people} == {other.store_id}
    assert [group.id for group in groups] == [other.group]


def test_a_chat_nobody_knows_is_a_strangers(database: Database, shop: Shop) -> None:
    made = database.write_now(partial(staff.contact, channel="webchat", account="local", address="x"))

    assert made.staff_id is None
    assert not made.blocked


def test_the_same_stranger_met_by_several_at_once_is_one_contact(database: Database, shop: Shop) -> None:
    meet = partial(staff.contact, channel="webchat", account="local", address="x")

    met = [database.submit(meet) for _ in range(10)]
    wait(met)

    assert len({one.result().id for one in met}) == 1
    assert len(all_rows(database, Contact)) == 1


def test_a_person_is_reached_where_they_spoke_last(database: Database, shop: Shop) -> None:
    silent = bind_chat(database, shop.wang, "a")
    earlier = bind_chat(database, shop.wang, "b", spoke_at=NOW - HOUR)
    latest = bind_chat(database, shop.wang, "c", spoke_at=NOW)
    bind_chat(database, shop.chen, "d", spoke_at=NOW)

    found = database.read_now(partial(staff.contacts_of, staff_id=shop.wang))

    assert [contact.id for contact in found] == [latest, earlier, silent]


def test_a_blocked_chat_is_not_used_and_is_told_of_once(database: Database, shop: Shop) -> None:
    number = bind_chat(database, shop.wang, "a")

    told = [database.write_now(partial(staff.block, contact_id=number)) for _ in range(2)]

    assert [contact is None for contact in told] == [False, True]
    assert database.read_now(partial(staff.contacts_of, staff_id=shop.wang)) == []
    assert database.write_now(partial(staff.block, contact_id=4711)) is None


def test_binding_a_chat_again_unblocks_it(database: Database, shop: Shop) -> None:
    number = bind_chat(database, shop.wang, "a")
    database.write_now(partial(staff.block, contact_id=number))

    bind_chat(database, shop.wang, "a")

    [found] = database.read_now(partial(staff.contacts_of, staff_id=shop.wang))
    assert found.id == database.read_now(partial(staff.contact_by_id, contact_id=number)).id


def test_a_group_is_found_by_where_it_is(database: Database, shop: Shop) -> None:
    at = partial(staff.group_at, channel="webchat", account="local")

    there = database.read_now(partial(at, address="store"))
    nowhere = database.read_now(partial(at, address="elsewhere"))
    several = database.read_now(
        partial(staff.groups_at, channel="webchat", account="local", addresses=["store", "elsewhere"])
    )

    assert there is not None
    assert there.id == shop.group
    assert nowhere is None
    assert [group.id for group in several] == [shop.group]
    assert database.read_now(partial(staff.group, group_id=shop.group)) is not None
    assert database.read_now(partial(staff.group, group_id=4711)) is None


def test_a_group_chat_belongs_to_one_store(database: Database, shop: Shop) -> None:
    other = database.write_now(partial(open_shop, key="renmin"))
    stolen = Group(store_id=other.store_id, name="x", channel="webchat", account="local", address="store")

    with pytest.raises(IntegrityError):
        database.write_now(partial(staff.put, row=stolen))


def test_a_locked_person_is_read_as_they_are_now(database: Database, shop: Shop) -> None:
    def work(session: Session) -> bool:
        known = staff.get(session, shop.wang)
        return staff.lock(session, shop.wang) is known and known.active

    assert database.write_now(work)


def test_a_lane_is_one_transactions_at_a_time(postgres_url: str) -> None:
    database = Database(postgres_url)
    shop = database.write_now(open_shop)
    stranger = database.write_now(partial(staff.contact, channel="webchat", account="local", address="x")).id
    inside: list[int] = []

    def alone(session: Session) -> None:
        staff.lock(session, shop.wang)
        staff.lock_contact(session, stranger)
        inside.append(1)
        assert len(inside) == 1
        inside.pop()

    pressed = [database.submit(alone) for _ in range(30)]
    wait(pressed)

    assert [one.exception() for one in pressed] == [None] * 30
    database.close()


def test_all_keys_of_somebody_new_are_tried_until_one_is_free(database: Database, shop: Shop) -> None:
    def come(session: Session) -> str:
        new = Staff(store_id=shop.store_id, key="", name="Li", roles=[Role.DESIGNER], listed=False)
        return staff.add(session, new, iter(["wang", "zhou", "p5", "p5_2"])).key

    keys = [database.write_now(come) for _ in range(2)]

    assert keys == ["p5", "p5_2"]
    assert database.read_now(staff.newest_id) > shop.liu


def test_people_who_come_at_once_all_have_a_key_of_their_own(database: Database, shop: Shop) -> None:
    def come(session: Session) -> str:
        new = Staff(store_id=shop.store_id, key="", name="Li", roles=[Role.DESIGNER])
        return staff.add(session, new, (f"p{number}" for number in range(20))).key

    coming = [database.submit(come) for _ in range(8)]
    wait(coming)

    assert sorted(one.result() for one in coming) == [f"p{number}" for number in range(8)]


def test_whoever_changes_the_people_sees_who_came_while_they_waited(database: Database, shop: Shop) -> None:
    def come(session: Session) -> bool:
        everybody = staff.lock_everybody(session, shop.store_id)
        if any(person.name == "Li" for person in everybody):
            return False
        staff.put(session, Staff(store_id=shop.store_id, key=f"k{len(everybody)}", name="Li", roles=[Role.DESIGNER]))
        return True

    coming = [database.submit(come) for _ in range(6)]
    wait(coming)

    assert sorted(one.result() for one in coming) == [False] * 5 + [True]


def test_it_is_known_who_has_a_chat_and_whether_it_takes_anything(database: Database, shop: Shop) -> None:
    blocked = bind_chat(database, shop.chen, "b")
    bind_chat(database, shop.wang, "a")
    bind_chat(database, shop.zhou, "c")
    also_blocked = bind_chat(database, shop.zhou, "d")
    for number in (blocked, also_blocked):
        database.write_now(partial(staff.block, contact_id=number))

    found = database.read_now(partial(staff.reached, store_id=shop.store_id))

    assert found == {shop.wang: True, shop.chen: False, shop.zhou: True}
    assert database.read_now(partial(staff.has_chat, staff_id=shop.chen))
    assert not database.read_now(partial(staff.has_chat, staff_id=shop.liu))
