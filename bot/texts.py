"""Every word that a person reads: Jinja2 blocks by key, and how days and hours are written."""

from __future__ import annotations

import html
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
WEEKDAYS = "一二三四五六日"
NUMERAL = "0-9A-Za-z一二三四五" + "六七八九十"
DOOR = re.compile(rf"[{NUMERAL}]{{1,4}}\s*(?:号楼|栋|幢|单元|座).*|[0-9]{{1,2}}-[0-9]{{1,2}}-[0-9]{{3,4}}.*")
PHONE_IN_WORDS = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(?:1\d(?:[ -]?\d){9}|0\d{2,3}[ -]?\d{7,8})(?!\d)")
TAGS = re.compile(r"</?(?:b|time|at)(?: [^>]*)?>")
MENTIONS = re.compile(r"</?at(?: [^>]*)?>")
NEAR_DAYS = {-1: "昨天", 0: "今天", 1: "明天"}


@dataclass(frozen=True)
class Setting:
    """Where and when a text is read: the store's zone and its present moment (aware)."""

    now: datetime
    zone: ZoneInfo


_setting: ContextVar[Setting] = ContextVar("setting")


@contextmanager
def reading_at(now: datetime, zone: ZoneInfo) -> Iterator[None]:
    """Texts rendered inside are written for this moment and zone."""
    token = _setting.set(Setting(now, zone))
    try:
        yield
    finally:
        _setting.reset(token)


def local(at: datetime) -> datetime:
    return at.astimezone(_setting.get().zone)


def today() -> date:
    return local(_setting.get().now).date()


def plain_day(day: date) -> str:
    """`周五 11月27日`, with the year where it is not this one."""
    year = "" if day.year == today().year else f"{day.year}年"
    return f"周{WEEKDAYS[day.weekday()]} {year}{day.month}月{day.day}日"


def spoken_day(day: date) -> str:
    """`周五 11月27日`, or `明天（周四 11月26日）` when it is yesterday, today or tomorrow."""
    day = local(day).date() if isinstance(day, datetime) else day
    near = NEAR_DAYS.get((day - today()).days)
    return f"{near}（{plain_day(day)}）" if near else plain_day(day)


def clock_time(at: datetime | time) -> str:
    """`9:05` in the store's zone; the end of a day reads 24:00 where a span needs it."""
    at = local(at) if isinstance(at, datetime) else at
    return f"{at.hour}:{at.minute:02d}"


def moment(at: datetime) -> str:
    """`明天（周四 11月26日）17:30`."""
    day = spoken_day(local(at).date())
    return f"{day}{'' if day.endswith('）') else ' '}{clock_time(at)}"


def printed(at: datetime) -> str:
    """`2026年11月27日 周五 17:30`: on paper no day is 明天."""
    day = local(at).date()
    return f"{day.year}年{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]} {clock_time(at)}"


def span(value: Any) -> str:
    """`周五 11月27日 14:00–17:30`, `周五 11月27日`, `周五 11月27日 至 周一 11月30日`; the end is exclusive."""
    start, end = local(value.start), local(value.end)
    last = (end - timedelta(microseconds=1)).date()
    whole = start.time() == time() and end.time() == time()
    if whole and start.date() == last:
        return spoken_day(last)
    if whole:
        return f"{plain_day(start.date())} 至 {plain_day(last)}"
    if start.date() == last:
        day = spoken_day(last)
        gap = "" if day.endswith("）") else " "
        return f"{day}{gap}{clock_time(start)}–{'24:00' if end.time() == time() else clock_time(end)}"
    until = f"{plain_day(last)} 24:00" if end.time() == time() else f"{plain_day(end.date())} {clock_time(end)}"
    return f"{plain_day(start.date())} {clock_time(start)} 至 {until}"


