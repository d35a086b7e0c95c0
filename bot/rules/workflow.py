"""The steps of a case from the door to the contract, as one table (HANDBOOK 1H 1K); their clocks: workflow_clock.py."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from enum import StrEnum

from bot.rules.limits import Limit, Since
from bot.rules.workflow_limits import ProcessRules
from storage.staff import Role


class StepKey(StrEnum):
    """What is done, in the order of the process."""

    RECEPTION = "reception"
    FLOOR_PLAN = "floor_plan"
    ESTIMATE = "estimate"
    PLAN_BOOKING = "plan_booking"
    PLAN_MEETING = "plan_meeting"
    PLAN_ADJUSTMENT = "plan_adjustment"
    DESIGN_AGREEMENT = "design_agreement"
    DRAWINGS = "drawings"
    BUDGET = "budget"
    REVIEW = "review"
    BUDGET_MEETING = "budget_meeting"
    BUDGET_ADJUSTMENT = "budget_adjustment"
    CONTRACT = "contract"


class Need(StrEnum):
    """What must be on record before a step may be done (HANDBOOK 1K); what only a workbook can tell is not here."""

    SURVEY_RECORDED = "survey_recorded"
    FLOOR_PLAN_RECEIVED = "floor_plan_received"
    MATERIALS_SELECTED = "materials_selected"
    ESTIMATE_RECEIVED = "estimate_received"
    ESTIMATE_CHECKED = "estimate_checked"
    PLAN_MEETING_BOOKED = "plan_meeting_booked"
    PLAN_MEETING_HELD = "plan_meeting_held"
    PLAN_AGREED = "plan_agreed"
    AGREEMENT_SIGNED = "agreement_signed"
    FEE_PAID = "fee_paid"
    DRAWINGS_RECEIVED = "drawings_received"
    BUDGET_RECEIVED = "budget_received"
    REVIEW_APPROVED = "review_approved"
    BRIEFING_ARRANGED = "briefing_arranged"
    WITHIN_TEN_PERCENT = "within_ten_percent"
    BUDGET_MEETING_HELD = "budget_meeting_held"
    BUDGET_EXPLAINED = "budget_explained"


class Paper(StrEnum):
    """What one hands to another."""

    FLOOR_PLAN = "floor_plan"
    ESTIMATE_SHEET = "estimate_sheet"
    ADJUSTED_PLAN = "adjusted_plan"
    CONSTRUCTION_DRAWINGS = "construction_drawings"
    BUDGET = "budget"
    BRIEFING = "briefing"
    ADJUSTED_DRAWINGS = "adjusted_drawings"
    CONTRACT = "contract"


class Appointment(StrEnum):
    """A meeting about a case that a step books."""

    PLAN_MEETING = "plan_meeting"
    PRELIMINARY_BRIEFING = "preliminary_briefing"
    BUDGET_MEETING = "budget_meeting"


@dataclass(frozen=True)
class Handover:
    """What goes to whom; `form_required` where it does not count without the handover form (HANDBOOK W3)."""

    paper: Paper
    to: Role
    form_required: bool = False


@dataclass(frozen=True)
class Step:
    """A row of the process: `number` is its W row in the handbook, `since` what its clock starts with.

    `limit` picks the store's setting, None where the handbook has no time; `joined_by` are the roles that take part
    besides the owner.
    """

    number: int
    key: StepKey
    owner: Role
    since: Since
    limit: Callable[[ProcessRules], Limit] | None = None
    needs: tuple[Need, ...] = ()
    hands: Handover | None = None
    books: Appointment | None = None
    joined_by: tuple[Role, ...] = ()


STEPS = (
    Step(1, StepKey.RECEPTION, Role.CLIENT_MANAGER, Since.START),
    Step(
        2,
        StepKey.FLOOR_PLAN,
        Role.DESIGNER,
        Since.SURVEYED,
        limit=lambda rules: rules.floor_plan,
        needs=(Need.SURVEY_RECORDED,),
        hands=Handover(Paper.FLOOR_PLAN, Role.ESTIMATOR),
    ),
    Step(
        3,
        StepKey.ESTIMATE,
        Role.ESTIMATOR,
        Since.RECEIVED,
        limit=lambda rules: rules.estimate,
        needs=(Need.FLOOR_PLAN_RECEIVED, Need.MATERIALS_SELECTED),
        hands=Handover(Paper.ESTIMATE_SHEET, Role.CLIENT_MANAGER, form_required=True),
    ),
    Step(
        4,
        StepKey.PLAN_BOOKING,
        Role.CLIENT_MANAGER,
        Since.RECEIVED,
        needs=(Need.ESTIMATE_RECEIVED, Need.ESTIMATE_CHECKED),
        books=Appointment.PLAN_MEETING,
    ),
    Step(5, StepKey.PLAN_MEETING, Role.DESIGNER, Since.START, needs=(Need.PLAN_MEETING_BOOKED,)),
    Step(
        6,
        StepKey.PLAN_ADJUSTMENT,
        Role.DESIGNER,
        Since.MET,
        limit=lambda rules: rules.plan_adjustment,
        needs=(Need.PLAN_MEETING_HELD,),
        hands=Handover(Paper.ADJUSTED_PLAN, Role.CLIENT_MANAGER),
        joined_by=(Role.ESTIMATOR,),
    ),
    Step(
        7,
        StepKey.DESIGN_AGREEMENT,
        Role.CLIENT_MANAGER,
        Since.MET,
        needs=(Need.PLAN_MEETING_HELD, Need.PLAN_AGREED),
        joined_by=(Role.DESIGNER,),
    ),
    Step(
        8,
        StepKey.DRAWINGS,
        Role.DESIGNER,
        Since.SIGNED,
        limit=lambda rules: rules.drawings,
        needs=(Need.AGREEMENT_SIGNED, Need.FEE_PAID),
        hands=Handover(Paper.CONSTRUCTION_DRAWINGS, Role.ESTIMATOR),
    ),
    Step(
        9,
        StepKey.BUDGET,
        Role.ESTIMATOR,
        Since.RECEIVED,
        limit=lambda rules: rules.budget,
        needs=(Need.DRAWINGS_RECEIVED,),
        hands=Handover(Paper.BUDGET, Role.ENGINEERING_MANAGER),
    ),
    Step(
        9,
        StepKey.REVIEW,
        Role.ENGINEERING_MANAGER,
        Since.RECEIVED,
        limit=lambda rules: rules.review,
        needs=(Need.BUDGET_RECEIVED,),
        hands=Handover(Paper.BRIEFING, Role.PROJECT_MANAGER),
        books=Appointment.PRELIMINARY_BRIEFING,
    ),
    Step(
        10,
        StepKey.BUDGET_MEETING,
        Role.CLIENT_MANAGER,
        Since.RECEIVED,
        needs=(Need.REVIEW_APPROVED, Need.BRIEFING_ARRANGED, Need.WITHIN_TEN_PERCENT),
        books=Appointment.BUDGET_MEETING,
        joined_by=(Role.DESIGNER, Role.ESTIMATOR),
    ),
    Step(
        11,
        StepKey.BUDGET_ADJUSTMENT,
        Role.DESIGNER,
        Since.MET,
        limit=lambda rules: rules.budget_adjustment,
        needs=(Need.BUDGET_MEETING_HELD,),
        hands=Handover(Paper.ADJUSTED_DRAWINGS, Role.CLIENT_MANAGER),
        joined_by=(Role.ESTIMATOR,),
    ),
    Step(
        11,
        StepKey.CONTRACT,
        Role.CLIENT_MANAGER,
        Since.MET,
        needs=(Need.REVIEW_APPROVED, Need.BUDGET_MEETING_HELD, Need.BUDGET_EXPLAINED, Need.WITHIN_TEN_PERCENT),
        hands=Handover(Paper.CONTRACT, Role.PROJECT_MANAGER),
    ),
)
BY_KEY = {step.key: step for step in STEPS}


@dataclass(frozen=True)
class Loop:
    """A step that is done once a round, as often as the customer wants changes `after` a meeting; then `back_to`."""

    adjusting: StepKey
    after: StepKey
    back_to: StepKey


LOOPS = (
    Loop(StepKey.PLAN_ADJUSTMENT, after=StepKey.PLAN_MEETING, back_to=StepKey.PLAN_BOOKING),
    Loop(StepKey.BUDGET_ADJUSTMENT, after=StepKey.BUDGET_MEETING, back_to=StepKey.BUDGET_MEETING),
)


def missing(step: Step, met: Container[Need]) -> tuple[Need, ...]:
    """What still keeps the step from being done, in the order in which it is asked for (HANDBOOK 1K)."""
    return tuple(need for need in step.needs if need not in met)


def next_step(key: StepKey, *, changes_wanted: bool = False) -> StepKey | None:
    """What follows a step that is done, None after the contract; `changes_wanted` is what a meeting's customer said."""
    for loop in LOOPS:
        if key == loop.adjusting:
            return loop.back_to
        if key == loop.after and changes_wanted:
            return loop.adjusting
    adjusting = {loop.adjusting for loop in LOOPS}
    straight = [step.key for step in STEPS if step.key not in adjusting]
    following = straight[straight.index(key) + 1 :]
    return following[0] if following else None


def ahead_of(key: StepKey | None) -> tuple[Step, ...]:
    """What still comes after this step if the customer has no changes; all of it after the reception for None."""
    ahead = []
    following = next_step(key or StepKey.RECEPTION)
    while following is not None:
        ahead.append(BY_KEY[following])
        following = next_step(following)
    return tuple(ahead)


def limit_of(step: Step, rules: ProcessRules) -> Limit | None:
    """How long the store gives the step, None where it has no limit."""
    return step.limit(rules) if step.limit else None
