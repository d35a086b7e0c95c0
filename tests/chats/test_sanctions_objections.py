"""An objection to a slip that was kept: once, in time, looked at by the GM office (HANDBOOK 4)."""

from __future__ import annotations

from storage.sanctions import SanctionState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import (
    at,
    can_press,
    draft_states,
    leaves_unapproved,
    press_again,
    the_card,
)
from tests.chats.steps import asks, requests

DECIDING = ["同意", "不同意", "稍后提醒", "只谈话提醒"]
TOLD = "电话里请示过刘总"
TO_DECIDE = "王磊 的过失单要您决定：未经同意出城"


def is_drafted(wang: Person) -> None:
    """王磊 left the town at 10:00 without a yes."""
    asks(wang, "出城 今天下午四点 成都 看材料")
    leaves_unapproved(wang)


def is_heard(wang: Person, said: str = TOLD) -> None:
    is_drafted(wang)
    wang.presses("说明情况")
    wang.says(said)


def is_kept(wang: Person, zhou: Person) -> None:
    is_heard(wang)
    zhou.presses("同意", on="过失单要您决定")


def test_an_objection_is_looked_at_by_the_gm_office(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    is_kept(wang, zhou)
    wang.presses("我有异议")
    wang.says("当时刘总在开会")

    assert draft_states(store) == [SanctionState.APPEALED]
    assert liu.hears("王磊 对过失单有异议，请您再看一次：未经同意出城", buttons=DECIDING)
    assert liu.hears(f"本人说明：{TOLD}\n本人异议：当时刘总在开会")
    assert wang.hears("已请总经办再看一次")
    assert "撤回决定" not in can_press(zhou)

    liu.presses("同意", on="有异议")

    assert draft_states(store) == [SanctionState.CONFIRMED]
    assert wang.hears("刘总 再看过以后，决定记下这张过失单：未经同意出城。", buttons=[])


def test_an_objection_that_is_right_ends_the_slip_and_the_first_decider_sees_it(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    is_kept(wang, zhou)
    wang.presses("我有异议")
    wang.says("当时刘总在开会")
    liu.presses("不同意", on="有异议")
    liu.says("我同意过")

    assert draft_states(store) == [SanctionState.WAIVED]
    assert wang.hears("✅ 刘总 决定不记这张过失单：未经同意出城。原因：我同意过")
    assert zhou.hears("刘总 决定不记（10:00）：我同意过", buttons=[])


def test_there_is_one_objection(store: StoreAtWork, wang: Person, zhou: Person, liu: Person) -> None:
    is_kept(wang, zhou)
    card = the_card(wang, "我有异议")
    wang.presses("我有异议")
    wang.says("当时刘总在开会")
    liu.presses("同意", on="有异议")

    press_again(wang, card, "我有异议")

    assert wang.last().text.startswith("异议只能在决定后几天内提一次")
    assert "我有异议" not in can_press(wang)
    assert len(requests(store)) == 3


def test_there_are_three_working_days_to_object(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_kept(wang, zhou)
    store.move_to(at("11-28 17:29"))

    assert "我有异议" in can_press(wang)

    card = the_card(wang, "我有异议")
    store.move_to(at("11-28 17:30"))

    assert "我有异议" not in can_press(wang)

    press_again(wang, card, "我有异议")

    assert wang.last().text.startswith("异议只能在决定后几天内提一次")
    assert draft_states(store) == [SanctionState.CONFIRMED]


def test_an_objection_that_is_written_too_slowly_comes_too_late(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_kept(wang, zhou)
    store.move_to(at("11-28 17:20"))
    wang.presses("我有异议")
    store.move_to(at("11-28 17:31"))

    wang.says("当时刘总在开会")

    assert wang.last().text.startswith("异议只能在决定后几天内提一次")
    assert draft_states(store) == [SanctionState.CONFIRMED]


def test_an_objection_that_nobody_looks_at_lapses_too(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_kept(wang, zhou)
    wang.presses("我有异议")
    wang.says("当时刘总在开会")

    store.move_to(at("11-30 17:30"))

    assert draft_states(store) == [SanctionState.LAPSED]
    assert wang.hears("✅ 过失单到时间没有人决定，不记")
