"""The test servers themselves: databases of one's own, and a browser that reaches loopback only."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Browser, Error
from sqlalchemy import Engine, create_engine, inspect, text

from tests.services import Run, administration, postgresql_copy


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def page_url() -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write("<button onclick=\"this.textContent='已同意'\">同意</button>".encode())

        def log_message(self, format: str, *args: object) -> None:
            """The test's output stays quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_each_test_gets_a_migrated_database(engine: Engine) -> None:
    tables = inspect(engine).get_table_names()

    assert "alembic_version" in tables


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_writes_another_does_not_see(engine: Engine, turn: int) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE left_by_turn_{turn} (day TEXT)"))

    left = [name for name in inspect(engine).get_table_names() if name.startswith("left_by_turn")]

    assert left == [f"left_by_turn_{turn}"]


def test_a_database_is_dropped_even_while_somebody_is_connected(run: Run, postgres_url: str) -> None:
    with postgresql_copy(postgres_url, "test_still_in_use") as url:
        careless = create_engine(url)
        connection = careless.connect()

    with administration(postgres_url) as admin:
        names = {name for (name,) in admin.execute("SELECT datname FROM pg_database")}
    connection.close()
    careless.dispose()
    assert "test_still_in_use" not in names
    assert postgres_url.split("/")[2] == run.postgresql().split("/")[2]


def test_the_sqlite_copy_lies_in_the_tests_own_folder(sqlite_url: str, tmp_path: Path) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))

    assert path.parent == tmp_path
    assert path.stat().st_size > 0


async def test_the_browser_shows_a_page_of_this_machine(browser: Browser, page_url: str) -> None:
    page = await browser.new_page()
    await page.goto(page_url)

    await page.get_by_text("同意").click()

    assert await page.get_by_role("button").text_content() == "已同意"
    await page.close()


async def test_the_browser_reaches_no_other_machine(browser: Browser) -> None:
    page = await browser.new_page()

    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        await page.goto("http://example.com/")

    await page.close()
