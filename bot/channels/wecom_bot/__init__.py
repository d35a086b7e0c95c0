"""WeCom's AI bot (智能机器人) over its long connection: no address of ours has to be reachable from outside.

What comes in is sent once, so it is kept before anything is answered; one connection at a time is a bot's.
"""

from bot.channels.wecom_bot.channel import HOME, WeComBot
from bot.channels.wecom_bot.checking import trouble
from bot.channels.wecom_bot.intake import WS_URL
from bot.channels.wecom_bot.reading import NAME

__all__ = ["HOME", "NAME", "WS_URL", "WeComBot", "trouble"]
