"""The rounds: eight weeks through holidays, make-up days and a change of the hour; each notice at its minute, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest

from bot.__main__ import DEMO_STORE
from storage.meetings import MeetingKind, MeetingState
from tests.chat import Person, StoreAtWork, store_at_work
from tests.chats.meeting_steps import (
    EVERYBODY,
    INVITED,
    leave_store,
    meetings_of,
    moments,
    notices,
    people_of,
    ringing,
    set_rules,
    watch,
)
from tests.chats.steps import clock_is_ahead, is_granted, not_done

TOML = DEMO_STORE.read_text("utf-8")
RESTING = TOML.replace("rest_weekdays = []", 'rest_weekdays = ["sat", "sun"]').replace(
    "[meetings.monthly]                  # 月会\non = true", "[meetings.monthly]\non = false"
)


@pytest.fixture
def autumn(sqlite_url: str, tmp_path: Path) -> Iterator[StoreAtWork]:
    """A store that rests at weekends, on Monday 31 August 2026 at noon; it has a weekly meeting on Mondays at 9."""
    with store_at_work(sqlite_url, tmp_path, now="2026-08-31T12:00:00+08:00", toml=RESTING) as store:
        watch(store)
        yield store


def test_eight_weeks_through_holidays_a_make_up_day_and_a_change_of_the_hour(autumn: StoreAtWork) -> None:
    autumn.move_to("2026-10-13T10:00:00+08:00")
    set_rules(autumn, weekly={"at": "14:00"})
    autumn.move_to("2026-10-26T15:00:00+08:00")

    assert moments(autumn, "meetings.day_before") == [
        "09-04 17:00",
        "09-11 17:00",
        # The make-up Sunday is a working day.
        "09-20 17:00",
        # Mid-Autumn: the last working day before it.
        "09-24 17:00",
        # National Day: nobody is called on the holiday.
        "09-30 17:00",
        # The make-up Saturday.
        "10-10 17:00",
        "10-16 17:00",
        "10-23 17:00",
    ]
    assert moments(autumn, "meetings.soon") == [
        *("09-07 08:30", "09-14 08:30", "09-21 08:30", "09-28 08:30"),
        # Monday the 5th was a holiday; the hour changed on the 13th.
        *("10-08 08:30", "10-12 08:30", "10-19 13:30", "10-26 13:30"),
    ]
    assert set(Counter(notices(autumn, "meetings.day_before")).values()) == {1}
    assert set(Counter(notices(autumn, "meetings.soon")).values()) == {1}
    assert Counter(who for _, who in notices(autumn, "meetings.soon")) == dict.fromkeys(EVERYBODY, 8)
    assert moments(autumn, "meetings.group_soon") == moments(autumn, "meetings.soon")
    # Everybody hears of the new hour once.
    assert notices(autumn, "meetings.changed") == [("10-13 10:00", who) for who in EVERYBODY]
    assert not_done(autumn) == []


@pytest.fixture
def before_the_holiday(sqlite_url: str, tmp_path: Path) -> Iterator[StoreAtWork]:
    """The same store on Monday 28 September 2026 at noon: the meeting of next Monday falls on National Day's week."""
    with store_at_work(sqlite_url, tmp_path, now="2026-09-28T12:00:00+08:00", toml=RESTING) as store:
        watch(store)
        yield store


def test_a_meeting_that_moved_because_of_a_holiday_says_so(before_the_holiday: StoreAtWork) -> None:
    before_the_holiday.move_to("2026-09-30T17:00:30+08:00")

    zhou, wang = before_the_holiday.person("zhou"), before_the_holiday.person("wang")
    assert wang.hears("⏰ 周会 周四 10月8日 9:00 · 主持 周敏（原定 周一 10月5日，遇放假顺延）")
    before_the_holiday.move(minutes=2)
    assert zhou.hears("周会 周四 10月8日 9:00 · 主持 周敏（原定 周一 10月5日，遇放假顺延）", chat="store")


