"""A meeting about a case when the store is shut is asked about; one that is said to be held before its hour, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from storage import workflow
from storage.workflow import CaseMark
from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared
from tests.chats.case_rows import at_plan_booking
from tests.chats.case_steps import standing
from tests.chats.meeting_steps import SHANGHAI
from tests.chats.steps import CONFIRM

ASKS = ["就约这个时间", "改时间"]
SHUT_IN_THE_EVENING = "周六 11月28日 19:30 店里不开门（那天 9:00–17:30），就约这个时间吗？"
TOO_EARLY = (
    "看方案约的是 周六 11月28日 15:00，还没到。"
    "客户提前来过，就说几点来的，比如“上午10点”，刚走就按“刚才”；改了时间就按“改约”。"
)


def has_a_plan_to_show(store: StoreAtWork) -> None:
    """周敏 is about to say when 李女士 comes."""
    store.write(partial(at_plan_booking, store))
    zhou = store.person("zhou")
    zhou.says("我的事")
    zhou.presses("2026-0001 约客户看方案")
    zhou.presses("约好了")


@pytest.fixture(scope="module")
def booking(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("booking"), has_a_plan_to_show)


@pytest.fixture
def store(booking: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    with going_on(booking, tmp_path) as opened:
        yield opened


def moment_of(store: StoreAtWork, mark: str) -> str:
    """When what stands on record of this is, or was."""
    found: dict[str, CaseMark] = store.query(lambda session: workflow.marks_of(session, 1))
    return f"{found[mark].at.astimezone(SHANGHAI):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("周六晚上7点半", SHUT_IN_THE_EVENING),
        (
            "2027年1月1日下午3点",
            "周五 2027年1月1日 15:00 店里不开门（元旦，放假安排还没公布，暂按推算），就约这个时间吗？",
        ),
    ],
    ids=["after closing", "a holiday"],
)
def test_a_time_at_which_the_store_is_shut_is_asked_about(zhou: Person, said: str, asks: str) -> None:
    zhou.says(said)

    assert zhou.last().text == asks
    assert list(zhou.last().buttons[:2]) == ASKS


def test_a_time_at_which_somebody_is_in_the_store_is_not(zhou: Person) -> None:
    zhou.says("周六中午12点半")

    assert list(zhou.last().buttons) == CONFIRM


@pytest.mark.parametrize("said", ["就这个时间", "确认"])
def test_an_evening_that_is_meant_is_booked(store: StoreAtWork, zhou: Person, said: str) -> None:
    zhou.says("周六晚上7点半")

    zhou.says(said)
    zhou.presses("确认")

    assert standing(store) >= {"plan_meeting_booked"}
    assert store.person("wang").hears("客户来：周六 11月28日 19:30")


@pytest.mark.parametrize("said", ["周六下午3点", "不对，改到周六下午3点"])
def test_another_time_is_said_instead(zhou: Person, said: str) -> None:
    zhou.says("周六晚上7点半")

    zhou.says(said)

    assert "周六 11月28日 15:00" in zhou.last().text
    assert list(zhou.last().buttons) == CONFIRM


@pytest.mark.parametrize(
    ("asks", "words"), [(Person.presses, "改时间"), (Person.says, "改时间"), (Person.says, "不行")]
)
def test_another_time_is_asked_for_by_the_button_or_in_words(
    zhou: Person, asks: Callable[[Person, str], None], words: str
) -> None:
    zhou.says("周六晚上7点半")

    asks(zhou, words)
    assert zhou.last().text == "改到什么时候？比如“周六下午3点”。"
    zhou.says("周日晚上8点")

    assert zhou.last().text.startswith("周日 11月29日 20:00 店里不开门")


def test_a_meeting_that_is_moved_into_the_evening_is_asked_about(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("周六下午3点")
    zhou.presses("确认")
    wang = store.person("wang")
    wang.presses("改约")

    wang.says("周六晚上7点半")
    assert wang.last().text == SHUT_IN_THE_EVENING
    wang.presses("就约这个时间")
    wang.presses("确认")

    assert zhou.hears("王磊 改约了：原来 周六 11月28日 15:00，现在 周六 11月28日 19:30")


@pytest.fixture
def wang(store: StoreAtWork) -> Person:
    """李女士 comes on Saturday at three to see his plan; on Thursday he says that she has seen it."""
    zhou = store.person("zhou")
    zhou.says("周六下午3点")
    zhou.presses("确认")
    store.move_to("2026-11-26T11:00:00+08:00")
    designer = store.person("wang")
    designer.presses("完成")
    return designer


def test_who_says_before_its_hour_that_a_meeting_was_held_hears_when_it_is(store: StoreAtWork, wang: Person) -> None:
    assert wang.last().text == TOO_EARLY
    assert list(wang.last().buttons) == ["刚才", "改约", "取消"]
    assert "plan_meeting_held" not in standing(store)


def test_a_customer_who_came_earlier_is_on_record_for_when_they_came(store: StoreAtWork, wang: Person) -> None:
    wang.says("昨天下午4点")
    wang.presses("要调整")
    wang.says("厨房改开放式")
    wang.presses("确认")

    assert moment_of(store, "plan_meeting_held") == "11-25 16:00"
    assert wang.hears("请在 今天（周四 11月26日）17:30 前交给周敏（见完客户后 1 个工作日内）")


def test_it_was_not_held_at_an_hour_that_has_not_come(wang: Person) -> None:
    wang.says("周六下午3点")

    assert "还没到" in wang.last().text
    assert "客户同意" not in wang.last().buttons


def test_what_is_somebody_elses_by_now_is_not_asked_to_the_end(zhou: Person, wang: Person) -> None:
    zhou.says("客户 李女士")
    zhou.presses("换设计师")
    zhou.presses("陈静")

    wang.says("刚才")
    assert wang.last().text == "这一步由 陈静 负责，陈静 或者客户经理才能操作。"
    wang.says("取消")

    assert wang.last().text == "现在没有正在填的内容。说“菜单”看看能办什么。"


def test_a_meeting_that_is_to_be_moved_is_moved_from_there(zhou: Person, wang: Person) -> None:
    wang.presses("改约")
    wang.says("周日上午10点")
    wang.presses("确认")

    assert zhou.hears("王磊 改约了：原来 周六 11月28日 15:00，现在 周日 11月29日 10:00")
