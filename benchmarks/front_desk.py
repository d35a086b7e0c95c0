"""A front desk for measuring: twenty stores of ten people on a channel that does nothing, and the bare transaction."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any, ClassVar

from sqlalchemy import Column, MetaData
from sqlmodel import Field, Session, SQLModel

from bot import cards
from bot.clock import Clock
from bot.desk import Desk
from bot.handlers import FEATURES
from bot.rules.book import Rulebook, as_stored
from bot.scheduler.delivery import Delivery
from bot.scheduler.reminders import Bell
from bot.scheduler.timetable import Timetable
from bot.talk import Address, Capabilities, DeliveryError, File, Incoming, Message, Receive
from storage import staff, stores
from storage.columns import JSON, KEY, Moment
from storage.database import Database
from storage.staff import Role, Staff

Waker = Callable[[], None]
Wakers = dict[str, Callable[[str], None]]

NULL = "null"
ACCOUNT = "bench"
STAFF_OF_A_STORE = 10
# A Wednesday, ten o'clock in the store: nothing rests for quiet hours, and 周五下午 is a plain working afternoon.
OPENS = datetime.fromisoformat("2026-11-25T10:00:00+08:00")
RULES_HOLD = datetime.fromisoformat("2026-01-01T00:00:00+08:00")
ROLES = (Role.CLIENT_MANAGER, Role.GM_OFFICE, Role.ESTIMATOR, *(Role.DESIGNER,) * 7)


class NullChannel:
    """Takes every message at once and remembers only how long its question had waited."""

    name = NULL
    can = Capabilities()

    def __init__(self) -> None:
        self.sent = 0
        self.latencies: list[float] = []
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)

    def asked(self, chat: str, since: float) -> None:
        """A question of this chat came (or should have come) at `since`, in `perf_counter` seconds."""
        self._asked[chat].append(since)

    def forget(self) -> None:
        """What was sent until now was for warming up."""
        self.sent = 0
        self.latencies.clear()

    async def run(self, receive: Receive) -> None:
        """Nothing comes in by itself."""

    async def send(self, to: Address, message: Message, *, at: datetime) -> str:
        self.sent += 1
        if self._asked[to.chat]:
            self.latencies.append(perf_counter() - self._asked[to.chat].popleft())
        return str(self.sent)

    async def edit(self, to: Address, ref: str, message: Message, *, at: datetime) -> str:
        """An older card loses its buttons; nothing to remember."""
        return ref

    async def fetch(self, file: str) -> File:
        """Nobody sends files here."""
        raise DeliveryError(f"no file {file}", permanent=True)


@dataclass(frozen=True)
class FrontDesk:
    """A front desk at work, and the chats of its people."""

    desk: Desk
    timetable: Timetable
    channel: NullChannel

    async def says(self, chat: str, event_id: str, text: str, *, since: float | None = None) -> None:
        """Somebody says something; returns when the channel may acknowledge it."""
        self.channel.asked(chat, perf_counter() if since is None else since)
        await self.desk.receive(Incoming(NULL, ACCOUNT, event_id, chat, text=text))

    async def answered(self, count: int) -> None:
        """Until all that came in is handled, sent and marked sent. Raises AssertionError if so many were not sent."""
        await self.timetable.settle()
        if self.channel.sent != count:
            raise AssertionError(f"{self.channel.sent} messages went out instead of {count}")


def chats(people: int) -> list[str]:
    return [f"person{number}" for number in range(people)]


def open_stores(session: Session, people: int) -> None:
    """So many people, ten to a store with the handbook's rules, each with a chat on the null channel."""
    for number, chat in enumerate(chats(people)):
        place = number % STAFF_OF_A_STORE
        store = stores.put_store(session, key=f"store{number // STAFF_OF_A_STORE}", name="样板店")
        session.flush()
        stores.put_rules(session, store.id, valid_from=RULES_HOLD, rules=as_stored(Rulebook()))
        person = Staff(store_id=store.id, key=chat, name=f"同事{number}", roles=[ROLES[place]], phone="13800000000")
        staff.put(session, person)
        staff.bind(session, staff.contact(session, channel=NULL, account=ACCOUNT, address=chat), person.id)


async def _nothing() -> None:
    """Housekeeping rests while measuring."""


def _nobody_is_unreachable(_session: Session, to: Address) -> None:
    raise AssertionError(f"{to} could not be reached over the null channel")


@asynccontextmanager
async def at_work(database: Database) -> AsyncIterator[FrontDesk]:
    """The front desk as bot/app.py wires it, with the null channel as its only one."""
    clock = Clock()
    clock.move_to(OPENS)
    channel = NullChannel()
    desk = Desk(database, clock, FEATURES)
    show = partial(cards.show, features=FEATURES)
    delivery = Delivery(database, clock, {NULL: channel}, show, _nobody_is_unreachable)
    timetable = Timetable(
        database,
        clock,
        Bell(database, clock, FEATURES),
        delivery,
        take_up=desk.wake_all,
        desk_idle=lambda: desk.idle,
        tidy=_nothing,
    )
    database.listen(partial(_heard, {"lane": desk.wake, "outbox": delivery.wake}, timetable.wake))
    running = asyncio.create_task(timetable.run())
    try:
        yield FrontDesk(desk, timetable, channel)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await desk.close()
        await delivery.close()


def _heard(wakers: Wakers, otherwise: Waker, topics: frozenset[str]) -> None:
    for topic in topics:
        kind, _, key = topic.partition(":")
        if kind in wakers:
            wakers[kind](key)
        else:
            otherwise()


class BareMessage(SQLModel, table=True):
    """What the bare transaction writes: a row as wide as the inbox's, without any index but its key."""

    __tablename__ = "bench_messages"
    # Not a table of the product: its schema stands apart.
    metadata: ClassVar[MetaData] = MetaData()

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    lane: str
    payload: dict[str, Any] = Field(sa_type=JSON)
    received_at: datetime = Field(sa_type=Moment)
    state: str = "waiting"
    done_at: datetime | None = Field(default=None, sa_type=Moment)


def insert_and_update(session: Session) -> None:
    """The bare transaction: a row is inserted, then updated."""
    row = BareMessage(lane="staff:1", payload={"kind": "text", "text": "谁休假"}, received_at=OPENS)
    session.add(row)
    session.flush()
    row.state, row.done_at = "done", OPENS + timedelta(seconds=1)
    session.add(row)
