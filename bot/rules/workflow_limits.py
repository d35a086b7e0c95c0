"""How long each step of the process may take, and when it is reminded of: the store's settings (HANDBOOK 6)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from bot.rules.limits import CalendarDays, HalfWorkingDay, LimitSetting, WorkingDays, WorkingTime


class ReminderRules(BaseModel):
    """When a step is spoken of (HANDBOOK 6); a limit in calendar days has two reminders more (HANDBOOK W8)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day_before: LimitSetting = WorkingDays(1)
    hours_before: LimitSetting = WorkingTime(minutes=120)
    half_day_before: LimitSetting = WorkingTime(minutes=60)
    days_before: LimitSetting = CalendarDays(2)
    on_the_morning: bool = True
    client_manager_after: LimitSetting = WorkingTime(minutes=60)
    gm_office_after: LimitSetting = WorkingDays(1)


class ProcessRules(BaseModel):
    """How long each step may take (HANDBOOK W2, W3, W6, W8, W9).

    The budget's two working days are the default of HANDBOOK 6, the review's half an hour is its 即时 (W9). Who was
    handed something is asked after `accept`; the budget may be `within_percent` of the estimate (W5). For the
    adjustment of drawings and budget (W11) the handbook names no time: it has the one working day of W6.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    floor_plan: LimitSetting = WorkingDays(2)
    estimate: LimitSetting = HalfWorkingDay()
    plan_adjustment: LimitSetting = WorkingDays(1)
    drawings: LimitSetting = CalendarDays(7)
    budget: LimitSetting = WorkingDays(2)
    review: LimitSetting = WorkingTime(minutes=30)
    accept: LimitSetting = WorkingTime(minutes=30)
    within_percent: int = Field(default=10, ge=0, le=100)
    budget_adjustment: LimitSetting = WorkingDays(1)
    reminders: ReminderRules = ReminderRules()
