"""How a schema comes to be, in tests too: Alembic's migrations, on an engine of their own, after a backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

from storage.database import postgresql_engine, sqlite_engine

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number serves, as long as no other program on the same database uses it for an advisory lock.
ADVISORY_LOCK = 7_141_001


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def newest() -> str | None:
    """The revision that this code wants."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def migrate(url: str) -> None:
    """Brings the database at `url` to the newest schema; does nothing if it is there. All of it happens, or none."""
    if make_url(url).get_backend_name() == "sqlite":
        _migrate_sqlite(url)
    else:
        _migrate_postgresql(url)


def _migrate_sqlite(url: str) -> None:
    engine = sqlite_engine(url, foreign_keys=False)
    try:
        with engine.connect() as connection, connection.begin():
            current = _current(connection)
        if current == newest():
            return
        if current is not None:
            _back_up(make_url(url).database, current)
        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            if broken is not None:
                raise RuntimeError(f"the migration would leave a row of {broken[0]} pointing at nothing")
    finally:
        engine.dispose()


def _back_up(path: str | None, revision: str) -> None:
    if not path or path == ":memory:":
        return
    target = Path(f"{path}.before-{revision}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _migrate_postgresql(url: str) -> None:
    engine: Engine = postgresql_engine(url, size=1)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            if _current(connection) != newest():
                command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()
