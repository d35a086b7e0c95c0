"""怎么做: how a step is done, in the store's words (HANDBOOK 2.3 to 2.7); only shown, nothing is ticked off."""

from __future__ import annotations

from bot.feature import Answer, Context, Press
from bot.handlers import workflow_acting as acting
from bot.notices import notice
from bot.rules.workflow import StepKey


def how(ctx: Context, press: Press) -> Answer:
    """The button 怎么做."""
    step = acting.of_store(ctx, press)
    return notice(f"checklists.{StepKey(step.step)}")
