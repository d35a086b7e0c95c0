"""Meetings as staff call them, with and without spaces, each meeting in the right read-back."""

from __future__ import annotations

import pytest

from tests.chat import StoreAtWork
from tests.chats.steps import CONFIRM

FRIDAY = "周五 11月27日 16:00–17:00"
TOMORROW = "明天（周四 11月26日）"
TODAY = "今天（周三 11月25日）"
DESIGN = "部门会（设计部）"
WHOLE = "会议（全店）"

# What 周敏 types; the meeting, its time and its topic as they are read back.
SENTENCES = [
    ("开会 周五下午4点 设计部 讨论样板间", DESIGN, FRIDAY, "讨论样板间"),
    ("开会周五下午4点设计部讨论样板间", DESIGN, FRIDAY, "讨论样板间"),
    ("周五下午4点设计部开会讨论样板间", DESIGN, FRIDAY, "讨论样板间"),
    ("设计部周五下午四点开会，讨论样板间", DESIGN, FRIDAY, "讨论样板间"),
    ("叫设计部周五下午4点开个会，讨论样板间", DESIGN, FRIDAY, "讨论样板间"),
    ("我想周五16:00开个会 设计部 讨论样板间", DESIGN, FRIDAY, "讨论样板间"),
    ("通知设计部 周五16点 开会 讨论样板间", DESIGN, FRIDAY, "讨论样板间"),
    ("開會 週五下午4點 設計部 討論樣板間", WHOLE, FRIDAY, "設計部 討論樣板間"),
    ("开会，周五下午4点，全店，年底冲刺", WHOLE, FRIDAY, "年底冲刺"),
    ("周五下午4点全体开会，年底冲刺", WHOLE, FRIDAY, "年底冲刺"),
    ("开会 周五下午4点 年底冲刺", WHOLE, FRIDAY, "年底冲刺"),
    ("开会 周五下午4点到5点半 全店 年底冲刺", WHOLE, "周五 11月27日 16:00–17:30", "年底冲刺"),
    ("开会 周五下午4点 半小时 全店 年底冲刺", WHOLE, "周五 11月27日 16:00–16:30", "年底冲刺"),
    ("开会 周五下午4点 全店 45分钟 年底冲刺", WHOLE, "周五 11月27日 16:00–16:45", "年底冲刺"),
    (
        "开会 明天9点半 陈静、赵倩 对一下锦绣花园报价",
        "会议（陈静、赵倩）",
        f"{TOMORROW}9:30–10:30",
        "对一下锦绣花园报价",
    ),
    ("和陈静赵倩明天上午9点半开会，对报价", "会议（陈静、赵倩）", f"{TOMORROW}9:30–10:30", "对报价"),
    ("开会 下周一9点 设计师、预算员 报价流程", "会议（设计师、预算员）", "周一 11月30日 9:00–10:00", "报价流程"),
    ("开会 后天上午10点 工程部和赵倩 工地安全", "会议（工程部、赵倩）", "周五 11月27日 10:00–11:00", "工地安全"),
    ("开会 周五下午4点 设计部 讨论王磊的方案", DESIGN, FRIDAY, "讨论王磊的方案"),
    ("开会 周五下午4点 讨论王磊的方案", WHOLE, FRIDAY, "讨论王磊的方案"),
    ("开会 11月30日 15:00 项目经理 巡检安排", "会议（项目经理）", "周一 11月30日 15:00–16:00", "巡检安排"),
    ("开会 周五下午4点 二楼会议室 设计部 讨论样板间", DESIGN, f"{FRIDAY} · 二楼会议室", "讨论样板间"),
    ("周五下午4点设计部在小会议室开会，讨论样板间", DESIGN, f"{FRIDAY} · 小会议室", "讨论样板间"),
    ("开会 10分钟后 全店 客户投诉", WHOLE, f"{TODAY}10:10–11:10", "客户投诉"),
    ("周五下午4点设计部开会讨论现代风格", DESIGN, FRIDAY, "讨论现代风格"),
    ("部门会 周五下午4点 工程部 安全检查", "部门会（工程部）", FRIDAY, "安全检查"),
    ("开个部门会 周五下午4点 工程部 安全检查", "部门会（工程部）", FRIDAY, "安全检查"),
    ("周会 周五下午4点 年底冲刺", "周会", FRIDAY, "年底冲刺"),
    ("召开会议 周五下午4点 全店 年底冲刺", WHOLE, FRIDAY, "年底冲刺"),
    ("早会 明天8点半 今天的量房", "早会（全店）", f"{TOMORROW}8:30–9:30", "今天的量房"),
    ("临时会议 下午3点 全店 客户投诉", WHOLE, f"{TODAY}15:00–16:00", "客户投诉"),
]


