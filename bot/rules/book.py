"""The rulebook of a store: everything that a store may set, with the handbook's defaults (HANDBOOK 6)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.rules.calendar import Calendar, calendar_for
from bot.rules.cleaning import DeepCleanRules
from bot.rules.customers_limits import CustomerRules
from bot.rules.limits import HalfWorkingDay, Limit, LimitSetting, WorkingDays, WorkingTime
from bot.rules.opening import CalendarRules, Weekday
from bot.rules.workflow_limits import ProcessRules

CLOCK_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?")


def _working_time(limit: Limit) -> Limit:
    if not isinstance(limit, WorkingTime | HalfWorkingDay):
        raise PydanticCustomError("store.not_working_time", "{said} is not working time", {"said": str(limit)})
    return limit


WorkingTimeSetting = Annotated[LimitSetting, AfterValidator(_working_time)]


def _clock_time(value: object) -> time:
    found = CLOCK_TIME.fullmatch(str(value).strip())
    if found is None:
        raise PydanticCustomError(
            "store.time_unknown", "{said} is no time of day, write 21:00", {"said": str(value)[:20]}
        )
    return time(int(found[1]), int(found[2]))


ClockTime = Annotated[time, PlainValidator(_clock_time), PlainSerializer("{:%H:%M}".format)]
Word = Annotated[str, Field(min_length=1, max_length=10)]


class Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class LeaveKind(Rules):
    """A kind of leave: whether no-leave days bind it, whether it is asked for or only told, what people call it."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    name: str = Field(min_length=1, max_length=10)
    words: tuple[Word, ...] = ()
    no_leave_days: bool = True
    asks: bool = True

    @property
    def called(self) -> frozenset[str]:
        """Everything that means this kind when it is typed."""
        return frozenset({self.name, *self.words})


DEFAULT_KINDS = (
    LeaveKind(key="compensatory", name="调休"),
    LeaveKind(key="personal", name="事假"),
    LeaveKind(key="sick", name="病假", words=("生病",), no_leave_days=False, asks=False),
    LeaveKind(key="annual", name="年假", words=("年休假",)),
    LeaveKind(key="family", name="婚丧产假", words=("婚假", "丧假", "产假", "陪产假"), no_leave_days=False),
)


