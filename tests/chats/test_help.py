"""帮助, 菜单, and what is not understood: always something to go on with."""

from __future__ import annotations

import pytest

from tests.chat import Person, StoreAtWork
from tests.chats.steps import CONFIRM

EVERYBODY = [
    *("请假", "我的假", "谁休假", "外出", "我的外出", "谁在外面", "出城", "打不了卡"),
    *("开会", "会议", "我的行动项", "早报", "我的事", "流程", "我的客户", "文件"),
]
STAFF = [*EVERYBODY, "跟进", "改客户", "我的申请"]
GM_OFFICE = [*EVERYBODY, "改客户", "我的申请", "待我审批", "代同事登记", "员工"]
MANAGERS = [*GM_OFFICE, "客户登记", "跟进", "清除客户"]


def test_the_menu_lists_what_a_designer_can_do(wang: Person) -> None:
    wang.says("菜单")

    assert list(wang.last().buttons) == STAFF


def test_the_menu_lists_what_a_manager_can_do(zhou: Person, liu: Person) -> None:
    zhou.says("菜单")
    liu.says("菜单")

    assert sorted(zhou.last().buttons) == sorted(MANAGERS)
    assert sorted(liu.last().buttons) == sorted(GM_OFFICE)


def test_help_says_how_with_an_example(wang: Person) -> None:
    wang.says("帮助")

    assert "请假 周五下午 家里有事" in wang.last().text
    assert "待我审批" not in wang.last().text
    assert list(wang.last().buttons) == STAFF


@pytest.mark.parametrize("said", ["你好", "您好", "在吗", "怎么用", "help"])
def test_a_greeting_is_answered_with_help(long_day: StoreAtWork, said: str) -> None:
    wang = long_day.person("wang")

    wang.says(said)

    assert list(wang.last().buttons) == STAFF


def test_a_greeting_before_a_request_is_no_call_for_help(wang: Person) -> None:
    wang.says("您好，我周五下午想请个假，家里有事")

    assert list(wang.last().buttons) == CONFIRM
    assert "周五 11月27日 14:00–17:30" in wang.last().text


def test_a_button_of_the_menu_begins(wang: Person) -> None:
    wang.says("菜单")
    wang.presses("请假")

    assert "从什么时候到什么时候？" in wang.last().text


@pytest.mark.parametrize("said", ["周五看房子", "吃了吗", "asdf", "？？？", "😀", "12345", "下班"])
def test_what_is_not_understood_gets_two_or_three_suggestions(long_day: StoreAtWork, said: str) -> None:
    wang = long_day.person("wang")

    wang.says(said)

    assert wang.last().text == f"没听懂“{said}”。您是想："
    assert 2 <= len(wang.last().buttons) <= 3


def test_a_suggestion_carries_the_words_that_were_said(wang: Person) -> None:
    wang.says("周五下午家里有事")
    wang.presses("请假")

    assert "周五 11月27日 14:00–17:30\n事由：家里有事" in wang.last().text
    assert list(wang.last().buttons) == CONFIRM


@pytest.mark.parametrize("said", ["李女士要我们删除资料", "客户不做了，清除资料"])
def test_who_means_to_clear_a_customer_is_shown_how(long_day: StoreAtWork, said: str) -> None:
    zhou, wang = long_day.person("zhou"), long_day.person("wang")

    for person in (zhou, wang):
        person.says(said)

    assert "清除客户" in zhou.last().buttons
    assert "清除客户" not in wang.last().buttons


def test_long_words_are_quoted_shortly(wang: Person) -> None:
    wang.says("这是一句很长很长的话" * 5)

    assert len(wang.last().text) < 50
    assert "…”" in wang.last().text


def test_a_suggestion_says_what_it_will_do_for_the_words(zhou: Person) -> None:
    zhou.says("有什么要我批的吗")

    assert "现在没有等您答复的申请" in zhou.last().text


def test_in_the_group_help_is_given_when_addressed(wang: Person) -> None:
    wang.says("@前台 帮助", chat="store")

    assert "直接说要办的事" in wang.last(chat="store").text
