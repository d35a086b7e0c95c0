"""A clock for tests that must not wait."""

from __future__ import annotations


class StandingClock:
    """Stands at `at` (Unix seconds) until it is told that time passes."""

    def __init__(self, at: float = 1_795_600_000) -> None:
        self._at = at

    def __call__(self) -> float:
        return self._at

    def passes(self, seconds: float) -> None:
        self._at += seconds
