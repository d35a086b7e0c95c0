"""What PostgreSQL passes on between processes: the topics that others ring after their commits."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable

import psycopg
from sqlalchemy.engine import make_url

Listener = Callable[[frozenset[str]], None]

CHANNEL = "qiantai"
FIRST_RECONNECT_SECONDS = 0.1
LONGEST_RECONNECT_SECONDS = 10.0
# Heard after a connection was lost: whatever was rung meanwhile was missed.
MISSED = "missed"


def libpq_address(url: str) -> str:
    """Where the database is, for a connection of PostgreSQL's own library."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Ears:
    """Hears the bells of other processes on PostgreSQL: a thread with a connection of its own, until it is closed."""

    def __init__(self, url: str, own_name: str, heard: Listener) -> None:
        self._address = libpq_address(url)
        self._own_name = own_name
        self._heard = heard
        self._close, self._closed = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name="ears", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._close.close()
        self._thread.join()
        self._closed.close()

    def _listen(self) -> None:
        wait = FIRST_RECONNECT_SECONDS
        while True:
            try:
                with psycopg.connect(self._address, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    wait = FIRST_RECONNECT_SECONDS
                    self._heard(frozenset({MISSED}))
                    self._pass_on(connection)
                    while not self._is_closed(connection):
                        self._pass_on(connection)
                    return
            except psycopg.OperationalError:
                if self._is_closed(seconds=wait):
                    return
                wait = min(2 * wait, LONGEST_RECONNECT_SECONDS)

    def _is_closed(self, *sources: psycopg.Connection, seconds: float | None = None) -> bool:
        """Waits until something arrives, or until the time is over."""
        waiting: list[socket.socket | psycopg.Connection] = [self._closed, *sources]
        ready, _, _ = select.select(waiting, [], [], seconds)
        return self._closed in ready

    def _pass_on(self, connection: psycopg.Connection) -> None:
        rung = [notification.payload.partition(" ") for notification in connection.notifies(timeout=0)]
        topics = frozenset(topic for name, _, topic in rung if name != self._own_name)
        if topics:
            self._heard(topics)
