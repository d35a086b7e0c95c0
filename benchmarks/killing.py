"""What a hundred kills at random instants leave behind: a real demo, people writing in the web chat or in Telegram."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from storage.schema import migrate
from tests.journeys.comparing import Comparison
from tests.journeys.killing import Death, Front, live_through
from tests.journeys.telegram_killing import MODES, Kept, Work, faults, kept, lived_through
from tests.journeys.telegram_people import Staff, TelegramFront
from tests.telegram import FakeTelegram

KILLS = 100
KILLS_A_STORE = 10
LATEST_SECONDS = 1.0


def _deaths(seed: int, kills: int) -> list[Death]:
    instants = random.Random(seed)
    return [Death(seconds=instants.uniform(0.0, LATEST_SECONDS)) for _ in range(kills)]


async def _one_store(folder: Path, seed: int, kills: int) -> Comparison:
    """One store's life through so many kills. Raises AssertionError with the seed if a promise was broken."""
    front = Front(folder)
    migrate(front.database)
    ended = await live_through(front, _deaths(seed, kills))
    if ended.comparison.faults:
        raise AssertionError(f"seed {seed}, {kills} kills: " + "; ".join(ended.comparison.faults))
    return ended.comparison


def measure(kills: int = KILLS) -> dict[str, float]:
    """How much was asked, answered and kept over so many kills, with nothing lost and nothing done twice.

    Raises AssertionError with the seed of the store in which a promise was broken.
    """
    begun = perf_counter()
    lives = []
    for first in range(0, kills, KILLS_A_STORE):
        with tempfile.TemporaryDirectory() as folder:
            seed = random.randrange(2**32)
            lives.append(asyncio.run(_one_store(Path(folder), seed, min(KILLS_A_STORE, kills - first))))
    return {
        "kills": kills,
        "messages_answered_202": sum(life.answered for life in lives),
        "messages_unanswered": sum(life.unanswered for life in lives),
        "messages_lost": 0,
        "leaves": sum(life.leaves for life in lives),
        "outings_and_trips": sum(life.outings for life in lives),
        "decisions": sum(life.decisions for life in lives),
        "notices_sent": sum(life.notices for life in lives),
        "notices_shown_again": sum(life.repeats for life in lives),
        "seconds": round(perf_counter() - begun),
    }


async def _one_store_on_telegram(folder: Path, mode: str, seed: int, kills: int) -> Kept:
    """The same where everybody is in Telegram."""
    with FakeTelegram() as fake:
        work = Work(Staff(fake), TelegramFront(folder, fake, mode))
        migrate(work.front.database)
        work.staff.settle_in(work.front.database)
        try:
            await lived_through(work, _deaths(seed, kills))
        finally:
            await work.front.end()
        broken = [*faults(work, deaths=kills), *fake.complaints]
        if broken:
            raise AssertionError(f"seed {seed}, {mode}, {kills} kills: " + "; ".join(broken))
        return kept(work)


def measure_telegram(kills: int = KILLS) -> dict[str, float]:
    """The same over Telegram, one store polling, the next one called by a webhook."""
    begun = perf_counter()
    lives = []
    for number, first in enumerate(range(0, kills, KILLS_A_STORE)):
        with tempfile.TemporaryDirectory() as folder:
            seed, mode = random.randrange(2**32), MODES[number % len(MODES)]
            deaths = min(KILLS_A_STORE, kills - first)
            lives.append(asyncio.run(_one_store_on_telegram(Path(folder), mode, seed, deaths)))
    return {
        "kills": kills,
        "updates_confirmed": sum(life.updates for life in lives),
        "updates_lost": 0,
        "leaves": sum(life.leaves for life in lives),
        "notices_sent": sum(life.notices for life in lives),
        "notices_heard_again": sum(life.repeats for life in lives),
        "seconds": round(perf_counter() - begun),
    }


if __name__ == "__main__":
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    print(json.dumps({"web chat": measure(kills), "telegram": measure_telegram(kills)}, indent=2))
