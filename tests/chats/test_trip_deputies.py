"""Who decides about a trip when the GM office is away or time is short, and about the client manager's own (R1)."""

from __future__ import annotations

from storage.outing import OutingState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import (
    TRIP,
    at,
    can_press,
    out_states,
)
from tests.chats.steps import CARD, asks, requests, verbs

TOMORROW = "明天（周四 11月26日）"
URGENT = "出城 今天十一点 成都 看材料"
GOING = ["已出发", "不去了"]
TITLE = f"王磊 出城 成都，{TOMORROW}8:30–17:30"


def gm_is_ill(liu: Person, when: str = "今天") -> None:
    liu.says(f"病假 {when} 发烧")
    liu.says("王磊")
    liu.presses("确认")


def test_the_client_managers_trip_asks_the_gm_office_only(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    asks(zhou, URGENT)

    assert liu.hears("周敏 申请出县城", buttons=CARD)
    assert "同意" not in can_press(zhou)
    assert "已请 刘总 决定" in zhou.last().text
    assert "一起看" not in zhou.last().text


def test_she_is_no_deputy_for_her_own_trip_even_while_the_gm_office_is_away(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    gm_is_ill(liu)

    asks(zhou, "出城 今天下午四点 成都 看材料")
    zhou.sends_press(zhou.last().id, "approvals:approve:1")

    assert out_states(store) == [OutingState.PENDING]
    assert verbs(store)[-1] == "approvals.not_allowed"
    assert liu.hears("周敏 申请出县城", buttons=CARD)


def test_while_the_gm_office_is_away_its_deputy_decides_on_its_behalf(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    gm_is_ill(liu)

    asks(wang, TRIP)

    assert zhou.hears("刘总 不在，请您代为决定：\n王磊 申请出县城", buttons=CARD)
    assert liu.heard("王磊 申请") == []

    zhou.presses("同意")

    assert wang.hears("✅ 周敏（代 刘总） 同意了")
    assert [one.on_behalf_of_id is not None for one in requests(store)] == [True]


def test_while_the_gm_office_is_out_its_deputy_decides_too(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(liu, "外出 两小时 税务局 办事")

    asks(wang, TRIP)

    assert zhou.hears("刘总 不在，请您代为决定", buttons=CARD)


def test_an_urgent_trip_asks_the_gm_office_and_its_deputy_at_once_each_with_their_own_words(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(wang, URGENT)

    assert liu.last().text.startswith("王磊 申请出县城")
    assert zhou.last().text.startswith("⏰ 事情快开始了，时间紧，同时请您看一下：\n王磊 申请出县城")
    assert "还没答复" not in zhou.last().text.split("\n")[0]
    assert wang.hears("好，已请 刘总、周敏 决定")
    assert "到 今天（周三 11月25日）11:00 还没答复就不算同意，急的话请打电话问" in wang.last().text

    zhou.presses("同意")

    assert out_states(store) == [OutingState.GOING]
    assert liu.hears("✅ 周敏（代 刘总） 已同意（10:00）")


def test_three_working_hours_before_departure_the_deputy_is_asked_too_at_that_minute(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(wang, TRIP)
    store.move_to(at("14:29"))

    assert zhou.sees() == []

    store.move_to(at("14:30"))

    assert zhou.hears("⏰ 刘总 还没答复，时间不多了，请您也看一下：\n王磊 申请出县城", buttons=CARD)
    assert wang.hears(f"刘总 还没答复，已经请 周敏 一起看：{TITLE}")
    assert len(zhou.heard("王磊 申请出县城")) == 1


def test_who_is_asked_only_later_decides_nothing_before(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, TRIP)
    zhou.says("菜单")

    zhou.sends_press(zhou.last().id, "approvals:approve:1")

    assert zhou.last().text == "这件事由刘总决定。"
    assert out_states(store) == [OutingState.PENDING]
