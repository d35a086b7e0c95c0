"""Numbers as people type them: 120.5, １２０, 两百三, 3万5, 廿五, 一点五万, 半."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.reading.source import Parsed, Source, plain, rule
from bot.reading.values import Misread

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3}
FORMAL = dict(zip("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "一二二三三四五六六七八九十百千", strict=True))
TENS = {"廿": "二十", "卅": "三十"}
UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000}
BIG = (("亿", 100_000_000), ("万", 10_000), ("w", 10_000))
NUMERALS = frozenset("".join(DIGITS) + "十百廿卅")
FIGURES = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)", re.ASCII)
SPOKEN_DECIMAL = re.compile(r"([零一二三四五六七八九两十百千]+)点([零一二三四五六七八九]+)")
LONGEST = 24
LARGEST = Decimal(10) ** 15
LONGEST_RUN = 8


def read_number(text: str, *, units: tuple[str, ...] = ()) -> Decimal | int:
    """The number that `text` is, one of `units` (平, 平米) allowed behind it; an int when it is whole.

    Raises Misread when any of the text is something else.
    """
    spelled = plain(text).strip()
    unit = max((unit for unit in units if spelled.endswith(unit)), key=len, default="")
    value = value_of(spelled.removesuffix(unit).strip())
    if value is None:
        raise Misread("not_a_number", said=text.strip()[:LONGEST])
    return int(value) if value == value.to_integral_value() else value


def value_of(spelled: str) -> Decimal | None:
    """The value of a plain text that is a number and nothing else."""
    if not spelled or len(spelled) > LONGEST:
        return None
    if spelled == "半":
        return Decimal("0.5")
    if GROUPED.fullmatch(spelled):
        return Decimal(spelled.replace(",", ""))
    spelled = "".join(TENS.get(char) or FORMAL.get(char, char) for char in spelled)
    spelled = SPOKEN_DECIMAL.sub(_decimal, spelled, count=1)
    value = _positional(spelled) if len(spelled) > 1 and set(spelled) <= set(DIGITS) else _sum(spelled)
    return value if value is not None and value < LARGEST else None


def _decimal(found: re.Match[str]) -> str:
    whole = _sum(found[1])
    return found[0] if whole is None else f"{whole}.{_figures(found[2])}"


def _figures(digits: str) -> str:
    return "".join(str(DIGITS[char]) for char in digits)


def _positional(digits: str) -> Decimal | None:
    """一二零 is 120; 两三 and 五六 are guesses, not numbers."""
    if set(digits) & set("两俩仨") or (len(digits) == 2 and "零" not in digits):
        return None
    return Decimal(_figures(digits))


def _sum(spelled: str) -> Decimal | None:
    for word, unit in BIG:
        left, found, right = spelled.partition(word)
        if found:
            return _joined(_sum(left), right, unit)
    return _section(spelled)


def _joined(left: Decimal | None, right: str, unit: int) -> Decimal | None:
    """三万五 is 35000: a lone digit behind a unit counts the next smaller one."""
    if left is None or (right and left != left.to_integral_value()):
        return None
    if not right:
        return left * unit
    if right in DIGITS or (right.isdecimal() and len(right) == 1):
        return left * unit + _lone(right) * unit / 10
    rest = _sum(right.removeprefix("零"))
    fits = rest is not None and rest < unit and (right[0] == "零" or not right.isdecimal())
    return left * unit + rest if rest is not None and fits else None


def _lone(digit: str) -> Decimal:
    return Decimal(DIGITS[digit] if digit in DIGITS else int(digit))


def _section(spelled: str) -> Decimal | None:
    """Thousands, hundreds, tens, ones, in falling order."""
    total, last, pos = Decimal(0), 10_000, 0
    while pos < len(spelled):
        zero = pos > 0 and spelled[pos] == "零"
        digit, after = _digit(spelled, pos + zero)
        unit = UNITS.get(spelled[after : after + 1])
        if unit is None:
            return _with_ones(total, digit, last, zero) if after == len(spelled) else None
        if unit >= last or (digit is None and unit != 10):
            return None
        total += (1 if digit is None else digit) * unit
        last, pos = unit, after + 1
    return total if spelled else None


def _digit(spelled: str, pos: int) -> tuple[Decimal | None, int]:
    figures = FIGURES.match(spelled, pos)
    if figures:
        return Decimal(figures[0]), figures.end()
    if spelled[pos : pos + 1] in DIGITS:
        return Decimal(DIGITS[spelled[pos]]), pos + 1
    return None, pos


def _with_ones(total: Decimal, digit: Decimal | None, last: int, zero: bool) -> Decimal | None:
    """一百二 is 120, 一百零二 is 102."""
    if digit is None or (total and digit >= 10):
        return None
    return total + (digit if zero or last in (10, 10_000) else digit * last / 10)


@rule
def integer(source: Source, pos: int) -> Iterator[Parsed[int]]:
    """A whole number inside a longer text, all its digits taken."""
    text = source.text
    figures = FIGURES.match(text, pos, pos + LONGEST_RUN + 1)
    if figures:
        whole = figures[0].partition(".")[0]
        if len(whole) <= LONGEST_RUN:
            yield Parsed(int(whole), pos + len(whole))
        return
    end = pos
    while end - pos < LONGEST_RUN and text[end : end + 1] in NUMERALS and end < len(text):
        end += 1
    yield from _longest_numeral(text, pos, end)


def _longest_numeral(text: str, pos: int, end: int) -> Iterator[Parsed[int]]:
    for stop in range(end, pos, -1):
        value = value_of(text[pos:stop])
        if value is not None:
            yield Parsed(int(value), stop)
            return


@rule
def amount_number(source: Source, pos: int) -> Iterator[Parsed[Decimal]]:
    """A number of hours or days: 1.5, 一点五, 三."""
    figures = FIGURES.match(source.text, pos, pos + LONGEST_RUN + 1)
    if figures:
        yield Parsed(Decimal(figures[0]), figures.end())
        return
    spoken = SPOKEN_DECIMAL.match(source.text, pos, pos + LONGEST_RUN)
    value = value_of(spoken[0]) if spoken else None
    if spoken and value is not None:
        yield Parsed(value, spoken.end())
    for whole in integer(source, pos):
        yield Parsed(Decimal(whole.node), whole.end)
