"""Outings as staff type them, each meeting in the right read-back, or in the one question that is still open."""

from __future__ import annotations

import pytest

from tests.chat import StoreAtWork
from tests.chats.steps import CONFIRM, asks

TODAY = "今天（周三 11月25日）"
TOMORROW = "明天（周四 11月26日）"
TWO_TO_FOUR = f"{TODAY}14:00–16:00"
ESTATE = "锦绣花园 · 量房"

# sentence, place and matter as read back, span; it is Wednesday 25 November, 10:00.
SENTENCES = [
    ("外出 锦绣花园量房 下午两点到四点", ESTATE, TWO_TO_FOUR),
    ("外出锦绣花园量房下午两点到四点", ESTATE, TWO_TO_FOUR),
    ("下午两点到四点外出 锦绣花园量房", ESTATE, TWO_TO_FOUR),
    ("我下午2点到4点去锦绣花园量房，外出", ESTATE, TWO_TO_FOUR),
    ("外出 下午2点到4点 锦绣花园 量房", ESTATE, TWO_TO_FOUR),
    ("外出，下午两点到四点，锦绣花园，量房", ESTATE, TWO_TO_FOUR),
    ("外出：锦绣花园量房，14点至16点", ESTATE, TWO_TO_FOUR),
    ("外出去锦绣花园量房下午两点到四点", ESTATE, TWO_TO_FOUR),
    ("外出 到锦绣花园量房 14:00-16:00", ESTATE, TWO_TO_FOUR),
    ("王磊外出 锦绣花园量房 下午两点到四点", ESTATE, TWO_TO_FOUR),  # people speak of themselves like this
    ("外出 锦绣花园 量房 两点到四点 可以吗", ESTATE, TWO_TO_FOUR),  # polite, no question
    ("外出 2点-4点 锦绣花园3栋502 量房", "锦绣花园3栋502 · 量房", TWO_TO_FOUR),
    ("外出 14点到16点半 到锦绣花园看工地", "锦绣花园 · 看工地", f"{TODAY}14:00–16:30"),
    # a length from now, or until when
    ("外出 现在就走两小时 锦绣花园 量房", ESTATE, f"{TODAY}10:00–12:00"),
    ("外出现在就走两小时锦绣花园量房", ESTATE, f"{TODAY}10:00–12:00"),
    ("我出去两个小时，去锦绣花园量房", ESTATE, f"{TODAY}10:00–12:00"),
    ("出去一下，去建材市场看材料，一个小时", "建材市场 · 看材料", f"{TODAY}10:00–11:00"),
    ("出去 见客户 星巴克 到11点半", "星巴克 · 见客户", f"{TODAY}10:00–11:30"),
    ("外出 锦绣花园 量房 到四点", ESTATE, f"{TODAY}10:00–16:00"),
    ("外出到锦绣花园量房到四点", ESTATE, f"{TODAY}10:00–16:00"),
    ("外出锦绣花园量房四点回来", ESTATE, f"{TODAY}10:00–16:00"),
    ("外出 锦绣花园 量房 下午四点前回来", ESTATE, f"{TODAY}10:00–16:00"),
    ("现在去锦绣花园量房，大概四点回来，外出", ESTATE, f"{TODAY}10:00–16:00"),
    ("外出锦绣花园量房，马上走，四点回来", ESTATE, f"{TODAY}10:00–16:00"),
    ("外出半天 锦绣花园 量房", ESTATE, f"{TODAY}10:00–15:15"),  # half a working day
    ("外出一天 锦绣花园 量房", ESTATE, f"{TODAY}10:00–17:30"),
    # parts of days, and days
    ("外出 今天下午 锦绣花园 量房", ESTATE, f"{TODAY}14:00–17:30"),
    ("外出 上午 锦绣花园 量房", ESTATE, f"{TODAY}10:00–12:00"),  # what is left of it
    ("外出 今晚 锦绣花园 见客户", "锦绣花园 · 见客户", f"{TODAY}17:30–24:00"),
    ("外出 明天上午 锦绣花园 量房", ESTATE, f"{TOMORROW}9:00–12:00"),
    ("外出 明天 锦绣花园 量房", ESTATE, f"{TOMORROW}9:00–17:30"),
    ("周五上午要出外勤，锦绣花园交底", "锦绣花园 · 交底", "周五 11月27日 9:00–12:00"),
    ("外出 明后两天 成都路 培训", "成都路 · 培训", "周四 11月26日 9:00 至 周五 11月27日 17:30"),
    # the matter in front, behind, in the middle; one that nobody knows; a customer's name belongs to it
    ("外出 量房锦绣花园 下午两点到四点", ESTATE, TWO_TO_FOUR),
    ("外出 量房 下午两点到四点 锦绣花园", ESTATE, TWO_TO_FOUR),
    ("外出 锦绣花园 接孩子 下午两点到四点", "锦绣花园 · 接孩子", TWO_TO_FOUR),
    ("外出 锦绣花园量房顺便送图纸 下午两点到四点", "锦绣花园 · 量房顺便送图纸", TWO_TO_FOUR),
    ("外出 锦绣花园 14:00~16:00 见客户张先生", "锦绣花园 · 见客户张先生", TWO_TO_FOUR),
    ("外出 见客户张先生 锦绣花园 两点到四点", "锦绣花园 · 见客户张先生", TWO_TO_FOUR),
    ("外出 锦绣花园量房 李女士 两点到四点", "锦绣花园 · 量房 李女士", TWO_TO_FOUR),
    ("外出 培训中心 见客户 两点到四点", "培训中心 · 见客户", TWO_TO_FOUR),
    # phone numbers stay with the person's own words
    ("外出 李女士家13800000009 量房 两点到四点", "李女士家13800000009 · 量房", TWO_TO_FOUR),
    ("外出 锦绣花园 量房13800000009 两点到四点", "锦绣花园 · 量房13800000009", TWO_TO_FOUR),
]

