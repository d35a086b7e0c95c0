"""The demo's clock over the API: what the store's time is, and moving it forward through everything that is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.webchat.api import answered, read_json
from bot.channels.webchat.guard import Problem
from bot.clock import Clock

FURTHEST = timedelta(days=400)


class Advance(BaseModel):
    """{"advance": "PT2H"}, {"advance": "next"} or {"now": ISO}."""

    model_config = ConfigDict(extra="forbid")

    advance: timedelta | str | None = None
    now: AwareDatetime | None = None


@dataclass(frozen=True)
class ClockApi:
    """`move` brings the store's time to a moment (False: not in time); `next_moment` is when something is due next."""

    clock: Clock
    zone: Callable[[], Awaitable[ZoneInfo]]
    next_moment: Callable[[], Awaitable[datetime | None]]
    move: Callable[[datetime], Awaitable[bool]]
    movable: bool

    async def get(self, request: Request) -> Response:
        return JSONResponse({"now": self.clock.now().astimezone(await self.zone()).isoformat()})

    async def post(self, request: Request) -> Response:
        if not self.movable:
            raise Problem(403, "clock_fixed")
        target = await self._target(await read_json(request, Advance))
        if not await self.move(target):
            raise Problem(503, "still_busy")
        return await self.get(request)

    async def _target(self, wanted: Advance) -> datetime:
        now = self.clock.now()
        match wanted.advance, wanted.now:
            case "next", None:
                target = await self.next_moment() or now
            case timedelta(), None:
                target = now + wanted.advance
            case None, datetime():
                target = wanted.now
            case _:
                raise Problem(400, "bad_request", problem="advance, now")
        if target < now:
            raise Problem(409, "clock_back")
        if target - now > FURTHEST:
            raise Problem(400, "bad_request", problem="advance")
        return target


def clock_routes(api: ClockApi) -> list[Route]:
    return [
        Route("/api/clock", answered(api.get), methods=["GET"]),
        Route("/api/clock", answered(api.post), methods=["POST"]),
    ]
