"""What `qiantai doctor` finds out about the bot: the token, the way to Telegram, the address at which it calls."""

from __future__ import annotations

from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.client import Client, without_token
from bot.notices import Notice, notice


async def trouble(client: Client, *, webhook_url: str = "") -> Notice | None:
    """What is wrong, in words, or None. Changes nothing at Telegram."""
    try:
        async with client:
            return _of_webhook(await client.get_webhook_info(), webhook_url)
    except InvalidToken:
        return notice("doctor.telegram_token")
    except TelegramError as error:
        said = without_token(str(error), client)
        return notice("doctor.telegram_unreached", problem=f"{type(error).__name__}: {said}")


def _of_webhook(known: WebhookInfo, wanted: str) -> Notice | None:
    if wanted and known.url != wanted:
        return notice("doctor.telegram_webhook_elsewhere", url=known.url, wanted=wanted)
    if wanted and known.last_error_message:
        return notice("doctor.telegram_webhook_fails", problem=known.last_error_message, url=wanted)
    if not wanted and known.url:
        return notice("doctor.telegram_has_webhook", url=known.url)
    return None