def working_amount(minutes: int) -> str:
    """Minutes of working time as people say them: `3 小时 15 分`, `30 分钟`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} 分钟"
    return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"


def hour(at: datetime) -> str:
    """`16:00` today; on another day with the day."""
    return clock_time(at) if local(at).date() == today() else moment(at)


def month_day(written: str) -> str:
    """`5月1日` of `05-01`."""
    month, _, day = written.partition("-")
    return f"{int(month)}月{int(day)}日"


def today_span(value: Any) -> str:
    """`14:00–16:00` when both are today, for a group that reads it at once; otherwise with the day."""
    start, end = local(value.start), local(value.end)
    return f"{clock_time(start)}–{clock_time(end)}" if start.date() == end.date() == today() else span(value)


def discreet(words: str) -> str:
    """A place as a group may read it: to the estate, without the door, every phone number masked (HANDBOOK 4)."""
    return without_numbers(DOOR.sub("", words).strip(" ，,·") or words)


def yuan(amount: str) -> str:
    """A sum as people say it: `12.8 万元`, `7,200 元`, `128,350.50 元`."""
    value = Decimal(amount)
    if value >= 10_000 and value % 100 == 0:
        return f"{(value / 10_000).normalize():f} 万元"
    return f"{value:,.2f} 元" if value % 1 else f"{value:,.0f} 元"


def without_numbers(words: str) -> str:
    """What people wrote, every phone number in it masked."""
    return PHONE_IN_WORDS.sub(lambda found: masked(re.sub(r"[ -]", "", found[0])), words)


def masked(phone: str) -> str:
    """`138****5678`."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "****"


def _compiled() -> BytecodeCache | None:
    """Templates are compiled once and kept beside them, as Python keeps its own modules; not where nobody may write."""
    folder = TEMPLATES / "__pycache__"
    if sys.dont_write_bytecode:
        return None
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        bytecode_cache=_compiled(),
    )
    made.filters |= {
        "day": spoken_day,
        "plain_day": plain_day,
        "clock": clock_time,
        "moment": moment,
        "due": due,
        "mention": mention,
        "printed": printed,
        "span": span,
        "amount": working_amount,
        "masked": masked,
        "hour": hour,
        "month_day": month_day,
        "today_span": today_span,
        "discreet": discreet,
        "without_numbers": without_numbers,
        "yuan": yuan,
        "t": lambda key: Markup(text(key)),
    }
    made.globals["words"] = made.get_template("words.j2").module
    return made


@cache
def _template(stem: str) -> Template:
    return environment().get_template(f"{stem}.j2")


def text(key: str, /, **values: Any) -> str:
    """The block `leave.submitted` as markup: escaped text, `<b>`, `<time>`, `<at>` and line breaks, nothing else.

    Raises KeyError for an unknown key and UndefinedError for a value that the block needs and did not get.
    """
    stem, _, block = key.partition(".")
    template = _template(stem)
    context = template.new_context(values)
    lines = "".join(template.blocks[block](context)).strip().splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def keys() -> set[str]:
    """Every key that the templates hold."""
    stems = [path.stem for path in TEMPLATES.glob("*.j2")]
    return {f"{stem}.{block}" for stem in stems for block in _template(stem).blocks}


def plain(markup: str) -> str:
    """Markup as a plain line of text, for channels and logs without formatting."""
    return html.unescape(TAGS.sub("", markup))


def without_mentions(markup: str) -> str:
    """Markup for a channel where everybody reads everything anyway."""
    return MENTIONS.sub("", markup)


def due(at: datetime) -> Markup:
    """A moment until which something is to be done, which a platform may show in the reader's own zone."""
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), moment(at))


def mention(name: str, staff_id: int) -> Markup:
    """Somebody's name, so that they notice it where the platform can do that."""
    return Markup('<at staff="{}">{}</at>').format(staff_id, name)


def safe(markup: str) -> Markup:
    """A text that was rendered already, to stand inside another without being escaped twice."""
    return Markup(markup)
