"""Meetings about a case (看方案, 预交底, 看预算): booked at a step, reminded of, moved by 改约.

Who takes part hears of it the day before and an hour before, in one line; who has its step is asked after it whether
it was held, and the client manager hears if nobody says. After it was held, moved or its case closed nothing is said.
Where they are away or with another customer then, the read-back of the booking says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Change, Context, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers import appointments_cards as cards
from bot.handlers import appointments_hours as hours
from bot.handlers import appointments_telling as telling
from bot.handlers import workflow_record
from bot.measures import At
from bot.questions import Reading
from bot.reading import Span
from bot.rules.appointments import BEFORE, BY_MARK, Ring
from bot.rules.book import Rulebook
from storage import appointments, customers, workflow
from storage.customers import Case
from storage.reminders import Reminder
from storage.workflow import CaseMark


class MovingForm(BaseModel):
    """When it is instead."""

    meets: Annotated[datetime, At(clears=("shut",))]
    shut: hours.AllTheSame = ""


def move(ctx: Context, press: Press) -> Answer:
    """The button 改约."""
    mark, _ = _movable(ctx, press.subject_id)
    return open_form(ctx, MOVING, about={"mark": mark.id})


def _movable(ctx: Context, mark_id: int) -> tuple[CaseMark, Case]:
    """The meeting, its case locked, if this person may still move it; buttons can be forged."""
    found = cards.of_store(ctx, mark_id)
    case = customers.lock(ctx.session, ctx.store.id, found[1].id) if found else None
    mark = appointments.get(ctx.session, ctx.store.id, mark_id) if case else None
    if case is None or mark is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if not cards.may_move(ctx, case, mark, ctx.me):
        raise Refusal("appointments.not_yours", audited="appointments.not_allowed", ends_form=True)
    if not cards.is_ahead(ctx, mark, case):
        raise Refusal("appointments.over", ends_form=True, **cards.facts(ctx, mark, case))
    return mark, case


def _look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    return Reading(ctx.now, ctx.rules.working, {"shut": hours.question(ctx, answers)})


def _readback(ctx: Context, form: MovingForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    mark, case = _movable(ctx, about["mark"])
    clashes = cards.clashes(ctx, case, BY_MARK[mark.mark], form.meets)
    return cards.facts(ctx, mark, case) | {"to": form.meets, "clashes": clashes}


def _submit(ctx: Context, form: MovingForm, about: Mapping[str, Any]) -> Answer:
    """What was booked does not stand any more, the new moment does; the others hear it once."""
    mark, case = _movable(ctx, about["mark"])
    if form.meets == mark.at:
        return cards.told("appointments.same", ctx, mark, case)
    booked = BY_MARK[mark.mark]
    steps = [one for one in workflow.of_case(ctx.session, case.id) if one.step == booked.books]
    workflow.void_marks(ctx.session, case.id, [mark.mark], at=ctx.now)
    workflow_record.put_mark(ctx, steps[-1], mark.mark, at=form.meets, said={"was": mark.at.isoformat()})
    telling.ended(ctx, mark, case)
    for step in workflow.live_of_case(ctx.session, case.id):
        ctx.refresh(step.subject)
    anew = workflow.marks_of(ctx.session, case.id)[mark.mark]
    return cards.told("appointments.moved_it", ctx, anew, case)


def ring(scene: Scene, reminder: Reminder) -> None:
    """A moment of the meeting has come, if it is still to be held, or to be said that it was."""
    found = cards.of_store(scene, int(reminder.subject.partition(":")[2]))
    if found is None:
        return
    mark, case = found
    if not cards.is_ahead(scene, mark, case):
        return
    if (which := Ring(reminder.occurrence)) in BEFORE:
        telling.remind(scene, mark, case, which)
    else:
        telling.ask(scene, mark, which)


def watch(scene: Scene) -> None:
    """What rings about every meeting that nobody has said was held is set, also where it was booked before it rang."""
    for mark, _ in cards.between(scene, Span(scene.now - cards.FARTHEST, scene.now + cards.FARTHEST)):
        telling.plan(scene, mark)


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """The working day before may be another one now."""
    watch(scene)
    return []


MOVING = Form("appointments.moving", MovingForm, look=_look, submit=_submit, readback=_readback)

feature = Feature(
    name="appointments",
    forms=(MOVING,),
    buttons={"move": move},
    rings=ring,
    watch=watch,
    card=cards.card,
    absent=telling.absent,
    rules_changed=rules_changed,
)
