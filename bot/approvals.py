"""Everything that needs a yes: opened by a feature, decided by those who may, reminded, escalated, expired.

The feature says what its subjects are (feature.py: Approvable); the buttons and commands are in handlers/approvals.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import approvals_asking
from bot.approvals_asking import approvable, asked_people, name, number, set_reminder, title
from bot.feature import Context, Decision, Refusal, Scene
from bot.notices import Buttons, Notice, notice, row
from bot.rules import approvals as rules
from bot.rules.approvals import Approver, Look
from bot.talk import Button
from storage import approvals, staff
from storage.approvals import Approval, ApprovalState, Asked
from storage.reminders import Reminder
from storage.staff import Role, Staff

LATE = timedelta(minutes=30)


def open_request(
    scene: Scene, subject: str, *, applicant: Staff, roles: Sequence[Role], begins_at: datetime, expires_at: datetime
) -> Approval:
    """Opens a request about `subject`: those of the first of `roles` get its card, all roles must say yes in turn."""
    request = Approval(
        store_id=scene.store.id,
        subject=subject,
        applicant_id=applicant.id,
        roles=[rules.role_for(role, applicant) for role in roles],
        opened_at=scene.now,
        begins_at=begins_at,
        expires_at=expires_at,
    )
    approvals.add(scene.session, request)
    approvals_asking.ask_step(scene, request)
    if not approvals.asked(scene.session, request.id):
        raise Refusal("approvals.nobody_to_ask")
    return request


def withdraw_request(scene: Scene, subject: str) -> None:
    """Nobody needs to decide about the subject any more: withdrawn, or asked anew after a change."""
    request = approvals.latest(scene.session, scene.store.id, subject)
    if request is not None and approvals.close(scene.session, request, ApprovalState.WITHDRAWN, now=scene.now):
        _quiet(scene, request)


def is_pending(scene: Scene, subject: str) -> bool:
    """Whether the subject waits for a decision."""
    request = approvals.latest(scene.session, scene.store.id, subject)
    return request is not None and request.state == ApprovalState.PENDING


def was_granted(scene: Scene, subject: str) -> bool:
    """Whether the subject's last request was agreed to."""
    request = approvals.latest(scene.session, scene.store.id, subject)
    return request is not None and request.state == ApprovalState.APPROVED


def standing(scene: Scene, subject: str) -> Approval | None:
    """The subject's last request."""
    return approvals.latest(scene.session, scene.store.id, subject)


def reschedule(scene: Scene, subject: str, *, begins_at: datetime, expires_at: datetime) -> None:
    """The subject begins at another moment: what waits for an answer is escalated and expires by that."""
    request = standing(scene, subject)
    if request is not None and request.state == ApprovalState.PENDING:
        approvals.reschedule(scene.session, request, begins_at=begins_at, expires_at=expires_at)


def look_again(scene: Scene) -> None:
    """Every pending request is looked at now, as when an approver's own leave begins or ends."""
    for request in approvals.pending(scene.session, scene.store.id):
        scene.remind("approvals", f"approvals:{request.id}", scene.now)


def card_values(scene: Scene, subject: str) -> dict[str, Any]:
    """What a card says of the subject's request: its state, who decided when and why, until when an answer is due."""
    request = approvals.latest(scene.session, scene.store.id, subject)
    if request is None:
        return {
            "state": "",
            "by": "",
            "for_": "",
            "at": None,
            "why": "",
            "until": None,
            "next_one": "",
            "asked": "",
        }
    until, next_one = approvals_asking.wanted_until(scene, request)
    return {
        "state": str(request.state),
        "by": name(scene, request.decided_by_id),
        "for_": name(scene, request.on_behalf_of_id),
        "at": request.decided_at,
        "why": request.reason,
        "until": until,
        "next_one": next_one,
        "asked": "、".join(person.name for person in asked_people(scene, subject)),
    }


def card_buttons(scene: Scene, subject: str, viewer: Staff) -> Buttons:
    """The buttons that are true for this viewer now."""
    request = approvals.latest(scene.session, scene.store.id, subject)
    if request is None:
        return ()
    if request.state == ApprovalState.PENDING and right(scene, request, viewer):
        return row(
            *(
                Button(f"approvals.button_{verb}", f"approvals:{verb}:{request.id}")
                for verb in ("approve", "refuse", "snooze")
            )
        )
    if request.decided_by_id == viewer.id and can_take_back(scene, request):
        return row(Button("approvals.button_take_back", f"approvals:take_back:{request.id}"))
    return ()


