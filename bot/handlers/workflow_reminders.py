"""What rings about a step: before its due moment, at it, after it (HANDBOOK 6); and a customer who is waited for.

The client manager hears before that, where the owner is on leave when the step is due. Who would hear and is on leave
themselves has somebody in their place: `leading`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.feature import MANAGERS, Absence, Scene
from bot.handlers import leave_lists
from bot.handlers import workflow_cards as cards
from bot.notices import Notice, notice, passing
from bot.reading import Span
from bot.rules import approvals as standing_in
from bot.rules import workflow_clock as clock
from bot.rules.workflow import BY_KEY, StepKey
from bot.rules.workflow_clock import Moment, Ring
from storage import customers, workflow
from storage.reminders import Reminder
from storage.staff import Role, Staff, with_role
from storage.workflow import LIVE, CaseStep, StepState

DAYS_UNTIL_ASKED_AGAIN = 2
A_MOMENT = timedelta(seconds=1)
BEFORE = (Ring.DAYS_BEFORE, Ring.DAY_BEFORE, Ring.MORNING, Ring.HOURS_BEFORE)


def plan_anew(scene: Scene, step: CaseStep) -> None:
    """The step is somebody else's now, or due at another moment: the leave that they have then counts, too."""
    plan(scene, step)
    scene.refresh(away_subject(step))
    if step.due_at is None or step.due_at <= scene.now:
        return
    gone = leave_at(scene, step.owner_id, step.due_at)
    if gone is not None:
        tell_of_leave(scene, step, gone)


def leave_at(scene: Scene, person_id: int, due_at: datetime) -> Absence | None:
    """The granted leave in which somebody would have to be done."""
    found = leave_lists.absences(scene, Span(due_at - A_MOMENT, due_at))
    return next((one for one in found if one.person_id == person_id and is_in(due_at, one.span)), None)


def is_in(due_at: datetime, span: Span) -> bool:
    """What is due as the leave begins can still be done before it; what is due as it ends cannot."""
    return span.start < due_at <= span.end


def tell_of_leave(scene: Scene, step: CaseStep, gone: Absence) -> None:
    """The client manager hears once for each owner, due moment and leave; nobody does while the clock stands still."""
    if step.state != StepState.OPEN or step.due_at is None or not is_in(step.due_at, gone.span):
        return
    told = notice("workflow.owner_away", subject=away_subject(step), **cards.facts(scene, step), span=gone.span)
    of_leave = f"{gone.subject}|{gone.span.start.isoformat()}"
    once = f"owner away|{step.id}|{step.owner_id}|{step.due_at.isoformat()}|{of_leave}"
    for person in hearing(scene, step, Ring.CLIENT_MANAGER):
        scene.tell(person.id, told, urgent=True, dedupe=once)


def away_subject(step: CaseStep) -> str:
    """The card on which the managers see what was done about a step whose owner is away (workflow_away.py)."""
    return f"workflow_away:{step.id}"


def plan(scene: Scene, step: CaseStep) -> None:
    """The next moment at which something is to be said about the step; nothing for one that has no clock."""
    at = _next(scene, step)
    if at is None:
        scene.forget("workflow", step.subject)
    else:
        scene.remind("workflow", step.subject, at)


def _next(scene: Scene, step: CaseStep) -> datetime | None:
    if step.state == StepState.PAUSED:
        return in_hours(scene, step.ask_again_at) if step.ask_again_at else None
    return next((one.at for one in moments(scene, step) if one.at > scene.now), None)


def in_hours(scene: Scene, at: datetime) -> datetime:
    """The moment itself, or the next opening: nobody is asked on a closed day."""
    calendar = scene.rules.working
    day = at.astimezone(calendar.zone).date()
    return at if calendar.is_open(day) else calendar.opens(calendar.next_working_day(day))


def moments(scene: Scene, step: CaseStep) -> tuple[Moment, ...]:
    """When who is spoken to about a step whose clock runs."""
    if step.state != StepState.OPEN or step.started_at is None or step.due_at is None:
        return ()
    since = step.clock_at or step.started_at
    return clock.reminders_of(BY_KEY[StepKey(step.step)], since, step.due_at, scene.rules)


def ring(scene: Scene, reminder: Reminder) -> None:
    """A moment of the step has come; after a pause of the front desk only the last one for each is said."""
    step = workflow.get(scene.session, scene.store.id, int(reminder.subject.partition(":")[2]))
    if step is None or step.state not in LIVE or customers.lock(scene.session, scene.store.id, step.case_id) is None:
        return
    if workflow.lock(scene.session, scene.store.id, step.id) is None or step.state not in LIVE:
        return
    if step.state == StepState.PAUSED:
        _ask_again(scene, step)
        return
    known = moments(scene, step)
    due = [one for one in known if reminder.at <= one.at <= scene.now]
    for one in {moment.to: moment for moment in due}.values():
        _say(scene, step, one, known)
    plan(scene, step)


def _say(scene: Scene, step: CaseStep, moment: Moment, known: tuple[Moment, ...]) -> None:
    once = f"{moment.ring}|{step.id}|{step.revision}"
    if moment.ring in (Ring.CLIENT_MANAGER, Ring.GM_OFFICE):
        for person in hearing(scene, step, moment.ring):
            scene.tell(person.id, _late(scene, step, moment, known, to=person), dedupe=once)
        return
    scene.tell(step.owner_id, _to_owner(scene, step, moment, known), urgent=True, dedupe=once)


