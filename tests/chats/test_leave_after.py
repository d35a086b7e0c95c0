"""Leave after it was asked for: changed, withdrawn, begun, ended early, entered for a colleague."""

from __future__ import annotations

from storage.leave import LeaveState
from tests.chat import Person, StoreAtWork
from tests.chats.steps import CARD, CONFIRM, asks, halves, is_granted, states, verbs

FRIDAY = "请假 周五 家里有事"


def test_a_pending_request_is_withdrawn_and_the_approvers_card_shows_it(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, FRIDAY)

    wang.presses("撤回")

    assert states(store) == [LeaveState.WITHDRAWN]
    assert zhou.last().text.endswith("已撤回")
    assert zhou.last().buttons == ()


def test_granted_leave_is_withdrawn_before_it_starts_and_everybody_concerned_hears(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    is_granted(wang, zhou, FRIDAY)

    wang.presses("撤回")

    assert states(store) == [LeaveState.WITHDRAWN]
    assert halves(store) == []
    assert zhou.hears("王磊 的假撤回了，照常上班：周五 11月27日")
    assert chen.hears("王磊 的假撤回了，照常上班")


def test_a_decision_about_withdrawn_leave_is_not_taken_back(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)
    wang.presses("撤回")

    assert not [one for one in zhou.sees() if "撤回决定" in one.buttons]

    zhou.says("撤回决定")

    assert states(store) == [LeaveState.WITHDRAWN]
    assert not zhou.heard("申请又在等您答复")


def test_leave_that_has_begun_is_not_withdrawn_alone(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)
    card = next(one for one in reversed(wang.sees()) if "撤回" in one.buttons)
    withdraw = card.actions[card.buttons.index("撤回")]
    store.move_to("2026-11-27T10:00:00+08:00")

    wang.sends_press(card.id, withdraw)

    assert states(store) == [LeaveState.APPROVED]
    assert wang.hears("这个假已经开始，撤回要 周敏 同意")
    assert zhou.hears("王磊 想撤回已经开始的假", buttons=CARD)

    zhou.presses("同意", on="想撤回")

    assert states(store) == [LeaveState.WITHDRAWN]
    assert halves(store) == []
    assert wang.hears("周敏 同意了")


def test_the_approver_may_refuse_to_let_begun_leave_be_withdrawn(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    is_granted(wang, zhou, FRIDAY)
    store.move_to("2026-11-27T10:00:00+08:00")
    wang.presses("撤回")

    zhou.presses("不同意", on="想撤回")
    zhou.says("已经安排了代班")

    assert states(store) == [LeaveState.APPROVED]
    assert wang.hears("原因：已经安排了代班")


def test_begun_leave_that_nobody_lets_go_stays_and_both_hear_it(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)
    store.move_to("2026-11-27T10:00:00+08:00")
    wang.presses("撤回")

    store.move_to("2026-11-27T18:00:00+08:00")

    assert states(store) == [LeaveState.APPROVED]
    assert wang.hears("这次不算同意")
    assert zhou.hears("到时间没有人答复")


def test_coming_back_early_frees_what_has_not_begun(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    is_granted(wang, zhou, FRIDAY)
    store.move_to("2026-11-27T11:00:00+08:00")

    wang.presses("提前回来")

    assert wang.hears("好，记下了：今天（周五 11月27日）11:00 回来。")
    assert zhou.hears("王磊 提前回来了")
    assert chen.hears("王磊 提前回来了")
    assert halves(store) == [("2026-11-27", "morning")]


def test_there_is_no_coming_back_before_leave_has_begun(wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)

    assert not [one for one in wang.sees() if "提前回来" in one.buttons]


def test_leave_that_has_ended_has_no_buttons(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)
    store.move_to("2026-11-28T10:00:00+08:00")

    assert not [one for one in wang.sees() if one.buttons]


def test_a_pending_request_is_changed_and_asked_anew(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, FRIDAY)

    wang.presses("修改")
    wang.says("下周一")

    assert wang.last().text.startswith("改成这样，对吗？")

    wang.presses("确认")

    assert states(store) == [LeaveState.PENDING]
    assert [day for day, _ in halves(store)] == ["2026-11-30", "2026-11-30"]
    assert zhou.last().text.startswith("王磊 想调休 1 天\n周一 11月30日 9:00–17:30")


def test_an_edit_restarts_the_approvers_clock(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, FRIDAY)
    store.move_to("2026-11-25T11:30:00+08:00")
    wang.presses("修改")
    wang.says("下周一")
    wang.presses("确认")

    store.move_to("2026-11-25T14:30:00+08:00")

    assert not zhou.heard("⏰")

    store.move_to("2026-11-25T15:31:00+08:00")

    assert len(zhou.heard("⏰")) == 1


def test_granted_leave_is_not_changed_but_withdrawn_and_asked_anew(wang: Person, zhou: Person) -> None:
    asks(wang, FRIDAY)
    receipt = wang.last()
    zhou.presses("同意")

    wang.sends_press(receipt.id, receipt.actions[receipt.buttons.index("修改")])

    assert wang.last().text == "这个假已经有答复，不能再改。要换时间，请先撤回再重新请。"


def test_a_change_to_a_forbidden_day_hears_the_rule(wang: Person) -> None:
    asks(wang, FRIDAY)
    wang.presses("修改")
    wang.says("12月9日")

    assert "是大扫除" in wang.last().text


def test_a_change_may_keep_its_own_half_days(wang: Person) -> None:
    asks(wang, FRIDAY)
    wang.presses("修改")
    wang.says("周五下午")

    assert wang.last().text.startswith("改成这样，对吗？\n王磊 · 调休 · 半天\n周五 11月27日 14:00–17:30")


def test_the_client_manager_asks_for_a_colleague_without_a_phone(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    zhou.says("代 王磊 请假 周五下午 家里有事")

    assert zhou.last().text.startswith("代 王磊 请假，对吗？\n王磊 · 调休 · 半天\n周五 11月27日 14:00–17:30")
    assert list(zhou.last().buttons) == CONFIRM

    zhou.presses("确认")

    assert wang.hears("周敏 代您请了假：周五 11月27日 14:00–17:30 调休半天")
    assert zhou.hears("王磊 想调休半天（周敏 代提）", buttons=CARD)

    zhou.presses("同意")

    assert states(store) == [LeaveState.APPROVED]
    assert wang.hears("周敏 同意了")


def test_a_line_for_a_colleague_needs_no_spaces(zhou: Person) -> None:
    zhou.says("代王磊请假周五下午家里有事")

    assert zhou.last().text.startswith("代 王磊 请假，对吗？\n王磊 · 调休 · 半天")


def test_sick_leave_for_a_colleague_asks_nobody(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(zhou, "代 王磊 请病假 明天 发烧")

    assert states(store) == [LeaveState.TOLD]
    assert wang.hears("周敏 替您登记了：明天（周四 11月26日）9:00–17:30 病假 1 天")


def test_for_a_colleague_the_one_who_will_confirm_is_named(zhou: Person) -> None:
    zhou.says("代 王磊 请假 周六 家里有事")

    assert "由周敏单独确认" in zhou.last().text


def test_whoever_is_meant_must_be_named(zhou: Person) -> None:
    zhou.says("代 请假 周五")

    assert "要代谁登记？" in zhou.last().text
    assert "王磊" in zhou.last().text


def test_only_managers_ask_for_a_colleague(store: StoreAtWork, wang: Person) -> None:
    wang.says("代 陈静 请假 周五 家里有事")

    assert wang.last().text == "这件事不归您办。说“菜单”看看您能办什么。"
    assert verbs(store) == ["desk.not_allowed"]


def test_sick_leave_is_withdrawn_when_somebody_is_well_again(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "病假 明天 发烧")

    wang.presses("撤回")

    assert states(store) == [LeaveState.WITHDRAWN]
    assert zhou.hears("王磊 的假撤回了，照常上班")


def test_a_cover_who_falls_ill_leaves_nobody_uncovered_unheard(wang: Person, chen: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")

    asks(chen, "病假 周五下午 赵倩 发烧")

    assert wang.hears("原定代班的 陈静 这段时间也休假了")
    assert zhou.hears("原定代班的 陈静 这段时间也休假了")


def test_a_yes_to_a_withdrawal_that_is_taken_back_lets_sick_leave_hold_again(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    asks(wang, "病假 今天下午 发烧")
    store.move_to("2026-11-25T14:30:00+08:00")
    wang.presses("撤回")
    zhou.presses("同意", on="撤回已经开始的假")

    zhou.presses("撤回决定")

    assert states(store) == [LeaveState.TOLD]
    assert len(chen.heard("请您代班")) == 2


def test_the_card_names_colleagues_who_ask_for_the_same_time(wang: Person, chen: Person, zhou: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")

    asks(chen, "请假 周五 办事")

    assert len(zhou.heard("另有 1 人也在申请这段时间")) == 2
