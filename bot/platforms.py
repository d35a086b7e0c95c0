"""The platforms outside that the settings name: each made of its parts, and what `qiantai doctor` asks of it.

A platform's library is imported where it is used: who has no token starts without it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.channels import webchat
from bot.clock import Clock
from bot.feature import Command, Feature
from bot.notices import Notice, notice
from bot.settings import Settings
from bot.talk import Channel
from bot.texts import plain, text
from storage.database import Database

if TYPE_CHECKING:
    from bot.channels import telegram, wecom

ChannelCheck = Callable[[], Awaitable[Notice | None]]
# A channel, and where its platform calls it.
Platform = tuple[Channel, list[Route]]


@dataclass(frozen=True)
class House:
    """What platforms are made in: `secret` is the deployment's; a `demo`'s clock is moved by hand."""

    settings: Settings
    database: Database
    features: Mapping[str, Feature]
    secret: str
    clock: Clock
    demo: bool


def platforms(house: House) -> Iterator[Platform]:
    """Those that the settings name."""
    if house.settings.telegram_token is not None:
        yield _telegram_bot(house)
    if house.settings.wecom_corp_id:
        yield _wecom_app(house)


def _telegram_bot(house: House) -> Platform:
    """The bot, and where Telegram calls it, if it does."""
    from bot.channels import telegram

    settings, database = house.settings, house.database

    client = _telegram_client(settings)
    menu = telegram.Menu(database, [_entry(command) for command in _in_menu(house.features)])
    if settings.telegram_mode == "polling":
        return telegram.Telegram(client, menu, database), []
    given = settings.telegram_secret
    password = given.get_secret_value() if given else _derived(house.secret, telegram.NAME)
    channel = telegram.Telegram(client, menu, database, webhook=(_webhook_url(settings), password))
    return channel, [telegram.webhook_route(password, channel.take)]


def _wecom_app(house: House) -> Platform:
    """The self-built app, and where WeCom calls it; a moved clock spreads nothing over a crowded minute."""
    from bot.channels import wecom

    settings = house.settings
    assert settings.wecom_token is not None
    assert settings.wecom_aes_key is not None
    crypto = wecom.Crypto(
        settings.wecom_token.get_secret_value(), settings.wecom_aes_key.get_secret_value(), settings.wecom_corp_id
    )
    pace = replace(wecom.PACE, spread_seconds=0) if house.demo else wecom.PACE
    client = _wecom_client(settings, house.clock)
    channel = wecom.WeCom(client, house.database, house.clock.real, home=settings.base_url(), pace=pace)
    return channel, [wecom.callback_route(crypto, channel.take)]


def _wecom_client(settings: Settings, clock: Clock) -> wecom.Client:
    from bot.channels import wecom

    assert settings.wecom_agent_id is not None
    assert settings.wecom_secret is not None
    app = wecom.App(settings.wecom_corp_id, settings.wecom_agent_id, settings.wecom_secret.get_secret_value())
    return wecom.Client(app, clock.real, base_url=settings.wecom_base_url)


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
