"""Copies of a SQLite file that bear their name only when they are whole, checked and on the disk."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

PART = ".qiantai-part"
BUSY_MILLISECONDS = 30_000


class BackupError(Exception):
    """Why a copy could not be made or brought back: `code` is its text, `values` what that shows, never a password."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(f"{code} {values or ''}".strip())
        self.code = code
        self.values = values


@contextmanager
def part_of(target: Path) -> Iterator[Path]:
    """An empty file beside the target that only its owner may read; nothing of it stays if what follows fails."""
    part = target.with_name(target.name + PART)
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def named(part: Path, target: Path) -> None:
    """Gives the part its name, on the disk too; what bore the name before is gone."""
    _to_disk(part)
    part.replace(target)
    _to_disk(target.parent)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def remove_parts(folder: Path) -> None:
    """What a process that died in the middle has left."""
    for part in folder.glob(f"*{PART}*"):
        part.unlink(missing_ok=True)


def copy_sqlite(source: Path, target: Path) -> None:
    """The file as it is at one instant, in one piece without a journal beside it. Raises BackupError if it is broken.

    Writers go on meanwhile.
    """
    if not source.exists():
        raise BackupError("no_database", path=str(source))
    try:
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
            original.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            [answer] = copy.execute("PRAGMA integrity_check(1)").fetchone()
            astray = copy.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.OperationalError as error:
        raise BackupError("failed", program="SQLite", problem=str(error)) from error
    except sqlite3.DatabaseError as error:
        raise BackupError("damaged", path=str(source)) from error
    if answer != "ok" or astray is not None:
        raise BackupError("damaged", path=str(source))


def keep_before_migrating(source: Path, revision: str) -> None:
    """The file as it was before this migration, beside it; one that was kept before is replaced."""
    target = source.with_name(f"{source.name}.before-{revision}")
    with part_of(target) as part:
        copy_sqlite(source, part)
        named(part, target)
