"""WeCom (企业微信) by its own API: what it calls with is stored first, what goes out are cards, texts and files.

No package was fit for it (their tokens and retries lose messages), so this is a thin client of our own.
"""

from bot.channels.wecom.callback import PATH, callback_route
from bot.channels.wecom.channel import PACE, WeCom
from bot.channels.wecom.checking import found_by_sending, robot_trouble, trouble
from bot.channels.wecom.client import App, Client
from bot.channels.wecom.crypto import Crypto
from bot.channels.wecom.groups import Groups
from bot.channels.wecom.menu import Column, Entry, Menu, Top
from bot.channels.wecom.reading import NAME
from bot.channels.wecom.robot import CHAT as ROBOT_CHAT
from bot.channels.wecom.robot import NAME as ROBOT_NAME
from bot.channels.wecom.robot import Robot
from bot.channels.wecom.robot import account_of as account_of_robot

__all__ = [
    "NAME",
    "PACE",
    "PATH",
    "ROBOT_CHAT",
    "ROBOT_NAME",
    "App",
    "Client",
    "Column",
    "Crypto",
    "Entry",
    "Groups",
    "Menu",
    "Robot",
    "Top",
    "WeCom",
    "account_of_robot",
    "callback_route",
    "found_by_sending",
    "robot_trouble",
    "trouble",
]
