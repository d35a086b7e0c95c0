"""Small facts about the deployment, by name."""

from __future__ import annotations

from concurrent.futures import wait
from functools import partial

from storage import meta
from storage.database import Database


def test_a_fact_is_kept_replaced_and_found(database: Database, database_url: str) -> None:
    unknown = database.read_now(partial(meta.get, name="clock"))
    database.write_now(partial(meta.put, name="clock", value={"ahead_seconds": 1.5}))
    database.write_now(partial(meta.put, name="clock", value={"ahead_seconds": 7200.0}))
    database.close()

    restarted = Database(database_url)
    found = restarted.read_now(partial(meta.get, name="clock"))
    restarted.close()
    assert unknown is None
    assert found == {"ahead_seconds": 7200.0}


def test_of_many_who_put_a_fact_at_once_one_does_and_all_hear_it(database: Database) -> None:
    puts = [database.submit(partial(meta.put_new, name="secret", value={"n": n})) for n in range(8)]
    wait(puts)

    kept = database.read_now(partial(meta.get, name="secret"))
    assert [one.result() for one in puts] == [kept] * 8


def test_a_fact_that_is_there_is_not_put_anew(database: Database) -> None:
    database.write_now(partial(meta.put, name="clock", value={"ahead_seconds": 5}))

    kept = database.write_now(partial(meta.put_new, name="clock", value={"ahead_seconds": 0}))

    assert kept == {"ahead_seconds": 5}
