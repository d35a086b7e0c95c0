"""People in free sentences: a slip for a colleague, somebody new, a number, and what people say to each other."""

from __future__ import annotations

import pytest

from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import GROUP
from tests.chats.steps import not_done, verbs

SLIPS = ["给王磊记个过失单", "给王磊开张过失单", "王磊记一个过失单"]


@pytest.mark.parametrize("line", SLIPS)
def test_a_manager_drafts_a_slip_for_a_colleague(zhou: Person, line: str) -> None:
    zhou.says(line)

    assert zhou.last().text == "哪一条？"


@pytest.mark.parametrize("line", ["新来个设计师叫李明", "我们店里新来了一位设计师叫李明", "新来了个设计师，叫李明"])
def test_somebody_new_opens_the_form(zhou: Person, line: str) -> None:
    zhou.says(line)

    assert "李明" in zhou.last().text
    assert "设计师" in zhou.last().text
    assert "确认" in zhou.last().buttons


@pytest.mark.parametrize("line", ["李明入职", "李明今天入职了"])
def test_who_begins_work_is_asked_for_the_rest(zhou: Person, line: str) -> None:
    zhou.says(line)
    zhou.presses("设计师")

    assert zhou.last().text.startswith("加")
    assert "李明" in zhou.last().text


@pytest.mark.parametrize("line", ["新来个设计师叫李明", "李明入职"])
def test_nobody_but_managers_adds_somebody(store: StoreAtWork, wang: Person, line: str) -> None:
    wang.says(line)

    assert wang.last().text == "这件事不归您办。说“菜单”看看您能办什么。"
    assert verbs(store) == ["people.not_allowed"]


@pytest.mark.parametrize("line", ["王磊的电话", "王磊电话多少", "王磊的手机号是多少？"])
def test_a_manager_is_told_a_number_and_it_is_kept_who_asked(store: StoreAtWork, zhou: Person, line: str) -> None:
    zhou.says(line)

    assert zhou.last().text == "王磊 的电话：13800000003"
    assert verbs(store) == ["people.phone_told"]


def test_others_ask_the_front_desk_for_a_number(store: StoreAtWork, chen: Person) -> None:
    chen.says("王磊的电话")

    assert chen.last().text == "同事的电话请问周敏。"
    assert verbs(store) == []


@pytest.mark.parametrize("line", ["王磊的电话", "王磊电话多少"])
def test_a_group_is_never_told_a_number(store: StoreAtWork, zhou: Person, line: str) -> None:
    zhou.says(f"@前台 {line}", chat=GROUP)

    assert "13800000003" not in zhou.transcript(GROUP)
    assert not_done(store) == []


@pytest.mark.parametrize("line", ["员工 聚餐谁去", "过失单 这种东西别乱开"])
def test_people_who_talk_in_the_group_are_not_answered(zhou: Person, line: str) -> None:
    zhou.says(line, chat=GROUP)

    assert [one for one in zhou.sees(chat=GROUP) if one.sender == "bot"] == []
    assert zhou.sees() == []


@pytest.mark.parametrize("line", ["员工", "@前台 员工 有谁"])
def test_a_manager_who_asks_in_the_group_is_answered_in_private(zhou: Person, line: str) -> None:
    zhou.says(line, chat=GROUP)

    assert "王磊" in zhou.last().text
