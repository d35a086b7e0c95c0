"""流程: the eleven steps from the door to the contract, whose each is, until when, and what it hands to whom.

The table is the handbook's (bot/rules/workflow.py) with the limits that the store has now; a group may see it.
流程 2026-0031 is where that case stands (到哪一步了, in workflow.py).
"""

from __future__ import annotations

from typing import Any

from bot.feature import Answer, Command, Context, Feature
from bot.handlers import customers_naming, workflow
from bot.handlers.workflow_cards import within
from bot.notices import Notice, notice
from bot.rules.customers import case_number_in
from bot.rules.workflow import STEPS, Step, limit_of
from bot.rules.workflow_limits import ProcessRules


def show(ctx: Context, word: str, rest: str) -> Answer:
    """The table; with a case's number where it stands, of which a group hears whose it is and no more."""
    if case_number_in(rest) is not None:
        if ctx.in_group:
            return Notice(subject=customers_naming.named_case(ctx, rest).subject)
        return workflow.of_case(ctx, word, rest)
    numbers = [step.number for step in STEPS]
    first = [number not in numbers[:index] for index, number in enumerate(numbers)]
    lines = [_line(step, ctx.rules.process, first=one) for step, one in zip(STEPS, first, strict=True)]
    return notice("process.table", steps=lines, count=numbers[-1])


def _line(step: Step, rules: ProcessRules, *, first: bool) -> dict[str, Any]:
    """`first` is the step that begins its number; what follows under the same number is shown below it."""
    limit = limit_of(step, rules)
    return {
        "number": step.number if first else None,
        "name": notice(f"process.name_{step.key}"),
        "owner": notice(f"staff.role_{step.owner}"),
        "since": step.since.value,
        "within": within(limit) if limit else None,
        "paper": notice(f"process.paper_{step.hands.paper}") if step.hands else None,
        "to": notice(f"staff.role_{step.hands.to}") if step.hands else None,
        "form": bool(step.hands and step.hands.form_required),
    }


feature = Feature(
    name="process",
    commands=(Command("process.show", ("流程", "流程表", "十一步"), show, personal=False, leads=True, noun=True),),
)
