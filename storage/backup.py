"""Backups of either database: made while it is written to, restored only where nothing is overwritten."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from storage import postgresql_tools, schema
from storage.copying import BackupError, copy_sqlite, named, part_of, remove_parts

__all__ = ["BackupError", "make", "name_for", "prune", "restore", "sqlite_file", "sweep"]

NIGHTLY = "nightly-"
SUFFIXES = {"sqlite": ".db", "postgresql": ".dump"}
MARKS = {"sqlite": b"SQLite format 3\0", "postgresql": b"PGDMP"}
# Tables that hold rows before anybody has used the database.
UNUSED = frozenset({"alembic_version", "meta"})

Passing = Callable[[str], None]


def _nobody_hears(_step: str) -> None:
    """Tests hear the steps, to let the process die there."""


def _kind(url: str) -> str:
    return make_url(url).get_backend_name()


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database, None for another one."""
    address = make_url(url)
    return Path(address.database) if _kind(url) == "sqlite" and address.database else None


def name_for(url: str, stamp: str) -> str:
    """What a backup of that database is called; `stamp` says when, `nightly-…` are those that `prune` removes."""
    return stamp + SUFFIXES[_kind(url)]


def make(url: str, target: Path, *, passing: Passing = _nobody_hears) -> None:
    """Copies the database, as it is at one instant, to `target`; writers go on meanwhile. Raises BackupError.

    Whatever bears the target's name is whole and checked, whenever the process dies.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.parent):
        remove_parts(target.parent)
        _write(url, target, passing)


def _write(url: str, target: Path, passing: Passing) -> None:
    if target.exists():
        raise BackupError("exists", path=str(target))
    with part_of(target) as part:
        passing("backup begun")
        file = sqlite_file(url)
        if file is not None:
            copy_sqlite(file, part)
        else:
            postgresql_tools.dump(url, part)
            postgresql_tools.check(part)
        passing("backup checked")
        named(part, target)


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """One backup at a time in a folder: whether the lock was got, which without waiting it may not be."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(opened)


def sweep(folder: Path) -> None:
    """At the start: what a process that died has left of a backup is removed, unless one is being made."""
    if folder.is_dir():
        with _locked(folder, wait=False) as alone:
            if alone:
                remove_parts(folder)


def prune(folder: Path, *, kept: int) -> int:
    """Removes all nightly backups but the newest `kept`; those made by hand stay. How many went."""
    nightly = sorted(path for path in folder.glob(f"{NIGHTLY}*") if path.suffix in SUFFIXES.values())
    old = nightly[:-kept]
    for path in old:
        path.unlink()
    return len(old)


def restore(url: str, file: Path, *, passing: Passing = _nobody_hears) -> None:
    """Makes the database at `url` what the backup says; call it while nothing serves, and migrate afterwards.

    Raises BackupError, with nothing changed, if the file is no whole backup of this kind of database, if a newer
    version made it, or if the database holds anything.
    """
    _check_mark(file, _kind(url))
    target = sqlite_file(url)
    if target is not None:
        _restore_sqlite(target, file, passing)
    else:
        postgresql_tools.restore(url, file, unused=UNUSED)


def _check_mark(file: Path, wanted: str) -> None:
    try:
        with file.open("rb") as opened:
            start = opened.read(max(map(len, MARKS.values())))
    except OSError:
        raise BackupError("no_such_file", path=str(file)) from None
    found = next((kind for kind, mark in MARKS.items() if start.startswith(mark)), None)
    if found is None:
        raise BackupError("not_a_backup", path=str(file))
    if found != wanted:
        raise BackupError("other_kind", path=str(file), found=found)


def _restore_sqlite(target: Path, file: Path, passing: Passing) -> None:
    if target.exists() and _is_used(target):
        raise BackupError("not_empty", database=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    with part_of(target) as part:
        copy_sqlite(file, part)
        if not schema.is_known(_revision(part, file)):
            raise BackupError("newer", path=str(file))
        passing("restore checked")
        # A journal of the empty database that was there would be taken for one of the restored.
        for beside in ("-wal", "-shm"):
            target.with_name(target.name + beside).unlink(missing_ok=True)
        named(part, target)


def _is_used(path: Path) -> bool:
    """Whether any table holds a row that somebody put there; a file that is no database counts as used."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            listed = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
            tables = {name for [name] in listed} - UNUSED
            return any(connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() for table in tables)
    except sqlite3.DatabaseError:
        return True


def _revision(part: Path, file: Path) -> str:
    try:
        with closing(sqlite3.connect(part)) as connection:
            [revision] = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(revision)
    except (sqlite3.DatabaseError, TypeError):
        raise BackupError("not_a_backup", path=str(file)) from None
