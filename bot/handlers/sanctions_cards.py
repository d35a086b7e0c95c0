"""The cards of proposed sanctions: for the person whom they concern and for whoever decides, for nobody else."""

from __future__ import annotations

from typing import Any

from bot import approvals
from bot.feature import Answer, Context, Scene
from bot.notices import Buttons, Notice, from_content, notice, row
from bot.talk import Button
from storage import sanctions, staff
from storage.sanctions import Sanction, SanctionState
from storage.staff import Role, Staff

# The handbook's rows under which a slip can be drafted, and what people call them.
RULES = {
    "A6": ("旷工", "外出没说", "没打招呼"),
    "A8": ("擅自出城", "没批就出城"),
    "A12": ("没提前打电话", "漏打卡没说"),
    "C6": ("办公室吃东西", "在办公室吃"),
}


def card(scene: Scene, sanction_id: int, viewer: Staff | None) -> Notice | None:
    """The draft as the person, who proposed it, or who decides it may see it now."""
    proposed = sanctions.get(scene.session, scene.store.id, sanction_id)
    if proposed is None or viewer is None:
        return None
    if viewer.id == proposed.staff_id:
        return notice("sanctions.card_own", buttons=_own_buttons(scene, proposed), **_known(scene, proposed))
    if viewer.id == proposed.proposed_by_id:
        # What the person says is for whoever decides.
        return notice("sanctions.card_after", **_known(scene, proposed) | {"statement": "", "appeal": ""})
    request = approvals.standing(scene, proposed.subject)
    decides = request is not None and approvals.right(scene, request, viewer)
    if not decides and not approvals.was_asked(scene, proposed.subject, viewer):
        return None
    deciding = approvals.card_buttons(scene, proposed.subject, viewer)
    if deciding and proposed.state in (SanctionState.DECIDING, SanctionState.APPEALED):
        coaching = row(Button("sanctions.button_coach", f"sanctions:coach:{proposed.id}"))
        return notice("sanctions.card", buttons=deciding + coaching, **_known(scene, proposed))
    return notice("sanctions.card_after", buttons=deciding, **_known(scene, proposed))


def _known(scene: Scene, proposed: Sanction) -> dict[str, Any]:
    """The facts and the decision; `until` is when a draft that nobody decides lapses."""
    request = approvals.standing(scene, proposed.subject)
    decision = approvals.card_values(scene, proposed.subject)
    known = {name: decision[name] for name in ("by", "for_", "at", "why")}
    known["until"] = request.expires_at if request else None
    return facts(scene, proposed) | known | {"subject": proposed.subject}


def facts(scene: Scene, proposed: Sanction) -> dict[str, Any]:
    by = staff.get(scene.session, proposed.proposed_by_id) if proposed.proposed_by_id else None
    return {
        "name": staff.get(scene.session, proposed.staff_id).name,
        "rule": notice(f"sanctions.rule_{proposed.rule.lower()}"),
        "facts": from_content(proposed.facts),
        "state": str(proposed.state),
        "statement": proposed.statement,
        "appeal": proposed.appeal,
        "proposer": by.name if by else "",
        "by_office": by is not None and by.has(Role.GM_OFFICE),
        "heard_until": proposed.heard_until,
    }


def told(key: str, scene: Scene, proposed: Sanction, /, **more: Any) -> Notice:
    """A text about the draft that becomes its live card."""
    return notice(key, subject=proposed.subject, **facts(scene, proposed), **more)


def title(scene: Scene, sanction_id: int) -> Notice:
    return notice("sanctions.title_line", **facts(scene, existing(scene, sanction_id)))


def existing(scene: Scene, sanction_id: int) -> Sanction:
    proposed = sanctions.lock(scene.session, scene.store.id, sanction_id)
    if proposed is None:
        raise LookupError(f"sanction {sanction_id} of store {scene.store.id}")
    return proposed


def may_object(scene: Scene, proposed: Sanction) -> bool:
    """Once, to a slip that was kept, while there is time."""
    request = approvals.standing(scene, proposed.subject)
    if proposed.state != SanctionState.CONFIRMED or proposed.appeal or request is None or request.decided_at is None:
        return False
    return scene.now < scene.rules.working.deadline(request.decided_at, scene.rules.sanctions.object_within).due


def _own_buttons(scene: Scene, proposed: Sanction) -> Buttons:
    match proposed.state:
        case SanctionState.HEARING:
            return row(
                *(Button(f"sanctions.button_{verb}", f"sanctions:{verb}:{proposed.id}") for verb in ("say", "nothing"))
            )
        case SanctionState.DECIDING:
            return row(Button("sanctions.button_say_more", f"sanctions:say:{proposed.id}"))
    if may_object(scene, proposed):
        return row(Button("sanctions.button_object", f"sanctions:object:{proposed.id}"))
    return ()


def mine(ctx: Context, word: str, rest: str) -> Answer:
    """我的记录: everything that is kept about the person, each to be answered."""
    own = sanctions.of_staff(ctx.session, ctx.me.id)
    if not own:
        return notice("sanctions.none_of_mine")
    *before, last = [Notice(subject=one.subject) for one in reversed(own)]
    for one in before:
        ctx.tell(ctx.me.id, one, urgent=True)
    return last
