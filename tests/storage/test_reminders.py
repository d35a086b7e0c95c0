"""One table for everything that rings: set, moved, taken once, held when it cannot be rung."""

from __future__ import annotations

from concurrent.futures import wait
from datetime import datetime
from functools import partial

from sqlmodel import Session

from storage import reminders
from storage.database import Database
from storage.reminders import Reminder
from tests.storage.shop import HOUR, MINUTE, NOW, Shop, all_rows


def remind(
    database: Database, shop: Shop, subject: str, at: datetime, *, feature: str = "leave", occurrence: str = ""
) -> None:
    database.write_now(
        partial(
            reminders.put,
            store_id=shop.store_id,
            feature=feature,
            subject=subject,
            occurrence=occurrence,
            at=at,
        )
    )


def due(database: Database, at: datetime = NOW, *, real: datetime = NOW, most: int = 100) -> list[str]:
    found = database.read_now(partial(reminders.due, now=at, real=real, most=most))
    return [reminder.subject for reminder in found]


def test_what_is_due_comes_in_the_order_of_its_time(database: Database, shop: Shop) -> None:
    remind(database, shop, "leave:3", NOW)
    remind(database, shop, "leave:1", NOW - HOUR)
    remind(database, shop, "leave:2", NOW)
    remind(database, shop, "leave:4", NOW + MINUTE)

    assert due(database) == ["leave:1", "leave:3", "leave:2"]
    assert due(database, most=1) == ["leave:1"]


def test_a_reminder_that_is_set_again_is_moved(database: Database, shop: Shop) -> None:
    remind(database, shop, "leave:1", NOW)
    remind(database, shop, "leave:1", NOW + HOUR)

    assert due(database) == []
    assert due(database, NOW + HOUR) == ["leave:1"]


def test_occurrences_and_features_have_reminders_of_their_own(database: Database, shop: Shop) -> None:
    remind(database, shop, "leave:1", NOW, occurrence="a")
    remind(database, shop, "leave:1", NOW, occurrence="b")
    remind(database, shop, "leave:1", NOW, feature="approvals")

    assert len(due(database)) == 3


def test_clearing_ends_every_occurrence_of_the_subject_and_nothing_else(database: Database, shop: Shop) -> None:
    remind(database, shop, "leave:1", NOW, occurrence="a")
    remind(database, shop, "leave:1", NOW, occurrence="b")
    remind(database, shop, "leave:2", NOW)
    remind(database, shop, "leave:1", NOW, feature="approvals")

    database.write_now(partial(reminders.clear, store_id=shop.store_id, feature="leave", subject="leave:1"))

    assert [(row.feature, row.subject) for row in all_rows(database, Reminder)] == [
        ("leave", "leave:2"),
        ("approvals", "leave:1"),
    ]


def test_of_many_who_take_a_reminder_one_gets_it(database: Database, shop: Shop) -> None:
    remind(database, shop, "leave:1", NOW)
    [reminder] = all_rows(database, Reminder)

    taken = [database.submit(partial(reminders.take, reminder=reminder)) for _ in range(6)]
    wait(taken)

    assert sorted(one.result() for one in taken) == [False] * 5 + [True]


def test_a_reminder_that_was_moved_meanwhile_is_not_taken(database: Database, shop: Shop) -> None:
    remind(database, shop, "leave:1", NOW)
    [seen] = all_rows(database, Reminder)

    remind(database, shop, "leave:1", NOW + HOUR)

    assert database.write_now(partial(reminders.take, reminder=seen)) is False
    assert due(database, NOW + HOUR) == ["leave:1"]


def test_a_reminder_that_is_taken_and_set_in_one_transaction_stays(database: Database, shop: Shop) -> None:
    remind(database, shop, "leave:1", NOW)
    [reminder] = all_rows(database, Reminder)

    def ring(session: Session) -> None:
        assert reminders.take(session, reminder)
        reminders.put(session, store_id=shop.store_id, feature="leave", subject="leave:1", occurrence="", at=NOW + HOUR)

    database.write_now(ring)

    assert due(database) == []
    assert due(database, NOW + HOUR) == ["leave:1"]


def test_a_held_reminder_waits_in_real_time_and_stops_no_other(database: Database, shop: Shop) -> None:
    remind(database, shop, "leave:1", NOW)
    remind(database, shop, "leave:2", NOW)
    [broken, _] = all_rows(database, Reminder)

    database.write_now(partial(reminders.hold, reminder_id=broken.id, until=NOW + MINUTE))

    assert due(database) == ["leave:2"]
    assert due(database, real=NOW + MINUTE) == ["leave:1", "leave:2"]
    assert database.read_now(partial(reminders.next_held, after=NOW)) == NOW + MINUTE
    assert database.read_now(partial(reminders.next_held, after=NOW + MINUTE)) is None
    assert all_rows(database, Reminder)[0].failures == 1


def test_a_held_reminder_that_is_set_anew_is_free_again(database: Database, shop: Shop) -> None:
    remind(database, shop, "leave:1", NOW)
    database.write_now(partial(reminders.hold, reminder_id=all_rows(database, Reminder)[0].id, until=NOW + HOUR))

    remind(database, shop, "leave:1", NOW)

    assert due(database) == ["leave:1"]
    assert all_rows(database, Reminder)[0].failures == 0


def test_the_earliest_moment_is_known_also_after_another(database: Database, shop: Shop) -> None:
    nothing = database.read_now(reminders.next_at)
    remind(database, shop, "leave:1", NOW + HOUR)
    remind(database, shop, "leave:2", NOW)

    assert nothing is None
    assert database.read_now(reminders.next_at) == NOW
    assert database.read_now(partial(reminders.next_at, after=NOW)) == NOW + HOUR
    assert database.read_now(partial(reminders.next_at, after=NOW + HOUR)) is None
