"""Notices of missed punches are nobody else's to take back, and take any words (HANDBOOK A12)."""

from __future__ import annotations

import pytest

from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import punches
from tests.chats.steps import asks, not_done, open_other_store, verbs
from tests.chats.test_hostile import NASTY, SHAPES, is_shown_escaped

TOLD = "打不了卡 明天上午 去工地交底 没打"
THURSDAY = "周四 11月26日"
SHOWN = ["script", "entity", "jinja block", "sql", "format", "emoji", "combining", "json"]
FORGED = "这个按钮用不了，请看最新的消息，或者说“菜单”。"

# sentence, half days, reason, phoned
SENTENCES = [
    ("打不了卡 明天上午 去工地交底 没打", [f"{THURSDAY} 上午"], "去工地交底 · 没打电话"),
    ("打不了卡 明天上午 去工地交底 打过电话了", [f"{THURSDAY} 上午"], "去工地交底 · 打过电话"),
    ("打不了卡，明天上午，去工地交底，打电话说了", [f"{THURSDAY} 上午"], "去工地交底 · 打过电话"),
    ("明天上午打不了卡 去工地交底 没打电话", [f"{THURSDAY} 上午"], "去工地交底 · 没打电话"),
    ("我明天早上直接去工地，不能打卡，打过", [f"{THURSDAY} 上午"], "直接去工地 · 打过电话"),
    ("打不了卡 明天 去工地交底 打过电话", [f"{THURSDAY} 上午", f"{THURSDAY} 下午"], "去工地交底 · 打过电话"),
    ("打不了卡 明天8点到10点 去工地 打过", [f"{THURSDAY} 上午"], "去工地 · 打过电话"),
    (
        "打不了卡 周四下午到周五上午 出差 打过",
        [f"{THURSDAY} 下午", "周五 11月27日 上午"],
        "出差 · 打过电话",
    ),
]


@pytest.mark.parametrize("who", ["chen", "zhou", "liu"])
def test_nobody_takes_back_a_colleagues_notice(store: StoreAtWork, wang: Person, who: str) -> None:
    asks(wang, TOLD)
    other = store.person(who)
    other.says("菜单")

    other.sends_press(other.last().id, "missed_punch:take_back:1")

    assert other.last().text == "这是别人的说明，您改不了。"
    assert verbs(store)[-1] == "missed_punch.not_allowed"
    assert [one.taken_back_at for one in punches(store)] == [None]


def test_another_stores_notice_is_as_good_as_none(store: StoreAtWork, wang: Person) -> None:
    open_other_store(store)
    feng = store.person("feng")
    asks(wang, TOLD)
    feng.says("菜单")

    feng.sends_press(feng.last().id, "missed_punch:take_back:1")

    assert feng.last().text == FORGED
    assert [one.taken_back_at for one in punches(store)] == [None]


@pytest.mark.parametrize("number", ["0", "999", "-1", "１", "1e3", "99999999999999999999", "", "1 OR 1=1"])
def test_a_forged_number_changes_nothing(long_day: StoreAtWork, number: str) -> None:
    wang, parked = long_day.person("wang"), not_done(long_day)
    wang.says("菜单")

    wang.sends_press(wang.last().id, f"missed_punch:take_back:{number}")

    assert wang.last().text == FORGED
    assert not_done(long_day) == parked


@pytest.mark.parametrize("said", [NASTY[name] for name in SHOWN], ids=SHOWN)
def test_a_reason_is_shown_as_it_was_typed(long_day: StoreAtWork, said: str) -> None:
    chen, parked = long_day.person("chen"), not_done(long_day)
    chen.says("取消")
    chen.says("打不了卡 明天上午")
    chen.says(said)
    chen.presses("没打")

    assert chen.last().text.endswith(f"公事：{said} · 没打电话")
    assert is_shown_escaped(long_day, "chen", said)
    assert not_done(long_day) == parked


@pytest.mark.parametrize("said", SHAPES.values(), ids=SHAPES)
def test_a_notice_of_any_shape_is_answered(long_day: StoreAtWork, said: str) -> None:
    sun, parked = long_day.person("sun"), not_done(long_day)
    sun.says("取消")

    sun.says(f"打不了卡 {said}"[:40_000])

    assert not_done(long_day) == parked
    assert sun.last().sender == "bot"
    assert len(sun.last().text) < 1_000


@pytest.mark.parametrize("name", ["script", "jinja"])
def test_a_hostile_reason_reaches_the_front_desk_escaped(
    store: StoreAtWork, wang: Person, zhou: Person, name: str
) -> None:
    said = NASTY[name]
    wang.says("打不了卡 明天上午")
    wang.says(said)
    wang.presses("没打")
    wang.presses("确认")

    assert [one.reason for one in punches(store)] == [said]
    assert is_shown_escaped(store, "zhou", said)
