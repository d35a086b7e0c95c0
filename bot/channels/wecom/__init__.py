"""WeCom (企业微信) by its own API: what it calls with is stored first, what goes out are cards, texts and files.

No package was fit for it (their tokens and retries lose messages), so this is a thin client of our own.
"""

from bot.channels.wecom.callback import PATH, callback_route
from bot.channels.wecom.channel import PACE, WeCom
from bot.channels.wecom.client import App, Client
from bot.channels.wecom.crypto import Crypto
from bot.channels.wecom.reading import NAME

__all__ = ["NAME", "PACE", "PATH", "App", "Client", "Crypto", "WeCom", "callback_route"]
