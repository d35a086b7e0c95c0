"""Whose step falls due while they are on leave: the client manager hears at once, and does something about it."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from bot.rules.workflow import StepKey
from tests.chat import Person, StoreAtWork
from tests.chats.case_rows import begin_step, open_case, scene_of
from tests.chats.meeting_steps import notices
from tests.chats.steps import asks, is_granted

BUTTONS = ["转给别人", "等客户", "先不动"]
ASKED = "workflow.owner_away"


@pytest.fixture
def drawing(store: StoreAtWork) -> StoreAtWork:
    """王磊's plan is due on Friday at closing."""

    def work(session: Session) -> None:
        scene = scene_of(store, session)
        begin_step(scene, open_case(scene), StepKey.FLOOR_PLAN, "wang", since=scene.now)

    store.write(work)
    return store


def is_ill(person: Person, when: str) -> None:
    person.says(f"病假 {when}")
    person.presses("跳过")
    person.presses("确认")


def test_granted_leave_is_told_to_the_client_manager_at_once(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")

    assert zhou.hears(
        "王磊 周五 11月27日 14:00–17:30 休假，手上的 2026-0001 平面方案 周五 11月27日 17:30 到期。"
        "转给别人，等客户，还是先不动？",
        buttons=BUTTONS,
    )
    assert notices(drawing, ASKED) == [("11-25 10:00", "zhou")]


def test_leave_that_waits_for_an_answer_is_not_told_yet(drawing: StoreAtWork, wang: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")

    assert notices(drawing, ASKED) == []


def test_sick_leave_is_told_as_it_comes(drawing: StoreAtWork, wang: Person) -> None:
    is_ill(wang, "周五")

    assert notices(drawing, ASKED) == [("11-25 10:00", "zhou")]


@pytest.mark.parametrize("when", ["明天", "周五上午", "下周一"])
def test_leave_at_another_time_is_no_news(drawing: StoreAtWork, wang: Person, when: str) -> None:
    is_ill(wang, when)

    assert notices(drawing, ASKED) == []


def test_the_leave_of_somebody_else_is_no_news(drawing: StoreAtWork, chen: Person) -> None:
    is_ill(chen, "周五")

    assert notices(drawing, ASKED) == []


def test_no_reason_of_the_leave_is_told(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")

    assert "家里有事" not in zhou.heard("先不动？")[0].text


def test_it_is_passed_on(drawing: StoreAtWork, wang: Person, zhou: Person, chen: Person) -> None:
    is_ill(wang, "周五下午")

    zhou.presses("转给别人")
    zhou.says("陈静")
    zhou.presses("跳过")

    assert chen.hears("周敏 把这一步转给您了")
    assert zhou.hears("2026-0001 李女士 平面方案：陈静 负责，周五 11月27日 17:30 前。")


def test_it_waits_for_the_customer(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_ill(wang, "周五下午")

    zhou.presses("等客户")
    zhou.says("等客户定橱柜")
    zhou.says("下周一")

    assert zhou.hears("2026-0001 李女士 平面方案：⏸ 在等客户，计时停着（王磊）。", buttons=[])


def test_it_is_left_as_it_is(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_ill(wang, "周五下午")

    zhou.presses("先不动")

    assert zhou.last().text == "好，2026-0001 平面方案 先不动，还是 王磊 的，周五 11月27日 17:30 到期时照常提醒。"
    assert zhou.hears("转给别人，等客户，还是先不动？", buttons=BUTTONS)


def test_others_cannot_decide_about_it(drawing: StoreAtWork, chen: Person) -> None:
    chen.says("菜单")

    chen.sends_press(chen.last().id, "workflow_away:keep:1")

    assert "这一步由 王磊 负责" in chen.last().text