@pytest.mark.parametrize(
    ("when_closed", "expected"), [("previous_working_day", ["09-30 08:30"]), ("skip", [])], ids=["earlier", "left out"]
)
def test_the_store_says_what_becomes_of_a_meeting_on_a_holiday(
    before_the_holiday: StoreAtWork, when_closed: str, expected: list[str]
) -> None:
    set_rules(before_the_holiday, when_closed=when_closed)

    before_the_holiday.move_to("2026-10-11T08:00:00+08:00")

    assert moments(before_the_holiday, "meetings.soon") == expected


def test_the_next_one_is_there_once_however_often_the_file_is_loaded(store: StoreAtWork) -> None:
    watch(store)
    watch(store)

    planned = [(one.kind, one.planned_on) for one in meetings_of(store)]
    assert planned == [(MeetingKind.WEEKLY, date(2026, 11, 30)), (MeetingKind.MONTHLY, date(2026, 12, 1))]
    assert [when for when in ringing(store) if when[0] == "meetings:weekly"] == [("meetings:weekly", "")]


def test_one_can_answer_and_add_to_its_agenda_days_before(store: StoreAtWork, wang: Person) -> None:
    watch(store)

    wang.says("周会")

    assert "周会 周一 11月30日 9:00–10:00\n主持 周敏" in wang.last().text
    assert list(wang.last().buttons) == INVITED

    wang.presses("参加")
    wang.says("加议题 展厅灯光")
    store.move_to("2026-11-29T17:00:00+08:00")

    assert wang.hears("⏰ 周会 明天（周一 11月30日）9:00 · 议题 1 条 · 主持 周敏")


def test_a_new_hour_moves_the_planned_meeting_and_the_old_reminders_are_silent(
    store: StoreAtWork, wang: Person
) -> None:
    watch(store)
    wang.says("周会")
    wang.presses("参加")

    set_rules(store, weekly={"weekday": "tue", "at": "10:00", "place": "二楼会议室"})

    assert wang.hears(
        "⚠ 会改了：周会 周二 12月1日 10:00–11:00 二楼会议室\n原来是 周一 11月30日 9:00–10:00，来不来请再说一下。"
    )
    store.move_to("2026-12-01T10:00:00+08:00")
    assert moments(store, "meetings.soon") == ["12-01 09:30"]
    assert moments(store, "meetings.day_before") == ["11-30 17:00"]
    assert notices(store, "meetings.changed") == [("11-25 10:00", who) for who in EVERYBODY]


def test_a_round_that_the_store_gives_up_is_called_off_once(store: StoreAtWork, wang: Person) -> None:
    watch(store)

    set_rules(store, weekly={"on": False})
    store.move_to("2026-12-08T10:00:00+08:00")

    assert wang.hears("店里取消了：周会 周一 11月30日 9:00–10:00")
    assert len(notices(store, "meetings.cancelled")) == len(EVERYBODY)
    assert moments(store, "meetings.soon") == ["12-01 14:30"]
    assert not any(subject == "meetings:weekly" for subject, _ in ringing(store))


def test_one_week_that_was_moved_by_hand_stays_where_it_was_put(store: StoreAtWork, zhou: Person) -> None:
    watch(store)
    zhou.says("周会")
    zhou.presses("修改")
    zhou.presses("修改")
    zhou.presses("时间")
    zhou.says("周四下午3点")
    zhou.presses("确认")

    watch(store)
    store.move_to("2026-12-07T09:00:00+08:00")

    soon = [when for when in moments(store, "meetings.soon") if when != "12-01 14:30"]
    assert soon == ["11-26 14:30", "12-07 08:30"]
    assert "原定" not in zhou.transcript()


