"""Processes that begin at once: forked from one that has imported the front desk, as real as any and as easily killed.

What a command costs from its first line is shown by tests that type it; those that kill need many processes, soon.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import Signals

from bot import failpoints
from tests.sources import ROOT

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.journeys.loaded"])


class Forked:
    """`python` with this command (`-m bot demo`), which adds what it says to the log."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._process = FORKS.Process(target=_begin, args=(tuple(command), dict(environment), str(log)))

    async def start(self) -> None:
        # The first one waits until everything is imported.
        await asyncio.to_thread(self._process.start)

    @property
    def returncode(self) -> int | None:
        """As a subprocess has it: minus the signal that ended it, None while it lives."""
        return self._process.exitcode

    async def wait(self) -> int:
        await asyncio.to_thread(self._process.join)
        assert self._process.exitcode is not None
        return self._process.exitcode

    def send_signal(self, how: Signals) -> None:
        if self._process.pid is not None and self._process.is_alive():
            os.kill(self._process.pid, how)

    def kill(self) -> None:
        self._process.kill()


def _begin(command: Sequence[str], environment: Mapping[str, str], log: str) -> None:
    """What a new interpreter would find: its folder, its environment, its arguments, and where its words go."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    importlib.reload(failpoints)
    flag, module, *arguments = command
    assert flag == "-m"
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
