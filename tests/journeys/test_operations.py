"""docs/OPERATIONS.md is true: its shell blocks, run in order on both databases, make a store and bring it back."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from bot.settings import Settings
from tests.journeys.manual import typing
from tests.services import administration, free_port, named, postgresql_binaries
from tests.sources import ROOT

MANUAL = (ROOT / "docs/OPERATIONS.md").read_text("utf-8")
UNIT = (ROOT / "deploy/qiantai.service").read_text("utf-8")
BLOCK = re.compile(r"^```sh(?P<only> [a-z]+)?\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)
INSTALL = "install"
DATABASES = ("qiantai", "qiantai_tried", "qiantai_new")
# The clocks of the nightly backup and of the last moment go on while the front desk serves.
KEPT_WHILE_SERVING = {"meta"}
pytestmark = pytest.mark.timeout(300)


def blocks(database: str) -> list[str]:
    """What somebody with that database types; the installation is the environment of this test."""
    found = [(block["only"] or "", block["commands"]) for block in BLOCK.finditer(MANUAL)]
    return [commands for only, commands in found if only.strip() in ("", database)]


def environment(**more: str) -> dict[str, str]:
    """Everything but the settings is inherited; `qiantai` and `python3` are those of this environment."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("QIANTAI_", "PG"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), more.pop("path", ""), inherited["PATH"]])
    ports = {"QIANTAI_PORT": str(free_port()), "QIANTAI_METRICS_PORT": str(free_port())}
    return inherited | ports | {"PATH": path} | more


def typed(database: str, folder: Path, known: dict[str, str]) -> str:
    """Types all blocks into one shell; what it said."""
    script = "\n".join(["{", *blocks(database), "} < /dev/null"])
    with typing(folder, known, script) as shell:
        shell.ends(patience_seconds=250)
    return shell.said


def contents(url: str) -> dict[str, list[Any]]:
    """All rows of all tables."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            tables = sorted(set(inspect(connection).get_table_names()) - KEPT_WHILE_SERVING)
            return {
                table: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table}"')).all())) for table in tables
            }
    finally:
        engine.dispose()


@contextmanager
def no_databases(server: str) -> Iterator[None]:
    """Neither before nor after are there databases of these names."""
    _drop(server)
    try:
        yield
    finally:
        _drop(server)


def _drop(server: str) -> None:
    with administration(server) as admin:
        for name in DATABASES:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_an_empty_folder_becomes_a_store_of_five_with_a_backup_restored_and_equal(tmp_path: Path) -> None:
    said = typed("sqlite", tmp_path, environment())

    before, tried, after = (
        contents(f"sqlite:///{tmp_path / folder / 'qiantai.db'}") for folder in ("data-before", "tried-data", "data")
    )
    assert said.count("/join/") == 5
    assert len(before["staff"]) == 5
    assert before == tried == after
    assert list(tmp_path.rglob("*.qiantai-part*")) == []


def test_the_same_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    address = make_url(postgres_url)
    where = {"PGHOST": str(address.host), "PGPORT": str(address.port), "PGUSER": str(address.username)}

    with no_databases(postgres_url):
        said = typed("postgresql", tmp_path, environment(path=str(postgresql_binaries()), **where))
        before, tried, after = (contents(named(postgres_url, name)) for name in DATABASES)

    assert said.count("/join/") == 5
    assert len(before["staff"]) == 5
    assert before == tried == after


def test_the_installation_in_the_manual_is_from_the_lock() -> None:
    [commands] = [block["commands"] for block in BLOCK.finditer(MANUAL) if (block["only"] or "").strip() == INSTALL]

    assert "--require-hashes -r requirements.lock" in commands
    assert (ROOT / "requirements.lock").is_file()


def test_every_setting_that_the_manual_names_exists() -> None:
    named_there = set(re.findall(r"QIANTAI_([A-Z_]+)", MANUAL + UNIT))

    assert named_there - {name.upper() for name in Settings.model_fields} == set()


def test_the_service_may_write_to_its_own_folder_only() -> None:
    wanted = {
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "StateDirectory=qiantai",
        "ProtectHome=yes",
        "User=qiantai",
    }

    assert wanted - set(UNIT.splitlines()) == set()
    assert "QIANTAI_DATA=/var/lib/qiantai" in UNIT
