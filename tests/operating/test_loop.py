"""On which event loop everything runs."""

from __future__ import annotations

import asyncio

from bot import loop


async def kind() -> str:
    return type(asyncio.get_running_loop()).__module__


def test_everything_runs_on_libuvs_loop() -> None:
    assert loop.run(kind()) == "uvloop"
