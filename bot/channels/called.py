"""What the addresses have in common at which platforms call us: bodies end, and we may not be ready yet."""

from __future__ import annotations

from starlette.requests import Request


class NotYet(Exception):
    """Nobody can take what comes in at this moment; the platform calls again."""


async def whole_body(request: Request, *, most: int) -> bytes | None:
    """The whole body, or None as soon as it is larger than `most` bytes."""
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > most:
            return None
    return bytes(held)
