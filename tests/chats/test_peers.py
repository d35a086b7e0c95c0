"""What people complain about elsewhere, each as it goes here; the number names the thread that complained."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot import approvals
from bot.approvals import open_request
from bot.talk import Address, DeliveryError, Message
from storage.leave import LeaveState
from storage.staff import Role
from tests.chat import Person, StoreAtWork, store_at_work
from tests.chats.steps import CARD, CONFIRM, asks, halves, is_granted, requests, states

FRIDAY = "请假 周五下午 家里有事"


def test_a_full_day_and_a_half_of_the_same_day_are_refused(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    """frappe/hrms#4788"""
    is_granted(wang, zhou, "请假 周五 家里有事")

    wang.says("请假 周五下午 看牙")

    assert "周五 11月27日 下午已经请过假了" in wang.last().text
    assert len(states(store)) == 1


def test_the_second_half_does_not_overwrite_the_first(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    """frappe/hrms#3269"""
    is_granted(wang, zhou, "请假 周五上午 家里有事")
    is_granted(wang, zhou, "请假 周五下午 看牙")

    assert len(states(store)) == 2
    assert halves(store) == [("2026-11-27", "afternoon"), ("2026-11-27", "morning")]


def test_a_morning_leave_does_not_block_the_afternoon(wang: Person) -> None:
    """horilla/horilla-hr#476"""
    asks(wang, "请假 周五上午 家里有事")

    wang.says("请假 周五下午 看牙")

    assert list(wang.last().buttons) == CONFIRM


def test_a_make_up_day_is_a_working_day_and_not_a_holiday(sqlite_url: str, tmp_path: Path) -> None:
    """lanceliao/china-holiday-calender#9"""
    with store_at_work(sqlite_url, tmp_path, now="2026-09-18T10:00:00+08:00") as store:
        wang = store.person("wang")

        wang.says("请假 9月20日 家里有事")

        assert "王磊 · 调休 · 1 天\n周日 9月20日 9:00–18:00" in wang.last().text


def test_nobody_is_reminded_on_holidays(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    """Khan/snippets#16"""
    store.move_to("2026-12-31T16:00:00+08:00")
    asks(wang, "请假 1月11日 家里有事")

    store.move_to("2027-01-04T08:59:00+08:00")

    assert zhou.heard("⏰") == []


def test_a_request_to_an_absent_approver_reaches_the_deputy(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    """frappe/hrms#3467"""
    zhou.says("病假 周五 发烧")
    zhou.says("陈静")
    zhou.presses("确认")
    store.move_to("2026-11-27T09:30:00+08:00")

    asks(wang, "请假 下周一 家里有事")

    assert liu.hears("周敏 不在，请您代为决定", buttons=CARD)


def test_nobody_approves_their_own_request(store: StoreAtWork, zhou: Person) -> None:
    """frappe/hrms#2486"""
    zhou.says("请假 周五下午 看病人")
    zhou.says("陈静")
    zhou.presses("确认")

    zhou.sends_press(zhou.last().id, "approvals:approve:1")

    assert states(store) == [LeaveState.PENDING]


def test_nobody_hears_approved_after_the_first_of_two_yeses(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """horilla/horilla-hr#647"""
    monkeypatch.setattr(approvals, "open_request", _by_two)
    asks(wang, FRIDAY)

    zhou.presses("同意")

    assert states(store) == [LeaveState.PENDING]
    assert wang.hears("周敏 同意了，还要等 刘总")
    assert not [one for one in wang.sees() if "请保持电话畅通" in one.text]
    assert "✅" not in zhou.last().text

    liu.presses("同意")

    assert states(store) == [LeaveState.APPROVED]
    assert wang.hears("请保持电话畅通")


def _by_two(*args: Any, roles: Any, **said: Any) -> Any:
    return open_request(*args, roles=[Role.CLIENT_MANAGER, Role.GM_OFFICE], **said)


def test_leave_cancelled_after_its_approval_is_seen_by_the_approver(wang: Person, zhou: Person) -> None:
    """horilla/horilla-hr#548"""
    is_granted(wang, zhou, FRIDAY)

    wang.presses("撤回")

    assert zhou.hears("王磊 的假撤回了，照常上班")


def test_two_presses_a_second_apart_count_once(store: StoreAtWork, wang: Person, zhou: Person, chen: Person) -> None:
    """fivexl/terraform-aws-sso-elevator#212"""
    asks(wang, FRIDAY)
    card = zhou.last()

    zhou.sends_press(card.id, card.actions[0])
    store.move(seconds=1)
    zhou.sends_press(card.id, card.actions[0])

    assert states(store) == [LeaveState.APPROVED]
    assert len(wang.heard("周敏 同意了")) == 1
    assert len(chen.heard("请您代班")) == 1


def test_five_presses_are_one_decision(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, FRIDAY)
    card = zhou.last()

    for action in [card.actions[0]] * 5:
        zhou.sends_press(card.id, action)

    assert states(store) == [LeaveState.APPROVED]
    assert len(wang.heard("周敏 同意了")) == 1
    assert len(zhou.heard("周敏 10:00 已经同意过了。")) == 4


def test_the_second_press_hears_who_decided_when_and_no_failure(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    """librefang/librefang#5487"""
    asks(wang, FRIDAY)
    store.move_to("2026-11-27T09:00:00+08:00")
    card = next(one for one in liu.sees() if "同意" in one.buttons)
    zhou.presses("同意")

    liu.sends_press(card.id, card.actions[0])

    assert liu.last().text == "周敏 9:00 已经同意过了。"


def test_a_no_after_a_yes_hears_the_yes(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, FRIDAY)
    card = zhou.last()
    zhou.presses("同意")

    zhou.sends_press(card.id, card.actions[1])

    assert zhou.last().text == "周敏 10:00 已经同意过了。"
    assert states(store) == [LeaveState.APPROVED]


def test_an_old_button_does_not_settle_the_new_request(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    """esengine/DeepSeek-Reasonix#2222"""
    asks(wang, FRIDAY)
    old = zhou.last()
    wang.presses("修改")
    wang.says("下周一")
    wang.presses("确认")

    zhou.sends_press(old.id, old.actions[0])

    assert states(store) == [LeaveState.PENDING]
    assert zhou.last().text == "这个申请改过了，请看最新的卡片。"


def test_the_old_card_of_an_edited_request_shows_what_is_true_now(wang: Person, zhou: Person) -> None:
    asks(wang, FRIDAY)
    old = zhou.last()
    wang.presses("修改")
    wang.says("下周一")
    wang.presses("确认")

    (seen,) = [one for one in zhou.sees() if one.id == old.id]

    assert "周一 11月30日" in seen.text


def test_nobody_is_notified_after_acknowledging(store: StoreAtWork, wang: Person, zhou: Person, liu: Person) -> None:
    """oncall#4654"""
    asks(wang, FRIDAY)
    zhou.presses("同意")
    heard = (len(zhou.sees()), len(liu.sees()))

    store.move_to("2026-11-27T08:00:00+08:00")

    assert (len(zhou.sees()), len(liu.sees())) == heard


def test_somebody_is_asked_even_when_everybody_is_away(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    """oncall#1326"""
    for away in (zhou, liu):
        away.says("病假 周五 发烧")
        away.says("陈静")
        away.presses("确认")
    store.move_to("2026-11-27T09:30:00+08:00")

    asks(wang, "请假 12月7日 家里有事")

    assert zhou.hears("王磊 想调休 1 天", buttons=CARD)
    assert "现在不在店里" in wang.last().text


def test_each_reminder_is_sent_once(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    """scottleedavis/mattermost-plugin-remind#234"""
    asks(wang, "请假 12月7日 家里有事")
    store.move_to("2026-11-25T14:30:00+08:00")

    store.settle()
    store.settle()

    assert len(zhou.heard("⏰")) == 1


def test_what_came_at_1655_is_not_escalated_at_1705_when_there_is_time(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    """mitodl/ol-infrastructure#5936"""
    store.move_to("2026-11-25T16:55:00+08:00")
    asks(wang, "请假 12月7日 家里有事")

    store.move_to("2026-11-25T17:05:00+08:00")
    store.move_to("2026-11-26T08:59:00+08:00")

    assert liu.heard("王磊") == []
    assert zhou.heard("⏰") == []


def test_the_same_message_sent_again_is_handled_once(store: StoreAtWork, wang: Person) -> None:
    """ClickHouse/nerve#171, easy-wx/wecom-app-svr#1"""
    body = {"as": "wang", "chat": "private", "id": "once", "text": FRIDAY}

    answers = [store.post("/api/chat/messages", body).status_code for _ in range(3)]

    assert answers == [202, 202, 202]
    assert len(wang.heard("请假，对吗？")) == 1


def test_one_person_who_cannot_be_reached_stops_nobody(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole reminder run stopped by one person who blocked the bot."""
    send = store.app.web_chat.send

    async def to_others(to: Address, message: Message, *, at: datetime) -> str:
        if to.chat == "chen":
            raise DeliveryError("blocked", permanent=True)
        return await send(to, message, at=at)

    monkeypatch.setattr(store.app.web_chat, "send", to_others)
    is_granted(wang, zhou, FRIDAY)
    asks(wang, "请假 12月7日 家里有事")
    store.move_to("2026-11-25T14:30:00+08:00")

    assert chen.heard("请您代班") == []
    assert wang.hears("周敏 同意了")
    assert len(zhou.heard("⏰")) == 1
    assert len(zhou.heard("陈静 那边收不到我的消息")) == 1


def test_who_approved_is_kept_with_the_time(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    """orangehrm/orangehrm#1770"""
    is_granted(wang, zhou, FRIDAY)

    (request,) = requests(store)
    assert request.decided_by_id is not None
    assert request.decided_at is not None
