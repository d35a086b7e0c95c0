"""The platforms outside that the settings name: each made of its parts, and what `qiantai doctor` asks of it.

A platform's library is imported where it is used: who has no token starts without it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.channels import webchat
from bot.clock import Clock
from bot.feature import Command, Feature
from bot.notices import Notice, notice
from bot.settings import Settings
from bot.talk import Address, Channel
from bot.texts import plain, text
from storage.database import Database

if TYPE_CHECKING:
    from bot.channels import telegram, wecom

# The columns of WeCom's menu, and the commands in each.
WECOM_MENU: Mapping[str, tuple[str, ...]] = {
    "help.column_away": ("leave.request", "outing.tell", "trip.ask", "leave.who", "outing.who"),
    "help.column_cases": ("workflow.mine", "customers.mine", "files.of_case", "process.show", "morning.show"),
    "help.column_more": ("approvals.mine", "meetings.ahead", "missed_punch.tell", "help.menu"),
}
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
    if house.settings.wecom_robot_key is not None:
        yield _wecom_robot(house.settings), []
    if house.settings.wecom_bot_id:
        yield _wecom_bot(house), []


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
    menu = wecom.Menu(house.database, _columns(house.features))
    channel = wecom.WeCom(client, house.database, house.clock.real, home=settings.base_url(), menu=menu, pace=pace)
    return channel, [wecom.callback_route(crypto, channel.take)]


def _columns(features: Mapping[str, Feature]) -> list[wecom.Top]:
    """WeCom's menu is the same for everybody, so it holds what everybody may say."""
    from bot.channels import wecom

    words = {command.name: command.words[0] for command in _in_menu(features)}
    return [
        wecom.Column(plain(text(label)), [wecom.Entry(words[name], words[name]) for name in names])
        for label, names in WECOM_MENU.items()
    ]


def _wecom_robot(settings: Settings) -> wecom.Robot:
    from bot.channels import wecom

    assert settings.wecom_robot_key is not None
    return wecom.Robot(settings.wecom_robot_key.get_secret_value(), base_url=settings.wecom_base_url)


def robots_group(settings: Settings) -> Address | None:
    """The group in which the robot of the settings speaks, if there is one."""
    if settings.wecom_robot_key is None:
        return None
    from bot.channels import wecom

    account = wecom.account_of_robot(settings.wecom_robot_key.get_secret_value())
    return Address(wecom.ROBOT_NAME, account, wecom.ROBOT_CHAT, group=True)


@asynccontextmanager
async def wecom_groups(settings: Settings, database: Database) -> AsyncIterator[wecom.Groups]:
    """The groups that the app of the settings makes, while the block lasts."""
    from bot.channels import wecom

    async with _wecom_client(settings, Clock()) as client:
        yield wecom.Groups(client, database)


def _wecom_bot(house: House) -> Channel:
    from bot.channels import wecom_bot

    settings = house.settings
    assert settings.wecom_bot_secret is not None
    secret = settings.wecom_bot_secret.get_secret_value()
    # A machine without a public address has no page that anybody could open.
    home = settings.public_url or wecom_bot.HOME
    return wecom_bot.WeComBot(settings.wecom_bot_id, secret, house.database, ws_url=settings.wecom_ws_url, home=home)


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

    async def wecom_app() -> Notice | None:
        from bot.channels import wecom

        return await wecom.trouble(_wecom_client(settings, Clock()))

    async def wecom_robot() -> Notice | None:
        from bot.channels import wecom

        return await wecom.robot_trouble(_wecom_robot(settings))

    async def wecom_bot() -> Notice | None:
        from bot.channels import wecom_bot

        return await wecom_bot.trouble(settings.wecom_ws_url)

    asked: dict[str, tuple[ChannelCheck, bool]] = {
        webchat.NAME: (web_chat, settings.has_web_chat()),
        "telegram": (telegram_bot, settings.telegram_token is not None),
        "wecom": (wecom_app, bool(settings.wecom_corp_id)),
        "wecom_robot": (wecom_robot, settings.wecom_robot_key is not None),
        "wecom_bot": (wecom_bot, bool(settings.wecom_bot_id)),
    }
    return {name: check for name, (check, named) in asked.items() if named}


def found_by_sending(settings: Settings, refusals: Sequence[str]) -> Notice | None:
    """What is wrong with a channel, by what its platform said of notices that are tried again."""
    if not settings.wecom_corp_id:
        return None
    from bot.channels import wecom

    return wecom.found_by_sending(refusals)


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