def decidable(ctx: Context, approval_id: int) -> Approval:
    """The pending request, if this person may decide it; otherwise why not."""
    request = of_this_store(ctx, approval_id)
    if not right(ctx, request, ctx.me):
        raise Refusal("approvals.not_yours", names=names(ctx, request), audited="approvals.not_allowed")
    if request.state != ApprovalState.PENDING:
        raise _settled(ctx, request)
    return request


def decidable_about(ctx: Context, subject: str) -> Approval:
    """The subject's pending request, if this person may decide it; otherwise why not."""
    request = standing(ctx, subject)
    if request is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    return decidable(ctx, request.id)


def of_this_store(ctx: Context, approval_id: int) -> Approval:
    request = _locked(ctx, approval_id)
    if request is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    return request


def _locked(scene: Scene, approval_id: int) -> Approval | None:
    """The store's own request, after what it is about."""
    known = approvals.get(scene.session, scene.store.id, approval_id)
    if known is None:
        return None
    approvable(scene, known).locks(scene, number(known))
    return approvals.lock(scene.session, known.id)


def is_asked(ctx: Context, request: Approval) -> bool:
    """Whether this person was given the request's card."""
    return any(one.staff_id == ctx.me.id for one in approvals.asked(ctx.session, request.id))


def was_asked(scene: Scene, subject: str, person: Staff) -> bool:
    """Whether this person was ever given a card about the subject, also before it was looked at again."""
    return approvals.was_asked(scene.session, scene.store.id, subject, person.id)


def right(scene: Scene, request: Approval, person: Staff) -> Asked | Approver | None:
    """By what right somebody decides: they were asked, or are one of those who would be; never the applicant, nor

    whom the feature leaves out.
    """
    if person.id == request.applicant_id or person.id in approvable(scene, request).never(scene, number(request)):
        return None
    role = Role(request.roles[request.step])
    for one in approvals.asked(scene.session, request.id):
        if one.staff_id == person.id and _holds(scene, one, role):
            return one
    return Approver(person) if person.has(role) or person.has(rules.NEXT_ROLE.get(role, role)) else None


def _holds(scene: Scene, asked: Asked, role: Role) -> bool:
    """Whether the right by which somebody was asked is still there: roles change, and so do deputies."""
    holder = staff.get(scene.session, asked.on_behalf_of_id or asked.staff_id)
    still_deputy = asked.on_behalf_of_id is None or holder.deputy_id == asked.staff_id
    return holder.active and still_deputy and (holder.has(role) or holder.has(rules.NEXT_ROLE.get(role, role)))


def decide(ctx: Context, request: Approval, *, approved: bool, reason: str = "") -> None:
    """The decision of somebody who may decide; raises Refusal if another was faster."""
    asked = right(ctx, request, ctx.me)
    behalf_id = asked.on_behalf_of_id if isinstance(asked, Asked) else None
    state = ApprovalState.APPROVED if approved else ApprovalState.REFUSED
    if not approvals.close(
        ctx.session, request, state, now=ctx.now, by_id=ctx.me.id, on_behalf_of_id=behalf_id, reason=reason
    ):
        raise _settled(ctx, request)
    _quiet(ctx, request)
    ctx.record(
        f"approvals.{state}",
        request.subject,
        by=ctx.me,
        on_behalf_of_id=behalf_id,
        rule=approvable(ctx, request).rule,
        after={"reason": reason},
    )
    if approved and request.step + 1 < len(request.roles):
        _next_step(ctx, request)
    else:
        behalf = staff.get(ctx.session, behalf_id) if behalf_id else None
        approvable(ctx, request).decided(ctx, number(request), Decision(approved, ctx.me, behalf, ctx.now, reason))
        ctx.remind(
            "approvals", f"approvals:{request.id}", ctx.now + timedelta(minutes=ctx.rules.approvals.take_back_minutes)
        )
    ctx.refresh(request.subject)


def reopen(ctx: Context, request: Approval) -> None:
    """Takes a decision back: the request waits again, and its applicant hears it."""
    if request.decided_at is None or not approvals.reopen(ctx.session, request, decided_at=request.decided_at):
        raise Refusal("dialog.past")
    approvable(ctx, request).reopened(ctx, number(request))
    at = approvals_asking.next_reminder(ctx, request, ctx.rules.approvals.remind_after)
    asked = [one.staff_id for one in approvals.asked(ctx.session, request.id)]
    approvals.remind_later(ctx.session, request.id, asked, at=at)
    set_reminder(ctx, request)
    if approvable(ctx, request).requested:
        told = notice("approvals.taken_back_applicant", by=ctx.me.name, title=title(ctx, request))
        ctx.tell(request.applicant_id, told, urgent=True)
    ctx.refresh(request.subject)


