"""How a schema comes to be, in tests too: Alembic's migrations, on an engine of their own, after a backup."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from storage import copying
from storage.database import postgresql_engine, sqlite_engine

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number serves, as long as no other program on the same database uses it for an advisory lock.
ADVISORY_LOCK = 7_141_001


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


class NewerSchema(Exception):
    """The database was migrated by a newer version of this program."""


class Unreachable(Exception):
    """The database cannot be opened; the text is its own sentence about it."""


def newest() -> str | None:
    """The revision that this code wants."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_known(revision: str | None) -> bool:
    """Whether this code can bring a database of that revision to the newest one; None is an empty database."""
    return revision is None or revision in {
        one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()
    }


def revision_at(url: str) -> str | None:
    """The revision of the database at `url` as it is, None if it was never migrated. Raises Unreachable."""
    engine = sqlite_engine(url, read_only=True) if _is_sqlite(url) else postgresql_engine(url, size=1)
    try:
        with engine.connect() as connection:
            return _current(connection)
    except DBAPIError as error:
        lines = str(error.orig).strip().splitlines()
        raise Unreachable(lines[0] if lines else type(error.orig).__name__) from error
    finally:
        engine.dispose()


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    return make_url(url).render_as_string(hide_password=True)


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def migrate(url: str) -> None:
    """Brings the database at `url` to the newest schema; does nothing if it is there. All of it happens, or none.

    Raises Unreachable, or NewerSchema if the database is ahead of this code.
    """
    current = revision_at(url)
    if current == newest():
        return
    if not is_known(current):
        raise NewerSchema(current)
    if _is_sqlite(url):
        _migrate_sqlite(url)
    else:
        _migrate_postgresql(url)


def _migrate_sqlite(url: str) -> None:
    engine = sqlite_engine(url, foreign_keys=False)
    try:
        with engine.connect() as connection, connection.begin():
            current = _current(connection)
        path = make_url(url).database
        if current is not None and path and path != ":memory:":
            copying.keep_before_migrating(Path(path), current)
        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            if broken is not None:
                raise RuntimeError(f"the migration would leave a row of {broken[0]} pointing at nothing")
    finally:
        engine.dispose()


def _migrate_postgresql(url: str) -> None:
    engine: Engine = postgresql_engine(url, size=1)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            # Another process may have migrated it while this one waited for the lock.
            if _current(connection) != newest():
                command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()
