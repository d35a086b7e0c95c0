"""Migrations are the only way to a schema: they make what the models say, all of it or nothing, after a backup."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlmodel import SQLModel

from storage import schema
from storage.database import Database
from storage.schema import NewerSchema, Unreachable, migrate, newest, revision_at
from storage.staff import Contact
from tests.storage.shop import Shop, all_rows, bound_contact

BROKEN_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("half_made", sa.Column("id", sa.Integer(), primary_key=True))
    {then}
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A plain connection beside the product's own."""
    made = create_engine(database_url)
    yield made
    made.dispose()


def with_a_newer_migration(monkeypatch: pytest.MonkeyPatch, folder: Path, then: str) -> None:
    """The product's migrations and one more, which makes a table and then does `then`."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    for file in schema.MIGRATIONS.rglob("*.py"):
        (folder / "migrations" / file.relative_to(schema.MIGRATIONS)).write_text(file.read_text("utf-8"), "utf-8")
    (versions / "9999_more.py").write_text(BROKEN_MIGRATION.format(newest=newest(), then=then), "utf-8")
    monkeypatch.setattr(schema, "MIGRATIONS", folder / "migrations")


def revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def backups(url: str) -> list[Path]:
    path = Path(url.removeprefix("sqlite:///"))
    return sorted(path.parent.glob(f"{path.name}.before-*"))


def test_the_migrated_schema_is_what_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, SQLModel.metadata)

    assert differences == []


def test_the_partial_indexes_are_there_with_their_conditions(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {
            index["name"]: index["dialect_options"]
            for table in inspect(connection).get_table_names()
            for index in inspect(connection).get_indexes(table)
            if any(key.endswith("_where") for key in index.get("dialect_options", {}))
        }

    outbox = {"outbox_undelivered", "outbox_due", "outbox_subject", "outbox_sent_at"}
    cases = {"cases_open", "case_steps_owner", "case_steps_store", "case_marks_once"}
    others = {"inbox_waiting", "approvals_pending", "dialogs_open", "missed_punches_once", "sent_files_waiting"}
    assert found.keys() == outbox | cases | others


def test_migrating_twice_does_nothing(database: Database, shop: Shop, database_url: str) -> None:
    database.write_now(lambda session: bound_contact(session, shop.wang))

    migrate(database_url)

    assert len(all_rows(database, Contact)) == 1
    assert backups(database_url) == []


def test_a_new_file_needs_no_backup(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"

    migrate(url)

    assert backups(url) == []


def test_an_older_file_is_backed_up_with_its_rows_before_it_is_migrated(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = newest()
    with_a_newer_migration(monkeypatch, tmp_path, "pass")
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as file:
        file.execute("INSERT INTO stores (key, name) VALUES ('zhongshan', '中山路店')")

    migrate(sqlite_url)

    [copy] = backups(sqlite_url)
    assert copy.name.endswith(f".before-{old}")
    with sqlite3.connect(copy) as file:
        assert file.execute("SELECT name FROM stores").fetchall() == [("中山路店",)]
        assert file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half_made'").fetchone() == (0,)


def test_a_migration_that_succeeds_keeps_the_rows(
    database: Database, shop: Shop, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_newer_migration(monkeypatch, tmp_path, "op.add_column('stores', sa.Column('city', sa.String()))")

    migrate(database.url)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT name, city FROM stores")).all() == [("中山路店", None)]
        assert connection.execute(text("SELECT count(*) FROM staff")).scalar_one() == 4
        assert revision_of(connection) == "9999"


def test_a_migration_that_fails_leaves_everything_as_it_was(
    database: Database, shop: Shop, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = newest()
    with_a_newer_migration(monkeypatch, tmp_path, "raise LookupError('half way')")

    with pytest.raises(LookupError, match="half way"):
        migrate(database.url)

    with engine.connect() as connection:
        assert "half_made" not in inspect(connection).get_table_names()
        assert revision_of(connection) == before
        assert connection.execute(text("SELECT count(*) FROM staff")).scalar_one() == 4


def test_a_migration_that_would_leave_rows_pointing_at_nothing_is_undone(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as file:
        file.execute("INSERT INTO stores (id, key, name) VALUES (1, 'zhongshan', '中山路店')")
        file.execute("INSERT INTO store_rules VALUES (1, 1, '2026-01-01 00:00:00', '{}', '')")
    with_a_newer_migration(monkeypatch, tmp_path, "op.execute('DELETE FROM stores')")

    with pytest.raises(RuntimeError, match="store_rules"):
        migrate(sqlite_url)

    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as file:
        assert file.execute("SELECT count(*) FROM stores").fetchone() == (1,)


def test_rebuilding_a_table_does_not_empty_those_that_point_at_it(
    database: Database, shop: Shop, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.write_now(lambda session: bound_contact(session, shop.wang))
    rebuild = (
        "batch = op.batch_alter_table('staff', recreate='auto')\n"
        "    with batch as table:\n        table.alter_column('name', nullable=True)"
    )
    with_a_newer_migration(monkeypatch, tmp_path, rebuild)

    migrate(database.url)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM staff")).scalar_one() == 4
        assert connection.execute(text("SELECT count(*) FROM contacts")).scalar_one() == 1


def test_two_processes_that_start_at_once_migrate_once(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_newer_migration(monkeypatch, tmp_path, "op.execute('SELECT pg_sleep(0.2)')")

    with ThreadPoolExecutor(3) as processes:
        list(processes.map(migrate, [postgres_url] * 3))

    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert revision_of(connection) == "9999"
        assert "half_made" in inspect(connection).get_table_names()
    engine.dispose()


def test_a_database_of_a_newer_version_is_not_touched(database_url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NewerSchema):
        migrate(database_url)

    assert revision_at(database_url) == "9999"


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://me:geheim@127.0.0.1:1/x"])
def test_a_database_that_cannot_be_opened_is_said_to_be_so_without_its_password(url: str) -> None:
    with pytest.raises(Unreachable) as refusal:
        migrate(url)

    assert str(refusal.value)
    assert "geheim" not in str(refusal.value)
    assert "geheim" not in schema.without_password(url)
