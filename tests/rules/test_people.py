"""The people of a store: who may change whom, what a store cannot be without, names, roles, keys and codes."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import people as rules
from storage.staff import Role, Staff

GM, CM, D, E = Role.GM_OFFICE, Role.CLIENT_MANAGER, Role.DESIGNER, Role.ESTIMATOR


def person(number: int, *roles: Role, name: str = "", active: bool = True) -> Staff:
    return Staff(id=number, store_id=1, key=f"k{number}", name=name or f"人{number}", roles=list(roles), active=active)


LIU, ZHOU, WANG = person(1, GM), person(2, CM), person(3, D)

# (who, whom, whether)
CHANGING = [
    (LIU, WANG, True),
    (LIU, ZHOU, True),
    (LIU, person(9, GM), True),
    (LIU, LIU, True),
    (ZHOU, WANG, True),
    (ZHOU, ZHOU, True),  # one's own phone and deputy
    (ZHOU, LIU, False),
    (ZHOU, person(9, CM), False),
    (ZHOU, person(9, D, CM), False),  # also where it is one role of several
    (WANG, WANG, False),
    (WANG, person(9, E), False),
    (WANG, LIU, False),
]


@pytest.mark.parametrize(("me", "whom", "may"), CHANGING)
def test_managers_change_others_and_the_gm_office_changes_managers(me: Staff, whom: Staff, may: bool) -> None:
    assert rules.may_change(me, whom) is may


# (who, roles before, roles after, whether)
GIVING: list[tuple[Staff, list[Role], list[Role], bool]] = [
    (LIU, [D], [CM], True),
    (LIU, [CM], [D], True),
    (LIU, [], [GM], True),
    (ZHOU, [], [D], True),
    (ZHOU, [D], [D, E], True),
    (ZHOU, [D], [CM], False),
    (ZHOU, [D], [D, GM], False),
    (ZHOU, [], [CM], False),
    (ZHOU, [CM], [CM, GM], False),  # nobody promotes themselves
    (ZHOU, [CM], [D], False),
    (ZHOU, [CM], [CM], True),  # nothing changes
    (WANG, [D], [E], False),
]


@pytest.mark.parametrize(("me", "before", "after", "may"), GIVING)
def test_only_the_gm_office_makes_a_manager_or_ends_it(
    me: Staff, before: list[Role], after: list[Role], may: bool
) -> None:
    assert rules.may_give(me, before, after) is may


# (people, the role that is missing)
HELD = [
    ([LIU, ZHOU, WANG], None),
    ([LIU, WANG], CM),
    ([ZHOU, WANG], GM),
    ([person(1, GM, CM)], None),  # one person may be both
    ([LIU, person(2, CM, active=False)], CM),  # who has left decides nothing
    ([], CM),
]


@pytest.mark.parametrize(("people", "missing"), HELD)
def test_a_store_cannot_be_without_a_client_manager_and_a_gm_office(people: list[Staff], missing: Role | None) -> None:
    assert rules.missing_role(people) == missing


# (name, whose it is already)
NAMESAKES = [
    ("王磊", 1),
    ("王磊明", None),  # a longer name is another one
    ("k1", 1),  # found by key too
    ("陈静", None),  # she has left
    ("赵倩", None),  # it is the person themselves
]


@pytest.mark.parametrize(("name", "whose"), NAMESAKES)
def test_two_who_work_here_are_not_called_the_same(name: str, whose: int | None) -> None:
    people = [person(1, D, name="王磊"), person(2, D, name="陈静", active=False), person(3, E, name="赵倩")]

    same = rules.namesake(name, people, but=3)

    assert (same.id if same else None) == whose


@pytest.mark.parametrize("name", ["王磊", "欧阳娜娜", "买买提·艾力", "Tom", "Tom Li", "小王2", "𠮷野", "刘"])
def test_names_that_people_have(name: str) -> None:
    assert rules.is_name(name)


BAD_NAMES = ["", "123", "13800000011", "<b>王</b>", "王 磊", "王，磊", "王\n磊", "王" * 21, "{{7*7}}", "😀", "·", " 王"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_what_is_no_name(name: str) -> None:
    assert not rules.is_name(name)


# (said, roles)
ROLES: list[tuple[str, list[Role]]] = [
    ("设计师", [D]),
    ("预算员", [E]),
    ("前台", [CM]),
    ("工程部经理", [Role.ENGINEERING_MANAGER]),
    ("设计师、预算员", [D, E]),
    ("设计师 预算员", [D, E]),
    ("设计师兼预算员", [D, E]),
    ("设计师和设计师", [D]),
    ("岗位：项目经理", [Role.PROJECT_MANAGER]),
    ("改成设计师", [D]),
    ("设计师、会计", []),  # not half of it
    ("设计部", []),
    ("", []),
    ("、", []),
]


@pytest.mark.parametrize(("said", "roles"), ROLES)
def test_roles_by_their_chinese_names(said: str, roles: list[Role]) -> None:
    assert rules.roles_in(said) == roles


def test_keys_are_proposed_by_number_until_one_is_free() -> None:
    assert list(islice(rules.proposed_keys(12), 3)) == ["p12", "p12_2", "p12_3"]


# (said, the code in it)
CODES = [
    ("加入 7K3M-Q9XA", "7K3MQ9XA"),
    ("加入7k3mq9xa", "7K3MQ9XA"),
    ("加入：７Ｋ３Ｍ－Ｑ９ＸＡ", "7K3MQ9XA"),
    ("  加入 7K3M Q9XA。", "7K3MQ9XA"),
    ("加入", ""),
    ("加入 7K3M", ""),
    ("加入你们公司要什么条件", ""),
    ("加入 7K3M-Q9XA-2222", ""),
    ("我要加入 7K3M-Q9XA", None),
    ("7K3M-Q9XA", None),
    ("你好", None),
    ("", None),
]


@pytest.mark.parametrize(("said", "code"), CODES)
def test_a_code_is_read_in_any_width_and_case(said: str, code: str | None) -> None:
    assert rules.code_in(said) == code


@given(st.text(alphabet=rules.ALPHABET, min_size=rules.CODE_LENGTH, max_size=rules.CODE_LENGTH))
def test_every_code_is_read_as_it_is_written(code: str) -> None:
    assert rules.code_in(f"加入 {rules.grouped(code)}") == code


def test_codes_have_no_look_alikes() -> None:
    assert set("01ILO").isdisjoint(rules.ALPHABET)
    assert len(set(rules.ALPHABET)) == len(rules.ALPHABET) == 31
