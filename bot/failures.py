"""What may be kept of an error: its kind and where it happened. Its message may hold what people said."""

from __future__ import annotations

import traceback
from pathlib import Path

NEAREST_FRAMES = 6


def failure(error: BaseException) -> str:
    """`ValueError at bot/desk.py:12 in handle < bot/desk.py:99 in _work`."""
    frames = traceback.extract_tb(error.__traceback__)[-NEAREST_FRAMES:]
    places = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames)]
    return f"{type(error).__name__} at {' < '.join(places)}" if places else type(error).__name__


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-2:])
