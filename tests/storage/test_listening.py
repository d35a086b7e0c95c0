"""Processes on PostgreSQL wake each other; each Database object here is one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial

import pytest
from sqlalchemy import text
from sqlmodel import Session

from storage import meta
from storage.database import Database, ring_bell
from storage.ears import MISSED


class Ear:
    """What a process heard, in order."""

    def __init__(self, database: Database) -> None:
        self.topics: list[str] = []
        self._more = threading.Condition()
        database.listen(self._hear)

    def _hear(self, topics: frozenset[str]) -> None:
        with self._more:
            self.topics.extend(sorted(topics))
            self._more.notify_all()

    def waits_for(self, topic: str, times: int = 1) -> bool:
        with self._more:
            return self._more.wait_for(lambda: self.topics.count(topic) >= times, 20)


@pytest.fixture
def here(postgres_url: str) -> Iterator[Database]:
    opened = Database(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def there(postgres_url: str) -> Iterator[Database]:
    opened = Database(postgres_url)
    yield opened
    opened.close()


def ring(topics: Sequence[str], session: Session) -> None:
    """Writes a fact and rings for it."""
    meta.put(session, "a fact", {})
    for topic in topics:
        ring_bell(session, topic)


def drop_listeners(session: Session) -> None:
    session.connection().execute(
        text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN qiantai'")
    )


def test_a_commit_in_one_process_wakes_the_other(here: Database, there: Database) -> None:
    ear = Ear(there)
    assert ear.waits_for(MISSED)

    here.write_now(partial(ring, ["lane:staff:7"]))

    assert ear.waits_for("lane:staff:7")
    assert there.read_now(partial(meta.get, name="a fact")) == {}


def test_the_own_commit_is_heard_once_and_not_again_from_outside(here: Database, there: Database) -> None:
    ear, other = Ear(here), Ear(there)
    assert ear.waits_for(MISSED)
    assert other.waits_for(MISSED)

    here.write_now(lambda session: ring_bell(session, "outbox:staff:7"))
    there.write_now(lambda session: ring_bell(session, "last"))

    assert ear.waits_for("last")
    assert ear.topics.count("outbox:staff:7") == 1


def test_more_bells_than_one_notification_holds_are_all_heard(here: Database, there: Database) -> None:
    ear = Ear(there)
    assert ear.waits_for(MISSED)
    rung = [f"chat:staff:somebody with a long key number {n}" for n in range(500)]

    here.write_now(partial(ring, rung))

    assert all(ear.waits_for(topic) for topic in rung)


def test_a_lost_connection_is_made_again_and_what_was_missed_is_looked_for(here: Database, there: Database) -> None:
    ear = Ear(there)
    assert ear.waits_for(MISSED)

    here.write_now(drop_listeners)
    heard_again = ear.waits_for(MISSED, times=2)
    here.write_now(lambda session: ring_bell(session, "reminders"))

    assert heard_again
    assert ear.waits_for("reminders")


def test_closing_ends_the_listening(postgres_url: str) -> None:
    database = Database(postgres_url)
    ear = Ear(database)
    assert ear.waits_for(MISSED)

    database.close()

    assert "ears" not in [thread.name for thread in threading.enumerate()]


def test_who_does_not_listen_keeps_no_connection_for_it(here: Database) -> None:
    here.write_now(lambda session: ring_bell(session, "reminders"))

    assert "ears" not in [thread.name for thread in threading.enumerate()]
