"""The kinds of question that a form can ask: each reads an answer as people type it, or says kindly why it cannot."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.notices import Notice
from bot.reading import Misread, Span, check_future, clip_to_now, read_phone, read_span
from bot.rules.calendar import Calendar

LONGEST_WORDS = 500
NOT_TEXT = ("Cc", "Cs", "Co", "Cn")
# These turn the direction of everything that follows them, also of the words around a quoted answer.
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Option:
    """An answer to choose: its JSON `value`, label, names; it may set another field (`sets`) or ask for words."""

    value: Any
    label: str
    values: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    sets: str = ""
    asks: Notice | None = None


@dataclass(frozen=True)
class Question:
    """What is asked for a field: `ask` replaces its text, a `default` needs no asking, `optional` can be skipped."""

    ask: Notice | None = None
    options: tuple[Option, ...] = ()
    default: Any = None
    needed: bool = True
    optional: bool = False


@dataclass(frozen=True)
class Objection:
    """An answer that a rule does not allow: the field is asked again with the reason and what is possible instead."""

    field: str
    why: Notice
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What an answer is read against: the moment, the calendar, the questions as they stand, what a rule objects to."""

    now: datetime
    calendar: Calendar
    questions: Mapping[str, Question] = field(default_factory=dict)
    objection: Objection | None = None

    def question(self, name: str) -> Question:
        return self.questions.get(name, Question())


class Reads(Protocol):
    """How a field's answer is read. `free` takes any words; `in_line` may be filled by one line; `rather` is a field

    that an answer is read as first; a new answer makes those in `clears` void.
    """

    free: bool
    in_line: bool
    rather: str
    clears: tuple[str, ...]

    def read(self, said: str, reading: Reading, name: str) -> Any: ...


@dataclass(frozen=True)
class When:
    """A span; what has begun is taken from now on, what is over only with `past` (the form says what it allows)."""

    free: bool = False
    in_line: bool = True
    rather: str = ""
    clears: tuple[str, ...] = ()
    past: bool = False

    def read(self, said: str, reading: Reading, name: str) -> Span:
        span = read_span(said, now=reading.now, calendar=reading.calendar)
        if self.past and span.end <= reading.now:
            return span
        check_future(span, reading.now)
        return clip_to_now(span, reading.now)


@dataclass(frozen=True)
class Pick:
    """One of the options, by its name."""

    free: bool = False
    in_line: bool = True
    rather: str = ""
    clears: tuple[str, ...] = ()

    def read(self, said: str, reading: Reading, name: str) -> Any:
        options = reading.question(name).options
        for option in options:
            if said.strip() in option.names:
                return option.value
        names = "、".join(option.names[0] for option in options if option.names)
        raise Misread("dialog.not_an_option", said=said.strip()[:20], names=names)


@dataclass(frozen=True)
class Phone:
    """A phone number."""

    free: bool = False
    in_line: bool = True
    rather: str = ""
    clears: tuple[str, ...] = ()

    def read(self, said: str, reading: Reading, name: str) -> str:
        return read_phone(said)


@dataclass(frozen=True)
class Words:
    """Anything, on one line, as long as it says something."""

    free: bool = True
    in_line: bool = True
    rather: str = ""
    clears: tuple[str, ...] = ()

    def read(self, said: str, reading: Reading, name: str) -> str:
        words = " ".join(cleaned(said).split())
        if not words:
            raise Misread("dialog.no_words")
        if len(words) > LONGEST_WORDS:
            raise Misread("dialog.too_long", most=LONGEST_WORDS, length=len(words))
        return words


def cleaned(said: str) -> str:
    """The text without characters that control, turn or mean nothing; line breaks and tabs become spaces."""
    spaced = said.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return "".join(char for char in spaced if char not in TURNING and unicodedata.category(char) not in NOT_TEXT)
