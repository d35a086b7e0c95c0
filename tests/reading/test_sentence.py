"""Sentences as staff type them: the command word, the time and what is left of each."""

from __future__ import annotations

import pytest

from bot.reading import Misread, Span, find_time, leftover, match_command, segments, without_joining_words
from tests.reading.cases import CALENDAR, NOW, table

COMMANDS = ("请假", "休假", "调休", "外出")
SENTENCES = table("sentences.tsv")


def outcome(value: object) -> tuple[str, str]:
    if isinstance(value, Misread):
        return value.key.removeprefix("reading."), ""
    assert isinstance(value, Span)
    return f"{value.start:%Y-%m-%d %H:%M}", f"{value.end:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("row", SENTENCES, ids=[row["sentence"] for row in SENTENCES])
def test_one_line_gives_the_command_the_time_and_the_reason(row: dict[str, str]) -> None:
    match = match_command(row["sentence"], COMMANDS)
    rest = match.rest if match else row["sentence"]
    found = find_time(rest, now=NOW, calendar=CALENDAR)
    left = leftover(rest, (found.start, found.end)) if found else leftover(rest)

    assert (match.word if match else "") == row["command"]
    assert (outcome(found.value) if found else ("", "")) == (row["start"], row["end"])
    assert left == row["left"]


def test_the_table_of_sentences_is_large_and_has_sentences_without_spaces() -> None:
    typed = [row["sentence"] for row in SENTENCES]

    assert len(set(typed)) == len(typed) >= 60
    assert len([one for one in typed if " " not in one]) >= 30


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("请假 周五下午 家里有事", ["请假", "周五下午", "家里有事"]),
        ("请假，周五下午、家里有事；急", ["请假", "周五下午", "家里有事", "急"]),
        ("请假,周五下午;家里有事\n急", ["请假", "周五下午", "家里有事", "急"]),
        ("请假　周五", ["请假", "周五"]),  # the wide space
        ("定金 1,200元", ["定金", "1,200元"]),  # a comma inside a number
        ("1,2,3", ["1", "2", "3"]),
        ("  ，， ", []),
        ("", []),
    ],
)
def test_a_line_is_cut_at_spaces_and_commas(line: str, pieces: list[str]) -> None:
    cut = segments(line)

    assert [segment.text for segment in cut] == pieces
    assert all(line[segment.start : segment.end] == segment.text for segment in cut)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("因为家里有事", "家里有事"),
        ("由于孩子发烧所以想", "孩子发烧"),
        ("我想", ""),
        ("我", ""),
        ("我想要", ""),
        ("所以我要去医院", "去医院"),
        ("家里有事要", "家里有事"),
        ("家里有事，谢谢", "家里有事"),
        ("家里有事吧", "家里有事"),
        ("个人原因", "个人原因"),  # 个 belongs to the word
        ("我妈住院", "我妈住院"),  # and so does 我
        ("在家带孩子", "在家带孩子"),
        ("就医", "就医"),
        ("要紧事", "要紧事"),
        ("想念家人", "想念家人"),
        ("这件事很重要", "这件事很重要"),
        ("处理交通事故", "处理交通事故"),
        ("请了吧在个", ""),
    ],
)
def test_joining_words_fall_away_at_the_edges_only(said: str, left: str) -> None:
    assert without_joining_words(said) == left


@pytest.mark.parametrize(
    ("line", "word", "rest"),
    [
        ("请个假", "请假", ""),
        ("请两天假", "请假", "两天"),
        ("我想请半天的假", "请假", "半天"),
        ("请了一天假", "请假", "一天"),
        ("请个半天假", "请假", "半天"),
        ("请病假 明天", "请假", "病假 明天"),
        ("请三天婚假", "请假", "婚假 三天"),
        ("請個假", "请假", ""),
        ("外出 客户想看请假单", "外出", "客户想看请假单"),  # the line's first word wins
        ("我的假", "我的假", ""),
        ("看看我的假", "我的假", "看看"),
        ("/请假 周五", "请假", "周五"),
        ("请领导批假", None, None),  # not every 请 and 假 are one word
        ("请问放假吗", None, None),
        ("", None, None),
    ],
)
def test_the_command_word_is_found_whole_or_apart(line: str, word: str | None, rest: str | None) -> None:
    match = match_command(line, (*COMMANDS, "我的假"))

    assert (match and match.word, match and match.rest) == (word, rest)


def test_the_longest_command_word_wins_inside_a_line() -> None:
    match = match_command("想看看我的请假申请", ("请假", "请假申请"))

    assert match is not None
    assert (match.word, match.start, match.end) == ("请假申请", 5, 9)


def test_the_ranges_taken_are_cut_out_of_what_is_left() -> None:
    line = "周五下午 王磊 家里有事"

    assert leftover(line, (0, 4), (5, 7)) == "家里有事"
