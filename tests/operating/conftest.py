"""A terminal of one's own for each test."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.operating.commands import DEMO, Terminal
from tests.services import Run


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Commands that open a database set up the log of their process; here it is that of all tests."""
    root = logging.getLogger()
    handlers, level, plain = list(root.handlers), root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**plain)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def migrated(tmp_path: Path, run: Run) -> None:
    """The terminal's database has its tables already: making them anew takes longer than most commands."""
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copyfile(run.sqlite(), tmp_path / "data" / "qiantai.db")


@pytest.fixture(params=["sqlite", "postgresql"])
def loaded(request: pytest.FixtureRequest, tmp_path: Path) -> Terminal:
    """One whose database, of either kind, holds the sample store."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    made = Terminal(tmp_path, QIANTAI_DATABASE_URL=url, QIANTAI_WEB_CHAT="on")
    assert made.types("load", DEMO).code == 0
    return made
