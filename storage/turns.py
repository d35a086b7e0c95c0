"""Whose turn it is: what only one of the processes on a database may do, until it ends or dies."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

import psycopg

from storage.database import Database
from storage.ears import libpq_address

# A server that does not answer is given up, so that the turn is not thought ours for long.
CONNECT_SECONDS = 5
UNANSWERED_MILLISECONDS = 10_000
_TAKE = "SELECT pg_try_advisory_lock(hashtext('turn'), hashtext(%s))"


class Turn:
    """A lock of PostgreSQL's on a connection of its own: whoever ends or dies loses it in that instant.

    On SQLite a second process is refused the file, so it is always this one's turn.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._address = "" if database.dialect == "sqlite" else libpq_address(database.url)
        self._name = name
        self._connection: psycopg.Connection | None = None
        self._is_ours = False
        self._is_over = False
        self._one_at_a_time = threading.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._end)

    async def take(self) -> bool:
        """Whether it is our turn, now that we ask for it; ask again each time, for it may have been lost meanwhile."""
        return not self._address or await asyncio.to_thread(self._take)

    def _take(self) -> bool:
        with self._one_at_a_time:
            if self._is_over:
                return False
            try:
                return self._ask()
            except psycopg.OperationalError:
                self._hang_up()
                return False

    def _ask(self) -> bool:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._address,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                tcp_user_timeout=UNANSWERED_MILLISECONDS,
            )
        if self._is_ours:
            # Fails if the connection has ended, and the turn with it.
            self._connection.execute("SELECT 1")
            return True
        found = self._connection.execute(_TAKE, [self._name]).fetchone()
        self._is_ours = found is not None and bool(found[0])
        return self._is_ours

    def _end(self) -> None:
        with self._one_at_a_time:
            self._is_over = True
            self._hang_up()

    def _hang_up(self) -> None:
        self._is_ours = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None
