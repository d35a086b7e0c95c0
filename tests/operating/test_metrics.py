"""The figures: depths from the rows, counts as things happen, nobody named; and health that knows a stuck writer."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event

import httpx
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot.app import well
from bot.web import health as web_health
from bot.web.health import health_route
from bot.web.metrics import Figures
from storage import health
from storage.database import Database
from tests.channels.wire import Wire, wired
from tests.operating.commands import DEMO, Terminal
from tests.storage.shop import NOW, Shop, keep_event, queue_notice

MINUTE = timedelta(minutes=1)
NAMED = re.compile(r"王磊|wang|周敏|zhou|锦上|1380000", re.IGNORECASE)


@pytest_asyncio.fixture
async def figures(database: Database) -> AsyncIterator[Figures]:
    yield Figures(lambda: database.read(partial(health.depths, now=NOW + MINUTE)), lambda: NOW + MINUTE)


async def get(app: ASGIApp, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as client:
        return await client.get(path)


def values(page: str) -> dict[str, float]:
    """The figures without labels, by name."""
    families = text_string_to_metric_families(page)
    return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}


async def test_what_waits_is_counted_from_the_rows(figures: Figures, database: Database, shop: Shop) -> None:
    keep_event(database, "1")
    queue_notice(database, shop)
    queue_notice(database, shop, due_at=NOW + 5 * MINUTE)

    shown = values((await get(figures.app(), "/metrics")).text)

    assert (shown["qiantai_inbox_waiting"], shown["qiantai_inbox_oldest_seconds"]) == (1, 60)
    assert (shown["qiantai_outbox_waiting"], shown["qiantai_outbox_oldest_seconds"]) == (1, 60)
    assert (shown["qiantai_outbox_held"], shown["qiantai_reminders_due"]) == (1, 0)
    assert shown["qiantai_database_up"] == 1


async def test_what_happens_is_counted_with_how_long_it_took(figures: Figures) -> None:
    for what, seconds in (("handled", 0.2), ("handled", 2.0), ("sent", -1.0), ("failed", 0.0), ("parked", 0.0)):
        figures.observe(what, seconds)

    shown = values((await get(figures.app(), "/metrics")).text)

    assert [shown[f"qiantai_{what}_total"] for what in ("handled", "sent", "failed", "parked")] == [2, 1, 1, 1]
    assert (shown["qiantai_handling_seconds_count"], shown["qiantai_handling_seconds_sum"]) == (2, 2.2)
    assert shown["qiantai_delivery_seconds_sum"] == 0


async def test_without_its_database_the_figures_say_so(figures: Figures, database: Database) -> None:
    figures.observe("handled", 1.0)
    database.close()

    answer = await get(figures.app(), "/metrics")

    assert answer.status_code == 200
    shown = values(answer.text)
    assert (shown["qiantai_database_up"], shown["qiantai_handled_total"]) == (0, 1)


@pytest.fixture
def store(sqlite_url: str, tmp_path: Path) -> Iterator[Wire]:
    with wired(sqlite_url, tmp_path / "data", metrics_port=9464) as opened:
        yield opened


def test_a_conversation_is_counted_and_nobody_is_named(store: Wire) -> None:
    assert store.app.figures is not None
    store.say(text="请假 周五下午 家里有事")

    page = store.run(get(store.app.figures, "/metrics")).text

    shown = values(page)
    assert (shown["qiantai_handled_total"], shown["qiantai_handling_seconds_count"]) == (1, 1)
    assert shown["qiantai_sent_total"] == shown["qiantai_delivery_seconds_count"] >= 1
    assert NAMED.search(page) is None


def test_figures_are_for_this_machine_only(store: Wire) -> None:
    assert store.app.figures is not None

    async def from_outside(app: ASGIApp) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://evil.example") as client:
            return await client.get("/metrics")

    assert store.run(from_outside(store.app.figures)).status_code == 403
    assert store.ask("GET", "/metrics").status_code == 404


def test_without_a_port_nothing_is_counted(sqlite_url: str, tmp_path: Path) -> None:
    with wired(sqlite_url, tmp_path / "data") as opened:
        assert opened.app.figures is None


@pytest.mark.parametrize("name", ["QIANTAI_METRICS_PORT", "QIANTAI_PORT"])
def test_a_port_that_is_taken_is_said_and_nothing_is_served(terminal: Terminal, name: str) -> None:
    terminal.types("load", DEMO)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        free = {"QIANTAI_PORT": "0", "QIANTAI_METRICS_PORT": "0"}
        terminal.settings = {**terminal.settings, **free, name: port}

        said = terminal.types("serve")

    assert said.code == 1
    assert f"端口 {port} 已经被占用" in said.text
    assert name in said.text


async def test_health_is_bad_while_the_writer_is_stuck(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_health, "PATIENCE_SECONDS", 0.2)
    app, going_on = Starlette(routes=[health_route(partial(well, database))]), Event()
    before = await get(app, "/healthz")
    stuck = [asyncio.ensure_future(database.write(lambda _session: going_on.wait(30))) for _ in range(6)]
    await asyncio.sleep(0.1)

    during = await get(app, "/healthz")
    going_on.set()
    await asyncio.gather(*stuck)
    after = await get(app, "/healthz")

    assert [answer.status_code for answer in (before, during, after)] == [200, 503, 200]


async def test_health_is_bad_without_a_database(database: Database) -> None:
    app = Starlette(routes=[health_route(partial(well, database))])
    database.close()

    answer = await get(app, "/healthz")

    assert answer.status_code == 503
