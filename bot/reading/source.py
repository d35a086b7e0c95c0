"""The text being read, in one plain spelling, and the small tools that the grammar's rules are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TRADITIONAL = (
    "週周點点號号兩两個个開开後后這这禮礼時时鐘钟鍾钟頭头從从陰阴曆历歷历舊旧國国慶庆勞劳動动節节聖圣誕诞間间"
    "現现馬马剛刚內内過过萬万億亿塊块錢钱圓圆電电話话機机門门關关請请會会調调還还離离嗎吗廳厅與与來来幾几補补"
    "審审掃扫臨临設设計计預预約约訪访單单檔档換换轉转責责繫系聯联幫帮煩烦謝谢為为於于準准備备說说處处對对隨随"
    "復复餘余剩剩當当歲岁員员紅红長长黃黄雙双婦妇兒儿師师軍军黨党裡里裏里假假誰谁觀观達达銷销場场〇零"
)
DASHES = "—–−‐‑﹣─→"


def _spelling() -> dict[int, str]:
    """One character for one, so that a place in the plain text is the same place in what was typed."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {ord(old): new for old, new in zip(TRADITIONAL[::2], TRADITIONAL[1::2], strict=True)}
    table |= dict.fromkeys(map(ord, DASHES), "-") | dict.fromkeys(map(ord, "〜∼～"), "~")
    table |= dict.fromkeys(map(ord, "\u3000\u00a0\t\r\n"), " ") | {ord("﹕"): ":", ord("∶"): ":"}
    table |= {ord("￥"): "¥"} | dict.fromkeys(map(ord, "【〔［"), "(") | dict.fromkeys(map(ord, "】〕］"), ")")
    table |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    table |= {code: chr(code - 0xFEE0 + 32) for code in range(0xFF21, 0xFF3B)}
    return table


SPELLING = _spelling()
GAP = " ,;"
LONGEST_GAP = 4


def plain(text: str) -> str:
    """Half width, simplified, lower case, one kind of dash and colon; as long as `text`."""
    return text.translate(SPELLING)


class Parsed(NamedTuple, Generic[T_co]):
    """Something that the grammar knows, and where in the text it ends."""

    node: T_co
    end: int


class Source:
    """A text and what was found in it so far."""

    def __init__(self, text: str) -> None:
        self.text = plain(text)
        self.known: dict[tuple[str, int], tuple[Parsed[Any], ...]] = {}

    def gap(self, pos: int) -> int:
        """The place after the spaces and commas that stand here, a few at most."""
        end = pos
        while self.text[end : end + 1] in GAP and end - pos < LONGEST_GAP and end < len(self.text):
            end += 1
        return end

    def has(self, word: str, pos: int) -> bool:
        return self.text.startswith(word, pos)


Rule = Callable[[Source, int], tuple[Parsed[T], ...]]


def rule(parse: Callable[[Source, int], Iterator[Parsed[T]]]) -> Rule[T]:
    """Every way to read the text from a place on, the preferred one first; found once per text."""
    name = f"{parse.__module__}.{parse.__name__}"

    @wraps(parse)
    def remembered(source: Source, pos: int) -> tuple[Parsed[T], ...]:
        if pos >= len(source.text):
            return ()
        known = source.known.get((name, pos))
        if known is None:
            known = source.known[(name, pos)] = tuple(parse(source, pos))
        return known

    return remembered


class Words(Generic[T_co]):
    """A vocabulary: its keys hold all spellings of a meaning, with spaces between them."""

    def __init__(self, table: Mapping[str, T_co]) -> None:
        self.meanings = {word: meaning for words, meaning in table.items() for word in words.split()}
        self._by_first: dict[str, list[tuple[str, T_co]]] = {}
        for word in sorted(self.meanings, key=len, reverse=True):
            self._by_first.setdefault(word[0], []).append((word, self.meanings[word]))

    @property
    def openers(self) -> frozenset[str]:
        """The characters that its words begin with."""
        return frozenset(self._by_first)

    def at(self, source: Source, pos: int) -> list[Parsed[T_co]]:
        """The words that stand here, the longest first."""
        known = self._by_first.get(source.text[pos : pos + 1], ())
        return [Parsed(meaning, pos + len(word)) for word, meaning in known if source.text.startswith(word, pos)]

    def maybe(self, source: Source, pos: int) -> list[int]:
        """Where the text may go on: after each word that stands here, or right here."""
        return [*(end for _, end in self.at(source, pos)), pos]


def words(spellings: str) -> Words[bool]:
    """A vocabulary whose words need no meaning."""
    return Words({spellings: True})
