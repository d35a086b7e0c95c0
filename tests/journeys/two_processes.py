"""Front desks as processes of their own on one database, and people who talk to either of them over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import httpx

from storage.webchat import PAGE
from tests.chat import START, Seen
from tests.services import free_port

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 90.0
POLL_SECONDS = 0.03
_ids = count(1)


class Desk:
    """One process, as the people at the other end of the wire know it."""

    def __init__(self, port: int) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS)
        self._seen: defaultdict[str, dict[str, Seen]] = defaultdict(dict)

    def says(self, who: str, text: str) -> None:
        """Says it and waits until it was handled."""
        self._post("/api/chat/messages", {"as": who, "text": text})

    def presses(self, who: str, message: str, action: str) -> None:
        """Presses and waits until it was handled."""
        self._post("/api/chat/presses", {"as": who, "message": message, "action": action})

    def sees(self, who: str) -> list[Seen]:
        """The private chat, each message once, in its newest form, oldest first; an edit comes again."""
        newest = self._seen[who]
        full = True
        while full:
            page = self._page(who, max((message.seq for message in newest.values()), default=0))
            newest |= {message.id: message for message in page}
            full = len(page) == PAGE
        return sorted(newest.values(), key=lambda message: int(message.id.removeprefix("m")))

    def waits_for(self, who: str, wanted: Callable[[Seen], bool]) -> Seen:
        """The newest message like that, as soon as there is one."""
        found = until(lambda: next((one for one in reversed(self.sees(who)) if wanted(one)), None))
        assert found is not None
        return found

    def _post(self, path: str, body: dict[str, Any]) -> None:
        number = f"p{next(_ids)}"
        answer = self.http.post(path, json={"chat": "private", "id": number, **body})
        assert answer.status_code == 202, answer.text
        until(lambda: self._receipt(number, body["as"]) == "done")

    def _receipt(self, number: str, who: str) -> str:
        return str(self.http.get(f"/api/chat/receipts/{number}", params={"as": who}).json()["state"])

    def _page(self, who: str, after: int) -> list[Seen]:
        asked = {"as": who, "chat": "private", "after": str(after)}
        return [Seen.of(raw) for raw in self.http.get("/api/chat/messages", params=asked).json()["messages"]]


def until(look: Callable[[], T]) -> T:
    """What `look` finds, once it finds something."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        if found := look():
            return found
        time.sleep(POLL_SECONDS)
    raise AssertionError("it did not happen in time")


def at_once(*acts: Callable[[], object]) -> None:
    """Everybody acts in the same instant; any error is raised here."""
    start = Barrier(len(acts))

    def act(one: Callable[[], object]) -> None:
        start.wait(PATIENCE_SECONDS)
        one()

    with ThreadPoolExecutor(len(acts)) as people:
        list(people.map(act, acts))


def action_of(message: Seen, label: str) -> str:
    return message.actions[message.buttons.index(label)]


@contextmanager
def front_desk(url: str, folder: Path) -> Iterator[Desk]:
    """A `qiantai demo` process on that database, answering."""
    port = free_port()
    settings = {
        "QIANTAI_DATABASE_URL": url,
        "QIANTAI_DATA": str(folder),
        "QIANTAI_PORT": str(port),
        "QIANTAI_DEMO_NOW": START,
        "QIANTAI_DEMO_CASES": "no",
    }
    log = folder / "log"
    folder.mkdir(parents=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo"], cwd=ROOT, env=os.environ | settings, stdout=output, stderr=output
        )
    try:
        desk = Desk(port)
        until(lambda: process.poll() is not None or _answers(desk))
        assert process.poll() is None, log.read_text("utf-8")
        yield desk
        desk.http.close()
    finally:
        process.kill()
        process.wait()


def _answers(desk: Desk) -> bool:
    try:
        return desk.http.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def front_desks(url: str, folder: Path, number: int = 2) -> Iterator[Sequence[Desk]]:
    """Several of them, started at once."""
    with ExitStack() as stack, ThreadPoolExecutor(number) as starting:
        opened = [front_desk(url, folder / f"desk{n}") for n in range(number)]
        yield list(starting.map(stack.enter_context, opened))
