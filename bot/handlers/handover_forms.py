"""A handover form as it is made, and when it is asked after (HANDBOOK W3 2.6 6)."""

from __future__ import annotations

from bot.feature import Context, Scene
from bot.handlers import handover_cards as cards
from bot.rules.workflow import Need, Paper
from storage import handover, workflow
from storage.handover import HandoverForm
from storage.staff import Staff
from storage.workflow import CaseStep

RULE = "HANDBOOK W3"
ASKED, TOLD = "asked", "told"


def hand(ctx: Context, step: CaseStep, paper: Paper, to: Staff, *, items: str = "", remarks: str = "") -> HandoverForm:
    """The step's work goes over to somebody, with the files that were sent for it; they are asked whether they have it.

    A form that no step follows is the contract's: its receiver takes it, and there is nothing to give back.
    """
    form = HandoverForm(
        store_id=ctx.store.id,
        year=ctx.today().year,
        serial=0,
        case_id=step.case_id,
        step_id=step.id,
        paper=paper,
        from_id=step.owner_id,
        to_id=to.id,
        items=[*([{"name": items}] if items else []), *cards.files_of(ctx, step)],
        remarks=remarks,
        materials_attached=Need.MATERIALS_SELECTED in workflow.marks_of(ctx.session, step.case_id),
        handed_at=ctx.now,
        handed_by_id=ctx.me.id,
    )
    kept = handover.hand_over(ctx.session, form)
    after = {"form": kept.number, "to": to.key}
    ctx.record("handover.handed", f"customers:{step.case_id}", by=ctx.me, rule=RULE, after=after)
    ask_at(ctx, kept)
    return kept


def ask_at(scene: Scene, form: HandoverForm) -> None:
    """Half an hour of work after it was handed over its receiver is asked, another one later the client manager."""
    asked = scene.rules.after_working(form.handed_at, scene.rules.process.accept)
    told = scene.rules.after_working(asked, scene.rules.process.accept)
    for at, occurrence in ((asked, ASKED), (told, TOLD)):
        if at > scene.now:
            scene.remind("handover", form.subject, at, occurrence=occurrence)
