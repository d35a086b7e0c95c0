"""The only reader of the system clock. The store's time can be moved (the demo does); leases run on real time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """`now()` is the store's time, `real()` the machine's; they differ by how far the store's time was moved."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return self.real() + self.ahead

    def real(self) -> datetime:
        return datetime.now(UTC)

    def move_to(self, at: datetime) -> None:
        """From here on the store's time runs on from `at`."""
        self.ahead = at - self.real()

    def real_time_of(self, at: datetime) -> datetime:
        """When the machine's clock will show that the store's time is `at`."""
        return at - self.ahead


def monotonic_seconds() -> float:
    """For waiting and for measuring, never for dates."""
    return time.monotonic()