@pytest.mark.parametrize(("sentence", "what", "when", "topic"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_one_sentence_goes_straight_to_the_read_back(
    long_day: StoreAtWork, sentence: str, what: str, when: str, topic: str
) -> None:
    zhou = long_day.person("zhou")
    zhou.says("取消")

    zhou.says(sentence)

    first, people, span, details, *_ = zhou.last().text.split("\n")
    assert first == "开会，对吗？"
    assert people.startswith(f"{what} · ")
    assert (span, details) == (when, f"议题：{topic}")
    assert list(zhou.last().buttons) == CONFIRM


# Meetings without a time are now; no topic is asked for.
AT_ONCE = ["早会", "现在开会", "开会 现在 全店", "临时会议", "临时开个会", "马上开会 全店"]


@pytest.mark.parametrize("sentence", AT_ONCE)
def test_a_morning_meeting_is_now(long_day: StoreAtWork, sentence: str) -> None:
    zhou = long_day.person("zhou")
    zhou.says("取消")

    zhou.says(sentence)

    assert zhou.last().text.startswith("现在开会，对吗？\n")
    assert f"（全店） · 7 人\n{TODAY}10:0" in zhou.last().text


# What 周敏 says, and what she is asked or told.
ASKED = [
    ("开会", "什么时候开？"),
    ("开会 明天上午 设计部 讨论样板间", "明天（周四 11月26日）几点开？"),
    ("开会 周五 设计部 讨论样板间", "周五 11月27日几点开？"),
    ("开会 周五下午4点 设计部", "讨论什么？"),
    ("开会 昨天9点 设计部 讨论样板间", "昨天（周二 11月24日）9:00 已经过了，请换个时间。"),
    ("开会 今天9点 设计部 讨论样板间", "今天（周三 11月25日）9:00 已经过了，请换个时间。"),
    ("开会 2月30号9点 设计部 讨论样板间", "2 月没有 30 号。"),
    ("开会 下周 设计部 讨论样板间", "不止一天，请说是哪一天几点。"),
    ("周五几点开会？", "接下来没有会。"),
    ("会议", "接下来没有会。"),
    ("周会", "现在没有安排周会。"),
    ("纪要", "还没有您参加的会议纪要。"),
    ("我的行动项", "您现在没有没做完的行动项。"),
    ("点名", "最近三天没有您主持的会。"),
    ("加议题 展厅太暗", "接下来没有会。"),
    ("行动项 王磊 周五前 出方案", "最近三天没有您主持的会。"),
    ("取消会议", "接下来没有归您管的会。"),
    # Other things are meant by these.
    ("家里要开会，周五下午请假", "您不在的时候谁代班？"),
    ("下午两点去客户家开会", "您是想："),
    ("我明早会晚点到", "您是想："),
]


@pytest.mark.parametrize(("sentence", "answer"), ASKED, ids=[row[0] for row in ASKED])
def test_what_is_missing_is_asked_and_what_cannot_be_is_said(long_day: StoreAtWork, sentence: str, answer: str) -> None:
    zhou = long_day.person("zhou")
    zhou.says("取消")

    zhou.says(sentence)

    assert answer in zhou.last().text


def test_the_hour_is_meant_in_the_part_of_the_day_that_was_said(long_day: StoreAtWork) -> None:
    zhou = long_day.person("zhou")
    zhou.says("取消")
    zhou.says("开会 周五下午 设计部 讨论样板间")

    zhou.says("4点")

    assert FRIDAY in zhou.last().text


def test_an_hour_typed_at_the_read_back_is_one_of_the_same_day(long_day: StoreAtWork) -> None:
    zhou = long_day.person("zhou")
    zhou.says("取消")
    zhou.says("开会 周五下午4点 设计部 讨论样板间")

    zhou.says("改到5点")

    assert "周五 11月27日 17:00–18:00" in zhou.last().text


def test_the_table_has_more_than_twenty_five_sentences_a_quarter_of_them_without_spaces() -> None:
    typed = {row[0] for row in SENTENCES}

    assert len(typed) == len(SENTENCES) >= 25
    assert len([one for one in typed if " " not in one]) >= 8
