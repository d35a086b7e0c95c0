"""The doctor: everything that can be wrong, a line each, with what to do about it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import typer

from bot import loop
from bot.clock import Clock
from bot.operating.findings import Finding, ill, in_the_rows, well
from bot.operating.opening import read_settings, where
from bot.operating.terminal import FOUND_WRONG, words
from bot.platforms import channel_checks
from bot.settings import Settings
from storage import schema
from storage.backup import sqlite_file
from storage.database import Database

LEAST_FREE_BYTES = 500_000_000
ANSWER_SECONDS = 6
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def examine(*, as_json: bool) -> None:
    settings = read_settings()
    findings = list(look(settings, Clock().real()))
    if as_json:
        told = {"ok": all(one.well for one in findings), "checks": [_as_json(one) for one in findings]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_line(one) for one in findings))
    if not all(one.well for one in findings):
        raise typer.Exit(FOUND_WRONG)


def _words(finding: Finding) -> tuple[str, str]:
    """What is the matter, and what to do about it."""
    matter, _, todo = words(finding.key, **finding.values).partition("\n")
    return matter, todo


def _line(finding: Finding) -> str:
    matter, todo = _words(finding)
    return f"{'✅' if finding.well else '⚠'} {matter}" + (f"\n   → {todo}" if todo else "")


def _as_json(finding: Finding) -> dict[str, object]:
    matter, todo = _words(finding)
    return {"check": finding.key.partition(".")[2], "ok": finding.well, "text": matter, "todo": todo}


def look(settings: Settings, now: datetime) -> Iterator[Finding]:
    yield from _machine(settings)
    usable = True
    for finding in _database(settings):
        usable = usable and finding.well
        yield finding
    if usable:
        database = Database(settings.database())
        try:
            yield from in_the_rows(database, settings, now)
        finally:
            database.close()
    yield _serving(settings)
    yield from loop.run(_channels(settings))


def _machine(settings: Settings) -> Iterator[Finding]:
    folder = _nearest(settings.data)
    writable = os.access(folder, os.W_OK | os.X_OK)
    yield Finding(writable, "doctor.folder" if writable else "doctor.folder_closed", {"folder": str(settings.data)})
    file = sqlite_file(settings.database())
    needed = max(LEAST_FREE_BYTES, 3 * file.stat().st_size if file and file.exists() else 0)
    free = shutil.disk_usage(folder).free
    roomy = free >= needed
    yield Finding(roomy, "doctor.disk" if roomy else "doctor.disk_low", {"megabytes": free // 1_000_000})


def _nearest(folder: Path) -> Path:
    """The folder, or the one in which it would be made."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def _database(settings: Settings) -> Iterator[Finding]:
    file = sqlite_file(settings.database())
    if file is not None and not file.exists():
        yield ill("doctor.database_missing", where=where(settings))
        return
    try:
        revision = schema.revision_at(settings.database())
    except schema.Unreachable as error:
        yield ill("doctor.database_closed", where=where(settings), problem=error)
        return
    yield well("doctor.database", where=where(settings))
    if revision == schema.newest():
        yield well("doctor.schema")
    else:
        yield ill("doctor.schema_old" if schema.is_known(revision) else "doctor.schema_newer")


def _serving(settings: Settings) -> Finding:
    asked = http.client.HTTPConnection(
        EVERYWHERE.get(settings.host, settings.host), settings.port, timeout=ANSWER_SECONDS
    )
    try:
        asked.request("GET", "/healthz")
        status = asked.getresponse().status
    except (OSError, http.client.HTTPException):
        return ill("doctor.not_serving", url=settings.base_url())
    finally:
        asked.close()
    return (
        well("doctor.serving", url=settings.base_url()) if status == 200 else ill("doctor.serving_ill", status=status)
    )


async def _channels(settings: Settings) -> list[Finding]:
    found = []
    for name, check in channel_checks(settings).items():
        wrong = await check()
        found.append(ill(wrong.key, **wrong.values) if wrong else well("doctor.channel", name=name))
    return found
