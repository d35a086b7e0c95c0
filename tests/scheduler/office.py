"""A post office for the scheduler tests: a store in the rows, a channel that fails as told, a clock that stands."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from bot import cards
from bot.clock import Clock
from bot.desk import Desk
from bot.feature import Feature, Scene
from bot.notices import Notice, notice
from bot.reach import Reach
from bot.scheduler.delivery import Delivery
from bot.scheduler.reminders import Bell
from bot.scheduler.timetable import Timetable
from bot.stores import open_store
from bot.talk import Address, Capabilities, DeliveryError, File, Message, Pace, Receive
from storage import staff
from storage.database import Database
from storage.outbox import Outbox
from tests.storage.shop import NOW, Shop, all_rows, bound_contact, open_shop

FAKE = "fake"
Failure = DeliveryError | None


class StoodClock(Clock):
    """Real time stands until it is let pass; the store's time goes with it."""

    def __init__(self, at: datetime = NOW, ahead: timedelta = timedelta()) -> None:
        super().__init__(ahead)
        self.at = at

    def real(self) -> datetime:
        return self.at

    def passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class FakeChannel:
    """A platform: keeps what it took, fails as `failures` say (the next one of a chat first), is slow at a `gate`."""

    clock: Clock
    pace: Pace | None = None
    name: str = FAKE
    sent: list[tuple[str, str]] = field(default_factory=list)
    edited: list[tuple[str, str]] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    tries: list[tuple[str, datetime]] = field(default_factory=list)
    failures: defaultdict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.can = Capabilities(pace=self.pace)

    async def run(self, receive: Receive) -> None:
        await asyncio.Event().wait()

    async def send(self, to: Address, message: Message, *, at: datetime) -> str:
        await self._arrive(to)
        ref = f"{to.chat}/{len(self.messages)}"
        self.messages[ref] = message
        self.sent.append((to.chat, message.markup))
        return ref

    async def edit(self, to: Address, ref: str, message: Message, *, at: datetime) -> str:
        await self._arrive(to)
        if not ref.startswith(f"{to.chat}/") or ref not in self.messages:
            raise DeliveryError(f"no message {ref} here", permanent=True)
        self.messages[ref] = message
        self.edited.append((to.chat, message.markup))
        return ref

    async def fetch(self, file: str) -> File:
        raise DeliveryError(f"nobody sent {file} here", permanent=True)

    async def _arrive(self, to: Address) -> None:
        self.tries.append((to.chat, self.clock.real()))
        await asyncio.sleep(0)
        if to.chat in self.gates:
            await self.gates[to.chat].wait()
        if self.failures[to.chat] and (failure := self.failures[to.chat].pop(0)):
            raise failure

    def told(self, chat: str) -> list[str]:
        """What that chat got, in order."""
        return [said for where, said in self.sent if where == chat]


class Office:
    """The scheduler's parts on one database; starting another one on it is a restart."""

    def __init__(
        self,
        database: Database,
        shop: Shop,
        clock: StoodClock,
        features: Mapping[str, Feature] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.database, self.shop, self.clock = database, shop, clock
        self.features = dict(features or {})
        self.channel = FakeChannel(clock, pace)
        self.bell = Bell(database, clock, self.features)
        show = partial(cards.show, features=self.features)
        self.delivery = Delivery(database, clock, {FAKE: self.channel}, show, self._lost)
        self.timetable = Timetable(
            database,
            clock,
            self.bell,
            self.delivery,
            take_up=_nothing,
            desk_idle=lambda: True,
            tidy=_nothing,
        )

    def in_store(self, work: Callable[[Scene], None]) -> None:
        """Does `work(scene)` in one transaction."""

        def inside(session: Session) -> None:
            work(open_store(session, self.shop.store_id, self.clock.now(), self.features))

        self.database.write_now(inside)

    def tell(self, staff_id: int, said: str, *, urgent: bool = True, dedupe: str | None = None) -> None:
        def work(scene: Scene) -> None:
            scene.tell(staff_id, words(said), urgent=urgent, dedupe=dedupe)

        self.in_store(work)

    def tell_group(self, said: str, *, urgent: bool = False) -> None:
        def work(scene: Scene) -> None:
            scene.tell_group(words(said), urgent=urgent)

        self.in_store(work)

    async def works(self) -> None:
        """Until nothing more may go out at this moment."""
        await asyncio.wait_for(self.timetable.settle(), 20)

    def passes(self, seconds: float) -> None:
        self.clock.passes(seconds)

    async def until(self, happened: Callable[[], object]) -> None:
        """Lets the others work until something has happened."""
        async with asyncio.timeout(20):
            while not happened():  # noqa: ASYNC110 (the channel is written to from many places)
                await asyncio.sleep(0.005)

    def _lost(self, session: Session, to: Address) -> None:
        Reach(self.features).lost(session, to, self.clock.now())

    def rows(self) -> list[Outbox]:
        return all_rows(self.database, Outbox)


def lanes_are_woken(database: Database, desk: Desk) -> None:
    """What is committed wakes the lanes, as in the running front desk; call it in the event loop."""

    def heard(topics: frozenset[str]) -> None:
        for topic in topics:
            if topic.startswith("lane:"):
                desk.wake(topic.removeprefix("lane:"))

    database.listen(heard)


async def _nothing() -> None:
    """Nobody writes in these tests."""


def words(said: str) -> Notice:
    """A notice in which `said` can be found."""
    return notice("desk.in_private", name=said)


def shown(said: str) -> str:
    """The same as it is shown."""
    return f"{said}，这件事我私下跟您说。"


def open_post_shop(session: Session) -> Shop:
    """The small store, everybody with a chat on the fake channel, and a group there."""
    shop = open_shop(session)
    for staff_id in (shop.wang, shop.chen, shop.zhou, shop.liu):
        bound_contact(session, staff_id, channel=FAKE, address=staff.get(session, staff_id).key)
    group = staff.group(session, shop.group)
    assert group is not None
    group.channel = FAKE
    staff.put(session, group)
    return shop


@asynccontextmanager
async def office_at(
    url: str,
    *,
    clock: StoodClock | None = None,
    features: Mapping[str, Feature] | None = None,
    pace: Pace | None = None,
) -> AsyncIterator[Office]:
    """An office on a new database."""
    database = Database(url)
    shop = database.write_now(open_post_shop)
    office = Office(database, shop, clock or StoodClock(), features, pace)
    yield office
    await office.delivery.close()
    database.close()


def after_restart(office: Office) -> Office:
    """Another process on the same rows, at the same moment."""
    return Office(office.database, office.shop, office.clock, office.features, office.channel.pace)
