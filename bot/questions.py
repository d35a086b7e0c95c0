"""The kinds of question that a form can ask: each reads an answer as people type it, or says kindly why it cannot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from bot.notices import Notice
from bot.reading import (
    Duration,
    Misread,
    Point,
    Span,
    as_span,
    check_future,
    clip_to_now,
    find_time,
    read_phone,
    read_span,
    read_time,
)
from bot.rules.calendar import Calendar

Value = Point | Span | Duration

LONGEST_WORDS = 500
# Words behind a time that make it the end: 四点回来, and the beginning: 八点半出发.
BACK = re.compile(
    r"\s*(?:之?前|左右)?(?:就|能|会)?回(?:来|店里?|公司)?$|\s*(?:之?前|左右)?(?:就|能|会)?回(?:来|店里?|公司)"
)
LEAVING = re.compile(r"\s*(?:左右)?(?:就|要)?(?:出发|动身|走)了?")
# Words before a time that say it begins now: 现在就走两小时.
GOING = re.compile(r"我?(?:现在|马上|这就|立刻|立即)就?要?(?:走|去|出发|动身|出去|出门)(?:一趟|一下)?[，, ]*")
# Between two times, as if it were 到: 八点出发，四点回来.
LEFT_UNTIL = re.compile(r"\s*(?:左右)?(?:就|要)?(?:出发|动身|走)了?[，,\s]*(?=\S)")
LATE_TRIP = timedelta(hours=3)
DAYS = "天"
HALF_DAY_MINUTES = 12 * 60
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
    """What is asked for a field: `ask` replaces its text, a `default` needs no asking, `optional` can be skipped.

    `day` is the day that an hour is asked for, `since` the moment from which an amount of time is counted, `known` are
    words that are found where they stand. `doubtful` ones may mean something else: they answer it where it is asked,
    and correct nothing at the read-back, where `doubt` is said.
    """

    ask: Notice | None = None
    options: tuple[Option, ...] = ()
    default: Any = None
    needed: bool = True
    optional: bool = False
    day: date | None = None
    since: datetime | None = None
    known: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    doubt: Notice | None = None


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


@dataclass(frozen=True)
class Place:
    """Where an answer stands: from `start` to `end` of the words around it."""

    start: int
    end: int


class Reads(Protocol):
    """How a field's answer is read. `free` takes any words, of a line without those that only join (我想, 现, 吧); one

    that takes them `as_said` takes all. `in_line` may be filled by one line; `rather` is a field that an answer is
    read as first; a new answer makes those in `clears` void. `place` is where its grammar finds an answer in words
    without spaces.
    """

    @property
    def free(self) -> bool: ...
    @property
    def as_said(self) -> bool: ...
    @property
    def in_line(self) -> bool: ...
    @property
    def rather(self) -> str: ...
    @property
    def clears(self) -> tuple[str, ...]: ...

    def read(self, said: str, reading: Reading, name: str) -> Any: ...

    def place(self, words: str, reading: Reading, name: str) -> Place | None: ...


@dataclass(frozen=True)
class _Reads:
    """What the kinds of question have in common."""

    free: bool = False
    as_said: bool = False
    in_line: bool = True
    rather: str = ""
    clears: tuple[str, ...] = ()

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        return None


@dataclass(frozen=True)
class When(_Reads):
    """A span; what has begun is taken from now on, what is over only with `past` (the form says what it allows).

    Of what happened (`whole`) the beginning stays.
    """

    past: bool = False
    whole: bool = False

    def read(self, said: str, reading: Reading, name: str) -> Span:
        span = read_span(said, now=reading.now, calendar=reading.calendar)
        if self.past and span.end <= reading.now:
            return span
        check_future(span, reading.now)
        return span if self.whole else clip_to_now(span, reading.now)

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = find_time(words, now=reading.now, calendar=reading.calendar)
        return Place(found.start, found.end) if found else None


@dataclass(frozen=True)
class Away(_Reads):
    """A stretch away from here: a span (one that has begun keeps its beginning), two hours from now, until 4 o'clock.

    With `open_end` a moment is the beginning, and closing time the end.
    """

    open_end: bool = False

    def read(self, said: str, reading: Reading, name: str) -> Span:
        words = said.strip()
        going = GOING.match(words)
        bare = words[going.end() :] if going and going.end() < len(words) else words
        back = BACK.search(bare)
        said_time = LEFT_UNTIL.sub("到", bare[: back.start()]) if back else LEAVING.sub("", bare)
        value = read_time(said_time, now=reading.now, calendar=reading.calendar)
        span = self._span(value, bare, reading, until=back is not None)
        if span.end <= reading.now:
            raise Misread("outing.past", span=span)
        return span

    def _span(self, value: Value, said: str, reading: Reading, *, until: bool) -> Span:
        now = reading.now.astimezone(reading.calendar.zone).replace(second=0, microsecond=0)
        match value:
            case Duration(minutes) if DAYS in said:
                return Span(now, _days_from(now, minutes // HALF_DAY_MINUTES, reading.calendar))
            case Duration(minutes):
                return Span(now, now + timedelta(minutes=minutes))
            case Point(at) if until and at > now:
                return Span(now, at)
            case Point(at) if self.open_end:
                closing = reading.calendar.closes(at.date())
                return Span(at, closing if at < closing else at + LATE_TRIP)
        return as_span(value, said)

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = find_time(words, now=reading.now, calendar=reading.calendar, want="any")
        if found is None:
            return None
        back = BACK.match(words, found.end) or LEAVING.match(words, found.end)
        leads = [one for one in GOING.finditer(words) if one.end() == found.start]
        until = isinstance(found.value, Point) and words[: found.start].endswith(("到", "至"))
        return Place(leads[0].start() if leads else found.start - until, back.end() if back else found.end)


def _days_from(now: datetime, half_days: int, calendar: Calendar) -> datetime:
    """半天 is half a working day, 一天 until closing, 两天 until closing of the next day."""
    if half_days == 1:
        return calendar.add_working(now, calendar.half_working_day(now.date()))
    closing = calendar.closes(now.date() + timedelta(days=(half_days - 1) // 2))
    return closing if closing > now else calendar.closes(closing.date() + timedelta(days=1))


@dataclass(frozen=True)
class Until(_Reads):
    """A moment to come: 五点, 五点回来, or an amount of time from then or from now: 半小时."""

    def read(self, said: str, reading: Reading, name: str) -> datetime:
        bare = BACK.sub("", said.strip()).removeprefix("到")
        value = self._value(bare, reading, reading.question(name).day)
        match value:
            case Duration(minutes):
                since = (reading.question(name).since or reading.now).astimezone(reading.calendar.zone)
                return since.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
            case Point(at):
                check_future(value, reading.now)
                return at
        end = as_span(value, bare).end
        last = (end - timedelta(microseconds=1)).date()
        return reading.calendar.closes(last) if end.time() == time() else end

    def _value(self, said: str, reading: Reading, day: date | None) -> Value:
        """An hour before the `day` in question is meant on that day."""
        value = read_time(said, now=reading.now, calendar=reading.calendar)
        if day is None or not isinstance(value, Point) or value.at.date() >= day:
            return value
        midnight = datetime.combine(day, time(), reading.calendar.zone)
        return read_time(said, now=midnight, calendar=reading.calendar)

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = find_time(words, now=reading.now, calendar=reading.calendar, want="any")
        return Place(found.start, found.end) if found else None


@dataclass(frozen=True)
class Hour(_Reads):
    """An hour of the day that the question is about: 8点半, 早上八点; a part of the day means its beginning."""

    def read(self, said: str, reading: Reading, name: str) -> time:
        day = reading.question(name).day or reading.now.astimezone(reading.calendar.zone).date()
        midnight = datetime.combine(day, time(), reading.calendar.zone)
        bare = LEAVING.sub("", said.strip())
        value = read_time(bare, now=midnight, calendar=reading.calendar)
        at = value.at if isinstance(value, Point) else as_span(value, bare).start
        if at.date() != day:
            raise Misread("reading.other_kind", said=said.strip()[:20])
        return at.timetz().replace(tzinfo=None)

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        found = find_time(words, now=reading.now, calendar=reading.calendar, want="point")
        leaving = LEAVING.match(words, found.end) if found else None
        return Place(found.start, leaving.end() if leaving else found.end) if found else None


@dataclass(frozen=True)
class Pick(_Reads):
    """One of the options, by its name."""

    def read(self, said: str, reading: Reading, name: str) -> Any:
        options = reading.question(name).options
        for option in options:
            if said.strip() in option.names:
                return option.value
        names = "、".join(option.names[0] for option in options if option.names)
        raise Misread("dialog.not_an_option", said=said.strip()[:20], names=names)


@dataclass(frozen=True)
class Phone(_Reads):
    """A phone number."""

    def read(self, said: str, reading: Reading, name: str) -> str:
        return read_phone(said)


@dataclass(frozen=True)
class Words(_Reads):
    """Anything, on one line, as long as it says something; `leads` are words that only lead up to it (去 …)."""

    free: bool = True
    leads: tuple[str, ...] = ()

    def read(self, said: str, reading: Reading, name: str) -> str:
        words = " ".join(cleaned(said).split())
        while lead := next((lead for lead in self.leads if words.startswith(lead) and len(words) > len(lead)), ""):
            words = words.removeprefix(lead).strip()
        if not words:
            raise Misread("dialog.no_words")
        if len(words) > LONGEST_WORDS:
            raise Misread("dialog.too_long", most=LONGEST_WORDS, length=len(words))
        return words


@dataclass(frozen=True)
class Known(Words):
    """Any words; those that the question knows are found where they stand: 量房 is cut off 锦绣花园量房.

    What follows a known word behind something else belongs to it: 锦绣花园 量房顺便送图纸.
    """

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        standing = [known for known in reading.question(name).known if known in words]
        if not standing:
            return None
        found = min(standing, key=lambda known: (words.index(known), -len(known)))
        start = words.index(found)
        return Place(start, len(words) if start else len(found))


def cleaned(said: str) -> str:
    """The text without characters that control, turn or mean nothing; line breaks and tabs become spaces."""
    spaced = said.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return "".join(char for char in spaced if char not in TURNING and unicodedata.category(char) not in NOT_TEXT)
