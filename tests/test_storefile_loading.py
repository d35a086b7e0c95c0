"""Loading a store's file: once, again, with changes, without somebody, next to another store."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from bot.rules.book import Rulebook, as_stored
from bot.storefile import Loaded, StoreFileError, load_store, read_store
from storage import staff, stores
from storage.database import Database
from storage.staff import Contact, Group, Staff
from tests.sources import ROOT

DEMO = (ROOT / "stores/demo.toml").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 25, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = NOW + timedelta(hours=1)
EVERYBODY = ("刘总", "周敏", "王磊", "陈静", "赵倩", "孙强", "吴刚")
NORTH = """\
[store]
key = "north"
name = "城北店"
[[staff]]
key = "he"
name = "何总"
roles = ["gm_office", "client_manager"]
[[groups]]
key = "north"
name = "城北群"
"""


def load(database: Database, text: str, now: datetime = NOW) -> Loaded:
    return database.write_now(partial(load_store, file=read_store(text), now=now))


def people(database: Database, store_id: int) -> dict[str, Staff]:
    everybody = database.read_now(partial(staff.everybody, store_id=store_id))
    return {person.key: person for person in everybody}


def groups(database: Database, store_id: int) -> list[Group]:
    return database.read_now(partial(staff.groups_of, store_id=store_id))


def contacts(database: Database, person: Staff) -> list[Contact]:
    return database.read_now(partial(staff.contacts_of, staff_id=person.id))


def rules(database: Database, store_id: int, at: datetime) -> dict[str, object]:
    held = database.read_now(partial(stores.rules_at, store_id=store_id, at=at))
    return held.rules if held else {}


def without(key: str, text: str = DEMO) -> str:
    """The file without the person with that key."""
    return re.sub(rf'\[\[staff\]\]\nkey = "{key}"\n(?:.+\n)+', "", text)


def test_a_new_store_has_its_people_groups_and_rules(database: Database) -> None:
    loaded = load(database, DEMO)

    assert loaded == Loaded(loaded.store_id, EVERYBODY, (), (), True)
    known = people(database, loaded.store_id)
    assert tuple(person.name for person in known.values()) == EVERYBODY
    assert known["zhou"].roles == ["client_manager"]
    assert known["wang"].phone == "13800000003"
    assert (known["liu"].deputy_id, known["zhou"].deputy_id) == (known["zhou"].id, known["liu"].id)
    assert [(one.channel, one.account, one.address, one.name) for one in groups(database, loaded.store_id)] == [
        ("webchat", "local", "store", "店面群")
    ]
    assert rules(database, loaded.store_id, NOW) == as_stored(read_store(DEMO).rules)


def test_everybody_who_is_here_can_be_reached_in_the_web_chat(database: Database) -> None:
    loaded = load(database, DEMO.replace('"设计部"\nactive = true', '"设计部"\nactive = false', 1))

    known = people(database, loaded.store_id)
    assert [(one.channel, one.account, one.address) for one in contacts(database, known["chen"])] == [
        ("webchat", "local", "chen")
    ]
    assert contacts(database, known["wang"]) == []


def test_loading_the_same_file_again_changes_nothing(database: Database) -> None:
    first = load(database, DEMO)
    before = people(database, first.store_id)

    again = load(database, DEMO, LATER)

    assert again == Loaded(first.store_id, (), (), (), False)
    assert people(database, first.store_id) == before
    assert len(groups(database, first.store_id)) == 1


def test_rules_written_differently_that_are_the_same_are_no_change(database: Database) -> None:
    load(database, DEMO)

    again = load(database, DEMO.replace('["wed", "sat"]', '["sat", "wed"]').replace('"2h"', '"120m"'), LATER)

    assert not again.rules_changed


def test_changed_rules_hold_from_the_moment_of_loading(database: Database) -> None:
    store_id = load(database, DEMO).store_id

    loaded = load(database, DEMO.replace("longest_days = 30", "longest_days = 15"), LATER)

    assert loaded.rules_changed
    assert Rulebook.model_validate(rules(database, store_id, LATER)).leave.longest_days == 15
    assert Rulebook.model_validate(rules(database, store_id, NOW)).leave.longest_days == 30


def test_a_person_is_changed_in_place(database: Database) -> None:
    store_id = load(database, DEMO).store_id
    before = people(database, store_id)["wang"]

    loaded = load(
        database,
        DEMO.replace('"王磊"', '"王小磊"').replace('"13800000003"', '"028-85551234"').replace("城南店", "城东店"),
    )

    after = people(database, store_id)["wang"]
    assert loaded == Loaded(store_id, (), ("王小磊",), (), False)
    assert (after.id, after.name, after.phone) == (before.id, "王小磊", "02885551234")
    assert database.read_now(partial(stores.get, store_id=store_id)).name == "锦上装饰（城东店）"


def test_another_deputy_and_none_at_all_are_changes(database: Database) -> None:
    store_id = load(database, DEMO).store_id

    loaded = load(database, DEMO.replace('deputy = "zhou"', 'deputy = "chen"').replace('deputy = "liu"', 'deputy = ""'))

    known = people(database, store_id)
    assert loaded.changed == ("刘总", "周敏")
    assert (known["liu"].deputy_id, known["zhou"].deputy_id) == (known["chen"].id, None)


def test_who_is_not_in_the_file_any_more_is_deactivated_and_keeps_everything(database: Database) -> None:
    store_id = load(database, DEMO).store_id
    before = people(database, store_id)["wu"]

    loaded = load(database, without("wu"))

    after = people(database, store_id)["wu"]
    assert loaded == Loaded(store_id, (), (), ("吴刚",), False)
    assert (after.id, after.name, after.active) == (before.id, "吴刚", False)
    assert len(contacts(database, after)) == 1
    assert "wu" not in [one.key for one in database.read_now(partial(staff.of_store, store_id=store_id))]


def test_who_is_marked_as_away_for_good_is_deactivated_too(database: Database) -> None:
    load(database, DEMO)

    loaded = load(database, DEMO.replace('"设计部"\nactive = true', '"设计部"\nactive = false', 1))

    assert (loaded.changed, loaded.deactivated) == ((), ("王磊",))


def test_who_comes_back_is_the_same_person(database: Database) -> None:
    store_id = load(database, DEMO).store_id
    before = people(database, store_id)["wu"]
    load(database, without("wu"))

    loaded = load(database, DEMO)

    after = people(database, store_id)["wu"]
    assert loaded == Loaded(store_id, (), ("吴刚",), (), False)
    assert after == before


def test_a_group_is_renamed_in_place_and_stays_when_it_is_left_out(database: Database) -> None:
    store_id = load(database, DEMO).store_id
    (before,) = groups(database, store_id)
    load(database, DEMO.replace("店面群", "城南群"))

    load(database, DEMO.replace('key = "store" ', 'key = "floor" '))

    stayed, new = groups(database, store_id)
    assert (stayed.id, stayed.address, stayed.name) == (before.id, "store", "城南群")
    assert new.address == "floor"


def test_a_stranger_who_wrote_before_becomes_the_person(database: Database) -> None:
    def wrote(session: Session) -> int:
        return staff.contact(session, channel="webchat", account="local", address="wang").id

    stranger_id = database.write_now(wrote)

    loaded = load(database, DEMO)

    wang = people(database, loaded.store_id)["wang"]
    assert [one.id for one in contacts(database, wang)] == [stranger_id]


def test_two_stores_live_side_by_side(database: Database) -> None:
    south, north = load(database, DEMO), load(database, NORTH)

    again = load(database, DEMO, LATER)

    assert north.added == ("何总",)
    assert again == Loaded(south.store_id, (), (), (), False)
    assert people(database, north.store_id)["he"].active


def test_keys_of_another_store_are_told_with_their_lines_and_nothing_is_stored(database: Database) -> None:
    south = load(database, DEMO)
    taken = NORTH.replace('"he"', '"wang"').replace('key = "north"\nname = "城北群"', 'key = "store"\nname = "城北群"')

    with pytest.raises(StoreFileError) as refused:
        load(database, taken)

    assert [(one.line, one.where, one.key) for one in refused.value.mistakes] == [
        (5, "staff[1].key", "store.other_store"),
        (9, "groups[1].key", "store.other_store"),
    ]
    assert [one.key for one in database.read_now(stores.all_stores)] == ["demo"]
    assert people(database, south.store_id)["wang"].name == "王磊"


def enter(database: Database, store_id: int, key: str, name: str) -> Staff:
    """Somebody whom a manager entered in the chat."""

    def work(session: Session) -> Staff:
        person = Staff(store_id=store_id, key=key, name=name, roles=["designer"], phone="13800000011", listed=False)
        staff.put(session, person)
        return person

    return database.write_now(work)


def deputise(database: Database, store_id: int, key: str, deputy: Staff | None) -> None:
    def work(session: Session) -> None:
        found = {person.key: person for person in staff.everybody(session, store_id)}
        found[key].deputy_id = deputy.id if deputy else None

    database.write_now(work)


def test_who_was_entered_in_the_chat_stays_when_the_file_does_not_name_them(database: Database) -> None:
    store_id = load(database, DEMO).store_id
    enter(database, store_id, "p12", "李明")

    loaded = load(database, without("wu"), LATER)

    assert loaded.deactivated == ("吴刚",)
    after = people(database, store_id)["p12"]
    assert (after.active, after.listed) == (True, False)


def test_who_left_in_the_chat_is_not_brought_back_by_a_file_that_does_not_name_them(database: Database) -> None:
    store_id = load(database, DEMO).store_id
    enter(database, store_id, "p12", "李明")
    database.write_now(lambda session: setattr(staff.with_keys(session, ["p12"])[0], "active", False))

    load(database, DEMO, LATER)

    assert not people(database, store_id)["p12"].active


def test_a_file_that_names_the_key_of_somebody_entered_in_the_chat_takes_them_over(database: Database) -> None:
    store_id = load(database, DEMO).store_id
    before = enter(database, store_id, "p12", "李明")
    named = DEMO + '\n[[staff]]\nkey = "p12"\nname = "李小明"\nroles = ["estimator"]\n'

    loaded = load(database, named, LATER)
    again = load(database, DEMO, LATER)

    after = people(database, store_id)["p12"]
    assert (loaded.added, loaded.changed) == ((), ("李小明",))
    assert (after.id, after.name, after.roles, after.listed) == (before.id, "李小明", ["estimator"], True)
    assert again.deactivated == ("李小明",)


def test_a_name_that_was_entered_in_the_chat_is_told_with_its_line_and_key(database: Database) -> None:
    store_id = load(database, DEMO).store_id
    enter(database, store_id, "p12", "李明")
    named = '[[staff]]\nkey = "li"\nname = "李明"\nroles = ["designer"]\n' + DEMO

    with pytest.raises(StoreFileError) as refused:
        load(database, named, LATER)

    [mistake] = refused.value.mistakes
    assert (mistake.line, mistake.where, mistake.key) == (3, "staff[1].name", "store.name_in_use")
    assert mistake.values == {"said": "李明", "known": "p12"}
    assert "li" not in people(database, store_id)


def test_a_deputy_who_was_entered_in_the_chat_stays_where_the_file_names_none(database: Database) -> None:
    store_id = load(database, DEMO).store_id
    li = enter(database, store_id, "p12", "李明")
    for key in ("wang", "zhou"):
        deputise(database, store_id, key, li)
    deputise(database, store_id, "chen", people(database, store_id)["wang"])

    load(database, DEMO, LATER)

    known = people(database, store_id)
    assert known["wang"].deputy_id == li.id
    assert known["zhou"].deputy_id == known["liu"].id
    assert known["chen"].deputy_id is None
