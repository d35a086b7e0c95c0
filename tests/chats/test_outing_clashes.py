"""Outings beside one's own leave, trips and other outings: what touches is asked again, what adjoins is fine."""

from __future__ import annotations

import pytest

from storage.leave import LeaveState
from storage.outing import OutingState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import OUTING, TRIP, at, group_hears, hours, out_states, outings
from tests.chats.steps import CONFIRM, asks, is_granted, leaves, states

THURSDAY = "明天（周四 11月26日）"


@pytest.mark.parametrize("when", ["三点到五点", "一点到两点半", "一点到五点", "两点半到三点", "下午", "今天", "到三点"])
def test_two_outings_of_one_person_do_not_overlap(store: StoreAtWork, wang: Person, when: str) -> None:
    asks(wang, OUTING)

    wang.says(f"外出 {when} 建材市场 看材料")

    assert wang.last().text.startswith("您 今天（周三 11月25日）14:00–16:00 已经登记外出（锦绣花园）。")
    assert len(outings(store)) == 1


@pytest.mark.parametrize("when", ["一点到两点", "四点到五点", "明天下午", "十点半到十一点"])
def test_outings_that_adjoin_are_fine(store: StoreAtWork, wang: Person, when: str) -> None:
    asks(wang, OUTING)

    asks(wang, f"外出 {when} 建材市场 看材料")

    assert out_states(store) == [OutingState.GOING, OutingState.GOING]


def test_a_clash_is_resolved_by_another_time(store: StoreAtWork, wang: Person) -> None:
    asks(wang, OUTING)
    wang.says("外出 三点到五点 建材市场 看材料")

    wang.says("四点到五点")

    assert wang.last().text.endswith("今天（周三 11月25日）16:00–17:00")
    assert list(wang.last().buttons) == CONFIRM


def test_a_colleague_may_be_out_at_the_same_time(store: StoreAtWork, wang: Person, chen: Person) -> None:
    asks(wang, OUTING)

    asks(chen, OUTING)

    assert out_states(store) == [OutingState.GOING] * 2


