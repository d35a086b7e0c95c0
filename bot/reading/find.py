"""The longest time expression inside a sentence, and what only looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.reading.expressions import Expression
from bot.reading.grammar import expression
from bot.reading.numbers import NUMERALS
from bot.reading.present import Present
from bot.reading.source import Parsed, Source
from bot.reading.times import LONGEST_EXPRESSION, as_span, evaluated
from bot.reading.values import Duration, Misread, OfficeHours, Point, Reading

SEARCHED = 2_000
"""Characters of a message that are searched; a time further behind is not found."""

OTHER_KIND = frozenset({"reading.needs_end", "reading.needs_start", "reading.other_kind"})
Want = Literal["span", "point", "duration", "any"]

FIGURES = frozenset("0123456789")
COUNTING = NUMERALS | FIGURES | frozenset("百千万亿第")
LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
UNITS = frozenset("元块万千百亿平米㎡m²个人楼栋层室套间单卫台件张把座条份次倍成%℃°kwx*岁折寸")
SURNAMES = frozenset(
    "李王张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹曾彭肖蔡潘田董袁余叶蒋杜苏魏程吕丁卢姚钟姜崔"
)
PLACES = re.compile(
    r"大道|广场|[东南西北中]?路|街|新?村|大?桥|巷|小区|商场|商城|花园|中学|小学|大学|医院|[饭酒商]?店|公园|楼|厂|厅|桌|币|杯|型|款"
)
FEAST = "(?:元旦|春节|清明|端午|中秋|国庆|劳动节|五一|十一|六一|三八|五四|八一|重阳|冬至|除夕)"
BEGINS_WITH_FEAST = re.compile(FEAST)
ENDS_WITH_FEAST = re.compile(f".*{FEAST}")
ONLY_ALONE = re.compile(
    r"一点|一日|十一|三八|五四|八一|重阳|一刻|\d+\.\d+|(?:[早中下晚][午上])?[上下]班(?:时间|时)?|开门|关门|打烊|午休"
    r"|(?:到|至|直到|一直到)(?!下班).*"
)
"""Read when it is all that is said, but not picked out of a sentence."""
NOW = re.compile(r"现在|马上|这会儿?|此刻|立刻|立即|即刻|当下|目前|眼下")
NOT_BEHIND = (
    (re.compile(r".*半天"), "了老好"),
    (re.compile(r"一天"), "有那哪某"),
    (re.compile(r"今.*"), "如"),
    (re.compile(r"明.*"), "证光"),
    (re.compile(r"约.*"), "预签合相赴如条契违特邀"),
    (re.compile(r"自.*"), "亲独各来"),
    (re.compile(r"[上下][周月午].*"), "楼乡地手底"),
    (re.compile(r"本[周月].*"), "样成版基课"),
    (re.compile(r"[前后][天日].*"), "之以然随今往提"),
)
"""Pieces that belong to the word before them when it ends with one of these."""
NOT_BEFORE = (
    (
        re.compile(r"[\d一二三四五六七八九十到至\-~、]+号"),
        re.compile(r"[楼线店门院库馆厅桌柜机仓房桥地铺坑井车户单床角墙栋幢座层]"),
    ),
    (re.compile(r".*号"), re.compile(r"[码称召]")),
    (
        re.compile(r"[\d零一二三四五六七八九十两]+点"),
        re.compile(
            r"[儿滴钱事]|建议|要求|要点|问题|意见|意思|疑问|原因|想法|说明|内容|看法|注意|心得|心意|小|东西|共识|感想|改进|改动|进步|体会|评价|希望"
        ),
    ),
    (re.compile(r".*点"), re.compile(r"[点零一二三四五六七八九十\d]")),
    (re.compile(r".*日"), re.compile(r"[子期]|三餐")),
    (re.compile(r".*周"), re.compile(r"[年边期岁刊]")),
    (re.compile(r".*天"), re.compile(r"花|两头|到晚|打鱼")),
    (re.compile(r".*月"), re.compile(r"[亮饼球季嫂经\d]")),
    (re.compile(r".*时"), re.compile(r"[候间代刻期尚装工]")),
    (re.compile(r".*午"), re.compile(r"[茶好饭餐]")),
    (re.compile(r".*上"), re.compile(r"好")),
    (re.compile(r".*[早晚]"), re.compile(r"[好点餐饭辈年]")),
    (re.compile(r".*分"), re.compile(r"[析店别享钟之]")),
    (re.compile(r".*后"), re.compile(r"[面续期勤台果备座者]")),
    (re.compile(r".*前"), re.compile(r"[面台期者提途往景]")),
    (re.compile(r".*起"), re.compile(r"[床来诉码草步]")),
    (re.compile(r".*[内里]"), re.compile(r"[容墙部外衣置面]")),
)
"""Pieces that belong to the word behind them when it begins so: 3号楼, 一点建议, 下午茶."""


@dataclass(frozen=True)
class Found:
    """A time expression at `start` to `end` of the text, and its value or the question that it raises."""

    start: int
    end: int
    value: Reading | Misread


def find_time(sentence: str, *, now: datetime, calendar: OfficeHours, want: Want = "span") -> Found | None:
    """The longest expression, the earliest of equals; those of another kind than `want` only where there is no other.

    One that asks back (2月30号, 明天半天) is not passed over for a shorter one: its value is the Misread.
    Only the first 2,000 characters are searched.
    """
    source = Source(sentence[:SEARCHED])
    present = Present.of(now, calendar)
    asked: list[Found] = []
    for start, (node, end) in _longest_first(source, want):
        if any(start < other.end and other.start < end for other in asked):
            continue
        found = Found(start, end, _valued(node, sentence[start:end], present, want))
        if not (isinstance(found.value, Misread) and found.value.key in OTHER_KIND):
            return found
        asked.append(found)
    return asked[0] if asked else None


def _valued(node: Expression, text: str, present: Present, want: Want) -> Reading | Misread:
    try:
        value = evaluated(node, text, present)
        return as_wanted(value, text, want)
    except Misread as error:
        return error


def as_wanted(value: Reading, text: str, want: Want) -> Reading:
    """The value if it is of the wanted kind; Misread says what is missing."""
    if want == "span":
        return as_span(value, text)
    if want == "any" or isinstance(value, Point if want == "point" else Duration):
        return value
    raise Misread("other_kind", said=text)


def longest_place(text: str) -> tuple[int, int] | None:
    """Where the longest time expression of a text stands, whatever it means."""
    found = _longest_first(Source(text[:SEARCHED]), "span")
    return (found[0][0], found[0][1].end) if found else None


def _longest_first(source: Source, want: Want) -> list[tuple[int, Parsed[Expression]]]:
    return sorted(_candidates(source, want), key=lambda one: (one[0] - one[1].end, one[0]))


def _candidates(source: Source, want: Want) -> Iterator[tuple[int, Parsed[Expression]]]:
    """The longest plausible expression from each place."""
    for start in range(len(source.text)):
        by_end: dict[int, Parsed[Expression]] = {}
        for parsed in expression(source, start):
            by_end.setdefault(parsed.end, parsed)
        for end in sorted(by_end, reverse=True):
            if end - start <= LONGEST_EXPRESSION and is_plausible(source.text, start, end, want):
                yield start, by_end[end]
                break


def is_plausible(text: str, start: int, end: int, want: Want) -> bool:
    """Whether text[start:end] stands there as a time, not as a piece of a word, a number or a name."""
    piece = text[start:end]
    alone = not text[:start].strip() and not text[end:].strip()
    if (ONLY_ALONE.fullmatch(piece) and not alone) or (want == "span" and NOW.fullmatch(piece)):
        return False
    return _begins_well(text, start, piece) and _ends_well(text, end, piece)


def _begins_well(text: str, start: int, piece: str) -> bool:
    before = text[start - 1 : start]
    if not before:
        return True
    if before == "每" or (piece[0] in COUNTING and _goes_on(text, start - 1)):
        return False
    if before in SURNAMES and BEGINS_WITH_FEAST.match(piece):
        return False
    return not any(before in words and shape.fullmatch(piece) for shape, words in NOT_BEHIND)


def _goes_on(text: str, pos: int) -> bool:
    """Whether a number that seems to start behind this place started before it."""
    if text[pos] in ".:/-":
        return text[pos - 1 : pos] in FIGURES | LATIN
    return text[pos] in COUNTING | LATIN


def _ends_well(text: str, end: int, piece: str) -> bool:
    after = text[end : end + 1]
    if piece[-1] in FIGURES and after and (after in FIGURES | UNITS | LATIN or after in ".:/-号日点月年时天周"):
        return False
    if ENDS_WITH_FEAST.fullmatch(piece) and PLACES.match(text, end):
        return False
    return not any(shape.fullmatch(piece) and words.match(text, end) for shape, words in NOT_BEFORE)
