"""What a hundred kills at random instants leave behind: a real demo, people writing to it, kill -9."""

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

KILLS = 100
KILLS_A_STORE = 10
LATEST_SECONDS = 1.0


async def _one_store(folder: Path, seed: int, kills: int) -> Comparison:
    """One store's life through so many kills. Raises AssertionError with the seed if a promise was broken."""
    instants = random.Random(seed)
    front = Front(folder)
    migrate(front.database)
    ended = await live_through(front, [Death(seconds=instants.uniform(0.0, LATEST_SECONDS)) for _ in range(kills)])
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


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS), indent=2))
