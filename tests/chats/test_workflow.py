"""The steps of a case: whose each is and what its card says, when its clock starts, where a case stands."""

from __future__ import annotations

import pytest

from tests.chat import Person, StoreAtWork
from tests.chats.case_steps import NEW, measures, standing, states, takes_a_designer

FRIDAY = "周五 11月27日 17:30"


def test_the_designer_gets_a_card_that_says_what_for_whom_and_by_which_rule(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    takes_a_designer(zhou)

    assert wang.hears(
        "2026-0001 李女士 锦绣花园 120㎡ 三室两厅，请您来设计（周敏 推荐的）。\n"
        "平面方案 · 2026-0001 李女士 锦绣花园 120㎡\n"
        "量完房就开始计时：2 个工作日内交给预算员\n"
        "需要：量房记录 ☐ 选材清单 ☐\n"
        "负责：王磊",
        buttons=NEW,
    )


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("9点半", FRIDAY),
        ("刚才", FRIDAY),
        ("昨天", "明天（周四 11月26日）17:30"),  # the day of the survey is day 0
    ],
)
def test_the_clock_starts_when_the_survey_ended(store: StoreAtWork, wang: Person, said: str, due: str) -> None:
    takes_a_designer(store.person("zhou"))

    measures(wang, said)

    assert wang.hears(
        f"量房记下了，现在开始计时：\n平面方案 · 2026-0001 李女士 锦绣花园 120㎡\n请在 {due} 前交给预算员"
    )


def test_a_survey_told_so_late_that_the_plan_is_late_is_heard_of(
    store: StoreAtWork, zhou: Person, wang: Person, liu: Person
) -> None:
    takes_a_designer(zhou)

    measures(wang, "11月15号上午11点")
    store.move_to("2026-11-25T10:59:00+08:00")
    assert zhou.heard("平面方案 已过") == []
    store.move_to("2026-11-27T09:00:00+08:00")

    assert len(zhou.heard("⚠ 王磊 的 2026-0001 平面方案 已过")) == 1
    assert len(liu.heard("⚠ 王磊 的 2026-0001 平面方案 已过")) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [("明天上午", "还没到"), ("2026年10月20日下午", "那是 30 天以前了"), ("不知道", "没看懂")],
)
def test_a_survey_was_and_was_lately(store: StoreAtWork, zhou: Person, wang: Person, said: str, told: str) -> None:
    takes_a_designer(zhou)
    wang.presses("量完房了")

    wang.says(said)

    assert told in wang.last().text
    assert standing(store) == set()


def test_what_is_missing_is_said_before_anything_is_filled_in(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    takes_a_designer(zhou)

    wang.presses("交接")

    assert wang.last().text == "还不行，缺：量房记录。\n先按“量完房了”记下几点量完的。"
    assert states(store) == [("floor_plan", 1, "open")]
