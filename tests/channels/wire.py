"""The web chat over its wire: any request, with any headers, to a running front desk in demo or in serve mode."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot import loop
from bot.__main__ import DEMO_STORE
from bot.app import App, running
from bot.settings import Settings
from bot.storefile import load_store, read_store
from storage.database import Database
from tests.chat import START, StoreAtWork

T = TypeVar("T")

HOME = "http://127.0.0.1:8000"
HELLO: dict[str, Any] = {"as": "wang", "chat": "private", "id": "1", "text": "你好"}
PRESS: dict[str, Any] = {"as": "wang", "chat": "private", "id": "1", "message": "m1", "action": "help:run:1"}


class Wire(StoreAtWork):
    """A store at work whose web chat is asked by hand; cookies are kept as a browser keeps them."""

    def __init__(self, app: App, runner: asyncio.Runner) -> None:
        super().__init__(app, runner)
        self._events = runner
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app.web), base_url=HOME)

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        return self._events.run(act)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request; what follows from it has happened when it returns."""
        return self.run(self._ask(method, path, **more))

    def say(self, **other: object) -> httpx.Response:
        """Says hello, or whatever differs from it."""
        return self.ask("POST", "/api/chat/messages", json=HELLO | other)

    def messages(self, who: str = "wang", *, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        query = {"as": who, "chat": "private", "after": after, "wait": wait}
        found: list[dict[str, Any]] = self.ask("GET", "/api/chat/messages", params=query).json()["messages"]
        return found

    def send_file(self, content: bytes, name: str = "现场.svg", **other: str) -> httpx.Response:
        fields = {"as": "wang", "chat": "private", "id": "f1", **other}
        return self.ask("POST", "/api/chat/files", data=fields, files={"file": (name, content, "image/svg+xml")})

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = await self.http.request(method, path, **more)
        await self.app.timetable.settle()
        return answer


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """The status and the error's code; an error has a sentence too."""
    error = answer.json()["error"]
    assert error["text"]
    return answer.status_code, error["code"]


@contextmanager
def wired(url: str, folder: Path, *, demo: bool = True, **more: Any) -> Iterator[Wire]:
    """The demo store, running on the migrated database at `url`; `more` are settings."""
    now = datetime.fromisoformat(START)
    settings = Settings(data=folder, database_url=url, demo_now=now, **more)
    database = Database(url)
    database.write_now(partial(load_store, file=read_store(DEMO_STORE.read_text("utf-8")), now=now))
    with loop.runner() as runner:
        work = running(settings, database, demo=demo)
        wire = Wire(runner.run(work.__aenter__()), runner)
        try:
            yield wire
        finally:
            runner.run(_end(work))
            database.close()


async def _end(work: Any) -> None:
    await work.__aexit__(None, None, None)
