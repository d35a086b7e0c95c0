"""Half days: they add up, and each is taken once."""

from __future__ import annotations

from storage.leave import LeaveState
from tests.chat import Person, StoreAtWork
from tests.chats.steps import CARD, CONFIRM, asks, halves, is_granted, states

FRIDAY = "2026-11-27"


def test_two_halves_of_a_day_are_two_requests_and_one_day(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五上午 家里有事")
    is_granted(wang, zhou, "请假 周五下午 看牙")

    assert states(store) == [LeaveState.APPROVED, LeaveState.APPROVED]
    assert halves(store) == [(FRIDAY, "afternoon"), (FRIDAY, "morning")]

    zhou.says("谁休假")

    assert "王磊" in zhou.last().text


def test_a_taken_half_is_named_and_the_free_one_offered(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "请假 周五下午 看牙")
    wang.says("请假 周五 家里有事")

    assert wang.last().text.startswith("周五 11月27日 下午已经请过假了")
    assert wang.last().buttons[0] == "只休 周五 11月27日 上午"

    wang.presses("只休 周五 11月27日 上午")

    assert wang.hears("周五 11月27日 9:00–12:00", buttons=CONFIRM)


def test_two_hours_take_their_half_and_are_called_two_hours(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "请假 周五下午2点到4点 去银行")

    assert zhou.hears("王磊 想调休 2 小时\n周五 11月27日 14:00–16:00", buttons=CARD)
    assert halves(store) == [(FRIDAY, "afternoon")]


def test_hours_of_the_same_half_overlap(wang: Person) -> None:
    asks(wang, "请假 周五下午2点到3点 去银行")
    wang.says("请假 周五下午4点到5点 接孩子")

    assert "周五 11月27日 下午已经请过假了" in wang.last().text


def test_a_refused_half_is_free_again(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")
    zhou.presses("不同意")
    zhou.says("客户要来")

    assert halves(store) == []

    wang.says("请假 周五下午 家里有急事")

    assert wang.last().buttons == tuple(CONFIRM)


def test_a_withdrawn_half_is_free_again(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")
    wang.presses("撤回")

    assert halves(store) == []


def test_a_day_and_a_half_is_called_so(wang: Person) -> None:
    wang.says("请假 周四到周五上午 回老家")

    assert "王磊 · 调休 · 1 天半" in wang.last().text


def test_colleagues_may_be_away_in_the_same_half(store: StoreAtWork, wang: Person, zhou: Person, chen: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")
    chen.says("请假 周五下午 看牙")
    chen.presses("赵倩")
    chen.presses("确认")

    assert zhou.hears("当天已有 1 人休假（王磊 下午）", buttons=CARD)
    assert len(halves(store)) == 2
