"""The one wake-up: rings by itself in real time, and steps the demo's clock through every due instant in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

import pytest
import pytest_asyncio

from bot.clock import Clock
from bot.feature import Feature, Scene
from bot.scheduler import timetable
from bot.scheduler.timetable import StillBusy
from bot.talk import DeliveryError
from storage.reminders import Reminder
from tests.scheduler.office import Office, StoodClock, office_at, shown, words
from tests.storage.shop import DAY, HOUR, NOW


class TickingClock(StoodClock):
    """The machine's own clock."""

    def real(self) -> datetime:
        return Clock.real(self)


def ring(scene: Scene, reminder: Reminder) -> None:
    """Tells wang which reminder rang at which hour, urgently or when the quiet hours end."""
    wang = next(person.id for person in scene.people() if person.key == "wang")
    hour = scene.now.astimezone(scene.rules.working.zone).strftime("%d日%H:%M")
    scene.tell(wang, words(f"{reminder.subject} {hour}"), urgent=reminder.occurrence != "calm")


def chain(scene: Scene, reminder: Reminder) -> None:
    """Rings again two hours later, until there were three."""
    ring(scene, reminder)
    number = int(reminder.subject.partition(":")[2])
    if number < 3:
        scene.remind("chain", f"chain:{number + 1}", reminder.at + 2 * HOUR)


FEATURES = {"bell": Feature("bell", rings=ring), "chain": Feature("chain", rings=chain)}


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    async with office_at(sqlite_url, features=FEATURES) as opened:
        yield opened


def wake(office: Office, topics: frozenset[str]) -> None:
    office.timetable.wake()


@asynccontextmanager
async def running(office: Office) -> AsyncIterator[None]:
    """The timetable at work, woken by commits as the app does it."""
    office.database.listen(partial(wake, office))
    task = asyncio.create_task(office.timetable.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def remind(office: Office, feature: str, subject: str, at: datetime, *, occurrence: str = "") -> None:
    office.in_store(lambda scene: scene.remind(feature, subject, at, occurrence=occurrence))


async def remember(kept: list[datetime], office: Office) -> None:
    kept.append(office.clock.now())


async def move(office: Office, by: timedelta) -> list[datetime]:
    """Moves the store's clock; the instants at which it stopped on the way."""
    stops: list[datetime] = []
    await office.timetable.move(office.clock.now() + by, remember=partial(remember, stops, office))
    return stops


async def test_a_reminder_a_moment_ahead_rings_by_itself(sqlite_url: str) -> None:
    async with office_at(sqlite_url, clock=TickingClock(), features=FEATURES) as office, running(office):
        await asyncio.sleep(0.05)
        for n in (1, 2):
            remind(office, "bell", f"bell:{n}", office.clock.now() + n * timedelta(seconds=0.3))

        await office.until(lambda: len(office.channel.sent) == 2)

        assert [said.partition(" ")[0] for said in office.channel.told("wang")] == ["bell:1", "bell:2"]


async def test_something_earlier_than_what_was_planned_rings_in_time(sqlite_url: str) -> None:
    async with office_at(sqlite_url, clock=TickingClock(), features=FEATURES) as office, running(office):
        remind(office, "bell", "bell:late", office.clock.now() + HOUR)
        await asyncio.sleep(0.05)
        remind(office, "bell", "bell:early", office.clock.now() + timedelta(seconds=0.2))

        await office.until(lambda: office.channel.sent)

        assert len(office.channel.told("wang")) == 1


async def test_what_fell_due_while_the_process_was_down_rings_at_the_start(sqlite_url: str) -> None:
    async with office_at(sqlite_url, clock=TickingClock(), features=FEATURES) as office:
        remind(office, "bell", "bell:1", office.clock.now() - HOUR)

        async with running(office):
            await office.until(lambda: office.channel.sent)

        assert len(office.channel.told("wang")) == 1


async def test_a_notice_that_must_wait_goes_by_itself_when_its_time_comes(sqlite_url: str) -> None:
    async with office_at(sqlite_url, clock=TickingClock(), features=FEATURES) as office, running(office):
        office.channel.failures["store"] = [DeliveryError("busy", retry_after=0.2)]
        office.tell_group("群", urgent=True)

        await office.until(lambda: office.channel.told("store"))

        assert len(office.channel.tries) == 2


async def test_the_clock_is_moved_through_every_due_instant_in_order(office: Office) -> None:
    remind(office, "bell", "bell:2", NOW + 5 * HOUR)
    remind(office, "bell", "bell:1", NOW + HOUR)
    remind(office, "chain", "chain:1", NOW + 2 * HOUR)

    stops = await move(office, 8 * HOUR)

    assert office.channel.told("wang") == [
        shown("bell:1 25日11:00"),
        shown("chain:1 25日12:00"),
        shown("chain:2 25日14:00"),
        shown("bell:2 25日15:00"),
        shown("chain:3 25日16:00"),
    ]
    assert stops == [NOW + n * HOUR for n in (1, 2, 4, 5, 6, 8)]


async def test_what_lies_after_the_target_does_not_ring(office: Office) -> None:
    remind(office, "bell", "bell:1", NOW + HOUR)
    remind(office, "bell", "bell:2", NOW + HOUR + timedelta(seconds=1))

    await move(office, HOUR)

    assert office.channel.told("wang") == [shown("bell:1 25日11:00")]


async def test_moving_over_a_night_honours_the_quiet_hours(office: Office) -> None:
    remind(office, "bell", "bell:calm", NOW + 12 * HOUR, occurrence="calm")
    remind(office, "bell", "bell:urgent", NOW + 13 * HOUR)

    stops = await move(office, DAY)

    assert office.channel.told("wang") == [shown("bell:urgent 25日23:00"), shown("bell:calm 25日22:00")]
    assert NOW + 22 * HOUR in stops


async def test_moving_the_clock_flushes_digests_on_the_way(office: Office) -> None:
    office.tell_group("一")
    office.tell_group("二")

    await move(office, HOUR)

    assert office.channel.told("store") == [f"{shown('一')}\n{shown('二')}"]


async def test_the_next_due_instant_is_the_earliest_of_reminders_and_held_notices(office: Office) -> None:
    nothing = await office.timetable.next_moment()
    office.tell_group("一")
    remind(office, "bell", "bell:1", NOW + HOUR)
    digest = await office.timetable.next_moment()
    await move(office, timedelta(minutes=1))

    assert nothing is None
    assert digest == NOW + timedelta(minutes=1)
    assert await office.timetable.next_moment() == NOW + HOUR


async def test_a_move_that_takes_too_long_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "MOVE_SECONDS", 0.05)
    office.channel.gates["wang"] = asyncio.Event()
    remind(office, "bell", "bell:1", NOW + HOUR)

    with pytest.raises(StillBusy):
        await move(office, DAY)

    assert office.clock.now() == NOW + HOUR


async def test_a_retry_that_lies_ahead_does_not_hold_a_move(office: Office) -> None:
    office.channel.failures["wang"] = [DeliveryError("busy", retry_after=600)]
    office.tell(office.shop.wang, "一")
    office.tell(office.shop.wang, "二")

    stops = await asyncio.wait_for(move(office, DAY), 5)

    assert stops == [NOW + DAY]
    assert office.channel.told("wang") == []
