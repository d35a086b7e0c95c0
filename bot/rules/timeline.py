"""The sessions of whole years in a row, so that sums of working time are a search and a subtraction."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from operator import sub

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """Sessions in order, in seconds since 1970; `worked` are the seconds worked before each, and in all at its end.

    It answers for `from_second` <= moment < `to_second`; `open_days` are ordinals of dates.
    """

    first_year: int
    last_year: int
    from_second: int
    to_second: int
    starts: Sequence[int]
    ends: Sequence[int]
    worked: Sequence[int]
    open_days: Sequence[int]

    def position(self, second: int) -> int:
        """Seconds worked from the line's beginning until this second."""
        at = bisect_right(self.starts, second) - 1
        return self.worked[at] + min(second, self.ends[at]) - self.starts[at] if at >= 0 else 0

    def earliest(self, position: int) -> int:
        """The first second at which so much is worked: an end of a session, not the next one's start."""
        at = bisect_left(self.worked, position) - 1
        return self.starts[at] + position - self.worked[at]

    def latest(self, position: int) -> int:
        """The last second at which no more is worked: a start of a session, not the end of the one before."""
        at = bisect_right(self.worked, position) - 1
        return self.starts[at] + position - self.worked[at]

    def inside(self, second: int) -> bool:
        at = bisect_right(self.starts, second) - 1
        return at >= 0 and second < self.ends[at]

    def open_day(self, ordinal: int, n: int) -> int | None:
        """The n-th open day after this one, before it when n is negative; None when the line is too short."""
        at = bisect_right(self.open_days, ordinal) - 1 if n > 0 else bisect_left(self.open_days, ordinal)
        return self.open_days[at + n] if 0 <= at + n < len(self.open_days) else None


def laid(
    years: tuple[int, int], seconds: tuple[int, int], sessions: Iterable[tuple[int, int]], open_days: Sequence[int]
) -> Line:
    """A line from its first and last year, its bounds in seconds, and (start, end) of each session."""
    starts, ends = zip(*sessions, strict=True) if (sessions := list(sessions)) else ((), ())
    worked = list(accumulate(map(sub, ends, starts), initial=0))
    return Line(*years, *seconds, starts, ends, worked, open_days)


def joined(lines: Sequence[Line]) -> Line:
    """Neighbouring lines, in order, as one."""
    first, last = lines[0], lines[-1]
    return laid(
        (first.first_year, last.last_year),
        (first.from_second, last.to_second),
        [session for line in lines for session in zip(line.starts, line.ends, strict=True)],
        [day for line in lines for day in line.open_days],
    )


def whole_seconds(at: datetime) -> int:
    """Seconds since 1970, the fraction dropped; TypeError for a naive datetime."""
    since = at - EPOCH
    return since.days * 86400 + since.seconds
