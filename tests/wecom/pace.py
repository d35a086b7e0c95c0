"""How often something may happen: whoever exceeds it is shut out for as long as it is counted."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@dataclass(eq=False)
class Frequency:
    """At most `most` within so many `seconds`."""

    most: int
    seconds: float
    shut_until: float = 0.0
    _at: deque[float] = field(default_factory=deque)

    def may(self, now: float) -> bool:
        """Counts one more, unless it is one too many."""
        while self._at and now - self._at[0] >= self.seconds:
            self._at.popleft()
        if now < self.shut_until:
            return False
        if len(self._at) >= self.most:
            self.shut_until = now + self.seconds
            return False
        self._at.append(now)
        return True
