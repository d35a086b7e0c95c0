"""Steps that many stories about meetings share."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.app import scene_at
from bot.handlers import meetings as feature
from storage import staff
from storage.meetings import Meeting, MeetingPerson
from storage.outbox import Kind, Outbox
from storage.reminders import Reminder
from storage.stores import all_stores, rules_at
from storage.stores import put_rules as store_rules
from tests.chat import Person, StoreAtWork, rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
DESIGN_FRIDAY = "开会 周五下午4点 设计部 讨论样板间"
INVITED = ["参加", "请假", "迟到", "加议题", "加到日历"]
EVERYBODY = ("liu", "zhou", "wang", "chen", "zhao", "sun", "wu")


def calls(person: Person, line: str = DESIGN_FRIDAY) -> None:
    """A meeting in one line, confirmed at the read-back."""
    person.says(line)
    person.presses("确认")


def watch(store: StoreAtWork, store_id: int = 1) -> None:
    """The rounds as they are after a store's file was loaded."""
    now = store.app.clock.now()
    store.write(lambda session: feature.watch(scene_at(session, store_id, now)))
    store.settle()


def set_rules(store: StoreAtWork, *, store_id: int = 1, **meetings: Any) -> None:
    """The store's file is loaded again with other rules for its meetings."""
    now = store.app.clock.now()

    def work(session: Session) -> None:
        held = rules_at(session, store_id, now)
        assert held is not None
        changed = held.rules | {"meetings": _merged(held.rules["meetings"], meetings)}
        store_rules(session, store_id, valid_from=now, rules=changed)

    store.write(work)
    watch(store, store_id)


def _merged(before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return before | {
        name: before[name] | value if isinstance(value, dict) else value for name, value in changes.items()
    }


def meetings_of(store: StoreAtWork) -> list[Meeting]:
    found: list[Meeting] = store.query(partial(rows, table=Meeting))
    return found


def people_of(store: StoreAtWork, meeting_id: int = 1) -> dict[str, MeetingPerson]:
    """The meeting's rows by the keys of its people."""

    def work(session: Session) -> dict[str, MeetingPerson]:
        found = [one for one in rows(session, MeetingPerson) if one.meeting_id == meeting_id]
        return {staff.get(session, one.staff_id).key: one for one in found}

    found: dict[str, MeetingPerson] = store.query(work)
    return found


def notices(store: StoreAtWork, key: str) -> list[tuple[str, str]]:
    """Every notice with this text that was put out: when it was made, by the store's time, and for whom."""

    def work(session: Session) -> list[tuple[str, str]]:
        keys = {f"staff:{one.id}": one.key for one in rows(session, staff.Staff)}
        told = [one for one in rows(session, Outbox) if one.kind == Kind.SEND and one.content["key"] == key]
        return [(f"{_local(one.created_at):%m-%d %H:%M}", keys.get(one.recipient, one.recipient)) for one in told]

    found: list[tuple[str, str]] = store.query(work)
    return found


def _local(at: datetime) -> datetime:
    """The moment in the demo store's zone."""
    return at.astimezone(SHANGHAI)


def moments(store: StoreAtWork, key: str) -> list[str]:
    """When this text went out to anybody, each moment once."""
    return list(dict.fromkeys(when for when, _ in notices(store, key)))


def ringing(store: StoreAtWork) -> list[tuple[str, str]]:
    """What is set to ring for meetings: subject and occurrence."""
    found: list[Reminder] = store.query(partial(rows, table=Reminder))
    return sorted((one.subject, one.occurrence) for one in found if one.feature.startswith("meetings"))


def leave_store(store: StoreAtWork, key: str) -> None:
    """Somebody does not work here any more."""

    def work(session: Session) -> None:
        person = staff.by_key(session, key)
        assert person is not None
        person.active = False
        staff.put(session, person)

    store.write(work)


def stores_of(store: StoreAtWork) -> list[int]:
    found: list[int] = store.query(lambda session: [one.id for one in all_stores(session)])
    return found
