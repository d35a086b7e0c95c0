"""The platforms outside that the settings name: each made of its parts, and what `qiantai doctor` asks of it.

A platform's library is imported where it is used: who has no token starts without it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.channels import webchat
from bot.feature import Command, Feature
from bot.notices import Notice, notice
from bot.settings import Settings
from bot.talk import Channel
from bot.texts import plain, text
from storage.database import Database

if TYPE_CHECKING:
    from bot.channels import telegram

ChannelCheck = Callable[[], Awaitable[Notice | None]]


def telegram_bot(
    settings: Settings, database: Database, secret: str, features: Mapping[str, Feature]
) -> tuple[Channel, list[Route]]:
    """The bot, and where Telegram calls it, if it does; `secret` is the deployment's."""
    from bot.channels import telegram

    client = _telegram_client(settings)
    menu = telegram.Menu(database, [_entry(command) for command in _in_menu(features)])
    if settings.telegram_mode == "polling":
        return telegram.Telegram(client, menu, database), []
    given = settings.telegram_secret
    password = given.get_secret_value() if given else _derived(secret, telegram.NAME)
    channel = telegram.Telegram(client, menu, database, webhook=(_webhook_url(settings), password))
    return channel, [telegram.webhook_route(password, channel.take)]


def channel_checks(settings: Settings) -> Mapping[str, ChannelCheck]:
    """What `qiantai doctor` asks of each channel by its name: a text that says what is wrong, or None."""

    async def web_chat() -> Notice | None:
        return None if settings.web_chat else notice("doctor.web_chat_off")

    async def telegram_bot() -> Notice | None:
        from bot.channels import telegram

        return await telegram.trouble(_telegram_client(settings), webhook_url=_webhook_url(settings))

    if settings.telegram_token is None:
        return {webchat.NAME: web_chat}
    bot = {"telegram": telegram_bot}
    return {webchat.NAME: web_chat, **bot} if settings.web_chat else bot


def _telegram_client(settings: Settings) -> telegram.Client:
    from bot.channels import telegram

    assert settings.telegram_token is not None
    place = telegram.Place(settings.telegram_base_url, settings.telegram_file_url, settings.telegram_proxy or None)
    return telegram.client_at(settings.telegram_token.get_secret_value(), place)


def _webhook_url(settings: Settings) -> str:
    """Where Telegram is to call; nothing when its updates are fetched."""
    from bot.channels import telegram

    return settings.base_url().rstrip("/") + telegram.PATH if settings.telegram_mode == "webhook" else ""


def _derived(secret: str, purpose: str) -> str:
    """Another secret of the deployment, which stays the same as long as the first does."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _in_menu(features: Mapping[str, Feature]) -> list[Command]:
    """What a platform's menu offers: what 帮助 lists, and 菜单 itself."""
    commands = [command for feature in features.values() for command in feature.commands]
    return [one for one in commands if one.in_menu or one.name == "help.menu"]


def _entry(command: Command) -> telegram.Entry:
    from bot.channels import telegram

    hint = plain(f"{text(command.label())}：{text(command.hint())}")
    return telegram.Entry(command.name.replace(".", "_"), command.words[0], hint, command.roles, not command.personal)
