"""The engine and the one way to run a transaction: SQLite with one writer thread, PostgreSQL with a few."""

from __future__ import annotations

import asyncio
import queue
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.ears import CHANNEL, Ears, Listener
from storage.mailbox import Mailbox

T = TypeVar("T")
Work = Callable[[Session], T]

BELLS = "bells"
# A commit is on the disk before anybody is answered; only tests, which cut no power, say otherwise.
SYNCHRONOUS = "FULL"
# Whatever waits for the writer shares one commit.
LARGEST_GROUP = 64
FIRST, BEHIND, LAST = range(3)
WRITERS = 6
READERS = 4
CONFLICTS = ("40001", "40P01")
CONFLICT_RETRIES = 20


def ring_bell(session: Session, topic: str) -> None:
    """After this transaction's commit, and only then, whoever listens to `topic` is woken, in other processes too."""
    session.info.setdefault(BELLS, set()).add(topic)


def check(session: Session) -> None:
    """Sends what was changed to the database, so that what it objects to is known now."""
    session.flush()


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """What happens inside happens whole or, if it raises, not at all; the transaction goes on either way."""
    with session.begin_nested():
        yield


def sqlite_engine(url: str, *, read_only: bool = False, foreign_keys: bool = True) -> Engine:
    """An engine on which every transaction takes the write lock at once, or one that cannot write."""
    # Errors name the statement, never what people said in it.
    engine = create_engine(url, pool_size=READERS if read_only else 1, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={SYNCHRONOUS}",
            "busy_timeout=30000",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
            f"query_only={'ON' if read_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        # A commit that failed has left its transaction open, and SQLAlchemy knows nothing of it.
        if connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
            connection.connection.rollback()
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def postgresql_engine(url: str, *, size: int) -> Engine:
    return create_engine(url, pool_size=size, max_overflow=0, pool_pre_ping=True, hide_parameters=True)


def is_conflict(error: Exception) -> bool:
    """Whether the database gave way to another transaction: nobody's fault, `write` tries it again at once."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in CONFLICTS


class _Task:
    """One piece of work waiting for the writer, and the future that hears of it after the commit."""

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.bells: set[str] = set()
        self.ran = False

    def is_wanted(self) -> bool:
        """Whether it is to be done; who gave it up before it began finds it undone. To be asked once."""
        return self.future.set_running_or_notify_cancel()

    def run(self, session: Session) -> None:
        """Does the work in the session's transaction, and leaves nothing in the session; raises what it raises."""
        self.ran = False
        self.result = self.work(session)
        session.flush()
        session.expunge_all()
        self.bells = session.info.pop(BELLS, set())
        self.ran = True


# How urgent it is, and which of these it is: what came earlier goes first. Nothing at all is the end.
_Queued = tuple[int, int, _Task | None]


class Database:
    """Runs `work(session)` in transactions: `write` one after another, `read` beside them; awaited or waited for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.dialect = make_url(url).get_backend_name()
        self._listeners: list[Listener] = []
        self._mailboxes: dict[asyncio.AbstractEventLoop, Mailbox] = {}
        self._name = secrets.token_hex(8)
        self._ears: Ears | None = None
        self._closed = False
        self._closing = threading.Lock()
        if self.dialect == "sqlite":
            self._writer = sqlite_engine(url)
            self._reader = sqlite_engine(url, read_only=True)
            self._tasks: queue.PriorityQueue[_Queued] = queue.PriorityQueue()
            self._numbers = count()
            self._thread = threading.Thread(target=self._write_groups, name="writer", daemon=True)
            self._thread.start()
        else:
            self._writer = self._reader = postgresql_engine(url, size=WRITERS + READERS)
            self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    def listen(self, listener: Listener) -> None:
        """`listener(topics)` is called after commits: in the event loop that runs here.

        Where none does it is called in a thread of the database, and must only wake others.
        """
        try:
            mailbox = self._mailbox()
        except RuntimeError:
            self._listeners.append(listener)
        else:
            self._listeners.append(lambda topics: mailbox.put(partial(listener, topics)))
        if self.dialect != "sqlite" and self._ears is None:
            self._ears = Ears(self.url, self._name, self.heard)

    def _mailbox(self) -> Mailbox:
        """That of the event loop which runs here. Raises RuntimeError where none does."""
        loop = asyncio.get_running_loop()
        if loop not in self._mailboxes:
            self._mailboxes[loop] = Mailbox(loop)
        return self._mailboxes[loop]

    def heard(self, topics: frozenset[str]) -> None:
        """Wakes the listeners of this process; other processes' commits arrive here as well."""
        for listener in self._listeners:
            listener(topics)

    async def write(self, work: Work[T], *, first: bool = False) -> T:
        """Runs `work` in one transaction; returns after the commit, or raises what `work` raised, nothing changed.

        What somebody outside waits for goes `first`: what waits for the writer already is done behind it.
        """
        return await self._mailbox().outcome(self.submit(work, first=first))

    async def read(self, work: Work[T]) -> T:
        """Runs `work` on a connection that never waits for the writer; it must not write."""
        return await self._mailbox().outcome(self._readers.submit(self.read_now, work))

    def write_now(self, work: Work[T]) -> T:
        """`write` for the command line and for tests: blocks until the commit."""
        return self.submit(work).result()

    def read_now(self, work: Work[T]) -> T:
        with Session(self._reader, expire_on_commit=False) as session:
            return work(session)

    def submit(self, work: Work[T], *, first: bool = False) -> Future[T]:
        with self._closing:
            if self._closed:
                raise RuntimeError("the database is closed")
            if self.dialect != "sqlite":
                return self._writers.submit(self._write_postgresql, work)
            task = _Task(work)
            self._tasks.put((FIRST if first else BEHIND, next(self._numbers), task))
            return task.future

    def close(self) -> None:
        """Lets what was submitted finish, then closes every connection."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        if self.dialect == "sqlite":
            self._tasks.put((LAST, next(self._numbers), None))
            self._thread.join()
        else:
            self._writers.shutdown()
        if self._ears is not None:
            self._ears.close()
        self._readers.shutdown()
        self._reader.dispose()
        self._writer.dispose()

    def _write_groups(self) -> None:
        while True:
            queued = self._tasks.get()
            if queued[0] == LAST:
                return
            self._commit_group(self._wanted_with(queued))

    def _commit_group(self, tasks: Iterator[_Task]) -> bool:
        """All of it in one commit, True; where one fails none has happened, and those before it are done again.

        So nobody pays for savepoints, and what one raises concerns no other. Work is done twice here as it is on
        PostgreSQL after a conflict: only what it wrote counts.
        """
        begun: list[_Task] = []
        try:
            self._commit(tasks, begun)
        except Exception as error:
            if begun:
                self._apart(begun, error)
                self._commit_group(tasks)
            return False
        self._tell(begun)
        return True

    def _wanted_with(self, first: _Queued) -> Iterator[_Task]:
        """It and what waits behind it, as long as nothing more urgent has come."""
        queued = first
        for _ in range(LARGEST_GROUP):
            if queued[2] is not None and queued[2].is_wanted():
                yield queued[2]
            try:
                queued = self._tasks.get(block=False)
            except queue.Empty:
                return
            if queued[0] != first[0]:
                break
        self._tasks.put(queued)

    def _apart(self, begun: Sequence[_Task], error: Exception) -> None:
        """The last of these fails, or their commit: nothing of any has happened. It hears why, the others are done.

        It saw what is there once they are; only where something else fails it has to be tried by itself.
        """
        *before, last = begun
        if not before or (self._commit_group(iter(before)) and not last.ran):
            last.future.set_exception(error)
        else:
            self._commit_group(iter([last]))

    def _commit(self, tasks: Iterable[_Task], begun: list[_Task]) -> None:
        """Those that have `begun` are told, whatever becomes of them."""
        with Session(self._writer, expire_on_commit=False) as session:
            for task in tasks:
                begun.append(task)
                task.run(session)
            session.commit()

    def _tell(self, tasks: Sequence[_Task]) -> None:
        """After the commit: the bells first, then whoever waits for the work."""
        topics = frozenset[str]().union(*(task.bells for task in tasks))
        if topics:
            self.heard(topics)
        for task in tasks:
            task.future.set_result(task.result)

    def _write_postgresql(self, work: Work[T]) -> T:
        for attempt in range(CONFLICT_RETRIES):
            try:
                return self._write_once(work)
            except DBAPIError as error:
                if not is_conflict(error) or attempt == CONFLICT_RETRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def _write_once(self, work: Work[T]) -> T:
        with Session(self._writer, expire_on_commit=False) as session:
            result = work(session)
            topics = frozenset(session.info.get(BELLS, ()))
            if topics:
                self._notify(session, topics)
            session.commit()
        if topics:
            self.heard(topics)
        return result

    def _notify(self, session: Session, topics: frozenset[str]) -> None:
        """Other processes hear it at the commit; topic by topic, since a notification has a largest length."""
        notify = text("SELECT pg_notify(:channel, :name || ' ' || topic) FROM unnest(CAST(:topics AS text[])) AS topic")
        session.connection().execute(notify, {"channel": CHANNEL, "name": self._name, "topics": sorted(topics)})
