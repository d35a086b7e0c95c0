"""Meetings about a case: booked with what stands against it said, reminded of twice, moved for everybody at once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot.rules.workflow import Need, StepKey
from bot.rules.workflow_record import Fact
from storage import customers
from storage.customers import CaseState
from tests.chat import Person, StoreAtWork
from tests.chats.case_rows import (
    at_budget_meeting,
    at_plan_booking,
    at_review,
    begin_step,
    id_of,
    open_case,
    put_on_record,
    scene_of,
)
from tests.chats.meeting_steps import notices
from tests.chats.steps import CONFIRM, asks, is_granted

SATURDAY = "周六 11月28日 15:00"
LINE = "看方案 · 2026-0001 李女士 锦绣花园（王磊、周敏）"
THE_DAY_BEFORE = "appointments.day_before"
AN_HOUR_BEFORE = "appointments.soon"
ASKED = "appointments.asked"
STILL_OPEN = "appointments.still_open"


def opens_card(person: Person) -> None:
    """The first step of what is theirs."""
    person.says("我的事")
    person.presses(person.last().buttons[0])


def books(person: Person, when: str = "周六下午3点") -> None:
    opens_card(person)
    person.presses("约好了")
    person.says(when)
    person.presses("确认")


def moves(person: Person, when: str) -> None:
    person.presses("改约")
    person.says(when)
    person.presses("确认")


@pytest.fixture
def booked(store: StoreAtWork) -> StoreAtWork:
    """李女士 comes on Saturday at three to see 王磊's plan."""
    store.write(partial(at_plan_booking, store))
    books(store.person("zhou"))
    return store


@pytest.fixture
def budget(store: StoreAtWork) -> StoreAtWork:
    """李女士 is to be asked when she comes to see drawings and budget."""
    store.write(partial(at_budget_meeting, store))
    return store


def test_the_designer_has_the_moment_on_the_card_of_the_step(booked: StoreAtWork, wang: Person) -> None:
    assert wang.hears(SATURDAY, buttons=["完成", "改约", "等客户", "转给别人", "怎么做"])
    assert notices(booked, "appointments.booked") == []


def test_who_takes_part_in_a_budget_meeting_hears_when_it_is(budget: StoreAtWork, wang: Person, zhao: Person) -> None:
    books(budget.person("zhou"))

    line = f"周敏 约好了：{SATURDAY} 看预算 · 2026-0001 李女士 锦绣花园（周敏、王磊、赵倩）。"
    assert wang.hears(line, buttons=["改约"])
    assert zhao.hears(line, buttons=["改约"])
    assert [key for _, key in notices(budget, "appointments.booked")] == ["wang", "zhao"]


def test_the_project_manager_hears_of_the_briefing(store: StoreAtWork, zhou: Person) -> None:
    store.write(partial(at_review, store))
    sun = store.person("sun")
    opens_card(sun)
    sun.presses("安排预交底")
    sun.says("周五上午10点")
    sun.presses("确认")

    line = (
        "孙强 约好了：周五 11月27日 10:00 预交底 · 2026-0001 李女士 锦绣花园（孙强、吴刚、周敏）。"
        "请到工程部看图纸、难点、工期和材料。"
    )
    assert store.person("wu").hears(line, buttons=["预交底改时间"])
    assert zhou.hears(line)


def test_everybody_is_reminded_the_day_before_and_an_hour_before(
    booked: StoreAtWork, wang: Person, zhou: Person
) -> None:
    booked.move_to("2026-11-28T16:00:00+08:00")

    assert wang.hears(f"⏰ 明天（周六 11月28日）15:00 {LINE}，当天 14:00 再提醒您一次。客户来不了就按“改约”。")
    assert zhou.hears(f"⏰ 还有 1 小时：今天（周六 11月28日）15:00 {LINE}。客户没来就按“改约”。")
    assert notices(booked, THE_DAY_BEFORE) == [("11-27 17:00", "wang"), ("11-27 17:00", "zhou")]
    assert notices(booked, AN_HOUR_BEFORE) == [("11-28 14:00", "wang"), ("11-28 14:00", "zhou")]


def test_who_has_the_step_is_asked_after_it_and_the_client_manager_hears_it_next_morning(
    booked: StoreAtWork, wang: Person, zhou: Person
) -> None:
    booked.move_to("2026-11-28T17:10:00+08:00")
    assert wang.hears("⏰ 李女士 15:00 来看方案了吗？看完请按“完成”，没来请按“改约”。（2026-0001）")
    assert wang.last().buttons[:2] == ("完成", "改约")
    booked.move_to("2026-12-03T10:00:00+08:00")

    told = "⚠ 王磊 还没说 2026-0001 李女士 昨天（周六 11月28日）15:00 来看方案了没有。"
    assert zhou.hears(told)
    assert notices(booked, ASKED) == [("11-28 17:00", "wang")]
    assert notices(booked, STILL_OPEN) == [("11-29 09:00", "zhou")]


