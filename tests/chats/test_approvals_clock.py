"""The approver's clock: reminders in working time, escalation by the time left, expiry."""

from __future__ import annotations

from storage.approvals import ApprovalState
from storage.leave import LeaveState
from tests.chat import Person, StoreAtWork
from tests.chats.steps import CARD, asks, halves, requests, states

REMINDED = "⏰ 还等您答复"


def at(moment: str) -> str:
    return f"2026-{moment}:00+08:00"


def reminders_heard(store: StoreAtWork, person: Person, *moments: str) -> list[int]:
    """How many reminders somebody has heard at each moment."""
    heard = []
    for moment in moments:
        store.move_to(at(moment))
        heard.append(len(person.heard(REMINDED)))
    return heard


def test_the_approver_is_reminded_after_two_working_hours_then_each_half_day(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    store.move_to(at("11-25T10:30"))
    asks(wang, "请假 12月7日 家里有事")

    first = reminders_heard(store, zhou, "11-25T14:29", "11-25T14:31")
    then = reminders_heard(store, zhou, "11-26T09:14", "11-26T09:16", "11-26T14:29", "11-26T14:31")

    assert first == [0, 1]
    assert then == [1, 2, 2, 3]


def test_nobody_is_reminded_at_night_at_noon_or_before_opening(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    store.move_to(at("11-25T16:30"))
    asks(wang, "请假 12月7日 家里有事")

    heard = reminders_heard(store, zhou, "11-25T23:59", "11-26T08:59", "11-26T09:59", "11-26T10:01")

    assert heard == [0, 0, 0, 1]


def test_nobody_is_reminded_in_the_noon_break(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    store.move_to(at("11-25T11:00"))
    asks(wang, "请假 12月7日 家里有事")

    heard = reminders_heard(store, zhou, "11-25T13:59", "11-25T14:59", "11-25T15:01")

    assert heard == [0, 0, 1]


def test_nobody_is_reminded_on_a_holiday(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    store.move_to("2026-12-31T16:00:00+08:00")
    asks(wang, "请假 1月11日 家里有事")

    store.move_to("2027-01-03T23:00:00+08:00")

    assert len(zhou.heard(REMINDED)) == 0

    store.move_to("2027-01-04T10:00:00+08:00")

    assert len(zhou.heard(REMINDED)) == 1


def test_who_asks_to_be_reminded_later_is_reminded_after_a_working_hour(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, "请假 12月7日 家里有事")
    store.move_to(at("11-25T11:30"))

    zhou.presses("稍后提醒")

    assert zhou.hears("好，今天（周三 11月25日）14:30 再提醒您：王磊 调休 1 天，周一 12月7日")
    assert reminders_heard(store, zhou, "11-25T12:30", "11-25T14:29", "11-25T14:31") == [0, 0, 1]


def test_a_reminder_says_what_until_when_and_who_is_next(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")
    store.move_to(at("11-25T12:30"))

    (reminder,) = zhou.heard(REMINDED, buttons=CARD)

    assert "王磊 调休半天，周五 11月27日 14:00–17:30" in reminder.text
    assert "请在 周五 11月27日 9:00 前答复；到时未答复会请刘总决定。" in reminder.text


def test_three_working_hours_before_it_begins_the_next_one_is_asked_too(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    asks(wang, "请假 周五下午 家里有事")
    store.move_to(at("11-27T08:59"))

    assert not liu.heard("王磊")

    store.move_to(at("11-27T09:00"))

    assert liu.hears("周敏 还没答复", buttons=CARD)
    assert wang.hears("周敏 还没答复，已经请 刘总 一起看")
    assert zhou.hears("到时未答复就作废，不算同意", buttons=CARD)


def test_both_may_decide_after_an_escalation(store: StoreAtWork, wang: Person, zhou: Person, liu: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")
    store.move_to(at("11-27T09:00"))

    zhou.presses("同意")

    assert states(store) == [LeaveState.APPROVED]
    assert liu.hears("✅ 周敏 已同意（9:00）")
    assert not [one for one in liu.sees() if one.buttons]


def test_an_urgent_request_asks_both_at_once(store: StoreAtWork, wang: Person, zhou: Person, liu: Person) -> None:
    store.move_to(at("11-26T13:30"))

    asks(wang, "请假 今天下午 家里有急事")

    assert zhou.hears("王磊 想调休半天", buttons=CARD)
    assert liu.hears("王磊 想调休半天", buttons=CARD)
    assert wang.hears("已交给 周敏、刘总")


def test_an_urgent_card_does_not_say_that_somebody_failed_to_answer(
    store: StoreAtWork, wang: Person, liu: Person
) -> None:
    store.move_to(at("11-26T13:30"))

    asks(wang, "请假 今天下午 家里有急事")

    assert "还没答复" not in liu.last().text


def test_what_nobody_answered_expires_and_both_hear_it(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    asks(wang, "请假 周五下午 家里有事")

    store.move_to(at("11-27T14:00"))

    assert states(store) == [LeaveState.EXPIRED]
    assert [one.state for one in requests(store)] == [ApprovalState.EXPIRED]
    assert halves(store) == []
    assert wang.hears("⚠ 到时间 周敏、刘总 还没答复，这次不算同意")
    assert zhou.hears("到时间没有人答复，申请已作废")
    assert liu.hears("到时间没有人答复，申请已作废")
    assert not [one for one in zhou.sees() if one.buttons]


def test_who_answers_an_expired_request_hears_that_it_is_over(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")
    card = zhou.last()
    store.move_to(at("11-27T14:00"))

    zhou.sends_press(card.id, card.actions[0])

    assert zhou.last().text == "这个申请到时间没有答复，已经作废。"
    assert states(store) == [LeaveState.EXPIRED]


def test_the_client_managers_own_request_has_nobody_above_to_escalate_to(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    zhou.says("请假 周五下午 家里有事")
    zhou.says("陈静")
    zhou.presses("确认")

    store.move_to(at("11-27T13:59"))

    assert len(requests(store)) == 1
    assert zhou.heard("还没答复，已经请") == []

    store.move_to(at("11-27T14:00"))

    assert zhou.hears("刘总 还没答复，这次不算同意")


def test_a_decision_silences_every_reminder(store: StoreAtWork, wang: Person, zhou: Person, liu: Person) -> None:
    asks(wang, "请假 12月7日 家里有事")
    zhou.presses("同意")
    before = len(zhou.sees())

    store.move_to(at("12-06T20:00"))

    assert len(zhou.sees()) == before
    assert not liu.heard("王磊")