def hearing(scene: Scene, step: CaseStep, ring: Ring, *, at: datetime | None = None) -> list[Staff]:
    """Who hears at that moment (now) that it is late: who leads, then the GM office; never the owner of themselves."""
    if ring == Ring.CLIENT_MANAGER:
        return leading(scene, step.case_id, without=step.owner_id, at=at or scene.now)
    return [one for one in with_role(scene.people(), Role.GM_OFFICE) if one.id != step.owner_id]


def leading(scene: Scene, case_id: int, *, without: int, at: datetime) -> list[Staff]:
    """The case's own client manager; where she is on leave then her deputy who leads as well, another client manager,

    the GM office. If they are all on leave, she all the same.
    """
    people = [one for one in scene.people() if one.id != without and any(one.has(role) for role in MANAGERS)]
    managers, office = (with_role(people, role) for role in MANAGERS)
    ranks = [rank for rank in (client_managers(scene, case_id, people), managers, office) if rank]
    away = _on_leave(scene, at)
    present = (standing_in.here_of(rank, people, away=away) for rank in ranks)
    return next(([one.person for one in those] for those in present if those), ranks[0] if ranks else [])


def client_managers(scene: Scene, case_id: int, people: list[Staff]) -> list[Staff]:
    """The case's own among these people, otherwise every one."""
    manager_id = customers.team_of(scene.session, case_id).get(Role.CLIENT_MANAGER)
    managers = with_role(people, Role.CLIENT_MANAGER)
    return [one for one in managers if one.id == manager_id] or managers


def _on_leave(scene: Scene, at: datetime) -> set[int]:
    """The ids of those whose leave that moment belongs to; what ends or begins then counts."""
    return {one.person_id for one in leave_lists.absences(scene, Span(at - A_MOMENT, at + A_MOMENT))}


def next_to_hear(scene: Scene, step: CaseStep, following: Moment | None, *, besides: int = 0) -> dict[str, Any]:
    """Who hears of it when, if nothing happens until then; whoever is told that hears it `besides`."""
    people = hearing(scene, step, following.ring, at=following.at) if following else []
    names = "、".join(one.name for one in people if one.id != besides)
    return {"names": names, "at": following.at if following else None}


def _to_owner(scene: Scene, step: CaseStep, moment: Moment, known: tuple[Moment, ...]) -> Notice:
    """How long is left, and who hears of it next if nothing happens."""
    return passing(
        "workflow.before" if moment.ring in BEFORE else "workflow.due_now",
        subject=step.subject,
        **cards.facts(scene, step),
        left=_left(scene, step),
        **next_to_hear(scene, step, clock.next_told(known, moment.ring)),
    )


def _left(scene: Scene, step: CaseStep) -> int:
    """The working minutes until it is due."""
    now = scene.now.replace(second=0, microsecond=0)
    if step.due_at is None or now >= step.due_at:
        return 0
    return scene.rules.working.working_between(start=now, end=step.due_at)


def _late(scene: Scene, step: CaseStep, moment: Moment, known: tuple[Moment, ...], *, to: Staff) -> Notice:
    return passing(
        "workflow.late",
        subject=step.subject,
        **cards.facts(scene, step),
        late=scene.rules.working.working_between(start=step.due_at, end=moment.at) if step.due_at else 0,
        asks_for_more=bool(workflow.pending_extensions(scene.session, step.id)),
        away=_away(scene, step.owner_id),
        instead_of=_instead_of(scene, step) if moment.ring == Ring.CLIENT_MANAGER else "",
        **next_to_hear(scene, step, clock.next_told(known, moment.ring), besides=to.id),
    )


def _instead_of(scene: Scene, step: CaseStep) -> str:
    """The case's own client manager, if somebody else hears of it because she is on leave."""
    own = customers.team_of(scene.session, step.case_id).get(Role.CLIENT_MANAGER)
    heard = [one.id for one in hearing(scene, step, Ring.CLIENT_MANAGER)]
    known = next((one for one in scene.people() if one.id == own), None)
    return known.name if known is not None and known.id not in (step.owner_id, *heard) else ""


def _away(scene: Scene, person_id: int) -> str:
    """Why somebody who is not here could say nothing: `leave`, `out`; what ends at this moment counts."""
    if person_id in _on_leave(scene, scene.now):
        return "leave"
    span = Span(scene.now - A_MOMENT, scene.now + A_MOMENT)
    return "out" if any(one.person_id == person_id for one in scene.absences(span)) else ""


def _ask_again(scene: Scene, step: CaseStep) -> None:
    """The day on which the owner meant to ask whether the customer has answered; who says nothing is asked again."""
    told = passing("workflow.still_waiting", subject=step.subject, **cards.facts(scene, step))
    scene.tell(step.owner_id, told, dedupe=f"waiting|{step.id}|{step.revision}")
    calendar = scene.rules.working
    again = calendar.opens(calendar.working_day(scene.today(), DAYS_UNTIL_ASKED_AGAIN))
    workflow.change(scene.session, step, {"ask_again_at": again}, while_in=[StepState.PAUSED])
    scene.refresh(step.subject)
    plan(scene, step)
