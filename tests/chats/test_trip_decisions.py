"""The GM office decides about a trip: yes, no, later, taken back, escalated, expired, by a deputy (HANDBOOK A7 R1)."""

from __future__ import annotations

from storage.approvals import ApprovalState
from storage.outing import OutingState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import (
    GROUP,
    OWN_OUT,
    TRIP,
    at,
    can_press,
    group_hears,
    is_agreed,
    out_states,
    press_again,
    the_card,
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


def test_a_yes_is_told_to_the_applicant_and_the_front_desk(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    is_agreed(wang, liu)

    assert wang.hears(f"✅ 刘总 同意了：{TOMORROW}8:30–17:30 成都 · 看材料。", buttons=GOING)
    assert liu.hears("✅ 刘总 已同意（10:00）", buttons=["撤回决定"])
    assert zhou.hears("王磊 出城 · 成都 · 看材料")
    assert out_states(store) == [OutingState.GOING]
    assert verbs(store) == ["trip.asked", "approvals.approved"]


def test_a_no_asks_for_its_reason_and_only_the_applicant_hears_it(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(wang, TRIP)
    liu.presses("不同意")

    assert out_states(store) == [OutingState.PENDING]

    liu.says("周四有三组客户")

    assert wang.hears(
        "刘总 没有同意出城：明天（周四 11月26日）8:30–17:30 成都。\n原因：周四有三组客户", buttons=["已出发"]
    )
    assert out_states(store) == [OutingState.REFUSED]
    assert zhou.sees() == []
    store.move_to(at("11-26 12:00"))
    assert zhou.sees(chat=GROUP) == []


def test_later_reminds_after_a_working_hour(store: StoreAtWork, wang: Person, liu: Person) -> None:
    asks(wang, "出城 下周一 8点半 成都 看材料")
    liu.presses("稍后提醒")
    store.move_to(at("10:59"))

    assert liu.heard("⏰ 还等您答复") == []

    store.move_to(at("11:00"))

    assert len(liu.heard("⏰ 还等您答复：王磊 出城 成都")) == 1


def test_two_presses_have_one_winner_and_the_second_hears_it(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(wang, URGENT)
    lius, zhous = the_card(liu, "同意"), the_card(zhou, "同意")
    press_again(liu, lius, "同意")

    press_again(zhou, zhous, "同意")
    press_again(liu, lius, "同意")

    assert zhou.last().text == liu.last().text == "刘总 10:00 已经同意过了。"
    assert verbs(store).count("approvals.approved") == 1
    assert len(wang.heard("同意了：")) == 1


def test_a_refusal_that_is_slower_than_a_yes_changes_nothing(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(wang, URGENT)
    zhou.presses("不同意")
    liu.presses("同意")

    zhou.says("客户要来")

    assert zhou.last().text == "刘总 10:00 已经同意过了。"
    assert out_states(store) == [OutingState.GOING]


def test_a_mistaken_yes_is_taken_back_within_ten_minutes(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    is_agreed(wang, liu)
    store.move(minutes=9)

    liu.presses("撤回决定")

    assert out_states(store) == [OutingState.PENDING]
    assert wang.hears(f"刘总 撤回了刚才的决定，请先别按它安排，等新的答复：{TITLE}")
    assert zhou.hears("王磊 出城的事还没有定（成都，明天（周四 11月26日）8:30–17:30），先不要按它安排。")
    assert liu.hears("王磊 申请出县城", buttons=CARD)


def test_after_ten_minutes_it_stands(store: StoreAtWork, wang: Person, liu: Person) -> None:
    is_agreed(wang, liu)
    card = the_card(liu, "撤回决定")
    store.move(minutes=11)

    press_again(liu, card, "撤回决定")

    assert "撤回不了" in liu.last().text
    assert out_states(store) == [OutingState.GOING]
    assert "撤回决定" not in can_press(liu)


def test_once_the_person_has_left_it_is_not_taken_back(store: StoreAtWork, wang: Person, liu: Person) -> None:
    is_agreed(wang, liu, URGENT)
    card = the_card(liu, "撤回决定")
    wang.says("已出发")

    press_again(liu, card, "撤回决定")

    assert "撤回不了" in liu.last().text
    assert out_states(store) == [OutingState.GOING]
    assert "撤回决定" not in can_press(liu)


def test_what_the_group_heard_and_was_taken_back_it_hears_too_and_a_new_yes_again(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    is_agreed(wang, liu, "出城 今天下午 成都 看材料")
    told = group_hears(store, zhou)
    liu.presses("撤回决定")
    taken_back = group_hears(store, zhou)

    liu.presses("同意")

    assert told == ["王磊 出城 · 成都 · 14:00–17:30"]
    assert taken_back == [*told, "王磊 取消出城 · 成都"]
    assert group_hears(store, zhou) == [*taken_back, *told]


def test_nobodys_answer_until_departure_is_no_yes(store: StoreAtWork, wang: Person, liu: Person, zhou: Person) -> None:
    asks(wang, TRIP)
    store.move_to(at("11-26 08:29"))

    assert out_states(store) == [OutingState.PENDING]

    store.move_to(at("11-26 08:30"))

    assert out_states(store) == [OutingState.EXPIRED]
    assert [one.state for one in requests(store)] == [ApprovalState.EXPIRED]
    assert wang.hears("⚠ 到时间 刘总、周敏 还没答复，这次不算同意")
    assert liu.hears("到时间没有人答复，申请已作废")
    assert zhou.heard("王磊 出城 · 成都 · 看材料") == []
    assert "同意" not in can_press(liu) | can_press(zhou)
    store.move_to(at("11-26 12:00"))
    assert zhou.sees(chat=GROUP) == []


def test_an_answer_to_an_expired_request_changes_nothing(store: StoreAtWork, wang: Person, liu: Person) -> None:
    asks(wang, TRIP)
    card = the_card(liu, "同意")
    store.move_to(at("11-26 08:30"))

    press_again(liu, card, "同意")

    assert liu.last().text == "这个申请到时间没有答复，已经作废。"
    assert out_states(store) == [OutingState.EXPIRED]


def test_a_trip_that_is_withdrawn_asks_nobody_any_more(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(wang, TRIP)
    card = the_card(liu, "同意")
    wang.presses("不去了")

    press_again(liu, card, "同意")

    assert wang.hears("好，成都 不去了，申请撤回了。")
    assert liu.hears("已撤回", buttons=[])
    assert liu.last().text == "申请人已经撤回或改过，不用再答复。"
    assert out_states(store) == [OutingState.WITHDRAWN]
    store.move_to(at("11-26 18:00"))
    assert zhou.sees() == []
    assert liu.heard("⏰") == []


def test_an_agreed_trip_that_is_called_off_is_told_to_the_front_desk(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    is_agreed(wang, liu)

    wang.presses("不去了")

    assert zhou.hears("王磊 不去 成都 了")
    assert liu.hears("已撤回")
    assert out_states(store) == [OutingState.WITHDRAWN]
    assert group_hears(store, zhou) == []


def test_my_requests_show_the_trip(wang: Person, liu: Person) -> None:
    is_agreed(wang, liu)

    wang.says("我的申请")

    assert f"1. {TITLE} · 刘总 已同意" in wang.last().text


def test_what_waits_for_the_gm_office_is_listed(wang: Person, chen: Person, liu: Person) -> None:
    asks(wang, TRIP)
    asks(chen, "出城 周五 8点半 重庆 看材料")

    liu.says("待我审批")

    assert liu.last().text.startswith(f"有 2 件等您答复：\n1. {TITLE}")


def test_the_end_of_a_trip_is_an_outings(store: StoreAtWork, wang: Person, liu: Person, zhou: Person) -> None:
    is_agreed(wang, liu, "出城 周四 8点半到下午四点 成都 看材料")
    store.move_to(at("11-26 08:30"))

    assert list(wang.sees()[-1].buttons) == ["已出发", *OWN_OUT]

    wang.presses("已出发")
    store.move_to(at("11-26 15:00"))
    wang.says("晚点回来 五点")
    store.move_to(at("11-26 17:20"))

    assert zhou.hears("王磊 改到 17:00 回来（成都）。")
    assert wang.hears("⏰ 王磊，您说 17:00 回来（成都），现在 17:20。")

    wang.presses("回来了")

    assert out_states(store) == [OutingState.BACK]
    assert wang.hears("✅ 今天（周四 11月26日）17:20 回来了", buttons=[])
