"""A step whose clock runs: who hears what when, while the customer is waited for, passed on, moved, dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared
from tests.chats.case_steps import DESIGNING, chooses_materials, hands_over, states, up_to_the_survey
from tests.chats.test_rulebook import CLOSED_FRIDAY, loads

NO_FRIDAYS = ("rest_weekdays = []", 'rest_weekdays = ["fri"]')
MADE_UP = ("# 店里自己定的日子", '[[calendar.days]]\ndate = 2026-11-27\nkind = "makeup"\n# 店里自己定的日子')
LONGER_SUMMER = ('starts = "10-01"', 'starts = "12-01"')

CHASING = ["问一下进展", "等客户", "准予延期", "转给别人"]
FRIDAY = "周五 11月27日 17:30"


@pytest.fixture(scope="module")
def measured(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("measured"), up_to_the_survey)


@pytest.fixture
def store(measured: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """王磊 has measured on Wednesday at 9:30: his plan is due on Friday at 17:30 (HANDBOOK 1L)."""
    with going_on(measured, tmp_path) as opened:
        yield opened


def waits_for_the_customer(person: Person, when: str = "周一") -> None:
    person.presses("等客户")
    person.says("等客户定厨房")
    person.says(when)


def test_the_owner_is_reminded_then_the_client_manager_then_the_gm_office(
    store: StoreAtWork, zhou: Person, wang: Person, liu: Person
) -> None:
    """HANDBOOK 1L: measured on Wednesday morning, due on Friday at 17:30."""
    store.move_to("2026-11-26T17:30:00+08:00")
    assert wang.hears(
        "⏰ 还有 6 小时 30 分（只算上班时间）：2026-0001 李女士 平面方案，明天（周五 11月27日）17:30 交预算员。"
    )
    store.move_to("2026-11-27T15:30:00+08:00")
    assert wang.hears(
        "⏰ 还有 2 个工作小时：2026-0001 李女士 平面方案，今天（周五 11月27日）17:30 交预算员。"
        "过时没办好，明天（周六 11月28日）10:00 周敏 会收到通知。",
        buttons=["材料选好了", *DESIGNING],
    )
    store.move_to("2026-11-27T17:30:00+08:00")
    assert wang.hears("⚠ 2026-0001 平面方案 17:30 到期，还没交。是在等客户，还是需要多一点时间？")
    store.move_to("2026-11-28T09:59:00+08:00")
    assert zhou.heard("⚠") == []
    store.move_to("2026-11-28T10:00:00+08:00")
    assert zhou.hears("⚠ 王磊 的 2026-0001 平面方案 已过 1 小时（只算上班时间），还没说明原因。", buttons=CHASING)
    assert liu.heard("⚠") == []
    store.move_to("2026-11-28T17:30:00+08:00")
    assert liu.hears("⚠ 王磊 的 2026-0001 平面方案 已过 6 小时 30 分", buttons=CHASING)
    store.move(days=5)

    assert [len(one.heard("平面方案 已过")) for one in (zhou, liu)] == [1, 1]
    assert len(wang.heard("⏰")) == 2


def test_nothing_is_said_of_what_is_done(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    chooses_materials(wang)
    hands_over(wang)
    store.person("zhao").presses("收下")
    hands_over(store.person("zhao"), total="12.8万")
    zhou.presses("收下")

    store.move(days=4)

    assert wang.heard("⏰") + wang.heard("⚠") == []
    assert store.person("zhao").heard("⚠") == []


def test_while_the_customer_is_waited_for_nothing_is_said_and_what_was_left_goes_on(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    """HANDBOOK 4: Thursday and Friday were left."""
    waits_for_the_customer(wang)
    assert wang.hears("记下了，2026-0001 平面方案 停止计时，在等客户：定厨房。周一 11月30日 9:00 我再提醒您。")
    assert wang.last().buttons == ("客户已回复", "再等等", "转给别人")

    store.move_to("2026-11-30T08:59:00+08:00")
    assert wang.heard("⏰") + zhou.heard("⚠") == []
    store.move_to("2026-11-30T09:00:00+08:00")
    assert wang.hears("⏰ 2026-0001 平面方案 还在等客户吗（定厨房）？")
    wang.presses("客户已回复")

    assert wang.hears("✅ 接着计时：2026-0001 平面方案，周三 12月2日 17:30 前交给预算员。")
    store.move_to("2026-12-02T17:30:00+08:00")
    assert wang.hears("⚠ 2026-0001 平面方案 17:30 到期，还没交")


def test_a_customer_who_takes_longer_is_asked_after_again(store: StoreAtWork, wang: Person) -> None:
    waits_for_the_customer(wang)
    store.move_to("2026-11-30T09:00:00+08:00")

    wang.presses("再等等")
    wang.says("客户出差")
    wang.says("周四上午10点")
    store.move_to("2026-12-03T10:00:00+08:00")
    assert wang.hears("⏰ 2026-0001 平面方案 还在等客户吗（出差）？")
    store.move_to("2026-12-05T09:00:00+08:00")

    assert len(wang.heard("还在等客户吗（出差）")) == 2  # who says nothing is asked again two working days later


def test_the_client_manager_hears_once_that_the_customer_is_waited_for(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    waits_for_the_customer(wang)

    wang.presses("再等等")
    wang.says("客户出差")
    wang.says("周四")

    assert zhou.hears(
        "王磊 的 2026-0001 平面方案 在等客户：定厨房，周一 11月30日 9:00 再问。",
        buttons=["客户已回复", "再等等", "转给别人"],
    )
    assert len(zhou.heard("在等客户：")) == 1


def test_a_client_manager_who_waits_for_the_customer_is_not_told_what_she_did(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("到哪一步了 2026-0001")
    zhou.presses("2026-0001 平面方案")

    waits_for_the_customer(zhou)

    assert zhou.heard("王磊 的 2026-0001 平面方案 在等客户") == []


def test_a_customer_is_asked_again_within_thirty_days(store: StoreAtWork, wang: Person) -> None:
    waits_for_the_customer(wang, "12月26号")

    assert wang.last().text == "最晚 30 天内要再问一次客户，到时还没回复可以按“再等等”。哪天再问？比如“下周一”。"
    assert states(store) == [("floor_plan", 1, "open")]
    wang.says("12月25号")
    assert states(store) == [("floor_plan", 1, "paused")]


def test_what_waits_for_the_customer_stays_in_ones_list_and_where_the_case_stands(
    store: StoreAtWork, wang: Person
) -> None:
    waits_for_the_customer(wang)

    wang.says("我的事")
    assert "· 平面方案 2026-0001 李女士 锦绣花园 · 等客户，周一 11月30日 9:00 再问" in wang.last().text
    wang.says("到哪一步了 2026-0001")

    assert "⏸ 平面方案 王磊 等客户，周一 11月30日 9:00 再问" in wang.last().text


def test_what_was_late_before_the_pause_stays_late(store: StoreAtWork, wang: Person) -> None:
    store.move_to("2026-11-28T11:00:00+08:00")
    waits_for_the_customer(wang)

    wang.presses("客户已回复")

    assert wang.hears(f"✅ 接着计时：2026-0001 平面方案，昨天（{FRIDAY.replace(' 17:30', '')}）17:30 前交给预算员。")


def test_who_waits_for_the_customer_when_it_is_late_is_not_forgotten_afterwards(
    store: StoreAtWork, zhou: Person, wang: Person, liu: Person
) -> None:
    """The GM office was to hear of it at the close of the day on which the clock stood still."""
    store.move_to("2026-11-28T11:00:00+08:00")
    waits_for_the_customer(wang)
    store.move_to("2026-11-30T09:00:00+08:00")

    wang.presses("客户已回复")
    store.move_to("2026-12-03T09:00:00+08:00")

    assert len(zhou.heard("⚠ 王磊 的 2026-0001 平面方案 已过")) == 2
    assert len(liu.heard("⚠ 王磊 的 2026-0001 平面方案 已过")) == 1


def test_the_client_manager_lets_it_go_on_and_the_owner_hears_it(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    waits_for_the_customer(wang)
    zhou.says("到哪一步了 2026-0001")
    zhou.presses("2026-0001 平面方案")

    zhou.presses("客户已回复")
    zhou.sends_press(zhou.last().id, "workflow:answered:1")

    assert wang.hears(f"客户回复了，2026-0001 平面方案 接着计时：{FRIDAY} 前。")
    assert zhou.last().text == "这一步没有在等客户。"


def test_a_step_that_is_passed_on_is_the_others_alone(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    wang.presses("转给别人")
    assert wang.last().buttons == ("陈静 · 手上 0 个", "取消")
    wang.presses("陈静 · 手上 0 个")
    assert wang.last().text == "为什么转？写给接手的人看，可以跳过。"
    wang.says("下周我休假")
    assert chen.hears(
        "王磊 把这一步转给您了：下周我休假\n平面方案 · 2026-0001 李女士", buttons=["材料选好了", *DESIGNING]
    )
    store.move_to("2026-11-27T17:30:00+08:00")

    assert len(chen.heard("⏰ 还有")) == 2
    assert chen.hears("⚠ 2026-0001 平面方案 17:30 到期")
    assert wang.heard("⏰") + wang.heard("⚠") == []
    assert zhou.hears("客户经理 周敏 · 设计师 陈静")
    wang.sends_press(wang.last().id, "workflow:wait:1")
    assert wang.last().text == "这一步由 陈静 负责，陈静 或者客户经理才能操作。"


def test_a_colleague_is_asked_how_it_goes_without_blame(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    zhou.says("李女士进度怎么样")
    zhou.presses("2026-0001 平面方案")

    zhou.presses("问一下进展")

    assert zhou.last().text == "已经问 王磊 了。"
    assert wang.hears("周敏 想知道 2026-0001 平面方案 到哪了：是在等客户，还是需要多一点时间？")


def test_a_lost_customers_steps_are_dropped_and_go_on_when_they_come_back(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    waits_for_the_customer(wang)
    zhou.says("流失 2026-0001 选了别家")
    zhou.presses("确认")
    store.move_to("2026-12-01T10:00:00+08:00")
    assert wang.heard("⏰") + zhou.heard("⚠") == []
    assert states(store) == [("floor_plan", 1, "dropped")]

    zhou.presses("又来了")

    assert wang.hears("请在 周四 12月3日 17:30 前交给预算员", buttons=["材料选好了", *DESIGNING])
    assert zhou.hears("现在：量房、出方案（王磊，周四 12月3日 17:30 前）")


def test_open_deadlines_move_with_the_calendar_and_people_hear_it_once(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    loads(store, CLOSED_FRIDAY)
    loads(store, CLOSED_FRIDAY)

    assert len(wang.heard("2026-0001 平面方案 的时间变了：原来 周五 11月27日 17:30，现在 周六 11月28日 17:30 前")) == 1
    assert wang.hears("请在 周六 11月28日 17:30 前交给预算员")
    store.move_to("2026-11-28T17:30:00+08:00")
    assert [len(wang.heard(said)) for said in ("⏰ 还有 6 小时 30 分", "⏰ 还有 2 个工作小时", "到期，还没交")] == [
        1,
        1,
        1,
    ]
    assert wang.hears("⚠ 2026-0001 平面方案 17:30 到期")
    assert zhou.heard("⚠") == []


@pytest.mark.parametrize(
    ("before", "after", "was", "now"),
    [
        ([NO_FRIDAYS], [NO_FRIDAYS, MADE_UP], "周六 11月28日 17:30", "周五 11月27日 17:30"),
        ([], [LONGER_SUMMER], "周五 11月27日 17:30", "周五 11月27日 18:00"),
    ],
    ids=["a make-up day", "the season's date"],
)
def test_a_make_up_day_and_another_season_move_what_is_open(
    store: StoreAtWork,
    wang: Person,
    before: list[tuple[str, str]],
    after: list[tuple[str, str]],
    was: str,
    now: str,
) -> None:
    loads(store, *before)

    loads(store, *after)

    assert len(wang.heard(f"平面方案 的时间变了：原来 {was}，现在 {now} 前")) == 1
    assert wang.hears(f"请在 {now} 前交给预算员")
    store.move_to(f"2026-11-27T{now[-5:]}:00+08:00")
    assert wang.hears(f"⚠ 2026-0001 平面方案 {now[-5:]} 到期，还没交")
    assert len(wang.heard("⏰ 还有 2 个工作小时")) == 1


def test_a_clock_that_stands_still_moves_silently(store: StoreAtWork, wang: Person) -> None:
    waits_for_the_customer(wang, "周五")

    loads(store, CLOSED_FRIDAY)
    assert "时间变了" not in wang.transcript()
    store.move_to("2026-11-28T09:00:00+08:00")

    assert wang.hears("⏰ 2026-0001 平面方案 还在等客户吗")
    wang.presses("客户已回复")
    assert wang.hears("接着计时：2026-0001 平面方案，周一 11月30日 17:30 前")


def test_who_leaves_the_store_leaves_steps_for_somebody_else(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    zhou.says("离职 王磊")
    zhou.presses("确认")

    assert zhou.hears("王磊 离店了，2026-0001 平面方案 还没人接手，请转给别人。")
    zhou.presses("转给别人")
    zhou.presses("陈静 · 手上 0 个")
    zhou.presses("跳过")

    assert store.person("chen").hears("周敏 把这一步转给您了。\n平面方案 · 2026-0001")
