"""Transactions: all of a piece of work or nothing, nothing lost between many, bells only after the commit."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from storage import meta
from storage.database import Database, ring_bell, savepoint
from storage.meta import Meta

Work = Callable[[Session], None]


def put(name: str, number: int = 0) -> Work:
    return lambda session: meta.put(session, name, {"n": number})


def value_of(database: Database, name: str) -> int | None:
    found = database.read_now(lambda session: meta.get(session, name))
    return None if found is None else int(found["n"])


def fail_after(work: Work) -> Work:
    def failing(session: Session) -> None:
        work(session)
        session.flush()
        ring_bell(session, "never")
        raise LookupError("after the work")

    return failing


def count_one_more(session: Session) -> int:
    row = session.get(Meta, "counter", with_for_update=True)
    assert row is not None
    row.value = {"n": row.value["n"] + 1}
    return int(row.value["n"])


def noted(done: list[str], name: str, _session: Session) -> None:
    done.append(name)


class Gate:
    """A piece of work that holds its transaction open until it is let go on."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self, session: Session) -> None:
        meta.put(session, "gate", {"n": 1})
        session.flush()
        self.entered.set()
        assert self.open.wait(10)


def test_what_was_written_can_be_read(database: Database) -> None:
    database.write_now(put("a", 7))

    assert value_of(database, "a") == 7


def test_work_that_fails_changes_nothing_and_its_error_is_told(database: Database) -> None:
    with pytest.raises(LookupError, match="after the work"):
        database.write_now(fail_after(put("a")))

    assert value_of(database, "a") is None


def test_work_that_fails_in_a_group_leaves_the_others_alone(database: Database) -> None:
    gate = Gate()
    database.submit(gate)
    assert gate.entered.wait(10)
    good = [database.submit(put(f"good{n}", n)) for n in range(5)]
    bad = database.submit(fail_after(put("bad")))
    more = database.submit(put("more", 6))

    gate.open.set()
    wait([*good, bad, more])

    assert [value_of(database, f"good{n}") for n in range(5)] == list(range(5))
    assert value_of(database, "more") == 6
    assert isinstance(bad.exception(), LookupError)
    assert value_of(database, "bad") is None


def test_work_that_fails_in_a_group_is_tried_once(sqlite_url: str) -> None:
    database, gate, tries = Database(sqlite_url), Gate(), list[str]()
    database.submit(gate)
    assert gate.entered.wait(10)
    first = database.submit(put("first"))
    bad = database.submit(partial(_refuses, tries))
    behind = [database.submit(put(f"behind{n}", n)) for n in range(3)]

    gate.open.set()
    wait([first, bad, *behind])

    assert isinstance(bad.exception(), LookupError)
    assert tries == ["first is there"]
    assert [value_of(database, f"behind{n}") for n in range(3)] == [0, 1, 2]
    database.close()


def _refuses(tries: list[str], session: Session) -> None:
    """Fails at what it sees, which is what was done before it."""
    tries.append("first is there" if meta.get(session, "first") else "nothing is there")
    raise LookupError("after the first")


def test_a_group_whose_commit_fails_is_done_one_by_one_and_only_who_is_at_fault_hears_it(sqlite_url: str) -> None:
    database, gate = Database(sqlite_url), Gate()
    database.submit(gate)
    assert gate.entered.wait(10)
    first, orphan, last = (database.submit(work) for work in (put("first", 1), _fails_at_the_commit, put("last", 2)))

    gate.open.set()
    wait([first, orphan, last])

    assert isinstance(orphan.exception(), IntegrityError)
    assert (first.exception(), last.exception()) == (None, None)
    assert (value_of(database, "first"), value_of(database, "last")) == (1, 2)
    database.close()


def _fails_at_the_commit(session: Session) -> None:
    connection = session.connection()
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    connection.exec_driver_sql(
        "INSERT INTO groups (store_id, name, channel, account, address) VALUES (999, 'nobody', 'x', 'y', 'z')"
    )


def test_a_savepoint_undoes_only_what_is_inside_it(database: Database) -> None:
    def work(session: Session) -> None:
        meta.put(session, "outside", {"n": 1})
        with pytest.raises(LookupError), savepoint(session):
            fail_after(put("inside"))(session)

    database.write_now(work)

    assert value_of(database, "outside") == 1
    assert value_of(database, "inside") is None


def test_a_read_sees_only_what_is_committed_and_does_not_wait(database: Database) -> None:
    gate = Gate()
    writing = database.submit(gate)
    assert gate.entered.wait(10)

    seen_meanwhile = value_of(database, "gate")
    gate.open.set()
    writing.result(10)

    assert seen_meanwhile is None
    assert value_of(database, "gate") == 1


def test_a_bell_is_heard_once_its_fact_can_be_read(database: Database) -> None:
    heard: list[tuple[str, int | None]] = []
    database.listen(lambda topics: heard.extend((topic, value_of(database, "fact")) for topic in topics))

    def work(session: Session) -> None:
        ring_bell(session, "lane:staff:1")
        ring_bell(session, "lane:staff:1")
        meta.put(session, "fact", {"n": 1})

    database.write_now(work)

    assert [one for one in heard if one[0] != "missed"] == [("lane:staff:1", 1)]


