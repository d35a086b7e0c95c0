"""Punches that company business prevents: told in advance or late, phoned or not, once a half day (HANDBOOK A12)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import DEMO_STORE
from storage.leave import Half
from tests.chat import Person, StoreAtWork, store_at_work
from tests.chats.out_steps import GROUP, at, can_press, press_again, punches, the_card
from tests.chats.steps import CONFIRM, asks, verbs

TOLD = "打不了卡 明天上午 去工地交底 没打"
THURSDAY = "周四 11月26日"
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


@pytest.mark.parametrize(("sentence", "halves", "why"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_one_sentence_goes_straight_to_the_read_back(
    long_day: StoreAtWork, sentence: str, halves: list[str], why: str
) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says(sentence)

    assert wang.last().text.split("\n") == ["打不了卡，对吗？", *halves, f"公事：{why}"]
    assert list(wang.last().buttons) == CONFIRM


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("打不了卡", "哪个半天打不了卡？"),
        ("打不了卡 明天上午", "什么公事打不了卡？"),
        ("打不了卡 明天上午 去工地交底", "给前台打过电话吗？"),
        ("打不了卡 元旦 去工地", "店里不上班，不用打卡"),
        ("打不了卡 今晚 加班", "店里不上班，不用打卡"),
        ("打不了卡 明天到周日 出差", "一次最多说两天"),
        ("打不了卡 11月1日 出差", "过去太久了"),
        ("打不了卡 2月30号 出差", "2 月没有 30 号"),
    ],
)
def test_what_is_missing_or_cannot_be_is_asked(long_day: StoreAtWork, sentence: str, asked: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says(sentence)

    assert asked in wang.last().text
    assert "取消" in wang.last().buttons


def test_told_in_advance_the_front_desk_hears_it_and_nothing_is_marked(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    asks(wang, TOLD)

    assert wang.hears(f"✅ 记下了：{THURSDAY} 上午打不了卡。前台知道了。", buttons=["撤回"])
    assert zhou.hears(f"王磊 {THURSDAY} 上午 因公打不了卡：去工地交底\n没打电话", buttons=[])
    assert liu.sees() == []
    assert [(one.half, one.phoned, one.late) for one in punches(store)] == [(Half.MORNING, False, False)]
    assert verbs(store) == ["missed_punch.told"]


def test_told_after_the_session_began_it_is_marked_as_late(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    wang.says("打不了卡 今天上午 去工地交底 打过")

    assert "⚠ 已经开始上班，会注明晚说" in wang.last().text

    wang.presses("确认")

    assert [one.late for one in punches(store)] == [True]
    assert zhou.hears("打过电话 · ⚠ 上班后才说的")


@pytest.mark.parametrize(("moment", "late"), [("13:59", False), ("14:00", True)])
def test_it_is_late_from_the_minute_when_the_session_begins(
    store: StoreAtWork, wang: Person, moment: str, late: bool
) -> None:
    store.move_to(at(moment))

    asks(wang, "打不了卡 今天下午 去工地交底 打过")

    assert [one.late for one in punches(store)] == [late]


def test_of_a_day_that_has_begun_only_the_morning_is_late(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "打不了卡 今天 去工地交底 打过")

    assert [(one.half, one.late) for one in punches(store)] == [(Half.MORNING, True), (Half.AFTERNOON, False)]
    assert wang.hears("周三 11月25日 上午等 2 个半天打不了卡")
    assert len(zhou.heard("因公打不了卡")) == 2


def test_yesterday_can_still_be_told_late(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "打不了卡 昨天下午 送客户 打过")

    assert [(one.day.isoformat(), one.late) for one in punches(store)] == [("2026-11-24", True)]


def test_a_half_day_is_told_once(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, TOLD)

    wang.says("打不了卡 明天上午 又要去 没打")

    assert "已经说过了，不用再说" in wang.last().text
    assert len(punches(store)) == 1
    assert len(zhou.heard("因公打不了卡")) == 1


def test_of_a_whole_day_only_the_half_that_is_new_is_told(store: StoreAtWork, wang: Person) -> None:
    asks(wang, TOLD)

    wang.says("打不了卡 明天 去工地 没打")

    assert wang.last().text.split("\n")[1:] == [f"{THURSDAY} 下午", "公事：去工地 · 没打电话"]

    wang.presses("确认")

    assert [one.half for one in punches(store)] == [Half.MORNING, Half.AFTERNOON]


def test_the_read_back_confirmed_twice_is_one_notice(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    wang.says(TOLD)
    card = wang.last()
    press_again(wang, card, "确认")

    press_again(wang, card, "确认")

    assert len(punches(store)) == 1
    assert len(zhou.heard("因公打不了卡")) == 1


def test_it_is_taken_back_once_and_the_front_desk_hears_it(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, TOLD)
    card = the_card(wang, "撤回")
    press_again(wang, card, "撤回")

    assert wang.last().text == f"好，撤回了：{THURSDAY} 上午 照常打卡。"
    assert zhou.hears(f"王磊 {THURSDAY} 上午 可以打卡了，之前的说明撤回。")
    assert zhou.hears(f"王磊 {THURSDAY} 上午 打不了卡的说明已撤回。", buttons=[])

    press_again(wang, card, "撤回")

    assert wang.last().text == "这条说明已经撤回了。"
    assert len(zhou.heard("可以打卡了")) == 1
    assert verbs(store) == ["missed_punch.told", "missed_punch.taken_back"]


def test_what_was_taken_back_is_kept_and_can_be_told_again(store: StoreAtWork, wang: Person) -> None:
    asks(wang, TOLD)
    wang.presses("撤回")

    asks(wang, TOLD)

    assert [one.taken_back_at is None for one in punches(store)] == [False, True]


def test_a_notice_that_was_taken_back_does_not_turn_into_a_colleagues(
    store: StoreAtWork, wang: Person, chen: Person, zhou: Person
) -> None:
    asks(wang, TOLD)
    wang.presses("撤回")

    asks(chen, "打不了卡 明天下午 送样品 没打")
    chen.presses("撤回")

    assert len(zhou.heard(f"王磊 {THURSDAY} 上午 打不了卡的说明已撤回")) == 1
    assert "送样品" not in wang.transcript()
    assert "撤回" not in can_press(wang)


def test_where_the_chat_is_not_enough_the_person_is_asked_to_call(sqlite_url: str, tmp_path: Path) -> None:
    toml = DEMO_STORE.read_text("utf-8").replace("chat_is_enough = true", "chat_is_enough = false")

    with store_at_work(sqlite_url, tmp_path, toml=toml) as store:
        wang = store.person("wang")
        asks(wang, TOLD)

        assert "店里规定还要给前台打个电话，请补一个。" in wang.last().text

        asks(wang, "打不了卡 明天下午 去工地交底 打过")

        assert "请补一个" not in wang.last().text


def test_where_the_chat_is_enough_nobody_is_asked_to_call(wang: Person) -> None:
    asks(wang, TOLD)

    assert "打个电话" not in wang.last().text


def test_the_client_managers_own_notice_goes_to_the_gm_office(zhou: Person, liu: Person) -> None:
    asks(zhou, TOLD)

    assert liu.hears(f"周敏 {THURSDAY} 上午 因公打不了卡")


def test_a_manager_tells_it_for_a_colleague_who_hears_it_and_can_take_it_back(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    zhou.says("王磊打不了卡 明天上午 去工地交底 打过")

    assert zhou.last().text.startswith("代 王磊 登记打不了卡，对吗？")

    zhou.presses("确认")

    assert wang.hears(
        f"周敏 替您说了：{THURSDAY} 上午 因公打不了卡（去工地交底）。不对的话请按“撤回”。", buttons=["撤回"]
    )
    assert zhou.heard("因公打不了卡") == []
    wang.presses("撤回")
    assert zhou.hears(f"王磊 {THURSDAY} 上午 可以打卡了")
    assert [one.taken_back_at is not None for one in punches(store)] == [True]


def test_it_is_nothing_for_the_group(store: StoreAtWork, wang: Person) -> None:
    asks(wang, TOLD)
    store.move_to(at("11-26 18:00"))

    assert wang.sees(chat=GROUP) == []
