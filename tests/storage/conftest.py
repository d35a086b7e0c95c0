"""A database of each kind, and a store in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.storage.shop import Shop, open_shop


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def shop(database: Database) -> Shop:
    return database.write_now(open_shop)
