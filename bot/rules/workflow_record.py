"""What is put on record at each step, by whom, and which of it ends the step (HANDBOOK 1H 1K); the table: ENTRIES."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from bot.rules.workflow import Need, StepKey
from storage.staff import Role


class Fact(StrEnum):
    """What is on record about a case besides what a step needs."""

    ESTIMATE_TOTAL = "estimate_total"
    BUDGET_TOTAL = "budget_total"
    OVER_ALLOWED = "over_allowed"
    BUDGET_MEETING_BOOKED = "budget_meeting_booked"
    CONTRACT_SIGNED = "contract_signed"
    CHANGES_WANTED = "changes_wanted"


class Asked(StrEnum):
    """What must be said with an entry, who only where there are several; each is a field of its form."""

    HAPPENED = "happened"
    MEETS = "meets"
    PERSON = "person"
    OUTCOME = "outcome"
    NUMBER = "number"
    AMOUNT = "amount"
    WORDS = "words"


class Outcome(StrEnum):
    """What the customer said at a meeting."""

    AGREED = "agreed"
    CHANGES = "changes"
    UNDECIDED = "undecided"


Mark = Need | Fact


@dataclass(frozen=True)
class Entry:
    """A button at some steps that puts `mark` on record, with what is `asks`ed.

    One that is `guarded` waits for all that the step needs (HANDBOOK 1K); the step is done when all that `ends` it
    stands. Besides the step's owner and the managers those with a role of `by` may press it.
    """

    mark: Mark
    steps: tuple[StepKey, ...]
    asks: tuple[Asked, ...] = ()
    guarded: bool = False
    ends: bool = False
    by: tuple[Role, ...] = ()


ENTRIES = (
    Entry(Need.SURVEY_RECORDED, (StepKey.FLOOR_PLAN,), asks=(Asked.HAPPENED,)),
    Entry(Need.MATERIALS_SELECTED, (StepKey.FLOOR_PLAN, StepKey.ESTIMATE), asks=(Asked.WORDS,), by=(Role.DESIGNER,)),
    Entry(Need.ESTIMATE_CHECKED, (StepKey.PLAN_BOOKING,)),
    Entry(Need.PLAN_MEETING_BOOKED, (StepKey.PLAN_BOOKING,), asks=(Asked.MEETS,), guarded=True, ends=True),
    Entry(
        Need.PLAN_MEETING_HELD,
        (StepKey.PLAN_MEETING,),
        asks=(Asked.OUTCOME, Asked.WORDS),
        guarded=True,
        ends=True,
        by=(Role.CLIENT_MANAGER,),
    ),
    Entry(Need.PLAN_AGREED, (StepKey.DESIGN_AGREEMENT,)),
    Entry(Need.AGREEMENT_SIGNED, (StepKey.DESIGN_AGREEMENT,), asks=(Asked.NUMBER,), guarded=True, ends=True),
    Entry(Need.FEE_PAID, (StepKey.DESIGN_AGREEMENT,), asks=(Asked.AMOUNT,), guarded=True, ends=True),
    Entry(Need.REVIEW_APPROVED, (StepKey.REVIEW,), guarded=True, ends=True),
    Entry(
        Need.BRIEFING_ARRANGED,
        (StepKey.REVIEW,),
        asks=(Asked.MEETS, Asked.PERSON),
        guarded=True,
        ends=True,
    ),
    Entry(Fact.OVER_ALLOWED, (StepKey.BUDGET_MEETING, StepKey.CONTRACT), asks=(Asked.WORDS,)),
    Entry(Fact.BUDGET_MEETING_BOOKED, (StepKey.BUDGET_MEETING,), asks=(Asked.MEETS,), guarded=True),
    Entry(
        Need.BUDGET_MEETING_HELD,
        (StepKey.BUDGET_MEETING,),
        asks=(Asked.OUTCOME, Asked.WORDS),
        guarded=True,
        ends=True,
        by=(Role.DESIGNER, Role.ESTIMATOR),
    ),
    Entry(Need.BUDGET_EXPLAINED, (StepKey.BUDGET_MEETING, StepKey.CONTRACT), by=(Role.ESTIMATOR,)),
    Entry(Fact.CONTRACT_SIGNED, (StepKey.CONTRACT,), asks=(Asked.NUMBER, Asked.AMOUNT), guarded=True, ends=True),
    Entry(
        Fact.CHANGES_WANTED,
        (StepKey.DESIGN_AGREEMENT, StepKey.BUDGET_MEETING, StepKey.CONTRACT),
        asks=(Asked.WORDS,),
    ),
)

# Which step is done once more where changes are wanted at one that no meeting ends: the customer thinks again after
# having agreed, or the budget is too far from the estimate to be shown.
CHANGED_BY: dict[StepKey, StepKey] = {
    StepKey.DESIGN_AGREEMENT: StepKey.PLAN_ADJUSTMENT,
    StepKey.BUDGET_MEETING: StepKey.BUDGET,
    StepKey.CONTRACT: StepKey.BUDGET_ADJUSTMENT,
}

# With one of these on record there is no way back from the step: what was signed and paid for is drawn next.
TOO_LATE: dict[StepKey, tuple[Mark, ...]] = {StepKey.DESIGN_AGREEMENT: (Need.AGREEMENT_SIGNED, Need.FEE_PAID)}

# What is wanted anew once a step's work is handed over: it may be another round of it, or it may have come back before.
WANTED_ANEW: dict[StepKey, tuple[Mark, ...]] = {
    StepKey.ESTIMATE: (Need.ESTIMATE_CHECKED,),
    StepKey.PLAN_ADJUSTMENT: (
        Need.ESTIMATE_CHECKED,
        Need.PLAN_MEETING_BOOKED,
        Need.PLAN_MEETING_HELD,
        Need.PLAN_AGREED,
        Fact.CHANGES_WANTED,
    ),
    StepKey.BUDGET: (
        Need.REVIEW_APPROVED,
        Fact.OVER_ALLOWED,
        Fact.BUDGET_MEETING_BOOKED,
        Need.BUDGET_EXPLAINED,
        Fact.CHANGES_WANTED,
    ),
    StepKey.BUDGET_ADJUSTMENT: (
        Fact.OVER_ALLOWED,
        Fact.BUDGET_MEETING_BOOKED,
        Need.BUDGET_MEETING_HELD,
        Need.BUDGET_EXPLAINED,
        Fact.CHANGES_WANTED,
    ),
}

# Where the words stand that say what is to be changed, the newest first.
CHANGES_SAID: dict[StepKey, tuple[Mark, ...]] = {
    StepKey.PLAN_ADJUSTMENT: (Fact.CHANGES_WANTED, Need.PLAN_MEETING_HELD),
    StepKey.BUDGET: (Fact.CHANGES_WANTED,),
    StepKey.BUDGET_ADJUSTMENT: (Fact.CHANGES_WANTED, Need.BUDGET_MEETING_HELD),
}

# Which appointment with the customer a step is about.
MEETS_BY: dict[StepKey, Mark] = {
    StepKey.PLAN_MEETING: Need.PLAN_MEETING_BOOKED,
    StepKey.BUDGET_MEETING: Fact.BUDGET_MEETING_BOOKED,
}
# What is said and done while the customer is here: it waits for that appointment.
AT_THE_MEETING: tuple[Mark, ...] = (Need.PLAN_MEETING_HELD, Need.BUDGET_MEETING_HELD, Need.BUDGET_EXPLAINED)


def entries_at(step: StepKey, standing: Container[str]) -> list[Entry]:
    """What can still be put on record at this step, in the table's order."""
    found = [one for one in ENTRIES if step in one.steps and one.mark not in standing]
    return [one for one in found if one.mark != Fact.CHANGES_WANTED] if is_too_late(step, standing) else found


def is_too_late(step: StepKey, standing: Container[str]) -> bool:
    """Whether no more changes can be asked for at this step."""
    return any(mark in standing for mark in TOO_LATE.get(step, ()))


def waits_for(mark: Mark, step: StepKey) -> Mark | None:
    """The appointment that must be on record before the entry; once it was held, at a later step, nothing must."""
    return MEETS_BY.get(step) if mark in AT_THE_MEETING else None


def entry(mark: str, step: StepKey) -> Entry | None:
    return next((one for one in ENTRIES if one.mark == mark and step in one.steps), None)


def ending(step: StepKey) -> list[Entry]:
    """What must all stand for the step to be done; nothing where it is done by handing over."""
    return [one for one in ENTRIES if step in one.steps and one.ends]
