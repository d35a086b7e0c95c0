"""The grammar of whole time expressions: ranges, lists, a start with a length, single moments."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bot.reading.amounts import Amount, amount
from bot.reading.dates import day
from bot.reading.days import DayNode, Weekdays
from bot.reading.expressions import (
    NOW,
    Counted,
    Expression,
    Lasting,
    Limit,
    Onwards,
    Range,
    Rest,
    Several,
    Single,
    Starting,
    Within,
)
from bot.reading.hours import PARTS, SHORT_PARTS, Clock, PartTime, time
from bot.reading.moments import Moment, Node, moment
from bot.reading.months import DayOfMonth
from bot.reading.numbers import integer
from bot.reading.openers import FROM, LONE_WHOLE_DAY, OPENERS, REST, TODAY, UNTIL
from bot.reading.present import Part
from bot.reading.source import Parsed, Rule, Source, Words, rule, words

LONGEST_LIST = 7

TO = words("到 至 - -- ~ ~~ 一直到 直到 到了 至到")
AND = words("、 和 与 跟 及 以及 还有 & +")
ONWARDS = words("起 开始 开始起 以后 之后 后 往后 算起 起算 开始算")
BEFORE = words("前 之前 以前")
INSIDE = words("内 之内 以内 里 之间")
ALTOGETHER = words("共 一共 总共 共计 合计")
WHOLE_DAY = words("全天 一整天 整天 一天 整日 全日 整个一天 一全天 整整一天")
WEEKDAY_CHARS = Words({"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日 天": 6})


@rule
def _single(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    for known, end in moment(source, pos):
        yield Parsed(Single(known), end)


@rule
def time_first(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """下午，明天 and 2点到4点 明天: the time before its day, with a gap between them."""
    for known, after in time(source, pos):
        for named, end in _day_behind(source, after):
            yield Parsed(Single(Moment(named, known)), end)
    for whole, after in _range(source, pos):
        first = whole.first
        if isinstance(first, Moment) and not first.day and not _has_day(whole.last):
            for named, end in _day_behind(source, after):
                yield Parsed(Range(Moment(named, first.time), whole.last), end)


def _day_behind(source: Source, pos: int) -> tuple[Parsed[DayNode], ...]:
    start = source.gap(pos)
    return day(source, start) if start > pos else ()


@rule
def lasting(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    for known, end in amount(source, pos):
        yield Parsed(Lasting(known), end)


@rule
def whole_day(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """明天全天; by itself 全天 is today."""
    for _, end in LONE_WHOLE_DAY.at(source, pos):
        yield Parsed(Single(Moment()), end)
    for named, after in day(source, pos):
        start = source.gap(after + source.has("的", after))
        for _, end in WHOLE_DAY.at(source, start):
            yield Parsed(Single(Moment(named)), end)


@rule
def _range(source: Source, pos: int) -> Iterator[Parsed[Range]]:
    for start in FROM.maybe(source, pos):
        for known, after in moment(source, start):
            for _, middle in TO.at(source, source.gap(after)):
                for last, end in moment(source, source.gap(middle)):
                    yield Parsed(Range(known, last), end)
        yield from _bare_range(source, start)


def _bare_range(source: Source, pos: int) -> Iterator[Parsed[Range]]:
    """2-4点, 周五上午9到11点, 5到7号: the first number takes its unit from the second."""
    for named, part, start in _bare_heads(source, pos):
        for number, after in integer(source, start):
            for _, middle in TO.at(source, source.gap(after)) if number < 100 else ():
                for last, end in moment(source, source.gap(middle)):
                    first = _with_unit(number, named, part, last)
                    if first:
                        yield Parsed(Range(first, last), end)


def _bare_heads(source: Source, pos: int) -> Iterator[tuple[DayNode | None, Part | None, int]]:
    """What may stand before the bare number: a day, a part of the day, both or nothing."""
    for named, after in chain(day(source, pos), [Parsed(None, pos)]):
        start = source.gap(after) if named else after
        for part, end in chain(PARTS.at(source, start), SHORT_PARTS.at(source, start)):
            yield named, part, source.gap(end)
        yield named, None, start


def _with_unit(number: int, named: DayNode | None, part: Part | None, last: Node) -> Node | None:
    if not isinstance(last, Moment):
        return None
    if isinstance(last.time, Clock) and last.day is None:
        return Moment(named, Clock(number, 0, part))
    if isinstance(last.day, DayOfMonth) and last.day.month is None and not (named or part):
        return Moment(DayOfMonth(number))
    return None


@rule
def ranged(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """A range, its length perhaps said again."""
    for known, end in _range(source, pos):
        yield from _counted(source, end, known)
        yield Parsed(known, end)


def _counted(source: Source, pos: int, known: Expression) -> Iterator[Parsed[Expression]]:
    for start in ALTOGETHER.maybe(source, source.gap(pos)):
        for length, end in amount(source, start):
            yield Parsed(Counted(known, length), end)


@rule
def listed(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """周五和周六, 5、6号, 周五周六."""
    for known, end in chain(moment(source, pos), _bare_days(source, pos)):
        yield from _more(source, end, (known,))


def _bare_days(source: Source, pos: int) -> Iterator[Parsed[Node]]:
    """The 5 of 5、6号."""
    for number, end in integer(source, pos):
        if 1 <= number <= 31 and source.text[end : end + 1] in {"、", ",", "和"}:
            yield Parsed(Moment(DayOfMonth(number)), end)


def _more(source: Source, pos: int, known: tuple[Node, ...]) -> Iterator[Parsed[Expression]]:
    if len(known) >= LONGEST_LIST:
        return
    start = source.gap(pos)
    for _, after in AND.at(source, start):
        bare = chain(_bare_days(source, after), _bare_weekday(source, after, known[-1]))
        yield from _item(source, chain(moment(source, source.gap(after)), bare), known)
    dated = (one for one in moment(source, start) if _has_day(one.node) and _has_day(known[-1]))
    yield from _item(source, chain(dated, _bare_days(source, start) if start > pos else ()), known)


def _item(source: Source, items: Iterator[Parsed[Node]], known: tuple[Node, ...]) -> Iterator[Parsed[Expression]]:
    for item, end in items:
        more = (*known, item)
        yield from _more(source, end, more)
        yield from _counted(source, end, Several(more))
        yield Parsed(Several(more), end)


def _has_day(node: Node) -> bool:
    return isinstance(node, Moment) and node.day is not None


def _bare_weekday(source: Source, pos: int, last: Node) -> Iterator[Parsed[Node]]:
    """The 六 of 周五、六."""
    if isinstance(last, Moment) and isinstance(last.day, Weekdays) and last.time is None:
        for number, end in WEEKDAY_CHARS.at(source, pos):
            yield Parsed(Moment(Weekdays((number,))), end)


@rule
def limited(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """下班前, 周五下午3点之前, 中午前."""
    for known, after in moment(source, pos):
        said = known.time if isinstance(known, Moment) else None
        pointed = said is not None and (not isinstance(said, PartTime) or said.part is Part.NOON)
        for _, end in BEFORE.at(source, after) if pointed else ():
            yield Parsed(Limit(known), end)


@rule
def within(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """两小时内, 本周内."""
    for known, after in amount(source, pos):
        for _, end in INSIDE.at(source, after):
            yield Parsed(Within(known), end)
    for named, after in day(source, pos):
        for _, end in INSIDE.at(source, after):
            yield Parsed(Single(Moment(named)), end)


@rule
def rest(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    for start in TODAY.maybe(source, pos):
        for _, end in REST.at(source, start):
            yield Parsed(Rest(), end)


@rule
def starting(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """明天起三天, 明天下午2点两小时, 三天，从明天开始."""
    for known, after in _starts(source, pos):
        for begin in ALTOGETHER.maybe(source, source.gap(after)):
            for length, end in amount(source, begin):
                yield Parsed(Starting(known, length), end)
    for length, after in amount(source, pos):
        yield from _length_first(source, after, length)


def _length_first(source: Source, pos: int, length: Amount) -> Iterator[Parsed[Expression]]:
    """The rest of 三天从明天起, 一天，周五, 两天，周五周六."""
    start = source.gap(pos)
    for begin in (end for end in FROM.maybe(source, start) if end > pos):
        for known, end in moment(source, source.gap(begin)):
            for stop in ONWARDS.maybe(source, end):
                yield Parsed(Starting(known, length), stop)
    for whole, end in (*ranged(source, start), *listed(source, start)) if start > pos else ():
        yield Parsed(Counted(whole, length), end)


def _starts(source: Source, pos: int) -> Iterator[Parsed[Node]]:
    for start in FROM.maybe(source, pos):
        for known, after in moment(source, start):
            for end in ONWARDS.maybe(source, source.gap(after)):
                yield Parsed(known, end)


@rule
def onwards(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """下午3点起, 从周五下午3点."""
    for start in FROM.maybe(source, pos):
        for known, after in moment(source, start):
            for _, end in ONWARDS.at(source, source.gap(after)):
                yield Parsed(Onwards(known), end)
            if start > pos:
                yield Parsed(Onwards(known), after)


@rule
def until(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """到下班, 到周五: from now."""
    for _, after in UNTIL.at(source, pos):
        for known, end in moment(source, source.gap(after)):
            yield Parsed(Range(NOW, known), end)


EXPRESSIONS: tuple[Rule[Expression], ...] = (
    _single,
    lasting,
    whole_day,
    ranged,
    time_first,
    starting,
    listed,
    limited,
    within,
    rest,
    onwards,
    until,
)


def expression(source: Source, pos: int) -> Iterator[Parsed[Expression]]:
    """Every whole expression that starts here; of those with the same end the first is meant."""
    if source.text[pos : pos + 1] not in OPENERS:
        return
    for one in (
        _single,
        lasting,
        whole_day,
        ranged,
        time_first,
        starting,
        listed,
        limited,
        within,
        rest,
        onwards,
        until,
    ):
        yield from one(source, pos)
