"""The settings, the database and the lock that commands share."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.operating.terminal import USED_WRONG, wrong
from bot.settings import Settings

if TYPE_CHECKING:
    from storage.database import Database


def read_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        raise wrong("cli.bad_settings", USED_WRONG, mistakes=[_mistake(one) for one in error.errors()]) from None


def _mistake(error: ErrorDetails) -> dict[str, str]:
    """The setting's name, if it is one alone, and what our own check says of it; never the value."""
    name = "_".join(str(part) for part in error["loc"]).upper()
    ours = error.get("ctx", {}).get("error")
    return {"name": f"QIANTAI_{name}" if name else "", "hint": str(ours) if isinstance(ours, ValueError) else ""}


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The migrated database, until the block ends; one that cannot be opened is a sentence."""
    from bot.operating.logs import configure
    from storage.database import Database
    from storage.schema import NewerSchema, Unreachable, migrate

    configure()
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        migrate(settings.database())
    except NewerSchema:
        raise wrong("cli.newer_database") from None
    except (Unreachable, OSError) as error:
        raise wrong("cli.no_database", where=where(settings), problem=error) from None
    database = Database(settings.database())
    try:
        yield database
    finally:
        database.close()


def where(settings: Settings) -> str:
    """The database in words without a password."""
    from storage.schema import without_password

    return without_password(settings.database())


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One process serves a SQLite file, wherever its settings say it is; a second one is told so."""
    from storage.backup import sqlite_file

    file = sqlite_file(settings.database())
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise wrong("cli.already_serving", file=str(file)) from None
        yield
