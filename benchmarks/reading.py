"""Expressions and sentences read a second: `python -m benchmarks.reading`."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.reading import Misread, find_time, match_command, read_time
from bot.rules.calendar import CalendarRules, calendar_for

TABLES = Path(__file__).parent.parent / "tests" / "reading"
SECONDS = 1.0
COMMANDS = ("请假", "休假", "调休", "外出")


def column(file: str, name: str) -> list[str]:
    with (TABLES / file).open(encoding="utf-8", newline="") as rows:
        return [row[name] for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)]


def rate(read: Callable[[str], object], texts: list[str], seconds: float) -> float:
    """Texts read a second, the whole list again and again for about so long."""
    for text in texts:
        read(text)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for text in texts:
            read(text)
        count += len(texts)
    return count / (time.perf_counter() - start)


def measure(seconds: float = SECONDS) -> dict[str, float]:
    """Reads a second: the agreed expressions, all expressions of the tests, sentences with command and time."""
    calendar = calendar_for(CalendarRules())
    now = datetime(2026, 11, 25, 10, 0, tzinfo=calendar.zone)

    def expression(text: str) -> None:
        with suppress(Misread):
            read_time(text, now=now, calendar=calendar)

    def sentence(text: str) -> None:
        match = match_command(text, COMMANDS)
        find_time(match.rest if match else text, now=now, calendar=calendar)

    agreed = column("time_expressions.tsv", "expression")
    further = column("more_expressions.tsv", "expression")
    sentences = column("sentences.tsv", "sentence")
    return {
        "agreed_expressions_per_second": round(rate(expression, agreed, seconds)),
        "all_expressions_per_second": round(rate(expression, agreed + further, seconds)),
        "sentences_per_second": round(rate(sentence, sentences, seconds)),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
