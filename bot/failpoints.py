"""Named instants at which a test lets the process die, to show that nothing is lost there (QIANTAI_FAILPOINT)."""

from __future__ import annotations

import os
import signal

NAMES = ("stored not acknowledged", "committed not woken", "sending not marked", "ringing")
# What happens only where files are sent.
FETCHING_NAMES = ("fetched not kept",)
# Those of the terminal's commands and of the nightly backup.
COPYING_NAMES = ("backup begun", "backup checked", "restore checked")
ENVIRONMENT = "QIANTAI_FAILPOINT"


def _armed() -> tuple[str, int]:
    name, _, passes = os.environ.get(ENVIRONMENT, "").partition("@")
    return name, int(passes or 1)


_name, _passes = _armed()


def failpoint(name: str) -> None:
    """Kills this process, as kill -9 does, when it comes here for the n-th time (`ringing@3`)."""
    global _passes
    if name != _name:
        return
    _passes -= 1
    if _passes == 0:
        os.kill(os.getpid(), signal.SIGKILL)
