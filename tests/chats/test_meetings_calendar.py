"""The calendar file: the same meeting each time, moved or called off with it; read back as a phone reads it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from tests.chat import Person, StoreAtWork
from tests.chats.meeting_steps import calls, set_rules, watch
from tests.chats.steps import not_done, raw_messages
from tests.chats.test_hostile import NASTY

SHANGHAI = ZoneInfo("Asia/Shanghai")


def files(store: StoreAtWork, key: str) -> list[Calendar]:
    """The calendar files in somebody's chat, oldest first."""
    urls = {one["id"]: one["file"]["url"] for one in raw_messages(store, key) if one.get("file")}
    in_order = sorted(urls, key=lambda number: int(number.removeprefix("m")))
    return [Calendar.from_ical(store.get(urls[number], {"as": key}).content) for number in in_order]


def event(calendar: Calendar) -> Any:
    (found,) = calendar.walk("VEVENT")
    return found


def test_the_file_says_when_where_and_what(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    calls(zhou, "开会 周五下午4点 二楼会议室 设计部 讨论样板间")
    wang.presses("加到日历")

    (calendar,) = files(store, "wang")

    meeting = event(calendar)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    assert meeting["UID"] == "meeting-demo-1@qiantai"
    assert meeting["SEQUENCE"] == 1
    assert meeting["DTSTART"].dt == datetime(2026, 11, 27, 16, tzinfo=SHANGHAI)
    assert meeting["DTEND"].dt == datetime(2026, 11, 27, 17, tzinfo=SHANGHAI)
    assert meeting["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert (meeting["SUMMARY"], meeting["LOCATION"]) == ("部门会（设计部） 讨论样板间", "二楼会议室")
    assert meeting["STATUS"] == "CONFIRMED"
    alarms: list[Any] = calendar.walk("VALARM")
    assert [alarm["TRIGGER"].dt for alarm in alarms] == [-timedelta(minutes=30)]


def test_who_took_it_gets_the_moved_and_the_cancelled_one(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    calls(zhou)
    wang.presses("加到日历")
    zhou.presses("修改")
    zhou.says("周五下午3点")
    zhou.presses("确认")
    zhou.presses("取消会议")
    zhou.presses("跳过")

    taken = [(event(one)["UID"], event(one)["SEQUENCE"], event(one)["STATUS"]) for one in files(store, "wang")]

    uid = "meeting-demo-1@qiantai"
    assert taken == [(uid, 1, "CONFIRMED"), (uid, 2, "CONFIRMED"), (uid, 3, "CANCELLED")]
    assert files(store, "wang")[-1]["METHOD"] == "CANCEL"
    assert files(store, "chen") == []


def test_a_round_that_moves_moves_in_the_calendar_too(store: StoreAtWork, wang: Person) -> None:
    watch(store)
    wang.says("周会")
    wang.presses("加到日历")

    set_rules(store, weekly={"at": "10:00"})

    hours = [event(one)["DTSTART"].dt.hour for one in files(store, "wang")]
    assert hours == [9, 10]


@pytest.mark.parametrize("name", ["script", "jinja", "sql", "quotes", "backslash", "format", "json", "markdown"])
def test_hostile_words_are_words_in_the_calendar(store: StoreAtWork, zhou: Person, wang: Person, name: str) -> None:
    said = NASTY[name] + ";BEGIN:VEVENT,END:VCALENDAR"
    zhou.says("开会 周五下午4点 设计部")
    zhou.says(said)
    zhou.presses("确认")
    wang.presses("加到日历")

    (calendar,) = files(store, "wang")

    assert event(calendar)["SUMMARY"] == f"部门会（设计部） {said}"
    assert not_done(store) == []


def test_the_file_is_only_for_those_of_the_meeting(store: StoreAtWork, zhou: Person) -> None:
    calls(zhou)
    zhao = store.person("zhao")
    zhao.says("菜单")

    zhao.sends_press(zhao.last().id, "meetings:calendar:1")

    assert zhao.last().text.startswith("这个会没有请您")
    assert files(store, "zhao") == []
