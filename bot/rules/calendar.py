"""Working time: what kind of day it is, the sessions that the store works, and sums over them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.rules.limits import (
    CalendarDays,
    Counted,
    Due,
    HalfWorkingDay,
    Limit,
    LimitError,
    LimitSetting,
    Part,
    Skipped,
    Stretch,
    WorkingDays,
    WorkingTime,
    parse_limit,
)
from bot.rules.opening import CalendarRules, Hours, MonthDay, OwnDay, Season, Weekday
from bot.rules.statutory import DayInfo, DayKind, holiday_day, is_published, statutory_days
from bot.rules.timeline import Line, joined, laid, whole_seconds

__all__ = [
    "Calendar",
    "CalendarDays",
    "CalendarRules",
    "DayInfo",
    "DayKind",
    "Due",
    "HalfWorkingDay",
    "Hours",
    "Limit",
    "LimitError",
    "LimitSetting",
    "OwnDay",
    "Season",
    "Session",
    "Weekday",
    "WorkingDays",
    "WorkingTime",
    "calendar_for",
    "holiday_day",
    "is_published",
    "parse_limit",
]

DAY = timedelta(days=1)
# A date far away gets a line of its own; one typed by mistake must not keep everybody waiting.
NEAR_YEARS = 20
MOST_YEARS = 100


@dataclass(frozen=True)
class Session:
    """A stretch that the store works without a break; aware, the end is not in it."""

    start: datetime
    end: datetime


def days_between(first: date, last: date) -> list[date]:
    """Every date from the first to the last, both included."""
    return [first + n * DAY for n in range((last - first).days + 1)]


class Calendar:
    """A store's working time; made once for its rules by `calendar_for`, then shared by all threads.

    Sums are exact to the second, fractions of a second are dropped; answers are in the store's zone.
    Years are laid out when first asked for; a sum over a century is a ValueError.
    """

    def __init__(self, rules: CalendarRules) -> None:
        self.rules = rules
        self.zone = ZoneInfo(rules.time_zone)
        self._own = {own.date: own for own in rules.days}
        self._rest = frozenset(weekday.number for weekday in rules.rest_weekdays)
        self._hours: dict[date, tuple[Session, ...]] = {}
        self._years: dict[int, Line] = {}
        self._line: Line | None = None

    def season(self, day: date) -> Season:
        """The season of this date; the year's last one reaches into the next year."""
        starts = [season.starts for season in self.rules.seasons]
        return self.rules.seasons[bisect_right(starts, MonthDay(day.month, day.day)) - 1]

    def hours(self, day: date) -> tuple[Session, ...]:
        """The season's office hours of this date, also when the store is closed."""
        if day not in self._hours:
            self._hours[day] = tuple(
                Session(self._moment(day, hours.start), self._moment(day, hours.end))
                for hours in self.season(day).sessions
            )
        return self._hours[day]

    def sessions(self, day: date) -> tuple[Session, ...]:
        """What the store works on this date, nothing when it is closed."""
        return self.hours(day) if self.is_open(day) else ()

    def opens(self, day: date) -> datetime:
        return self.hours(day)[0].start

    def closes(self, day: date) -> datetime:
        return self.hours(day)[-1].end

    def day(self, day: date) -> DayInfo:
        """What kind of day it is: the store's own word, then the state's, then the estimate, then the week.

        Every day of a year that the state has not published is provisional, unless the store set it.
        """
        own = self._own.get(day)
        if own:
            return DayInfo(DayKind(own.kind.value), own.name)
        known = statutory_days(day.year).get(day)
        if known:
            return known
        kind = DayKind.REST if day.weekday() in self._rest else DayKind.WORKING
        return DayInfo(kind, provisional=not is_published(day.year))

    def is_open(self, day: date) -> bool:
        """Whether the store works on this date (HANDBOOK A4); a make-up day beats a rest weekday."""
        kind = self.day(day).kind
        if kind is DayKind.HOLIDAY:
            return not self.rules.closed_on_holidays and day.weekday() not in self._rest
        return kind not in (DayKind.REST, DayKind.CLOSED)

    def is_working(self, at: datetime) -> bool:
        """Whether `at` lies in a session; its start does, its end does not."""
        second = whole_seconds(at)
        return self._covering(second, second).inside(second)

    def add_working(self, at: datetime, amount: WorkingTime) -> datetime:
        """The moment when so much has been worked since `at`; a session's end stays there, zero moves nothing."""
        if not amount.minutes:
            return at.astimezone(self.zone)
        second = whole_seconds(at)
        line = self._covering(second, second)
        target = line.position(second) + amount.minutes * 60
        while line.worked[-1] < target:
            line = self._extend(line.first_year, line.last_year + 1)
        return datetime.fromtimestamp(line.earliest(target), self.zone)

    def subtract_working(self, at: datetime, amount: WorkingTime) -> datetime:
        """The moment from which so much is worked until `at`; a start of a session stays there."""
        if not amount.minutes:
            return at.astimezone(self.zone)
        second = whole_seconds(at)
        line = self._covering(second, second)
        while line.position(second) < amount.minutes * 60:
            line = self._extend(line.first_year - 1, line.last_year)
        target = line.position(second) - amount.minutes * 60
        return datetime.fromtimestamp(line.latest(target), self.zone)

    def working_between(self, *, start: datetime, end: datetime) -> int:
        """Whole minutes worked from `start` to `end`, a started minute dropped; negative when `end` is earlier."""
        if end < start:
            return -self.working_between(start=end, end=start)
        first, last = whole_seconds(start), whole_seconds(end)
        line = self._covering(first, last)
        return (line.position(last) - line.position(first)) // 60

    def working_day(self, day: date, n: int) -> date:
        """The n-th open day after this date, before it when n is negative; ValueError for 0."""
        if not n:
            raise ValueError("the day itself may be closed")
        ordinal = day.toordinal()
        noon = whole_seconds(self._moment(day, time(12)))
        line = self._covering(noon, noon)
        while (found := line.open_day(ordinal, n)) is None:
            line = self._extend(line.first_year - (n < 0), line.last_year + (n > 0))
        return date.fromordinal(found)

    def next_working_day(self, day: date) -> date:
        return self.working_day(day, 1)

    def previous_working_day(self, day: date) -> date:
        return self.working_day(day, -1)

    def end_of_working_day(self, day: date, n: int) -> datetime:
        """The close of the n-th working day after `day`, which is day 0 even after closing (HANDBOOK W2, W6)."""
        return self.closes(self.working_day(day, n) if n else day)

    def half_working_day(self, day: date) -> WorkingTime:
        """Half the minutes of the season's day (HANDBOOK W3); an odd minute is dropped."""
        return WorkingTime(sum(Stretch(one.start, one.end).minutes for one in self.hours(day)) // 2)

    def deadline(self, at: datetime, limit: Limit) -> Due:
        """When the limit ends for a fact at `at`, with the sum that led there (HANDBOOK 1L)."""
        day = at.astimezone(self.zone).date()
        match limit:
            case CalendarDays(days):
                return self._due(at, limit, self.closes(day + days * DAY))
            case WorkingDays(days):
                return self._due(at, limit, self.end_of_working_day(day, days))
            case HalfWorkingDay():
                amount = self.half_working_day(self.add_working(at, WorkingTime(1)).date())
            case WorkingTime():
                amount = limit
        return self._due(at, limit, self.add_working(at, amount), amount.minutes)

    def _due(self, at: datetime, limit: Limit, due: datetime, minutes: int = 0) -> Due:
        at, last = at.astimezone(self.zone), due.date()
        closed = self._reason(last)
        if isinstance(limit, CalendarDays):
            return Due(due, (Counted(at.date() + DAY, last),), at, limit, minutes, False, closed)
        days = days_between(at.date(), last)
        provisional = any(self.day(day).provisional for day in days)
        parts = self._counted(days[1:]) if isinstance(limit, WorkingDays) else self._stretches(days, at, due)
        return Due(due, parts, at, limit, minutes, provisional, closed)

    def _counted(self, days: list[date]) -> tuple[Part, ...]:
        runs = [(why, list(run)) for why, run in groupby(days, self._reason)]
        return tuple(Counted(run[0], run[-1]) if why is None else Skipped(run[0], run[-1], why) for why, run in runs)

    def _stretches(self, days: list[date], at: datetime, due: datetime) -> tuple[Part, ...]:
        skipped = (part for part in self._counted(days) if isinstance(part, Skipped))
        worked = (
            Stretch(max(one.start, at), min(one.end, due))
            for day in days
            for one in self.sessions(day)
            if one.end > at and one.start < due
        )
        return (*worked, *skipped)

    def _reason(self, day: date) -> str | None:
        """The name of what closes the store on this date, None when it is open."""
        return None if self.is_open(day) else self.day(day).name

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone)

    def _covering(self, first: int, last: int) -> Line:
        line = self._line
        if line is not None and line.from_second <= first and last < line.to_second:
            return line
        years = [datetime.fromtimestamp(second, self.zone).year for second in (first, last)]
        if line is not None and max(*years, line.last_year) - min(*years, line.first_year) < NEAR_YEARS:
            years += [line.first_year, line.last_year]
        return self._extend(min(years), max(years))

    def _extend(self, first_year: int, last_year: int) -> Line:
        if last_year - first_year >= MOST_YEARS:
            raise ValueError(f"working time is not summed over {last_year - first_year} years")
        # Another thread may lay its own line at the same time; each is whole, the last one stays.
        self._line = line = joined([self._year(year) for year in range(first_year, last_year + 1)])
        return line

    def _year(self, year: int) -> Line:
        if year not in self._years:
            days = days_between(date(year, 1, 1), date(year, 12, 31))
            open_days = [day for day in days if self.is_open(day)]
            sessions = [
                (whole_seconds(one.start), whole_seconds(one.end)) for day in open_days for one in self.hours(day)
            ]
            first, after = (whole_seconds(self._moment(date(at, 1, 1), time())) for at in (year, year + 1))
            self._years[year] = laid((year, year), (first, after), sessions, [day.toordinal() for day in open_days])
        return self._years[year]


@lru_cache(maxsize=256)
def calendar_for(rules: CalendarRules) -> Calendar:
    """The calendar of these rules, the same one for equal rules."""
    return Calendar(rules)
