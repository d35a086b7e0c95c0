"""Kill -9 while copying, restoring or migrating a database with rows in it: the next start is right."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from signal import SIGKILL

import pytest
from sqlalchemy import create_engine, inspect, text

from bot.failpoints import COPYING_NAMES, ENVIRONMENT
from bot.operating import serving
from bot.settings import Settings
from storage import schema
from storage.copying import PART
from storage.database import Database
from storage.schema import newest
from tests.sources import ROOT
from tests.storage.shop import open_shop
from tests.storage.test_backup import contents

PROCESS_SECONDS = 100
BACKING_UP = [name for name in COPYING_NAMES if name.startswith("backup")]
# A migration that moves rows, and in whose middle the process dies as long as a file is there.
DEADLY_MIGRATION = """
import os
import signal
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("half_made", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO half_made SELECT id FROM staff")
    op.execute("UPDATE staff SET name = 'moved'")
    if Path("{deadly}").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    op.add_column("stores", sa.Column("city", sa.String()))
"""
# A start of the program whose migrations are those of a folder; it dies just before the copy gets its name, if told to.
START = """
import os, signal, sys
from pathlib import Path
from storage import copying, schema
from bot.operating.opening import opened, read_settings

schema.MIGRATIONS = Path(sys.argv[1])
if sys.argv[2] == "copying":
    copying.named = lambda part, target: os.kill(os.getpid(), signal.SIGKILL)
with opened(read_settings()):
    pass
"""


def run(arguments: Sequence[str], *, url: str, folder: Path, failpoint: str = "") -> int:
    """Runs Python in a process of its own; its exit code."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QIANTAI_")}
    told = {"QIANTAI_DATABASE_URL": url, "QIANTAI_DATA": str(folder), ENVIRONMENT: failpoint}
    with (folder / "said.log").open("a") as said:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=inherited | told,
            stdout=said,
            stderr=said,
            timeout=PROCESS_SECONDS,
            check=False,
        ).returncode


def parts(folder: Path) -> list[Path]:
    return list(folder.rglob(f"*{PART}*"))


def fill(url: str) -> None:
    """Puts a store into it; nobody has it open afterwards."""
    database = Database(url)
    database.write_now(open_shop)
    database.close()


@pytest.fixture
def populated(database_url: str) -> str:
    fill(database_url)
    return database_url


@pytest.mark.parametrize("failpoint", BACKING_UP)
def test_a_backup_that_was_killed_bears_no_name_and_the_next_start_clears_it_away(
    populated: str, failpoint: str, tmp_path: Path
) -> None:
    target = tmp_path / "backups" / "copy"
    command = ("-m", "bot", "backup", str(target))

    killed = run(command, url=populated, folder=tmp_path, failpoint=failpoint)
    left, named = parts(tmp_path), target.exists()
    serving.clear_away(Settings(data=tmp_path, database_url=populated))
    cleared = parts(tmp_path)
    again = run(command, url=populated, folder=tmp_path)

    assert (killed, len(left), named) == (-SIGKILL, 1, False)
    assert cleared == []
    assert again == 0
    assert target.stat().st_size > 0


def test_a_restore_that_was_killed_has_restored_nothing_and_can_be_done_again(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url)
    target = tmp_path / "new" / "store.db"
    target.parent.mkdir()
    url, restore = f"sqlite:///{target}", ("-m", "bot", "restore", str(tmp_path / "copy"))
    run(("-m", "bot", "backup", str(tmp_path / "copy")), url=sqlite_url, folder=tmp_path)

    killed = run(restore, url=url, folder=tmp_path, failpoint="restore checked")
    half = target.exists()
    again = run(restore, url=url, folder=tmp_path)

    assert (killed, half, again) == (-SIGKILL, False, 0)
    assert contents(url) == contents(sqlite_url)
    assert parts(tmp_path) == []


def deadly_migrations(folder: Path) -> tuple[Path, Path]:
    """The product's migrations and a deadly one; and the file that makes it so."""
    deadly, versions = folder / "deadly", folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    deadly.touch()
    for file in schema.MIGRATIONS.rglob("*.py"):
        (folder / "migrations" / file.relative_to(schema.MIGRATIONS)).write_text(file.read_text("utf-8"), "utf-8")
    (versions / "9999_deadly.py").write_text(DEADLY_MIGRATION.format(newest=newest(), deadly=deadly), "utf-8")
    return folder / "migrations", deadly


def revision_and_names(url: str) -> tuple[str, set[str], bool]:
    """The revision, what people are called, and whether the new table is there."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            names = set(connection.execute(text("SELECT name FROM staff")).scalars())
            return revision, names, "half_made" in inspect(connection).get_table_names()
    finally:
        engine.dispose()


def test_a_migration_that_was_killed_has_changed_nothing_and_the_next_start_does_all_of_it(
    populated: str, tmp_path: Path
) -> None:
    before = revision_and_names(populated)
    migrations, deadly = deadly_migrations(tmp_path)
    start = ("-c", START, str(migrations), "")

    killed = run(start, url=populated, folder=tmp_path)
    after_the_kill = revision_and_names(populated)
    deadly.unlink()
    started = run(start, url=populated, folder=tmp_path)

    assert killed == -SIGKILL
    assert after_the_kill == before
    assert started == 0
    assert revision_and_names(populated) == ("9999", {"moved"}, True)


def test_a_kill_while_the_old_file_is_kept_leaves_no_half_copy_of_it(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url)
    old = newest()
    migrations, deadly = deadly_migrations(tmp_path)
    deadly.unlink()

    killed = run(("-c", START, str(migrations), "copying"), url=sqlite_url, folder=tmp_path)
    kept_after_the_kill = list(tmp_path.glob(f"*.before-{old}"))
    started = run(("-c", START, str(migrations), ""), url=sqlite_url, folder=tmp_path)

    assert (killed, kept_after_the_kill, started) == (-SIGKILL, [], 0)
    [kept] = tmp_path.glob(f"*.before-{old}")
    assert "half_made" not in contents(f"sqlite:///{kept}")
    assert revision_and_names(sqlite_url) == ("9999", {"moved"}, True)
