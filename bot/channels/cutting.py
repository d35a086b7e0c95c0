"""A long text in pieces that a platform takes: cut between lines, or between characters where a line is too long."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.texts import plain

_TAG = re.compile(r"<(/?)(b|time|at)(?: [^>]*)?>")

Length = Callable[[str], int]


@dataclass(frozen=True)
class Measure:
    """At most `most`, by `length` as the platform counts what stands there, which is `written` from the markup."""

    most: int
    length: Length
    written: Callable[[str], str] = plain

    def of(self, markup: str) -> int:
        return self.length(self.written(markup))


def pieces(markup: str, measure: Measure) -> Iterator[str]:
    """The markup in pieces that are short enough, cut between lines; the last one may be empty."""
    held: list[str] = []
    room = measure.most
    for line, size in _lines(markup, measure):
        needed = size + bool(held)
        if needed > room:
            yield "\n".join(held)
            held, room, needed = [], measure.most, needed - 1
        held.append(line)
        room -= needed
    yield "\n".join(held)


def _lines(markup: str, measure: Measure) -> Iterator[tuple[str, int]]:
    """The lines with their lengths; one that is too long for a message goes in slices, without its formatting."""
    for line in _closed_lines(markup):
        size = measure.of(line)
        if size <= measure.most:
            yield line, size
        else:
            yield from ((html.escape(one, quote=False), measure.length(one)) for one in _slices(plain(line), measure))


def _slices(words: str, measure: Measure) -> Iterator[str]:
    """Full ones and a rest, so that only the rest may share its message with the next line."""
    start, held = 0, 0
    for at, character in enumerate(words):
        size = measure.length(character)
        if held + size > measure.most:
            yield words[start:at]
            start, held = at, 0
        held += size
    yield words[start:]


def _closed_lines(markup: str) -> Iterator[str]:
    """The lines, each complete: a tag that is open where a line ends is closed there and opened again on the next."""
    opened: list[re.Match[str]] = []
    for line in markup.split("\n"):
        again = "".join(tag[0] for tag in opened)
        for tag in _TAG.finditer(line):
            opened = opened[:-1] if tag[1] else [*opened, tag]
        yield again + line + "".join(f"</{tag[2]}>" for tag in reversed(opened))
