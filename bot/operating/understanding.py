"""How a line is understood: times as the reader takes them, deadlines with their sum, as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import typer

from bot.clock import Clock
from bot.operating.terminal import FOUND_WRONG, USED_WRONG, ZONE, words, wrong
from bot.reading import describe
from bot.rules.book import Rulebook
from bot.rules.calendar import Calendar
from bot.rules.limits import LimitError, parse_limit, why
from bot.texts import plain, reading_at, text

LONGEST_LINE = 10_000


def read(said: list[str] | None, *, now: str | None, store: Path | None) -> None:
    calendar = _rules(store).working
    moment = _moment(now).astimezone(calendar.zone) if now else Clock().now().astimezone(calendar.zone)
    _answer(said, partial(_described, now=moment, calendar=calendar))


def deadline(said: list[str] | None, *, store: Path | None) -> None:
    _answer(said, partial(_deadline, rules=_rules(store)))


def _rules(store: Path | None) -> Rulebook:
    """The store's; without a file the handbook's, for which nothing of the database is imported."""
    if store is None:
        return Rulebook()
    from bot.operating.reading import read_store_file

    return read_store_file(store).rules


def _moment(written: str) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise wrong("cli.not_a_moment", USED_WRONG, said=written) from None
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def _described(said: str, *, now: datetime, calendar: Calendar) -> dict[str, object]:
    return describe(said, now=now, calendar=calendar)


def _deadline(said: str, *, rules: Rulebook) -> dict[str, object]:
    written, _, limit = said.strip().rpartition(" ")
    zone = rules.working.zone
    try:
        at = datetime.fromisoformat(written.strip())
        due = rules.working.deadline(at if at.tzinfo else at.replace(tzinfo=zone), parse_limit(limit))
    except LimitError as error:
        return {"text": said, "error": words(error.key, zone=zone, said=error.said, example=error.example)}
    except ValueError:
        return {"text": said, "error": words("cli.not_a_deadline", zone=zone)}
    reason = why(due)
    with reading_at(at if at.tzinfo else at.replace(tzinfo=zone), zone):
        return {"text": said, "due": due.due.isoformat(), "why": plain(text(reason.key, **reason.values))}


def _answer(said: list[str] | None, answer: Callable[[str], dict[str, object]]) -> None:
    """One JSON line for each line; exits with 1 if any of them could not be read."""
    lines = [" ".join(said)] if said else (line.rstrip("\r\n") for line in sys.stdin)
    failed = False
    for line in lines:
        answered = answer(line[:LONGEST_LINE])
        failed = failed or "error" in answered
        typer.echo(json.dumps(answered, ensure_ascii=False))
    if failed:
        raise typer.Exit(FOUND_WRONG)
