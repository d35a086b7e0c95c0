"""Reading a time: the whole text is a time expression, or there is no answer; and what a form asks of the time."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.reading.expressions import Expression
from bot.reading.grammar import expression
from bot.reading.present import Present
from bot.reading.source import Source, Words, words
from bot.reading.values import Duration, Misread, OfficeHours, Point, Reading, Span

LONGEST_EXPRESSION = 60
LONGEST_SAID = 20
EDGES = " ,;。.!?、"
LEADS = words("就 在 于 那就 改到 定在 要 是 嗯 想 大概 大约 差不多 约在 安排在")
TAILS = words("吧 呗 啊 呀 哈 哦 呢 嘛 的 可以 行 行吗 可以吗 好了")
VAGUE = Words(
    {
        "改天 过两天 过几天 这几天 最近 有空 尽快 回头 晚点 晚些时候 早点 一会 一会儿 待会 待会儿 等会 等会儿 等一下 "
        "过会儿 过一会儿 年前 年后 节前 节后 几天 两三天 三四天 过阵子 下次 到时候": True
    }
)


def parsed(text: str) -> Expression | None:
    """The whole text as one expression, polite words at its edges aside; None when it is anything else."""
    trimmed = text.strip().strip(EDGES)
    if not trimmed or len(trimmed) > LONGEST_EXPRESSION:
        return None
    source = Source(trimmed)
    for start in sorted(LEADS.maybe(source, 0)):
        for node, end in expression(source, source.gap(start)):
            if len(trimmed) in (end, *TAILS.maybe(source, end)):
                return node
    return None


def read_time(text: str, *, now: datetime, calendar: OfficeHours) -> Reading:
    """What the text means at `now`, past or future; Misread when it is no time, or one that cannot be.

    Whole days start and end at midnight, parts of the day follow the season's hours.
    """
    node = parsed(text)
    if node is None:
        is_vague = text.strip().strip(EDGES) in VAGUE.meanings
        raise Misread("vague" if is_vague else "not_a_time", said=shown(text))
    return evaluated(node, text, Present.of(now, calendar))


def evaluated(node: Expression, text: str, present: Present) -> Reading:
    """The node's value; a misreading knows the text that it comes from."""
    try:
        return node.value(present)
    except Misread as error:
        error.values.setdefault("said", shown(text))
        raise


def shown(text: str) -> str:
    """The text as a sentence may quote it."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…"


def read_span(text: str, *, now: datetime, calendar: OfficeHours) -> Span:
    """The same for a question that needs a start and an end: a point or a duration is asked back."""
    return as_span(read_time(text, now=now, calendar=calendar), text)


def as_span(value: Reading, text: str) -> Span:
    if isinstance(value, Point):
        raise Misread("needs_end", at=value.at, said=shown(text))
    if isinstance(value, Duration):
        raise Misread("needs_start", said=shown(text))
    return value


def clip_to_now(span: Span, now: datetime) -> Span:
    """What is left of a span that has begun, from this minute on; any other span as it is."""
    minute = now.astimezone(span.start.tzinfo).replace(second=0, microsecond=0)
    return Span(minute, span.end) if span.start < minute < span.end else span


def is_past(value: Reading, now: datetime) -> bool:
    """Whether a point is before this minute, or a span has ended; a duration never is."""
    if isinstance(value, Point):
        return value.at < now.replace(second=0, microsecond=0)
    return isinstance(value, Span) and value.end <= now


def check_future(value: Reading, now: datetime) -> None:
    """Misread "past" for what is past, with the choice to record it afterwards or to take another time."""
    if not is_past(value, now) or isinstance(value, Duration):
        return
    start = value.at if isinstance(value, Point) else value.start
    days_ago = (now.astimezone(start.tzinfo).date() - start.date()) // timedelta(days=1)
    point, span = (value.at, None) if isinstance(value, Point) else (None, value)
    raise Misread("past", at=point, span=span, days_ago=days_ago)
