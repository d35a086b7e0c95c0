"""Who is asked for a yes, when they are reminded, and when the next one is asked too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.feature import Approvable, Scene
from bot.notices import Notice, notice
from bot.rules import approvals as rules
from bot.rules.approvals import Approver
from bot.rules.limits import HalfWorkingDay, Limit
from storage import approvals, staff
from storage.approvals import Approval
from storage.staff import Role, Staff


def asked_people(scene: Scene, subject: str) -> list[Staff]:
    """Those who were asked about the subject last, and work here still."""
    request = approvals.latest(scene.session, scene.store.id, subject)
    asked = approvals.asked(scene.session, request.id) if request else []
    people = [staff.get(scene.session, one.staff_id) for one in asked]
    return [person for person in people if person.active]


def ask_step(scene: Scene, request: Approval) -> None:
    ask(scene, request, current_approvers(scene, request), lead=None)
    escalates_at = escalation_at(scene, request)
    if escalates_at is not None and scene.now >= escalates_at:
        escalate(scene, request)
    set_reminder(scene, request)


def ask(scene: Scene, request: Approval, those: Sequence[Approver], *, lead: Notice | None) -> list[Staff]:
    """Gives the card to those who have not got it; returns them."""
    remind_at = next_reminder(scene, request, scene.rules.approvals.remind_after)
    new = []
    for approver in those:
        behalf = approver.on_behalf_of
        if approvals.ask(
            scene.session,
            request.id,
            approver.person.id,
            on_behalf_of_id=behalf.id if behalf else None,
            remind_at=remind_at,
        ):
            instead = lead or (notice("approvals.as_deputy", name=behalf.name) if behalf else None)
            scene.tell(
                approver.person.id,
                Notice(subject=request.subject, lead=instead),
                urgent=True,
                dedupe=f"ask|{request.id}",
            )
            new.append(approver.person)
    return new


def escalate(scene: Scene, request: Approval) -> None:
    """The next one is asked too, and the applicant knows."""
    approvals.mark_escalated(scene.session, request)
    first_asked = "、".join(person.name for person in asked_people(scene, request.subject))
    those = _next(scene, request, away=scene.away_now())
    at_once = scene.now == request.opened_at
    lead = notice("approvals.urgent") if at_once else notice("approvals.escalated", name=first_asked)
    new = ask(scene, request, those, lead=lead)
    scene.record(
        "approvals.escalated",
        request.subject,
        rule=approvable(scene, request).rule,
        after={"asked": [person.key for person in new]},
    )
    if new and not at_once and approvable(scene, request).requested:
        names = "、".join(person.name for person in new)
        scene.tell(
            request.applicant_id,
            notice("approvals.escalated_applicant", names=names, first=first_asked, title=title(scene, request)),
            urgent=True,
        )
    if new and not at_once:
        scene.refresh(request.subject)


def remind(scene: Scene, request: Approval, *, late_since: datetime | None) -> None:
    due = [one for one in approvals.asked(scene.session, request.id) if one.remind_at <= scene.now]
    if not due:
        return
    until, next_one = wanted_until(scene, request)
    told = notice(
        "approvals.nudge",
        title=title(scene, request),
        opened=request.opened_at,
        late_since=late_since,
        until=until,
        next_one=next_one,
        subject=request.subject,
    )
    for one in due:
        scene.tell(
            one.staff_id,
            told,
            urgent=True,
            dedupe=f"nudge|{request.id}|{one.remind_at.isoformat()}",
        )
    at = next_reminder(scene, request, scene.rules.approvals.remind_every)
    approvals.remind_later(scene.session, request.id, [one.staff_id for one in due], at=at)


def next_reminder(scene: Scene, request: Approval, limit: Limit) -> datetime:
    """When those who are asked are reminded next: after `limit`, or after a working day where there is no hurry."""
    if not approvable(scene, request).unhurried:
        return scene.rules.after_working(scene.now, limit)
    return scene.rules.after_working(scene.rules.after_working(scene.now, HalfWorkingDay()), HalfWorkingDay())


def set_reminder(scene: Scene, request: Approval) -> None:
    escalates_at = escalation_at(scene, request)
    moments = [request.expires_at, *(one.remind_at for one in approvals.asked(scene.session, request.id))]
    if escalates_at is not None:
        moments.append(escalates_at)
    scene.remind("approvals", f"approvals:{request.id}", min(moments))


def wanted_until(scene: Scene, request: Approval) -> tuple[datetime, str]:
    """Until when an answer is wanted, and who is asked then (nobody: it expires)."""
    escalates_at = escalation_at(scene, request)
    if escalates_at is None:
        return request.expires_at, ""
    following = _next(scene, request, away=set())
    asked = {one.staff_id for one in approvals.asked(scene.session, request.id)}
    names = [approver.person.name for approver in following if approver.person.id not in asked]
    return (escalates_at, "、".join(names)) if names else (request.expires_at, "")


def current_approvers(scene: Scene, request: Approval) -> tuple[Approver, ...]:
    applicant = staff.get(scene.session, request.applicant_id)
    return rules.approvers(role_of(request), applicant, deciding_people(scene, request), away=scene.away_now())


def escalation_at(scene: Scene, request: Approval) -> datetime | None:
    """When the next ones are asked too; None if that has happened or nobody is next."""
    if request.escalated or not _next(scene, request, away=set()):
        return None
    return rules.escalates_at(request.begins_at, scene.rules)


def _next(scene: Scene, request: Approval, *, away: set[int]) -> tuple[Approver, ...]:
    applicant = staff.get(scene.session, request.applicant_id)
    return rules.next_approvers(role_of(request), applicant, deciding_people(scene, request), away=away)


def deciding_people(scene: Scene, request: Approval) -> list[Staff]:
    """Everybody but those who are left out of this: they are not asked, nor do they stand in for anybody."""
    never = approvable(scene, request).never(scene, number(request))
    return [person for person in scene.people() if person.id not in never]


def role_of(request: Approval) -> Role:
    """Whose yes this step waits for."""
    return Role(request.roles[request.step])


def approvable(scene: Scene, request: Approval) -> Approvable:
    wanted = scene.features[request.subject.partition(":")[0]].approvable
    if wanted is None:
        raise LookupError(f"nothing about {request.subject} can be approved")
    return wanted


def number(request: Approval) -> int:
    return int(request.subject.partition(":")[2])


def title(scene: Scene, request: Approval) -> Notice:
    return approvable(scene, request).title(scene, number(request))


def name(scene: Scene, staff_id: int | None) -> str:
    return staff.get(scene.session, staff_id).name if staff_id else ""
