"""谁在外面: for managers with reasons in private, for everybody else and in the group without."""

from __future__ import annotations

import pytest

from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import GROUP, OUTING, TRIP, at, is_agreed, leaves_unapproved
from tests.chats.steps import asks, is_granted, open_other_store

WHO = "谁在外面"


def told_in_group(person: Person) -> str:
    person.says(f"@前台 {WHO}", chat=GROUP)
    return person.last(chat=GROUP).text


@pytest.mark.parametrize("who", ["zhou", "wang", "liu"])
def test_nobody_is_out(store: StoreAtWork, who: str) -> None:
    store.person(who).says(WHO)

    assert store.person(who).last().text == "现在大家都在店里，今天也没有人要出去。"


@pytest.mark.parametrize("word", ["谁在外面", "谁外出", "谁不在", "谁出去了", "谁在店里", "现在谁在外面？"])
def test_it_is_asked_in_many_words(store: StoreAtWork, zhou: Person, word: str) -> None:
    zhou.says(word)

    assert zhou.last().text == "现在大家都在店里，今天也没有人要出去。"


def test_a_manager_sees_who_is_out_where_why_and_until_when(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "外出 两小时 李女士家13800000009 量房")

    zhou.says(WHO)

    assert zhou.last().text == "现在不在\n王磊 外出 · 李女士家13800000009 · 量房 · 到 12:00"


def test_a_colleague_sees_where_but_neither_why_nor_a_phone_number(wang: Person, chen: Person) -> None:
    asks(wang, "外出 两小时 李女士家13800000009 量房")

    chen.says(WHO)

    assert chen.last().text == "现在不在\n王磊 外出 · 李女士家138****0009 · 到 12:00"


def test_the_group_hears_no_reason_even_when_a_manager_asks(wang: Person, zhou: Person) -> None:
    asks(wang, "外出 两小时 李女士家13800000009 量房")

    assert told_in_group(zhou) == "现在不在\n王磊 外出 · 李女士家138****0009 · 到 12:00"


def test_leave_is_shown_with_its_reason_to_managers_only(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    is_granted(wang, zhou, "请假 周四 老人住院")
    store.move_to(at("11-26 10:00"))

    zhou.says(WHO)
    chen.says(WHO)

    assert "老人住院" in zhou.last().text
    assert "王磊" in chen.last().text
    assert "老人住院" not in chen.last().text
    assert "调休" not in chen.last().text
    assert "老人住院" not in told_in_group(zhou)


def test_leave_outings_and_trips_stand_side_by_side(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person, chen: Person, zhao: Person
) -> None:
    is_granted(zhao, zhou, "请假 周四 吴刚 家里有事")
    is_agreed(wang, liu, TRIP)
    asks(chen, "外出 周四下午两点到四点 锦绣花园 量房")
    store.move_to(at("11-26 10:00"))

    zhou.says(WHO)

    assert zhou.last().text.split("\n") == [
        "现在不在",
        "王磊 出城 · 成都 · 看材料 · 到 17:30",
        "赵倩 调休 · 家里有事 · 到 17:30",
        "今天还要出去",
        "陈静 外出 · 锦绣花园 · 量房 · 14:00–16:00",
    ]


def test_who_should_be_back_stands_on_top(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, OUTING)
    store.move_to(at("16:10"))

    zhou.says(WHO)

    assert zhou.last().text == "该回来了\n王磊 外出 · 锦绣花园 · 量房 · ⚠ 原说 16:00 回来"


def test_what_only_waits_for_a_yes_is_no_absence(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "出城 今天下午三点 成都 看材料")
    asks(wang, "请假 周五 家里有事")

    zhou.says(WHO)

    assert "王磊" not in zhou.last().text


def test_a_departure_without_a_yes_is_marked_for_managers_and_for_nobody_else(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    asks(wang, "出城 今天十一点 成都 看材料")
    leaves_unapproved(wang)

    zhou.says(WHO)
    chen.says(WHO)

    assert "王磊 出城 · 成都 · 看材料（未经同意） · 到" in zhou.last().text
    assert "未经同意" not in chen.last().text
    assert "未经同意" not in told_in_group(zhou)


def test_who_is_back_is_gone_from_the_list(wang: Person, zhou: Person) -> None:
    asks(wang, "外出 两小时 锦绣花园 量房")
    wang.presses("回来了")

    zhou.says(WHO)

    assert zhou.last().text == "现在大家都在店里，今天也没有人要出去。"


def test_tomorrows_outings_are_no_news_of_today(wang: Person, zhou: Person) -> None:
    asks(wang, "外出 明天上午 锦绣花园 量房")

    zhou.says(WHO)

    assert zhou.last().text == "现在大家都在店里，今天也没有人要出去。"


def test_another_store_sees_nobody_of_this_one(store: StoreAtWork, wang: Person) -> None:
    open_other_store(store)
    asks(wang, "外出 两小时 锦绣花园 量房")

    store.person("feng").says(WHO)

    assert store.person("feng").last().text == "现在大家都在店里，今天也没有人要出去。"
