"""How the answers to `qiantai init` are read; each function takes what was typed and may raise Wrong."""

from __future__ import annotations

import re
from collections.abc import Collection

from pydantic import ValidationError

from bot.operating.asking import Wrong
from bot.operating.surnames import SURNAMES
from bot.reading import Misread, read_phone
from bot.rules.opening import Season, Weekday
from storage.staff import Role

KEY = re.compile(r"[a-z][a-z0-9_]{0,30}")
WEEKDAYS = "一二三四五六日"
NONE = {"无", "没有", "不", "no", "none", "-"}
SEPARATORS = re.compile(r"[\s、，,;；/和]+")
DASHES = re.compile(r"\s*(?:[-–—~～至到])\s*")
LONGEST_NAME, LONGEST_STORE_NAME, LONGEST_DEPARTMENT = 20, 40, 20


def store_name(said: str) -> str:
    return _short(said, LONGEST_STORE_NAME)


def department(said: str) -> str:
    return "" if said in NONE else _short(said, LONGEST_DEPARTMENT) if said else ""


def _short(said: str, most: int) -> str:
    if not said or len(said) > most or not said.isprintable():
        raise Wrong("init.wrong_text", most=most)
    return said


def person_name(said: str, *, taken: Collection[str]) -> str:
    name = _short(said, LONGEST_NAME)
    if name in taken:
        raise Wrong("init.wrong_name_taken", name=name)
    return name


def key(said: str, *, taken: Collection[str]) -> str:
    if KEY.fullmatch(said) is None:
        raise Wrong("init.wrong_key", said=said)
    if said in taken:
        raise Wrong("init.wrong_key_taken", said=said)
    return said


def proposed_key(name: str, role: Role, *, taken: Collection[str]) -> str:
    """The surname as it is spelled, the role where it is not known; a number where that is taken."""
    latin = re.sub(r"[^a-z0-9_]", "", name.lower())
    stem = SURNAMES.get(name[:2]) or SURNAMES.get(name[:1]) or (latin if KEY.fullmatch(latin) else role.value)
    numbered = (stem if number == 1 else f"{stem}{number}" for number in range(1, len(taken) + 2))
    return next(one for one in numbered if one not in taken)


def roles(said: str) -> list[Role]:
    """`2` or `1 2`: the numbers under which the roles were shown."""
    known = list(Role)
    numbers = [int(digit) for digit in re.findall(r"\d+", said)]
    if not numbers or any(not 1 <= number <= len(known) for number in numbers):
        raise Wrong("init.wrong_roles", said=said, most=len(known))
    return [known[number - 1] for number in dict.fromkeys(numbers)]


def phone(said: str) -> str:
    if not said or said in NONE:
        return ""
    try:
        return read_phone(said)
    except Misread:
        raise Wrong("init.wrong_phone", said=said) from None


def sessions(said: str) -> list[str]:
    """`9:00-12:00 14:00-17:30`, with whatever dashes and commas."""
    parts = [part for part in SEPARATORS.split(DASHES.sub("-", said.replace("：", ":")).strip()) if part]
    try:
        season = Season.model_validate({"name": "x", "starts": "01-01", "sessions": parts})
    except ValidationError as invalid:
        error = invalid.errors()[0]
        raise Wrong(error["type"], **error.get("ctx", {})) from None
    return [str(hours) for hours in season.sessions]


def weekdays(said: str) -> list[Weekday]:
    """`周三 周六`, `三六`, or none; never all seven."""
    if said in NONE:
        return []
    left = re.sub(r"星期|礼拜|周|每", "", said.replace("天", "日").replace("7", "日"))
    days = [char for char in left if not SEPARATORS.fullmatch(char)]
    numbers = sorted({"123456".find(day) if day.isdigit() else WEEKDAYS.find(day) for day in days})
    if not numbers or numbers[0] < 0 or len(numbers) == len(WEEKDAYS):
        raise Wrong("init.wrong_weekdays", said=said)
    return [list(Weekday)[number] for number in numbers]


def weekday(said: str) -> Weekday:
    days = weekdays(said)
    if len(days) != 1:
        raise Wrong("init.wrong_weekday", said=said)
    return days[0]


def ordinals(said: str) -> list[int]:
    """`2 4`, or none."""
    if said in NONE:
        return []
    numbers = sorted({int(digit) for digit in re.findall(r"\d+", said)})
    if not numbers or not set(numbers) <= {1, 2, 3, 4, 5}:
        raise Wrong("init.wrong_ordinals", said=said)
    return numbers
