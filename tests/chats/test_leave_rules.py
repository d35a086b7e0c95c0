"""Which days are no days for leave: said as soon as the span is known, with what is possible instead."""

from __future__ import annotations

import pytest

from storage.leave import LeaveState
from tests.chat import Person, StoreAtWork
from tests.chats.steps import CARD, CONFIRM, asks, asks_for_saturday, states


def test_a_wednesday_hears_the_rule_before_anything_else_is_asked(wang: Person) -> None:
    wang.says("请假")
    wang.says("下周三")

    assert wang.last().text.startswith("周三 12月2日 全店不休假（周三、周六人手最紧）。")
    assert wang.last().buttons[:3] == ("周四 12月3日", "周五 12月4日", "说明特殊情况")


def test_a_saturday_afternoon_is_offered_the_next_afternoons(wang: Person) -> None:
    wang.says("请假 周六下午 家里有事")

    assert wang.last().buttons[:2] == ("周日 11月29日 下午", "周一 11月30日 下午")


def test_another_day_may_be_typed_instead_of_pressed(wang: Person) -> None:
    wang.says("请假 周六 家里有事")
    wang.says("下周四")

    assert wang.hears("周四 12月3日 9:00–17:30", buttons=CONFIRM)
    assert "特殊情况" not in wang.last().text


def test_special_circumstances_may_be_typed_at_once(wang: Person) -> None:
    wang.says("请假 周六 家里有事")
    wang.says("我妈住院了")

    assert wang.hears("特殊情况：我妈住院了", buttons=CONFIRM)


def test_the_approver_may_still_say_no_to_special_circumstances(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks_for_saturday(wang)

    zhou.presses("不同意")
    zhou.says("周六有三组客户")

    assert wang.hears("原因：周六有三组客户")
    assert states(store) == [LeaveState.REFUSED]


def test_an_approver_who_does_not_confirm_has_decided_nothing(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks_for_saturday(wang)

    zhou.presses("同意")
    zhou.presses("取消")

    assert states(store) == [LeaveState.PENDING]
    assert zhou.hears("王磊 想调休 1 天", buttons=CARD)


def test_a_span_that_crosses_a_saturday_names_that_day_only(wang: Person) -> None:
    wang.says("请假 周五到周日 回老家")

    assert "周六 11月28日 全店不休假" in wang.last().text
    assert "周五 11月27日 全店不休假" not in wang.last().text
    assert wang.last().buttons[0] == "只休 周五 11月27日"

    wang.presses("只休 周五 11月27日")

    assert wang.hears("王磊 · 调休 · 1 天\n周五 11月27日 9:00–17:30", buttons=CONFIRM)


def test_a_span_with_two_forbidden_days_names_each_with_its_rule(wang: Person) -> None:
    wang.says("请假 12月4号到9号 回老家")

    assert "周三 12月9日 是大扫除（每月第二、四个周三），当天不能休假" in wang.last().text
    assert "说明特殊情况" not in wang.last().buttons


def test_a_whole_span_with_a_saturday_inside_may_be_asked_as_special(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks_for_saturday(wang, "周五到周日", "外婆去世")

    assert zhou.hears("王磊 想调休 3 天")
    assert zhou.hears("周六 11月28日 全店不休假")


def test_deep_clean_is_refused_and_the_next_free_day_offered(wang: Person) -> None:
    wang.says("请假 12月9日 家里有事")

    assert "周三 12月9日 是大扫除（每月第二、四个周三），当天不能休假" in wang.last().text
    assert wang.last().buttons[0] == "周四 12月10日"
    assert "说明特殊情况" not in wang.last().buttons


def test_deep_clean_offers_to_choose_another_day(wang: Person) -> None:
    wang.says("请假 12月9日 家里有事")

    assert list(wang.last().buttons) == ["周四 12月10日", "换别的日子", "取消"]


def test_no_explanation_opens_a_deep_clean_day(store: StoreAtWork, wang: Person) -> None:
    wang.says("请假 12月9日 家里有事")
    wang.says("我妈住院了")

    assert wang.last().buttons != tuple(CONFIRM)
    assert states(store) == []


def test_the_client_manager_cannot_open_a_deep_clean_day_for_anybody(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("代 王磊 请假 12月9日 家里有事")

    assert "当天不能休假" in zhou.last().text
    assert states(store) == []


def test_the_gm_office_enters_leave_on_a_deep_clean_day_with_a_reason(
    store: StoreAtWork, liu: Person, chen: Person, zhou: Person
) -> None:
    liu.says("代 陈静 请假 12月9日 家里急事")

    assert "大扫除" in liu.last().text

    liu.presses("说明特殊情况")
    liu.says("孩子住院")
    liu.presses("确认")

    assert states(store) == [LeaveState.APPROVED]
    assert chen.hears("刘总 替您登记了：周三 12月9日 9:00–17:30 调休 1 天")
    assert zhou.hears("周三 12月9日")


def test_the_gm_office_is_not_told_that_the_client_manager_confirms(liu: Person) -> None:
    liu.says("代 陈静 请假 12月9日 家里急事")

    assert "由周敏单独确认" not in liu.last().text


@pytest.mark.parametrize("day", ["周六", "12月9日", "明天上午", "今天下午"])
def test_sick_leave_asks_nobody_on_any_day(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person, day: str
) -> None:
    asks(wang, f"病假 {day} 发烧")

    assert states(store) == [LeaveState.TOLD]
    assert wang.hears("登记好了")
    assert zhou.hears("王磊 病假")
    assert not [one for one in zhou.sees() if "同意" in one.buttons]
    assert chen.hears("请您代班")


def test_the_front_desk_sees_that_sick_leave_falls_on_a_deep_clean_day(wang: Person, zhou: Person) -> None:
    asks(wang, "病假 12月9日 发烧")

    assert zhou.hears("周三 12月9日（大扫除）")


def test_marriage_leave_asks_but_knows_no_forbidden_days(wang: Person, zhou: Person) -> None:
    asks(wang, "婚假 12月4号到9号 办酒")

    assert zhou.hears("王磊 想婚丧产假 6 天", buttons=CARD)


def test_a_closed_day_needs_no_leave(wang: Person) -> None:
    wang.says("请假 元旦 家里有事")

    assert "店里本来就不上班（放假安排还没公布，暂按推算），不用请假" in wang.last().text


def test_more_than_a_month_is_too_long(wang: Person) -> None:
    wang.says("请假 12月1号到1月20号 回老家")

    assert "一次最多请 30 天" in wang.last().text


def test_the_rule_is_checked_again_when_the_leave_is_saved(store: StoreAtWork, wang: Person, chen: Person) -> None:
    wang.says("请假 周五下午 家里有事")
    asks(store.person("zhou"), "代 王磊 请假 周五 家里有事")
    wang.presses("确认")

    assert "已经请过假了" in wang.last().text
    assert len(states(store)) == 1
