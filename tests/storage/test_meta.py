"""Small facts about the deployment, by name."""

from __future__ import annotations

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
