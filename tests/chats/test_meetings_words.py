"""What is said of a meeting that is there: it is answered, moved, called off, added to; nothing new is called."""

from __future__ import annotations

import pytest

from storage.meetings import Coming, MeetingKind, MeetingState
from tests.chat import Person, StoreAtWork
from tests.chats.meeting_steps import calls, meetings_of, people_of, watch
from tests.chats.steps import CONFIRM, leaves

WEEKLY = "周会 周一 11月30日 9:00–10:00"


@pytest.fixture
def rounds(store: StoreAtWork) -> StoreAtWork:
    """The weekly meeting of Monday (1) and the monthly one of Tuesday (2) are planned."""
    watch(store)
    return store


@pytest.mark.parametrize("said", ["周会改到周四上午10点", "把周会改到周四上午10点", "下周的周会改成周四上午10点"])
def test_the_weekly_meeting_is_moved_and_not_called_a_second_time(rounds: StoreAtWork, zhou: Person, said: str) -> None:
    zhou.says(said)

    assert zhou.last().text.startswith("改成这样，对吗？\n周会 · 7 人\n明天（周四 11月26日）10:00–11:00")
    assert list(zhou.last().buttons) == CONFIRM

    zhou.presses("确认")

    assert [one.kind for one in meetings_of(rounds)] == [MeetingKind.WEEKLY, MeetingKind.MONTHLY]
    assert rounds.person("wang").hears("⚠ 会改了（周敏）：周会 明天（周四 11月26日）10:00–11:00")


def test_the_weekly_meeting_is_not_moved_into_the_past(rounds: StoreAtWork, zhou: Person) -> None:
    zhou.says("周会改到昨天上午10点")

    assert zhou.last().text == "昨天（周二 11月24日）10:00 已经过了，请换个时间。"


@pytest.mark.parametrize("said", ["取消周会", "周会取消", "周会不开了", "取消下周的周会", "周一周会取消"])
def test_the_weekly_meeting_is_called_off_in_a_line(rounds: StoreAtWork, zhou: Person, said: str) -> None:
    zhou.says(said)

    assert zhou.last().text.startswith(f"不开了：{WEEKLY}")

    zhou.presses("跳过")

    assert meetings_of(rounds)[0].state == MeetingState.CANCELLED


def test_who_does_not_hold_the_weekly_meeting_does_not_call_it_off(rounds: StoreAtWork, wang: Person) -> None:
    wang.says("取消周会")

    assert wang.last().text.startswith("这个会由 周敏 主持")
    assert meetings_of(rounds)[0].state == MeetingState.PLANNED


@pytest.mark.parametrize("said", ["周会请假", "周会我参加不了", "周一周会我请假", "我周会想请假", "下周的周会我去不了"])
def test_begging_off_asks_why(rounds: StoreAtWork, wang: Person, said: str) -> None:
    wang.says(said)

    assert wang.last().text.startswith("为什么来不了？")

    wang.says("去工地")

    assert wang.last().text.startswith(f"好，记下了，您请假：{WEEKLY}")
    assert (people_of(rounds)["wang"].coming, leaves(rounds)) == (Coming.NO, [])


def test_begging_off_with_a_reason_asks_for_no_leave(rounds: StoreAtWork, wang: Person, zhou: Person) -> None:
    wang.says("周一周会我请假，家里有事")

    assert zhou.hears(f"王磊 来不了：{WEEKLY}。原因：家里有事")
    assert leaves(rounds) == []


@pytest.mark.parametrize("said", ["周会迟到十分钟", "周会我会晚到10分钟", "周会我晚十分钟到"])
def test_coming_late_is_said_in_a_line(rounds: StoreAtWork, wang: Person, said: str) -> None:
    wang.says(said)

    assert wang.last().text.startswith(f"好，记下了，您会晚到（10 分钟）：{WEEKLY}")


@pytest.mark.parametrize("said", ["周会加个议题：报价", "下周的周会加议题 报价", "周会上加一条议题，报价"])
def test_an_item_is_added_to_the_meeting_that_is_named(rounds: StoreAtWork, wang: Person, said: str) -> None:
    calls(rounds.person("zhou"))

    wang.says(said)

    assert wang.last().text.startswith(f"好，第 1 条议题：报价（{WEEKLY}")


@pytest.mark.parametrize("said", ["下周的周会几点", "周会什么时候？", "周会取消了吗"])
def test_a_question_shows_the_meeting(rounds: StoreAtWork, wang: Person, said: str) -> None:
    wang.says(said)

    assert WEEKLY in wang.last().text
    assert meetings_of(rounds)[0].state == MeetingState.PLANNED


@pytest.mark.parametrize("said", ["周五的会我去不了", "周五的会议我请假", "这个会我参加不了", "周五4点的会我来不了"])
def test_the_only_meeting_of_that_day_is_answered(rounds: StoreAtWork, wang: Person, said: str) -> None:
    calls(rounds.person("zhou"))

    wang.says(said)
    wang.says("去工地")

    assert people_of(rounds, 3)["wang"].coming == Coming.NO
    assert leaves(rounds) == []


@pytest.mark.parametrize("said", ["会议取消", "取消会议", "取消周五的会", "周五的会不开了"])
def test_the_only_called_meeting_is_called_off(rounds: StoreAtWork, zhou: Person, said: str) -> None:
    calls(zhou)

    zhou.says(said)

    assert zhou.last().text.startswith("不开了：部门会（设计部）周五 11月27日 16:00–17:00")


@pytest.mark.parametrize("said", ["会议改到5点", "周五的会改到5点", "会议改期到周五下午5点"])
def test_the_only_called_meeting_is_moved(rounds: StoreAtWork, zhou: Person, said: str) -> None:
    calls(zhou)

    zhou.says(said)

    assert zhou.last().text.startswith("改成这样，对吗？\n部门会（设计部） · 3 人\n周五 11月27日 17:00–18:00")


def test_of_several_meetings_the_person_chooses(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    calls(zhou)
    calls(zhou, "开会 周五下午2点 王磊 对报价")

    wang.says("周五的会我去不了")
    wang.presses("第 1 个")
    wang.says("去工地")

    assert wang.last().text.startswith("好，记下了，您请假：会议（王磊）周五 11月27日 14:00–15:00")


# What 王磊 types about his own time, though a 会 stands there.
LEAVE = ["我下周会请假", "周一会请假", "我这周会请假", "周五家长会请假", "家里要开会，周五下午请假"]


@pytest.mark.parametrize("said", LEAVE)
def test_leave_is_still_asked_for(rounds: StoreAtWork, wang: Person, said: str) -> None:
    calls(rounds.person("zhou"))

    wang.says(said)

    assert {one.coming for one in people_of(rounds).values()} == {Coming.UNSAID}
    assert "为什么来不了" not in wang.last().text
    assert "取消" in wang.last().buttons


def test_people_whom_nobody_knows_are_named_and_nobody_else_is_called(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("开会 周五下午4点 王总 李工 讨论样板间")

    assert zhou.last().text.startswith("没找到“王总、李工”。写部门、岗位或者名字")

    zhou.says("设计部")

    assert "部门会（设计部） · 3 人" in zhou.last().text
    assert "议题：讨论样板间" in zhou.last().text
    assert "⚠ 没找到“王总、李工”，没有请" in zhou.last().text


def test_whom_the_store_knows_is_called_by_the_title(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("开会 周五下午4点 刘总 讨论样板间")

    assert "会议（刘总） · 2 人" in zhou.last().text
    assert "没找到" not in zhou.last().text
