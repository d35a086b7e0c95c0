"""Meetings about a case: who takes part, and when they are reminded."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.rules.appointments import BOOKED, Ring, Shut, rings, rings_after, shut_at
from bot.rules.book import Rulebook
from bot.rules.workflow import Appointment
from storage.staff import Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Rulebook.model_validate({"calendar": {"rest_weekdays": ["sun"]}}).working
SHORT_DAYS = Rulebook.model_validate(
    {"calendar": {"seasons": [{"name": "全年", "starts": "01-01", "sessions": ["09:00-12:00", "13:00-16:30"]}]}}
).working


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_the_table_names_who_takes_part() -> None:
    taking_part = {one.what: set(one.roles) for one in BOOKED}

    assert taking_part == {
        Appointment.PLAN_MEETING: {Role.CLIENT_MANAGER, Role.DESIGNER},
        Appointment.PRELIMINARY_BRIEFING: {Role.CLIENT_MANAGER, Role.ENGINEERING_MANAGER, Role.PROJECT_MANAGER},
        Appointment.BUDGET_MEETING: {Role.CLIENT_MANAGER, Role.DESIGNER, Role.ESTIMATOR},
    }


@pytest.mark.parametrize(
    ("meets", "told", "expected"),
    [
        (
            "2026-11-28 15:00",
            "2026-11-25 10:00",
            {Ring.DAY_BEFORE: "2026-11-27 17:00", Ring.SOON: "2026-11-28 14:00"},
        ),
        # On Monday the working day before is Saturday.
        (
            "2026-11-30 10:00",
            "2026-11-25 10:00",
            {Ring.DAY_BEFORE: "2026-11-28 17:00", Ring.SOON: "2026-11-30 09:00"},
        ),
        # Booked in the evening before: only the hour before is left.
        ("2026-11-26 15:00", "2026-11-25 16:45", {Ring.SOON: "2026-11-26 14:00"}),
        # Booked just before: everybody knows.
        ("2026-11-25 11:00", "2026-11-25 10:00", {}),
    ],
)
def test_the_day_before_and_the_hour_before(meets: str, told: str, expected: dict[Ring, str]) -> None:
    assert rings(at(meets), at(told), CALENDAR) == {ring: at(text) for ring, text in expected.items()}


@pytest.mark.parametrize(
    ("meets", "expected"),
    [
        ("2026-11-28 09:00", None),
        ("2026-11-28 08:59", Shut.HOUR),
        # Somebody is on duty at noon.
        ("2026-11-28 12:30", None),
        ("2026-11-28 17:29", None),
        ("2026-11-28 17:30", Shut.HOUR),
        ("2026-11-29 10:00", Shut.DAY),  # a rest day
        ("2026-10-01 10:00", Shut.DAY),  # a holiday
        ("2026-10-10 10:00", None),  # a make-up day
    ],
)
def test_when_nobody_is_in_the_store(meets: str, expected: Shut | None) -> None:
    assert shut_at(at(meets), CALENDAR) == expected


def test_where_the_store_closes_earlier_it_is_the_last_hour() -> None:
    found = rings(at("2026-11-28 15:00"), at("2026-11-25 10:00"), SHORT_DAYS)

    assert found[Ring.DAY_BEFORE] == at("2026-11-27 15:30")


@pytest.mark.parametrize(
    ("meets", "asked", "still_open"),
    [
        ("2026-11-26 15:00", "2026-11-26 17:00", "2026-11-27 09:00"),
        # Two hours of work: the rest of them is on the next morning, who hears of it is told the day after.
        ("2026-11-26 16:30", "2026-11-27 10:00", "2026-11-28 09:00"),
        # On the Sunday the store is closed, the Saturday before it is not.
        ("2026-11-29 15:00", "2026-11-30 11:00", "2026-12-01 09:00"),
        ("2026-11-28 15:00", "2026-11-28 17:00", "2026-11-30 09:00"),
    ],
)
def test_after_a_meeting_its_owner_is_asked_and_the_next_opening_tells_of_it(
    meets: str, asked: str, still_open: str
) -> None:
    assert rings_after(at(meets), CALENDAR) == {Ring.ASKED: at(asked), Ring.STILL_OPEN: at(still_open)}
