"""`qiantai load`: what a store's file would change and for whom is shown first, then it is stored."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import NoReturn

import typer
from sqlmodel import Session

from bot.app import foreseen
from bot.app import load as store_loaded
from bot.clock import Clock
from bot.operating.opening import opened, read_settings
from bot.operating.reading import mistakes, read_store_file
from bot.operating.terminal import USED_WRONG, say, words, wrong
from bot.storefile import Loaded, StoreFile, StoreFileError
from storage.database import Database


class _Foreseen(Exception):
    """Carries what would change out of a transaction that must not stay."""

    def __init__(self, loaded: Loaded, told: list[tuple[str, str]]) -> None:
        super().__init__()
        self.loaded = loaded
        self.told = told


def load(path: Path, since: str | None, *, dry_run: bool, yes: bool) -> None:
    """Shows what changes, asks a person at a terminal, stores; with `dry_run` it only shows."""
    file = read_store_file(path)
    now = Clock().now()
    from_then = _since(since, file, now)
    settings = read_settings()
    with opened(settings) as database:
        seen = _look_ahead(database, path, file, now, from_then)
        superseded = _days(file, seen.loaded)
        _show(seen, from_then, superseded)
        if dry_run:
            say("cli.nothing_stored", name=file.store.name)
            return
        if (seen.told or superseded) and not yes and sys.stdin.isatty() and not typer.confirm(words("cli.store_it")):
            say("cli.nothing_stored", name=file.store.name)
            return
        loaded = database.write_now(
            partial(store_loaded, file=file, now=now, since=from_then, web_chat=settings.has_web_chat())
        )
    say("cli.loaded", name=file.store.name, loaded=loaded, since=from_then, superseded=_days(file, loaded))


def _since(written: str | None, file: StoreFile, now: datetime) -> datetime | None:
    """The beginning of the day from which the rules hold; today or none means now."""
    if written is None:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise wrong("cli.not_a_day", USED_WRONG, said=written[:20]) from None
    zone = file.rules.working.zone
    today = now.astimezone(zone).date()
    if day < today:
        raise wrong("cli.day_past", USED_WRONG, day=day)
    return datetime.combine(day, time(), zone) if day > today else None


def _look_ahead(database: Database, path: Path, file: StoreFile, now: datetime, since: datetime | None) -> _Foreseen:
    def work(session: Session) -> NoReturn:
        raise _Foreseen(*foreseen(session, file, now, since=since))

    try:
        database.write_now(work)
    except StoreFileError as error:
        raise mistakes(path, error) from None
    except _Foreseen as seen:
        return seen
    raise AssertionError("unreachable")


def _days(file: StoreFile, loaded: Loaded) -> list[date]:
    """From which days rules were to hold that never will."""
    return [rules.valid_from.astimezone(file.rules.working.zone).date() for rules in loaded.superseded]


def _show(seen: _Foreseen, since: datetime | None, superseded: list[date]) -> None:
    """What becomes of people and planned rules, then each notice once, with the names of all who will read it."""
    if seen.loaded.added or seen.loaded.changed or seen.loaded.deactivated:
        say("cli.people_change", loaded=seen.loaded)
    if superseded:
        say("cli.superseded", superseded=superseded)
    by_words: dict[str, list[str]] = {}
    for name, told in seen.told:
        by_words.setdefault(told, []).append(name)
    for told_words, names in by_words.items():
        say("cli.will_hear", names=names, since=since)
        typer.echo("\n".join(f"    {line}" for line in told_words.splitlines()))
