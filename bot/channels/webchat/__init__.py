"""The web chat: the local channel, its page and its API."""

from starlette.routing import Route

from bot.channels.webchat.api import Api, Intake, routes
from bot.channels.webchat.channel import ACCOUNT, NAME, WebChat
from bot.channels.webchat.clock import ClockApi, clock_routes
from bot.channels.webchat.guard import Guard, Sessions
from bot.channels.webchat.pages import Pages, page_routes

__all__ = [
    "ACCOUNT",
    "NAME",
    "Api",
    "ClockApi",
    "Guard",
    "Intake",
    "Pages",
    "Route",
    "Sessions",
    "WebChat",
    "clock_routes",
    "page_routes",
    "routes",
]
