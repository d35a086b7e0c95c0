"""Questions at the terminal, one at a time: Enter takes the default, a wrong answer is explained and asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import typer

from bot.operating.terminal import say, words

T = TypeVar("T")


class Wrong(Exception):
    """An answer that cannot be taken: the text that explains it, with an example."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class Ended(Exception):
    """There are no more answers: the input ended, or somebody pressed Ctrl+C or Ctrl+D."""


def ask(question: str, parse: Callable[[str], T], *, default: str = "", **values: Any) -> T:
    """The answer to `init.ask_…`; an empty one is the default, which is parsed too. Raises Ended."""
    prompt = words(f"init.ask_{question}", default=default, **values)
    while True:
        said = _line(f"{prompt}{f' [{default}]' if default else ''}：")
        try:
            return parse(said or default)
        except Wrong as wrong:
            say(wrong.key, **wrong.values)


def _line(prompt: str) -> str:
    typer.echo(prompt, nl=False)
    try:
        return input().strip()
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"
    except (EOFError, KeyboardInterrupt):
        typer.echo()
        raise Ended from None
