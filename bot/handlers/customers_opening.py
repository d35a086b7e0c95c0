"""What a line that begins a registration says before the form reads it: a name anywhere, and figures that are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.dialog import Answers
from bot.reading import Misread, read_area, read_phone, segments
from bot.reading.homes import AREA as AREA_SHAPE
from bot.rules import customers as rules

QUOTED = 20
# So many figures were meant as a phone number.
FIGURES = 5


@dataclass(frozen=True)
class Opening:
    """A line ready for the form, the name that a title showed, and what was meant as a number but cannot be one."""

    line: str
    known: Answers
    unread: dict[str, str]


def opening(said: str) -> Opening:
    """The name may stand anywhere: 锦绣花园 李女士; 1390000 is no phone number and 3平 no home, nor an estate."""
    line, known, unread = said, dict[str, Any](), dict[str, str]()
    for part in segments(said):
        if rules.TITLED.fullmatch(part.text):
            known.setdefault("name", part.text)
        elif field := _misread_number(part.text):
            unread[field] = part.text[:QUOTED]
        else:
            continue
        line = line.replace(part.text, " ", 1)
    return Opening(line, known, unread)


def _misread_number(said: str) -> str:
    """The field for which these figures were meant, if it cannot read them."""
    if said.isascii() and said.isdigit() and len(said) >= FIGURES:
        return "" if _reads(read_phone, said) else "phone"
    unlikely = said[:1].isdigit() and not said.isdigit() and AREA_SHAPE.fullmatch(said)
    return "area" if unlikely and not _reads(read_area, said) else ""


def _reads(read: Callable[[str], object], said: str) -> bool:
    try:
        read(said)
    except Misread:
        return False
    return True