def look_at(scene: Scene, reminder: Reminder) -> None:
    """A pending request is looked at: too late, time for the next one, or time to remind."""
    request = _locked(scene, int(reminder.subject.partition(":")[2]))
    if request is None:
        return
    if request.state != ApprovalState.PENDING:
        # A decision can no longer be taken back: its card loses that button.
        scene.refresh(request.subject)
        return
    escalates_at = approvals_asking.escalation_at(scene, request)
    match rules.look(now=scene.now, expires_at=request.expires_at, escalates_at=escalates_at):
        case Look.EXPIRE:
            _expire(scene, request)
            return
        case Look.ESCALATE:
            approvals_asking.escalate(scene, request)
    approvals_asking.ask(scene, request, approvals_asking.current_approvers(scene, request), lead=None)
    late_since = reminder.at if scene.now - reminder.at > LATE else None
    approvals_asking.remind(scene, request, late_since=late_since)
    set_reminder(scene, request)


def _expire(scene: Scene, request: Approval) -> None:
    if not approvals.close(scene.session, request, ApprovalState.EXPIRED, now=scene.now):
        return
    about = title(scene, request)
    asked = asked_people(scene, request.subject)
    _quiet(scene, request)
    approvable(scene, request).expired(scene, number(request))
    scene.record("approvals.expired", request.subject, rule=approvable(scene, request).rule)
    if approvable(scene, request).requested:
        told = notice("approvals.expired_applicant", title=about, names="、".join(person.name for person in asked))
        scene.tell(request.applicant_id, told, urgent=True, dedupe=f"expired|{request.id}")
    for person in asked:
        scene.tell(person.id, notice("approvals.expired", title=about), dedupe=f"expired|{request.id}")
    scene.refresh(request.subject)


def _next_step(ctx: Context, request: Approval) -> None:
    """One yes of several: the next role is asked, and the applicant hears that it is not over."""
    following = Approval(
        store_id=request.store_id,
        subject=request.subject,
        applicant_id=request.applicant_id,
        roles=request.roles,
        step=request.step + 1,
        opened_at=ctx.now,
        begins_at=request.begins_at,
        expires_at=request.expires_at,
    )
    approvals.add(ctx.session, following)
    approvals_asking.ask_step(ctx, following)
    waiting = "、".join(person.name for person in asked_people(ctx, request.subject))
    ctx.tell(
        request.applicant_id,
        notice("approvals.step_done", by=ctx.me.name, names=waiting, title=title(ctx, request)),
        urgent=True,
    )


def _settled(scene: Scene, request: Approval) -> Refusal:
    """What the second press hears: who decided when."""
    standing = approvals.latest(scene.session, scene.store.id, request.subject) or request
    if standing.id != request.id and standing.state == ApprovalState.PENDING:
        return Refusal("approvals.changed_since", ends_form=True)
    return Refusal(
        "approvals.settled",
        ends_form=True,
        state=str(request.state),
        by=name(scene, request.decided_by_id),
        at=request.decided_at,
    )


def _quiet(scene: Scene, request: Approval) -> None:
    """Nothing more is asked about a request that has ended."""
    scene.forget("approvals", f"approvals:{request.id}")
    scene.unsay(request.subject, [one.staff_id for one in approvals.asked(scene.session, request.id)])


def can_take_back(scene: Scene, request: Approval) -> bool:
    standing = approvals.latest(scene.session, scene.store.id, request.subject)
    return (
        request.decided_at is not None
        and request.state in (ApprovalState.APPROVED, ApprovalState.REFUSED)
        and standing is not None
        and standing.id == request.id
        and approvable(scene, request).reversible(scene, number(request))
        and rules.may_take_back(
            decided_at=request.decided_at, begins_at=request.begins_at, now=scene.now, rules=scene.rules
        )
    )


def confirming(scene: Scene, request: Approval) -> Notice | None:
    """What must be confirmed explicitly before this is agreed to, if anything."""
    return approvable(scene, request).confirming(scene, number(request))


def names(scene: Scene, request: Approval) -> str:
    role = Role(request.roles[request.step])
    next_role = rules.NEXT_ROLE.get(role, role)
    deciding = [one for one in approvals_asking.deciding_people(scene, request) if one.has(role) or one.has(next_role)]
    return "或".join(person.name for person in deciding if person.id != request.applicant_id)
