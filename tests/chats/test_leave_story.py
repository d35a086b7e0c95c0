"""The conversation that the front desk was built for: leave, from a sentence to the manager's button."""

from __future__ import annotations

from storage.leave import LeaveState
from tests.chat import Person, StoreAtWork
from tests.chats.steps import CARD, CONFIRM, asks, asks_for_saturday, states


def test_a_friday_afternoon_goes_from_a_sentence_to_the_managers_button(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    wang.says("请假 周五下午 家里有事")

    assert wang.last().text == (
        "请假，对吗？\n王磊 · 调休 · 半天\n周五 11月27日 14:00–17:30\n事由：家里有事 · 代班：陈静 · 可联系：138****0003"
    )
    assert list(wang.last().buttons) == CONFIRM

    wang.presses("确认")

    assert zhou.hears("王磊 想调休半天", buttons=CARD)
    assert zhou.hears("事由：家里有事 · 代班：陈静")
    assert zhou.hears("请在 周五 11月27日 9:00 前答复；到时未答复会请刘总决定。")
    assert wang.hears("已交给 周敏", buttons=["修改", "撤回"])

    zhou.presses("同意")

    assert wang.hears("周敏 同意了：周五 11月27日 14:00–17:30 调休")
    assert chen.hears("王磊 周五 11月27日 14:00–17:30 休假，请您代班")
    assert states(store) == [LeaveState.APPROVED]


def test_every_card_changes_in_place_when_the_manager_has_decided(wang: Person, zhou: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")
    card, receipt = zhou.last(), wang.last()

    zhou.presses("同意")

    (decided,) = [one for one in zhou.sees() if one.id == card.id]
    (told,) = [one for one in wang.sees() if one.id == receipt.id]
    assert decided.edited
    assert decided.text == "王磊 调休半天 · 周五 11月27日 14:00–17:30\n✅ 周敏 已同意（10:00）"
    assert list(decided.buttons) == ["撤回决定"]
    assert told.edited
    assert "✅ 周敏 已同意（10:00）" in told.text
    assert "同意" not in told.buttons


def test_saturday_hears_the_rule_with_the_next_free_days_as_buttons(wang: Person, zhou: Person) -> None:
    wang.says("请假 周六 家里有事")

    assert wang.hears(
        "周六 11月28日 全店不休假（周三、周六人手最紧）。",
        buttons=["周日 11月29日", "周一 11月30日", "说明特殊情况", "取消"],
    )

    wang.presses("周日 11月29日")

    assert wang.hears("周日 11月29日 9:00–17:30", buttons=CONFIRM)

    wang.presses("确认")

    assert zhou.hears("周日 11月29日 9:00–17:30", buttons=CARD)


def test_the_clock_moves_on_and_the_manager_is_reminded_then_the_request_escalated(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    asks(wang, "请假 周五下午 家里有事")

    store.move_to("2026-11-25T14:00:00+08:00")

    assert zhou.hears("⏰ 还等您答复")
    assert not liu.heard("王磊")

    store.move_to("2026-11-27T09:00:00+08:00")

    assert liu.hears("周敏 还没答复", buttons=CARD)
    assert wang.hears("已经请 刘总 一起看")

    liu.presses("同意")

    assert wang.hears("刘总 同意了")
    assert zhou.hears("✅ 刘总 已同意（9:00）")


def test_special_circumstances_are_confirmed_explicitly_by_the_approver(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks_for_saturday(wang)

    assert zhou.hears("特殊情况：老人住院", buttons=CARD)

    zhou.presses("同意")

    assert states(store) == [LeaveState.PENDING]
    assert zhou.hears("确认按特殊情况同意吗？")

    zhou.presses("确认")

    assert states(store) == [LeaveState.APPROVED]
    assert wang.hears("周敏 同意了：周六 11月28日")
