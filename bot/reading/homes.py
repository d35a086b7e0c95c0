"""Homes as customers describe them: how big (120平), which rooms (三室两厅), who lives there (一家三口), the budget."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from bot.reading.money import read_money
from bot.reading.numbers import DIGITS, NUMERALS, read_number, value_of
from bot.reading.source import plain
from bot.reading.values import Misread

T = TypeVar("T")

QUOTED = 20
LONGEST = 24
NUMBER = rf"(?:\d+(?:\.\d+)?|[{''.join(sorted(NUMERALS))}]+)"
ABOUT = r"(?:大概|大约|差不多|约|有|是)*"
AREA_UNITS = ("平方米", "平方", "平米", "个平方", "个平", "平", "方", "㎡", "m2", "m²", "m^2")
AREA_LEAD = re.compile(rf"^(?:建筑面积|套内面积|使用面积|总面积|面积|建面|套内)?[:：]?\s*{ABOUT}")
AREA = re.compile(rf"{NUMBER}\s*(?:多|来)?\s*(?:{'|'.join(map(re.escape, AREA_UNITS))})(?:左右)?", re.IGNORECASE)
SMALLEST_AREA, LARGEST_AREA = 10, 9999

ROOMS = {
    "室": "室",
    "房": "室",
    "居室": "室",
    "居": "室",
    "厅": "厅",
    "卫": "卫",
    "厨": "厨",
    "阳台": "阳台",
    "阳": "阳台",
}
ROOM_WORDS = "|".join(sorted(ROOMS, key=len, reverse=True))
ROOM = re.compile(rf"({NUMBER})个?({ROOM_WORDS})")
KIND = r"(?:大平层|平层|复式|跃层|别墅|联排|叠拼|loft|单间|开间|公寓|商铺|办公室)"
LAYOUT = re.compile(rf"(?:{NUMBER}个?(?:{ROOM_WORDS}))+(?:{KIND})?|{KIND}")
LAYOUT_LEAD = re.compile(rf"^(?:户型|房型)?[:：]?{ABOUT}")
MOST_ROOMS = 20
NUMERAL = "零一两三四五六七八九十"

PEOPLE = "(?:口人|口之家|口子|口|个人|人|位)"
RESIDENTS = (
    re.compile(rf"(?:一家|全家|家里|常住|住|我们|共|一共|夫妻|就|我|{ABOUT})*(?P<all>{NUMBER}|俩)(?:{PEOPLE})?(?:住)?"),
    re.compile(rf"(?P<big>{NUMBER})(?:个)?大人?(?P<small>{NUMBER})(?:个)?(?:小孩?|娃|孩子?)"),
)
RESIDENTS_INSIDE = re.compile(
    rf"(?:一家|全家)(?:有)?{NUMBER}口人?|(?:常住)?{NUMBER}{PEOPLE}|{NUMBER}个?大人?{NUMBER}个?(?:小孩?|孩子?)"
)
MOST_RESIDENTS = 30

BUDGET_WORDS = re.compile(r"预算|大概|大约|差不多|左右|上下|以内|之内|以下|不超过|最多|约|总共|一共|是|在|的|吧|\s")
RANGE = re.compile(r"到|至|-|~|或者?")
# Whoever says 20 or 15到20 of a home means so many 万.
SMALLEST_BUDGET = 1000
TEN_THOUSAND = 10_000


@dataclass(frozen=True)
class Standing:
    """Where something stands in longer words."""

    start: int
    end: int


def read_area(text: str) -> Decimal:
    """Square metres of 120平, 一百二十平米, 约89.5㎡ or just 120; raises Misread for anything else."""
    spelled = AREA_LEAD.sub("", plain(text).strip()).removesuffix("左右")
    bare = re.sub(rf"[多来](?=\s*(?:{'|'.join(map(re.escape, AREA_UNITS))})?$)", "", spelled)
    try:
        value = Decimal(read_number(bare, units=AREA_UNITS))
    except Misread:
        raise Misread("not_an_area", said=text.strip()[:QUOTED]) from None
    if not SMALLEST_AREA <= value <= LARGEST_AREA:
        raise Misread("area_unlikely", least=SMALLEST_AREA, most=LARGEST_AREA)
    return round(value, 2)


def find_area(words: str) -> Standing | None:
    """Where an area with its unit stands in words without spaces: 锦绣花园120平三室."""
    return _standing(AREA, words, read_area)


def read_layout(text: str) -> str:
    """三室两厅一卫 of 3室2厅1卫, 三房两厅一卫 or 三居室; 复式, 别墅 and the like stay what they are."""
    spelled = LAYOUT_LEAD.sub("", plain(text).replace(" ", "").strip()).removesuffix("的")
    if len(spelled) > LONGEST or not LAYOUT.fullmatch(spelled):
        raise Misread("not_a_layout", said=text.strip()[:QUOTED])
    rooms = [(value_of(number), ROOMS[word]) for number, word in ROOM.findall(spelled)]
    if any(count is None or count != int(count) or not 0 <= count <= MOST_ROOMS for count, _ in rooms):
        raise Misread("not_a_layout", said=text.strip()[:QUOTED])
    counted = "".join(f"{_numeral(int(count or 0))}{word}" for count, word in rooms)
    kind = re.search(rf"{KIND}$", spelled)
    return counted + (kind[0] if kind else "")


def find_layout(words: str) -> Standing | None:
    return _standing(LAYOUT, words, read_layout)


def read_residents(text: str) -> int:
    """4 of 4口人, 四个人, 一家四口, 两大两小 or just 4; raises Misread for anything else."""
    spelled = plain(text).replace(" ", "").strip()
    found = next((one for shape in RESIDENTS if (one := shape.fullmatch(spelled[: LONGEST + 1]))), None)
    counted = [_count(number) for number in found.groupdict().values()] if found else [None]
    if any(one is None for one in counted):
        raise Misread("not_residents", said=text.strip()[:QUOTED])
    people = sum(one or 0 for one in counted)
    if not 1 <= people <= MOST_RESIDENTS:
        raise Misread("residents_unlikely", most=MOST_RESIDENTS)
    return people


def find_residents(words: str) -> Standing | None:
    return _standing(RESIDENTS_INSIDE, words, read_residents)


def read_budget(text: str) -> int:
    """Yuan that a customer wants to spend at most: 20万左右, 15到20万, 二十万以内, 20."""
    spelled = BUDGET_WORDS.sub("", plain(text))
    said = RANGE.split(spelled[: LONGEST + 1])[-1].removesuffix("多").removesuffix("来")
    try:
        amount = read_money(said)
    except Misread:
        raise Misread("not_a_budget", said=text.strip()[:QUOTED]) from None
    yuan = int(amount * TEN_THOUSAND if amount < SMALLEST_BUDGET else amount)
    if yuan < TEN_THOUSAND:
        raise Misread("not_a_budget", said=text.strip()[:QUOTED])
    return yuan


def _count(spelled: str) -> int | None:
    value = value_of(spelled) if spelled not in DIGITS else Decimal(DIGITS[spelled])
    return int(value) if value is not None and value == int(value) else None


def _numeral(count: int) -> str:
    """As people say it of rooms: 两室, 十一室 in figures."""
    return NUMERAL[count] if count < len(NUMERAL) else str(count)


def _standing(shape: re.Pattern[str], words: str, read: Callable[[str], T]) -> Standing | None:
    """The first place where the shape stands and can be read."""
    for found in shape.finditer(plain(words)):
        try:
            read(found[0])
        except Misread:
            continue
        return Standing(found.start(), found.end())
    return None
