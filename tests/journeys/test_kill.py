"""Nothing is lost and nothing happens twice, whenever the process dies: a real demo, a real kill -9, people writing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM

import pytest
import pytest_asyncio

from bot.failpoints import NAMES
from tests.journeys.killing import START_SECONDS, Death, Front, live_through
from tests.journeys.writing import Amount

# At which pass the process dies: amid the traffic, after the first requests have been decided.
PASSES = {
    "stored not acknowledged": 25,
    "committed not woken": 30,
    "sending not marked": 60,
    "ringing": 2,
}
# How often it is reached before the deaths depends on the machine; the story goes on until there is so much.
LEAST = Amount(answered=81, decisions=6, outings=8)
KILLS = 8
LATEST_SECONDS = 1.0
# A machine with much else to do starts slowly; nothing here is timed.
pytestmark = pytest.mark.timeout(400)
EARLY = ("-m", "tests.journeys.acknowledging_early")


@pytest_asyncio.fixture
async def front(folder: Path) -> AsyncIterator[Front]:
    """A demo that was not started yet, on a migrated file of its own."""
    front = Front(folder)
    yield front
    await front.end()


async def test_nothing_is_lost_or_done_twice_when_the_process_dies_at_each_named_place(front: Front) -> None:
    deaths = [Death(failpoint=f"{name}@{PASSES[name]}", moves_clock=name == "ringing") for name in NAMES]

    ended = await live_through(front, deaths, least=LEAST)

    assert dict(zip(NAMES, ended.deaths, strict=True)) == dict.fromkeys(NAMES, -SIGKILL)
    assert ended.comparison.faults == (), f"deaths {NAMES}: {front.said()}"
    assert ended.stopped == 0
    assert ended.comparison.answered >= LEAST.answered
    assert ended.comparison.decisions >= LEAST.decisions
    assert ended.comparison.outings >= LEAST.outings


async def test_nothing_is_lost_or_done_twice_when_it_is_killed_or_stopped_at_any_instant(front: Front) -> None:
    seed = random.randrange(2**32)
    instants = random.Random(seed)
    killed = [Death(seconds=instants.uniform(0.0, LATEST_SECONDS)) for _ in range(KILLS)]
    stopped = [Death(answered=10, signal=SIGTERM), Death(answered=20, signal=SIGINT)]

    ended = await live_through(front, [*killed, *stopped])

    assert ended.comparison.faults == (), f"seed {seed}: {front.said()}"
    assert ended.deaths == (*(-SIGKILL,) * KILLS, 0, 0), f"seed {seed}"
    assert ended.stopped == 0
    assert "Traceback" not in front.said()


async def test_the_comparison_notices_an_acknowledgement_before_the_commit(front: Front) -> None:
    hasty = Front(front.folder, EARLY)

    ended = await live_through(hasty, [Death(answered=8)], patience=2.0)

    lost = [fault for fault in ended.comparison.faults if fault.startswith("lost: ")]
    assert lost, hasty.said()


async def test_a_second_demo_on_the_same_folder_is_refused_and_the_first_goes_on(front: Front) -> None:
    second = Front(front.folder)
    await front.open()

    async with asyncio.timeout(START_SECONDS):
        refused = await (await second.start()).wait()
    await second.end()

    assert refused == 1
    assert "已经有一个前台在用" in second.said()
    assert await front.answers()
