"""A backup equals the database at its instant, is whole or not there, and is restored only where nothing is lost."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlmodel import Session

from storage import backup, meta
from storage.backup import BackupError
from storage.copying import PART
from storage.database import Database
from storage.schema import migrate
from tests.services import administration, named
from tests.storage.shop import Shop, bound_contact

POSTGRES_ONLY = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
SQLITE_ONLY = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FEW = 30


def contents(url: str) -> dict[str, list[Any]]:
    """All rows of all tables."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            return {
                table: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table}"')).all())) for table in tables
            }
    finally:
        engine.dispose()


@pytest.fixture
def empty_url(database_url: str, tmp_path: Path) -> Iterator[str]:
    """Another database of the same kind, with nothing in it."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'restored' / 'store.db'}"
        return
    name = f"{database_url.rpartition('/')[2]}_restored"
    with administration(database_url) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield named(database_url, name)
    finally:
        with administration(database_url) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def writing(database: Database) -> Iterator[threading.Event]:
    """Somebody writes two rows in each transaction all the while; the event is set once there are a few."""
    under_way, stopping = threading.Event(), threading.Event()

    def write() -> None:
        for number in count():
            if stopping.is_set():
                return
            database.write_now(partial(_pair, number=number))
            if number >= FEW:
                under_way.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield under_way
    finally:
        stopping.set()
        writer.join()


def _pair(session: Session, number: int) -> None:
    meta.put(session, "left", {"number": number})
    meta.put(session, f"row {number}", {"number": number})
    meta.put(session, "right", {"number": number})


def refused(work: Any) -> str:
    with pytest.raises(BackupError) as refusal:
        work()
    return refusal.value.code


def test_a_restored_backup_holds_every_row(
    database: Database, shop: Shop, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    database.write_now(lambda session: bound_contact(session, shop.wang))
    file = tmp_path / "copy"

    backup.make(database_url, file)
    backup.restore(empty_url, file)

    assert contents(empty_url) == contents(database_url)
    assert list(tmp_path.rglob(f"*{PART}*")) == []


def test_a_backup_is_of_one_instant_while_writers_go_on(
    database: Database, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    with writing(database) as under_way:
        under_way.wait(60)
        backup.make(database_url, tmp_path / "copy")
    last = database.read_now(lambda session: meta.get(session, "left"))

    backup.restore(empty_url, tmp_path / "copy")

    restored = Database(empty_url)
    left, right = (restored.read_now(partial(meta.get, name=name)) for name in ("left", "right"))
    restored.close()
    assert left is not None
    assert last is not None
    assert left == right
    assert FEW <= left["number"] <= last["number"]
    rows = [row for row in contents(empty_url)["meta"] if "row " in row]
    assert len(rows) == left["number"] + 1


def test_only_its_owner_may_read_a_backup(database_url: str, tmp_path: Path) -> None:
    backup.make(database_url, tmp_path / "copy")

    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600


def test_a_backup_overwrites_nothing(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    file.write_text("mine")

    assert refused(lambda: backup.make(database_url, file)) == "exists"
    assert file.read_text() == "mine"


def test_a_database_that_holds_anything_is_not_restored_into(
    database: Database, shop: Shop, database_url: str, tmp_path: Path
) -> None:
    backup.make(database_url, tmp_path / "copy")
    before = contents(database_url)

    assert refused(lambda: backup.restore(database_url, tmp_path / "copy")) == "not_empty"
    assert contents(database_url) == before


def test_a_migrated_database_that_nobody_used_may_be_restored_into(
    database: Database, shop: Shop, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    backup.make(database_url, tmp_path / "copy")
    (tmp_path / "restored").mkdir(exist_ok=True)
    migrate(empty_url)

    backup.restore(empty_url, tmp_path / "copy")

    assert contents(empty_url) == contents(database_url)


@POSTGRES_ONLY
def test_a_database_that_somebody_uses_is_not_restored_into(database_url: str, empty_url: str, tmp_path: Path) -> None:
    backup.make(database_url, tmp_path / "copy")
    engine = create_engine(empty_url)

    with engine.connect():
        assert refused(lambda: backup.restore(empty_url, tmp_path / "copy")) == "in_use"

    engine.dispose()


def test_half_a_backup_is_known_as_damaged(
    database: Database, shop: Shop, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    backup.make(database_url, tmp_path / "copy")
    whole = (tmp_path / "copy").read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])

    assert refused(lambda: backup.restore(empty_url, tmp_path / "half")) == "damaged"


def test_what_is_no_backup_is_said_to_be_none(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("hello")

    assert refused(lambda: backup.restore(empty_url, tmp_path / "letter.txt")) == "not_a_backup"
    assert refused(lambda: backup.restore(empty_url, tmp_path / "nothing")) == "no_such_file"


def test_some_other_programs_file_is_no_backup(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE things (name)")

    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert refused(lambda: backup.restore(url, tmp_path / "other.db")) == "not_a_backup"
    assert not (tmp_path / "new.db").exists()


def test_a_backup_of_the_other_kind_of_database_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    backup.make(sqlite_url, tmp_path / "copy")

    assert (
        refused(lambda: backup.restore("postgresql+psycopg://nobody@127.0.0.1:1/x", tmp_path / "copy")) == "other_kind"
    )


def test_a_backup_of_a_newer_version_is_refused(
    database: Database, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    with create_engine(database_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backup.make(database_url, tmp_path / "copy")

    assert refused(lambda: backup.restore(empty_url, tmp_path / "copy")) == "newer"


def test_without_postgresqls_programs_it_is_said_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    target = tmp_path / "copies" / "copy"

    assert refused(lambda: backup.make("postgresql+psycopg://me@127.0.0.1/x", target)) == "no_tool"
    assert list(target.parent.iterdir()) == []


def test_a_password_is_on_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("pg_dump", "pg_restore"):
        fake = tmp_path / program
        fake.write_text(
            f'#!/bin/sh\necho "$@" >> {tmp_path}/typed\necho "$PGPASSWORD $PGHOST $PGSSLMODE" >> {tmp_path}/told\n'
        )
        fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    backup.make("postgresql+psycopg://me:geheim@db.example/x?sslmode=require", tmp_path / "copy")

    assert "geheim" not in (tmp_path / "typed").read_text()
    assert "geheim db.example require" in (tmp_path / "told").read_text()


def test_the_newest_nightly_backups_stay_and_all_made_by_hand(tmp_path: Path) -> None:
    for day in range(1, 18):
        (tmp_path / f"nightly-2026-11-{day:02d}-033000.db").touch()
    (tmp_path / "qiantai-2026-01-01-120000.db").touch()
    (tmp_path / "nightly-notes.txt").touch()

    gone = backup.prune(tmp_path, kept=14)

    left = sorted(path.name for path in tmp_path.iterdir())
    assert gone == 3
    assert left[0] == "nightly-2026-11-04-033000.db"
    assert {"qiantai-2026-01-01-120000.db", "nightly-notes.txt"} < set(left)


def test_leftovers_go_at_the_start_but_not_of_a_backup_that_is_being_made(sqlite_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    dead = folder / f"old.db{PART}"
    dead.touch()
    alive: list[bool] = []

    def meanwhile(step: str) -> None:
        backup.sweep(folder)
        alive.append((folder / f"new.db{PART}").exists())

    backup.sweep(folder)
    gone = not dead.exists()
    backup.make(sqlite_url, folder / "new.db", passing=meanwhile)

    assert gone
    assert alive == [True, True]


@SQLITE_ONLY
def test_a_journal_of_the_empty_database_before_is_not_taken_for_the_restored_ones(
    database: Database, shop: Shop, database_url: str, tmp_path: Path
) -> None:
    backup.make(database_url, tmp_path / "copy")
    place = tmp_path / "place"
    place.mkdir()
    target = f"sqlite:///{place / 'store.db'}"
    migrate(target)
    for beside in ("-wal", "-shm"):
        (place / f"store.db{beside}").write_bytes(b"left behind")

    backup.restore(target, tmp_path / "copy")

    assert contents(target) == contents(database_url)
