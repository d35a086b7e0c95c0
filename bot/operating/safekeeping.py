"""Backups made and brought back at the terminal."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.clock import Clock
from bot.failpoints import failpoint
from bot.operating.opening import alone, opened, read_settings, where
from bot.operating.terminal import ZONE, say, wrong
from bot.settings import Settings
from storage import backup, health
from storage.backup import BackupError


def make_backup(target: Path | None) -> None:
    settings = read_settings()
    path = _target(settings, target)
    try:
        backup.make(settings.database(), path, passing=failpoint)
    except (BackupError, OSError) as error:
        raise _told(error, settings) from None
    say("backup.made", path=str(path), kilobytes=-(-path.stat().st_size // 1024))


def _target(settings: Settings, target: Path | None) -> Path:
    """The file that is named, or one called by the present moment in the folder that is."""
    folder = target or settings.backups()
    if target is not None and not target.is_dir():
        return target
    return folder / backup.name_for(settings.database(), f"qiantai-{Clock().real().astimezone(ZONE):%Y-%m-%d-%H%M%S}")


def restore(file: Path) -> None:
    settings = read_settings()
    with alone(settings):
        try:
            backup.restore(settings.database(), file, passing=failpoint)
        except (BackupError, OSError) as error:
            raise _told(error, settings) from None
        with opened(settings) as database:
            held = database.read_now(health.holdings)
    say("backup.restored", path=str(file), where=where(settings), held=held)


def _told(error: BackupError | OSError, settings: Settings) -> typer.Exit:
    """What went wrong and what to do; to be raised."""
    if isinstance(error, BackupError):
        return wrong(f"backup.{error.code}", where=where(settings), **error.values)
    return wrong("backup.failed", program="", problem=error)