# sentence, what is asked then
OPEN = [
    ("外出 锦绣花园 量房", "从几点到几点？"),
    ("外出", "从几点到几点？"),
    ("出去一会儿", "“一会儿”定不下来"),
    ("外出 锦绣花园 一会儿", "“一会儿”定不下来"),
    ("外出 下午三点 锦绣花园", "15:00 到几点？"),
    ("外出 下午两点到四点", "去哪里？"),
    ("外出 下午两点到四点 量房", "去哪里？"),
    ("外出 锦绣花园 下午两点到四点", "去办什么事"),
    ("外出 锦绣花园量房 昨天下午", "已经过了"),
    ("外出 锦绣花园量房 2月30号", "2 月没有 30 号"),
]

QUESTIONS = ["外出要批吗？", "外出怎么登记？", "外出吗", "怎么登记外出?"]


@pytest.mark.parametrize(("sentence", "what", "when"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_one_sentence_goes_straight_to_the_read_back(
    long_day: StoreAtWork, sentence: str, what: str, when: str
) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says(sentence)

    assert wang.last().text == f"外出，对吗？\n王磊 · {what}\n{when}"
    assert list(wang.last().buttons) == CONFIRM


@pytest.mark.parametrize(("sentence", "asked"), OPEN, ids=[row[0] for row in OPEN])
def test_what_is_missing_is_asked(long_day: StoreAtWork, sentence: str, asked: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says(sentence)

    assert asked in wang.last().text
    assert "取消" in wang.last().buttons


@pytest.mark.parametrize("sentence", QUESTIONS)
def test_a_question_is_answered_and_is_no_outing(long_day: StoreAtWork, sentence: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says(sentence)

    assert wang.last().text.startswith("外出不用批")
    assert "外出" in wang.last().buttons


@pytest.mark.parametrize(
    ("answer", "when"),
    [
        ("两小时", f"{TODAY}10:00–12:00"),
        ("现在就走两小时", f"{TODAY}10:00–12:00"),
        ("两点到四点", TWO_TO_FOUR),
        ("到四点", f"{TODAY}10:00–16:00"),
        ("四点回来", f"{TODAY}10:00–16:00"),
        ("明天", f"{TOMORROW}9:00–17:30"),
    ],
)
def test_the_question_when_is_answered_by_typing(long_day: StoreAtWork, answer: str, when: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("外出 锦绣花园 量房")

    wang.says(answer)

    assert wang.last().text == f"外出，对吗？\n王磊 · {ESTATE}\n{when}"


@pytest.mark.parametrize(
    ("label", "when"), [("1 小时", "10:00–11:00"), ("2 小时", "10:00–12:00"), ("到下班", "10:00–17:30")]
)
def test_the_question_when_is_answered_by_button(long_day: StoreAtWork, label: str, when: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("外出 锦绣花园 量房")

    wang.presses(label)

    assert wang.last().text.endswith(f"{TODAY}{when}")


@pytest.mark.parametrize(("answer", "kept"), [("量房", " · 量房"), ("接李女士", " · 接李女士"), ("跳过", "")])
def test_the_matter_is_told_or_skipped(long_day: StoreAtWork, answer: str, kept: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("外出 锦绣花园 下午两点到四点")

    wang.says(answer)

    assert wang.last().text == f"外出，对吗？\n王磊 · 锦绣花园{kept}\n{TWO_TO_FOUR}"


def test_a_time_typed_at_the_read_back_corrects_the_time(long_day: StoreAtWork) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("外出 锦绣花园量房 下午两点到四点")

    wang.says("改成三点到五点")

    assert wang.last().text.endswith(f"{TODAY}15:00–17:00")


def test_a_wrong_cut_costs_one_press(long_day: StoreAtWork) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("外出 锦绣花园接孩子 下午两点到四点")
    wang.says("跳过")

    wang.presses("修改")
    wang.presses("去哪里")
    wang.says("锦绣花园")

    assert wang.last().text == f"外出，对吗？\n王磊 · 锦绣花园\n{TWO_TO_FOUR}"


def test_a_manager_names_the_colleague_before_the_word(long_day: StoreAtWork) -> None:
    zhou = long_day.person("zhou")
    zhou.says("取消")

    zhou.says("王磊外出 锦绣花园量房 下午两点到四点")

    assert zhou.last().text == f"代 王磊 登记外出，对吗？\n王磊 · {ESTATE}\n{TWO_TO_FOUR}"


def test_a_line_in_the_group_is_read_back_in_private(long_day: StoreAtWork) -> None:
    chen = long_day.person("chen")

    chen.says("@前台 外出 锦绣花园量房 下午两点到四点", chat="store")

    assert chen.last().text == f"外出，对吗？\n陈静 · {ESTATE}\n{TWO_TO_FOUR}"
    assert "量房" not in chen.last(chat="store").text
    chen.says("取消")


def test_the_table_has_more_than_thirty_sentences_a_third_of_them_without_spaces() -> None:
    typed = {row[0] for row in SENTENCES}

    assert len(typed) == len(SENTENCES) >= 40
    assert len([one for one in typed if " " not in one]) >= 12


def test_what_was_read_back_is_what_is_kept(long_day: StoreAtWork) -> None:
    zhao = long_day.person("zhao")

    asks(zhao, "外出 税务局办事 11点到12点")

    assert zhao.last().text.startswith(f"✅ 登记好了：税务局 · 办事，{TODAY}11:00–12:00。")
