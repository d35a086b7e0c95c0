"""Sums of money as people type them: 3万5, 12.8万, 1,200元, ￥1200, 两千块, 3块5."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.reading.numbers import LONGEST, value_of
from bot.reading.source import plain
from bot.reading.values import Misread

PREFIX = re.compile(r"^(?:人民币|rmb|cny|¥|\$(?!.))+\s*")
SUFFIX = re.compile(r"\s*(?:人民币|rmb|cny)$")
WHOLE = re.compile(r"(.+?)\s*(?:元整|块钱|元钱|块整|元|块|圆)?$")
WITH_JIAO = re.compile(r"(?:(.+?)(?:块|元|圆))?零?([^块元圆角毛分]+?)(?:(?:角|毛)钱?(?:零?([^角毛分]+)分钱?)?)?$")
JIAO = re.compile(r"[块元圆角毛]")


def read_money(text: str) -> Decimal:
    """Yuan, to the fen at most; raises Misread when the text is not one sum and nothing else."""
    spelled = SUFFIX.sub("", PREFIX.sub("", plain(text).strip()))
    found = WHOLE.fullmatch(spelled[: LONGEST + 1])
    value = value_of(found[1]) if found else None
    if value is None:
        value = _with_small_change(spelled)
    if value is None or value != round(value, 2):
        raise Misread("not_money", said=text.strip()[:LONGEST])
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def _with_small_change(spelled: str) -> Decimal | None:
    """3块5 is 3.50, 12元5角3分 is 12.53, 5毛 is 0.50."""
    found = WITH_JIAO.fullmatch(spelled[: LONGEST + 1])
    if found is None or not JIAO.search(spelled):
        return None
    yuan, jiao, fen = (value_of(part) if part else Decimal(0) for part in found.groups())
    if yuan is None or jiao is None or fen is None or jiao not in range(10) or fen not in range(10):
        return None
    return yuan + jiao / 10 + fen / 100