def test_a_week_that_was_called_off_is_not_planned_again(store: StoreAtWork, zhou: Person) -> None:
    watch(store)
    zhou.says("周会")
    zhou.presses("取消会议")
    zhou.says("大家都在工地")

    watch(store)
    store.move_to("2026-12-07T09:00:00+08:00")

    weekly = [one for one in meetings_of(store) if one.kind == MeetingKind.WEEKLY]
    assert [one.state for one in weekly][:2] == [MeetingState.CANCELLED, MeetingState.PLANNED]
    assert [when for when in moments(store, "meetings.soon") if when != "12-01 14:30"] == ["12-07 08:30"]


def test_when_the_client_manager_is_away_her_deputy_holds_it(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    watch(store)
    zhou.says("请假 11月30日 陈静 家里有事")
    zhou.presses("确认")
    liu.presses("同意")

    store.move_to("2026-11-30T08:30:00+08:00")

    assert wang.hears("⏰ 周会 今天（周一 11月30日）9:00 · 主持 刘总")
    assert liu.hears("请假 1：周敏（调休 · 家里有事）")
    assert not zhou.heard("⏰ 周会")


def test_who_left_the_store_is_told_nothing_and_who_came_is(store: StoreAtWork) -> None:
    watch(store)
    leave_store(store, "wu")

    store.move_to("2026-11-30T08:30:00+08:00")

    assert {who for _, who in notices(store, "meetings.soon")} == set(EVERYBODY) - {"wu"}
    assert "吴刚" not in store.person("zhou").transcript()


def test_who_is_ill_is_excused_and_left_alone(store: StoreAtWork, zhou: Person) -> None:
    watch(store)
    sun = store.person("sun")
    sun.says("病假 11月30日 发烧 吴刚")
    sun.presses("确认")

    store.move_to("2026-11-30T10:00:00+08:00")

    assert not sun.heard("周会")
    assert people_of(store)["sun"].attendance == "excused"
    assert zhou.hears("请假 1：孙强（病假 · 发烧）")


DOWN = [
    # Down for so many hours from Wednesday 25 November at 10:00, and what is said at the next start.
    (4 * 24 + 10.0, ["meetings.day_before"], "Sunday 20:00: the day's notice, late"),
    (4 * 24 + 22.75, ["meetings.soon"], "Monday 8:45: only the last notice"),
    (4 * 24 + 23.5, ["meetings.soon"], "Monday 9:30: it is going on"),
    (5 * 24 + 1.0, [], "Monday 11:00: it is over"),
    (20 * 24 + 0.0, [], "weeks later"),
]


@pytest.mark.parametrize(("hours", "said", "_why"), DOWN, ids=[row[2] for row in DOWN])
def test_a_store_that_was_down_over_a_notice_says_it_late_once_or_not_at_all(
    sqlite_url: str, tmp_path: Path, hours: float, said: list[str], _why: str
) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        watch(store)
        store.write(partial(clock_is_ahead, seconds=hours * 3600))

    with store_at_work(sqlite_url, tmp_path) as store:
        store.settle()
        watch(store)

        keys = ("meetings.day_before", "meetings.soon", "meetings.ended", "meetings.changed")
        heard = [key for key in keys for _, who in notices(store, key) if who == "wang"]
        assert heard == said
        assert [one.text.count("这条提醒晚了") for one in store.person("wang").heard("⏰")] == [1] * len(said)


def test_a_restart_forgets_no_round(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        watch(store)

    with store_at_work(sqlite_url, tmp_path) as store:
        store.move_to("2026-12-07T09:00:00+08:00")

        assert moments(store, "meetings.soon") == ["11-30 08:30", "12-01 14:30", "12-07 08:30"]


def test_leave_taken_for_the_day_moves_no_meeting(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    watch(store)
    is_granted(wang, zhou, "请假 11月30日 家里有事")

    store.move_to("2026-11-30T08:31:00+08:00")

    assert datetime.fromisoformat("2026-11-30T09:00:00+08:00") == meetings_of(store)[0].starts_at
    assert not wang.heard("⏰ 周会")
