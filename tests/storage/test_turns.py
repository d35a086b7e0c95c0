"""What only one process on a database may do: whose turn it is, and when it is another one's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import Session

from storage.database import Database
from storage.turns import Turn


@pytest.fixture
def shared(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


def end_whose_turn_it_is(session: Session) -> None:
    """What its machine's death does to its connection."""
    locked = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    here = " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    session.connection().execute(text(locked + here))


async def soon(turn: Turn) -> bool:
    """Whether it becomes this one's turn: the server lets go of a lock a moment after its connection has ended."""
    for _ in range(100):
        if await turn.take():
            return True
        await asyncio.sleep(0.05)
    return False


async def test_of_two_processes_one_has_the_turn_until_it_ends(shared: Database) -> None:
    async with Turn(shared, "poll 1") as other:
        async with Turn(shared, "poll 1") as first:
            tried = [await first.take(), await other.take(), await first.take(), await other.take()]

        afterwards = [await soon(other), await first.take()]

    assert tried == [True, False, True, False]
    assert afterwards == [True, False]


async def test_the_turn_of_another_bot_is_another_one(shared: Database) -> None:
    async with Turn(shared, "poll 1") as one, Turn(shared, "poll 2") as two:
        assert [await one.take(), await two.take()] == [True, True]


async def test_whose_connection_has_ended_notices_it_and_waits_like_the_others(shared: Database) -> None:
    async with Turn(shared, "poll 1") as first, Turn(shared, "poll 1") as other:
        assert await first.take()
        shared.write_now(end_whose_turn_it_is)
        taken_over = await soon(other)

        noticed = [await first.take(), await first.take()]

    assert taken_over
    assert noticed == [False, False]


async def test_nobody_has_a_turn_while_the_database_is_away(postgres_url: str) -> None:
    away = Database(f"{postgres_url}_that_is_not_there")

    async with Turn(away, "poll 1") as turn:
        assert not await turn.take()
    away.close()


async def test_on_one_machines_file_it_is_always_ours(sqlite_url: str) -> None:
    database = Database(sqlite_url)

    async with Turn(database, "poll 1") as one, Turn(database, "poll 1") as two:
        assert [await one.take(), await two.take()] == [True, True]
    database.close()
