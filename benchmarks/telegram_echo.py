"""What python-telegram-bot does by itself: a bot that sends every text back, without storage, and keeps nothing."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, MessageHandler, filters

READY = "ready"
WEBHOOK = "/telegram"


async def echo(way: str, token: str, base_url: str, file_url: str, port: int) -> None:
    """Polls as the library does, or is called at a webhook, which answers as soon as the library has the update."""
    application: Any = (
        Application.builder().token(token).base_url(base_url).base_file_url(file_url).concurrent_updates(False).build()
    )
    application.add_handler(MessageHandler(filters.TEXT, _answer))

    async def called(request: Request) -> Response:
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return Response()

    async with application:
        await application.start()
        if way == "polling":
            await application.updater.start_polling()
        else:
            await application.bot.set_webhook(f"http://127.0.0.1:{port}{WEBHOOK}")
        await served(Starlette(routes=[Route(WEBHOOK, called, methods=["POST"])]), port)


async def _answer(update: Update, _context: Any) -> None:
    if update.effective_message is not None and update.effective_message.text is not None:
        await update.effective_message.reply_text(update.effective_message.text)


async def served(app: Any, port: int) -> None:
    """Says that the bot is ready, and serves until it is killed."""
    print(READY, flush=True)
    await uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off")).serve()


if __name__ == "__main__":
    _, way, token, base_url, file_url, port = sys.argv
    asyncio.run(echo(way, token, base_url, file_url, int(port)))
