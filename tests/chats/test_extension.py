"""需要延期: the owner says until when and why, the client manager decides; what was agreed before holds till then."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from bot.rules.workflow import StepKey
from storage import customers
from storage.workflow import Extension
from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared, rows
from tests.chats.case_rows import begin_step, open_case, scene_of
from tests.chats.case_steps import hands_over, steps, up_to_the_plan
from tests.chats.steps import CARD, CONFIRM, not_done, verbs
from tests.chats.test_rulebook import CLOSED_FRIDAY, loads

DUE = "周五 11月27日 17:30"
MONDAY = "周一 11月30日 12:00"
GRANTING = ["问一下进展", "等客户", "准予延期", "转给别人"]


@pytest.fixture(scope="module")
def drawn(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("drawn"), up_to_the_plan)


@pytest.fixture
def store(drawn: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """王磊 owes the plan by Friday's close."""
    with going_on(drawn, tmp_path) as opened:
        yield opened


def asks_for_more(wang: Person, until: str = "下周一中午12点", why: str = "客户改了户型") -> None:
    wang.presses("需要延期")
    wang.says(until)
    wang.says(why)
    wang.presses("确认")


def extensions(store: StoreAtWork) -> list[str]:
    found: list[Extension] = store.query(partial(rows, table=Extension))
    return [str(one.state) for one in found]


def due(store: StoreAtWork) -> str:
    """When the first step is due, in the store's time."""
    at = steps(store)[0].due_at
    assert at is not None
    return at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%m-%d %H:%M")


