"""Who takes part in somebody else's step: the estimator hears of adjustments, and explains the budget item by item."""

from __future__ import annotations

import pytest

from bot.rules.workflow import Need, StepKey
from bot.rules.workflow_record import Fact
from tests.chat import Person, StoreAtWork
from tests.chats.case_steps import books, comes_to, standing

TO_THE_MEETING = (Need.REVIEW_APPROVED, Need.BRIEFING_ARRANGED, Fact.OVER_ALLOWED)
TOMORROW = "明天（周四 11月26日）17:30"


def ends_with_changes(person: Person) -> None:
    person.presses("完成")
    person.presses("要调整")
    person.says("厨房改开放式，有事打13911112222")
    person.presses("确认")


def at_the_budget_meeting(store: StoreAtWork, *marks: str) -> None:
    comes_to(store, StepKey.BUDGET_MEETING, "zhou", *TO_THE_MEETING, *marks, done=StepKey.BUDGET)


@pytest.mark.parametrize(
    ("step", "booked", "named"),
    [
        (StepKey.PLAN_MEETING, Need.PLAN_MEETING_BOOKED, "调整方案和估算"),
        (StepKey.BUDGET_MEETING, Fact.BUDGET_MEETING_BOOKED, "调整图纸和预算"),
    ],
)
def test_the_estimator_hears_what_is_to_be_adjusted_by_whom_until_when(
    store: StoreAtWork, zhou: Person, zhao: Person, step: StepKey, booked: str, named: str
) -> None:
    comes_to(store, step, "zhou", *TO_THE_MEETING, booked, done=StepKey.BUDGET)

    ends_with_changes(zhou)

    assert zhao.hears(
        f"2026-0001 李女士 要调整：厨房改开放式，有事打139****2222。{named}由 王磊 负责，{TOMORROW} 前，请一起改。"
    )


def test_the_estimator_hears_of_changes_after_a_yes(store: StoreAtWork, zhou: Person, zhao: Person) -> None:
    comes_to(store, StepKey.DESIGN_AGREEMENT, "zhou", Need.PLAN_MEETING_HELD, done=StepKey.PLAN_MEETING)

    zhou.presses("要调整")
    zhou.says("厨房改开放式")
    zhou.presses("确认")

    assert zhao.hears(f"2026-0001 李女士 要调整：厨房改开放式。调整方案和估算由 王磊 负责，{TOMORROW} 前，请一起改。")


def test_an_estimator_whose_own_step_it_is_hears_it_once(store: StoreAtWork, zhou: Person, zhao: Person) -> None:
    comes_to(
        store, StepKey.BUDGET_MEETING, "zhou", *TO_THE_MEETING[:2], done=StepKey.DRAWINGS, estimate="1", budget="2"
    )

    zhou.presses("要调整")
    zhou.says("太贵")
    zhou.presses("确认")

    assert len(zhao.heard("要调整：太贵")) == 1


def test_who_explains_the_budget_gets_the_button_when_the_meeting_is_booked(
    store: StoreAtWork, zhou: Person, zhao: Person
) -> None:
    at_the_budget_meeting(store)
    books(zhou)
    assert zhao.hears(
        "预算由您逐项讲给客户，讲完请按“预算逐项讲完”：\n讲解图纸和预算 · 2026-0001 李女士 锦绣花园 120㎡\n",
        buttons=["完成", "预算逐项讲完", "改约"],
    )

    store.move_to("2026-11-28T15:40:00+08:00")
    zhao.presses("预算逐项讲完")

    assert "budget_explained" in standing(store)


def test_a_budget_is_explained_when_the_customer_sees_it_not_before(
    store: StoreAtWork, zhou: Person, zhao: Person
) -> None:
    at_the_budget_meeting(store)
    books(zhou)

    zhao.presses("预算逐项讲完")

    assert zhao.last().text == (
        "预算等客户来看时逐项讲，约的是 周六 11月28日 15:00，到时讲完再按。"
        "客户提前来过就先按“完成”，改了时间就按“改约”。"
    )
    assert zhao.last().buttons == ("完成", "改约")
    assert "budget_explained" not in standing(store)


def test_a_budget_is_explained_early_where_the_customer_came_early(
    store: StoreAtWork, zhou: Person, zhao: Person
) -> None:
    at_the_budget_meeting(store)
    books(zhou)
    zhao.presses("预算逐项讲完")

    for label in ("完成", "刚才", "客户同意", "确认"):
        zhao.presses(label)
    zhao.presses("预算逐项讲完", on="签施工合同")

    assert {"budget_meeting_held", "budget_explained"} <= standing(store)


def test_a_budget_is_not_explained_before_the_customer_is_asked_to_come(store: StoreAtWork, zhou: Person) -> None:
    at_the_budget_meeting(store)
    assert "预算逐项讲完" not in zhou.last().buttons

    zhou.sends_press(zhou.last().id, "workflow:note:2:budget_explained")

    assert zhou.last().text == "要先有“约客户看预算”。"


def test_a_budget_that_was_not_explained_at_the_meeting_can_be_afterwards(
    store: StoreAtWork, zhou: Person, zhao: Person
) -> None:
    at_the_budget_meeting(store, Fact.BUDGET_MEETING_BOOKED)
    zhou.presses("完成")
    zhou.presses("客户同意")
    zhou.presses("确认")

    zhao.presses("预算逐项讲完", on="签施工合同")

    assert "budget_explained" in standing(store)


def test_a_budget_that_was_explained_is_not_asked_for_again(store: StoreAtWork, zhou: Person, zhao: Person) -> None:
    at_the_budget_meeting(store, Fact.BUDGET_MEETING_BOOKED, Need.BUDGET_EXPLAINED)
    zhou.presses("完成")
    zhou.presses("客户同意")
    zhou.presses("确认")

    assert zhao.heard("由您逐项讲给客户") == []
