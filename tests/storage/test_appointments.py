"""Meetings about cases in the rows: those that stand, of open cases, in their time; and whose contact is due."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import Session

from storage import appointments, customers, reminders, workflow
from storage.customers import Case, CaseState
from storage.database import Database
from storage.workflow import CaseMark
from tests.storage.shop import DAY, HOUR, NOW, Shop, a_case, open_shop

BOOKED = "plan_meeting_booked"


def a_mark(session: Session, shop: Shop, case: Case, *, at: datetime, mark: str = BOOKED) -> None:
    made = CaseMark(store_id=shop.store_id, case_id=case.id, mark=mark, at=at, by_id=shop.zhou, recorded_at=NOW)
    assert workflow.put_mark(session, made)


@pytest.fixture
def booked(database: Database, shop: Shop) -> Shop:
    """Case 1 meets in an hour, case 2 in two days; that case 1 was surveyed is no meeting."""

    def work(session: Session) -> None:
        first, second = a_case(session, shop), a_case(session, shop, "13800000002")
        a_mark(session, shop, first, at=NOW + HOUR, mark="survey_recorded")
        a_mark(session, shop, first, at=NOW + HOUR)
        a_mark(session, shop, second, at=NOW + 2 * DAY)

    database.write_now(work)
    return shop


def found(database: Database, shop: Shop, start: datetime, end: datetime) -> list[int]:
    """The serial numbers of the cases that meet between."""

    def work(session: Session) -> list[int]:
        return [case.serial for _, case in appointments.between(session, shop.store_id, [BOOKED], start=start, end=end)]

    return database.read_now(work)


def test_meetings_are_found_by_their_moment_the_end_not_in_it(database: Database, booked: Shop) -> None:
    assert found(database, booked, NOW, NOW + 3 * DAY) == [1, 2]
    assert found(database, booked, NOW + HOUR, NOW + 2 * DAY) == [1]
    assert found(database, booked, NOW + 2 * HOUR, NOW + 2 * DAY) == []


def test_a_meeting_that_was_moved_away_does_not_stand(database: Database, booked: Shop) -> None:
    database.write_now(lambda session: workflow.void_marks(session, 1, [BOOKED], at=NOW))

    assert found(database, booked, NOW, NOW + 3 * DAY) == [2]


def test_a_case_that_is_closed_meets_nobody(database: Database, booked: Shop) -> None:
    def close(session: Session) -> None:
        case = customers.lock(session, booked.store_id, 1)
        assert case is not None
        customers.close(session, case, CaseState.LOST, at=NOW, by_id=booked.zhou, lost_why="选了别家")

    database.write_now(close)

    assert found(database, booked, NOW, NOW + 3 * DAY) == [2]


def test_another_stores_meetings_are_its_own(database: Database, booked: Shop) -> None:
    other = database.write_now(lambda session: open_shop(session, "north"))

    assert found(database, other, NOW, NOW + 3 * DAY) == []
    assert database.read_now(lambda session: appointments.get(session, other.store_id, 2)) is None
    assert database.read_now(lambda session: appointments.get(session, booked.store_id, 2)) is not None


def test_contacts_that_are_due_come_by_their_moment(database: Database, shop: Shop) -> None:
    def work(session: Session) -> None:
        for number, ahead in enumerate((2 * HOUR, HOUR, DAY)):
            customers.set_follow_up(session, a_case(session, shop, f"1380000000{number}"), NOW + ahead)

    database.write_now(work)

    assert database.read_now(
        lambda session: [one.serial for one in customers.follow_ups_due(session, shop.store_id, before=NOW + DAY)]
    ) == [2, 1]


def test_when_something_rings_next(database: Database, shop: Shop) -> None:
    def set_two(session: Session) -> None:
        for subject, at in (("morning:1", NOW + DAY), ("other:1", NOW + HOUR)):
            reminders.put(session, store_id=shop.store_id, feature="morning", subject=subject, occurrence="", at=at)

    database.write_now(set_two)

    def rings(subject: str) -> datetime | None:
        return database.read_now(
            lambda session: reminders.at_of(session, store_id=shop.store_id, feature="morning", subject=subject)
        )

    assert rings("morning:1") == NOW + DAY
    assert rings("morning:2") is None
