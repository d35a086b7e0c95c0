"""更正: what a step put on record wrongly: the clock that began with it, the ten per cent, the contract's value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.rules.workflow import Need, StepKey
from storage.audit import Audit
from storage.workflow import CaseMark
from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared, rows
from tests.chats.case_steps import books, chooses_materials, comes_to, hands_over, standing, states, up_to_the_survey
from tests.chats.customer_steps import cases
from tests.chats.steps import asks, not_done, verbs

REVIEWED = (Need.REVIEW_APPROVED, Need.BRIEFING_ARRANGED)
EXPLAINED = (*REVIEWED, Need.BUDGET_MEETING_HELD, Need.BUDGET_EXPLAINED)
THURSDAY = "明天（周四 11月26日）17:30"


@pytest.fixture(scope="module")
def measured(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("measured"), up_to_the_survey)


@pytest.fixture
def surveyed(measured: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """王磊 has measured on Wednesday at 9:30: his plan is due on Friday at 17:30."""
    with going_on(measured, tmp_path) as opened:
        yield opened


def last_correction(store: StoreAtWork) -> tuple[object, object]:
    found: list[Audit] = store.query(partial(rows, table=Audit))
    return next((one.before, one.after) for one in reversed(found) if one.verb == "customers.corrected")


def amounts(store: StoreAtWork, mark: str) -> list[tuple[object, bool]]:
    """Every value that was ever recorded, and whether it stands."""
    found: list[CaseMark] = store.query(partial(rows, table=CaseMark))
    return [(one.values.get("amount"), one.void_at is None) for one in found if one.mark == mark]


def test_a_clock_that_runs_is_counted_from_the_corrected_moment(surveyed: StoreAtWork) -> None:
    zhou, wang = surveyed.person("zhou"), surveyed.person("wang")

    zhou.says("更正 李女士 量房时间 昨天下午4点")
    assert zhou.last().text == (
        "2026-0001 李女士，改量房时间，对吗？\n今天（周三 11月25日）9:30 → 昨天（周二 11月24日）16:00"
    )
    zhou.presses("确认")

    assert f"时间重新算了：{THURSDAY} 前。" in zhou.last().text
    assert wang.hears(
        "周敏 更正了 2026-0001 李女士 的量房时间：今天（周三 11月25日）9:30 → 昨天（周二 11月24日）16:00。"
    )
    assert wang.hears(f"请在 {THURSDAY} 前交给预算员")
    assert last_correction(surveyed) == (
        {"surveyed_at": "2026-11-25T01:30:00+00:00"},
        {"surveyed_at": "2026-11-24T08:00:00+00:00"},
    )
    surveyed.move_to("2026-11-26T17:30:00+08:00")
    assert len(wang.heard("⚠ 2026-0001 平面方案 17:30 到期，还没交")) == 1


def test_who_measured_corrects_it_and_is_told_nothing_twice(surveyed: StoreAtWork) -> None:
    wang = surveyed.person("wang")
    wang.says("客户 李女士")
    wang.presses("改资料")
    assert wang.last().buttons == ("量房时间", "取消")

    wang.presses("量房时间")
    wang.says("2026年10月1号上午")
    assert "那比记下来的时候早了 30 天还多" in wang.last().text
    wang.says("明天上午")
    assert "还没到" in wang.last().text
    wang.says("昨天下午4点")
    wang.presses("确认")

    assert f"时间重新算了：{THURSDAY} 前。" in wang.last().text
    assert wang.heard("更正了") == []


def test_what_was_late_only_by_a_slip_is_late_no_more(surveyed: StoreAtWork) -> None:
    zhou, wang = surveyed.person("zhou"), surveyed.person("wang")
    asks(wang, "更正 李女士 量房时间 11月15号上午")

    asks(wang, "更正 李女士 量房时间 今天9点半")
    surveyed.move_to("2026-11-27T17:29:00+08:00")

    assert zhou.heard("⚠") == []
    assert wang.hears("⏰ 还有 2 个工作小时：2026-0001 李女士 平面方案")


def test_a_moment_that_was_agreed_stays(surveyed: StoreAtWork) -> None:
    zhou, wang = surveyed.person("zhou"), surveyed.person("wang")
    zhou.says("到哪一步了 2026-0001")
    zhou.presses("2026-0001 平面方案")
    zhou.presses("准予延期")
    zhou.says("下周一上午11点")
    zhou.says("客户出差")
    zhou.presses("确认")

    asks(zhou, "更正 李女士 量房时间 昨天下午4点")

    assert "时间重新算了" not in zhou.last().text
    wang.says("我的事")
    assert "周一 11月30日 11:00" in wang.last().text


def test_what_was_left_after_a_pause_is_as_much_shorter(surveyed: StoreAtWork) -> None:
    """Two days were left; the survey was a day earlier than was said, so it was one."""
    wang = surveyed.person("wang")
    wang.presses("等客户")
    wang.says("等客户定厨房")
    wang.says("周一")
    surveyed.move_to("2026-11-30T09:00:00+08:00")
    wang.presses("客户已回复")
    assert wang.hears("周三 12月2日 17:30 前交给预算员")

    asks(wang, "更正 李女士 量房时间 11月24号下午4点")

    assert "时间重新算了：明天（周二 12月1日）17:30 前。" in wang.last().text


def test_a_step_that_is_over_does_not_begin_again(surveyed: StoreAtWork) -> None:
    zhou, wang, zhao = (surveyed.person(who) for who in ("zhou", "wang", "zhao"))
    chooses_materials(wang)
    hands_over(wang)

    asks(wang, "更正 李女士 量房时间 昨天下午4点")

    assert "时间重新算了" not in wang.last().text
    assert states(surveyed) == [("floor_plan", 1, "done"), ("estimate", 1, "open")]
    assert zhao.hears("王磊 更正了 2026-0001 李女士 的量房时间")
    assert zhou.heard("更正了") == []


def test_a_budget_corrected_beyond_the_limit_needs_the_yes_that_it_would_have_needed(
    store: StoreAtWork, zhou: Person, zhao: Person, wang: Person
) -> None:
    """HANDBOOK W5: the meeting is booked, the budget within the limit; it was typed wrongly."""
    comes_to(store, StepKey.BUDGET_MEETING, "zhou", *REVIEWED, done=StepKey.BUDGET, estimate="130000", budget="131000")
    books(zhou)

    zhao.says("更正 李女士 预算 15万")
    assert "13.1 万元 → 15 万元\n预算比估算高 15.4%，⚠ 超过限度" in zhao.last().text
    zhao.presses("确认")
    assert zhou.hears("赵倩 更正了 2026-0001 李女士 的预算总价。")
    zhou.sends_press(zhou.last().id, "workflow:note:2:budget_meeting_held")
    assert "缺：预算与估算相差不超过限度" in zhou.last().text
    zhou.presses("同意超出")
    zhou.says("客户加了地暖")
    zhou.presses("确认")

    assert "over_allowed" in standing(store)
    assert amounts(store, "budget_total") == [("131000", False), ("150000", True)]
    assert "15 万元" not in wang.transcript()
    asks(zhao, "更正 李女士 预算总价 16万")
    assert "over_allowed" not in standing(store)


def test_a_manager_who_corrects_an_estimate_can_say_at_once_that_it_may_be(store: StoreAtWork, zhou: Person) -> None:
    comes_to(
        store, StepKey.CONTRACT, "zhou", *EXPLAINED, done=StepKey.BUDGET_MEETING, estimate="130000", budget="131000"
    )

    asks(zhou, "更正 李女士 估算总价 11万")
    assert "⚠ 预算和估算相差超过限度，接着办以前请按“同意超出”写明原因，或者再改。" in zhou.last().text
    zhou.sends_press(zhou.last().id, "workflow:note:2:contract_signed")
    assert "缺：预算与估算相差不超过限度" in zhou.last().text
    asks(zhou, "更正 李女士 估算总价 13.2万")

    assert "超过限度" not in zhou.last().text
    zhou.says("我的事")
    zhou.presses("2026-0001 签施工合同")
    assert "估算 13.2 万元 · 预算 13.1 万元（低 0.8%）" in zhou.last().text
    assert "完成" in zhou.last().buttons


def test_who_did_not_make_a_total_does_not_correct_it(store: StoreAtWork, wang: Person) -> None:
    comes_to(store, StepKey.BUDGET_MEETING, "zhou", *REVIEWED, done=StepKey.BUDGET, estimate="130000", budget="131000")

    wang.says("更正 李女士 预算总价 15万")

    assert "请告诉周敏哪里不对" in wang.last().text
    assert verbs(store)[-1] == "customers.not_allowed"
    assert amounts(store, "budget_total") == [("131000", True)]


def test_a_signed_contract_is_corrected_and_what_led_to_it_is_not(store: StoreAtWork, zhou: Person) -> None:
    comes_to(
        store, StepKey.CONTRACT, "zhou", *EXPLAINED, done=StepKey.BUDGET_MEETING, estimate="130000", budget="131000"
    )
    zhou.presses("完成")
    zhou.says("HT-1")
    zhou.says("13.1万")
    zhou.presses("确认")

    asks(zhou, "更正 2026-0001 合同金额 13.5万")
    asks(zhou, "更正 2026-0001 合同编号 HT-2026-1")
    zhou.says("更正 2026-0001 估算总价 12万")

    assert [(str(one.contract_value), one.contract_number) for one in cases(store)] == [("135000", "HT-2026-1")]
    assert zhou.last().text == "2026-0001 李女士 已签约，过程已经结束，估算总价不再改；有出入请在备注里写明。"
    asks(zhou, "更正 2026-0001 合同编号 没有")
    assert cases(store)[0].contract_number == ""
    assert not_done(store) == []