def test_a_time_is_free_again_when_its_outing_is_over_or_called_off(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 两小时 锦绣花园 量房")
    wang.presses("回来了")
    asks(wang, "外出 十点半到十一点 建材市场 看材料")
    wang.presses("取消外出")

    asks(wang, "外出 十点半到十一点 税务局 办事")

    assert out_states(store) == [OutingState.BACK, OutingState.WITHDRAWN, OutingState.GOING]


@pytest.mark.parametrize("granted", [False, True])
def test_an_outing_in_ones_own_leave_is_asked_again_pending_leave_too(
    store: StoreAtWork, wang: Person, zhou: Person, granted: bool
) -> None:
    asks(wang, "请假 周四下午 家里有事")
    zhou.presses("同意" if granted else "稍后提醒")

    wang.says("外出 周四下午三点到四点 锦绣花园 量房")

    assert wang.last().text.startswith(f"您 {THURSDAY}14:00–17:30 已经请了假。")
    assert outings(store) == []


def test_leave_that_was_refused_or_withdrawn_stands_in_nobodys_way(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, "请假 周四下午 家里有事")
    zhou.presses("不同意")
    zhou.says("客户要来")

    asks(wang, "外出 周四下午三点到四点 锦绣花园 量房")

    assert out_states(store) == [OutingState.GOING]


@pytest.mark.parametrize("agreed", [False, True])
def test_an_outing_in_ones_own_trip_is_asked_again_pending_trips_too(
    store: StoreAtWork, wang: Person, liu: Person, agreed: bool
) -> None:
    asks(wang, TRIP)
    liu.presses("同意" if agreed else "稍后提醒")

    wang.says("外出 周四下午三点到四点 锦绣花园 量房")

    assert wang.last().text.startswith(f"您 {THURSDAY}8:30–17:30 已经登记去 成都（出城）。")
    assert len(outings(store)) == 1


def test_a_trip_over_ones_own_outing_is_asked_again(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 周四下午三点到四点 锦绣花园 量房")

    wang.says(TRIP)

    assert wang.last().text.startswith(f"您 {THURSDAY}15:00–16:00 已经登记外出（锦绣花园）。")
    assert len(outings(store)) == 1


def test_half_leave_and_half_outing_on_one_day_are_no_clash_and_no_absence(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    """frappe/hrms#1076"""
    is_granted(wang, zhou, "请假 周四上午 家里有事")
    asks(wang, "外出 周四下午 锦绣花园 量房")

    store.move_to(at("11-26 18:00"))

    assert states(store) == [LeaveState.APPROVED]
    assert out_states(store) == [OutingState.BACK]
    assert [one.told_late_minutes for one in outings(store)] == [0]
    assert not [one for one in (*wang.sees(), *zhou.sees()) if "旷工" in one.text or "过失单" in one.text]


def test_the_other_way_round_too(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 周四上午 锦绣花园 量房")

    wang.says("请假 周四下午 家里有事")

    assert list(wang.last().buttons) == CONFIRM


@pytest.mark.parametrize("when", ["周四", "周四下午", "周四下午三点到五点"])
def test_leave_over_an_outing_is_asked_again(store: StoreAtWork, wang: Person, when: str) -> None:
    asks(wang, "外出 周四下午三点到四点 锦绣花园 量房")

    wang.says(f"请假 {when} 家里有事")

    assert f"{THURSDAY}15:00–16:00" in wang.last().text
    assert "锦绣花园" in wang.last().text
    assert leaves(store) == []


def test_an_outing_that_was_told_while_the_leave_was_read_back_is_noticed_at_the_end(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    wang.says("请假 周四下午 家里有事")
    asks(zhou, "代 王磊 外出 周四下午三点到四点 锦绣花园 量房")

    wang.presses("确认", on="请假，对吗")

    assert leaves(store) == []
    assert f"{THURSDAY}15:00–16:00" in wang.last().text


def test_leave_that_was_entered_while_the_outing_was_read_back_is_noticed_at_the_end(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    wang.says("外出 周四下午三点到四点 锦绣花园 量房")
    asks(zhou, "代 王磊 请假 周四下午 家里有事")

    wang.presses("确认", on="外出，对吗")

    assert outings(store) == []
    assert "已经请了假" in wang.last().text


def test_sick_leave_calls_off_an_outing_to_come(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, OUTING)
    told = group_hears(store, zhou)

    asks(wang, "病假 今天下午 发烧")

    assert out_states(store) == [OutingState.WITHDRAWN]
    assert states(store) == [LeaveState.TOLD]
    assert zhou.hears("王磊 不去 锦绣花园 了")
    assert group_hears(store, zhou) == [*told, "王磊 取消外出 · 锦绣花园"]


def test_sick_leave_ends_an_outing_under_way(store: StoreAtWork, wang: Person) -> None:
    asks(wang, OUTING)
    store.move_to(at("14:30"))

    asks(wang, "病假 今天下午 发烧")

    assert out_states(store) == [OutingState.BACK]
    assert [one.went_home for one in outings(store)] == [True]
    store.move_to(at("17:00"))
    assert wang.heard("回来了吗") == []


def test_sick_leave_withdraws_a_trip_that_waits_and_nobody_is_asked_any_more(
    store: StoreAtWork, wang: Person, liu: Person
) -> None:
    asks(wang, TRIP)

    asks(wang, "病假 周四 发烧")

    assert out_states(store) == [OutingState.WITHDRAWN]
    assert not [one for one in liu.sees() if "同意" in one.buttons]
    assert liu.hears("已撤回")


def test_sick_leave_in_the_morning_leaves_an_outing_in_the_afternoon(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 周四下午 锦绣花园 量房")

    asks(wang, "病假 周四上午 发烧")

    assert out_states(store) == [OutingState.GOING]


def test_coming_back_from_leave_early_makes_room_for_an_outing(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周四 家里有事")
    store.move_to(at("11-26 11:00"))
    wang.presses("提前回来")

    asks(wang, "外出 周四下午 锦绣花园 量房")

    assert hours(store) == ["26 14:00-17:30"]


def test_an_outing_is_not_prolonged_into_the_next_one(store: StoreAtWork, wang: Person) -> None:
    asks(wang, OUTING)
    asks(wang, "外出 四点半到五点 建材市场 看材料")
    store.move_to(at("15:00"))

    wang.says("晚点回来 五点")

    assert "16:30–17:00 已经登记外出（建材市场）" in wang.last().text
    assert hours(store)[0] == "25 14:00-16:00"


def test_an_outing_is_not_moved_over_a_leave_by_going_home_later(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    is_granted(wang, zhou, "请假 周四下午 家里有事")
    asks(wang, "外出 周四十点到十一点半 锦绣花园 量房")

    wang.says("我的外出")
    wang.presses("晚点回来")
    wang.says("下午三点")

    assert "已经请了假" in wang.last().text
    assert hours(store) == ["26 10:00-11:30"]
