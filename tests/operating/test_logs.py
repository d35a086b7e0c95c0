"""The log says what happened and where in the code, never what was said, who it was, or a secret."""

from __future__ import annotations

import ast
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest
from sqlmodel import Session

from bot.clock import monotonic_seconds
from bot.operating.logs import LEFT_OUT, TOLD, Calm, without_words
from storage import inbox
from storage.database import Database
from tests.operating.commands import DEMO, Terminal
from tests.services import free_port
from tests.sources import ROOT, dotted, sources

NAME, PHONE, TOLD_IN_PRIVATE = "欧阳雪莲", "18612345678", "做牙科手术"
START_SECONDS = 60.0
STORE = DEMO.read_text("utf-8").replace("王磊", NAME).replace("13800000003", PHONE)
NOW = datetime.fromisoformat("2026-11-24T10:00:00+08:00")
NUMBERS = {
    "by_one_of_ours",
    "count",
    "codes",
    "forms",
    "failed",
    "inbox_id",
    "outbox_id",
    "update_id",
    "permanent",
    "handled",
    "delivered",
    "removed",
    "error",
    "port",
    "code",
}
# Of what was raised its kind and its place are told.
RAISED = {"exc_info"}


def raised() -> ValueError:
    """An error with words in its message and in the line that raised it."""
    try:
        raise ValueError(f"{NAME} {PHONE}\nwang: {TOLD_IN_PRIVATE}")
    except ValueError as error:
        return error


def logged(**event: Any) -> dict[str, Any]:
    return dict(without_words(None, "info", {"event": "something", **event}))


def test_numbers_and_words_of_our_own_are_told() -> None:
    event = logged(inbox_id=7, permanent=True, channel="webchat", feature="leave")

    assert event == {"event": "something", "inbox_id": 7, "permanent": True, "channel": "webchat", "feature": "leave"}


# What might be logged by mistake.
SECRETS = [
    {"text": "anything"},
    {"event": f"hello {NAME}"},
    {"channel": PHONE},
    {"feature": "abcdefghijklmnopqrstuvwxyz0123456789"},
    {"error": "https://api.example/bot123:token"},
    {"person": {"name": NAME}},
]


@pytest.mark.parametrize("event", SECRETS)
def test_anything_else_is_left_out(event: dict[str, Any]) -> None:
    [name] = event

    assert logged(**event)[name] == LEFT_OUT


def test_of_an_error_its_kind_and_its_place_are_told() -> None:
    kept = logged(exc_info=raised())["failure"]
    try:
        raise KeyError(NAME)
    except KeyError:
        caught = logged(exc_info=True)["failure"]

    assert kept.startswith("ValueError at operating/test_logs.py:")
    assert " in raised" in kept
    assert caught.startswith("KeyError at operating/test_logs.py:")
    assert not any(word in kept + caught for word in (NAME, PHONE, "wang", TOLD_IN_PRIVATE))


def test_libraries_lines_come_without_what_they_fill_in() -> None:
    record = logging.LogRecord("apscheduler", logging.ERROR, "", 0, 'Job "%s" raised an exception', (NAME,), None)
    built = logging.LogRecord("asyncio", logging.ERROR, "", 0, f"Task of {NAME} failed\nmore", (), None)

    lines = [json.loads(Calm().format(one)) for one in (record, built)]

    assert lines[0]["event"] == "Job 's' raised an exception"
    assert lines[0]["logger"] == "apscheduler"
    assert lines[1]["event"] == LEFT_OUT


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    for file in sources("bot", "storage"):
        for call in file.calls():
            if dotted(call.func).startswith("log."):
                yield file.at(call.lineno, ""), call


def test_nothing_in_the_tree_logs_more_than_is_known_to_be_harmless() -> None:
    given = {(where, word.arg) for where, call in log_calls() for word in call.keywords}
    fixed = [isinstance(call.args[0], ast.Constant) for _, call in log_calls()]

    assert {(where, word) for where, word in given if word not in TOLD | NUMBERS | RAISED} == set()
    assert fixed
    assert all(fixed)


@contextmanager
def serving(terminal: Terminal) -> Iterator[httpx.Client]:
    """A real front desk whose log is in `folder`/log."""
    port = str(free_port())
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QIANTAI_")}
    settings = {**terminal.settings, "QIANTAI_WEB_CHAT": "on", "QIANTAI_PORT": port, "QIANTAI_SECRET": "geheimnis"}
    with (
        (terminal.folder / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=inherited | settings, stdout=log, stderr=log
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        try:
            _wait(lambda: client.get("/healthz").status_code == 200)
            yield client
        finally:
            process.terminate()


def _wait(happened: Any) -> None:
    until = monotonic_seconds() + START_SECONDS
    while monotonic_seconds() < until:
        # Nobody listens yet.
        with suppress(httpx.TransportError):
            if happened():
                return
        sleep(0.1)
    raise TimeoutError


def _broken(session: Session) -> None:
    """A message that cannot be handled, and whose error says what was in it."""
    inbox.store_incoming(
        session,
        channel="webchat",
        account="local",
        event_id="broken",
        sender="wang",
        payload={"kind": f"{NAME} {PHONE} {TOLD_IN_PRIVATE}", "chat": "private"},
        now=NOW,
    )


def _put_into(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/data/qiantai.db")
    database.write_now(_broken)
    database.close()


def _says(client: httpx.Client, event: str, said: str) -> None:
    body = {"as": "wang", "chat": "private", "id": event, "text": said}
    assert client.post("/api/chat/messages", json=body).status_code == 202
    receipt = partial(client.get, f"/api/chat/receipts/{event}", params={"as": "wang"})
    _wait(lambda: receipt().json().get("state") == "done")


def test_a_whole_conversation_leaves_nothing_personal_in_the_log(terminal: Terminal) -> None:
    (terminal.folder / "store.toml").write_text(STORE, "utf-8")
    terminal.types("load", terminal.folder / "store.toml")
    token = terminal.types("invite", NAME, "--json").json()["link"].rpartition("/")[2]
    _put_into(terminal.folder)

    with serving(terminal) as client:
        assert client.get(f"/join/{token}").status_code == 200
        assert client.post(f"/join/{token}").status_code == 303
        cookie = client.cookies["qiantai"]
        for number, said in enumerate((f"请假 周五下午 {TOLD_IN_PRIVATE} {PHONE}", "确认", "我的假")):
            _says(client, f"e{number}", said)
        client.get("/join/guessed", params={"phone": PHONE})

    log = (terminal.folder / "log").read_text("utf-8")
    assert "message not handled" in log
    found = [word for word in (NAME, "雪莲", PHONE, TOLD_IN_PRIVATE, "牙科", token, cookie, "geheimnis") if word in log]
    assert found == [], log
