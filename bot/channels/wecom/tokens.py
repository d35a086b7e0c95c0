"""The access token of one app: fetched once for everybody who waits for it, and not again and again when refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.channels.wecom.errors import BUSY, MISCONFIGURED_SECONDS, WeComError

log = structlog.get_logger()

# A token is let go this long before its end, so that none dies on its way.
EARLY_SECONDS = 300


@dataclass(frozen=True)
class Token:
    value: str
    seconds: int


class Tokens:
    """`fetch` asks WeCom for a token; `real` is the machine's time, as tokens end by it.

    Who asks too often with a wrong secret is blocked for an hour, so a refusal holds for a minute.
    """

    def __init__(self, fetch: Callable[[], Awaitable[Token]], real: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._real = real
        self._held = ""
        self._held_until: datetime | None = None
        self._refusal: WeComError | None = None
        self._refused_until: datetime | None = None
        self._fetching: asyncio.Task[str] | None = None

    async def current(self) -> str:
        """Raises WeComError or what the network does."""
        if self._held and self._held_until is not None and self._real() < self._held_until:
            return self._held
        if self._refusal is not None and self._refused_until is not None and self._real() < self._refused_until:
            raise WeComError(self._refusal.code, self._refusal.said)
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch_it(), name="wecom token")
            self._fetching.add_done_callback(_looked_at)
        # Whoever of those that wait goes away takes nothing from the others.
        return await asyncio.shield(self._fetching)

    async def instead_of(self, dead: str) -> str:
        """Another one, unless somebody has fetched it already."""
        if self._held == dead:
            self._held = ""
        return await self.current()

    def refused(self, error: WeComError) -> None:
        """WeCom does not want us at the moment; nobody asks for a token until it may."""
        self._held = ""
        self._refusal = error
        self._refused_until = self._real() + timedelta(seconds=MISCONFIGURED_SECONDS)
        log.warning("wecom refuses the app", code=error.code)

    async def close(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _fetch_it(self) -> str:
        try:
            token = await self._fetch()
        except WeComError as error:
            if error.code != BUSY:
                self.refused(error)
            raise
        finally:
            self._fetching = None
        self._held = token.value
        self._held_until = self._real() + timedelta(seconds=token.seconds - min(EARLY_SECONDS, token.seconds // 2))
        self._refusal = None
        return token.value


def _looked_at(fetching: asyncio.Task[str]) -> None:
    """A failure that nobody waits for any more is no news."""
    if not fetching.cancelled():
        fetching.exception()
