"""What people sent is fetched with patience, lost only where its platform says so, and never twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
import pytest_asyncio
from sqlmodel import Session

from bot.clock import Clock
from bot.scheduler import fetching
from bot.scheduler.fetching import Fetching
from bot.talk import DeliveryError, File
from storage import files
from storage.database import Database
from storage.files import SentFile, SentState
from tests.storage.shop import NOW, Shop, all_rows, open_shop

SLOW_SECONDS = 10
LOOK_SECONDS = 0.005


async def in_time(done: Callable[[], bool]) -> None:
    for _ in range(int(SLOW_SECONDS / LOOK_SECONDS)):
        if done():
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError("it takes too long")


class Platform:
    """A channel whose files are what they are called, after as many failures as it was given."""

    def __init__(self) -> None:
        self.failures: list[DeliveryError] = []
        self.fetched: list[str] = []
        self.stands_still = False

    async def fetch(self, file: str) -> File:
        self.fetched.append(file)
        if self.stands_still:
            await asyncio.sleep(SLOW_SECONDS)
        if self.failures:
            raise self.failures.pop(0)
        return File(file, file.encode())


class Fetched:
    """A worker on a database, and what it handed on."""

    def __init__(self, database: Database, shop: Shop) -> None:
        self.database, self.shop = database, shop
        self.platform = Platform()
        self.kept: list[str] = []
        self.lost: list[str] = []
        self.worker = self.new_worker()

    def new_worker(self) -> Fetching:
        platforms = {"webchat": self.platform}
        return Fetching(self.database, Clock(), platforms, keep=self._keep, give_up=self._give_up)  # type: ignore[arg-type]

    def sends(self, *names: str) -> None:
        for name in names:
            self.database.write_now(partial(self._send, name=name))

    async def works(self, until: Callable[[], bool]) -> None:
        await self.worker.wake_due()
        await in_time(lambda: until() and self.worker.idle)

    def states(self) -> list[SentState]:
        return [SentState(one.state) for one in all_rows(self.database, SentFile)]

    def _send(self, session: Session, name: str) -> int:
        sent = SentFile(
            store_id=self.shop.store_id,
            by_id=self.shop.wang,
            channel="webchat",
            account="local",
            file=name,
            name=name,
            at=NOW,
        )
        return files.send(session, sent).id

    def _keep(self, session: Session, sent_id: int, file: File) -> None:
        self._settle(session, sent_id, SentState.KEPT)
        self.kept.append(file.content.decode())

    def _give_up(self, session: Session, sent_id: int, error: DeliveryError) -> None:
        self._settle(session, sent_id, SentState.LOST)
        self.lost.append(str(error))

    def _settle(self, session: Session, sent_id: int, state: SentState) -> None:
        one = files.waiting(session, sent_id)
        assert one is not None
        files.settle(session, one, state)


@pytest_asyncio.fixture
async def store(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Fetched]:
    monkeypatch.setattr(fetching, "FIRST_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(fetching, "A_MOMENT_SECONDS", 0.005)
    database = Database(database_url)
    opened = Fetched(database, database.write_now(open_shop))
    yield opened
    await opened.worker.close()
    database.close()


async def test_what_was_sent_is_fetched_in_its_order(store: Fetched) -> None:
    store.sends("one", "two", "three")

    await store.works(until=lambda: len(store.kept) == 3)

    assert store.kept == store.platform.fetched == ["one", "two", "three"]


async def test_a_platform_that_is_away_is_asked_again_and_nothing_overtakes(store: Fetched) -> None:
    store.platform.failures = [DeliveryError("down", unreached=True)] * 2
    store.sends("one", "two")

    await store.works(until=lambda: len(store.kept) == 2)

    assert store.kept == ["one", "two"]
    assert store.platform.fetched == ["one", "one", "one", "two"]
    assert store.lost == []


async def test_what_its_platform_refuses_for_good_is_lost_and_the_next_one_comes(store: Fetched) -> None:
    store.platform.failures = [DeliveryError("no such file", permanent=True)]
    store.sends("one", "two")

    await store.works(until=lambda: len(store.kept) == 1)

    assert (store.lost, store.kept) == (["no such file"], ["two"])
    assert store.states() == [SentState.LOST, SentState.KEPT]


async def test_what_fails_again_and_again_is_lost_in_the_end(store: Fetched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TRIES", 3)
    store.platform.failures = [DeliveryError("strange")] * 3
    store.sends("one")

    await store.works(until=lambda: bool(store.lost))

    assert (store.platform.fetched, store.lost) == (["one"] * 3, ["strange"])


async def test_what_is_larger_than_it_may_be_is_not_kept(store: Fetched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LARGEST_BYTES", 3)
    store.sends("four")

    await store.works(until=lambda: bool(store.lost))

    assert store.lost == ["the file is larger than 20 MB"]


async def test_who_does_not_answer_in_time_is_asked_again(store: Fetched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FETCH_TIMEOUT_SECONDS", 0.02)
    store.platform.stands_still = True
    store.sends("one")

    await store.works(until=lambda: len(store.platform.fetched) >= 2)

    assert (store.states(), store.lost) == ([SentState.WAITING], [])


async def test_what_was_in_flight_when_it_stopped_is_fetched_after_the_start(store: Fetched) -> None:
    store.platform.stands_still = True
    store.sends("one")
    await store.worker.wake_due()
    await in_time(lambda: bool(store.platform.fetched))
    await store.worker.close()
    store.platform.stands_still = False
    await store.database.write(files.release)
    store.worker = store.new_worker()

    await store.works(until=lambda: bool(store.kept))

    assert store.kept == ["one"]
