"""The command line itself: quick where it can be, kind where something is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.operating.opening import alone
from bot.settings import Settings
from storage.database import Database
from tests.operating.commands import DEMO, Terminal
from tests.sources import ROOT

# What takes long to import, and which commands do without it.
DATABASE = {"sqlalchemy", "sqlmodel", "alembic", "psycopg"}
SERVERS = {"uvicorn", "starlette", "apscheduler"}
SELDOM = {"holidays", "phonenumbers", "prometheus_client", "icalendar", "matplotlib", "openpyxl", "xlsxwriter"}
WITHOUT = [
    ("from bot.__main__ import cli; cli(['--help'], standalone_mode=False)", DATABASE | SERVERS | SELDOM),
    ("from bot.__main__ import cli; cli(['read', '周五下午'], standalone_mode=False)", DATABASE | SERVERS | SELDOM),
    ("import bot.operating.files, bot.operating.safekeeping", SERVERS | SELDOM),
    ("import bot.operating.serving", SELDOM),
]
LISTED = "\nimport sys; print(*sorted({name.partition('.')[0] for name in sys.modules}), sep=' ')"


@pytest.mark.parametrize(("code", "without"), WITHOUT, ids=["help", "read", "invite and backup", "serve"])
def test_a_command_imports_only_what_it_needs(code: str, without: set[str]) -> None:
    ended = subprocess.run([sys.executable, "-c", code + LISTED], cwd=ROOT, capture_output=True, text=True, check=True)

    assert without & set(ended.stdout.splitlines()[-1].split()) == set()


def test_a_link_is_made_for_each_or_for_nobody(terminal: Terminal) -> None:
    terminal.types("load", DEMO)

    both = terminal.types("invite", "王磊", "chen")
    one_unknown = terminal.types("invite", "王磊", "nobody")

    assert (both.code, both.text.count("/join/")) == (0, 2)
    assert (one_unknown.code, one_unknown.text.count("/join/")) == (1, 0)
    assert "nobody" in one_unknown.text


@pytest.mark.parametrize("name", ["QIANTAI_PORT", "QIANTAI_BACKUP_AT", "QIANTAI_BACKUPS_KEPT", "QIANTAI_METRICS_PORT"])
def test_a_setting_that_is_wrong_is_named(terminal: Terminal, name: str) -> None:
    terminal.settings = {**terminal.settings, name: "-1 o'clock"}

    said = terminal.types("doctor")

    assert said.code == 2
    assert name in said.text


def test_a_backup_goes_to_its_folder_to_a_folder_or_to_a_file(loaded: Terminal, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()

    said = [loaded.types("backup", *where) for where in ((), (tmp_path / "elsewhere",), (tmp_path / "copy",))]

    assert [one.code for one in said] == [0, 0, 0], said
    made = [*(tmp_path / "data" / "backups").iterdir(), *(tmp_path / "elsewhere").iterdir(), tmp_path / "copy"]
    assert len(made) == 3
    assert all(path.stat().st_size > 0 for path in made)
    assert loaded.types("backup", tmp_path / "copy").code == 1


def test_a_restored_database_says_what_is_in_it(terminal: Terminal, tmp_path: Path) -> None:
    terminal.types("load", DEMO)
    terminal.types("backup", tmp_path / "copy")
    fresh = Terminal(tmp_path, QIANTAI_DATA=str(tmp_path / "fresh"))

    restored, again = fresh.types("restore", tmp_path / "copy"), fresh.types("restore", tmp_path / "copy")

    assert restored.code == 0
    assert "1 家店，7 位同事" in restored.text
    assert again.code == 1
    assert "没有动它" in again.text


def test_nothing_is_restored_while_a_front_desk_is_open(terminal: Terminal, tmp_path: Path) -> None:
    terminal.types("load", DEMO)
    terminal.types("backup", tmp_path / "copy")
    fresh = Terminal(tmp_path, QIANTAI_DATA=str(tmp_path / "fresh"))

    with alone(Settings(data=tmp_path / "fresh")):
        said = fresh.types("restore", tmp_path / "copy")

    assert said.code == 1
    assert "已经有一个前台在用" in said.text
    assert not (tmp_path / "fresh" / "qiantai.db").exists()


# What cannot be restored, and what is said about it.
NO_BACKUPS = [("letter.txt", "不是前台的备份"), ("nothing", "读不了备份"), ("dump", "PostgreSQL 的备份")]


@pytest.mark.parametrize(("name", "said"), NO_BACKUPS)
def test_what_cannot_be_restored_is_explained(terminal: Terminal, tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "letter.txt").write_text("hello")
    (tmp_path / "dump").write_bytes(b"PGDMP and more")

    ended = terminal.types("restore", tmp_path / name)

    assert ended.code == 1
    assert said in ended.text


def test_a_database_of_a_newer_version_is_explained(terminal: Terminal) -> None:
    terminal.types("load", DEMO)
    database = Database(f"sqlite:///{terminal.folder}/data/qiantai.db")
    database.write_now(
        lambda session: session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    )
    database.close()

    said = terminal.types("invite", "王磊")

    assert said.code == 1
    assert "更新版本的前台" in said.text
