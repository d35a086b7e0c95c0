"""When a customer is forgotten, and what is taken out of other texts then (HANDBOOK 4, "Retention")."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.rules.customers import HIDDEN

# HO-2026-0007 is a form's.
NUMBER = re.compile(r"(?<!\d)(?<!HO-)20\d\d-\d{4}(?!\d)")
# One character is a piece of many words.
SHORTEST_NAME = 2
# What somebody wrote so long is nobody else's words, wherever it stands.
OWN_WORDS = 8
SHORTEST_WORDS = 2


def months_before(at: datetime, months: int) -> datetime:
    """The same hour of the same day so many months ago; the last of the month where it had no such day."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def months_after(at: datetime, months: int) -> datetime:
    """The same hour of the same day so many months later, or of the month's last day."""
    return months_before(at, -months)


@dataclass(frozen=True)
class Traces:
    """By what a case and its customer can be found in other texts.

    `names`, `estates` and `words` as they may stand there, `shared` those of them that also are somebody else's; what
    its `files` are called those of others may be called. `phones` in digits, and masked; `gone` are the numbers of
    cases that were forgotten before. What was corrected is known only as the history keeps it: `masked` phones, for
    whose stars any digits may stand, and `cut` names, 李**, of whom the whole goes from lines about the case. Without
    all these the customer is still known for another case.
    """

    number: str
    phones: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    estates: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    @cached_property
    def phone(self) -> re.Pattern[str]:
        """A number as people type it: 139-0000-0001, +86 139 0000 0001."""
        typed = [_as_typed(phone, "*") for phone in self.phones if phone]
        typed += [_as_typed(phone, r"\d") for phone in self.masked if phone]
        return re.compile(rf"(?<!\d)(?:\+?86[ -]?)?(?:{'|'.join(typed)})(?!\d)") if typed else re.compile("(?!)")

    @cached_property
    def cut_name(self) -> re.Pattern[str]:
        """李芳, of whom 李** is known; colleagues who are called 李 stay."""
        surnames = [re.escape(name.removesuffix(HIDDEN)) for name in self.cut]
        others = "".join(f"(?!{re.escape(one)})" for one in sorted(self.shared))
        return re.compile(rf"{others}(?:{'|'.join(surnames)})[\u4e00-\u9fff]{{1,2}}" if surnames else "(?!)")

    def numbers_in(self, line: str) -> set[str]:
        """The cases of which it speaks, besides those that are nobody's any more."""
        return set(NUMBER.findall(line)) - self.gone

    def are_in(self, line: str) -> bool:
        """Whether the line is about this case: by its number or phone, or by name and estate."""
        numbers = self.numbers_in(line)
        if numbers and self.number not in numbers:
            return False
        known = any(name in line for name in self.names) and any(estate in line for estate in self.estates)
        return bool(numbers) or known or self.phone.search(line) is not None


def _as_typed(phone: str, star: str) -> str:
    return r"[\s().\-]*".join(star if digit == "*" and star != "*" else re.escape(digit) for digit in phone)


def without(traces: Traces, value: Any, *, places: bool) -> Any:
    """The text, or the JSON value, without what finds the customer.

    In a line that is about the case all of it goes, elsewhere what is nobody else's; estates without a name, and words,
    only with `places`: what is written down about another case stays. A JSON value that names no other is one line.
    """
    if isinstance(value, str):
        return _text(traces, value, places=places)
    said = "\n".join(_strings(value))
    whole = said.replace("\n", " ")
    is_own = traces.are_in(whole) and traces.numbers_in(whole) <= {traces.number}
    return _inside(traces, value, places=places, own=is_own)


def _strings(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for inner in value.values() for text in _strings(inner)]
        case list():
            return [text for inner in value for text in _strings(inner)]
    return []


def _inside(traces: Traces, value: Any, *, places: bool, own: bool) -> Any:
    match value:
        case str():
            return _text(traces, value, places=places, own=own)
        case dict():
            return {key: _inside(traces, inner, places=places, own=own) for key, inner in value.items()}
        case list():
            return [_inside(traces, inner, places=places, own=own) for inner in value]
    return value


# The web chat keeps <br> where a text has a new line.
LINE = re.compile(r"(\n|<br>)")


def _text(traces: Traces, text: str, *, places: bool, own: bool = False) -> str:
    """Words of one's own go from the whole of a text about the case; the rest by lines where others are, too."""
    lines = LINE.split(text)
    about = own or any(traces.are_in(line) for line in lines)
    own = about and traces.numbers_in(text) <= {traces.number}
    said = [word for word in (*traces.words, *traces.files) if about and len(word) >= SHORTEST_WORDS]
    if places and not about:
        said = [word for word in traces.words if len(word) >= OWN_WORDS]
    return "".join(_line(traces, line, said, places=places, own=own) for line in lines)


def _line(traces: Traces, line: str, said: list[str], *, places: bool, own: bool) -> str:
    own = own or traces.are_in(line)
    is_anothers = not own and bool(traces.numbers_in(line))
    gone = [*said]
    if not is_anothers:
        gone += [name for name in traces.names if own or (name not in traces.shared and len(name) >= SHORTEST_NAME)]
        gone += [estate for estate in traces.estates if own or (places and estate not in traces.shared)]
    for word in sorted(gone, key=len, reverse=True):
        line = line.replace(word, HIDDEN)
    if own:
        line = traces.cut_name.sub(HIDDEN, line)
    return traces.phone.sub(HIDDEN, line)
