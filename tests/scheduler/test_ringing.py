"""What is due rings: once, in order, late once after downtime, and one broken feature silences no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from bot.feature import Feature, Scene
from storage.reminders import Reminder
from tests.scheduler.office import Office, after_restart, office_at, shown, words
from tests.storage.shop import DAY, HOUR, MINUTE, NOW, all_rows


def ring(scene: Scene, reminder: Reminder) -> None:
    """Tells wang which reminder it is, and when it ought to have rung."""
    wang = next(person.id for person in scene.people() if person.key == "wang")
    late = int((scene.now - reminder.at).total_seconds())
    scene.tell(wang, words(f"{reminder.subject} 晚{late}秒"), urgent=True, dedupe=f"{reminder.subject}|{reminder.at}")


def ring_openly(scene: Scene, reminder: Reminder) -> None:
    """Without the key that would hide a second ring."""
    wang = next(person.id for person in scene.people() if person.key == "wang")
    scene.tell(wang, words(reminder.subject), urgent=True)


def ring_daily(scene: Scene, reminder: Reminder) -> None:
    """Rings again a day later, from the time it was due."""
    ring(scene, reminder)
    following = reminder.at
    while following <= scene.now:
        following += DAY
    scene.remind("daily", reminder.subject, following)


def break_down(scene: Scene, reminder: Reminder) -> None:
    scene.remind("bell", "half a change", scene.now)
    raise LookupError("broken feature")


FEATURES = {
    "bell": Feature("bell", rings=ring),
    "daily": Feature("daily", rings=ring_daily),
    "broken": Feature("broken", rings=break_down),
    "open": Feature("open", rings=ring_openly),
    "silent": Feature("silent"),
}


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with office_at(database_url, features=FEATURES) as opened:
        yield opened


def remind(office: Office, feature: str, subject: str, at: timedelta) -> None:
    office.in_store(lambda scene: scene.remind(feature, subject, NOW + at))


def pending(office: Office) -> list[str]:
    return [row.subject for row in all_rows(office.database, Reminder)]


async def test_a_reminder_rings_at_its_time_and_once(office: Office) -> None:
    remind(office, "bell", "bell:1", MINUTE)

    await office.works()
    before = office.channel.told("wang")
    office.passes(60)
    await office.works()
    await office.works()

    assert before == []
    assert office.channel.told("wang") == [shown("bell:1 晚0秒")]
    assert pending(office) == []


async def test_what_falls_due_together_rings_in_the_order_of_its_time(office: Office) -> None:
    remind(office, "bell", "bell:late", 3 * MINUTE)
    remind(office, "bell", "bell:early", MINUTE)
    remind(office, "bell", "bell:middle", 2 * MINUTE)
    office.passes(180)

    await office.works()

    assert office.channel.told("wang") == [
        shown("bell:early 晚120秒"),
        shown("bell:middle 晚60秒"),
        shown("bell:late 晚0秒"),
    ]


async def test_after_a_day_of_downtime_what_is_still_due_rings_once(office: Office) -> None:
    remind(office, "daily", "daily:1", HOUR)
    remind(office, "bell", "bell:1", 2 * HOUR)
    office.passes(2.5 * 24 * 3600)

    restarted = after_restart(office)
    await restarted.works()

    assert restarted.channel.told("wang") == [
        shown(f"daily:1 晚{(59 * 3600)}秒"),
        shown(f"bell:1 晚{(58 * 3600)}秒"),
    ]
    assert [row.at for row in all_rows(office.database, Reminder)] == [NOW + HOUR + 3 * DAY]
    await restarted.delivery.close()


async def test_a_broken_feature_silences_no_other_and_changes_nothing(office: Office) -> None:
    remind(office, "broken", "broken:1", timedelta())
    remind(office, "bell", "bell:1", timedelta())

    await office.works()

    assert office.channel.told("wang") == [shown("bell:1 晚0秒")]
    assert pending(office) == ["broken:1"]


async def test_a_reminder_that_fails_is_tried_again_ever_more_rarely(office: Office) -> None:
    remind(office, "broken", "broken:1", timedelta())
    holds = []

    for _ in range(8):
        await office.works()
        [held] = all_rows(office.database, Reminder)
        holds.append((held.held_until - office.clock.real()).total_seconds())
        office.clock.at = held.held_until

    assert holds == [60, 120, 240, 480, 960, 1920, 3600, 3600]


async def test_a_mended_feature_rings_what_was_held(office: Office) -> None:
    remind(office, "broken", "broken:1", timedelta())
    await office.works()

    office.features["broken"] = Feature("broken", rings=ring)
    office.passes(60)
    await after_restart(office).works()

    assert pending(office) == []


async def test_a_reminder_of_a_feature_that_does_not_ring_is_used_up(office: Office) -> None:
    remind(office, "silent", "silent:1", timedelta())

    await office.works()

    assert pending(office) == []


async def test_a_reminder_of_a_feature_that_is_gone_waits_and_stops_nothing(office: Office) -> None:
    remind(office, "gone", "gone:1", timedelta())
    remind(office, "bell", "bell:1", timedelta())

    await office.works()

    assert office.channel.told("wang") == [shown("bell:1 晚0秒")]
    assert pending(office) == ["gone:1"]


async def test_two_processes_ring_a_reminder_once(postgres_url: str) -> None:
    async with office_at(postgres_url, features=FEATURES) as office:
        for n in range(20):
            remind(office, "open", f"open:{n}", timedelta())
        other = after_restart(office)

        await asyncio.gather(office.bell.ring_due(), other.bell.ring_due())

        assert len(office.rows()) == 20
