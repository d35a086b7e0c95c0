"""Whose step falls due while they are on leave: the client manager hears at once, and passes it on, or lets it wait.

So they do when the step becomes theirs, or due then, after the leave was granted (workflow_reminders.py).
It is a subject of its own (`workflow_away:42` for step 42), so that its card shows what was done about it.
"""

from __future__ import annotations

from bot.feature import MANAGERS, Absence, Answer, Context, Feature, Press, Scene
from bot.handlers import workflow_acting as acting
from bot.handlers import workflow_cards as cards
from bot.handlers import workflow_reminders as reminders
from bot.notices import Notice, notice, row
from bot.talk import Button
from storage import workflow
from storage.staff import Staff
from storage.workflow import StepState

MOST = 1000


def absent(scene: Scene, absence: Absence) -> None:
    """Each step that is due while its owner is away, to the case's client manager."""
    for step in workflow.live_of_owner(scene.session, absence.person_id, most=MOST):
        reminders.tell_of_leave(scene, step, absence)


def card(scene: Scene, step_id: int, viewer: Staff | None) -> Notice | None:
    """What has become of the step, for the managers, who were asked about it."""
    step = workflow.get(scene.session, scene.store.id, step_id)
    if step is None or viewer is None or not any(viewer.has(role) for role in MANAGERS):
        return None
    keep_it = Button("workflow.button_keep", f"workflow_away:keep:{step.id}")
    choices = row(cards.button("pass_on", step), cards.button("wait", step), keep_it)
    buttons = choices if step.state == StepState.OPEN else ()
    return notice(
        "workflow.away_card", buttons=buttons, subject=reminders.away_subject(step), **cards.facts(scene, step)
    )


def keep(ctx: Context, press: Press) -> Answer:
    """先不动: it stays as it is, and is spoken of again when it is due."""
    step = acting.own(ctx, press)
    ctx.record("workflow.kept", f"customers:{step.case_id}", by=ctx.me, after={"step": step.step})
    return notice("workflow.kept", **cards.facts(ctx, step))


feature = Feature(name="workflow_away", buttons={"keep": keep}, card=card, absent=absent)
