"""Coming back from an outing: said by button or in words, later, home from there, or asked after when late."""

from __future__ import annotations

import pytest

from storage.outing import OutingState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import (
    OUTING,
    at,
    hours,
    out_states,
    outings,
    press_again,
    the_card,
)
from tests.chats.steps import asks, verbs

ASKED = "⏰ 王磊，您说 16:00 回来（锦绣花园）"
DESK_TOLD = "⚠ 王磊 说"


def is_out(store: StoreAtWork, wang: Person) -> None:
    """王磊 is out until 16:00; it is 15:00."""
    asks(wang, OUTING)
    store.move_to(at("15:00"))


@pytest.mark.parametrize("word", ["回来了", "我回来了", "回店了", "到店了"])
def test_back_is_said_in_words(store: StoreAtWork, wang: Person, word: str) -> None:
    is_out(store, wang)

    wang.says(word)

    assert wang.last().text == "好，15:00 回来，记下了。辛苦了。"
    assert wang.hears("✅ 15:00 回来了", buttons=[])
    assert [(one.state, one.went_home) for one in outings(store)] == [(OutingState.BACK, False)]


def test_back_is_said_by_button(store: StoreAtWork, wang: Person) -> None:
    is_out(store, wang)

    wang.presses("回来了")

    assert out_states(store) == [OutingState.BACK]
    assert verbs(store) == ["outing.told", "outing.back"]


@pytest.mark.parametrize("word", ["已直接下班", "直接下班了", "不回店了", "直接回家了"])
def test_home_from_there_is_said_in_words(store: StoreAtWork, wang: Person, word: str) -> None:
    is_out(store, wang)

    wang.says(word)

    assert wang.last().text == "好，15:00 从 锦绣花园 直接下班，记下了。路上慢点。"
    assert wang.hears("✅ 15:00 直接下班", buttons=[])
    assert [one.went_home for one in outings(store)] == [True]


def test_home_from_there_is_said_by_button(store: StoreAtWork, wang: Person) -> None:
    is_out(store, wang)

    wang.presses("已直接下班")

    assert [(one.state, one.went_home) for one in outings(store)] == [(OutingState.BACK, True)]


@pytest.mark.parametrize("label", ["回来了", "已直接下班"])
def test_the_second_press_changes_nothing(store: StoreAtWork, wang: Person, label: str) -> None:
    is_out(store, wang)
    card = the_card(wang, label)
    press_again(wang, card, label)
    returned = outings(store)[0].returned_at
    store.move_to(at("15:30"))

    press_again(wang, card, label)

    assert "您现在没有登记外出" in wang.last().text
    assert outings(store)[0].returned_at == returned


def test_who_is_back_needs_not_say_it_twice_in_words(store: StoreAtWork, wang: Person) -> None:
    is_out(store, wang)
    wang.says("回来了")

    wang.says("回来了")

    assert "您现在没有登记外出" in wang.last().text
    assert verbs(store) == ["outing.told", "outing.back"]


@pytest.mark.parametrize("word", ["回来了", "直接下班"])
def test_nobody_comes_back_before_they_have_left(store: StoreAtWork, wang: Person, word: str) -> None:
    asks(wang, OUTING)

    wang.says(word)

    assert "您现在没有登记外出" in wang.last().text
    assert out_states(store) == [OutingState.GOING]


@pytest.mark.parametrize("verb", ["back", "home"])
def test_no_button_brings_somebody_back_before_they_have_left(store: StoreAtWork, wang: Person, verb: str) -> None:
    asks(wang, OUTING)

    wang.sends_press(wang.last().id, f"outing:{verb}:1")

    assert "您现在没有登记外出" in wang.last().text
    assert out_states(store) == [OutingState.GOING]


def test_who_is_on_leave_hears_what_to_say_instead(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "病假 今天下午 发烧")
    store.move_to(at("15:00"))

    wang.says("回来了")

    assert "正在休假（到 今天（周三 11月25日）17:30）" in wang.last().text


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("五点", "17:00"),
        ("五点回来", "17:00"),
        ("到五点", "17:00"),
        ("再半小时", "16:30"),  # counted from when the person meant to be back
        ("半小时", "16:30"),
        ("一个小时", "17:00"),
        ("三点半", "15:30"),  # or earlier
        ("晚上七点", "19:00"),
    ],
)
def test_a_later_return_is_said_in_a_line(
    store: StoreAtWork, wang: Person, zhou: Person, said: str, until: str
) -> None:
    is_out(store, wang)

    wang.says(f"晚点回来 {said}")

    assert wang.last().text == f"好，改成 {until} 回来，前台知道了。"
    assert zhou.hears(f"王磊 改到 {until} 回来（锦绣花园）。")
    assert hours(store) == [f"25 14:00-{until}"]


def test_a_later_return_is_asked_for_when_no_hour_is_said(store: StoreAtWork, wang: Person) -> None:
    is_out(store, wang)

    wang.presses("晚点回来")

    assert wang.last().text == "原说 16:00 回来，现在改成几点？"
    assert list(wang.last().buttons) == ["16:30", "17:00", "17:30", "取消"]

    wang.presses("17:00")

    assert hours(store) == ["25 14:00-17:00"]


@pytest.mark.parametrize("said", ["两点", "14:30", "昨天五点"])
def test_a_return_in_the_past_is_asked_again(store: StoreAtWork, wang: Person, said: str) -> None:
    is_out(store, wang)
    wang.presses("晚点回来")

    wang.says(said)

    assert hours(store) == ["25 14:00-16:00"]
    assert "取消" in wang.last().buttons


def test_an_outing_of_another_day_is_moved_on_its_own_day(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 明天下午两点到四点 锦绣花园 量房")
    wang.presses("晚点回来")

    wang.says("五点")

    assert hours(store) == ["26 14:00-17:00"]


def test_somebody_who_is_back_is_not_later(store: StoreAtWork, wang: Person) -> None:
    is_out(store, wang)
    wang.presses("晚点回来")
    wang.presses("回来了")

    wang.says("五点")

    assert hours(store) == ["25 14:00-16:00"]
    assert "您现在没有登记外出" in wang.last().text
