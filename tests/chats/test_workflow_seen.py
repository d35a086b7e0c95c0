"""What is seen of a case on its way: one's own steps, where a case stands, and what others do not see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rules.workflow import StepKey
from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared
from tests.chats.case_steps import DESIGNING, PHONE, chooses_materials, comes_to, hands_over, states, up_to_the_survey
from tests.chats.customer_steps import cases, registers
from tests.chats.steps import not_done, open_other_store, verbs

FRIDAY = "周五 11月27日 17:30"


@pytest.fixture(scope="module")
def measured(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("measured"), up_to_the_survey)


@pytest.fixture
def store(measured: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """王磊 has measured on Wednesday at 9:30: his plan is due on Friday at 17:30 (HANDBOOK 1L)."""
    with going_on(measured, tmp_path) as opened:
        yield opened


def test_the_number_stands_in_nothing_that_is_said_about_a_step(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    wang.presses("等客户")
    wang.says("客户让打13911112222")
    wang.says("周一")

    said = "\n".join(one.text for person in (zhou, wang) for one in person.sees() if one.sender == "bot")

    assert PHONE not in said
    assert "13911112222" not in said
    assert "139****2222" in said


def test_the_customers_card_leads_to_what_was_done(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("客户 李女士")
    assert "现在：量房、出方案（王磊，周五 11月27日 17:30 前）" in zhou.last().text

    zhou.presses("到哪一步了")

    assert zhou.last().text.startswith(
        f"2026-0001 李女士 锦绣花园 120㎡\n· 平面方案 王磊 {FRIDAY} 前\n以后：估算表（预算员） → "
    )


@pytest.mark.parametrize(
    "said", ["到哪一步了 2026-0001", "流程 2026-0001", "李女士到哪一步了", "2026-0001 什么进度", "锦绣花园 到哪步了"]
)
def test_a_case_says_where_it_stands(store: StoreAtWork, zhou: Person, said: str) -> None:
    zhou.says(said)

    assert zhou.last().text.startswith(
        f"2026-0001 李女士 锦绣花园 120㎡\n· 平面方案 王磊 {FRIDAY} 前\n以后：估算表（预算员） → "
    )
    assert zhou.last().buttons == ("2026-0001 平面方案",)


def test_the_group_hears_whose_case_it_is_and_no_more(store: StoreAtWork, zhou: Person) -> None:
    for said in ("@前台 流程 2026-0001", "@前台 到哪一步了 2026-0001", "@前台 我的事"):
        zhou.says(said, chat="store")

    told = "\n".join(one.text for one in zhou.sees(chat="store") if one.sender == "bot")
    assert "李女士" in told
    assert "王磊" not in told
    assert PHONE not in told


def test_colleagues_and_another_store_move_nothing(store: StoreAtWork, chen: Person) -> None:
    open_other_store(store)
    feng = store.person("feng")
    for one in (chen, feng):
        one.says("菜单")
        for verb in ("show", "wait", "pass_on", "contact", "note", "where"):
            one.sends_press(one.last().id, f"workflow:{verb}:1:survey_recorded")
        one.says("到哪一步了 2026-0001")

    assert "锦绣花园" not in chen.transcript() + feng.transcript()
    assert states(store) == [("floor_plan", 1, "open")]
    assert "workflow.not_allowed" in verbs(store)
    assert not_done(store) == []


def test_what_is_on_record_is_not_asked_again(store: StoreAtWork, wang: Person) -> None:
    chooses_materials(wang)

    wang.sends_press(wang.last().id, "workflow:note:1:materials_selected")

    assert wang.last().text == "选材清单已经记过了。"
    assert wang.hears("需要：量房记录 ✅ 选材清单 ✅", buttons=DESIGNING)


def test_my_steps_are_listed_by_their_due_moments(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    zhou.says("我的事")
    assert zhou.last().text == "您手上没有要做的事。"
    comes_to(store, StepKey.PLAN_ADJUSTMENT, "wang", done=StepKey.PLAN_MEETING)

    wang.says("我的任务")

    assert wang.last().text == (
        "您手上的事，先到期的在前：\n"
        "· 调整方案和估算 2026-0002 李女士 锦绣花园 · 明天（周四 11月26日）17:30\n"
        f"· 平面方案 2026-0001 李女士 锦绣花园 · {FRIDAY}"
    )
    assert wang.last().buttons == ("2026-0002 调整方案和估算", "2026-0001 平面方案")


def test_what_came_with_a_step_of_mine_is_to_be_taken_first(store: StoreAtWork, wang: Person, zhao: Person) -> None:
    hands_over(wang)

    zhao.says("我的事")

    assert "· 估算表 2026-0001 李女士 锦绣花园 · 请先收下或退回 · 今天（周三 11月25日）15:15" in zhao.last().text
    assert zhao.last().buttons == ("2026-0001 估算表",)


def test_the_door_is_shown_with_the_number_only(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    """The address is told to the estate (HANDBOOK 4): cards go to Telegram, too."""
    registers(zhou, "登记 张先生 13900000002 路过 云锦里3栋2单元501 90平 两室一厅 2口人")
    assert zhou.hears("张先生 · 云锦里 · 90㎡")
    zhou.presses("选设计师")
    zhou.presses("王磊")
    wang.says("客户 2026-0002")
    assert wang.last().text.startswith("2026-0002 张先生 云锦里 90㎡")
    assert "501" not in wang.transcript()

    wang.presses("看电话")

    assert wang.last().text.startswith("2026-0002 张先生 的电话：13900000002，住 云锦里3栋2单元501。")


def test_why_a_customer_was_lost_shows_no_phone_number(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    zhou.says("流失 2026-0001 嫌贵有事打13912345678")
    assert zhou.last().text.endswith("原因：嫌贵有事打139****5678")
    zhou.presses("确认")
    zhou.says("客户 2026-0001")

    assert zhou.hears("记为流失（嫌贵有事打139****5678）")
    assert wang.hears("周敏 把 2026-0001 李女士 记为流失：嫌贵有事打139****5678。")
    assert "流失（嫌贵有事打139****5678，周敏 记的）" in zhou.last().text
    assert cases(store)[0].lost_why == "嫌贵有事打13912345678"


@pytest.mark.parametrize(
    ("step", "who", "told"),
    [
        (StepKey.ESTIMATE, "zhao", "店里只有一位预算员，转不了，可以等客户或延期。"),
        (StepKey.DESIGN_AGREEMENT, "zhou", "店里只有一位客户经理，转不了，可以等客户。"),
    ],
)
def test_who_has_nobody_to_pass_a_step_on_to_hears_what_helps(
    store: StoreAtWork, step: StepKey, who: str, told: str
) -> None:
    comes_to(store, step, who, done=StepKey.PLAN_MEETING)

    store.person(who).presses("转给别人")

    assert store.person(who).last().text == told
