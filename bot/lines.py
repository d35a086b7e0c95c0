"""What one line answers of a form: closed fields claim what their grammar knows, free ones share what is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.notices import Notice, misread, notice
from bot.questions import Away, Hour, Place, Reading, Reads, Until, When
from bot.reading import Misread, find_time, segments, without_joining_words

if TYPE_CHECKING:
    from bot.dialog import Form

LONGEST_RUN = 6
# Nobody says a time behind so many parts; whoever pastes a book does not keep the others waiting.
SEARCHED_PARTS = 60
NOT_A_TIME = "reading.not_a_time"
TIMES = (When, Away, Until, Hour)
BETWEEN_PARTS = "，"
QUOTED = 20
# Words beside a time that make it another one, so that taking it alone would be a misunderstanding.
NOT_JUST = re.compile(r"(?:第|不是|除了|除|非|或者?|\d年)\s*$")
NOT_ONLY = re.compile(r"\s*(?:年|之?前|以前|或)")


@dataclass(frozen=True)
class _Piece:
    """A part of the line, from `start` to `end` of it, that nobody has claimed; `place` counts the segments."""

    text: str
    start: int
    end: int
    place: int


@dataclass(frozen=True)
class _Claim:
    """A field's value, or what was wrong with what stood for it, and the pieces that are left."""

    left: list[_Piece]
    value: Any = None
    problem: Notice | None = None


def fill(
    form: Form[Any], answers: dict[str, Any], line: str, look: Callable[[dict[str, Any]], Reading]
) -> tuple[dict[str, Any], Notice | None]:
    """The answers with what the line adds to them, in the form's order (DESIGN: one line is enough).

    The second value says what was wrong with something that stood there but cannot be, such as 2月30号.
    """
    filled, problem = dict(answers), None
    pieces = [_Piece(one.text, one.start, one.end, place) for place, one in enumerate(segments(line))]
    for name, reads in form.fields.items():
        reading = look(filled)
        if not reads.in_line or name in filled or not reading.question(name).needed:
            continue
        claim = None if reads.free else _claim(pieces, reads, reading, name)
        claim = claim or _cut(pieces, reads, reading, name)
        if claim is not None:
            pieces = claim.left
            problem = problem or claim.problem
            filled |= {} if claim.problem else {name: form.stored(name, claim.value)}
    return filled, _share(form, filled, line, pieces, look(filled)) or problem


def means_a_time(reads: Reads, error: Misread) -> bool:
    """Whether what could not be taken was a time all the same, so that its own sentence helps."""
    return isinstance(reads, TIMES) and error.key != NOT_A_TIME


def _claim(pieces: list[_Piece], reads: Reads, reading: Reading, name: str) -> _Claim | None:
    """The longest run of neighbouring whole segments that the field's grammar knows, the earliest on a tie."""
    for length in range(min(len(pieces), LONGEST_RUN), 0, -1):
        for start in range(min(len(pieces), SEARCHED_PARTS) - length + 1):
            run, left = pieces[start : start + length], pieces[:start] + pieces[start + length :]
            if run[-1].place - run[0].place != length - 1:
                continue
            try:
                return _Claim(left, reads.read(" ".join(piece.text for piece in run), reading, name))
            except Misread as error:
                if means_a_time(reads, error):
                    return _Claim(left, problem=misread(error))
    return None


def _cut(pieces: list[_Piece], reads: Reads, reading: Reading, name: str) -> _Claim | None:
    """People write without spaces, too: the longest time, or a known word, is cut out of the words around it.

    A part that is a known word and nothing else goes before one that only holds a known word.
    """
    standing = enumerate(pieces[:SEARCHED_PARTS])
    places: Iterable[tuple[int, Place | None]] = ((at, reads.place(one.text, reading, name)) for at, one in standing)
    if reads.free:
        places = sorted(places, key=lambda one: one[1] != Place(0, len(pieces[one[0]].text)))
    for index, found in places:
        if found is None:
            continue
        piece = pieces[index]
        if _is_another(piece.text[: found.start], piece.text[found.end :], reading):
            left = [*pieces[:index], *pieces[index + 1 :]]
            return _Claim(left, problem=notice(NOT_A_TIME, said=piece.text[:QUOTED]))
        before = _Piece(piece.text[: found.start], piece.start, piece.start + found.start, piece.place)
        claimed, behind = _claimed(pieces, index, found, free=reads.free)
        left = [part for part in (*pieces[:index], before, *behind) if part.text.strip()]
        try:
            return _Claim(left, reads.read(claimed, reading, name))
        except Misread as error:
            return _Claim(left, problem=misread(error))
    return None


def _claimed(pieces: list[_Piece], index: int, found: Place, *, free: bool) -> tuple[str, list[_Piece]]:
    """The words that are taken, and what stands behind them.

    Known words behind others have all that follows them (锦绣花园量房 李女士), before others all of their own part.
    """
    piece, behind = pieces[index], pieces[index + 1 :]
    ahead = [*(one.text for one in pieces[:index]), piece.text[: found.start]]
    if free and any(map(without_joining_words, ahead)):
        return " ".join([piece.text[found.start :], *(without_joining_words(one.text) for one in behind)]), []
    own = free and any(without_joining_words(one.text) for one in behind)
    end = len(piece.text) if own else found.end
    after = _Piece(piece.text[end:], piece.start + end, piece.end, piece.place)
    return piece.text[found.start : end], [after, *behind]


def _is_another(before: str, after: str, reading: Reading) -> bool:
    """Whether the words around a time make it another one: 不是周五, 周五前, 周五到 a time that cannot be read."""
    if NOT_JUST.search(before) or NOT_ONLY.match(after):
        return True
    goes_on = find_time(after[1:], now=reading.now, calendar=reading.calendar) if after[:1] in ("到", "至") else None
    return goes_on is not None and goes_on.start == 0


def _parts(line: str, pieces: list[_Piece], *, as_said: bool) -> list[tuple[str, str]]:
    """What is left, each part with what stood before it in the line: the person's own words stay as they were."""
    parts: list[tuple[str, str]] = []
    before: _Piece | None = None
    for piece in pieces:
        words = piece.text.strip() if as_said else without_joining_words(piece.text)
        if not words:
            continue
        together = before is not None and before.place + 1 == piece.place and before.end <= piece.start
        parts.append((line[before.end : piece.start] if before and together else BETWEEN_PARTS, words))
        before = piece
    return parts


def _share(form: Form[Any], filled: dict[str, Any], line: str, pieces: list[_Piece], reading: Reading) -> Notice | None:
    """Free fields take what is left, in order: one part each, the last all the rest; what was wrong, if anything."""
    free = [
        name
        for name, reads in form.fields.items()
        if reads.free and reads.in_line and name not in filled and reading.question(name).needed
    ]
    parts = _parts(line, pieces, as_said=any(form.fields[name].as_said for name in free))
    try:
        for name in free[:-1]:
            if parts:
                filled[name] = form.fields[name].read(parts.pop(0)[1], reading, name)
        if free and parts:
            rest = parts[0][1] + "".join(gap + words for gap, words in parts[1:])
            filled[free[-1]] = form.fields[free[-1]].read(rest, reading, free[-1])
    except Misread as error:
        return misread(error)
    return None