def test_the_bell_of_work_that_failed_is_not_heard(database: Database) -> None:
    heard: list[str] = []
    database.listen(lambda topics: heard.extend(topics))

    with pytest.raises(LookupError):
        database.write_now(fail_after(put("a")))
    database.write_now(lambda session: ring_bell(session, "later"))

    assert [topic for topic in heard if topic != "missed"] == ["later"]


def test_a_counter_raised_from_eight_threads_loses_nothing(database: Database) -> None:
    database.write_now(put("counter"))

    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda _: database.write_now(count_one_more), range(160)))

    assert value_of(database, "counter") == 160
    assert sorted(numbers) == list(range(1, 161))


def test_two_who_take_the_same_rows_in_opposite_order_both_come_through(postgres_url: str) -> None:
    database = Database(postgres_url)
    database.write_now(put("counter"))
    database.write_now(put("other"))
    both_hold_one = threading.Barrier(2)
    tries: list[str] = []

    def taking(first: str, second: str) -> Work:
        def work(session: Session) -> None:
            session.get(Meta, first, with_for_update=True)
            tries.append(first)
            if tries.count(first) == 1:
                both_hold_one.wait(10)
            row = session.get(Meta, second, with_for_update=True)
            assert row is not None
            row.value = {"n": row.value["n"] + 1}

        return work

    both = [database.submit(taking("counter", "other")), database.submit(taking("other", "counter"))]
    wait(both)

    assert [one.exception() for one in both] == [None, None]
    assert (value_of(database, "counter"), value_of(database, "other")) == (1, 1)
    assert len(tries) >= 3
    database.close()


def test_the_read_engine_cannot_write(sqlite_url: str) -> None:
    database = Database(sqlite_url)

    def write(session: Session) -> None:
        meta.put(session, "a", {"n": 1})
        session.commit()

    with pytest.raises(DBAPIError, match="readonly"):
        database.read_now(write)
    database.close()


def test_closing_lets_what_was_submitted_finish(database: Database, database_url: str) -> None:
    pending = [database.submit(put(f"late{n}", n)) for n in range(100)]

    database.close()

    assert all(one.done() and one.exception() is None for one in pending)
    reopened = Database(database_url)
    assert value_of(reopened, "late99") == 99
    reopened.close()


def test_a_closed_database_takes_nothing_and_closes_twice_in_peace(database: Database) -> None:
    database.close()
    database.close()

    with pytest.raises(RuntimeError, match="closed"):
        database.submit(put("a"))


async def test_what_somebody_outside_waits_for_goes_ahead_and_the_rest_keeps_its_order(sqlite_url: str) -> None:
    database, done = Database(sqlite_url), list[str]()
    gate = Gate()
    holding = database.submit(gate)
    await asyncio.to_thread(gate.entered.wait, 10)

    waiting = [database.submit(partial(noted, done, name)) for name in ("one", "two", "three")]
    urgent = database.submit(partial(noted, done, "urgent"), first=True)
    gate.open.set()
    for one in (holding, urgent, *waiting):
        one.result(10)

    assert done == ["urgent", "one", "two", "three"]
    database.close()


async def test_work_given_up_while_it_waits_stops_nobody(database: Database) -> None:
    gate = Gate()
    holding = database.submit(gate)
    await asyncio.to_thread(gate.entered.wait, 10)
    given_up = asyncio.create_task(database.write(put("given up")))
    await asyncio.sleep(0)

    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    gate.open.set()
    holding.result(10)

    await asyncio.wait_for(database.write(put("after", 3)), 10)
    assert value_of(database, "after") == 3


async def test_work_given_up_while_it_runs_is_done_whole(database: Database) -> None:
    gate = Gate()
    given_up = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.entered.wait, 10)

    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    gate.open.set()

    # On PostgreSQL somebody else writes what comes after.
    await asyncio.wait_for(database.write(put("after", 3)), 10)
    async with asyncio.timeout(10):
        while value_of(database, "gate") is None:  # noqa: ASYNC110 (what is waited for is a commit)
            await asyncio.sleep(0.01)
    assert value_of(database, "gate") == 1


async def test_reading_and_writing_are_awaited_alike(database: Database) -> None:
    await database.write(put("a", 4))

    assert await database.read(lambda session: meta.get(session, "a")) == {"n": 4}


def test_outside_the_tests_a_commit_waits_for_the_disk(sqlite_url: str) -> None:
    asks = f"""
from sqlalchemy import text
from storage.database import sqlite_engine
with sqlite_engine({sqlite_url!r}).connect() as connection:
    print(connection.execute(text("PRAGMA synchronous")).scalar_one())
"""

    answer = subprocess.run([sys.executable, "-c", asks], check=True, capture_output=True, text=True)

    assert answer.stdout.strip() == "2"