class LeaveRules(Rules):
    """HANDBOOK A9 A11 C4: who may be away when. The first kind is what is meant when nobody says which."""

    no_leave_weekdays: tuple[Weekday, ...] = (Weekday.WED, Weekday.SAT)
    kinds: tuple[LeaveKind, ...] = DEFAULT_KINDS
    longest_days: int = Field(default=30, ge=1, le=366)

    @field_validator("no_leave_weekdays")
    @classmethod
    def some_day_is_free(cls, weekdays: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        """In the week's order, so that the same days are stored the same way however they were written."""
        if set(weekdays) == set(Weekday):
            raise PydanticCustomError("store.no_leave_weekday", "no weekday is left for leave")
        return tuple(sorted(set(weekdays), key=lambda weekday: weekday.number))

    @field_validator("kinds")
    @classmethod
    def kinds_differ(cls, kinds: tuple[LeaveKind, ...]) -> tuple[LeaveKind, ...]:
        """Keys, and the words that people type; `index` and `field` in the error name the second of two."""
        if not kinds:
            raise PydanticCustomError("store.no_kinds", "the store needs a kind of leave")
        for index, kind in enumerate(kinds):
            for before in kinds[:index]:
                if kind.key == before.key:
                    raise _kind_twice(kind.key, index, "key")
                if shared := kind.called & before.called:
                    raise _kind_twice(min(shared), index, "name" if kind.name in shared else "words")
        return kinds

    def kind(self, key: str) -> LeaveKind:
        """The kind with that key; one that the store has dropped since is shown by its key."""
        known = next((kind for kind in self.kinds if kind.key == key), None)
        return known or LeaveKind.model_construct(key=key, name=key)


def _kind_twice(said: str, index: int, field: str) -> PydanticCustomError:
    return PydanticCustomError(
        "store.kind_twice", "{said} means two kinds of leave", {"said": said, "index": index, "field": field}
    )


MATTERS = (
    *("量房", "看材料", "选材", "见客户", "看工地", "巡工地", "交底", "验收", "回访"),
    *("送图纸", "送资料", "送样品", "取材料", "签合同", "开会", "培训", "办事"),
)


class OutingRules(Rules):
    """HANDBOOK A5-A8: known matters, when a notice counts as late, when somebody who is not back is asked after."""

    matters: tuple[Word, ...] = MATTERS
    late_after_minutes: int = Field(default=10, ge=0, le=240)
    ask_after_minutes: int = Field(default=20, ge=1, le=240)
    tell_front_desk_after: WorkingTimeSetting = WorkingTime(minutes=30)
    longest_days: int = Field(default=15, ge=1, le=90)


class MissedPunchRules(Rules):
    """HANDBOOK A12: whether the notice in the chat takes the place of the phone call."""

    chat_is_enough: bool = True


class SanctionRules(Rules):
    """HANDBOOK 4: how long the person is heard first, until when a human decides, how long they may object."""

    hearing: LimitSetting = WorkingDays(1)
    decide_within: LimitSetting = WorkingDays(5)
    object_within: LimitSetting = WorkingDays(3)


class MonthlyDay(StrEnum):
    """What is counted in a month: its working days, or one weekday."""

    WORKING_DAY = "working_day"
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class WhenClosed(StrEnum):
    """What becomes of a meeting of a round that falls on a closed day."""

    NEXT = "next_working_day"
    PREVIOUS = "previous_working_day"
    SKIP = "skip"


class RoundRules(Rules):
    """What the weekly and the monthly meeting have in common; without `on` there is none."""

    on: bool = True
    at: ClockTime
    minutes: int = Field(default=60, ge=10, le=480)
    place: str = Field(default="", max_length=30)


class WeeklyRules(RoundRules):
    """HANDBOOK M1."""

    weekday: Weekday = Weekday.MON
    at: ClockTime = time(9)


class MonthlyRules(RoundRules):
    """HANDBOOK M2: the first working day of the month, or its second Tuesday."""

    ordinal: int = Field(default=1, ge=1, le=5)
    day: MonthlyDay = MonthlyDay.WORKING_DAY
    at: ClockTime = time(15)


class MeetingRules(Rules):
    """HANDBOOK M1-M5: when the rounds are, when meetings are announced, how long one is if nobody says."""

    weekly: WeeklyRules = WeeklyRules()
    monthly: MonthlyRules = MonthlyRules()
    when_closed: WhenClosed = WhenClosed.NEXT
    day_before_at: ClockTime = time(17)
    minutes_before: int = Field(default=30, ge=0, le=240)
    minutes: int = Field(default=60, ge=10, le=480)


class MorningRules(Rules):
    """When the morning's list goes to everybody who has something on it; without `group` the groups get none."""

    at: ClockTime = time(8, 45)
    group: bool = True


class ApprovalRules(Rules):
    """When an approver is reminded, when the next one is asked too, how long a decision can be taken back."""

    remind_after: WorkingTimeSetting = WorkingTime(minutes=120)
    remind_every: WorkingTimeSetting = HalfWorkingDay()
    snooze: WorkingTimeSetting = WorkingTime(minutes=60)
    escalate_before: WorkingTimeSetting = WorkingTime(minutes=180)
    shortest_wait: WorkingTimeSetting = WorkingTime(minutes=60)
    take_back_minutes: int = Field(default=10, ge=0, le=120)


class NoticeRules(Rules):
    """When notices that are not urgent rest, and how long a group's notices are gathered into one."""

    quiet_from: ClockTime = time(21)
    quiet_until: ClockTime = time(8)
    digest_seconds: int = Field(default=60, ge=0, le=3600)

    @model_validator(mode="after")
    def _quiet_at_night(self) -> Self:
        if self.quiet_until >= self.quiet_from:
            field = "quiet_until" if "quiet_until" in self.model_fields_set else "quiet_from"
            raise PydanticCustomError(
                "store.quiet_hours",
                "the quiet hours end at {until}, after they start at {since}",
                {"since": f"{self.quiet_from:%H:%M}", "until": f"{self.quiet_until:%H:%M}", "field": field},
            )
        return self


class Rulebook(Rules):
    """A store's rules at one moment; each part is a table of the store's TOML."""

    calendar: CalendarRules = CalendarRules()
    deep_clean: DeepCleanRules = DeepCleanRules()
    leave: LeaveRules = LeaveRules()
    outing: OutingRules = OutingRules()
    missed_punch: MissedPunchRules = MissedPunchRules()
    sanctions: SanctionRules = SanctionRules()
    meetings: MeetingRules = MeetingRules()
    customers: CustomerRules = CustomerRules()
    process: ProcessRules = ProcessRules()
    morning: MorningRules = MorningRules()
    approvals: ApprovalRules = ApprovalRules()
    notices: NoticeRules = NoticeRules()

    @cached_property
    def working(self) -> Calendar:
        """Working time by these rules."""
        return calendar_for(self.calendar)

    def may_go_at(self, now: datetime) -> datetime:
        """When a notice that is not urgent may go out: now, or when the quiet hours end."""
        local = now.astimezone(self.working.zone)
        if self.notices.quiet_until <= local.time() < self.notices.quiet_from:
            return now
        day = local.date() + timedelta(days=int(local.time() >= self.notices.quiet_from))
        return datetime.combine(day, self.notices.quiet_until, self.working.zone)

    def gathered_until(self, now: datetime) -> datetime:
        """When a group's notice goes out together with those that come meanwhile."""
        return self.may_go_at(now + timedelta(seconds=self.notices.digest_seconds))

    def after_working(self, at: datetime, limit: Limit) -> datetime:
        """The moment that lies so much working time after `at`, counted in whole minutes as people do."""
        return self.working.deadline(at.replace(second=0, microsecond=0), limit).due

    def before_working(self, at: datetime, limit: Limit) -> datetime:
        """The moment that lies so much working time before `at`."""
        amount = limit if isinstance(limit, WorkingTime) else self.working.half_working_day(at.date())
        return self.working.subtract_working(at, amount)


def as_stored(book: Rulebook) -> dict[str, Any]:
    """The rules as JSON; the same rules are always the same JSON, and Rulebook.model_validate reads it back."""
    return book.model_dump(mode="json")
