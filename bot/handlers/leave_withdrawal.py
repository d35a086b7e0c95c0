"""Leave that has begun is withdrawn only if the approver agrees (HANDBOOK 6): the person asks, the supervisor decides.

It is a subject of its own (`leave_withdrawal:42`), so that the leave and its decision stay as they are meanwhile.
"""

from __future__ import annotations

from bot import approvals
from bot.feature import Approvable, Context, Decision, Feature, Refusal, Scene
from bot.handlers import leave_cards
from bot.notices import Notice, notice
from bot.reading import Span
from bot.rules import leave as rules
from storage import leave, staff
from storage.approvals import ApprovalState
from storage.leave import GRANTED, Leave, LeaveState
from storage.staff import Role, Staff


def ask(ctx: Context, begun: Leave) -> Notice:
    """Asks whoever decides to let a leave that has begun be as if it had never been."""
    if approvals.is_pending(ctx, subject(begun)):
        raise Refusal("leave.withdrawal_waits")
    approvals.open_request(
        ctx,
        subject(begun),
        applicant=staff.get(ctx.session, begun.staff_id),
        roles=[Role.CLIENT_MANAGER],
        begins_at=begun.ends_at,
        expires_at=begun.ends_at,
    )
    ctx.record("leave.withdrawal_asked", begun.subject, by=ctx.me, rule="HANDBOOK 6")
    facts = leave_cards.facts(ctx, begun) | approvals.card_values(ctx, subject(begun))
    return notice("leave.withdrawal_asked", subject=subject(begun), **facts)


def card(scene: Scene, leave_id: int, viewer: Staff | None) -> Notice | None:
    """The request to withdraw, as this person may see it now."""
    begun = leave.get(scene.session, scene.store.id, leave_id)
    if begun is None or viewer is None:
        return None
    decision = approvals.card_values(scene, subject(begun))
    buttons = approvals.card_buttons(scene, subject(begun), viewer)
    waits = decision["state"] == ApprovalState.PENDING and buttons
    key = "leave.withdrawal_card" if waits else "leave.withdrawal_after"
    return notice(key, buttons=buttons, subject=subject(begun), **leave_cards.facts(scene, begun) | decision)


def decided(scene: Scene, leave_id: int, decision: Decision) -> None:
    begun = leave_cards.existing(scene, leave_id)
    withdrawn = decision.approved and leave.move(scene.session, begun, LeaveState.WITHDRAWN, while_in=GRANTED)
    if withdrawn:
        leave.free_halves(scene.session, begun.id)
        scene.forget("leave", begun.subject)
        scene.refresh(begun.subject)
        if begun.cover_id:
            scene.tell(begun.cover_id, notice("leave.withdrawn_told", **leave_cards.facts(scene, begun)))
    key = "leave.withdrawal_agreed" if withdrawn else "leave.withdrawal_refused"
    facts = leave_cards.facts(scene, begun)
    scene.tell(begun.staff_id, notice(key, by=decision.by.name, why=decision.reason, **facts), urgent=True)


def reopened(scene: Scene, leave_id: int) -> None:
    """The decision was taken back: the leave holds again until there is another."""
    begun = leave_cards.existing(scene, leave_id)
    granted = approvals.was_granted(scene, begun.subject)
    state = LeaveState.APPROVED if granted else LeaveState.TOLD
    if not leave.move(scene.session, begun, state, while_in=[LeaveState.WITHDRAWN]):
        return
    wanted = rules.halves(Span(begun.starts_at, begun.ends_at), scene.rules.working)
    held = leave.take_halves(scene.session, begun, wanted)
    if held:
        raise Refusal("leave.overlap", halves=leave_cards.half_names(held))
    scene.remind("leave", begun.subject, begun.ends_at)
    scene.refresh(begun.subject)
    if begun.cover_id:
        scene.tell(begun.cover_id, notice("leave.cover", **leave_cards.facts(scene, begun)), urgent=True)


def expired(scene: Scene, leave_id: int) -> None:
    """Nobody answered before the leave was over: it stays as it was."""


def title(scene: Scene, leave_id: int) -> Notice:
    return notice("leave.withdrawal_title", **leave_cards.facts(scene, leave_cards.existing(scene, leave_id)))


def subject(begun: Leave) -> str:
    """What the request to withdraw this leave is called."""
    return f"leave_withdrawal:{begun.id}"


feature = Feature(
    name="leave_withdrawal",
    card=card,
    approvable=Approvable(locks=leave_cards.existing, title=title, decided=decided, reopened=reopened, expired=expired),
)
