"""A strict fake of WeCom's server for AI bots: a WebSocket on loopback with people who act, on a clock of its own.

What it checks, by the numbers of what a faithful fake must check:
    28 subscribing: 846609 before it, 853000, too often, one connection a bot    29 every way in which one ends
    30 answers only to what asks for them, in time, once, on the right card    31 chats: 846607, 93006, 30 a minute,
    1000 an hour    32 streams    33 uploads in pieces    34 answers that come late or never
Cards are an app's (tests/wecom/cards.py) but for what a bot's do not have; what people send is handed out encrypted,
for five minutes, at the same port. Where the documentation names no code, `refusals.UNKNOWN_CODE` says so.
"""

from tests.wecom_bot.fake import BOT_ID, SECRET, FakeWeComBot
from tests.wecom_bot.people import Person

__all__ = ["BOT_ID", "SECRET", "FakeWeComBot", "Person"]
