"""The table of the process: whose a step is, what it needs, when it is due (HANDBOOK 1H 1K 1L), rounds."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from pydantic import ValidationError

from bot.rules.book import Rulebook
from bot.rules.limits import HalfWorkingDay, WorkingDays
from bot.rules.workflow import (
    BY_KEY,
    LOOPS,
    STEPS,
    Appointment,
    Need,
    Paper,
    StepKey,
    ahead_of,
    limit_of,
    missing,
    next_step,
)
from bot.rules.workflow_clock import due_at, rounds_of
from bot.rules.workflow_limits import ProcessRules
from storage.staff import Role

BOOK = Rulebook()
ZONE = BOOK.working.zone
PLAN_ROUNDS, BUDGET_ROUNDS = LOOPS


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


def due(key: str, moment: str, book: Rulebook = BOOK) -> datetime | None:
    return due_at(BY_KEY[StepKey(key)], at(moment), book)


def test_there_are_eleven_steps_in_the_handbooks_order() -> None:
    numbers = [step.number for step in STEPS]

    assert sorted(set(numbers)) == list(range(1, 12))
    assert all(before <= after for before, after in pairwise(numbers))
    assert [step.key for step in STEPS] == list(StepKey)


# Row, step, owner, limit as a store writes it, what is handed to whom, what is booked.
ROWS = [
    (1, "reception", "client_manager", None, None, None),
    (2, "floor_plan", "designer", "2wd", ("floor_plan", "estimator"), None),
    (3, "estimate", "estimator", "0.5wd", ("estimate_sheet", "client_manager"), None),
    (4, "plan_booking", "client_manager", None, None, "plan_meeting"),
    (5, "plan_meeting", "designer", None, None, None),
    (6, "plan_adjustment", "designer", "1wd", ("adjusted_plan", "client_manager"), None),
    (7, "design_agreement", "client_manager", None, None, None),
    (8, "drawings", "designer", "7d", ("construction_drawings", "estimator"), None),
    (9, "budget", "estimator", "2wd", ("budget", "engineering_manager"), None),
    (9, "review", "engineering_manager", "30m", ("briefing", "project_manager"), "preliminary_briefing"),
    (10, "budget_meeting", "client_manager", None, None, "budget_meeting"),
    (11, "budget_adjustment", "designer", "1wd", ("adjusted_drawings", "client_manager"), None),
    (11, "contract", "client_manager", None, ("contract", "project_manager"), None),
]


@pytest.mark.parametrize(("number", "key", "owner", "limit", "hands", "books"), ROWS, ids=[row[1] for row in ROWS])
def test_a_step_is_what_the_handbook_says(
    number: int, key: str, owner: str, limit: str | None, hands: tuple[str, str] | None, books: str | None
) -> None:
    step = BY_KEY[StepKey(key)]
    found = limit_of(step, BOOK.process)

    assert (step.number, step.owner) == (number, Role(owner))
    assert (str(found) if found else None) == limit
    assert ((step.hands.paper, step.hands.to) if step.hands else None) == hands
    assert step.books == books


def test_the_form_is_written_for_the_estimate_alone() -> None:
    assert [step.key for step in STEPS if step.hands and step.hands.form_required] == [StepKey.ESTIMATE]


def test_every_need_paper_and_appointment_is_used() -> None:
    assert {need for step in STEPS for need in step.needs} == set(Need)
    assert {step.hands.paper for step in STEPS if step.hands} == set(Paper)
    assert {step.books for step in STEPS if step.books} == set(Appointment)


# The guards of HANDBOOK 1K that need no workbook: step, what is on record, what is still missing.
GUARDS = [
    ("estimate", {Need.FLOOR_PLAN_RECEIVED}, (Need.MATERIALS_SELECTED,)),  # 2, E2
    ("estimate", {Need.FLOOR_PLAN_RECEIVED, Need.MATERIALS_SELECTED}, ()),
    ("plan_booking", {Need.ESTIMATE_RECEIVED}, (Need.ESTIMATE_CHECKED,)),  # 4
    ("design_agreement", {Need.PLAN_MEETING_HELD}, (Need.PLAN_AGREED,)),  # 5
    ("drawings", {Need.AGREEMENT_SIGNED}, (Need.FEE_PAID,)),  # 6
    ("drawings", {Need.FEE_PAID}, (Need.AGREEMENT_SIGNED,)),
    ("budget", set(), (Need.DRAWINGS_RECEIVED,)),  # 7
    ("budget_meeting", {Need.WITHIN_TEN_PERCENT}, (Need.REVIEW_APPROVED, Need.BRIEFING_ARRANGED)),  # 8
    ("budget_meeting", {Need.REVIEW_APPROVED, Need.BRIEFING_ARRANGED}, (Need.WITHIN_TEN_PERCENT,)),  # W5
    ("contract", set(Need) - {Need.BUDGET_EXPLAINED}, (Need.BUDGET_EXPLAINED,)),  # 10
    ("contract", set(Need) - {Need.WITHIN_TEN_PERCENT}, (Need.WITHIN_TEN_PERCENT,)),
    ("contract", set(Need) - {Need.REVIEW_APPROVED}, (Need.REVIEW_APPROVED,)),  # W11
]


@pytest.mark.parametrize(("key", "met", "left"), GUARDS)
def test_a_step_says_what_is_still_missing(key: str, met: set[Need], left: tuple[Need, ...]) -> None:
    assert missing(BY_KEY[StepKey(key)], met) == left


@pytest.mark.parametrize(
    ("key", "moment", "due_moment"),
    [
        # HANDBOOK 1L, in its order.
        ("floor_plan", "2026-11-25T11:00", "2026-11-27T17:30"),
        ("estimate", "2026-11-25T10:00", "2026-11-25T15:15"),  # 2 h to noon, 1 h 15 min from 14:00
        ("estimate", "2026-11-25T12:30", "2026-11-25T17:15"),  # in the noon break
        ("estimate", "2026-11-25T16:00", "2026-11-26T10:45"),  # 1 h 30 min and 1 h 45 min
        ("estimate", "2026-11-25T17:30", "2026-11-26T14:15"),  # at closing
        ("estimate", "2026-11-25T21:00", "2026-11-26T14:15"),  # or later
        ("plan_adjustment", "2026-11-25T15:00", "2026-11-26T17:30"),
        ("drawings", "2026-11-25T11:00", "2026-12-02T17:30"),
        # Every other step, and the budget's rounds.
        ("budget", "2026-11-25T11:00", "2026-11-27T17:30"),
        ("review", "2026-11-25T10:00", "2026-11-25T10:30"),
        ("review", "2026-11-25T11:45", "2026-11-25T14:15"),  # over lunch
        ("review", "2026-11-25T17:15", "2026-11-26T09:15"),  # over night
        ("budget_adjustment", "2026-11-25T15:00", "2026-11-26T17:30"),
        # Landing exactly on the end of a session stays there.
        ("estimate", "2026-11-25T14:15", "2026-11-25T17:30"),
        ("estimate", "2026-11-25T15:45", "2026-11-26T10:30"),
        ("review", "2026-11-25T11:30", "2026-11-25T12:00"),
        ("review", "2026-11-25T17:00", "2026-11-25T17:30"),
        # Seconds do not count.
        ("estimate", "2026-11-25T10:00:59", "2026-11-25T15:15"),
        # Summer: the afternoon is 14:30 to 18:00.
        ("floor_plan", "2026-07-08T11:00", "2026-07-10T18:00"),
        ("estimate", "2026-07-08T10:00", "2026-07-08T15:45"),
        ("estimate", "2026-07-08T12:30", "2026-07-08T17:45"),
        ("estimate", "2026-07-08T16:00", "2026-07-09T10:15"),
        ("plan_adjustment", "2026-07-08T16:00", "2026-07-09T18:00"),
        ("drawings", "2026-07-08T11:00", "2026-07-15T18:00"),
        ("budget", "2026-07-08T11:00", "2026-07-10T18:00"),
        ("review", "2026-07-08T11:45", "2026-07-08T14:45"),
        # Holidays, and the seasons on both sides of them.
        ("floor_plan", "2026-09-29T11:00", "2026-10-08T17:30"),
        ("estimate", "2026-09-30T17:00", "2026-10-08T11:15"),
        ("plan_adjustment", "2026-09-30T15:00", "2026-10-08T17:30"),
        ("drawings", "2026-09-28T11:00", "2026-10-05T17:30"),  # the due moment stays in the holiday
        ("floor_plan", "2026-04-29T11:00", "2026-05-06T18:00"),
        ("review", "2026-09-30T17:45", "2026-10-08T09:15"),
        # Make-up Saturdays are worked.
        ("plan_adjustment", "2026-02-13T15:00", "2026-02-14T17:30"),
        ("estimate", "2026-02-13T16:00", "2026-02-14T10:45"),
        ("floor_plan", "2026-02-26T11:00", "2026-02-28T17:30"),
        # After closing and on a holiday the day itself is day 0.
        ("floor_plan", "2026-11-25T20:00", "2026-11-27T17:30"),
        ("floor_plan", "2026-10-03T11:00", "2026-10-09T17:30"),
        ("estimate", "2026-10-03T11:00", "2026-10-08T14:15"),
    ],
)
def test_a_step_is_due_to_the_minute(key: str, moment: str, due_moment: str) -> None:
    assert due(key, moment) == at(due_moment)


def test_a_weekday_of_rest_is_no_working_day_but_its_make_up_day_is() -> None:
    weekends_off = Rulebook.model_validate({"calendar": {"rest_weekdays": ["sat", "sun"]}})

    assert due("floor_plan", "2026-11-26T11:00", weekends_off) == at("2026-11-30T17:30")
    assert due("plan_adjustment", "2026-05-08T15:00", weekends_off) == at("2026-05-09T18:00")
    assert due("estimate", "2026-11-27T16:00", weekends_off) == at("2026-11-30T10:45")


def test_a_store_sets_its_own_limits() -> None:
    own = Rulebook.model_validate({"process": {"floor_plan": "3wd", "estimate": "4h", "drawings": "10d"}})

    assert due("floor_plan", "2026-11-25T11:00", own) == at("2026-11-28T17:30")
    assert due("estimate", "2026-11-25T10:00", own) == at("2026-11-25T16:00")
    assert due("drawings", "2026-11-25T10:00", own) == at("2026-12-05T17:30")
    assert due("budget", "2026-11-25T11:00", own) == at("2026-11-27T17:30")


@pytest.mark.parametrize("key", ["reception", "plan_booking", "plan_meeting", "design_agreement", "contract"])
def test_a_step_for_which_the_handbook_has_no_time_is_never_due(key: str) -> None:
    assert due(key, "2026-11-25T10:00") is None


def test_rules_that_were_stored_before_there_was_a_process_have_its_defaults() -> None:
    stored = BOOK.model_dump(mode="json")
    del stored["process"]

    assert Rulebook.model_validate(stored).process == ProcessRules()
    assert Rulebook.model_validate(BOOK.model_dump(mode="json")) == BOOK
    assert (BOOK.process.floor_plan, BOOK.process.estimate) == (WorkingDays(2), HalfWorkingDay())


@pytest.mark.parametrize(
    "written", [{"floor_plan": "0wd"}, {"budget": "soon"}, {"reminders": {"hours_before": "1.5h"}}]
)
def test_a_limit_that_means_nothing_is_refused(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="limit"):
        Rulebook.model_validate({"process": written})


def test_a_case_goes_straight_from_the_door_to_the_contract() -> None:
    straight = [step.key for step in STEPS if step.key not in (StepKey.PLAN_ADJUSTMENT, StepKey.BUDGET_ADJUSTMENT)]

    assert [next_step(key) for key in straight] == [*straight[1:], None]


@pytest.mark.parametrize(
    ("done", "changes_wanted", "then"),
    [
        ("plan_meeting", True, "plan_adjustment"),
        ("plan_adjustment", False, "plan_booking"),  # booked again, and again as often as it takes
        ("budget_meeting", True, "budget_adjustment"),
        ("budget_adjustment", False, "budget_meeting"),
        ("drawings", True, "budget"),  # nobody is asked after this one
    ],
)
def test_changes_lead_back_to_the_next_meeting(done: str, changes_wanted: bool, then: str) -> None:
    assert next_step(StepKey(done), changes_wanted=changes_wanted) == then


def test_each_round_is_counted_and_has_a_clock_of_its_own() -> None:
    met = [at("2026-11-25T16:00"), at("2026-11-27T11:00"), at("2026-09-30T15:00")]

    rounds = rounds_of(PLAN_ROUNDS, met, BOOK)

    assert [one.number for one in rounds] == [1, 2, 3]
    assert [one.started_at for one in rounds] == met
    assert [one.due_at for one in rounds] == [at("2026-11-26T17:30"), at("2026-11-28T17:30"), at("2026-10-08T17:30")]


def test_the_budgets_rounds_have_their_own_limit() -> None:
    own = Rulebook.model_validate({"process": {"plan_adjustment": "2wd", "budget_adjustment": "3h"}})

    assert [one.due_at for one in rounds_of(PLAN_ROUNDS, [at("2026-11-25T10:00")], own)] == [at("2026-11-27T17:30")]
    assert [one.due_at for one in rounds_of(BUDGET_ROUNDS, [at("2026-11-25T10:00")], own)] == [at("2026-11-25T15:00")]
    assert rounds_of(BUDGET_ROUNDS, [], own) == ()


def test_what_lies_ahead_of_a_step_leads_straight_to_the_contract() -> None:
    adjusting = {loop.adjusting for loop in LOOPS}

    assert [step.key for step in ahead_of(None)] == [
        step.key for step in STEPS if step.key not in (StepKey.RECEPTION, *adjusting)
    ]
    assert [step.key for step in ahead_of(StepKey.BUDGET_MEETING)] == [StepKey.CONTRACT]
    assert ahead_of(StepKey.CONTRACT) == ()
