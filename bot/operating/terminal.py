"""Sentences for whoever types at the terminal, and what the command then ends with."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer

from bot.clock import Clock
from bot.texts import plain, reading_at, text

DEMO_STORE = Path(__file__).parents[2] / "stores" / "demo.toml"
# Where nobody has said yet which zone the store is in.
ZONE = ZoneInfo("Asia/Shanghai")
FOUND_WRONG, USED_WRONG = 1, 2


def words(key: str, *, zone: ZoneInfo = ZONE, **values: Any) -> str:
    """The text, read now in this zone."""
    with reading_at(Clock().now(), zone):
        return plain(text(key, **values))


def say(key: str, *, error: bool = False, **values: Any) -> None:
    typer.echo(words(key, **values), err=error)


def wrong(key: str, code: int = FOUND_WRONG, /, **values: Any) -> typer.Exit:
    """Says what is wrong; to be raised."""
    say(key, error=True, **values)
    return typer.Exit(code)
