"""Twenty thousand open cases of two hundred stores: a step done, the morning digests, a calendar that changes."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from benchmarks.desk import sqlite_files
from benchmarks.front_desk import ACCOUNT, NULL, OPENS, RULES_HOLD, FrontDesk, at_work
from bot.app import scene_at
from bot.clock import Clock
from bot.handlers import FEATURES
from bot.rules.book import Rulebook, as_stored
from bot.rules.opening import OwnDay
from bot.rules.workflow import Need, StepKey
from bot.scheduler.reminders import Bell
from bot.talk import Incoming, Said
from storage import reminders, staff, stores
from storage.customers import Case, CaseState, Customer, Grade, TeamMember
from storage.database import Database
from storage.reminders import Reminder
from storage.staff import Role, Staff
from storage.workflow import CaseMark, CaseStep, StepState
from tests.services import Run

TEAM = (
    *(Role.CLIENT_MANAGER, Role.GM_OFFICE, Role.DESIGNER, Role.DESIGNER, Role.ESTIMATOR),
    *(Role.ENGINEERING_MANAGER, Role.PROJECT_MANAGER),
)
SURVEYED_AT = datetime.fromisoformat("2026-11-25T09:30:00+08:00")
DUE_AT = datetime.fromisoformat("2026-11-27T17:30:00+08:00")
MORNING = datetime.fromisoformat("2026-11-27T08:45:00+08:00")
# A Friday on which the cases are due; closed, they are due a working day later.
CLOSED_ON = date(2026, 11, 27)
# The first of a store's cases are at the review, which one press ends.
AT_REVIEW = 3


@dataclass(frozen=True)
class Size:
    """How many stores with so many open cases each; other reminders wait for later days; steps that are done."""

    stores: int = 200
    cases: int = 100
    others: int = 60_000
    steps: int = 300
    changes: int = 20


FULL, TENTH = Size(), Size(cases=10, others=6_000)


def _seed(session: Session, size: Size) -> None:
    """Rows as they would be in the middle of a week, written without the rules: each store like the next."""
    rules = as_stored(Rulebook())
    for number in range(size.stores):
        store = stores.put_store(session, key=f"store{number}", name="样板店")
        session.flush()
        stores.put_rules(session, store.id, valid_from=RULES_HOLD, rules=rules)
        _seed_store(session, store.id, size)
    _rows(
        session,
        Reminder,
        (
            _reminder(
                1 + number % size.stores, "leave", f"leave:{9_000_000 + number}", DUE_AT + timedelta(days=number % 90)
            )
            for number in range(size.others)
        ),
    )


def _reminder(store_id: int, feature: str, subject: str, at: datetime) -> dict[str, Any]:
    return {"store_id": store_id, "feature": feature, "subject": subject, "occurrence": "", "at": at, "failures": 0}


def _seed_store(session: Session, store_id: int, size: Size) -> None:
    people = {}
    for place, role in enumerate(TEAM):
        key = f"s{store_id}p{place}"
        person = Staff(store_id=store_id, key=key, name=f"同事{place}", roles=[role], phone="13800000000")
        staff.put(session, person)
        staff.bind(session, staff.contact(session, channel=NULL, account=ACCOUNT, address=key), person.id)
        people[role] = person.id
    first = (store_id - 1) * size.cases
    numbers = range(first + 1, first + size.cases + 1)
    _rows(session, Customer, (_customer(store_id, number) for number in numbers))
    _rows(session, Case, (_case(store_id, number, number - first, people) for number in numbers))
    _rows(
        session,
        TeamMember,
        (_member(store_id, number, role, who) for number in numbers for role, who in people.items()),
    )
    _rows(session, CaseStep, (_step(store_id, number, number - first, people) for number in numbers))
    at_review = [number for number in numbers if number - first <= AT_REVIEW]
    _rows(session, CaseStep, (_budget(store_id, number, people) for number in at_review))
    _rows(session, CaseMark, (_arranged(store_id, number, people) for number in at_review))
    _rows(session, Reminder, (_reminder(store_id, "workflow", f"workflow:{number}", DUE_AT) for number in numbers))
    _rows(session, Reminder, (_reminder(store_id, "follow_up", f"follow_up:{number}", DUE_AT) for number in numbers))


def _rows(session: Session, table: type[SQLModel], rows: Any) -> None:
    made = list(rows)
    if made:
        session.connection().execute(insert(table), made)


def _customer(store_id: int, number: int) -> dict[str, Any]:
    return {"id": number, "store_id": store_id, "name": "李女士", "phone": f"138{number:08}", "created_at": OPENS}


def _case(store_id: int, number: int, serial: int, people: dict[Role, int]) -> dict[str, Any]:
    case = Case(
        id=number,
        store_id=store_id,
        year=2026,
        serial=serial,
        customer_id=number,
        state=CaseState.OPEN,
        grade=Grade.B,
        source="walk_in",
        estate="锦绣花园",
        area_m2=Decimal(120),
        layout="三室两厅",
        consent_at=OPENS,
        opened_by_id=people[Role.CLIENT_MANAGER],
        opened_at=OPENS,
        follow_up_at=DUE_AT,
    )
    return case.model_dump()


def _member(store_id: int, number: int, role: Role, staff_id: int) -> dict[str, Any]:
    return {"store_id": store_id, "case_id": number, "role": role, "staff_id": staff_id}


def _step(store_id: int, number: int, serial: int, people: dict[Role, int]) -> dict[str, Any]:
    at_review = serial <= AT_REVIEW
    step = CaseStep(
        id=number,
        store_id=store_id,
        case_id=number,
        step=StepKey.REVIEW if at_review else StepKey.FLOOR_PLAN,
        owner_id=people[Role.ENGINEERING_MANAGER if at_review else Role.DESIGNER],
        state=StepState.OPEN,
        became_at=SURVEYED_AT,
        started_at=SURVEYED_AT,
        clock_at=SURVEYED_AT,
        clock_left="2wd",
        due_at=DUE_AT,
    )
    return step.model_dump()


def _arranged(store_id: int, number: int, people: dict[Role, int]) -> dict[str, Any]:
    mark = CaseMark(
        store_id=store_id,
        case_id=number,
        mark=Need.BRIEFING_ARRANGED,
        at=DUE_AT,
        by_id=people[Role.ENGINEERING_MANAGER],
        recorded_at=OPENS,
    )
    return mark.model_dump(exclude={"id"})


def _budget(store_id: int, number: int, people: dict[Role, int]) -> dict[str, Any]:
    """What the review is about was handed over."""
    step = CaseStep(
        id=10_000_000 + number,
        store_id=store_id,
        case_id=number,
        step=StepKey.BUDGET,
        owner_id=people[Role.ESTIMATOR],
        state=StepState.DONE,
        became_at=SURVEYED_AT,
        done_at=SURVEYED_AT,
        done_by_id=people[Role.ESTIMATOR],
    )
    return step.model_dump()


@contextmanager
def _store(run: Run, size: Size) -> Iterator[str]:
    with sqlite_files(run)() as url:
        with _opened(url) as database:
            database.write_now(partial(_seed, size=size))
        yield url


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


async def _done(url: str, size: Size) -> list[float]:
    """Seconds from each press of 审核通过 until it is answered, one after another, each in another store's case."""
    took = []
    with _opened(url) as database:
        async with at_work(database) as front:
            await front.timetable.settle()
            for number in range(size.steps):
                store_id, serial = 1 + number % size.stores, 1 + number // size.stores
                step_id = (store_id - 1) * size.cases + serial
                action = f"workflow:note:{step_id}:{Need.REVIEW_APPROVED}"
                took.append(await _press(front, f"s{store_id}p5", f"e{number}", action))
    return took


