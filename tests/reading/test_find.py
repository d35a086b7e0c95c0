"""Times inside sentences typed without spaces, and what only looks like a time."""

from __future__ import annotations

import pytest

from bot.reading import Duration, Misread, Point, find_time
from bot.reading.find import Want
from tests.reading.cases import CALENDAR, FOLDER, NOW, at, span, table

POLITE = {"明天下午吧", "明天。", "就明天吧", "明天下午可以吗", "要周五的"}
READ = [
    row["expression"]
    for row in (*table("time_expressions.tsv"), *table("more_expressions.tsv"))
    if row["kind"] != "misread" and row["expression"] not in POLITE
]
MISFIRES = (FOLDER / "misfires.txt").read_text(encoding="utf-8").splitlines()


def found_in(sentence: str, want: Want = "span") -> str:
    found = find_time(sentence, now=NOW, calendar=CALENDAR, want=want)
    return sentence[found.start : found.end] if found else ""


@pytest.mark.parametrize("sentence", MISFIRES)
def test_ordinary_words_and_numbers_are_no_times(sentence: str) -> None:
    found = find_time(sentence, now=NOW, calendar=CALENDAR)

    assert found is None


@pytest.mark.parametrize(
    ("sentence", "piece"),
    [
        ("我周五下午想请个假，家里有事", "周五下午"),
        ("五一路的客户周六上午来", "周六上午"),  # the road is no holiday
        ("五一放假想回家", "五一放假"),
        ("张国庆明天下午不在", "明天下午"),  # a person's name
        ("5号楼的王姐12月5号上午来", "12月5号上午"),
        ("说明天来量房", "明天"),
        ("三天后天气好再去", "三天后"),
        ("下午3点去看3号楼，周五上午交图", "周五上午"),  # a span is wanted, the point is none
        ("周三和周四都要去工地", "周三和周四"),
        ("每周三开会，我周四休", "周四"),
        ("12月1号到3号去成都", "12月1号到3号"),
        ("明天上午、下午都在锦绣花园", "明天上午、下午"),
        ("今天下午两点到下班去看材料", "今天下午两点到下班"),
        ("客户说下个月15号到18号装修进场", "下个月15号到18号"),
        ("周五周六都有事", "周五周六"),
        ("我２７号下午请假", "２７号下午"),
        ("週五下午家裡有事", "週五下午"),
        ("然后下午去工地", "下午"),
        ("预约3点到4点看方案", "3点到4点"),  # 约 belongs to the word before it
        ("样本周一上午给", "周一上午"),
        ("今天天气不好", "今天"),
    ],
)
def test_the_longest_span_is_found_wherever_it_stands(sentence: str, piece: str) -> None:
    assert found_in(sentence) == piece


def test_the_places_are_those_of_what_was_typed() -> None:
    found = find_time("我２７号下午請假", now=NOW, calendar=CALENDAR)

    assert found is not None
    assert (found.start, found.end) == (1, 6)
    assert found.value == span("2026-11-27 14:00", "2026-11-27 17:30")


def test_of_equally_long_times_the_earliest_is_taken() -> None:
    assert found_in("周五要去，周六也要去") == "周五"


def test_a_day_that_cannot_be_is_found_with_its_question() -> None:
    found = find_time("我2月30号想请假", now=NOW, calendar=CALENDAR)

    assert found is not None
    assert isinstance(found.value, Misread)
    assert (found.start, found.end, found.value.key) == (1, 6, "reading.no_such_day")


def test_a_piece_of_a_time_that_is_asked_back_is_not_taken_for_the_whole() -> None:
    found = find_time("从下周一开始请假", now=NOW, calendar=CALENDAR)

    assert found is not None
    assert isinstance(found.value, Misread)
    assert found.value.key == "reading.open_end"


def test_a_point_is_found_when_a_point_is_wanted() -> None:
    found = find_time("客户明天下午3点来看方案", now=NOW, calendar=CALENDAR, want="point")

    assert found is not None
    assert found.value == Point(at("2026-11-26 15:00"))


def test_now_is_a_point_but_no_span() -> None:
    assert found_in("我现在去锦绣花园", "point") == "现在"
    assert found_in("我现在去锦绣花园") == ""


def test_a_duration_is_found_when_a_duration_is_wanted() -> None:
    found = find_time("需要多等两个半小时", now=NOW, calendar=CALENDAR, want="duration")

    assert found is not None
    assert found.value == Duration(150)


@pytest.mark.parametrize("expression", READ)
def test_whatever_is_read_by_itself_is_found_whole(expression: str) -> None:
    assert found_in(expression, "any") == expression


# Searching each takes a fraction of a second, and minutes where somebody makes it quadratic.
@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("message", "piece"),
    [
        ("周一" * 50_000, "周一" * 7),
        ("1" * 100_000, ""),
        ("一二三四五六" * 17_000, ""),
        (" " * 100_000, ""),
        ("2点到" * 33_000, "2点到2点"),
        ("5、" * 50_000, "5、5、5、5、5、5、5"),
        ("(周五" * 33_000, "周五"),
        ("差" * 100_000, ""),
        ("请" * 100_000, ""),
    ],
    ids=lambda message: message[:4],
)
def test_a_message_of_a_hundred_kilobytes_is_searched_in_a_moment(message: str, piece: str) -> None:
    assert found_in(message) == piece
