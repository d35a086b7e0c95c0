"""已出发: with a yes it is noted; without one it is recorded as what it is, and a slip is drafted (HANDBOOK A7 A8)."""

from __future__ import annotations

import pytest

from storage.outing import OutingState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import (
    OWN_OUT,
    TRIP,
    at,
    drafts,
    hours,
    is_agreed,
    out_states,
    outings,
    press_again,
    the_card,
)
from tests.chats.steps import asks, verbs

TODAY = "今天（周三 11月25日）"
AT_ELEVEN = "出城 今天十一点 成都 看材料"
AT_FOUR = "出城 今天下午四点 成都 看材料"


def test_with_a_yes_the_departure_is_noted(store: StoreAtWork, wang: Person, liu: Person) -> None:
    is_agreed(wang, liu, AT_ELEVEN)
    store.move_to(at("11:05"))

    wang.presses("已出发")

    assert wang.hears("好，11:05 出发，记下了。一路平安，回来请按“回来了”。", buttons=OWN_OUT)
    assert liu.hears("✅ 刘总 已同意（10:00）· 11:05 出发")
    assert out_states(store) == [OutingState.GOING]
    assert drafts(store) == []
    assert verbs(store)[-1] == "trip.departed"


@pytest.mark.parametrize("word", ["已出发", "我出发了", "动身了"])
def test_it_is_said_in_words(store: StoreAtWork, wang: Person, liu: Person, word: str) -> None:
    is_agreed(wang, liu, AT_ELEVEN)

    wang.says(word)

    assert outings(store)[0].departed_at is not None


def test_who_leaves_earlier_on_the_day_is_out_from_then(store: StoreAtWork, wang: Person, liu: Person) -> None:
    is_agreed(wang, liu, AT_FOUR)
    store.move_to(at("14:30"))

    wang.says("已出发")

    assert hours(store) == ["25 14:30-17:30"]
    assert list(wang.last().buttons) == OWN_OUT


def test_a_departure_is_noted_once(store: StoreAtWork, wang: Person, liu: Person) -> None:
    is_agreed(wang, liu, AT_ELEVEN)
    card = the_card(wang, "已出发")
    press_again(wang, card, "已出发")
    store.move_to(at("11:30"))

    press_again(wang, card, "已出发")

    assert wang.last().text == f"已经记过 {TODAY}10:00 出发，不用再按。"
    assert verbs(store).count("trip.departed") == 1


def test_a_yes_for_thursday_is_no_yes_for_today(store: StoreAtWork, wang: Person, liu: Person) -> None:
    is_agreed(wang, liu, TRIP)

    wang.says("已出发")

    assert "还没到日子" in wang.last().text
    assert [one.departed_at for one in outings(store)] == [None]


def test_the_trip_of_today_is_meant_when_another_one_is_agreed(store: StoreAtWork, wang: Person, liu: Person) -> None:
    is_agreed(wang, liu, TRIP)
    asks(wang, "出城 今天十一点 重庆 看材料")

    wang.says("已出发")

    assert "还没有同意您去 重庆" in wang.last().text


def test_without_a_trip_there_is_nothing_to_leave_for(wang: Person) -> None:
    wang.says("已出发")

    assert wang.last().text.startswith("没有等着出发的出城申请。")
