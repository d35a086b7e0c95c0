"""A digest, not a storm: what the store's group hears in a fortnight with thirty open cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.rules.workflow import Need, StepKey
from storage import customers, workflow
from storage.outbox import Kind, Outbox, OutboxState
from storage.workflow import StepState
from tests.chat import Prepared, StoreAtWork, going_on, prepared, rows
from tests.chats.case_rows import begin_step, mornings, open_case, put_on_record, scene_of
from tests.chats.meeting_steps import SHANGHAI, watch
from tests.chats.steps import asks

CASES = 30
DAYS = [date(2026, 11, 26) + timedelta(days=number) for number in range(14)]
# What the issue leaves out of the count: outings, and the meetings of the whole store.
NOT_COUNTED = ("outing", "meetings")
MOST = 6


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def thirty_cases(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Each day two or three plans are due, and a customer comes to see one."""
    return prepared(sample, tmp_path_factory.mktemp("thirty"), _open_them)


def _open_them(store: StoreAtWork) -> None:
    def work(session: Session) -> None:
        scene = scene_of(store, session)
        for number in range(CASES):
            designer = ("wang", "chen")[number % 2]
            case = open_case(scene, phone=f"139{number:08}", designer=designer)
            day = DAYS[number % len(DAYS)]
            if number < len(DAYS):
                put_on_record(scene, case, Need.PLAN_MEETING_BOOKED, at=at(day, 15))
            begin_step(scene, case, StepKey.FLOOR_PLAN, designer, since=scene.now, due=at(day, 17, 30))

    store.write(work)
    watch(store)
    mornings(store)


@pytest.fixture
def store(thirty_cases: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreAtWork]:
    with going_on(thirty_cases, tmp_path_factory.mktemp("fortnight")) as opened:
        yield opened


def hands_over_what_is_due(store: StoreAtWork, day: date) -> None:
    """Every plan that is due today is done at four; the case goes on with a step that has no clock."""

    def work(session: Session) -> None:
        scene = scene_of(store, session)
        for step in workflow.live_in_store(session, 1, due_before=at(day, 23)):
            workflow.change(session, step, {"state": StepState.DONE, "done_at": scene.now})
            scene.forget("workflow", step.subject)
            case = customers.get(session, 1, step.case_id)
            assert case is not None
            begin_step(scene, case, StepKey.PLAN_BOOKING, "zhou")

    store.write(work)


def heard_by_group(store: StoreAtWork) -> Counter[date]:
    """The bot's messages in the group a day; what was gathered into one message is one."""

    def work(session: Session) -> Counter[date]:
        told = [one for one in rows(session, Outbox) if one.recipient.startswith("group:") and one.kind == Kind.SEND]
        counted = [one for one in told if str(one.content["key"]).partition(".")[0] not in NOT_COUNTED]
        messages = {
            (one.due_at.astimezone(SHANGHAI).date(), one.message_ref)
            for one in counted
            if one.state == OutboxState.SENT
        }
        return Counter(day for day, _ in messages)

    found: Counter[date] = store.query(work)
    return found


def test_the_group_hears_at_most_six_messages_a_working_day(store: StoreAtWork) -> None:
    asks(store.person("sun"), "外出 锦绣花园看工地 明天下午两点到四点")
    for day in DAYS:
        store.move_to(at(day, 16))
        hands_over_what_is_due(store, day)

    heard = heard_by_group(store)

    assert set(heard) == set(DAYS)
    assert max(heard.values()) <= MOST


def test_what_is_late_makes_the_morning_longer_not_the_day_louder(store: StoreAtWork) -> None:
    store.move_to(at(DAYS[3], 18))

    heard = heard_by_group(store)

    assert set(heard) == set(DAYS[:4])
    assert max(heard.values()) <= MOST
    assert store.person("wu").hears("⚠ 过了时间：平面方案 2026-0001（王磊 周四 11月26日 17:30）", chat="store")