async def _press(front: FrontDesk, chat: str, event_id: str, action: str) -> float:
    """From the press until its answer is in the channel."""
    answered = len(front.channel.latencies)
    front.channel.asked(chat, perf_counter())
    await front.desk.receive(Incoming(NULL, ACCOUNT, event_id, chat, kind=Said.PRESS, action=action, message="1"))
    await front.timetable.settle()
    if len(front.channel.latencies) != answered + 1:
        raise AssertionError(f"{action} was not answered")
    return front.channel.latencies[-1]


def _digests(database: Database, size: Size) -> float:
    """Seconds until the morning of every store has rung, each with its group's digest and its people's own."""
    at = MORNING + timedelta(seconds=1)
    database.write_now(partial(_set_mornings, size=size))
    clock = Clock()
    clock.move_to(at)
    begun = perf_counter()
    looked_at = asyncio.run(Bell(database, clock, FEATURES).ring_due())
    took = perf_counter() - begun
    if looked_at != size.stores:
        raise AssertionError(f"{looked_at} reminders rang instead of {size.stores}")
    return took


def _set_mornings(session: Session, size: Size) -> None:
    for store_id in range(1, size.stores + 1):
        reminders.put(
            session, store_id=store_id, feature="morning", subject=f"morning:{store_id}", occurrence="", at=MORNING
        )


