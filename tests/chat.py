"""The transcript driver: a store at work; its people type and press over the web chat's API and read what they see.

wang.says("请假 周五下午 家里有事"); wang.presses("确认")
assert zhou.hears("王磊 想调休半天", buttons=["同意", "不同意", "稍后提醒"])
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import Session, select

from bot import loop
from bot.__main__ import DEMO_STORE
from bot.app import CLOCK, App, running
from bot.clock import Clock
from bot.settings import Settings
from bot.storefile import load_store, read_store
from storage import meta
from storage.database import Database
from storage.webchat import PAGE

START = "2026-11-25T10:00:00+08:00"
_ids = count(1)


@dataclass(frozen=True)
class Seen:
    """A message as somebody sees it now."""

    id: str
    sender: str
    text: str
    buttons: tuple[str, ...]
    actions: tuple[str, ...]
    edited: bool
    seq: int

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Seen:
        flat = [button for row in raw["buttons"] for button in row]
        return cls(
            raw["id"],
            raw["from"],
            raw["text"],
            tuple(button["label"] for button in flat),
            tuple(button["action"] for button in flat),
            raw["edited"],
            raw["seq"],
        )


class StoreAtWork:
    """A demo store, its clock standing at START when it opens; everything is settled when a call returns."""

    def __init__(self, app: App, runner: asyncio.Runner) -> None:
        self.app = app
        self._runner = runner
        transport = httpx.ASGITransport(app=app.web)
        self._http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")
        self._people: dict[str, Person] = {}

    def person(self, key: str) -> Person:
        """Always the same one, who reads on where they stopped reading."""
        return self._people.setdefault(key, Person(self, key))

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self._runner.run(self._post(path, body))

    def upload(self, body: dict[str, str], name: str, content: bytes) -> None:
        self._runner.run(self._upload(body, name, content))

    def posts_at_once(self, posts: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Everybody writes in the same instant; returns when all are answered."""
        self._runner.run(self._posts_at_once(posts))

    def everybody_says(self, lines: Mapping[str, Sequence[str]]) -> None:
        """Everybody says their lines, one after another, beside each other; returns when all are answered."""
        self._runner.run(self._everybody_says(lines))

    def get(self, path: str, query: dict[str, str]) -> httpx.Response:
        return self._runner.run(self._http.get(path, params=query))

    def next_id(self) -> str:
        """Never the same twice, not even in a store that is opened again."""
        return f"t{next(_ids)}"

    def settle(self) -> None:
        self._runner.run(self.app.timetable.settle())

    def move(self, **by: float) -> None:
        """Moves the clock forward: `move(hours=2)`."""
        self.move_to(self.app.clock.now() + timedelta(**by))

    def move_to(self, at: datetime | str) -> None:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        answer = self.post("/api/clock", {"now": moment.isoformat()})
        assert answer.status_code == 200, answer.text

    def query(self, work: Any) -> Any:
        """Looks into the rows."""
        return self.app.database.read_now(work)

    def write(self, work: Any) -> Any:
        return self.app.database.write_now(work)

    async def _posts_at_once(self, posts: Sequence[tuple[str, dict[str, Any]]]) -> None:
        answers = await asyncio.gather(*(self._http.post(path, json=body) for path, body in posts))
        assert {answer.status_code for answer in answers} == {202}, [answer.text for answer in answers[:3]]
        await self.app.timetable.settle()

    async def _everybody_says(self, lines: Mapping[str, Sequence[str]]) -> None:
        await asyncio.gather(*(self._speaks(key, said) for key, said in lines.items()))
        await self.app.timetable.settle()

    async def _speaks(self, key: str, lines: Sequence[str]) -> None:
        for text in lines:
            body = {"as": key, "chat": "private", "id": self.next_id(), "text": text}
            answer = await self._http.post("/api/chat/messages", json=body)
            assert answer.status_code == 202, answer.text

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        answer = await self._http.post(path, json=body)
        await self.app.timetable.settle()
        return answer

    async def _upload(self, body: dict[str, str], name: str, content: bytes) -> None:
        answer = await self._http.post("/api/chat/files", data=body, files={"file": (name, content)})
        assert answer.status_code == 202, answer.text
        await self.app.timetable.settle()


