"""The web chat's API in the demo: every error of its table, and that an error changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.channels.webchat import api
from bot.scheduler import timetable
from storage.inbox import Inbox
from tests.channels.wire import HELLO, PRESS, Wire, code_of, wired
from tests.storage.shop import all_rows


@pytest.fixture
def store(sqlite_url: str, tmp_path: Path) -> Iterator[Wire]:
    with wired(sqlite_url, tmp_path / "data") as opened:
        yield opened


# (path, body): each has the wrong shape.
MISSHAPEN = [
    ("/api/chat/messages", {key: HELLO[key] for key in ("as", "chat", "id")}),
    ("/api/chat/messages", HELLO | {"text": ""}),
    ("/api/chat/messages", HELLO | {"text": 5}),
    ("/api/chat/messages", HELLO | {"id": ""}),
    ("/api/chat/messages", HELLO | {"id": "有 空格"}),
    ("/api/chat/messages", HELLO | {"id": "x" * 101}),
    ("/api/chat/messages", HELLO | {"as": None}),
    ("/api/chat/messages", HELLO | {"chat": ["private"]}),
    ("/api/chat/messages", ["not", "an", "object"]),
    ("/api/chat/presses", PRESS | {"action": ""}),
    ("/api/chat/presses", PRESS | {"message": ""}),
    ("/api/clock", {}),
    ("/api/clock", {"advance": "soon"}),
    ("/api/clock", {"advance": "PT1H", "now": "2026-11-25T12:00:00+08:00"}),
    ("/api/clock", {"now": "2026-11-26T12:00:00"}),
    ("/api/clock", {"advance": "P900D"}),
    ("/api/clock", {"forward": "PT1H"}),
]


@pytest.mark.parametrize(("path", "body"), MISSHAPEN)
def test_a_misshapen_request_is_400_and_changes_nothing(store: Wire, path: str, body: object) -> None:
    answer = store.ask("POST", path, json=body)

    assert code_of(answer) == (400, "bad_request")
    assert all_rows(store.app.database, Inbox) == []


@pytest.mark.parametrize("query", ["after=-1", "after=x", "wait=-1", "wait=nan", "after=1e30"])
def test_a_number_that_is_none_is_400(store: Wire, query: str) -> None:
    answer = store.ask("GET", f"/api/chat/messages?as=wang&chat=private&{query}")

    assert code_of(answer) == (400, "bad_request")


def test_json_that_is_none_is_400_and_another_type_is_415(store: Wire) -> None:
    json_type = {"Content-Type": "application/json; charset=utf-8"}

    broken = store.ask("POST", "/api/chat/messages", content=b"{", headers=json_type)
    form = store.ask("POST", "/api/chat/messages", data=HELLO)
    plain = store.ask("POST", "/api/clock", content=b'{"advance": "PT1H"}', headers={"Content-Type": "text/plain"})

    assert code_of(broken) == (400, "bad_request")
    assert code_of(form) == code_of(plain) == (415, "not_json")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8001", "http://localhost:8000"])
def test_another_sites_page_may_not_post(store: Wire, origin: str) -> None:
    answer = store.ask("POST", "/api/chat/messages", json=HELLO, headers={"Origin": origin})

    assert code_of(answer) == (403, "foreign_origin")
    assert all_rows(store.app.database, Inbox) == []


def test_the_own_page_and_a_script_without_origin_may_post(store: Wire) -> None:
    own = store.ask("POST", "/api/chat/messages", json=HELLO, headers={"Origin": "http://127.0.0.1:8000"})
    script = store.ask("POST", "/api/chat/messages", json=HELLO | {"id": "2"})

    assert (own.status_code, script.status_code) == (202, 202)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "10.0.0.5", ""])
def test_a_host_that_is_not_on_the_list_is_refused(store: Wire, host: str) -> None:
    answers = [store.ask("GET", path, headers={"Host": host}) for path in ("/", "/api/clock", "/healthz")]

    assert [code_of(answer) for answer in answers] == [(403, "foreign_host")] * 3


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:9", "[::1]:8000"])
def test_loopback_names_are_on_the_list(store: Wire, host: str) -> None:
    assert store.ask("GET", "/healthz", headers={"Host": host}).json() == {"status": "ok"}


def test_nobody_nowhere_and_nothing_are_404(store: Wire) -> None:
    store.person("zhou").says("你好")
    zhous = store.person("zhou").last().id

    person = store.ask("POST", "/api/chat/messages", json=HELLO | {"as": "nobody"})
    chat = store.ask("POST", "/api/chat/messages", json=HELLO | {"chat": "elsewhere"})
    reading = store.ask("GET", "/api/chat/messages", params={"as": "wang", "chat": "elsewhere"})
    message = store.ask("POST", "/api/chat/presses", json=PRESS | {"message": "m99"})
    odd = store.ask("POST", "/api/chat/presses", json=PRESS | {"message": "first"})
    anothers = store.ask("POST", "/api/chat/presses", json=PRESS | {"message": zhous})
    receipt = store.ask("GET", "/api/chat/receipts/never", params={"as": "wang"})

    assert code_of(person) == (404, "unknown_person")
    assert code_of(chat) == code_of(reading) == (404, "unknown_chat")
    assert code_of(message) == code_of(odd) == code_of(anothers) == (404, "unknown_message")
    assert code_of(receipt) == (404, "unknown_receipt")


def test_the_clock_is_not_set_back(store: Wire) -> None:
    answer = store.ask("POST", "/api/clock", json={"now": "2026-11-25T09:59:00+08:00"})

    assert code_of(answer) == (409, "clock_back")


def test_the_clock_moves_by_a_span_to_a_time_and_to_what_is_next(store: Wire) -> None:
    by = store.ask("POST", "/api/clock", json={"advance": "PT2H"}).json()["now"]
    to = store.ask("POST", "/api/clock", json={"now": "2026-11-25T04:30:00Z"}).json()["now"]
    nothing_next = store.ask("POST", "/api/clock", json={"advance": "next"}).json()["now"]

    assert by.startswith("2026-11-25T12:00:0")
    assert to.startswith("2026-11-25T12:30:0")
    assert nothing_next.startswith("2026-11-25T12:30:0")


def test_a_clock_that_does_not_arrive_is_503(store: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object, **__: object) -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(store.app.web_chat, "send", never)
    monkeypatch.setattr(timetable, "MOVE_SECONDS", 0.05)

    async def say_and_move() -> httpx.Response:
        await store.http.post("/api/chat/messages", json=HELLO)
        return await store.http.post("/api/clock", json={"advance": "PT1H"})

    assert code_of(store.run(say_and_move())) == (503, "still_busy")


def test_a_long_text_is_taken_up_to_its_limit(store: Wire) -> None:
    longest = "好" * (api.LONGEST_TEXT_BYTES // 3)

    fits = store.ask("POST", "/api/chat/messages", json=HELLO | {"text": longest})
    too_long = store.ask("POST", "/api/chat/messages", json=HELLO | {"id": "2", "text": longest + "好"})
    flood = store.ask("POST", "/api/chat/messages", json=HELLO | {"id": "3", "text": "x" * 2_000_000})

    assert fits.status_code == 202
    assert code_of(too_long) == code_of(flood) == (413, "text_too_long")
    assert store.messages()[0]["text"] == longest


def test_a_file_over_its_limit_is_413(store: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LARGEST_FILE_BYTES", 1000)

    fits, too_large = store.send_file(b"x" * 1000), store.send_file(b"x" * 1001, id="f2")
    flood = store.send_file(b"x" * (api.LARGEST_JSON_BYTES + 2000), id="f3")

    assert fits.status_code == 202
    assert code_of(too_large) == code_of(flood) == (413, "file_too_large")
