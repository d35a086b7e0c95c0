"""What `qiantai doctor` finds out about the AI bot: whether its server answers."""

from __future__ import annotations

from websockets.exceptions import WebSocketException

from bot.channels.wecom_bot.line import connection
from bot.notices import Notice, notice

ANSWER_SECONDS = 6


async def trouble(url: str) -> Notice | None:
    """What is wrong, in words, or None. Whoever subscribes throws the running bot out, so nobody does."""
    try:
        async with connection(url, open_seconds=ANSWER_SECONDS):
            return None
    except (OSError, TimeoutError, WebSocketException) as error:
        return notice("doctor.wecom_bot_unreached", problem=type(error).__name__, url=url)