def test_where_the_client_manager_has_the_step_the_gm_office_hears_it_next_morning(budget: StoreAtWork) -> None:
    books(budget.person("zhou"))

    budget.move_to("2026-12-01T10:00:00+08:00")

    assert notices(budget, ASKED) == [("11-28 17:00", "zhou")]
    assert notices(budget, STILL_OPEN) == [("11-29 09:00", "liu")]


def test_after_a_meeting_that_was_moved_only_the_new_moment_is_asked_about(booked: StoreAtWork, wang: Person) -> None:
    booked.move_to("2026-11-28T15:30:00+08:00")
    moves(wang, "周二上午10点")

    booked.move_to("2026-12-01T12:30:00+08:00")

    assert notices(booked, ASKED) == [("12-01 12:00", "wang")]
    assert notices(booked, STILL_OPEN) == []


def test_nobody_is_asked_while_the_customer_is_waited_for(booked: StoreAtWork, wang: Person) -> None:
    wang.presses("等客户")
    wang.says("客户出差")
    wang.says("12月8日")

    booked.move_to("2026-11-30T10:00:00+08:00")

    assert notices(booked, ASKED) == notices(booked, STILL_OPEN) == []


def test_of_a_briefing_that_is_over_nothing_is_asked(store: StoreAtWork) -> None:
    def work(session: Session) -> None:
        scene = scene_of(store, session)
        case = open_case(scene)
        put_on_record(scene, case, Need.BRIEFING_ARRANGED, at=scene.now + timedelta(hours=3))
        begin_step(scene, case, StepKey.REVIEW, "sun", since=scene.now)
        scene.keep_watch()

    store.write(work)

    store.move_to("2026-11-27T10:00:00+08:00")

    assert notices(store, ASKED) == notices(store, STILL_OPEN) == []


def test_nothing_is_said_once_it_was_held(booked: StoreAtWork, wang: Person) -> None:
    for label in ("完成", "刚才", "客户同意", "确认"):
        wang.presses(label)

    booked.move_to("2026-11-30T10:00:00+08:00")

    assert notices(booked, THE_DAY_BEFORE) == notices(booked, AN_HOUR_BEFORE) == []
    assert notices(booked, ASKED) == notices(booked, STILL_OPEN) == []


def test_nothing_is_said_of_a_case_that_was_closed(booked: StoreAtWork, zhou: Person) -> None:
    def close(session: Session) -> None:
        case = customers.lock(session, 1, 1)
        assert case is not None
        now = booked.app.clock.now()
        customers.close(session, case, CaseState.LOST, at=now, by_id=id_of(session, "zhou"), lost_why="选了别家")

    booked.write(close)

    booked.move_to("2026-11-30T10:00:00+08:00")

    assert notices(booked, THE_DAY_BEFORE) == notices(booked, AN_HOUR_BEFORE) == []
    assert notices(booked, ASKED) == notices(booked, STILL_OPEN) == []


def test_a_move_is_told_once_and_reminds_of_the_new_moment_only(
    booked: StoreAtWork, wang: Person, zhou: Person
) -> None:
    moves(wang, "周日上午10点")
    booked.move_to("2026-11-29T11:00:00+08:00")

    told = f"王磊 改约了：原来 周六 11月28日 15:00，现在 周日 11月29日 10:00 {LINE}。"
    assert notices(booked, "appointments.moved") == [("11-25 10:00", "zhou")]
    assert notices(booked, THE_DAY_BEFORE) == [("11-28 17:00", "wang"), ("11-28 17:00", "zhou")]
    assert notices(booked, AN_HOUR_BEFORE) == [("11-29 09:00", "wang"), ("11-29 09:00", "zhou")]
    assert zhou.hears(told)


def test_a_move_after_the_reminder_reminds_again(booked: StoreAtWork, zhou: Person) -> None:
    booked.move_to("2026-11-28T14:30:00+08:00")
    moves(zhou, "周一上午10点")

    booked.move_to("2026-11-30T11:00:00+08:00")

    assert [when for when, _ in notices(booked, THE_DAY_BEFORE)] == ["11-27 17:00"] * 2 + ["11-29 17:00"] * 2


def test_a_card_of_the_old_moment_shows_the_new_one(booked: StoreAtWork, wang: Person, zhou: Person) -> None:
    booked.move_to("2026-11-27T17:30:00+08:00")

    moves(wang, "周日上午10点")

    assert zhou.hears(f"{LINE}\n已改到 周日 11月29日 10:00。", buttons=[])


