"""How seldom the process looks through its objects for what may go: each time holds up everybody."""

from __future__ import annotations

import gc


def look_seldom() -> None:
    """What is loaded at the start stays: looking through it again and again is a quarter of a start."""
    gc.set_threshold(50_000, 20, 50)


def keep_what_is_loaded() -> None:
    """From now on nobody looks through it: that would be a tenth of a second each time."""
    look_seldom()
    gc.collect()
    gc.freeze()
