"""Every measure, or those named by their titles; writes docs/BENCHMARKS.md: `python -m benchmarks [Reminders …]`."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks import cases, desk, killing, processes, reading, ringing, starting, telegram, wecom, working_time
from bot.clock import Clock
from tests.services import ServiceMissing, postgresql_binaries

DOCUMENT = Path(__file__).parent.parent / "docs" / "BENCHMARKS.md"
DESK = """\
A real file, WAL, `synchronous=FULL`.

200 people of 20 stores write at once, each the next message as soon as the last is acknowledged. A message goes through
inbox, desk, outbox and delivery to a channel that does nothing, until it is marked sent. `who_is_away` is 谁休假 and
`help` is 帮助, five times each person; `leave` is 请假 周五下午 家里有事, once each person, answered by the read-back.
`bare` is the bare transaction of the same run: SQLModel inserts a row, flushes, updates it and commits; one after
another on one connection with the same durability. Each ratio is taken within its round, every figure is the median of
five rounds. Latency is from a message's scheduled arrival (50 a second for six seconds, the three texts in turn,
whether or not the ones before are done) to its answer in the channel."""

PROCESSES = """\
200 people write ten messages each (谁休假), all at once, shared out among the processes, each with a channel that does
nothing; durable as above, the server on the same processors. Fails if a message is handled, or a notice delivered, not
exactly once."""
REMINDERS = """\
A hundred due ones (people who are not back, each told in a transaction of its own) while so many others wait, on a
file with `synchronous=FULL`; medians of five rounds. `nothing_to_say` rings reminders of leave that is not there any
more: what ringing costs by itself. APScheduler's SQLAlchemy job store runs as many date jobs that do
nothing, with ten thousand waiting, on a file with SQLAlchemy's default settings."""

TELEGRAM = """\
A hundred people write 谁休假 to the bot ten times each, all at once; an update counts once its answer has reached the
Bot API. The Bot API is a fake in the process that measures, over HTTP on loopback. `desk` is the front desk in a
process of its own, on a file with `synchronous=FULL`, without the pace that Telegram asks for (25 messages a second in
all); `echo` is a bare python-telegram-bot application of the same run, which keeps nothing and sends each text back.
The ratio is taken within its round, every figure is the median of three rounds. `webhook_acknowledged` is from the POST
of an update to its 200, while fifty people write a second for six seconds: so long it takes to keep it."""

WECOM = """\
A hundred members write 谁休假 to the app, a hundred messages a second for six seconds after a second of the same,
whether or not the ones before are done; each is handled and answered too, by a front desk in a process of its own on a
file with `synchronous=FULL`. WeCom is a fake in the process that measures, over HTTP on loopback. `acknowledged` is
from the POST of a callback to its 200: so long it takes to open it and to keep it. `crypto_ratio` is messages opened a
second (signature, base64, cipher, pad, receiver) against the same bytes encrypted and decrypted by cryptography alone,
the median of five rounds."""

CASES = """\
Two hundred stores with a hundred open cases each, and a hundred thousand reminders, on a file with `synchronous=FULL`.
`step_done` is from the press of 审核通过, which ends a step and gives the next one to its owner, to the answer in a
channel that does nothing, three hundred one after another. `digests` rings the morning of every store, with its
group's digest and each person's own. `calendar_change` closes a day on which all of a store's cases are due: every
deadline moves, its reminder too, its owner is told; the median of twenty stores. Each ratio is against a tenth of the
cases and reminders: what is not touched costs nothing."""


@dataclass(frozen=True)
class Part:
    """A section of the document: how it is measured, and the measure itself."""

    title: str
    how: str
    measure: Callable[[], Mapping[str, float]]


PARTS = (
    Part("The desk on SQLite", DESK, desk.measure_sqlite),
    Part(
        "The desk on PostgreSQL",
        "The same with a server on this machine, `fsync`, `synchronous_commit` and `full_page_writes` on.",
        desk.measure_postgresql,
    ),
    Part("Several processes on PostgreSQL", PROCESSES, processes.measure),
    Part("Telegram over loopback", TELEGRAM, telegram.measure),
    Part("WeCom over loopback", WECOM, wecom.measure),
    Part("Reminders", REMINDERS, ringing.measure),
    Part("Cases", CASES, cases.measure),
    Part(
        "Starting",
        "`qiantai serve` with the sample store on SQLite, from the command to the first healthy answer.",
        starting.measure,
    ),
    Part(
        "Working time",
        "Against a walk that makes each day's sessions anew; the best of three rounds. The longer the span, the\n"
        "larger the ratio: `add_half_day` adds 3 h 15 min, `add_working` up to fifteen working days.",
        working_time.measure,
    ),
    Part("Reading", "The tables of the tests, read one expression or sentence at a time.", reading.measure),
    Part(
        "Killing",
        "kill -9 at random instants of a real demo while people write and press; fails if a promise is broken.",
        killing.measure,
    ),
    Part(
        "Killing on Telegram",
        "The same with everybody in Telegram, a strict fake over HTTP, by polling and by webhook in turn. An update\n"
        "is confirmed by an offset behind it, or by the 200 that answered it.",
        killing.measure_telegram,
    ),
)


def machine() -> list[str]:
    """What the figures were measured on, and when."""
    load = f"load {os.getloadavg()[0]:.1f} at the start"
    return [
        f"- {Clock().real():%Y-%m-%d}, {os.cpu_count()} cores, {_processor()}, {platform.system()}; {load}",
        f"- Python {platform.python_version()}, SQLAlchemy {version('sqlalchemy')}, SQLModel {version('sqlmodel')}",
        f"- SQLite {sqlite3.sqlite_version}, {_postgresql()}",
    ]


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _postgresql() -> str:
    try:
        command = [str(postgresql_binaries() / "postgres"), "--version"]
    except ServiceMissing as error:
        return str(error)
    answer: str = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return answer.strip()


def section(part: Part) -> str:
    """Measures the part; its heading, how it was measured, and a table."""
    print(part.title, file=sys.stderr, flush=True)
    rows = [f"| {name} | {value:g} |" for name, value in part.measure().items()]
    return "\n".join([f"## {part.title}", "", part.how, "", "| figure | value |", "|---|---:|", *rows])


def replaced(before: str, parts: Sequence[Part]) -> str:
    """The document with these parts measured anew; the others keep their figures."""
    for part in parts:
        fresh = section(part) + "\n"
        found = re.search(rf"^## {re.escape(part.title)}\n.*?(?=^## |\Z)", before, flags=re.MULTILINE | re.DOTALL)
        before = before.replace(found[0], f"{fresh}\n") if found else f"{before.rstrip()}\n\n{fresh}"
    return before.rstrip() + "\n"


def document(parts: Sequence[Part]) -> str:
    """Everything measured, as docs/BENCHMARKS.md holds it."""
    head = ["# Benchmarks", "", "Written by `make bench`; ratios are of one run on one machine.", "", *machine()]
    return "\n".join([*head, *(f"\n{section(part)}" for part in parts)]) + "\n"


def main(titles: Sequence[str]) -> None:
    chosen = [part for part in PARTS if part.title in titles]
    if len(chosen) < len(titles):
        raise SystemExit("choose among: " + ", ".join(part.title for part in PARTS))
    text = replaced(DOCUMENT.read_text(encoding="utf-8"), chosen) if chosen else document(PARTS)
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
