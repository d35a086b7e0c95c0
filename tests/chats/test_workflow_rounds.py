"""From the first meeting to the contract: what the customer says decides what comes next, as often as it takes."""

from __future__ import annotations

import pytest

from bot.rules.workflow import Need, StepKey
from tests.chat import Person, StoreAtWork
from tests.chats.case_steps import DESIGNING, books, comes_to, forms, hands_over, standing, states
from tests.chats.customer_steps import cases

TO_THE_BUDGET = (Need.REVIEW_APPROVED, Need.BRIEFING_ARRANGED)


@pytest.fixture
def sun(store: StoreAtWork) -> Person:
    """The engineering manager."""
    return store.person("sun")


def changes_the_plan(zhou: Person, words: str = "厨房改开放式") -> None:
    zhou.presses("要调整")
    zhou.says(words)
    zhou.presses("确认")


def test_the_customer_comes_and_the_designer_knows_when(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    comes_to(
        store, StepKey.PLAN_BOOKING, "zhou", Need.ESTIMATE_CHECKED, done=StepKey.PLAN_ADJUSTMENT, estimate="128000"
    )
    zhou.sends_press(zhou.last().id, "workflow:note:2:plan_meeting_booked")
    assert "缺：方案和估算收下" in zhou.last().text
    comes_to(store, StepKey.PLAN_MEETING, "wang", Need.PLAN_MEETING_BOOKED, done=StepKey.PLAN_BOOKING)

    assert wang.hears("讲解方案和估算 · 2026-0002 李女士 锦绣花园 120㎡\n")
    assert wang.hears("客户来：今天（周三 11月25日）10:00\n需要：约客户看方案 ✅")


@pytest.mark.parametrize(
    ("outcome", "told", "then"),
    [
        ("客户同意", "✅ 记下了，客户同意。下一步：签设计协议、收设计费 2026-0001 李女士，周敏。", ["plan_agreed"]),
        ("再考虑", "✅ 记下了，客户再考虑。下一步：签设计协议、收设计费 2026-0001 李女士，周敏。", []),
    ],
)
def test_after_the_meeting_the_agreement_is_the_client_managers(
    store: StoreAtWork, zhou: Person, wang: Person, outcome: str, told: str, then: list[str]
) -> None:
    comes_to(store, StepKey.PLAN_MEETING, "wang", Need.PLAN_MEETING_BOOKED, done=StepKey.PLAN_BOOKING)

    wang.presses("完成")
    wang.presses(outcome)
    wang.presses("确认")

    assert wang.hears(told)
    assert standing(store) >= {"plan_meeting_held", *then}
    assert ("客户同意方案" in zhou.last().buttons) == (not then)


def test_a_meeting_that_is_told_a_day_later_starts_the_clock_when_it_was(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    comes_to(store, StepKey.PLAN_MEETING, "wang", Need.PLAN_MEETING_BOOKED, done=StepKey.PLAN_BOOKING)
    store.move_to("2026-11-26T10:00:00+08:00")

    wang.presses("完成")
    assert "客户是什么时候来的？" in wang.last().text
    wang.says("昨天下午4点")
    wang.presses("要调整")
    wang.says("厨房改开放式")
    wang.presses("确认")

    assert wang.hears("请在 今天（周四 11月26日）17:30 前交给周敏（见完客户后 1 个工作日内）")


def test_what_the_customer_wants_changed_is_on_the_designers_card_and_has_a_clock(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    comes_to(store, StepKey.PLAN_MEETING, "wang", Need.PLAN_MEETING_BOOKED, done=StepKey.PLAN_BOOKING)
    zhou.says("到哪一步了 2026-0001")
    assert zhou.hears("以后：签设计协议、收设计费（客户经理） → 施工图纸（设计师） → 预算（预算员）")
    zhou.presses("2026-0001 讲解方案和估算")

    zhou.presses("完成")
    zhou.presses("要调整")
    zhou.says("厨房改开放式")
    zhou.presses("确认")

    assert zhou.hears("✅ 记下了，要调整：厨房改开放式。王磊 已收到，明天（周四 11月26日）17:30 前改好。")
    assert wang.hears("调整方案和估算 · 2026-0001 李女士 锦绣花园 120㎡\n")
    assert wang.hears("要调整：厨房改开放式\n需要：方案讲解 ✅", buttons=DESIGNING)


def test_adjusted_work_that_came_back_can_be_handed_over_again(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    comes_to(store, StepKey.PLAN_ADJUSTMENT, "wang", Need.PLAN_MEETING_HELD, done=StepKey.PLAN_MEETING)
    hands_over(wang, total="13万")
    zhou.presses("退回")
    zhou.says("价格表没换")

    hands_over(wang, total="13万")
    zhou.presses("收下")

    assert zhou.hears("✅ 收下了：方案和估算，2026-0001 李女士。")
    assert "plan_meeting_held" not in standing(store)


def test_who_thinks_again_before_signing_gets_another_round(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    comes_to(
        store,
        StepKey.DESIGN_AGREEMENT,
        "zhou",
        *(Need.PLAN_MEETING_HELD, Need.PLAN_AGREED),
        done=StepKey.PLAN_MEETING,
        estimate="128000",
    )

    changes_the_plan(zhou)
    assert wang.hears("要调整：厨房改开放式", buttons=DESIGNING)
    hands_over(wang, total="13万")
    for label in ("收下", "核对过了"):
        zhou.presses(label)
    books(zhou)
    wang.presses("完成")
    wang.presses("刚才")
    wang.presses("客户同意")
    wang.presses("确认")

    assert zhou.hears("签设计协议、收设计费（第 2 轮） · 2026-0001 李女士 锦绣花园 120㎡\n")
    assert zhou.hears(
        "估算 13 万元\n负责：周敏", buttons=["签了协议", "收了设计费", "要调整", "等客户", "转给别人", "怎么做"]
    )


def test_what_is_signed_is_not_changed_by_another_round(store: StoreAtWork, zhou: Person) -> None:
    comes_to(
        store,
        StepKey.DESIGN_AGREEMENT,
        "zhou",
        *(Need.PLAN_MEETING_HELD, Need.PLAN_AGREED, Need.FEE_PAID),
        done=StepKey.PLAN_MEETING,
    )
    assert "要调整" not in zhou.last().buttons

    zhou.sends_press(zhou.last().id, "workflow:note:2:changes_wanted")

    assert zhou.last().text == "设计协议签了，客户要改的请在施工图里改。"


def test_signed_and_paid_start_the_seven_days(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    comes_to(
        store,
        StepKey.DESIGN_AGREEMENT,
        "zhou",
        *(Need.PLAN_MEETING_HELD, Need.PLAN_AGREED),
        done=StepKey.PLAN_MEETING,
    )

    zhou.presses("签了协议")
    zhou.says("XY-001")
    zhou.presses("确认")
    assert wang.heard("施工图纸") == []
    zhou.presses("收了设计费")
    zhou.says("7200")
    zhou.presses("确认")

    assert wang.hears("请在 周三 12月2日 17:30 前交给赵倩（签约付款后 7 天内）", buttons=DESIGNING)


def test_a_budget_too_far_from_the_estimate_is_shown_only_with_a_reason(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    comes_to(
        store,
        StepKey.BUDGET_MEETING,
        "zhou",
        *TO_THE_BUDGET,
        done=StepKey.BUDGET,
        estimate="130000",
        budget="150000",
    )
    assert zhou.hears("估算 13 万元 · 预算 15 万元（高 15.4%，超过限度）")
    zhou.sends_press(zhou.last().id, "workflow:note:2:budget_meeting_booked")
    assert "缺：预算与估算相差不超过限度" in zhou.last().text

    zhou.presses("同意超出")
    zhou.says("客户加了地暖")
    zhou.presses("确认")

    assert zhou.hears("（高 15.4%，超过限度，已同意）")
    assert {"约好了", "要调整"} <= set(zhou.last().buttons)


def test_only_the_managers_let_a_budget_be_too_far(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    comes_to(
        store, StepKey.BUDGET_MEETING, "zhou", *TO_THE_BUDGET, done=StepKey.BUDGET, estimate="130000", budget="150000"
    )
    wang.says("到哪一步了 2026-0001")
    wang.presses("2026-0001 讲解图纸和预算")
    assert "同意超出" not in wang.last().buttons

    wang.sends_press(wang.last().id, "workflow:note:2:over_allowed")

    assert "over_allowed" not in standing(store)


def test_the_designer_hears_no_budget_before_it_was_presented(store: StoreAtWork, wang: Person) -> None:
    """HANDBOOK E6."""
    comes_to(
        store, StepKey.BUDGET_MEETING, "zhou", *TO_THE_BUDGET, done=StepKey.BUDGET, estimate="130000", budget="131000"
    )

    wang.says("到哪一步了 2026-0001")
    wang.presses("2026-0001 讲解图纸和预算")

    assert "估算 13 万元\n" in wang.last().text
    assert "13.1" not in wang.transcript()


def test_a_budget_too_far_goes_back_to_the_estimator_and_is_reviewed_again(
    store: StoreAtWork, zhou: Person, zhao: Person, sun: Person
) -> None:
    comes_to(
        store, StepKey.BUDGET_MEETING, "zhou", *TO_THE_BUDGET, done=StepKey.DRAWINGS, estimate="130000", budget="150000"
    )

    changes_the_plan(zhou, "太贵，换国产洁具")
    assert zhao.hears("要调整：太贵，换国产洁具", buttons=DESIGNING)
    hands_over(zhao, total="14万")
    sun.presses("审核通过")

    assert "要调整" not in sun.transcript()
    assert zhou.hears("估算 13 万元 · 预算 14 万元（高 7.7%）")
    assert states(store)[-1] == ("budget_meeting", 2, "open")


def test_of_several_project_managers_one_is_chosen_for_the_briefing(
    store: StoreAtWork, zhou: Person, sun: Person
) -> None:
    zhou.says("加员工 李明 项目经理 工程部 13800000011")
    zhou.presses("确认")
    comes_to(
        store, StepKey.REVIEW, "sun", Need.REVIEW_APPROVED, done=StepKey.BUDGET, estimate="130000", budget="131000"
    )

    sun.presses("安排预交底")
    sun.says("周五上午10点")
    assert sun.last().text == "由哪位项目经理来？"
    sun.presses("李明")
    assert "项目经理：李明" in sun.last().text
    sun.presses("确认")

    zhou.says("客户 2026-0001")
    assert "项目经理 李明" in zhou.last().text


def test_the_contract_waits_for_what_the_handbook_wants_and_ends_the_case(
    store: StoreAtWork, zhou: Person, zhao: Person
) -> None:
    comes_to(
        store,
        StepKey.CONTRACT,
        "zhou",
        *TO_THE_BUDGET,
        done=StepKey.BUDGET_MEETING,
        estimate="130000",
        budget="131000",
    )
    zhou.sends_press(zhou.last().id, "workflow:note:2:contract_signed")
    assert zhou.last().text.startswith("还不行，缺：预算逐项讲完。")

    zhou.presses("预算逐项讲完")
    zhou.presses("完成")
    zhou.says("HT-1")
    zhou.says("13.1万")
    zhou.presses("确认")

    assert zhou.hears("✅ 恭喜，2026-0001 李女士 签约了：13.1 万元，合同 HT-1。\n吴刚 已收到，接下来安排开工。")
    assert store.person("wu").hears(
        "2026-0001 李女士 锦绣花园 120㎡ 签了施工合同，轮到您安排开工。交接表 HO-2026-0001，请收下。",
        buttons=["收下", "表格", "PDF"],
    )
    assert [(one.state, str(one.contract_value), one.contract_number) for one in cases(store)] == [
        ("signed", "131000", "HT-1")
    ]
    zhou.sends_press(zhou.last().id, "workflow:note:2:contract_signed")
    assert zhou.last().text == "周敏 10:00 已经完成了这一步。"


def test_the_project_manager_takes_the_contract_or_is_asked(store: StoreAtWork, zhou: Person) -> None:
    wu = store.person("wu")
    comes_to(
        store,
        StepKey.CONTRACT,
        "zhou",
        *(*TO_THE_BUDGET, Need.BUDGET_EXPLAINED),
        done=StepKey.BUDGET_MEETING,
        estimate="130000",
        budget="131000",
    )
    zhou.presses("完成")
    for said in ("HT-1", "13.1万", "确认"):
        zhou.says(said)

    wu.says("我的事")
    assert wu.last().text == "等您收下：\n· 合同 2026-0001 李女士 锦绣花园 · 周敏 10:00 交来，交接表 HO-2026-0001"
    wu.presses("2026-0001 合同")
    assert wu.last().buttons == ("收下", "表格", "PDF")
    store.move_to("2026-11-25T11:00:00+08:00")
    assert wu.hears("⏰ 周敏 10:00 交来合同（2026-0001 李女士），请收下。再过一会没有答复，周敏 会收到通知。")
    assert zhou.hears("⚠ 吴刚 还没有收下 周敏 10:00 交的合同（2026-0001 李女士）。可以问一下。")
    wu.sends_press(wu.last().id, "handover:give_back:1")
    wu.presses("收下")
    wu.says("我的事")

    assert wu.last().text == "您手上没有要做的事。"
    assert zhou.hears("吴刚 收下了合同（2026-0001 李女士）。")
    assert [str(one.state) for one in forms(store)] == ["accepted"]


def test_a_step_that_nobody_can_have_is_said_to_whom_it_helps(store: StoreAtWork, zhou: Person) -> None:
    comes_to(
        store,
        StepKey.DESIGN_AGREEMENT,
        "zhou",
        *(Need.PLAN_MEETING_HELD, Need.PLAN_AGREED, Need.AGREEMENT_SIGNED),
        done=StepKey.PLAN_MEETING,
    )
    zhou.says("加员工 李明 设计师 设计部 13800000011")
    zhou.presses("确认")
    zhou.says("离职 王磊")
    zhou.presses("确认")
    zhou.says("我的事")
    zhou.presses("2026-0001 签设计协议、收设计费")

    zhou.presses("收了设计费")
    zhou.says("7200")
    zhou.presses("确认")

    assert zhou.last().text == "这个客户的设计师不在店里了，先请客户经理在客户卡上按“换设计师”。"
    assert "fee_paid" not in standing(store)
