"""Restarts in the middle of each form of outings, trips, slips and missed punches: it goes on, and is told once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bot.talk import Incoming, Said
from storage.outing import OutingState
from tests.chat import Person, StoreAtWork, store_at_work
from tests.chats.out_steps import (
    GROUP,
    OUTING,
    TRIP,
    at,
    draft_states,
    drafts,
    group_hears,
    hours,
    leaves_unapproved,
    out_states,
    outings,
)
from tests.chats.steps import asks, clock_is_ahead, not_done, verbs

TODAY = "今天（周三 11月25日）"

# who, what is said and pressed before the restart, what is said after it, what is heard then
FORMS = [
    ("wang", ["外出 锦绣花园"], "下午两点到四点", "去办什么事"),
    ("wang", ["外出 锦绣花园量房"], "下午两点到四点", f"外出，对吗？\n王磊 · 锦绣花园 · 量房\n{TODAY}14:00–16:00"),
    ("wang", ["外出 下午两点到四点"], "锦绣花园", "去办什么事"),
    ("wang", [OUTING], "确认", "✅ 登记好了：锦绣花园 · 量房"),
    ("wang", ["出城 周四 成都 看材料"], "8点半", "出城，对吗？"),
    ("wang", ["出城 周四 8点半"], "成都", "去办什么事"),
    ("wang", [TRIP], "确认", "好，已请 刘总 决定"),
    ("wang", ["打不了卡 明天上午"], "去工地交底", "给前台打过电话吗？"),
    ("wang", ["打不了卡 明天上午 去工地交底"], "没打", "打不了卡，对吗？"),
    ("zhou", ["记过失单 王磊"], "外出没说", "经过是怎样的？"),
    ("zhou", ["记过失单 王磊 外出没说 今天上午 没打招呼"], "确认", "好，起草了。"),
    ("zhou", ["代 王磊 外出 锦绣花园量房"], "下午两点到四点", "代 王磊 登记外出，对吗？"),
]


def again(store: StoreAtWork, who: str, text: str) -> None:
    """Says something after a restart, under a number that was not used before it."""
    answer = store.post("/api/chat/messages", {"as": who, "chat": "private", "id": "again", "text": text})
    assert answer.status_code == 202


def press_after(store: StoreAtWork, person: Person, label: str) -> None:
    message = next(one for one in reversed(person.sees()) if label in one.buttons)
    body = {"message": message.id, "action": message.actions[message.buttons.index(label)]}
    answer = store.post("/api/chat/presses", {"as": person.key, "chat": "private", "id": "pressed", **body})
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("who", "before", "after", "heard"), FORMS, ids=[f"{row[0]} {row[1][0]} {row[2]}" for row in FORMS]
)
def test_a_form_goes_on_after_a_restart(
    sqlite_url: str, tmp_path: Path, who: str, before: list[str], after: str, heard: str
) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        for line in before:
            store.person(who).says(line)

    with store_at_work(sqlite_url, tmp_path) as store:
        again(store, who, after)

        assert heard in store.person(who).last().text
        assert not_done(store) == []


def test_a_later_return_goes_on_after_a_restart(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), "外出 两小时 锦绣花园 量房")
        store.person("wang").presses("晚点回来")

    with store_at_work(sqlite_url, tmp_path) as store:
        again(store, "wang", "下午三点")

        assert hours(store) == ["25 10:00-15:00"]


def test_a_departure_without_a_yes_is_confirmed_after_a_restart_once(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), "出城 今天下午四点 成都 看材料")
        store.person("wang").says("已出发")

    with store_at_work(sqlite_url, tmp_path) as store:
        press_after(store, store.person("wang"), "确认")

        assert out_states(store) == [OutingState.UNAPPROVED]
        assert len(drafts(store)) == 1
        assert len(store.person("liu").heard("⚠ 王磊 没有得到同意")) == 1


def test_an_objection_goes_on_after_a_restart(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        wang, zhou = store.person("wang"), store.person("zhou")
        asks(wang, "出城 今天下午四点 成都 看材料")
        leaves_unapproved(wang)
        wang.presses("没有要说的")
        zhou.presses("同意", on="过失单要您决定")
        wang.presses("我有异议")

    with store_at_work(sqlite_url, tmp_path) as store:
        again(store, "wang", "当时刘总在开会")

        assert [str(state) for state in draft_states(store)] == ["appealed"]
        assert len(store.person("liu").heard("对过失单有异议")) == 1


def test_a_reason_for_a_no_goes_on_after_a_restart(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), TRIP)
        store.person("liu").presses("不同意")

    with store_at_work(sqlite_url, tmp_path) as store:
        again(store, "liu", "周四有三组客户")

        assert out_states(store) == [OutingState.REFUSED]
        assert len(store.person("wang").heard("没有同意出城")) == 1


def test_reminders_of_outings_survive_a_restart(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), "外出 明天下午两点到四点 锦绣花园 量房")

    with store_at_work(sqlite_url, tmp_path) as store:
        store.move_to(at("11-26 16:50"))

        assert len(store.person("zhou").sees(chat=GROUP)) == 1
        assert len(store.person("wang").heard("回来了吗")) == 1
        assert len(store.person("zhou").heard("⚠ 王磊 说")) == 1


def test_a_group_notice_is_late_once_or_not_at_all(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), "外出 明天下午两点到四点 锦绣花园 量房")
        store.write(partial(clock_is_ahead, seconds=24 * 3600))

    with store_at_work(sqlite_url, tmp_path) as store:
        assert group_hears(store, store.person("zhou")) == ["王磊 外出 · 锦绣花园 · 14:00–16:00"]


def test_a_group_is_not_told_of_an_outing_that_is_long_over(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), "外出 明天下午两点到四点 锦绣花园 量房")
        store.write(partial(clock_is_ahead, seconds=3 * 24 * 3600))

    with store_at_work(sqlite_url, tmp_path) as store:
        assert group_hears(store, store.person("zhou")) == []
        assert out_states(store) == [OutingState.BACK]


def test_a_trip_that_expired_while_the_store_was_down_is_no_yes(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), TRIP)
        store.write(partial(clock_is_ahead, seconds=26 * 3600))

    with store_at_work(sqlite_url, tmp_path) as store:
        store.settle()

        assert out_states(store) == [OutingState.EXPIRED]
        assert len(store.person("wang").heard("这次不算同意")) == 1
        assert store.person("zhou").heard("请您也看一下") == []


def test_a_confirmation_that_was_stored_before_the_end_is_handled_once(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        store.person("wang").says(OUTING)
        press = stored("wang", store.person("wang").last().actions[0])
        store.write(partial(store.app.desk.keep, press))

    with store_at_work(sqlite_url, tmp_path) as store:
        store.settle()
        store.write(partial(store.app.desk.keep, press))
        store.settle()

        assert len(outings(store)) == 1
        assert len(store.person("wang").heard("✅ 登记好了")) == 1
        assert len(store.person("zhou").heard("王磊 外出 · 锦绣花园")) == 1
        assert verbs(store) == ["outing.told"]


def stored(who: str, action: str) -> Incoming:
    """A press as the channel keeps it, before anything is done with it."""
    return Incoming("webchat", "local", f"{who}:before the end", who, kind=Said.PRESS, text="", action=action)