def _change(store_id: int, session: Session) -> int:
    """The store closes on the Friday on which its cases are due; returns how many deadlines moved."""
    before = scene_at(session, store_id, OPENS).rules
    own = OwnDay.model_validate({"date": CLOSED_ON, "kind": "closed"})
    after = before.model_copy(update={"calendar": before.calendar.model_copy(update={"days": (own,)})})
    stores.put_rules(session, store_id, valid_from=OPENS, rules=as_stored(after))
    return len(FEATURES["workflow"].rules_changed(scene_at(session, store_id, OPENS), before))  # type: ignore[misc]


@dataclass(frozen=True)
class Changed:
    """How long a store's change of calendar took, and how many deadlines moved with it."""

    seconds: float
    moved: int


def _changes(database: Database, size: Size) -> list[Changed]:
    """The calendars of some stores, one after another; every deadline that is open there moves."""
    took = []
    for store_id in range(1, size.changes + 1):
        begun = perf_counter()
        moved = database.write_now(partial(_change, store_id))
        took.append(Changed(perf_counter() - begun, moved))
    if not all(one.moved for one in took):
        raise AssertionError("no deadline moved")
    return took


def _a_deadline(changes: Sequence[Changed]) -> float:
    return median(one.seconds / one.moved for one in changes)


def measure(full: Size = FULL, tenth: Size = TENTH) -> dict[str, float]:
    """Milliseconds with all the cases, and how much longer it takes with ten times as many that are not touched."""
    run = Run(Path(tempfile.mkdtemp(prefix="qiantai-bench-")))
    try:
        with _store(run, tenth) as url:
            few = asyncio.run(_done(url, tenth))
            with _opened(url) as database:
                few_changes = _changes(database, tenth)
        with _store(run, full) as url:
            many = asyncio.run(_done(url, full))
            with _opened(url) as database:
                digests = _digests(database, full)
                changes = _changes(database, full)
    finally:
        run.close()
    spread = quantiles(many, n=100)
    return {
        "step_done_p50_ms": round(1000 * spread[49], 1),
        "step_done_p99_ms": round(1000 * spread[98], 1),
        "step_done_ten_times_the_cases_ratio": round(median(many) / median(few), 2),
        f"digests_of_{full.stores}_stores_s": round(digests, 2),
        f"calendar_change_of_{full.cases}_cases_ms": round(1000 * median(one.seconds for one in changes), 1),
        "a_deadline_moved_ten_times_the_cases_ratio": round(_a_deadline(changes) / _a_deadline(few_changes), 2),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
