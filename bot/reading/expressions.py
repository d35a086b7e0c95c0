"""Whole time expressions: each node turns into a point, a span or a duration once the present is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from bot.reading.amounts import HALF, Amount
from bot.reading.hours import Reach
from bot.reading.moments import FromNow, Node
from bot.reading.months import same_day_later
from bot.reading.present import DAY, Part, Present
from bot.reading.values import Duration, Misread, Point, Reading, Span

HALF_DAYS = (Part.MORNING, Part.AFTERNOON)
LONGEST_COUNTED_DAYS = 400


class Expression(Protocol):
    """A whole expression; Misread when it is grammatical and yet means nothing."""

    def value(self, present: Present) -> Reading: ...


def span(start: datetime, end: datetime) -> Span:
    if end <= start:
        raise Misread("end_before_start", start=start, end=end)
    return Span(start, end)


@dataclass(frozen=True)
class Single:
    """One moment."""

    moment: Node

    def value(self, present: Present) -> Reading:
        reach = self.moment.reach(present, None)
        return Point(reach.start) if reach.point else Span(reach.start, reach.until)


@dataclass(frozen=True)
class Lasting:
    """An amount of time by itself."""

    amount: Amount

    def value(self, present: Present) -> Reading:
        if not self.amount.total_minutes:
            raise Misread("not_a_time")
        return Duration(self.amount.total_minutes)


@dataclass(frozen=True)
class Range:
    """From one moment to another, the last day or part included."""

    first: Node
    last: Node

    def value(self, present: Present) -> Reading:
        first = self.first.reach(present, None)
        return span(first.start, self.last.reach(present, first).until)


@dataclass(frozen=True)
class Several:
    """周五、周六: moments that follow one another without office hours between them."""

    moments: tuple[Node, ...]

    def value(self, present: Present) -> Reading:
        reached = [self.moments[0].reach(present, None)]
        for moment in self.moments[1:]:
            reached.append(moment.reach(present, reached[-1]))
        if any(reach.point for reach in reached):
            raise Misread("not_a_time")
        if not all(present.neighbouring(one.until, other.start) for one, other in pairwise(reached)):
            raise Misread("not_neighbouring")
        return span(reached[0].start, reached[-1].until)


@dataclass(frozen=True)
class Onwards:
    """下午3点起, 下班后: a point until closing, or until midnight when it is later; other starts need an end."""

    moment: Node

    def value(self, present: Present) -> Reading:
        reach = self.moment.reach(present, None)
        if not reach.point:
            raise Misread("open_end", start=reach.start, whole_day=not reach.clocked)
        closing = present.closes(reach.start.date())
        return Span(reach.start, closing if reach.start < closing else present.at(reach.start.date(), 24))


@dataclass(frozen=True)
class Limit:
    """下班前, 周五下午3点前: the limit itself."""

    moment: Node

    def value(self, present: Present) -> Reading:
        return Point(self.moment.reach(present, None).start)


@dataclass(frozen=True)
class Within:
    """两小时内, 三天之内: from now; days end with the last day."""

    amount: Amount

    def value(self, present: Present) -> Reading:
        if not self.amount.total_minutes:
            raise Misread("not_a_time")
        if self.amount.minutes or not self.amount.whole_days:
            return Span(present.now, present.now + timedelta(minutes=self.amount.total_minutes))
        last = same_day_later(present.today, self.amount.months) + int(self.amount.days) * DAY
        return Span(present.now, present.at(last, 24))


@dataclass(frozen=True)
class Rest:
    """今天剩下的时间."""

    def value(self, present: Present) -> Reading:
        return span(present.now, present.closes(present.today))


@dataclass(frozen=True)
class Counted:
    """5号到7号三天: an expression with its length behind it, which must agree."""

    counted: Expression
    amount: Amount

    def value(self, present: Present) -> Reading:
        value = self.counted.value(present)
        if not isinstance(value, Span):
            raise Misread("not_a_time")
        if not agrees(value, self.amount, present):
            raise Misread("count_mismatch", span=value)
        return value


def agrees(value: Span, amount: Amount, present: Present) -> bool:
    """Whether a span is as long as said; days count as half days of office hours."""
    if amount.minutes or amount.months:
        return value.end - value.start == timedelta(minutes=amount.total_minutes)
    if value.end - value.start > LONGEST_COUNTED_DAYS * DAY:
        return False
    return present.halves_in(value.start, value.end) == amount.days * 2


@dataclass(frozen=True)
class Starting:
    """明天起三天, 周五下午2点两小时: a start and how long."""

    moment: Node
    amount: Amount

    def value(self, present: Present) -> Reading:
        reach = self.moment.reach(present, None)
        if not self.amount.total_minutes:
            raise Misread("not_a_time")
        if reach.point:
            return Span(reach.start, self._after_point(reach, present))
        if reach.part is not None:
            return self._from_part(reach, reach.part, present)
        if reach.start.date() != reach.day:
            return Counted(Single(self.moment), self.amount).value(present)
        return Span(reach.start, self._after_day(reach, present))

    def _after_point(self, reach: Reach, present: Present) -> datetime:
        """So long by the clock; a half day ends with the morning or the afternoon."""
        at = same_day_later(reach.day, self.amount.months)
        later = present.at(at, reach.start.hour, reach.start.minute) + int(self.amount.days) * DAY
        if self.amount.days % 1 != HALF or self.amount.minutes:
            return later + timedelta(days=float(self.amount.days % 1), minutes=self.amount.minutes)
        ends = [present.part(part, later.date())[1] for part in HALF_DAYS]
        return next((end for end in ends if end > later), present.at(later.date(), 24))

    def _after_day(self, reach: Reach, present: Present) -> datetime:
        if self.amount.minutes:
            raise Misread("which_hours", day=reach.day)
        if self.amount.days == HALF and not self.amount.months:
            raise Misread("which_half", day=reach.day)
        end = same_day_later(reach.day, self.amount.months) + int(self.amount.days) * DAY
        return present.part(Part.MORNING, end)[1] if self.amount.days % 1 else present.at(end)

    def _from_part(self, reach: Reach, part: Part, present: Present) -> Span:
        """Half days counted on from a morning or an afternoon."""
        halves = self.amount.days * 2
        if part not in HALF_DAYS or self.amount.minutes or self.amount.months or halves % 1:
            raise Misread("which_hours", day=reach.day)
        days, half = divmod(HALF_DAYS.index(part) + int(halves) - 1, 2)
        return span(reach.start, present.part(HALF_DAYS[half], reach.day + days * DAY)[1])


NOW = FromNow()
