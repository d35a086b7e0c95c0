"""Nothing that Telegram was confirmed is lost or done twice, whenever the process dies: a real demo, a real kill -9."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from signal import SIGKILL

import pytest
import pytest_asyncio

from bot.failpoints import NAMES
from tests.journeys.killing import Death
from tests.journeys.telegram_killing import LEAVES_AT_LEAST, MODES, Work, faults, lived_through
from tests.journeys.telegram_people import Staff, TelegramFront
from tests.telegram import FakeTelegram

# At which pass the process dies: amid the traffic, which goes at Telegram's pace.
PASSES = {"stored not acknowledged": 3, "committed not woken": 3, "sending not marked": 2, "ringing": 1}
KILLS = 4
LATEST_SECONDS = 0.8
pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram:
        yield telegram
    assert telegram.complaints == []


@pytest_asyncio.fixture(params=MODES)
async def work(request: pytest.FixtureRequest, fake: FakeTelegram, folder: Path) -> AsyncIterator[Work]:
    front = TelegramFront(folder, fake, request.param)
    staff = Staff(fake)
    staff.settle_in(front.database)
    yield Work(staff, front)
    await front.end()


async def test_nothing_is_lost_or_done_twice_wherever_and_whenever_the_process_dies(work: Work) -> None:
    seed = random.randrange(2**32)
    instants = random.Random(seed)
    named = [Death(failpoint=f"{name}@{PASSES[name]}", moves_clock=name == "ringing") for name in NAMES]
    deaths = [*named, *(Death(seconds=instants.uniform(0.0, LATEST_SECONDS)) for _ in range(KILLS))]

    *codes, stopped = await lived_through(work, deaths)

    assert faults(work, deaths=len(deaths)) == [], f"seed {seed}: {work.front.said()}"
    assert codes == [-SIGKILL] * len(deaths), f"seed {seed}"
    assert stopped == 0
    assert len(work.staff.confirmed) >= LEAVES_AT_LEAST
