"""Whether the front desk is well: for whoever watches over it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PATIENCE_SECONDS = 5


def health_route(check: Callable[[], Awaitable[None]]) -> Route:
    """`/healthz` answers 200 when `check` returns in time, 503 else: no database, or its writer is stuck."""

    async def healthz(request: Request) -> Response:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await check()
        except Exception as error:
            return JSONResponse({"status": "failing", "error": type(error).__name__}, 503)
        return JSONResponse({"status": "ok"})

    return Route("/healthz", healthz)
