"""What all tests share: fresh migrated databases of both kinds, a browser, and the count of what was left out."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest
import pytest_asyncio
import structlog
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, async_playwright
from sqlalchemy import create_engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from storage import database
from tests.services import CHROMIUM_ARGUMENTS, Run, ServiceMissing, chromium, postgresql_copy
from tests.storage.shop import Shop, open_shop

RUN_FOLDER = "TEST_RUN_FOLDER"
# The tests that take longest, the longest first; the others are as they stand.
LONGEST = (
    *("test_telegram_kill.py", "test_operations.py", "test_workflow_kill.py", "test_telegram_operations.py"),
    *("test_many_stores.py", "journeys/test_kill.py", "_kill.py", "journeys/", "transcripts/", "test_benchmarks.py"),
    *(
        "operating/",
        "test_outing_kills.py",
        "test_trip_processes.py",
        "test_telegram_writing.py",
        "test_other_stores.py",
    ),
)
_numbers = count(1)
_left_out: Counter[str] = Counter()
# What tests of this process write need not outlive the machine; the demos that journeys kill are as durable as any.
database.SYNCHRONOUS = "OFF"
# Every test has engines of its own, and what a statement compiles to is the same on all of them.
SQLiteDialect_pysqlite.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
SQLiteDialect_pysqlite.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
vars(database)["create_engine"] = partial(create_engine, execution_options={"compiled_cache": {}})
# What a run makes stays until it ends; looking through it for what may go costs a twentieth of the time.
gc.set_threshold(50_000, 20, 50)
# Drawing an expected error with all that stood around it takes seconds.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
# Tests do not time, and a run must give the same answer twice.
settings.register_profile("qiantai", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("qiantai")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """The run's folder is made before the workers, who inherit its name."""
    if not _is_worker(config):
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="qiantai-tests-")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The server stops, and the run's last line says what was left out; nothing is said when all ran."""
    if _is_worker(config):
        return
    Run(Path(os.environ.pop(RUN_FOLDER))).close()
    if _left_out:
        print("left out: " + "; ".join(f"{number} {reason}" for reason, number in sorted(_left_out.items())))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and isinstance(report.longrepr, tuple):
        _left_out[report.longrepr[2].removeprefix("Skipped: ")] += 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no processor waits for it at the end.

    The browser lives on the session's event loop, so the tests that use it run there too.
    """
    items.sort(key=lambda item: next((place for place, one in enumerate(LONGEST) if one in item.nodeid), len(LONGEST)))
    for item in items:
        if pytest_asyncio.is_async_test(item) and "browser" in item.fixturenames:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_collection_finish() -> None:
    """All tests and all that they import stay until the end, so nobody looks through them for what may go."""
    gc.collect()
    gc.freeze()


def leave_out(error: ServiceMissing) -> NoReturn:
    """The test cannot run here; CI leaves nothing out."""
    if os.environ.get("CI"):
        pytest.fail(f"left out in CI: {error}")
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def run() -> Run:
    return Run(Path(os.environ[RUN_FOLDER]))


@pytest.fixture
def sqlite_url(run: Run, tmp_path: Path) -> str:
    """A migrated SQLite file of the test's own."""
    path = tmp_path / "store.db"
    shutil.copyfile(run.sqlite(), path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def sample(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that holds the sample store, to be copied."""
    # The whole front desk: tests of its parts begin without it.
    from tests.chat import load_sample

    path = tmp_path_factory.mktemp("sample") / "store.db"
    shutil.copyfile(run.sqlite(), path)
    opened = database.Database(f"sqlite:///{path}")
    load_sample(opened)
    opened.close()
    return path


@pytest.fixture
def postgres_url(run: Run) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    try:
        template = run.postgresql()
    except ServiceMissing as error:
        leave_out(error)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with postgresql_copy(template, f"test_{worker}_{next(_numbers)}") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both databases."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(name="database")
def opened_database(database_url: str) -> Iterator[database.Database]:
    """A database of each kind, open."""
    opened = database.Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(name="shop")
def opened_shop(database: database.Database) -> Shop:
    """The small store in its rows."""
    return database.write_now(open_shop)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium that reaches nothing but loopback; every test opens its own context."""
    try:
        executable = chromium()
    except ServiceMissing as error:
        leave_out(error)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        await browser.close()
