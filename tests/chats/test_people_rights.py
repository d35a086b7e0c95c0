"""Who may look after the people of a store: each command by each role, forged buttons, other stores, hostile words."""

from __future__ import annotations

from functools import partial

import pytest

from storage.staff import Contact, Staff
from tests.chat import Person, StoreAtWork, rows
from tests.chats.staff_steps import audited, entry, joins, make
from tests.chats.steps import not_done, open_other_store, raw_messages, verbs
from tests.chats.test_hostile import NASTY, SHAPES

NOT_YOURS = "这件事不归您办。说“菜单”看看您能办什么。"
NO_BUTTON = "这个按钮用不了，请看最新的消息，或者说“菜单”。"
ONLY_GM = "经理和总经办的人员信息，只有刘总能改。"
ONLY_GM_ROLES = "客户经理和总经办的岗位，只有刘总能给、能撤。"
OTHERS = ("wang", "zhao", "sun", "wu")
LINES = {
    "员工": "店里 7 人：",
    "加员工 李明 设计师": "加一位同事，对吗？",
    "改员工 陈静": "陈静，这样对吗？",
    "代批人 陈静 赵倩": "代批人：赵倩（原来：没有）",
    "离职 陈静": "陈静（设计师，设计部）离职，对吗？",
    "陈静离职了": "陈静（设计师，设计部）离职，对吗？",
    "复职 陈静": "陈静 就在店里，不用复职。",
    "邀请 陈静": "陈静 的加入码",
}


def everybody(store: StoreAtWork) -> dict[str, tuple[list[str], bool, int | None, str]]:
    """What must not change by a forbidden word."""
    people: list[Staff] = store.query(partial(rows, table=Staff))
    return {one.name: (one.roles, one.active, one.deputy_id, one.phone) for one in people}


@pytest.mark.parametrize("who", ["liu", "zhou"])
@pytest.mark.parametrize("line", LINES)
def test_what_managers_may(long_day: StoreAtWork, line: str, who: str) -> None:
    manager = long_day.person(who)

    manager.says(line)

    assert LINES[line] in manager.last().text


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("line", LINES)
def test_what_others_may_not(long_day: StoreAtWork, line: str, who: str) -> None:
    person, before, kept = long_day.person(who), everybody(long_day), len(verbs(long_day))

    person.says(line)

    assert person.last().text == NOT_YOURS
    assert everybody(long_day) == before
    assert verbs(long_day)[kept:] == ["desk.not_allowed"]


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("verb", ["change", "invite"])
def test_which_buttons_are_not_theirs(long_day: StoreAtWork, verb: str, who: str) -> None:
    person = long_day.person(who)
    person.says("菜单")

    person.sends_press(person.last().id, f"people:{verb}:{entry(long_day, '陈静').id}")

    assert person.last().text == NOT_YOURS
    assert verbs(long_day)[-1] == "people.not_allowed"


# What a client manager may not do to those who decide: (line, answer)
ABOVE = [
    ("改员工 刘总", ONLY_GM),
    ("改员工 刘总 13800000099", ONLY_GM),
    ("离职 刘总", ONLY_GM),
    ("邀请 刘总", ONLY_GM),
    ("代批人 刘总 周敏", ONLY_GM),
    ("代批人 刘总 没有", ONLY_GM),
    ("改员工 孙强", ONLY_GM),
    ("离职 孙强", ONLY_GM),
    ("邀请 孙强", ONLY_GM),
    ("复职 吴刚", ONLY_GM),
    ("改员工 王磊 客户经理", ONLY_GM_ROLES),
    ("改员工 王磊 设计师、总经办", ONLY_GM_ROLES),
    ("改员工 周敏 总经办", ONLY_GM_ROLES),
    ("改员工 周敏 设计师", ONLY_GM_ROLES),
    ("加员工 李明 客户经理", ONLY_GM_ROLES),
    ("加员工 李明 总经办 总经办", ONLY_GM_ROLES),
]


@pytest.mark.parametrize(("line", "answer"), ABOVE, ids=[line for line, _ in ABOVE])
def test_what_is_the_gm_offices_alone(store: StoreAtWork, zhou: Person, line: str, answer: str) -> None:
    make(store, "sun", roles=["engineering_manager", "client_manager"])
    make(store, "wu", roles=["gm_office"], active=False)
    before = everybody(store)

    zhou.says(line)

    assert zhou.last().text == answer
    assert everybody(store) == before
    assert verbs(store) == ["people.not_allowed"]


