"""A store's file read from the disk; every mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.operating.terminal import FOUND_WRONG, USED_WRONG, say, words, wrong
from bot.storefile import StoreFile, StoreFileError, read_store


def read_store_file(path: Path) -> StoreFile:
    try:
        return read_store(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise wrong("cli.no_such_file", USED_WRONG, path=str(path)) from None
    except StoreFileError as error:
        raise mistakes(path, error) from None


def mistakes(path: Path, error: StoreFileError) -> typer.Exit:
    """Tells them all; to be raised."""
    for mistake in error.mistakes:
        told = words(mistake.key, **mistake.values)
        say("cli.mistake", error=True, path=str(path), mistake=mistake, words=told)
    return typer.Exit(FOUND_WRONG)
