"""Deciding: once, by whom it concerns, with a reason when it is a no, undone within ten minutes."""

from __future__ import annotations

from storage.approvals import ApprovalState
from storage.leave import LeaveState
from tests.chat import Person, StoreAtWork
from tests.chats.steps import CARD, asks, asks_for_saturday, halves, is_granted, requests, states, verbs

FRIDAY = "请假 周五下午 家里有事"


def own_request(zhou: Person, line: str = "请假 周五上午 看病人") -> None:
    zhou.says(line)
    zhou.says("陈静")
    zhou.presses("确认")


def test_a_no_asks_for_its_reason_and_the_applicant_hears_it(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, FRIDAY)

    zhou.presses("不同意")

    assert states(store) == [LeaveState.PENDING]
    assert "原因" in zhou.last().text

    zhou.says("下午有三组客户")

    assert states(store) == [LeaveState.REFUSED]
    assert wang.hears("周敏 没有同意：周五 11月27日 14:00–17:30 调休。\n原因：下午有三组客户")
    assert zhou.hears("周敏 没有同意（10:00）：下午有三组客户")


def test_a_no_without_a_reason_is_no_decision(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, FRIDAY)

    zhou.presses("不同意")
    zhou.presses("取消")

    assert states(store) == [LeaveState.PENDING]
    assert zhou.hears("王磊 想调休半天", buttons=CARD)
    assert "审批不填了" not in zhou.last().text


