"""What holds of all readings: what the texts write is read back, and no text whatever breaks anything."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.reading import (
    Misread,
    Point,
    Span,
    describe,
    find_time,
    leftover,
    match_command,
    read_money,
    read_number,
    read_phone,
    read_span,
    read_time,
    segments,
    without_joining_words,
)
from bot.reading.source import plain
from bot.texts import WEEKDAYS, moment, reading_at
from bot.texts import span as shown_span
from tests.reading.cases import CALENDAR, NOW, ZONE, table

CHARACTERS = (
    "今明后昨大前天周星期礼拜一二三四五六日天上下午早中晚凌晨点半刻分时号月年底初个小时钟到至-~—、，和从起开始请假我想要因为"
    "零两廿十百:：./0123456789（）() 元旦国庆春节差前以内\n🙂%{}'\";"
)
TYPED = st.text(st.sampled_from(CHARACTERS), max_size=40) | st.text(max_size=40)
MINUTES = st.integers(min_value=0, max_value=60 * 24 * 300).map(lambda minutes: NOW + timedelta(minutes=minutes))
ANY_TIME = st.integers(-(10**6), 10**6).map(lambda hours: NOW + timedelta(hours=hours / 10))
FUTURE_DAYS = st.integers(min_value=0, max_value=300).map(lambda days: NOW.date() + timedelta(days=days))
NUMERALS = "零一二三四五六七八九"


def spoken(number: int) -> str:
    """Below a hundred, as people write it in characters."""
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else ("十" if tens == 1 else f"{NUMERALS[tens]}十")
    return f"{lead}{NUMERALS[ones] if ones or not tens else ''}"


def ways(day: date) -> list[str]:
    """Ways to write a day of the coming months."""
    month, number, weekday = day.month, day.day, WEEKDAYS[day.weekday()]
    year = day.year
    full = [
        f"{year}年{month}月{number}日",
        f"{year}-{month:02d}-{number:02d}",
        f"{year}/{month}/{number}",
        f"{year}.{month}.{number}",
        f"{year}{month:02d}{number:02d}",
        f"{year}年{spoken(month)}月{spoken(number)}号",
        f"{year}年{month}月{number}日（周{weekday}）",
        f"周{weekday} {year}年{month}月{number}日",
        f"星期{weekday}（{year}年{month}月{number}号）",
    ]
    short = [
        f"{month}月{number}日",
        f"{month}月{number}号",
        f"{month}月{number}",
        f"{month}/{number}",
        f"{month:02d}-{number:02d}",
        f"{spoken(month)}月{spoken(number)}日",
        f"{month}月{number}日 周{weekday}",
        f"周{weekday}（{month}月{number}日）",
    ]
    return full + short


def clocks(at: datetime) -> list[str]:
    """Ways to write a time of day that say which half of the day it is."""
    hour, minute = at.hour, at.minute
    return [f"{hour:02d}:{minute:02d}", f"{spoken(hour)}点{minute:02d}分" if hour > 6 else f"{hour:02d}：{minute:02d}"]


@settings(max_examples=150, deadline=None)
@given(FUTURE_DAYS)
def test_a_day_is_read_back_from_every_way_of_writing_it(day: date) -> None:
    start = datetime.combine(day, datetime.min.time(), ZONE)
    expected = Span(start, start + timedelta(days=1))

    read = {said: read_time(said, now=NOW, calendar=CALENDAR) for said in ways(day)}

    assert {said: value for said, value in read.items() if value != expected} == {}


@settings(max_examples=150, deadline=None)
@given(MINUTES)
def test_a_moment_is_read_back_from_every_way_of_writing_it(at: datetime) -> None:
    said = [f"{day} {clock}" for day in ways(at.date()) for clock in clocks(at)]

    read = {one: read_time(one, now=NOW, calendar=CALENDAR) for one in said}

    assert {one: value for one, value in read.items() if value != Point(at)} == {}


@settings(max_examples=150, deadline=None)
@given(MINUTES.filter(lambda at: at.hour > 6 or at.hour == 0))
def test_a_moment_as_the_bot_writes_it_is_read_back(at: datetime) -> None:
    with reading_at(NOW, ZONE):
        said = moment(at)

    assert read_time(said, now=NOW, calendar=CALENDAR) == Point(at)


@settings(max_examples=150, deadline=None)
@given(FUTURE_DAYS, st.integers(min_value=0, max_value=20), st.sampled_from([9, 12, 14]), st.sampled_from([10, 17, 24]))
def test_a_span_as_the_bot_writes_it_is_read_back(day: date, days: int, first: int, last: int) -> None:
    start = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(hours=first)
    end = datetime.combine(day + timedelta(days=days + (last <= first)), datetime.min.time(), ZONE)
    value = Span(start, end + timedelta(hours=last))
    with reading_at(NOW, ZONE):
        said = shown_span(value)

    assert read_span(said, now=NOW, calendar=CALENDAR) == value


@settings(max_examples=400, deadline=None)
@given(TYPED, ANY_TIME)
@example("2月30号", NOW)
@example("99999999999999999999天后", NOW)
@example("9999个月后", NOW)
@example("9999周前三天", NOW)
def test_any_text_is_a_time_or_is_asked_back(said: str, now: datetime) -> None:
    fields = describe(said, now=now, calendar=CALENDAR)

    assert fields["text"] == said
    assert fields.get("kind") in ("point", "span", "duration") or str(fields["error"])
    assert fields.get("kind") != "span" or str(fields["start"]) < str(fields["end"])


@settings(max_examples=300, deadline=None)
@given(TYPED)
def test_any_sentence_can_be_searched_and_cut(said: str) -> None:
    found = find_time(said, now=NOW, calendar=CALENDAR)
    match = match_command(said, ("请假", "调休", "我的假"))
    pieces = segments(said)

    assert found is None or 0 <= found.start < found.end <= len(said)
    assert match is None or 0 <= match.start < match.end <= len(said)
    assert all(said[piece.start : piece.end] == piece.text for piece in pieces)
    assert len(leftover(said)) <= len(said)
    assert without_joining_words(said) in said


@settings(max_examples=300, deadline=None)
@given(TYPED | st.text(st.sampled_from(list("0123456789.,+-()万千百十零两元块角 ")), max_size=30))
def test_any_text_is_a_number_a_sum_a_phone_or_is_asked_back(said: str) -> None:
    outcomes = []
    for read in (read_number, read_money, read_phone):
        try:
            outcomes.append(str(read(said)))
        except Misread as error:
            outcomes.append(error.key)

    assert all(outcomes)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(table("more_expressions.tsv")), st.sampled_from(["的会", "见", "x", "客户", "量房", "#"]))
def test_a_time_with_anything_else_behind_it_is_no_time(row: dict[str, str], more: str) -> None:
    fields = describe(row["expression"] + more, now=NOW, calendar=CALENDAR)

    assert "error" in fields


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_the_plain_spelling_keeps_every_place(said: str) -> None:
    assert len(plain(said)) == len(said)
