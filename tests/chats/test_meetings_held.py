"""A meeting as it is held: a roll call in a sentence, minutes in a sentence, what was taken on through new hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from bot.__main__ import DEMO_STORE
from bot.app import load
from bot.rules.meetings import ActionRing, action_rings
from bot.storefile import read_store
from storage.meetings import Attendance
from storage.stores import put_rules
from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared
from tests.chats.meeting_steps import calls, notices, people_of
from tests.chats.steps import asks

TOML = DEMO_STORE.read_text("utf-8")


def begins(store: StoreAtWork) -> None:
    calls(store.person("zhou"), "开会 周五下午4点 全店 讨论样板间")
    store.move_to("2026-11-27T16:00:00+08:00")


@pytest.fixture(scope="module")
def begun(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("begun"), begins)


@pytest.fixture
def held(begun: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """The whole store's meeting of Friday has begun."""
    with going_on(begun, tmp_path) as store:
        yield store


@pytest.fixture
def zhou(held: StoreAtWork) -> Person:
    """She holds it."""
    return held.person("zhou")


@pytest.fixture
def wang(held: StoreAtWork) -> Person:
    return held.person("wang")


def attendance(store: StoreAtWork) -> dict[str, Attendance]:
    return {key: Attendance(one.attendance) for key, one in people_of(store).items()}


# What 周敏 types after 点名, and who is late and who is absent then; all others are there.
ROLLS = [
    ("陈静迟到，赵倩没来，其余都到了", {"chen"}, {"zhao"}),
    ("陈静迟到 赵倩没来 其他人都到了", {"chen"}, {"zhao"}),
    ("陈静迟到赵倩没来其余都到了", {"chen"}, {"zhao"}),
    ("都到了，陈静、王磊迟到；赵倩缺席", {"chen", "wang"}, {"zhao"}),
    ("除了陈静没来，其余都到了", set(), {"chen"}),
    ("陈静没迟到，其余都到了", set(), set()),
]


@pytest.mark.parametrize(("said", "late", "absent"), ROLLS, ids=[row[0] for row in ROLLS])
def test_each_word_of_a_roll_call_goes_with_its_names(
    held: StoreAtWork, zhou: Person, said: str, late: set[str], absent: set[str]
) -> None:
    zhou.says(f"点名 {said}")

    found = attendance(held)
    assert {key for key, one in found.items() if one == Attendance.LATE} == late
    assert {key for key, one in found.items() if one == Attendance.ABSENT} == absent
    assert {one for key, one in found.items() if key not in late | absent | {"zhou"}} == {Attendance.PRESENT}


@pytest.mark.parametrize("said", ["除了陈静都到了", "陈静迟到，赵倩", "迟到陈静，没来赵倩"])
def test_half_a_roll_call_is_asked_again(held: StoreAtWork, zhou: Person, said: str) -> None:
    zhou.says(f"点名 {said}")

    assert zhou.last().text.startswith("没看懂。请这样写：点名 陈静 迟到。")
    assert set(attendance(held).values()) == {Attendance.UNKNOWN}


def test_a_decision_in_the_middle_of_the_minutes_is_one(held: StoreAtWork, zhou: Person) -> None:
    zhou.says("纪要：样板间定了。决定：周日拍照")

    assert "说了什么\n· 样板间定了。\n决定\n1. 周日拍照" in zhou.last().text


@pytest.mark.parametrize("said", ["纪要发给大家", "发纪要", "会议纪要发出", "把纪要发给大家吧"])
def test_the_minutes_are_sent_in_a_line(held: StoreAtWork, zhou: Person, wang: Person, said: str) -> None:
    zhou.says("纪要：样板间定了")

    zhou.says(said)

    assert zhou.last().text == "✅ 纪要发出了，参加的 7 人都会收到。"
    assert wang.hears("说了什么\n· 样板间定了")


def opening(hour: str) -> str:
    """The store's file with another hour of opening."""
    return TOML.replace('"09:00-12:00"', f'"{hour}-12:00"')


@pytest.mark.parametrize("hour", ["09:30", "08:30"])
def test_what_was_taken_on_rings_by_the_new_hour_of_opening(held: StoreAtWork, zhou: Person, hour: str) -> None:
    asks(zhou, "行动项 王磊 下周五前 出方案")

    held.write(partial(load, file=read_store(opening(hour)), now=held.app.clock.now(), demo=True))
    held.move_to("2026-12-08T12:00:00+08:00")

    assert notices(held, "meetings_actions.day_before") == [(f"12-03 {hour}", "wang")]
    assert notices(held, "meetings_actions.due") == [(f"12-04 {hour}", "wang")]
    assert notices(held, "meetings_actions.overdue") == [(f"12-05 {hour}", "wang")]


def test_a_reminder_that_comes_before_its_moment_waits_for_it(held: StoreAtWork, zhou: Person) -> None:
    asks(zhou, "行动项 王磊 下周五前 出方案")
    rules = read_store(opening("09:30")).rules.model_dump(mode="json")

    held.write(partial(put_rules, store_id=1, valid_from=held.app.clock.now(), rules=rules))
    held.move_to("2026-12-04T12:00:00+08:00")

    assert notices(held, "meetings_actions.day_before") == [("12-03 09:30", "wang")]
    assert notices(held, "meetings_actions.due") == [("12-04 09:30", "wang")]


def test_what_is_due_on_a_closed_day_rings_when_the_store_opens_again() -> None:
    resting = read_store(TOML.replace("rest_weekdays = []", 'rest_weekdays = ["sat", "sun"]')).rules

    moments = action_rings(date(2026, 11, 29), resting.working)

    assert {ring: f"{at:%m-%d}" for ring, at in moments.items()} == {
        ActionRing.DAY_BEFORE: "11-27",
        ActionRing.DUE: "11-30",
        ActionRing.OVERDUE: "12-01",
    }


def test_a_reminder_after_a_closed_day_names_the_day(held: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(zhou, "行动项 王磊 12月31号前 出方案")
    asks(zhou, "行动项 王磊 1月1号前 量灯")

    held.move_to("2027-01-04T12:00:00+08:00")

    assert wang.hears("⏰ 今天到期：出方案")
    assert wang.hears("⏰ 周五 1月1日 到期：量灯")


def test_the_farthest_day_is_counted_in_the_stores_zone(held: StoreAtWork, zhou: Person) -> None:
    held.move_to("2026-11-28T07:00:00+08:00")

    zhou.says("行动项 王磊 2027年11月29日前 出方案")

    assert zhou.last().text.startswith("行动项，对吗？")
