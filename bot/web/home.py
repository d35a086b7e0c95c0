"""The page at our address where there is no web chat: a card of WeCom's without buttons opens it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.texts import environment


def home_route() -> Route:
    """`/` says where the front desk is, to whoever comes; it knows and shows nothing."""

    async def home(request: Request) -> Response:
        return HTMLResponse(environment().get_template("web/home.html").render())

    return Route("/", home)
