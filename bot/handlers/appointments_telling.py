"""A meeting about a case is booked, moved or held: who hears of it, what rings about it."""

from __future__ import annotations

from bot.feature import Absence, Context, Scene
from bot.handlers import appointments_cards as cards
from bot.handlers import workflow_cards, workflow_reminders, workflow_steps
from bot.notices import passing
from bot.reading import Span
from bot.rules import appointments as rules
from bot.rules import workflow_clock as clock
from bot.rules.appointments import BY_HELD, BY_MARK, LENGTH, Ring
from storage import customers, staff, workflow
from storage.customers import Case
from storage.workflow import CaseMark


def recorded(ctx: Context, case: Case, mark: str) -> None:
    """Something is on record about a case: a meeting, or that one was held."""
    standing = workflow.marks_of(ctx.session, case.id)
    if mark in BY_MARK:
        _booked(ctx, case, standing[mark])
    if mark in BY_HELD and BY_HELD[mark].mark in standing:
        ended(ctx, standing[BY_HELD[mark].mark], case)


def _booked(ctx: Context, case: Case, mark: CaseMark) -> None:
    """Everybody who takes part hears of it once, besides who booked it and who has it on the card of their step."""
    booked = BY_MARK[mark.mark]
    for role in booked.roles:
        # The only one of the store who has it takes part.
        workflow_steps.member(ctx, case, role)
    plan(ctx, mark)
    is_moved = "was" in mark.values
    team = customers.team_of(ctx.session, case.id)
    knows = {ctx.me.id} | ({team[booked.on_card]} if booked.on_card in team and not is_moved else set())
    for person_id in cards.taking_part(ctx, case, mark):
        if person_id not in knows:
            key = "appointments.moved" if is_moved else "appointments.booked"
            ctx.tell(person_id, cards.told(key, ctx, mark, case, by=ctx.me.name), dedupe=f"appointment|{mark.id}")


def plan(scene: Scene, mark: CaseMark) -> None:
    """What rings about it; what is past rings no more."""
    calendar = scene.rules.working
    after = rules.rings_after(mark.at, calendar) if BY_MARK[mark.mark].held is not None else {}
    for ring, at in (rules.rings(mark.at, mark.recorded_at, calendar) | after).items():
        if at > scene.now:
            scene.remind("appointments", cards.subject(mark), at, occurrence=str(ring))


def ended(scene: Scene, mark: CaseMark, case: Case) -> None:
    """It was held, or is at another time now: nothing is said of it any more, and its cards show that."""
    scene.forget("appointments", cards.subject(mark))
    scene.unsay(cards.subject(mark), cards.taking_part(scene, case, mark))
    scene.refresh(cards.subject(mark))


def remind(scene: Scene, mark: CaseMark, case: Case, ring: Ring) -> None:
    """One line for each who takes part; late, it is said as long as the next has not come."""
    soon = mark.at - rules.AN_HOUR
    if scene.now >= (soon if ring == Ring.DAY_BEFORE else mark.at):
        return
    left = int((mark.at - scene.now.replace(second=0, microsecond=0)).total_seconds()) // 60
    for person_id in cards.taking_part(scene, case, mark):
        told = cards.told(f"appointments.{ring}", scene, mark, case, again=soon, left=left)
        scene.tell(person_id, told, urgent=ring == Ring.SOON, dedupe=f"appointment|{mark.id}|{ring}")


def ask(scene: Scene, mark: CaseMark, ring: Ring) -> None:
    """It has passed, and nobody says whether it was held: who has its step is asked once, then who leads hears it."""
    step = cards.answering(scene, mark)
    if step is None:
        return
    hearing = workflow_reminders.hearing(scene, step, clock.Ring.CLIENT_MANAGER)
    people = [step.owner_id] if ring == Ring.ASKED else [one.id for one in hearing]
    known = workflow_cards.facts(scene, step) | {"what": cards.title(mark), "at": mark.at}
    for person_id in people:
        told = passing(f"appointments.{ring}", subject=step.subject, **known)
        scene.tell(person_id, told, urgent=ring == Ring.ASKED, dedupe=f"appointment|{mark.id}|{ring}")


def absent(scene: Scene, absence: Absence) -> None:
    """Somebody who takes part will be away then: the client manager hears it, and can move it."""
    person = staff.get(scene.session, absence.person_id)
    span = Span(max(absence.span.start - LENGTH, scene.now), absence.span.end)
    for mark, case in cards.between(scene, span):
        if person.id not in cards.taking_part(scene, case, mark) or mark.at + LENGTH == absence.span.start:
            continue
        told = cards.told("appointments.away", scene, mark, case, who=person.name, span=absence.span)
        for one in workflow_reminders.leading(scene, case.id, without=person.id, at=scene.now):
            scene.tell(one.id, told, urgent=True, dedupe=f"appointment away|{mark.id}|{absence.subject}")
