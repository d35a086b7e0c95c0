"""What a careful reader found clumsy or wrong: each stays mended."""

from __future__ import annotations

from functools import partial

import pytest

from bot.__main__ import DEMO_STORE
from bot.app import load
from bot.storefile import read_store
from storage import staff
from storage.leave import LeaveState
from storage.outbox import Outbox
from tests.chat import Person, StoreAtWork, rows
from tests.chats.steps import CARD, CONFIRM, asks, is_granted, not_done, states


def reminders_for(store: StoreAtWork, key: str) -> list[Outbox]:
    """The reminders to answer that were queued for somebody."""
    person = store.query(partial(staff.by_key, key=key))
    queued = store.query(partial(rows, table=Outbox))
    return [row for row in queued if row.recipient == f"staff:{person.id}" and row.content["key"] == "approvals.nudge"]


@pytest.mark.parametrize("label", ["请假", "我的假", "待我审批", "我的申请"])
def test_what_a_menu_in_the_group_begins_goes_on_in_private(
    store: StoreAtWork, wang: Person, zhou: Person, label: str
) -> None:
    asks(wang, "请假 周五下午 家里有事")
    zhou.says("@前台 菜单", chat="store")
    menu = zhou.last(chat="store")

    zhou.sends_press(menu.id, menu.actions[menu.buttons.index(label)], chat="store")

    assert zhou.last(chat="store").text == "周敏，这件事我私下跟您说。"
    assert "家里有事" not in zhou.transcript("store")
    assert not_done(store) == []


def test_who_is_away_is_answered_in_the_group_where_it_was_pressed(wang: Person) -> None:
    wang.says("@前台 菜单", chat="store")
    menu = wang.last(chat="store")

    wang.sends_press(menu.id, menu.actions[menu.buttons.index("谁休假")], chat="store")

    assert "没有人休假" in wang.last(chat="store").text


def test_sick_leave_takes_the_place_of_other_leave_on_the_same_day(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    is_granted(wang, zhou, "请假 周日 家里有事")

    asks(wang, "病假 周日 发烧")

    assert states(store) == [LeaveState.WITHDRAWN, LeaveState.TOLD]
    assert zhou.hears("王磊 改请病假，原来的假不休了")


def test_sick_leave_of_yesterday_can_be_entered_afterwards(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "病假 昨天 发烧")

    assert states(store) == [LeaveState.TOLD]
    assert zhou.hears("王磊 病假 1 天")


def test_other_leave_is_not_asked_for_afterwards(wang: Person) -> None:
    wang.says("请假 昨天 家里有事")

    assert "已经过了，请换个时间" in wang.last().text


def test_a_form_left_for_a_day_understands_that_it_goes_on(store: StoreAtWork, wang: Person) -> None:
    wang.says("请假 下周五下午")
    store.move(days=1, minutes=5)

    wang.says("接着填")
    wang.says("家里有事")

    assert "事由：家里有事" in wang.last().text
    assert list(wang.last().buttons) == CONFIRM


def test_a_form_left_for_a_day_can_be_given_up_in_words(store: StoreAtWork, wang: Person) -> None:
    wang.says("请假 下周五下午")
    store.move(days=1, minutes=5)

    wang.says("取消")

    assert "不填了" in wang.last().text


def test_being_ill_is_a_reason_and_no_new_request(wang: Person) -> None:
    wang.says("请假 周五下午")

    wang.says("生病")

    assert "事由：生病" in wang.last().text
    assert "周五 11月27日 14:00–17:30" in wang.last().text


def test_a_form_about_what_was_settled_meanwhile_does_not_stay_open(wang: Person, zhou: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")
    zhou.presses("不同意")
    wang.presses("撤回")
    zhou.says("明天有交底")

    zhou.says("谢谢")

    assert zhou.last().text.startswith("不客气")


def test_a_manager_who_names_a_colleague_first_means_the_colleague(zhou: Person) -> None:
    zhou.says("王磊请假 周五下午 家里有事")

    assert "代 王磊 请假，对吗？" in zhou.last().text


@pytest.mark.parametrize("line", ["调休怎么算", "年假还有几天", "陈静今天休假吗"])
def test_a_question_is_no_request(store: StoreAtWork, wang: Person, line: str) -> None:
    wang.says(line)

    assert "请假，对吗" not in wang.last().text
    assert list(wang.last().buttons) == ["请假", "我的假", "谁休假"]


@pytest.mark.parametrize(
    "line", ["请假 不是周五 家里有事", "请假 周五前 家里有事", "请假 明天到9999年12月31日 家里有事"]
)
def test_a_time_that_its_words_change_is_asked_for(wang: Person, line: str) -> None:
    wang.says(line)

    assert "请假，对吗" not in wang.last().text


def test_coming_back_before_anything_was_taken_withdraws_the_leave(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")
    store.move_to("2026-11-27T14:00:20+08:00")

    wang.presses("提前回来")

    assert states(store) == [LeaveState.WITHDRAWN]


def test_typed_consent_shows_the_one_request_that_waits(wang: Person, zhou: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")

    zhou.says("同意")

    assert "王磊 想调休半天" in zhou.last().text
    assert "同意" in zhou.last().buttons


def test_a_manager_who_left_is_not_asked_any_more_and_the_new_one_is(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, "请假 下周五 家里有事")
    before = DEMO_STORE.read_text("utf-8").replace('deputy = "zhou"', 'deputy = "he"')
    head, zhou_on = before.split('key = "zhou"')
    after = head + 'key = "zhou"' + zhou_on.replace("active = true", "active = false", 1)
    he_came = after + '\n[[staff]]\nkey = "he"\nname = "何静"\nroles = ["client_manager"]\ndeputy = "liu"\n'

    store.write(partial(load, file=read_store(he_came), now=store.app.clock.now()))
    store.settle()
    store.move(hours=8)

    assert store.person("he").hears("王磊 想调休 1 天", buttons=CARD)
    assert store.person("he").hears("⏰ 还等您答复")
    assert len(reminders_for(store, "zhou")) == 0
