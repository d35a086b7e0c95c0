"""Rules are dated data: editing and loading the store's file moves what is open and tells whom it concerns, once."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from bot.__main__ import DEMO_STORE
from bot.app import foreseen, load
from bot.storefile import read_store
from storage import stores
from storage.leave import LeaveState
from storage.reminders import Reminder
from tests.chat import Person, StoreAtWork, rows
from tests.chats.steps import asks, halves, is_granted, leaves, open_other_store, requests, states

DEMO = DEMO_STORE.read_text("utf-8")
LATER_AFTERNOON = ('"14:00-17:30"', '"14:30-18:00"')
NO_SATURDAY = ('no_leave_weekdays = ["wed", "sat"]', 'no_leave_weekdays = ["wed", "fri"]')
ESCALATED_LATER = ('escalate_before = "3h"', 'escalate_before = "1h"')
CLOSED_FRIDAY = ("# 店里自己定的日子", '[[calendar.days]]\ndate = 2026-11-27\nkind = "closed"\n# 店里自己定的日子')
TOLD = "店里的规矩改了"


def loads(store: StoreAtWork, *edits: tuple[str, str], since: str | None = None) -> None:
    text = DEMO
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    from_then = datetime.fromisoformat(since) if since else None
    work = partial(load, file=read_store(text), now=store.app.clock.now(), since=from_then, demo=True)
    store.write(work)
    store.settle()


def told(person: Person) -> list[str]:
    return [message.text for message in person.heard(TOLD)]


def test_leave_of_an_afternoon_follows_the_new_hours_and_its_people_are_told_once(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")

    loads(store, LATER_AFTERNOON)
    loads(store, LATER_AFTERNOON)

    assert leaves(store)[0].starts_at == datetime.fromisoformat("2026-11-27T14:30:00+08:00")
    assert halves(store) == [("2026-11-27", "afternoon")]
    assert len(told(wang)) == len(told(zhou)) == len(told(chen)) == 1
    assert "您的调休还是同样的半天，按新的上班时间是 周五 11月27日 14:30–18:00" in told(wang)[0]
    assert "王磊 的调休按新的上班时间是" in told(zhou)[0]
    assert "冬季（10月1日 起）上班时间 09:00–12:00、14:30–18:00" in told(chen)[0]
    assert "调休" not in told(chen)[0]


def test_a_part_of_a_half_day_stays_by_the_clock(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午3点到4点 家里有事")

    loads(store, LATER_AFTERNOON)

    assert leaves(store)[0].starts_at == datetime.fromisoformat("2026-11-27T15:00:00+08:00")
    assert "您的调休" not in told(wang)[0]


def test_the_answer_is_wanted_by_the_new_hours(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")

    loads(store, LATER_AFTERNOON)

    assert requests(store)[0].begins_at == datetime.fromisoformat("2026-11-27T14:30:00+08:00")
    assert zhou.hears("请在 周五 11月27日 9:00 前答复", buttons=["同意", "不同意", "稍后提醒"])


def test_a_pending_request_is_escalated_by_the_new_limit(store: StoreAtWork, wang: Person, liu: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")

    loads(store, ESCALATED_LATER)
    store.move_to("2026-11-27T10:59:00+08:00")

    assert not liu.heard("请您也看一下")

    store.move_to("2026-11-27T11:00:00+08:00")

    assert liu.hears("请您也看一下")


def test_leave_on_a_day_that_is_closed_now_falls_away(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")

    loads(store, CLOSED_FRIDAY)

    assert states(store) == [LeaveState.WITHDRAWN]
    assert halves(store) == []
    assert "周五 11月27日 店休" in told(wang)[0]
    assert "您的调休不用休，已经取消" in told(wang)[0]


def test_granted_leave_on_a_new_no_leave_day_stands_and_the_manager_hears_of_it(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")

    loads(store, NO_SATURDAY)

    assert states(store) == [LeaveState.APPROVED]
    assert "王磊 周五 11月27日 14:00–17:30 的调休碰上新的不休假日，已经批了，照旧" in told(zhou)[0]
    assert "周三、周五全店不休假" in told(wang)[0]


def test_limits_are_told_to_managers_only(store: StoreAtWork, wang: Person, zhou: Person, liu: Person) -> None:
    loads(store, ESCALATED_LATER)

    assert "审批的时限的规定有调整" in told(zhou)[0]
    assert told(liu) == told(zhou)
    assert told(wang) == []


def test_rules_for_a_later_day_hold_and_are_told_on_that_day(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 12月3日下午 家里有事")

    loads(store, LATER_AFTERNOON, since="2026-12-01T00:00:00+08:00")

    assert told(wang) == []
    assert leaves(store)[0].starts_at == datetime.fromisoformat("2026-12-03T14:00:00+08:00")

    store.move_to("2026-12-01T08:00:00+08:00")

    assert len(told(wang)) == 1
    assert leaves(store)[0].starts_at == datetime.fromisoformat("2026-12-03T14:30:00+08:00")


def test_rules_for_a_later_day_that_were_loaded_away_change_nothing(store: StoreAtWork, wang: Person) -> None:
    loads(store, LATER_AFTERNOON, since="2026-12-01T00:00:00+08:00")
    loads(store, since="2026-12-01T00:00:00+08:00")

    store.move_to("2026-12-01T09:00:00+08:00")

    assert told(wang) == []
    held = store.query(partial(stores.rules_at, store_id=1, at=store.app.clock.now()))
    assert held.rules["calendar"]["seasons"][-1]["sessions"][-1] != "14:30-18:00"


def test_what_would_change_is_foreseen_and_not_kept(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")
    file = read_store(DEMO.replace(*LATER_AFTERNOON, 1))
    found = []

    def look(session: object) -> None:
        found.append(foreseen(session, file, store.app.clock.now()))  # type: ignore[arg-type]
        raise LookupError

    with pytest.raises(LookupError):
        store.write(look)

    heard = [name for name, said in found[0][1] if TOLD in said]
    assert heard == ["刘总", "周敏", "王磊", "陈静", "赵倩", "孙强", "吴刚"]
    assert leaves(store)[0].starts_at == datetime.fromisoformat("2026-11-27T14:00:00+08:00")
    assert told(wang) == []


def test_another_store_hears_nothing(store: StoreAtWork) -> None:
    open_other_store(store)

    loads(store, LATER_AFTERNOON)

    assert told(store.person("feng")) == []


def test_an_overdue_return_is_asked_after_by_the_new_limit(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 锦绣花园量房 下午两点到四点")

    loads(store, ("ask_after_minutes = 20", "ask_after_minutes = 45"))
    store.move_to("2026-11-25T16:44:00+08:00")

    assert not wang.heard("回来了吗")

    store.move_to("2026-11-25T16:45:00+08:00")

    assert wang.hears("回来了吗")
    assert store.query(partial(rows, table=Reminder))
