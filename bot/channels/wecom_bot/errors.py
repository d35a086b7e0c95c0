"""What the errcodes of the AI bot's connection mean for a delivery; those that it shares with apps stand there."""

from __future__ import annotations

from bot.channels.wecom import errors as of_apps
from bot.channels.wecom.errors import MISCONFIGURED_SECONDS, WeComError
from bot.talk import DeliveryError

# The bot's id or secret is wrong, or the long connection is not switched on for it.
REFUSED = frozenset({853000, 846601})
NOT_SUBSCRIBED = 846609
# Nobody has spoken to the bot in this chat, or there is no such chat.
SHUT = frozenset({846607, 93006})
# What was pressed can be answered no more: too late, or it was answered already.
TOO_LATE = frozenset({846604, 846605})
SOON_SECONDS = 3.0


def failure(error: WeComError) -> DeliveryError:
    """What became of the message: never, later or not like this."""
    said = f"WeCom: {error}"
    if error.code in SHUT:
        return DeliveryError(said, permanent=True)
    if error.code == NOT_SUBSCRIBED:
        return not_connected(said)
    if error.code in REFUSED:
        return DeliveryError(said, retry_after=MISCONFIGURED_SECONDS, unreached=True)
    return of_apps.failure(error)


def not_connected(why: str, *, seconds: float = SOON_SECONDS) -> DeliveryError:
    """Nothing was sent; soon there will be another connection."""
    return DeliveryError(why, retry_after=seconds, unreached=True)


def comes_again(error: BaseException) -> bool:
    """The same message will be tried again as it is."""
    told = failure(error) if isinstance(error, WeComError) else error
    return isinstance(told, DeliveryError) and not (told.permanent or told.refused)
