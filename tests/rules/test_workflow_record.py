"""What is put on record at which step: what ends it, what must stand first, what another round wants anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from bot.rules.workflow import BY_KEY, LOOPS, STEPS, Loop, Need, StepKey, next_step
from bot.rules.workflow_record import (
    CHANGED_BY,
    CHANGES_SAID,
    ENTRIES,
    MEETS_BY,
    TOO_LATE,
    WANTED_ANEW,
    Asked,
    Entry,
    Fact,
    Mark,
    ending,
    entries_at,
    entry,
    is_too_late,
    waits_for,
)

# What is on record by other means: a form that was handed over, a sum that was reckoned.
NOT_SAID = {
    Need.FLOOR_PLAN_RECEIVED,
    Need.ESTIMATE_RECEIVED,
    Need.DRAWINGS_RECEIVED,
    Need.BUDGET_RECEIVED,
    Need.WITHIN_TEN_PERCENT,
}
HANDED_OVER = {
    StepKey.FLOOR_PLAN,
    StepKey.ESTIMATE,
    StepKey.PLAN_ADJUSTMENT,
    StepKey.DRAWINGS,
    StepKey.BUDGET,
    StepKey.BUDGET_ADJUSTMENT,
}


def marks_at(step: StepKey, *standing: str) -> list[str]:
    return [str(one.mark) for one in entries_at(step, standing)]


def on_from(step: StepKey) -> Iterator[StepKey]:
    """The steps that follow, if nobody wants changes."""
    while (following := next_step(step)) is not None:
        yield following
        step = following


def test_every_need_can_be_met() -> None:
    wanted = {need for step in STEPS for need in step.needs}

    assert wanted - {one.mark for one in ENTRIES} == NOT_SAID


def test_a_mark_is_one_entry_at_each_step() -> None:
    rows = Counter((step, one.mark) for one in ENTRIES for step in one.steps)

    assert set(rows.values()) == {1}


def test_each_step_ends_by_what_is_said_or_by_handing_over() -> None:
    by_hand = {step.key for step in STEPS if not ending(step.key) and step.key != StepKey.RECEPTION}

    assert by_hand == HANDED_OVER
    assert all(BY_KEY[key].hands is not None for key in by_hand)


@pytest.mark.parametrize(
    ("step", "marks"),
    [
        (StepKey.PLAN_BOOKING, {Need.PLAN_MEETING_BOOKED}),
        (StepKey.PLAN_MEETING, {Need.PLAN_MEETING_HELD}),
        (StepKey.DESIGN_AGREEMENT, {Need.AGREEMENT_SIGNED, Need.FEE_PAID}),  # both start the seven days
        (StepKey.REVIEW, {Need.REVIEW_APPROVED, Need.BRIEFING_ARRANGED}),
        (StepKey.BUDGET_MEETING, {Need.BUDGET_MEETING_HELD}),
        (StepKey.CONTRACT, {Fact.CONTRACT_SIGNED}),
    ],
)
def test_what_ends_a_step(step: StepKey, marks: set[Need | Fact]) -> None:
    assert {one.mark for one in ending(step)} == marks


@pytest.mark.parametrize("one", [one for one in ENTRIES if one.ends], ids=lambda one: str(one.mark))
def test_nothing_ends_a_step_before_what_it_needs(one: Entry) -> None:
    assert one.guarded


@pytest.mark.parametrize(
    ("step", "standing", "left"),
    [
        (StepKey.FLOOR_PLAN, (), ["survey_recorded", "materials_selected"]),
        (StepKey.FLOOR_PLAN, ("survey_recorded",), ["materials_selected"]),
        (StepKey.ESTIMATE, ("materials_selected",), []),
        (StepKey.PLAN_BOOKING, ("estimate_checked",), ["plan_meeting_booked"]),
        (StepKey.DESIGN_AGREEMENT, ("plan_agreed",), ["agreement_signed", "fee_paid", "changes_wanted"]),
        (StepKey.DESIGN_AGREEMENT, ("plan_agreed", "agreement_signed"), ["fee_paid"]),  # signed: no other round
        (StepKey.DESIGN_AGREEMENT, ("plan_agreed", "fee_paid"), ["agreement_signed"]),
        (
            StepKey.CONTRACT,
            ("agreement_signed", "fee_paid", "budget_explained"),
            ["over_allowed", "contract_signed", "changes_wanted"],
        ),
    ],
)
def test_what_stands_is_not_asked_again(step: StepKey, standing: tuple[str, ...], left: list[str]) -> None:
    assert marks_at(step, *standing) == left


def test_an_entry_belongs_to_its_steps() -> None:
    assert entry("survey_recorded", StepKey.FLOOR_PLAN) is not None
    assert entry("survey_recorded", StepKey.BUDGET) is None
    assert entry("nonsense", StepKey.FLOOR_PLAN) is None


@pytest.mark.parametrize(
    ("mark", "step", "appointment"),
    [
        (Need.PLAN_MEETING_HELD, StepKey.PLAN_MEETING, Need.PLAN_MEETING_BOOKED),
        (Need.BUDGET_MEETING_HELD, StepKey.BUDGET_MEETING, Fact.BUDGET_MEETING_BOOKED),
        (Need.BUDGET_EXPLAINED, StepKey.BUDGET_MEETING, Fact.BUDGET_MEETING_BOOKED),
        # The customer has seen it by then.
        (Need.BUDGET_EXPLAINED, StepKey.CONTRACT, None),
        (Fact.BUDGET_MEETING_BOOKED, StepKey.BUDGET_MEETING, None),
    ],
)
def test_what_is_done_while_the_customer_is_here_waits_for_the_appointment(
    mark: Mark, step: StepKey, appointment: Mark | None
) -> None:
    assert waits_for(mark, step) == appointment


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.adjusting)
def test_another_round_wants_its_meeting_and_what_was_agreed_anew(loop: Loop) -> None:
    assert {one.mark for one in ending(loop.after)} | {MEETS_BY[loop.after]} <= set(WANTED_ANEW[loop.adjusting])


@pytest.mark.parametrize("step", WANTED_ANEW)
def test_what_is_wanted_anew_can_be_said_on_the_way_on(step: StepKey) -> None:
    ahead = set(on_from(step))

    said_there = {one.mark for one in ENTRIES if ahead & set(one.steps)}

    assert set(WANTED_ANEW[step]) <= said_there


def test_changes_can_be_asked_for_until_it_is_signed() -> None:
    wanted = next(one for one in ENTRIES if one.mark == Fact.CHANGES_WANTED)

    assert set(wanted.steps) == set(CHANGED_BY)
    assert wanted.asks == (Asked.WORDS,)
    assert is_too_late(StepKey.DESIGN_AGREEMENT, {"fee_paid"})
    assert not is_too_late(StepKey.CONTRACT, {"fee_paid", "agreement_signed"})
    assert set(TOO_LATE) <= set(CHANGED_BY)


def test_what_is_changed_is_a_step_before_and_says_what_was_wanted() -> None:
    order = list(StepKey)

    assert all(order.index(back) < order.index(step) for step, back in CHANGED_BY.items())
    assert set(CHANGED_BY.values()) == set(CHANGES_SAID)
