"""Cutting what people type: segments, the command word wherever it stands, and the words that only join."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bot.reading.find import SEARCHED, longest_place
from bot.reading.grammar import expression, lasting
from bot.reading.source import Source, plain

CUT = re.compile(r"[^\s，、；,;]+(?:,(?=\d{3}(?!\d))[^\s，、；,;]+)*")
EDGES = " \t\r\n，、；,;。.!！?？:：~～"
MARKS = " /"
LONGEST_BETWEEN = 16
STRIPPED_WORDS = 16
LONGEST_WORD = 8
MEASURES = tuple(map(re.compile, ("", "了", "了?一?[个次下趟]", "一会儿?")))
KIND = re.compile(r"(?:[病事年婚产丧探陪护育][产亲理儿]?|婚丧|丧葬)")
OF = "的"


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


STRONG_LEADS = _words(
    "因为 由于 所以 想要 我想要 我想 我要 想请 想 要 需要 打算 准备 申请 希望 麻烦 帮我 帮忙 您好 你好 大家好",
    "老板 领导 那个 嗯 哦 额 主要是 原因是 原因 事由是 事由 理由是 理由 是因为 可不可以 可以 能不能 能否 特此 现 因",
    "并 吧 了 呢 的话 的 请问 请帮我",
)
WEAK_LEADS = _words("我 请 个 在 就 是 得 也 都 从 到 于 和 那 这 会 还 再 先 一下 有 去 有个 本人 咱 说")
STRONG_TAILS = _words(
    "因为 由于 所以 想要 想 要 需要 打算 准备 申请 希望 我想 我要 吧 了吧 呢 吗 啊 呀 哈 哦 呗 谢谢 多谢 感谢 十分感谢",
    "非常感谢 请批准 望批准 恳请批准 请领导批准 予以批准 批准 行吗 行不 好吗 可以吗 可以不 能行吗 可不可以 能不能 可以",
    "麻烦了 辛苦了 的话 所以想 就 请 故 特 我 本人 能",
)
WEAK_TAILS = _words("个 在 是 的 得 也 都 从 到 于 和 那 会 还 再 先 一下 有个 咱 去 来 了")
NOT_LEADS = re.compile(
    r"要紧|要事|要[求账债好害闻点]|想[念法象]|的士|的确|因[素公私此果]|现[场金状货房]|并[购且]|需要?求|可以说"
    r"|准备会|了[解结]|老板[娘的]|领导[的来要]|申请[书表]"
)
NOT_TAILS = re.compile(
    r".*(?:[重主必紧次不]要|[可性功职智技不才]能|理想|思想|联想|回想|着想|[邀宴]请|成就|迁就|[事缘变世]故|独特|模特)"
)
"""Words of their own that only begin or end like joining words."""


@dataclass(frozen=True)
class Segment:
    """A piece of a line between spaces and commas, at `start` to `end` of it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Match:
    """A command word found at `start` to `end` of a line, and the rest of the line without it."""

    word: str
    rest: str
    start: int
    end: int


def segments(line: str) -> list[Segment]:
    """The line cut at white space and ，、；, of both widths; the comma of 1,200 cuts nothing."""
    return [Segment(found[0], found.start(), found.end()) for found in CUT.finditer(line)]


def match_command(line: str, words: Sequence[str]) -> Match | None:
    """The command word that the line begins with, otherwise the longest one in it, the earliest of equals.

    A two-character word is found apart too: 请个假; 请两天假, whose 两天 stays in the rest; 请病假, whose 病假 does.
    What leads up to the word (我想, 要) goes with it.
    """
    spelled = plain(line)
    begins = len(spelled) - len(spelled.lstrip(MARKS))
    letters = set(spelled)
    standing = [word for word in words if _as_spelled(word)[0] in letters]
    found = [match for word in standing for match in _matches(line, spelled, word)]
    return min(found, key=lambda one: (one.start > begins, -len(one.word), one.start), default=None)


@cache
def _as_spelled(word: str) -> str:
    """A command word as lines are compared; there are as many as the features and the stores have."""
    return plain(word)


def _matches(line: str, spelled: str, word: str) -> Iterator[Match]:
    pattern = _as_spelled(word)
    start = spelled.find(pattern)
    if start >= 0:
        end = start + len(word)
        head, tail = _without_tails(line[:start].strip(MARKS)), line[end:]
        length = _length_at_start(tail)
        yield Match(word, _rest(*_beside_a_time(head, tail[:length], tail[length:])), start, end)
    if len(word) == 2:
        yield from _apart(line, spelled[:SEARCHED], word)