def test_the_read_back_of_a_move_says_both_moments(booked: StoreAtWork, wang: Person) -> None:
    wang.presses("改约")
    wang.says("周日上午10点")

    assert (
        wang.last().text
        == "改约，对吗？\n2026-0001 李女士 · 看方案\n周六 11月28日 15:00 → 周日 11月29日 10:00\n王磊、周敏"
    )


def test_the_same_moment_is_no_move(booked: StoreAtWork, wang: Person) -> None:
    moves(wang, "周六下午3点")

    assert wang.last().text == "看方案本来就是 周六 11月28日 15:00，没有改动。"
    assert notices(booked, "appointments.moved") == []


def test_of_two_who_move_it_at_once_the_second_hears_where_it_is(
    booked: StoreAtWork, wang: Person, zhou: Person
) -> None:
    zhou.sends_press(zhou.last().id, "appointments:move:2")
    zhou.says("周一上午10点")
    moves(wang, "周日上午10点")

    zhou.presses("确认")

    assert zhou.hears("看方案已经改到 周日 11月29日 10:00 了。")
    assert notices(booked, "appointments.moved") == [("11-25 10:00", "zhou")]


def test_what_was_held_cannot_be_moved(booked: StoreAtWork, wang: Person, zhou: Person) -> None:
    booked.move_to("2026-11-28T14:30:00+08:00")
    for label in ("完成", "刚才", "客户同意", "确认"):
        wang.presses(label)

    zhou.sends_press(zhou.last().id, "appointments:move:2")

    assert zhou.last().text == "看方案已经讲完了，不用改了。"


def test_a_customer_who_did_not_come_is_asked_for_another_day(booked: StoreAtWork, wang: Person, zhou: Person) -> None:
    booked.move_to("2026-11-28T17:00:00+08:00")

    moves(wang, "下周二上午10点")

    assert zhou.hears("现在 周二 12月1日 10:00")


def test_others_cannot_move_it(booked: StoreAtWork, zhao: Person) -> None:
    zhao.says("菜单")

    zhao.sends_press(zhao.last().id, "appointments:move:2")

    assert zhao.last().text == "这个约由要去的同事或者客户经理来改。"


def test_a_mark_that_is_no_meeting_is_no_button(booked: StoreAtWork, zhou: Person) -> None:
    zhou.sends_press(zhou.last().id, "appointments:move:1")

    assert "改到什么时候" not in zhou.last().text


def test_the_read_back_says_who_is_on_leave_then(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")
    store.write(partial(at_plan_booking, store))
    opens_card(zhou)
    zhou.presses("约好了")

    zhou.says("周五下午3点")

    assert zhou.last().text.endswith("周五 11月27日 15:00\n⚠ 王磊 周五 11月27日 14:00–17:30 休假")
    assert list(zhou.last().buttons) == CONFIRM


def test_the_read_back_says_who_is_out_then(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(wang, "外出 锦绣花园量房 周五下午两点到四点")
    store.write(partial(at_plan_booking, store))
    opens_card(zhou)
    zhou.presses("约好了")

    zhou.says("周五下午3点")

    assert zhou.last().text.endswith("⚠ 王磊 周五 11月27日 14:00–16:00 外出 · 锦绣花园")


def test_the_read_back_says_who_is_with_another_customer_then(booked: StoreAtWork, zhou: Person) -> None:
    def another(session: Session) -> None:
        scene = scene_of(booked, session)
        case = open_case(scene, name="张先生", phone="13900000002")
        put_on_record(scene, case, Need.REVIEW_APPROVED, Fact.OVER_ALLOWED)
        put_on_record(scene, case, Need.BRIEFING_ARRANGED, at=scene.now - timedelta(days=1))
        begin_step(scene, case, StepKey.BUDGET_MEETING, "zhou")

    booked.write(another)
    opens_card(zhou)
    zhou.presses("约好了")

    zhou.says("周六下午3点半")

    assert zhou.last().text.endswith("⚠ 王磊 周六 11月28日 15:00–16:00 看方案\n⚠ 周敏 周六 11月28日 15:00–16:00 看方案")


def test_its_own_old_moment_is_no_clash(booked: StoreAtWork, wang: Person) -> None:
    wang.presses("改约")

    wang.says("周六下午3点半")

    assert wang.last().text.startswith("改约，对吗？")
    assert "⚠" not in wang.last().text


def test_leave_over_a_meeting_is_told_to_the_client_manager(booked: StoreAtWork, wang: Person, zhou: Person) -> None:
    wang.says("病假 周六下午")
    wang.presses("跳过")
    wang.presses("确认")

    assert zhou.hears(f"王磊 周六 11月28日 14:00–17:30 休假，这个约要去：{SATURDAY} {LINE}。", buttons=["改约"])


def test_leave_beside_a_meeting_is_no_news(booked: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")

    assert notices(booked, "appointments.away") == []
