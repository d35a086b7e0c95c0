"""The rulebook: the handbook's defaults, what a store may not set, quiet hours and working time by its rules."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.rules.book import LeaveKind, Rulebook, as_stored
from bot.rules.limits import HalfWorkingDay, WorkingTime
from bot.rules.opening import Weekday
from bot.texts import text

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALLED_ALIKE = [{"key": "a", "name": "调休"}, {"key": "b", "name": "事假", "words": ["补休", "调休"]}]


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 25th is a Wednesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def test_a_store_that_sets_nothing_lives_by_the_handbook() -> None:
    book = Rulebook()

    assert book.leave.no_leave_weekdays == (Weekday.WED, Weekday.SAT)
    assert [kind.name for kind in book.leave.kinds] == ["调休", "事假", "病假", "年假", "婚丧产假"]
    assert [kind.name for kind in book.leave.kinds if kind.no_leave_days] == ["调休", "事假", "年假"]
    assert [kind.name for kind in book.leave.kinds if not kind.asks] == ["病假"]
    assert book.deep_clean.ordinals == (2, 4)
    assert (book.notices.quiet_from, book.notices.quiet_until) == (time(21), time(8))


@pytest.mark.parametrize(
    ("written", "where", "key"),
    [
        ({"leave": {"kinds": []}}, ("leave", "kinds"), "store.no_kinds"),
        ({"leave": {"kinds": [{"key": "a", "name": "甲"}] * 2}}, ("leave", "kinds"), "store.kind_twice"),
        ({"leave": {"kinds": CALLED_ALIKE}}, ("leave", "kinds"), "store.kind_twice"),
        ({"leave": {"no_leave_weekdays": list(Weekday)}}, ("leave", "no_leave_weekdays"), "store.no_leave_weekday"),
        ({"approvals": {"snooze": "2wd"}}, ("approvals", "snooze"), "store.not_working_time"),
        ({"approvals": {"remind_after": "7d"}}, ("approvals", "remind_after"), "store.not_working_time"),
        ({"approvals": {"remind_after": "soon"}}, ("approvals", "remind_after"), "calendar.limit_unknown"),
        ({"notices": {"quiet_from": "21:00+08:00"}}, ("notices", "quiet_from"), "store.time_unknown"),
        ({"notices": {"quiet_from": "24:00"}}, ("notices", "quiet_from"), "store.time_unknown"),
        # Pydantic alone would read seconds after midnight.
        ({"notices": {"quiet_from": 21}}, ("notices", "quiet_from"), "store.time_unknown"),
        ({"notices": {"quiet_from": "8:00", "quiet_until": "8:00"}}, ("notices",), "store.quiet_hours"),
    ],
)
def test_what_a_store_may_not_set_is_told_in_chinese(written: dict[str, Any], where: tuple[str, ...], key: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        Rulebook.model_validate(written)

    error = invalid.value.errors()[0]
    assert (error["loc"], error["type"]) == (where, key)
    assert text(key, **error.get("ctx", {}))


def test_words_of_one_kind_may_repeat_its_own_name() -> None:
    kind = LeaveKind(key="lieu", name="调休", words=("调休", " 补休 "))

    assert kind.called == {"调休", "补休"}


def test_a_kind_that_was_dropped_is_shown_by_its_key() -> None:
    kinds = Rulebook().leave

    assert kinds.kind("sick").name == "病假"
    assert kinds.kind("study").name == "study"


def test_the_same_rules_are_stored_the_same_way_however_they_are_written() -> None:
    one = Rulebook.model_validate({"leave": {"no_leave_weekdays": ["sat", "wed", "sat"]}})
    other = Rulebook.model_validate({"notices": {"quiet_from": "21:00:00"}})

    assert as_stored(one) == as_stored(other) == as_stored(Rulebook())


def test_stored_rules_are_read_back_as_they_were() -> None:
    book = Rulebook.model_validate(
        {
            "calendar": {"days": [{"date": "2026-11-26", "kind": "closed", "name": "盘点"}]},
            "leave": {"no_leave_weekdays": []},
            "approvals": {"remind_every": "3h15m"},
            "notices": {"quiet_until": "7:30"},
        }
    )

    assert Rulebook.model_validate(as_stored(book)) == book


# (said at, goes out at, what it is) a row.
QUIET = [
    (on(25, 8), on(25, 8), "when the quiet hours end"),
    (on(25, 7, 59), on(25, 8), "early in the morning"),
    (on(25, 20, 59), on(25, 20, 59), "in the evening"),
    (on(25, 21), on(26, 8), "when the quiet hours begin"),
    (on(25, 23, 59), on(26, 8), "late in the evening"),
    (on(26, 0), on(26, 8), "at midnight"),
]


@pytest.mark.parametrize(("now", "goes", "case"), QUIET)
def test_a_notice_that_is_not_urgent_waits_for_the_morning(now: datetime, goes: datetime, case: str) -> None:
    due = Rulebook().may_go_at(now.astimezone(ZoneInfo("UTC")))

    assert due == goes, case


def test_a_group_hears_after_a_minute_and_not_at_night() -> None:
    book = Rulebook()

    assert book.gathered_until(on(25, 14)) == on(25, 14, 1)
    assert book.gathered_until(on(25, 20, 59)) == on(26, 8)


def test_a_reminder_waits_in_working_time() -> None:
    book = Rulebook()

    # Winter: 9:00-12:00 and 14:00-17:30.
    assert book.after_working(on(25, 11), WorkingTime(120)) == on(25, 15)
    assert book.after_working(on(25, 16), HalfWorkingDay()) == on(26, 10, 45)


def test_an_escalation_comes_in_working_time_before_the_beginning() -> None:
    book = Rulebook()

    assert book.before_working(on(26, 14), WorkingTime(180)) == on(26, 9)
    assert book.before_working(on(26, 10, 45), HalfWorkingDay()) == on(25, 16)


def test_working_time_is_counted_by_the_stores_own_hours() -> None:
    book = Rulebook.model_validate(
        {"calendar": {"seasons": [{"name": "全年", "starts": "01-01", "sessions": ["8:00-16:00"]}]}}
    )

    assert book.after_working(on(25, 15), WorkingTime(120)) == on(26, 9)
