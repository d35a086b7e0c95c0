"""Times as the store's people type them, each read right or asked back; never half read."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.reading import Duration, Misread, Point, check_future, clip_to_now, describe, is_past, read_span, read_time
from bot.reading.values import OfficeHours
from bot.rules.calendar import Calendar, CalendarRules
from bot.texts import keys, plain, reading_at, text
from tests.reading.cases import CALENDAR, NOW, ZONE, at, read, span, table

GIVEN = table("time_expressions.tsv")
MORE = table("more_expressions.tsv")
SUMMER = datetime(2026, 7, 8, 10, 0, tzinfo=ZONE)


def sentence(error: Misread, now: datetime = NOW) -> str:
    with reading_at(now, ZONE):
        return plain(str(text(error.key, **error.values)))


def misread(said: str) -> Misread:
    with pytest.raises(Misread) as caught:
        read_span(said, now=NOW, calendar=CALENDAR)
    return caught.value


@pytest.mark.parametrize("row", GIVEN, ids=[row["expression"] for row in GIVEN])
def test_what_staff_type_for_times_is_read_as_the_store_agreed(row: dict[str, str]) -> None:
    value = read_time(row["expression"], now=NOW, calendar=CALENDAR)

    fields = describe(row["expression"], now=NOW, calendar=CALENDAR)
    end = str(value.minutes) if isinstance(value, Duration) else fields["end"] or ""
    assert (fields["kind"], fields["start"] or "", end) == (
        row["kind"],
        row["expected_start"],
        row["expected_end_or_minutes"],
    )


@pytest.mark.parametrize("row", MORE, ids=[row["expression"] for row in MORE])
def test_many_other_ways_of_saying_a_time_are_read_or_asked_back(row: dict[str, str]) -> None:
    outcome = read(row["expression"])

    assert outcome == (row["kind"], row["start"], row["end"])


def test_the_table_of_further_expressions_is_large() -> None:
    expressions = {row["expression"] for row in MORE}

    assert len(expressions) == len(MORE) >= 250


@pytest.mark.parametrize(
    ("said", "kind", "start", "end"),
    [
        ("明天下午", "span", "2026-07-09 14:30", "2026-07-09 18:00"),  # summer's afternoon (HANDBOOK A3)
        ("明天中午", "span", "2026-07-09 12:00", "2026-07-09 14:30"),  # summer's noon break (HANDBOOK D1)
        ("下班前", "point", "2026-07-08 18:00", ""),
        ("今天下午3点以后", "span", "2026-07-08 15:00", "2026-07-08 18:00"),
        ("12月1号下午", "span", "2026-12-01 14:00", "2026-12-01 17:30"),  # the day's season counts, not today's
        ("9月30号下午到10月1号下午", "span", "2026-09-30 14:30", "2026-10-01 17:30"),  # a switch inside the span
    ],
)
def test_parts_of_a_day_follow_the_season_of_that_day(said: str, kind: str, start: str, end: str) -> None:
    outcome = read(said, SUMMER)

    assert outcome == (kind, start, end)


@pytest.mark.parametrize(
    ("now", "said", "start", "end"),
    [
        ("2026-12-31 10:00", "5号", "2027-01-05 00:00", "2027-01-06 00:00"),
        ("2026-12-31 10:00", "明天", "2027-01-01 00:00", "2027-01-02 00:00"),
        ("2026-12-31 10:00", "1月5日", "2027-01-05 00:00", "2027-01-06 00:00"),
        ("2027-01-05 10:00", "12月20日", "2026-12-20 00:00", "2026-12-21 00:00"),  # passed within a month
        ("2026-12-31 10:00", "12月30号到1月2号", "2026-12-30 00:00", "2027-01-03 00:00"),
        ("2028-02-01 10:00", "2月29日", "2028-02-29 00:00", "2028-03-01 00:00"),
        ("2026-11-29 10:00", "周末", "2026-11-28 00:00", "2026-11-30 00:00"),  # a Sunday is in this weekend
        ("2026-11-29 10:00", "周日", "2026-11-29 00:00", "2026-11-30 00:00"),
        ("2026-11-29 10:00", "下周一", "2026-11-30 00:00", "2026-12-01 00:00"),
        ("2026-11-29 10:00", "周一", "2026-11-30 00:00", "2026-12-01 00:00"),
        ("2026-10-03 10:00", "国庆期间", "2026-10-01 00:00", "2026-10-08 00:00"),  # the state's seven days
        ("2026-02-01 10:00", "春节期间", "2026-02-15 00:00", "2026-02-24 00:00"),
        ("2026-01-20 10:00", "除夕", "2026-02-16 00:00", "2026-02-17 00:00"),
        ("2026-01-31 10:00", "一个月后", "2026-02-28 00:00", "2026-03-01 00:00"),
    ],
)
def test_days_are_counted_from_the_present_one_over_months_and_years(now: str, said: str, start: str, end: str) -> None:
    outcome = read(said, at(now))

    assert outcome == ("span", start, end)


def test_the_present_moment_may_be_given_in_any_zone() -> None:
    utc = datetime.fromisoformat("2026-11-24T17:30:00+00:00")

    outcome = read("今天", utc)

    assert outcome == ("span", "2026-11-25 00:00", "2026-11-26 00:00")


def test_a_store_with_hours_of_its_own_has_parts_of_its_own() -> None:
    rules = {"seasons": [{"name": "all", "starts": "01-01", "sessions": ["08:30-12:30", "13:30-17:00"]}]}
    calendar: OfficeHours = Calendar(CalendarRules.model_validate(rules))

    afternoon = read_time("明天下午", now=NOW, calendar=calendar)
    noon = read_time("明天中午", now=NOW, calendar=calendar)

    assert afternoon == span("2026-11-26 13:30", "2026-11-26 17:00")
    assert noon == span("2026-11-26 12:30", "2026-11-26 13:30")


def test_a_store_without_a_noon_break_has_halves_that_meet_at_twelve() -> None:
    rules = {"seasons": [{"name": "all", "starts": "01-01", "sessions": ["09:00-18:00"]}]}
    calendar = Calendar(CalendarRules.model_validate(rules))

    morning = read_time("明天上午", now=NOW, calendar=calendar)
    afternoon = read_time("明天下午", now=NOW, calendar=calendar)

    assert morning == span("2026-11-26 09:00", "2026-11-26 12:00")
    assert afternoon == span("2026-11-26 12:00", "2026-11-26 18:00")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("2月30号", "2 月没有 30 号。是 周日 2027年2月28日，还是 周二 2027年3月2日？"),
        ("周五 11月28日", "星期和日期对不上：是 周五 11月27日，还是 周六 11月28日？"),
        ("明天半天", "明天（周四 11月26日）的半天，是上午还是下午？比如 明天上午。"),
        ("13月1日", "没有 13 月，一年到 12 月为止。请再说一次日子，比如 12月1号。"),
        ("25点", "没有 25:00 这个钟点，一天从 0:00 到 24:00。请再说一次，比如 下午2点半。"),
        (
            "明天下午2点",
            "明天（周四 11月26日）14:00 到几点？可以写：14:00到下班，或 14:00起两小时。",
        ),
        ("三天", "“三天”从什么时候开始？比如 明天起三天、周五下午2点起两小时。"),
        ("从明天起", "明天（周四 11月26日）起，到哪天？比如 明天到周五，或 明天起三天。"),
        (
            "下午4点到2点",
            "“下午4点到2点”的结束在开始前面。请再看一下，比如 下午2点到4点、12月1号到3号。",
        ),
        (
            "看房子",
            "没看懂“看房子”是什么时间。可以这样写：明天下午、周五下午2点到4点、12月1号到3号。",
        ),
        ("腊月初八", "农历的日子我不会算。请写公历日期，比如 12月1号。"),
    ],
)
def test_what_cannot_be_is_asked_back_with_what_can(said: str, answer: str) -> None:
    error = misread(said)

    assert sentence(error) == answer


@pytest.mark.parametrize("row", MORE, ids=[row["expression"] for row in MORE])
def test_every_misreading_has_its_sentence(row: dict[str, str]) -> None:
    fields = describe(row["expression"], now=NOW, calendar=CALENDAR)

    assert ("error" in fields) == (row["kind"] == "misread")
    assert "None" not in str(fields.get("error", ""))


def test_all_sentences_of_the_template_belong_to_reading() -> None:
    blocks = {key for key in keys() if key.startswith("reading.")}

    assert {"reading.not_a_time", "reading.past", "reading.not_money", "reading.not_a_phone"} <= blocks


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("昨天9点", "昨天（周二 11月24日）9:00 已经过了，是补记昨天，还是换个时间？"),
        ("今天9点", "今天（周三 11月25日）9:00 已经过了，是补记，还是换个时间？"),
        ("上周五下午", "周五 11月20日 14:00–17:30 已经过了，是补记那天，还是换个时间？"),
    ],
)
def test_a_form_asks_back_what_is_past(said: str, answer: str) -> None:
    value = read_time(said, now=NOW, calendar=CALENDAR)

    with pytest.raises(Misread) as caught:
        check_future(value, NOW)

    assert sentence(caught.value) == answer


@pytest.mark.parametrize("said", ["明天", "今天", "今天上午", "现在", "三天", "今天10点"])
def test_a_form_takes_what_is_still_to_come(said: str) -> None:
    value = read_time(said, now=NOW, calendar=CALENDAR)

    check_future(value, NOW)

    assert not is_past(value, NOW)


def test_a_span_that_has_begun_is_clipped_to_now() -> None:
    today = read_span("今天", now=NOW, calendar=CALENDAR)

    clipped = clip_to_now(today, NOW)

    assert clipped == span("2026-11-25 10:00", "2026-11-26 00:00")


@pytest.mark.parametrize("said", ["明天", "昨天"])
def test_a_span_that_has_not_begun_or_has_ended_is_not_clipped(said: str) -> None:
    value = read_span(said, now=NOW, calendar=CALENDAR)

    assert clip_to_now(value, NOW) == value


@pytest.mark.parametrize(
    ("said", "key"), [("明天下午2点", "needs_end"), ("三天", "needs_start"), ("半天", "needs_start")]
)
def test_a_question_for_a_span_says_what_is_missing(said: str, key: str) -> None:
    error = misread(said)

    assert error.key == f"reading.{key}"


def test_a_command_line_reading_gives_the_same_fields_for_every_kind() -> None:
    point = describe("明天下午2点", now=NOW, calendar=CALENDAR)
    stretch = describe("明天下午", now=NOW, calendar=CALENDAR)
    length = describe("三天", now=NOW, calendar=CALENDAR)

    assert point == {
        "text": "明天下午2点",
        "kind": "point",
        "start": "2026-11-26T14:00:00+08:00",
        "end": None,
        "minutes": None,
    }
    assert stretch | {"text": ""} == {
        "text": "",
        "kind": "span",
        "start": "2026-11-26T14:00:00+08:00",
        "end": "2026-11-26T17:30:00+08:00",
        "minutes": 210,
    }
    assert length == {"text": "三天", "kind": "duration", "start": None, "end": None, "minutes": 4320}


def test_a_command_line_reading_gives_past_times_as_they_are() -> None:
    fields = describe("昨天9点", now=NOW, calendar=CALENDAR)

    assert fields["start"] == "2026-11-24T09:00:00+08:00"


def test_an_unreadable_line_is_answered_with_a_sentence_of_its_own_words() -> None:
    fields = describe("<b>改天</b>再说", now=NOW, calendar=CALENDAR)

    assert fields["error"] == (
        "没看懂“<b>改天</b>再说”是什么时间。可以这样写：明天下午、周五下午2点到4点、12月1号到3号。"
    )


def test_the_seconds_of_the_present_moment_are_dropped() -> None:
    value = read_time("半小时后", now=NOW.replace(second=41, microsecond=7), calendar=CALENDAR)

    assert value == Point(at("2026-11-25 10:30"))
