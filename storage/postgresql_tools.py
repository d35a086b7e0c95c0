"""PostgreSQL's own programs for backups: pg_dump and pg_restore, told by the environment where the database is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from storage import schema
from storage.copying import BackupError

LONGEST_PROBLEM = 300
# What a URL may say after its `?`, and the variables by which libpq's programs are told.
QUERY = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "passfile": "PGPASSFILE",
}
REVISION = re.compile(r"^COPY [^\n]*alembic_version[^\n]*\n([^\n]+)\n", re.MULTILINE)


def dump(url: str, target: Path) -> None:
    """The database as it is at one instant, in pg_dump's own format. Raises BackupError."""
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", url=url)


def check(file: Path) -> None:
    """Reads the whole archive. Raises BackupError if it cannot be read to its end."""
    _run("pg_restore", f"--file={os.devnull}", str(file), code="damaged", path=str(file))


def restore(url: str, file: Path, *, unused: Collection[str]) -> None:
    """Everything in the archive, or nothing; only into a database whose tables hold no rows but those in `unused`."""
    check(file)
    found = REVISION.search(_run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file)))
    if found is None:
        raise BackupError("damaged", path=str(file))
    if not schema.is_known(found[1].strip()):
        raise BackupError("newer", path=str(file))
    _make_room(url, unused)
    database = make_url(url).database or ""
    _run(
        "pg_restore",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        f"--dbname={database}",
        str(file),
        url=url,
    )


def _make_room(url: str, unused: Collection[str]) -> None:
    """Removes tables that hold nothing, as the restored ones take their place."""
    address = make_url(url)
    with psycopg.connect(address.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        tables = _tables(connection)
        if any(_holds_a_row(connection, table) for table in tables if table not in unused):
            raise BackupError("not_empty", database=address.database)
        if _others(connection):
            raise BackupError("in_use", database=address.database)
        for table in tables:
            connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table)))


def _tables(connection: psycopg.Connection) -> list[str]:
    named = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
    return [name for [name] in named]


def _holds_a_row(connection: psycopg.Connection, table: str) -> bool:
    asked = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))
    return connection.execute(asked).fetchone() is not None


def _others(connection: psycopg.Connection) -> bool:
    """Whether anybody else is connected: a front desk that serves this database, for example."""
    asked = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend' LIMIT 1"
    )
    return connection.execute(asked).fetchone() is not None


def _run(program: str, *arguments: str, url: str = "", code: str = "failed", **values: str) -> str:
    """What the program says. Raises BackupError: `no_tool` if it is not there, `code` if it fails."""
    found = shutil.which(program)
    if found is None:
        raise BackupError("no_tool", program=program)
    environment = os.environ | (_environment(url) if url else {})
    ended = subprocess.run(
        [found, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if ended.returncode != 0:
        problem = ended.stderr.decode("utf-8", "replace").strip()[-LONGEST_PROBLEM:]
        raise BackupError(code, **{"program": program, "problem": problem, **values})
    return ended.stdout.decode("utf-8", "replace")


def _environment(url: str) -> dict[str, str]:
    """Where the database is, for libpq: a password on the command line would be there for everybody to see."""
    address = make_url(url)
    told = {
        "PGHOST": address.host,
        "PGPORT": str(address.port) if address.port else None,
        "PGUSER": address.username,
        "PGPASSWORD": str(address.password) if address.password else None,
        "PGDATABASE": address.database,
    }
    told |= {QUERY[name]: str(value) for name, value in address.query.items() if name in QUERY}
    return {name: value for name, value in told.items() if value}