def test_more_time_is_asked_for_with_a_reason_and_granted(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    wang.presses("需要延期")
    assert wang.last().text == f"现在是 {DUE} 到期。延到什么时候？"
    assert wang.last().buttons == ("周六 11月28日 14:15", "周六 11月28日 17:30", "周日 11月29日 17:30", "取消")
    wang.says("下周一中午12点")
    wang.says("客户改了户型")
    assert wang.last().text == (
        f"申请延期，对吗？\n平面方案 · 2026-0001 李女士 锦绣花园\n{DUE} → {MONDAY}\n原因：客户改了户型"
    )
    assert list(wang.last().buttons) == CONFIRM
    wang.presses("确认")
    assert wang.hears(f"已经问了：2026-0001 平面方案 延到 {MONDAY}。答复前还按 {DUE} 算。", buttons=["撤回"])
    assert zhou.hears(f"王磊 申请延期\n平面方案 · 2026-0001 李女士 锦绣花园\n{DUE} → {MONDAY}", buttons=CARD)
    assert due(store) == "11-27 17:30"
    zhou.presses("同意")

    assert due(store) == "11-30 12:00"
    assert wang.hears(f"周敏 同意了：2026-0001 平面方案 延到 {MONDAY}。")
    assert zhou.hears(f"延到 {MONDAY}\n✅ 周敏 已同意（10:00）", buttons=["撤回决定"])
    assert wang.hears(f"请在 {MONDAY} 前交给预算员\n")
    assert verbs(store)[-2:] == ["approvals.approved", "workflow.extended"]


def test_reminders_are_about_the_new_moment_only(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks_for_more(wang)
    zhou.presses("同意")

    store.move_to("2026-11-30T10:00:00+08:00")
    assert wang.heard("到期，还没交") == []
    assert zhou.heard("⚠ 王磊") == []
    assert wang.hears("⏰ 还有 2 个工作小时：2026-0001 李女士 平面方案，今天（周一 11月30日）12:00")
    store.move_to("2026-11-30T15:00:00+08:00")

    assert wang.hears("⚠ 2026-0001 平面方案 12:00 到期，还没交")
    assert zhou.hears("⚠ 王磊 的 2026-0001 平面方案 已过 1 小时（只算上班时间），还没说明原因。", buttons=GRANTING)


def test_refused_with_a_reason_the_old_moment_stands(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks_for_more(wang)

    zhou.presses("不同意")
    zhou.says("客户周六要看")

    assert wang.hears(f"周敏 没有同意延期：客户周六要看。2026-0001 平面方案 还是 {DUE}。")
    assert (due(store), extensions(store)) == ("11-27 17:30", ["refused"])


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("周六", "周六 11月28日 17:30"),
        ("下周一上午", "周一 11月30日 12:00"),
        ("下周一", "周一 11月30日 17:30"),
        ("两天", "周日 11月29日 17:30"),  # working days from the due moment on
        ("延两天", "周日 11月29日 17:30"),
        ("再多给一天半", "周日 11月29日 14:15"),
        ("延期到下周一", "周一 11月30日 17:30"),
        ("延三个小时", "周六 11月28日 12:00"),
    ],
)
def test_more_time_until_a_day_lasts_until_its_close(store: StoreAtWork, wang: Person, said: str, until: str) -> None:
    wang.presses("需要延期")

    wang.says(said)
    wang.says("客户改了户型")

    assert f"{DUE} → {until}" in wang.last().text


def test_why_it_was_refused_shows_no_phone_number(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks_for_more(wang)

    zhou.presses("不同意")
    zhou.says("先打13912345678问客户")

    assert wang.hears("周敏 没有同意延期：先打139****5678问客户。")
    assert "13912345678" not in wang.transcript()
    assert zhou.hears("周敏 没有同意：先打139****5678问客户")


@pytest.mark.parametrize("said", ["今天下午4点", "周五下午5点半"])
def test_more_time_is_later(store: StoreAtWork, wang: Person, said: str) -> None:
    wang.presses("需要延期")

    wang.says(said)
    wang.says("客户改了户型")

    assert wang.hears(f"要比现在的 {DUE} 更晚。延到什么时候？")
    assert extensions(store) == []


def test_it_is_asked_for_once_at_a_time(store: StoreAtWork, wang: Person) -> None:
    asks_for_more(wang)

    wang.presses("需要延期")

    assert wang.last().text == "这一步的延期已经在等答复了。"
    assert extensions(store) == ["pending"]


def test_a_late_step_whose_owner_has_asked_is_told_so(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks_for_more(wang)

    store.move_to("2026-11-28T10:00:00+08:00")

    assert zhou.hears("⚠ 王磊 的 2026-0001 平面方案 已过 1 小时（只算上班时间），正在申请延期。")


def test_a_manager_grants_it_without_being_asked_and_what_was_asked_is_settled(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    asks_for_more(wang)
    zhou.says("到哪一步了 2026-0001")
    zhou.presses("2026-0001 平面方案")

    zhou.presses("准予延期")
    zhou.says("下周三中午12点")
    zhou.says("客户出差")
    assert zhou.last().text.startswith("准 王磊 延期，对吗？")
    zhou.presses("确认")

    assert zhou.hears("✅ 2026-0001 平面方案 延到 周三 12月2日 12:00，王磊 已收到。")
    assert wang.hears("2026-0001 平面方案 可以延期了，现在是 周三 12月2日 12:00 前。")
    assert (due(store), extensions(store)) == ("12-02 12:00", ["withdrawn", "granted"])
    assert zhou.heard("王磊 申请延期", buttons=CARD) == []


def test_who_asked_takes_it_back_and_nobody_else_does(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks_for_more(wang)
    store.person("chen").says("菜单")
    store.person("chen").sends_press(store.person("chen").last().id, "extension:withdraw:1")
    assert store.person("chen").last().text == "这不是您的申请。"

    wang.presses("撤回")
    wang.sends_press(wang.last().id, "extension:withdraw:1")
    zhou.sends_press(zhou.last().id, "approvals:approve:1")

    assert wang.hears(f"撤回了，2026-0001 平面方案 还是 {DUE}。")
    assert wang.last().text == "这个延期申请已经有结果了。"
    assert (due(store), extensions(store)) == ("11-27 17:30", ["withdrawn"])
    assert not_done(store) == []


@pytest.mark.parametrize(("key", "label"), [("zhou", "同意"), ("zhou", "撤回决定"), ("wang", "撤回")])
def test_who_decides_or_takes_it_back_waits_for_whoever_changes_the_case(
    store: StoreAtWork, zhou: Person, wang: Person, monkeypatch: pytest.MonkeyPatch, key: str, label: str
) -> None:
    asks_for_more(wang)
    if label == "撤回决定":
        zhou.presses("同意")
    locked: list[int] = []
    lock = customers.lock

    def locks(session: Session, store_id: int, case_id: int) -> customers.Case | None:
        locked.append(case_id)
        return lock(session, store_id, case_id)

    monkeypatch.setattr(customers, "lock", locks)

    store.person(key).presses(label)

    assert locked == [1]
    assert not_done(store) == []


@pytest.mark.parametrize("ended", ["交接", "等客户", "转给别人"])
def test_nobody_decides_about_a_step_that_is_done_paused_or_somebody_elses(
    store: StoreAtWork, zhou: Person, wang: Person, ended: str
) -> None:
    asks_for_more(wang)
    if ended == "交接":
        hands_over(wang)
    elif ended == "等客户":
        wang.presses("等客户")
        wang.says("定厨房")
        wang.says("周五")
    else:
        wang.presses("转给别人")
        wang.presses("陈静 · 手上 0 个")
        wang.presses("跳过")

    assert extensions(store) == ["withdrawn"]
    assert zhou.heard("申请延期", buttons=CARD) == []
    assert zhou.hears("延到 周一 11月30日 12:00\n已撤回")


def test_a_decision_taken_back_lets_the_old_moment_stand_and_move_with_the_calendar(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    asks_for_more(wang)
    zhou.presses("同意")

    zhou.presses("撤回决定")
    assert (due(store), extensions(store)) == ("11-27 17:30", ["pending"])
    loads(store, CLOSED_FRIDAY)

    assert due(store) == "11-28 17:30"
    assert (
        "平面方案 的时间变了：原来 周五 11月27日 17:30，现在 周六 11月28日 17:30 前" in wang.heard("规矩改了")[0].text
    )


def test_an_agreed_moment_does_not_move_with_the_calendar(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks_for_more(wang)
    zhou.presses("同意")

    loads(store, CLOSED_FRIDAY)

    assert due(store) == "11-30 12:00"


def test_nobody_answered_and_the_old_moment_stands(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks_for_more(wang)

    store.move_to("2026-11-30T12:00:00+08:00")

    assert (due(store), extensions(store)) == ("11-27 17:30", ["expired"])
    assert wang.hears("没有人答复，按原来的时间")


def test_the_second_of_two_who_decide_hears_who_was_first(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks_for_more(wang)
    zhou.presses("同意")

    store.person("liu").says("菜单")
    store.person("liu").sends_press(store.person("liu").last().id, "approvals:refuse:1")

    assert "周敏 10:00 已经同意过了" in store.person("liu").last().text
    assert extensions(store) == ["granted"]


def test_a_client_managers_own_lateness_is_for_the_gm_office(store: StoreAtWork, zhou: Person) -> None:
    def has_an_estimate(session: Session) -> None:
        scene = scene_of(store, session)
        case = open_case(scene, name="王先生", phone="13900000002")
        begin_step(scene, case, StepKey.ESTIMATE, "zhou", since=scene.now)

    store.write(has_an_estimate)
    zhou.says("我的事")
    zhou.presses("2026-0002 估算表")
    zhou.presses("需要延期")
    zhou.says("周五中午12点")
    zhou.says("价格没回来")
    zhou.presses("确认")

    assert store.person("liu").hears("周敏 申请延期", buttons=CARD)
    assert zhou.hears("已经问了：2026-0002 估算表", buttons=["撤回"])


def test_what_has_no_clock_needs_no_more_time(store: StoreAtWork, wang: Person) -> None:
    wang.presses("等客户")
    wang.says("定厨房")
    wang.says("周五")

    wang.sends_press(wang.last().id, "extension:ask:1")

    assert wang.last().text == "这一步现在没有计时，不用延期。"
