"""How many messages a member still gets: WeCom drops what is more, and calls it a success."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from bot.talk import DeliveryError

Before = Callable[[str, datetime], Awaitable[Iterable[datetime]]]

WINDOWS: tuple[tuple[timedelta, int], ...] = ((timedelta(minutes=1), 30), (timedelta(hours=1), 1000))


class Allowance:
    """Counts each message, of which a notice may take several; the outbox counts notices.

    What went before this process began is looked up once, by `before`: to a member, since a moment, oldest first.
    """

    def __init__(self, real: Callable[[], datetime], before: Before) -> None:
        self._real = real
        self._before = before
        self._went: dict[str, deque[datetime]] = {}

    async def take(self, member: str) -> None:
        """One more message for the member. Raises DeliveryError with the seconds until it would arrive."""
        if member not in self._went:
            before = await self._before(member, self._real() - WINDOWS[-1][0])
            self._went.setdefault(member, deque(before))
        now, went = self._real(), self._went[member]
        while went and went[0] <= now - WINDOWS[-1][0]:
            went.popleft()
        for window, most in WINDOWS:
            if len(went) >= most and (free := went[-most] + window) > now:
                seconds = (free - now).total_seconds()
                raise DeliveryError(
                    "the member has had all that WeCom lets through", retry_after=seconds, unreached=True
                )
        went.append(now)