def _apart(line: str, spelled: str, word: str) -> Iterator[Match]:
    """The two characters of the word with a measure, a time or a kind of leave between them."""
    spelling = _as_spelled(word)
    verb, noun = spelling[0], spelling[1]
    start = spelled.find(verb)
    while start >= 0:
        end = spelled.find(noun, start + 2, start + 2 + LONGEST_BETWEEN)
        inside = _between(spelled, start + 1, end) if end > 0 else None
        if inside:
            kind = line[inside.kind : end + 1] if inside.kind < end else ""
            head = f"{_without_tails(line[:start].strip(MARKS))} {kind}".strip()
            rest = _rest(*_beside_a_time(head, line[inside.start : inside.end], line[end + 1 :]))
            yield Match(word, rest, start, end + 1)
            return
        start = spelled.find(verb, start + 1)


@dataclass(frozen=True)
class Between:
    """What stands between the characters of a word: a time from `start` to `end`, a kind from `kind` on."""

    start: int
    end: int
    kind: int


def _between(spelled: str, start: int, end: int) -> Between | None:
    """A measure, then nothing or exactly a time, 的, a kind of leave; None when it is anything else."""
    kind = next((at for at in range(start, end) if KIND.fullmatch(spelled, at, end)), end)
    measured = (measure.match(spelled, start, kind) for measure in MEASURES)
    for inner in (found.end() for found in measured if found):
        stop = kind - spelled[inner:kind].endswith(OF)
        if _is_time(spelled[inner:stop]):
            return Between(inner, stop, kind)
    return None


def _beside_a_time(head: str, inside: str, tail: str) -> tuple[str, ...]:
    """A length from inside the word goes next to the time before or behind it, so that they are read together."""
    if not _is_length(inside.strip(EDGES)):
        return head, inside, tail
    before, behind = longest_place(head), longest_place(tail)
    if before:
        return head[: before[1]], inside, head[before[1] :], tail
    if behind:
        return head, tail[: behind[0]], inside, tail[behind[0] :]
    return head, inside, tail


def _length_at_start(text: str) -> int:
    """Where the length that the text begins with ends, 0 when it begins with none or with another time."""
    source = Source(text[:LONGEST_BETWEEN])
    start = source.gap(0)
    length = max((end for _, end in lasting(source, start)), default=0)
    return length if all(end <= length for _, end in expression(source, start)) else 0


def _is_length(text: str) -> bool:
    return any(end == len(text) for _, end in lasting(Source(text), 0))


def _is_time(text: str) -> bool:
    """Whether nothing or exactly a time expression stands there."""
    text = text.strip()
    return not text or any(end == len(text) for _, end in expression(Source(text), 0))


def _rest(*pieces: str) -> str:
    """What is left of a line, a space where something was taken out."""
    return " ".join(piece.strip() for piece in pieces if piece.strip())


def without_joining_words(text: str) -> str:
    """The text without the joining words at its edges (我想, 因为, 吧), empty when there is nothing else.

    Words that also begin or end ordinary ones (我, 个, 在) fall only next to other joining words.
    """
    text = _without_leads(text.strip(EDGES))
    return _without_tails(text)


def _without_leads(text: str) -> str:
    kept, weak = text, text
    for _ in range(STRIPPED_WORDS):
        strong = _longest(STRONG_LEADS, weak.startswith) and not NOT_LEADS.match(weak)
        word = _longest(STRONG_LEADS if strong else WEAK_LEADS, weak.startswith)
        if not word:
            break
        weak = weak[len(word) :].lstrip(EDGES)
        if strong or not weak:
            kept = weak
    return kept


def _without_tails(text: str) -> str:
    kept, weak = text, text
    for _ in range(STRIPPED_WORDS):
        strong = _longest(STRONG_TAILS, weak.endswith) and not NOT_TAILS.fullmatch(weak[-LONGEST_WORD:])
        word = _longest(STRONG_TAILS if strong else WEAK_TAILS, weak.endswith)
        if not word:
            break
        weak = weak[: -len(word)].rstrip(EDGES)
        if strong or not weak:
            kept = weak
    return kept


def _longest(words: tuple[str, ...], stands: Callable[[str | tuple[str, ...]], bool]) -> str:
    """The longest of the words that stands at the edge; asking for all at once first is quick."""
    return max((word for word in words if stands(word)), key=len) if stands(words) else ""


def leftover(text: str, *taken: tuple[int, int]) -> str:
    """What is left as free text when the ranges `taken` are cut out: joining words fall away at each piece's edges."""
    pieces, at = [], 0
    for start, end in [*sorted(taken), (len(text), len(text))]:
        pieces += [segment.text for segment in segments(text[at:start])]
        at = max(at, end)
    kept = (without_joining_words(piece) for piece in pieces)
    return "，".join(piece for piece in kept if piece)