class Person:
    """Somebody of the store, in their private chat or in the group."""

    def __init__(self, store: StoreAtWork, key: str) -> None:
        self._store = store
        self.key = key
        self._newest: dict[str, dict[str, Seen]] = {}
        self._after: dict[str, int] = {}

    def says(self, text: str, *, chat: str = "private") -> None:
        answer = self._store.post(
            "/api/chat/messages", {"as": self.key, "chat": chat, "id": self._store.next_id(), "text": text}
        )
        assert answer.status_code == 202, answer.text

    def sends_file(self, name: str, content: bytes, *, chat: str = "private") -> None:
        self._store.upload({"as": self.key, "chat": chat, "id": self._store.next_id()}, name, content)

    def presses(self, label: str, *, on: str = "") -> None:
        """Presses the newest button with that label (on the newest message that says `on`)."""
        for message in reversed(self.sees()):
            if label in message.buttons and on in message.text:
                self.sends_press(message.id, message.actions[message.buttons.index(label)])
                return
        raise AssertionError(f"{self.key} sees no button {label!r}:\n{self.transcript()}")

    def sends_press(self, message: str, action: str, *, chat: str = "private") -> None:
        """Sends an action as it stands, whether or not a button offers it."""
        answer = self._store.post(
            "/api/chat/presses",
            {"as": self.key, "chat": chat, "id": self._store.next_id(), "message": message, "action": action},
        )
        assert answer.status_code == 202, answer.text

    def sees(self, *, chat: str = "private") -> list[Seen]:
        """The conversation as the page shows it: each message once, in its newest form; an edit comes again."""
        newest = self._newest.setdefault(chat, {})
        full = True
        while full:
            page = self._page(chat, self._after.get(chat, 0))
            newest |= {message.id: message for message in page}
            self._after[chat] = max([message.seq for message in page], default=self._after.get(chat, 0))
            full = len(page) == PAGE
        return sorted(newest.values(), key=lambda message: int(message.id.removeprefix("m")))

    def last(self, *, chat: str = "private") -> Seen:
        """The bot's newest message."""
        return next(message for message in reversed(self.sees(chat=chat)) if message.sender == "bot")

    def hears(self, text: str, *, buttons: Sequence[str] | None = None, chat: str = "private") -> bool:
        """Whether some message of the bot says this (with just these buttons); fails with the transcript otherwise."""
        if self.heard(text, buttons=buttons, chat=chat):
            return True
        raise AssertionError(f"{self.key} does not hear {text!r} {buttons or ''}:\n{self.transcript(chat)}")

    def heard(self, text: str, *, buttons: Sequence[str] | None = None, chat: str = "private") -> list[Seen]:
        return [
            message
            for message in self.sees(chat=chat)
            if message.sender == "bot"
            and text in message.text
            and (buttons is None or list(message.buttons) == list(buttons))
        ]

    def transcript(self, chat: str = "private") -> str:
        lines = [f"{one.sender}: {one.text}  {list(one.buttons) or ''}" for one in self.sees(chat=chat)]
        return "\n".join(lines)

    def _page(self, chat: str, after: int) -> list[Seen]:
        answer = self._store.get("/api/chat/messages", {"as": self.key, "chat": chat, "after": str(after)})
        assert answer.status_code == 200, answer.text
        return [Seen.of(raw) for raw in answer.json()["messages"]]


@contextmanager
def store_at_work(
    url: str, folder: Path, *, now: str = START, toml: str | None = None, loaded: bool = False
) -> Iterator[StoreAtWork]:
    """A running demo store on the migrated database at `url`, which may hold it already (`loaded`)."""
    # As they are: what the environment has set counts for nothing here, and is not looked through two thousand times.
    settings = Settings.model_construct(data=folder, database_url=url, demo_now=datetime.fromisoformat(now))
    database = Database(url)
    if not loaded:
        load_sample(database, toml)
    with loop.runner() as runner:
        work = running(settings, database, demo=True)
        app = runner.run(work.__aenter__())
        try:
            yield StoreAtWork(app, runner)
        finally:
            runner.run(_leave(work))
            database.close()


@dataclass(frozen=True)
class Prepared:
    """The database file of a store that was closed, to be copied, and the moment at which it goes on."""

    file: Path
    now: datetime


def prepared(sample: Path, folder: Path, prepare: Callable[[StoreAtWork], object]) -> Prepared:
    """What many tests begin with happens once, in a copy of `sample`."""
    file = folder / "store.db"
    shutil.copyfile(sample, file)
    with store_at_work(f"sqlite:///{file}", folder, loaded=True) as store:
        prepare(store)
        return Prepared(file, store.app.clock.now())


@contextmanager
def going_on(before: Prepared, folder: Path) -> Iterator[StoreAtWork]:
    """A store at work on a copy of what was prepared, at that moment."""
    shutil.copyfile(before.file, folder / "store.db")
    url = f"sqlite:///{folder / 'store.db'}"
    database = Database(url)
    ahead = before.now - Clock().real()
    database.write_now(partial(meta.put, name=CLOCK, value={"ahead_seconds": ahead.total_seconds()}))
    database.close()
    with store_at_work(url, folder, loaded=True) as store:
        yield store


def load_sample(database: Database, toml: str | None = None) -> None:
    """Loads the sample store, or another, as if it had been there since New Year."""
    file = read_store(DEMO_STORE.read_text("utf-8") if toml is None else toml)
    database.write_now(partial(load_store, file=file, now=datetime.fromisoformat("2026-01-01T00:00:00+08:00")))


async def _leave(work: Any) -> None:
    await work.__aexit__(None, None, None)


def rows(session: Session, table: Any) -> list[Any]:
    """All rows of a table, oldest first."""
    return list(session.exec(select(table).order_by(table.id)))
