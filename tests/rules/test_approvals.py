"""Approvals: who decides for whom, who stands in, when the next one is asked and how long a decision can be undone."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.rules.approvals import Approver, Look, approvers, escalates_at, look, may_take_back, next_approvers, role_for
from bot.rules.book import Rulebook
from storage.staff import Role, Staff

HANDBOOK = Rulebook()
ZONE = HANDBOOK.working.zone


def person(number: int, key: str, *roles: Role, deputy: int | None = None) -> Staff:
    return Staff(id=number, store_id=1, key=key, name=key, roles=[str(role) for role in roles], deputy_id=deputy)


LIU = person(1, "liu", Role.GM_OFFICE, deputy=2)
ZHOU = person(2, "zhou", Role.CLIENT_MANAGER, deputy=1)
WANG = person(3, "wang", Role.DESIGNER)
HE = person(4, "he", Role.CLIENT_MANAGER, deputy=2)
BOTH = person(5, "both", Role.CLIENT_MANAGER, Role.DESIGNER)
BOSS = person(6, "boss", Role.CLIENT_MANAGER, Role.GM_OFFICE)
ALONE = person(7, "alone", Role.CLIENT_MANAGER)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("role", "applicant", "decides"),
    [
        (Role.CLIENT_MANAGER, WANG, Role.CLIENT_MANAGER),  # A9: the store supervisor
        (Role.CLIENT_MANAGER, ZHOU, Role.GM_OFFICE),  # R1: her own leave goes to the GM office
        (Role.CLIENT_MANAGER, BOTH, Role.GM_OFFICE),  # one role of two is enough
        (Role.GM_OFFICE, WANG, Role.GM_OFFICE),  # A7: a trip out of the county
        (Role.GM_OFFICE, LIU, Role.GM_OFFICE),  # nobody is above the GM office
        (Role.CLIENT_MANAGER, BOSS, Role.GM_OFFICE),
    ],
)
def test_who_decides_about_whom(role: Role, applicant: Staff, decides: Role) -> None:
    assert role_for(role, applicant) == decides


@pytest.mark.parametrize(
    ("role", "applicant", "people", "away", "asked"),
    [
        (Role.CLIENT_MANAGER, WANG, [LIU, ZHOU, WANG], set(), [Approver(ZHOU)]),
        (Role.CLIENT_MANAGER, WANG, [LIU, ZHOU, HE, WANG], set(), [Approver(ZHOU), Approver(HE)]),  # any of a role
        (Role.CLIENT_MANAGER, WANG, [LIU, ZHOU, WANG], {2}, [Approver(LIU, on_behalf_of=ZHOU)]),  # the deputy
        (Role.CLIENT_MANAGER, WANG, [LIU, ZHOU, HE], {2}, [Approver(HE), Approver(LIU, on_behalf_of=ZHOU)]),
        (Role.CLIENT_MANAGER, WANG, [LIU, ZHOU, HE], {4}, [Approver(ZHOU)]),  # a deputy who is asked anyway, once
        (Role.CLIENT_MANAGER, WANG, [LIU, ZHOU, WANG], {1, 2}, [Approver(ZHOU)]),  # all away: never nobody
        (Role.CLIENT_MANAGER, WANG, [LIU, ALONE, WANG], {7}, [Approver(ALONE)]),  # no deputy: never nobody
        (Role.GM_OFFICE, ZHOU, [LIU, ZHOU], {1}, [Approver(LIU)]),  # the deputy is the applicant herself
        (Role.GM_OFFICE, WANG, [LIU, ZHOU, WANG], {1}, [Approver(ZHOU, on_behalf_of=LIU)]),
        (Role.CLIENT_MANAGER, ZHOU, [ZHOU, HE], set(), [Approver(HE)]),  # never the applicant
        (Role.CLIENT_MANAGER, ZHOU, [ZHOU, LIU], set(), []),  # nobody of the role is left
    ],
)
def test_who_is_asked(role: Role, applicant: Staff, people: list[Staff], away: set[int], asked: list[Approver]) -> None:
    assert approvers(role, applicant, people, away=away) == tuple(asked)


@pytest.mark.parametrize(
    ("begins", "escalates"),
    [
        ("2026-11-27T14:00", "2026-11-27T09:00"),  # three working hours are the morning
        ("2026-11-27T09:00", "2026-11-26T14:30"),  # over night: 3 h of the afternoon before
        ("2026-11-27T10:00", "2026-11-26T15:30"),  # 1 h of the day, 2 h of the one before
        ("2026-09-28T09:00", "2026-09-24T15:00"),  # a holiday between is no time to answer
    ],
)
def test_the_next_one_is_asked_three_working_hours_before(begins: str, escalates: str) -> None:
    assert escalates_at(at(begins), HANDBOOK) == at(escalates)


@pytest.mark.parametrize(
    ("role", "applicant", "people", "away", "asked"),
    [
        (Role.CLIENT_MANAGER, WANG, [LIU, ZHOU, WANG], set(), [Approver(LIU)]),  # the next role
        (Role.GM_OFFICE, WANG, [LIU, ZHOU, WANG], set(), [Approver(ZHOU, on_behalf_of=LIU)]),  # no role above: a deputy
        (Role.GM_OFFICE, ZHOU, [LIU, ZHOU, WANG], set(), []),  # the deputy is the applicant
        (Role.GM_OFFICE, WANG, [LIU, ZHOU, WANG], {2}, []),  # the deputy is away
    ],
)
def test_who_is_asked_too_when_time_is_short(
    role: Role, applicant: Staff, people: list[Staff], away: set[int], asked: list[Approver]
) -> None:
    assert next_approvers(role, applicant, people, away=away) == tuple(asked)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-27T08:59", Look.WAIT),
        ("2026-11-27T09:00", Look.ESCALATE),
        ("2026-11-27T13:59", Look.ESCALATE),  # late, but still worth while
        ("2026-11-27T14:00", Look.EXPIRE),  # too late for anybody
        ("2026-11-28T10:00", Look.EXPIRE),  # after a day down
    ],
)
def test_what_there_is_to_do_about_a_pending_request(now: str, due: Look) -> None:
    found = look(now=at(now), expires_at=at("2026-11-27T14:00"), escalates_at=at("2026-11-27T09:00"))

    assert found == due


def test_a_request_with_nobody_above_waits_until_it_expires() -> None:
    found = look(now=at("2026-11-27T13:59"), expires_at=at("2026-11-27T14:00"), escalates_at=None)

    assert found == Look.WAIT


@pytest.mark.parametrize(
    ("decided", "begins", "now", "may"),
    [
        ("2026-11-25T10:00", "2026-11-27T14:00", "2026-11-25T10:00", True),
        ("2026-11-25T10:00", "2026-11-27T14:00", "2026-11-25T10:09", True),
        ("2026-11-25T10:00", "2026-11-27T14:00", "2026-11-25T10:10", False),  # ten minutes are over
        ("2026-11-27T13:55", "2026-11-27T14:00", "2026-11-27T13:59", True),
        ("2026-11-27T13:55", "2026-11-27T14:00", "2026-11-27T14:00", False),  # it has begun
        ("2026-11-27T14:30", "2026-11-27T14:00", "2026-11-27T14:31", False),  # decided after it had begun
    ],
)
def test_a_decision_is_taken_back_within_ten_minutes_while_nothing_has_begun(
    decided: str, begins: str, now: str, may: bool
) -> None:
    assert may_take_back(decided_at=at(decided), begins_at=at(begins), now=at(now), rules=HANDBOOK) is may


def test_a_store_that_allows_no_taking_back_allows_none() -> None:
    strict = Rulebook.model_validate({"approvals": {"take_back_minutes": 0}})
    now = at("2026-11-25T10:00")

    assert not may_take_back(decided_at=now, begins_at=at("2026-11-27T14:00"), now=now, rules=strict)