def test_a_role_typed_into_the_open_form_is_checked_too_and_the_form_goes_on(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("改员工 王磊")
    zhou.presses("修改")
    zhou.presses("岗位")
    assert "客户经理" not in zhou.last().buttons

    zhou.says("客户经理")
    refused = zhou.last().text
    zhou.says("预算员")
    zhou.presses("确认")

    assert refused == ONLY_GM_ROLES
    assert entry(store, "王磊").roles == ["estimator"]
    assert verbs(store) == ["people.not_allowed", "people.changed"]


def test_the_gm_office_makes_and_unmakes_managers(store: StoreAtWork, liu: Person, chen: Person) -> None:
    for role in ("客户经理", "总经办", "设计师"):
        liu.says(f"改员工 陈静 {role}")
        liu.presses("确认")
    liu.says("加员工 李明 客户经理")
    liu.presses("确认")
    liu.says("离职 周敏")
    liu.presses("确认")

    assert entry(store, "陈静").roles == ["designer"]
    assert entry(store, "李明").roles == ["client_manager"]
    assert not entry(store, "周敏").active


@pytest.mark.parametrize("verb", ["change", "invite"])
def test_people_of_another_store_are_as_good_as_none(store: StoreAtWork, zhou: Person, liu: Person, verb: str) -> None:
    open_other_store(store)
    feng, before = entry(store, "冯丽"), everybody(store)

    for manager in (zhou, liu):
        manager.says("菜单")
        manager.sends_press(manager.last().id, f"people:{verb}:{feng.id}")

    assert [manager.last().text for manager in (zhou, liu)] == [NO_BUTTON] * 2
    assert everybody(store) == before
    assert verbs(store) == ["desk.forged_button"] * 2


@pytest.mark.parametrize(
    "line", ["改员工 冯丽", "离职 冯丽", "复职 冯丽", "邀请 冯丽", "代批人 周敏 冯丽", "改员工 feng"]
)
def test_people_of_another_store_are_not_found_by_name(store: StoreAtWork, liu: Person, line: str) -> None:
    open_other_store(store)
    before = everybody(store)

    liu.says(line)

    assert liu.last().text.startswith("没找到“")
    assert "钱总" not in liu.last().text
    assert everybody(store) == before


def test_the_same_name_in_two_stores_is_two_people(store: StoreAtWork) -> None:
    open_other_store(store)
    feng = store.person("feng")

    wang = joins(store, feng, "加员工 王磊 设计师")
    feng.says("离职 王磊")
    feng.presses("确认")

    people: list[Staff] = store.query(partial(rows, table=Staff))
    assert [(one.key, one.active) for one in people if one.name == "王磊"] == [("wang", True), (wang.key, False)]


FORGED = [
    "people:change:0",
    "people:change:999",
    "people:change:99999999999999999999",
    "people:change:-1",
    "people:change:",
    "people:leave:3",
    "people:save_change:3",
    "people:change:3:roles=gm_office",
    "people:invite:3;DROP TABLE staff",
    "people:join:3",
    "people::3",
    "people",
    "people_leaving:change:3",
]


@pytest.mark.parametrize("action", FORGED)
def test_a_forged_button_changes_nobody(long_day: StoreAtWork, action: str) -> None:
    zhou, before, parked = long_day.person("zhou"), everybody(long_day), not_done(long_day)
    zhou.says("菜单")
    card = zhou.last()

    zhou.sends_press(card.id, action)

    assert zhou.last().id != card.id
    assert everybody(long_day) == before
    assert not_done(long_day) == parked


def test_a_button_about_somebody_who_left_says_so(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("员工")
    card = zhou.last()
    make(store, "wang", active=False)

    zhou.sends_press(card.id, card.actions[card.buttons.index("改 王磊")])

    assert zhou.last().text == "王磊 已经离职了；要恢复请说“复职 王磊”。"


def test_a_colleague_who_presses_a_managers_read_back_changes_nothing(
    store: StoreAtWork, zhou: Person, chen: Person
) -> None:
    zhou.says("离职 王磊")
    chen.says("菜单")

    chen.sends_press(chen.last().id, zhou.last().actions[0])

    assert entry(store, "王磊").active
    assert chen.last().text == NO_BUTTON


HOSTILE = {
    **NASTY,
    "100 kB of markup": SHAPES["100 kB of markup"],
    "500 characters": "王" * 500,
    "21 characters": "王" * 21,
    "control": "王\x00\x07\x1b[31m磊",
    "turning": "\u202e磊王\u202c",
    "lines": "王\n\n磊",
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_typed_for_a_name_only_names_are_kept(long_day: StoreAtWork, said: str) -> None:
    zhou, before, parked = long_day.person("zhou"), everybody(long_day), not_done(long_day)
    zhou.says("取消")
    zhou.says("加员工")

    zhou.says(said)
    zhou.says("取消")

    assert everybody(long_day) == before
    assert not_done(long_day) == parked


def test_what_was_typed_for_a_name_is_shown_escaped(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("加员工")
    zhou.says("<img src=x>")

    html = [message["html"] for message in raw_messages(store, "zhou") if message["from"] == "bot"]
    assert "“&lt;img src=x&gt;”不像名字。" in html[-1]


@pytest.mark.parametrize("word", ["加员工", "改员工", "离职", "复职", "邀请", "代批人"])
@pytest.mark.parametrize("said", ["script", "jinja", "sql", "notice", "combining"])
def test_whatever_stands_behind_a_command_is_answered(long_day: StoreAtWork, word: str, said: str) -> None:
    zhou, before, parked = long_day.person("zhou"), everybody(long_day), not_done(long_day)

    zhou.says(f"{word} {NASTY[said]}")

    assert zhou.last().sender == "bot"
    assert everybody(long_day) == before
    assert not_done(long_day) == parked


def test_every_change_is_in_the_audit_with_who_did_it_and_no_phone(store: StoreAtWork, zhou: Person) -> None:
    joins(store, zhou)
    for line in ("改员工 李明 13800000099", "代批人 李明 王磊", "离职 李明"):
        zhou.says(line)
        zhou.presses("确认")
    zhou.says("复职 李明")

    by_zhou = ["people.added", "people.invited", "people.changed", "people.changed", "people.left", "people.came_back"]
    kept = [entry for verb in dict.fromkeys(by_zhou) for entry in audited(store, verb)]
    assert sorted(one.verb for one in kept) == sorted(by_zhou)
    assert {one.actor_id for one in kept} == {entry(store, "周敏").id}
    assert {one.subject for one in kept} == {f"people:{entry(store, '李明').id}"}
    assert "13800000099" not in str([one.model_dump() for one in kept])
    assert (
        len([one for one in store.query(partial(rows, table=Contact)) if one.staff_id == entry(store, "李明").id]) == 1
    )
