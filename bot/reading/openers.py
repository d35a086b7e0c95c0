"""The characters that a time expression can begin with, so that a sentence is searched fast."""

from __future__ import annotations

from bot.reading import amounts, day_words, feasts, hours, moments
from bot.reading.numbers import NUMERALS
from bot.reading.source import Words, words

FROM = words("从 自")
UNTIL = words("到 一直到 直到 至")
REST = words("剩下的时间 剩下时间 余下的时间 剩余时间 接下来的时间 剩下")
TODAY = words("今天 今天的 今日")
LONE_WHOLE_DAY = words("全天 一整天 整天 全日")

VOCABULARIES: tuple[Words[object], ...] = (
    FROM,
    UNTIL,
    REST,
    TODAY,
    LONE_WHOLE_DAY,
    amounts.ABOUT,
    amounts.HALVES,
    day_words.RELATIVE,
    day_words.NEAR,
    day_words.RUNS,
    day_words.FOLLOWING,
    day_words.WEEKDAY_WORDS,
    day_words.WEEK_COUNTS,
    day_words.BARE_WEEKEND,
    day_words.MONTH_COUNTS,
    day_words.BARE_MONTH_PARTS,
    day_words.YEARS,
    day_words.BARE_YEAR_EDGES,
    day_words.PASSING,
    day_words.NEXT_DAY,
    feasts.NAMES,
    feasts.NEW_YEAR_DAY,
    feasts.LUNAR,
    hours.PARTS,
    hours.SHORT_PARTS,
    hours.ENGLISH_PARTS,
    hours.MARKS,
    moments.NOW_WORDS,
)
OPENERS = frozenset("0123456789差").union(NUMERALS, *(vocabulary.openers for vocabulary in VOCABULARIES))
