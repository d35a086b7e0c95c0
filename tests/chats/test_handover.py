"""交接: a numbered form, filled mostly by itself; the receiver takes it or gives it back, and is asked once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared
from tests.chats.case_steps import (
    forms,
    hands_over,
    standing,
    states,
    steps,
    up_to_the_booking,
    up_to_the_estimate,
    up_to_the_plan,
)
from tests.chats.steps import not_done, open_other_store, verbs
from tests.chats.test_rulebook import LATER_AFTERNOON, loads

TAKING = ["收下", "退回", "交接", "等客户", "需要延期", "转给别人", "怎么做"]
ASKED = "⏰ 王磊 10:00 交来平面方案（2026-0001 李女士），请收下，缺东西就退回。"
NOT_TAKEN = "⚠ 赵倩 还没有收下 王磊 10:00 交的平面方案（2026-0001 李女士）"


@pytest.fixture(scope="module")
def drawn(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("drawn"), up_to_the_plan)


@pytest.fixture(scope="module")
def handed(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("handed"), up_to_the_estimate)


@pytest.fixture(scope="module")
def estimated(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("estimated"), up_to_the_booking)


@pytest.fixture
def at_the_plan(drawn: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """王磊 has all he needs to hand his plan over."""
    with going_on(drawn, tmp_path) as opened:
        yield opened


@pytest.fixture
def store(handed: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """赵倩 was handed the plan at 10:00 and has not answered."""
    with going_on(handed, tmp_path) as opened:
        yield opened


@pytest.fixture
def at_the_booking(estimated: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """周敏 was handed the estimate and has not answered."""
    with going_on(estimated, tmp_path) as opened:
        yield opened


def returns(person: Person, why: str = "少了水电图") -> None:
    person.presses("退回")
    person.says(why)


def test_the_form_fills_itself_and_is_numbered(at_the_plan: StoreAtWork) -> None:
    wang, zhao = at_the_plan.person("wang"), at_the_plan.person("zhao")

    wang.presses("交接")
    wang.says("平面图 3 张，电话13911112222")
    wang.says("燃气管道不能动")
    assert wang.last().text == (
        "交接，对吗？\n2026-0001 李女士 锦绣花园 · 平面方案 → 赵倩\n平面图 3 张，电话139****2222\n"
        "选材清单：有 · 注意：燃气管道不能动"
    )
    wang.presses("确认")

    assert wang.hears("✅ 交接好了：平面方案 → 赵倩，交接表 HO-2026-0001。")
    assert "赵倩 的估算表 今天（周三 11月25日）15:15 到期" in wang.last().text
    assert zhao.hears(
        "王磊 交来平面方案，交接表 HO-2026-0001。请注意：燃气管道不能动\n估算表 · 2026-0001", buttons=TAKING
    )
    assert "收到 10:00 + 3 小时 15 分，午休不算" in zhao.last().text
    assert wang.hears("平面方案 · 2026-0001 李女士 锦绣花园 120㎡\n✅ 王磊 10:00 已完成。", buttons=[])


def test_the_receiver_takes_it_once_and_the_giver_hears_it(store: StoreAtWork) -> None:
    wang, zhao = store.person("wang"), store.person("zhao")

    zhao.presses("收下")
    zhao.sends_press(zhao.last().id, "handover:take:1")
    zhao.sends_press(zhao.last().id, "handover:give_back:1")

    assert zhao.hears("✅ 收下了：平面方案，2026-0001 李女士。估算表请在 今天（周三 11月25日）15:15 前完成。")
    assert len(zhao.heard("赵倩 10:00 已经把这张交接表收下了。")) == 2
    assert len(wang.heard("赵倩 收下了平面方案（2026-0001 李女士）。")) == 1
    assert zhao.hears("估算表 · 2026-0001", buttons=TAKING[2:])
    assert verbs(store).count("handover.taken") == 1
    store.move(hours=3)
    assert zhao.heard("请收下") == []


def test_what_is_given_back_is_the_givers_again_and_the_receivers_clock_stops(store: StoreAtWork) -> None:
    wang, zhao = store.person("wang"), store.person("zhao")

    returns(zhao)
    store.move_to("2026-11-25T16:30:00+08:00")

    assert zhao.hears("退回了，王磊 已收到原因。您这边不再计时。")
    assert wang.hears("赵倩 退回来了：少了水电图\n平面方案 · 2026-0001")
    assert "交接" in wang.last().buttons
    assert states(store) == [("floor_plan", 1, "open"), ("estimate", 1, "given_back")]
    assert zhao.heard("⏰") == []
    assert store.person("zhou").heard("⚠") == []
    zhao.sends_press(zhao.last().id, "handover:take:1")
    assert zhao.last().text == "赵倩 10:00 已经把这张交接表退回了。"


def test_the_time_until_it_came_back_is_not_the_givers(at_the_booking: StoreAtWork) -> None:
    """HANDBOOK 4: half a working day was left when the estimate went over at 10:00."""
    zhao, liu = at_the_booking.person("zhao"), at_the_booking.person("liu")
    at_the_booking.move_to("2026-11-25T16:00:00+08:00")

    returns(at_the_booking.person("zhou"), "少算了阳台")

    assert zhao.hears("估算表 · 2026-0001 李女士 锦绣花园 120㎡\n请在 明天（周四 11月26日）10:45 前交给周敏")
    at_the_booking.move_to("2026-11-26T10:44:00+08:00")
    assert liu.heard("估算表 已过") == []


def test_handed_over_again_it_has_a_number_of_its_own_and_the_clock_starts_anew(store: StoreAtWork) -> None:
    wang, zhao = store.person("wang"), store.person("zhao")
    returns(zhao)
    store.move_to("2026-11-25T16:00:00+08:00")

    hands_over(wang, items="加了水电图")

    assert [(one.number, str(one.state)) for one in forms(store)] == [
        ("HO-2026-0001", "returned"),
        ("HO-2026-0002", "handed"),
    ]
    assert zhao.hears("王磊 交来平面方案，交接表 HO-2026-0002")
    assert "请在 明天（周四 11月26日）10:45 前交给周敏" in zhao.last().text
    assert states(store) == [("floor_plan", 1, "done"), ("estimate", 1, "open")]


def test_who_says_nothing_is_asked_after_half_an_hour_of_work_then_the_client_manager_hears(
    store: StoreAtWork,
) -> None:
    zhou, zhao = store.person("zhou"), store.person("zhao")

    store.move_to("2026-11-25T10:29:00+08:00")
    assert zhao.heard("⏰") == []
    store.move_to("2026-11-25T10:30:00+08:00")
    assert zhao.hears(f"{ASKED}再过一会没有答复，周敏 会收到通知。", buttons=["收下", "退回", "表格", "PDF"])
    assert zhou.heard("还没有收下") == []
    store.move_to("2026-11-25T11:00:00+08:00")

    assert zhou.hears(NOT_TAKEN, buttons=["问一下进展", "等客户", "准予延期", "转给别人"])
    store.move_to("2026-11-25T15:00:00+08:00")
    assert (len(zhao.heard(ASKED)), len(zhou.heard(NOT_TAKEN))) == (1, 1)


def test_the_receiver_is_asked_by_the_hours_that_hold_then(at_the_plan: StoreAtWork) -> None:
    wang, zhao = at_the_plan.person("wang"), at_the_plan.person("zhao")
    at_the_plan.move_to("2026-11-25T11:45:00+08:00")
    hands_over(wang)

    loads(at_the_plan, LATER_AFTERNOON)
    at_the_plan.move_to("2026-11-25T14:44:00+08:00")
    assert zhao.heard("请收下") == []
    at_the_plan.move_to("2026-11-25T14:45:00+08:00")

    assert len(zhao.heard("请收下")) == 1


def test_nobody_is_asked_whether_they_took_what_they_have_done(store: StoreAtWork) -> None:
    zhao = store.person("zhao")

    hands_over(zhao, total="12.8万")
    store.move_to("2026-11-25T14:00:00+08:00")

    assert zhao.heard("请收下") == []
    assert store.person("zhou").heard(NOT_TAKEN) == []
    assert [str(one.state) for one in forms(store)] == ["accepted", "handed"]


@pytest.mark.parametrize("left", ["等客户", "流失"])
def test_nobody_is_asked_whether_they_took_what_stands_still_or_is_over(store: StoreAtWork, left: str) -> None:
    zhou, zhao = store.person("zhou"), store.person("zhao")
    if left == "流失":
        zhou.says("流失 2026-0001 选了别家")
        zhou.presses("确认")
    else:
        zhao.presses("等客户")
        zhao.says("等客户定厨房")
        zhao.says("周五")

    store.move_to("2026-11-25T14:00:00+08:00")

    assert zhao.heard("请收下") == []
    assert zhou.heard("还没有收下") == []


def test_what_came_back_after_the_case_was_lost_changes_nothing(store: StoreAtWork) -> None:
    zhou, zhao = store.person("zhou"), store.person("zhao")
    zhou.says("流失 2026-0001 选了别家")
    zhou.presses("确认")

    zhao.sends_press(zhao.last().id, "handover:give_back:1")

    assert zhao.last().text == "这个单子已经结束了，这一步不用做了。"
    assert states(store) == [("floor_plan", 1, "done"), ("estimate", 1, "dropped")]
    zhou.presses("又来了")
    zhao.presses("收下")
    assert zhao.hears("✅ 收下了：平面方案")


def test_a_step_that_is_passed_on_takes_its_form_along(at_the_booking: StoreAtWork) -> None:
    store, zhou, liu = at_the_booking, at_the_booking.person("zhou"), at_the_booking.person("liu")
    liu.says("加员工 李明 客户经理 前台 13800000011")
    liu.presses("确认")

    zhou.presses("转给别人")
    zhou.presses("李明 · 手上 0 个")
    zhou.presses("跳过")
    store.move(hours=2)

    assert [one.to_id for one in forms(store)] == [5, 8]
    assert zhou.heard("请收下") == []
    zhou.says("到哪一步了 2026-0001")
    zhou.presses("2026-0001 约客户看方案")
    assert "收下" not in zhou.last().buttons


def test_only_whom_it_is_for_takes_it(store: StoreAtWork) -> None:
    sun, liu = store.person("sun"), store.person("liu")
    for one in (sun, liu):
        one.says("菜单")
        one.sends_press(one.last().id, "handover:take:1")
        one.sends_press(one.last().id, "handover:give_back:1")

    assert len(liu.heard("这张交接表是给 赵倩 的。")) == 2
    assert [str(one.state) for one in forms(store)] == ["handed"]
    assert verbs(store).count("handover.not_allowed") == 4
    assert not_done(store) == []


def test_the_client_manager_stands_in_and_the_form_says_so(store: StoreAtWork) -> None:
    zhou, wang = store.person("zhou"), store.person("wang")

    zhou.sends_press(zhou.last().id, "handover:take:1")

    assert wang.hears("周敏 收下了平面方案（2026-0001 李女士）。")
    assert wang.hears("✅ 周敏 10:00 收下了")


def test_without_materials_no_estimate_is_handed_over(store: StoreAtWork) -> None:
    """HANDBOOK E2: 王磊 handed his plan over before the customer had chosen."""
    zhao = store.person("zhao")
    store.write(lambda session: session.connection().exec_driver_sql("UPDATE case_marks SET void_at = at"))

    zhao.presses("交接")

    assert zhao.last().text.startswith("还不行，缺：选材清单。\n客户没选材料前不出估算")
    assert steps(store)[-1].state == "open"


def test_the_estimate_counts_once_its_form_is_taken_and_it_was_checked(at_the_booking: StoreAtWork) -> None:
    zhou = at_the_booking.person("zhou")
    assert zhou.hears("需要：方案和估算收下 ☐ 估算核对 ☐\n估算 12.8 万元")

    zhou.presses("核对过了")
    zhou.sends_press(zhou.last().id, "workflow:note:3:plan_meeting_booked")
    assert "还不行，缺：方案和估算收下。\n先按“收下”，收下方案和估算。" in zhou.last().text
    zhou.presses("收下")

    assert zhou.hears("需要：方案和估算收下 ✅ 估算核对 ✅", buttons=["约好了", "等客户", "转给别人", "怎么做"])


def test_an_estimate_that_came_back_is_checked_anew(at_the_booking: StoreAtWork) -> None:
    zhou, zhao = at_the_booking.person("zhou"), at_the_booking.person("zhao")
    zhou.presses("核对过了")
    returns(zhou, "少算了阳台")
    assert zhao.hears("周敏 退回来了：少算了阳台\n估算表 · 2026-0001")

    hands_over(zhao, total="13.1万")

    assert "estimate_checked" not in standing(at_the_booking)
    assert zhou.hears("估算核对 ☐\n估算 13.1 万元")


def test_another_store_has_no_such_form(store: StoreAtWork) -> None:
    open_other_store(store)
    feng = store.person("feng")
    feng.says("菜单")

    for verb in ("take", "give_back", "hand"):
        feng.sends_press(feng.last().id, f"handover:{verb}:1")

    assert "李女士" not in feng.transcript()
    assert [str(one.state) for one in forms(store)] == ["handed"]
