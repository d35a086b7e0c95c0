"""The moment and the store that a text is read at, and the parts of that store's day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, StrEnum

from bot.reading.values import Hours, OfficeHours

DAY = timedelta(days=1)
NOON_HOUR = 12


class Part(StrEnum):
    """A part of the day, in its order."""

    DAWN = "dawn"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    DUSK = "dusk"
    EVENING = "evening"


class Kind(Enum):
    """Ways to name a day; two of different kinds side by side name the same day twice."""

    RELATIVE = "今天"
    WEEKDAY = "周五"
    DATE = "11月27日"
    HOLIDAY = "元旦"
    PERIOD = "下周"


@dataclass(frozen=True)
class Days:
    """Whole days, the last one included."""

    first: date
    last: date

    @classmethod
    def one(cls, day: date) -> Days:
        return cls(day, day)

    @property
    def single(self) -> bool:
        return self.first == self.last


@dataclass(frozen=True)
class Present:
    """`now` in the store's zone, to the minute, and the store's calendar."""

    now: datetime
    calendar: OfficeHours

    @classmethod
    def of(cls, now: datetime, calendar: OfficeHours) -> Present:
        return cls(now.astimezone(calendar.zone).replace(second=0, microsecond=0), calendar)

    @property
    def today(self) -> date:
        return self.now.date()

    def at(self, day: date, hour: int = 0, minute: int = 0) -> datetime:
        """A moment of this day; hour 24 and later reach into the next one."""
        later, hour = divmod(hour, 24)
        return datetime.combine(day + later * DAY, time(hour, minute), self.calendar.zone)

    def opens(self, day: date) -> datetime:
        return self.calendar.hours(day)[0].start

    def closes(self, day: date) -> datetime:
        return self.calendar.hours(day)[-1].end

    def part(self, part: Part, day: date) -> tuple[datetime, datetime]:
        """From when to when a part of this day is, in its season (HANDBOOK A2 A3 D1).

        Dawn is 0:00 to 6:00, dusk closing to 20:00, evening closing to midnight; the others follow office hours.
        """
        morning, afternoon = self._halves(day)
        bounds = {
            Part.DAWN: (self.at(day), self.at(day, 6)),
            Part.MORNING: (self.opens(day), morning),
            Part.NOON: (morning, afternoon),
            Part.AFTERNOON: (afternoon, self.closes(day)),
            Part.DUSK: (self.closes(day), self.at(day, 20)),
            Part.EVENING: (self.closes(day), self.at(day, 24)),
        }
        return bounds[part]

    def _halves(self, day: date) -> tuple[datetime, datetime]:
        """When the morning ends and the afternoon starts; noon where the store has no break."""
        hours = self.calendar.hours(day)
        early = [one for one in hours if one.start.hour < NOON_HOUR]
        late = [one for one in hours if one.start.hour >= NOON_HOUR]
        noon = self.at(day, NOON_HOUR)
        if not (early and late):
            return noon, noon
        return early[-1].end, late[0].start

    def halves_in(self, start: datetime, end: datetime) -> int:
        """How many half days of office hours a stretch touches, closed days counted too."""
        count, day = 0, start.date()
        while self.at(day) < end:
            halves = (self.part(Part.MORNING, day), self.part(Part.AFTERNOON, day))
            count += sum(first < end and start < last for first, last in halves)
            day += DAY
        return count

    def neighbouring(self, end: datetime, start: datetime) -> bool:
        """Whether no office hours lie between the end of one stretch and the start of the next."""
        if start < end:
            return False
        between: list[Hours] = []
        day = end.date()
        while day <= start.date() and not between:
            between = [one for one in self.calendar.hours(day) if one.start < start and end < one.end]
            day += DAY
        return not between
