"""Restarts, of which people complain elsewhere: nothing is forgotten, and what is late is said once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from storage.leave import LeaveState
from tests.chat import store_at_work
from tests.chats.steps import asks, clock_is_ahead, states

FRIDAY = "请假 周五下午 家里有事"


def test_a_restart_forgets_no_reminder(sqlite_url: str, tmp_path: Path) -> None:
    """python-telegram-bot#4080"""
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), FRIDAY)

    with store_at_work(sqlite_url, tmp_path) as store:
        store.move_to("2026-11-25T14:30:00+08:00")

        assert len(store.person("zhou").heard("⏰")) == 1


def test_a_store_that_was_down_for_a_day_says_what_is_still_true_once_and_late(sqlite_url: str, tmp_path: Path) -> None:
    """agronholm/apscheduler#292"""
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), "请假 12月7日 家里有事")
        store.write(partial(clock_is_ahead, seconds=26 * 3600))

    with store_at_work(sqlite_url, tmp_path) as store:
        store.settle()

        (reminder,) = store.person("zhou").heard("⏰")
        assert "这条提醒晚了" in reminder.text


def test_a_request_that_expired_while_the_store_was_down_is_told_to_both(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), FRIDAY)
        store.write(partial(clock_is_ahead, seconds=3 * 24 * 3600))

    with store_at_work(sqlite_url, tmp_path) as store:
        store.settle()

        assert states(store) == [LeaveState.EXPIRED]
        assert store.person("wang").hears("这次不算同意")
        assert store.person("zhou").hears("到时间没有人答复")
        assert store.person("zhou").heard("⏰") == []


def test_a_form_survives_a_restart(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        store.person("wang").says("请假 周五下午")

    with store_at_work(sqlite_url, tmp_path) as store:
        wang = store.person("wang")
        store.post("/api/chat/messages", {"as": "wang", "chat": "private", "id": "again", "text": "家里有事"})

        assert "周五 11月27日 14:00–17:30\n事由：家里有事" in wang.last().text
