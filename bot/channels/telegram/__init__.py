"""Telegram: what comes in by polling or webhook is kept before it is confirmed; what goes out is sent and edited.

python-telegram-bot's own intake confirms first, so only its methods, types and requests are used.
"""

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.checking import trouble
from bot.channels.telegram.client import Client, Place, account_of, client_at
from bot.channels.telegram.intake import NAME
from bot.channels.telegram.menu import Entry, Menu
from bot.channels.telegram.webhook import PATH, webhook_route

__all__ = [
    "NAME",
    "PATH",
    "Client",
    "Entry",
    "Menu",
    "Place",
    "Telegram",
    "account_of",
    "client_at",
    "trouble",
    "webhook_route",
]
