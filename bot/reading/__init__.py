"""What people type, read as typed values: times, numbers, money, phones, and sentences cut into their parts."""

from bot.reading.describe import describe
from bot.reading.find import Found, find_time
from bot.reading.homes import (
    Standing,
    find_area,
    find_layout,
    find_residents,
    read_area,
    read_budget,
    read_layout,
    read_residents,
)
from bot.reading.money import read_money
from bot.reading.numbers import read_number
from bot.reading.phones import read_phone
from bot.reading.sentence import Match, Segment, leftover, match_command, segments, without_joining_words
from bot.reading.times import as_span, check_future, clip_to_now, is_past, read_span, read_time
from bot.reading.values import Duration, Misread, OfficeHours, Point, Reading, Span

__all__ = [
    "Duration",
    "Found",
    "Match",
    "Misread",
    "OfficeHours",
    "Point",
    "Reading",
    "Segment",
    "Span",
    "Standing",
    "as_span",
    "check_future",
    "clip_to_now",
    "describe",
    "find_area",
    "find_layout",
    "find_residents",
    "find_time",
    "is_past",
    "leftover",
    "match_command",
    "read_area",
    "read_budget",
    "read_layout",
    "read_money",
    "read_number",
    "read_phone",
    "read_residents",
    "read_span",
    "read_time",
    "segments",
    "without_joining_words",
]
