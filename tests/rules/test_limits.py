"""Limits as the store writes them, and the sum of a deadline in a sentence."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.rules.calendar import (
    Calendar,
    CalendarDays,
    CalendarRules,
    HalfWorkingDay,
    Limit,
    LimitError,
    LimitSetting,
    WorkingDays,
    WorkingTime,
    calendar_for,
    parse_limit,
)
from bot.rules.limits import Counted, Since, Skipped, why
from bot.texts import reading_at, text

HANDBOOK = calendar_for(CalendarRules())
ZONE = HANDBOOK.zone
SUNDAYS_OFF = Calendar(CalendarRules.model_validate({"rest_weekdays": ["sun"]}))


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


def told(calendar: Calendar, moment: str, limit: str, since: Since = Since.RECEIVED) -> str:
    reason = why(calendar.deadline(at(moment), parse_limit(limit)), since)
    with reading_at(at(moment), ZONE):
        return text(reason.key, **reason.values)


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("2wd", WorkingDays(2)),
        (" 1WD ", WorkingDays(1)),
        ("0.5wd", HalfWorkingDay()),
        ("3h15m", WorkingTime(195)),
        ("3h", WorkingTime(180)),
        ("45m", WorkingTime(45)),
        ("90m", WorkingTime(90)),
        ("7d", CalendarDays(7)),
    ],
)
def test_a_limit_is_read_as_the_store_writes_it(written: str, limit: Limit) -> None:
    setting: TypeAdapter[Limit] = TypeAdapter(LimitSetting)

    assert parse_limit(written) == limit
    assert setting.validate_python(written) == limit
    assert setting.validate_python(setting.dump_python(limit)) == limit


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("1.5wd", "calendar.limit_fraction"),
        ("2.5h", "calendar.limit_fraction"),
        ("0.5d", "calendar.limit_fraction"),
        ("0wd", "calendar.limit_zero"),
        ("0d", "calendar.limit_zero"),
        ("0h0m", "calendar.limit_zero"),
        ("-2wd", "calendar.limit_unknown"),
        ("", "calendar.limit_unknown"),
        ("two days", "calendar.limit_unknown"),
        ("两个工作日", "calendar.limit_unknown"),
        ("３h", "calendar.limit_unknown"),
        ("3h75m", "calendar.limit_unknown"),
        ("2wd 3h", "calendar.limit_unknown"),
        ("99999999999wd", "calendar.limit_unknown"),
    ],
)
def test_a_limit_that_means_nothing_is_refused_with_an_example(written: str, key: str) -> None:
    setting: TypeAdapter[Limit] = TypeAdapter(LimitSetting)

    with pytest.raises(LimitError) as refused:
        parse_limit(written)
    with pytest.raises(ValidationError) as invalid:
        setting.validate_python(written)

    assert refused.value.key == key
    assert parse_limit(refused.value.example)
    assert invalid.value.errors()[0]["type"] == key
    assert refused.value.example in text(key, said=refused.value.said, example=refused.value.example)


def test_half_a_working_day_is_half_of_what_the_store_works() -> None:
    short = {"name": "short", "starts": "03-01", "sessions": ["10:00-12:00", "13:00-15:00"]}
    shop = Calendar(CalendarRules.model_validate({"seasons": [short]}))

    assert HANDBOOK.half_working_day(date(2026, 11, 25)) == WorkingTime(195)
    assert HANDBOOK.half_working_day(date(2026, 7, 8)) == WorkingTime(195)
    assert shop.deadline(at("2026-11-25T11:00"), HalfWorkingDay()).due == at("2026-11-25T14:00")


def test_the_parts_of_a_deadline_add_up() -> None:
    spent = HANDBOOK.deadline(at("2026-09-24T10:00:20"), WorkingTime(600))

    assert [part.minutes for part in spent.stretches] == [120, 210, 180, 90]
    assert Skipped(date(2026, 9, 25), date(2026, 9, 27), "中秋节") in spent.parts


def test_the_days_that_count_and_those_that_do_not_are_named() -> None:
    due = HANDBOOK.deadline(at("2026-09-29T10:00"), WorkingDays(2))

    assert due.parts == (
        Counted(date(2026, 9, 30), date(2026, 9, 30)),
        Skipped(date(2026, 10, 1), date(2026, 10, 7), "国庆节"),
        Counted(date(2026, 10, 8), date(2026, 10, 8)),
    )


@pytest.mark.parametrize(
    ("event", "limit", "sentence"),
    [
        ("2026-11-25T10:00", "0.5wd", "收到 10:00 + 半个工作日 3 小时 15 分，午休不算"),
        ("2026-11-25T10:00", "30m", "收到 10:00 + 30 分钟"),
        ("2026-11-25T12:30", "0.5wd", "收到 12:30，从 14:00 算起 + 半个工作日 3 小时 15 分"),
        (
            "2026-11-25T16:00",
            "0.5wd",
            "收到 周三 11月25日 16:00 + 半个工作日 3 小时 15 分："
            "周三 11月25日 1 小时 30 分，周四 11月26日 1 小时 45 分",
        ),
        (
            "2026-09-29T10:00",
            "2wd",
            "收到 周二 9月29日，2 个工作日内（当天不算），到 周四 10月8日 17:30，"
            "周四 10月1日 至 周三 10月7日 国庆节不算",
        ),
        (
            "2026-09-28T10:00",
            "7d",
            "收到 周一 9月28日，7 天内（当天不算，休息日也算），到 周一 10月5日 17:30；那天国庆节，到期不变",
        ),
        ("2035-07-11T10:00", "30m", "收到 10:00 + 30 分钟（假日暂按推算）"),
    ],
)
def test_the_sum_is_told_in_a_sentence(event: str, limit: str, sentence: str) -> None:
    assert told(HANDBOOK, event, limit) == sentence


@pytest.mark.parametrize("since", Since)
@pytest.mark.parametrize("limit", ["0.5wd", "60h", "2wd", "7d"])
def test_every_beginning_of_a_clock_has_its_word(since: Since, limit: str) -> None:
    assert told(SUNDAYS_OFF, "2026-11-27T10:00", limit, since)
