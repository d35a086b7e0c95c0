"""A form on paper: lines with a label each, one list among them; what each says is given in words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Line:
    """What a label says."""

    label: str
    said: str


@dataclass(frozen=True)
class Listing:
    """A table: what its columns are called, and its rows, as many cells each."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Paper:
    """A form of A4: its heading, the lines before and after its list, and the moment as of which it speaks."""

    title: str
    number: str
    store: str
    before: tuple[Line, ...]
    listing: Listing
    after: tuple[Line, ...]
    as_of: datetime


def width(words: str) -> int:
    """How wide it is, in half characters: a Chinese one is as wide as two letters."""
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in words)


def lines_of(words: str, line_width: int) -> int:
    """How many lines it takes where each holds so many half characters."""
    return sum(max(1, -(-width(one) // line_width)) for one in words.split("\n"))