def test_the_client_managers_own_leave_goes_to_the_gm_office_and_not_to_herself(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    own_request(zhou)

    assert liu.hears("周敏 想调休半天", buttons=CARD)
    assert not [one for one in zhou.sees() if "同意" in one.buttons]

    liu.presses("同意")

    assert zhou.hears("刘总 同意了")


def test_the_gm_offices_own_leave_is_told_not_asked(store: StoreAtWork, liu: Person, zhou: Person) -> None:
    liu.says("请假 周五 出差")
    liu.says("周敏")
    liu.presses("确认")

    assert states(store) == [LeaveState.TOLD]
    assert zhou.hears("刘总")
    assert requests(store) == []
    assert not [one for one in zhou.sees() if "同意" in one.buttons]


def test_while_the_approver_is_away_the_deputy_decides_on_her_behalf(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    own_request(zhou)
    liu.presses("同意")
    store.move_to("2026-11-27T09:30:00+08:00")

    asks(wang, "请假 周日 家里有事")

    assert liu.hears("周敏 不在，请您代为决定：\n王磊 想调休 1 天", buttons=CARD)
    assert not zhou.heard("王磊 想")

    liu.presses("同意")

    assert wang.hears("刘总（代 周敏） 同意了")


def test_a_deputy_is_not_told_that_he_will_be_asked_later(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    own_request(zhou)
    liu.presses("同意")
    store.move_to("2026-11-27T09:30:00+08:00")

    asks(wang, "请假 周日 家里有事")

    assert "到时未答复会请刘总决定" not in liu.last().text
    assert "会请刘总决定" not in wang.last().text


def test_what_waited_when_the_approver_went_away_is_given_to_the_deputy(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    own_request(zhou)
    liu.presses("同意")
    asks(wang, "请假 12月7日 家里有事")

    store.move_to("2026-11-27T09:10:00+08:00")

    assert liu.hears("周敏 不在，请您代为决定", buttons=CARD)


def test_the_client_manager_is_deputy_of_the_gm_office_but_not_for_her_own_leave(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    liu.says("病假 今天下午 发烧")
    liu.says("王磊")
    liu.presses("确认")
    store.move_to("2026-11-25T14:10:00+08:00")

    own_request(zhou)

    assert liu.hears("周敏 想调休半天", buttons=CARD)
    assert not [one for one in zhou.sees() if "同意" in one.buttons]
    assert "刘总 现在不在店里" in zhou.last().text


def test_a_mistaken_yes_is_taken_back_and_everybody_hears(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    is_granted(wang, zhou, FRIDAY)
    store.move(minutes=9)

    zhou.presses("撤回决定")

    assert states(store) == [LeaveState.PENDING]
    assert wang.hears("周敏 撤回了刚才的决定")
    assert chen.hears("先不用代班")
    assert zhou.hears("王磊 想调休半天", buttons=CARD)
    assert zhou.hears("好，刚才的决定撤回了")


def test_a_mistaken_no_is_taken_back_and_its_half_day_is_taken_again(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, FRIDAY)
    zhou.presses("不同意")
    zhou.says("按错了")

    zhou.says("撤回决定")

    assert states(store) == [LeaveState.PENDING]
    assert halves(store) == [("2026-11-27", "afternoon")]


def test_after_ten_minutes_a_decision_stands(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)
    card = next(one for one in reversed(zhou.sees()) if "撤回决定" in one.buttons)
    store.move(minutes=11)

    assert not [one for one in zhou.sees() if "撤回决定" in one.buttons]

    zhou.sends_press(card.id, card.actions[0])

    assert "撤回不了" in zhou.last().text
    assert states(store) == [LeaveState.APPROVED]


def test_nothing_is_taken_back_once_it_has_begun(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    store.move_to("2026-11-27T13:55:00+08:00")
    is_granted(wang, zhou, "请假 今天下午 家里有急事")
    store.move_to("2026-11-27T14:01:00+08:00")

    zhou.says("撤回决定")

    assert "撤回不了" in zhou.last().text
    assert states(store) == [LeaveState.APPROVED]


def test_only_who_decided_takes_it_back(store: StoreAtWork, wang: Person, zhou: Person, liu: Person) -> None:
    is_granted(wang, zhou, FRIDAY)

    liu.says("撤回决定")

    assert "您最近没有做过决定" in liu.last().text
    assert states(store) == [LeaveState.APPROVED]


def test_what_waits_for_me_is_listed_and_opened(wang: Person, zhou: Person, chen: Person) -> None:
    asks(wang, FRIDAY)
    asks(chen, "请假 下周一 看牙")

    zhou.says("待我审批")

    assert zhou.last().text.startswith("有 2 件等您答复：\n1. 王磊 调休半天，周五 11月27日 14:00–17:30")
    assert "2. 陈静 调休 1 天，周一 11月30日" in zhou.last().text

    zhou.presses("看第 2 件")

    assert zhou.last().text.startswith("陈静 想调休 1 天")
    assert list(zhou.last().buttons) == CARD


def test_nothing_waits_for_the_gm_office_before_it_is_asked(wang: Person, liu: Person) -> None:
    asks(wang, FRIDAY)

    liu.says("待我审批")

    assert liu.last().text == "现在没有等您答复的申请。"


def test_after_the_last_decision_nothing_waits(wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)

    zhou.says("待我审批")

    assert zhou.last().text == "现在没有等您答复的申请。"


def test_my_requests_show_what_became_of_each(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)
    asks(wang, "请假 下周一 看牙")
    zhou.presses("不同意")
    zhou.says("周一开会")
    asks(wang, "请假 12月7日 搬家")

    wang.says("我的申请")

    lines = wang.last().text.split("\n")
    assert lines[1] == "1. 王磊 调休 1 天，周一 12月7日 9:00–17:30 · 等答复"
    assert lines[2] == "2. 王磊 调休 1 天，周一 11月30日 9:00–17:30 · 周敏 不同意"
    assert lines[3] == "3. 王磊 调休半天，周五 11月27日 14:00–17:30 · 周敏 已同意"


def test_who_decided_when_and_by_which_rule_is_kept(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)

    (request,) = requests(store)
    assert request.state == ApprovalState.APPROVED
    assert request.decided_by_id is not None
    assert request.decided_at is not None
    assert verbs(store) == ["leave.asked", "approvals.approved"]


def test_an_override_of_the_rule_is_kept_as_one(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks_for_saturday(wang)
    zhou.presses("同意")
    zhou.presses("确认")

    assert verbs(store) == ["leave.asked", "approvals.approved"]
    assert requests(store)[0].state == ApprovalState.APPROVED
