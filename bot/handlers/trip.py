"""Trips out of the county town (HANDBOOK A7 A8): 出城 周四 成都 看材料, then the GM office decides by button.

Before the yes nobody may leave. Who leaves all the same is recorded as what it is, and a slip is drafted for a human.
The end is an outing's: 回来了, 晚点回来, asked after when late.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import BaseModel

from bot import approvals
from bot.colleagues import about, before_the_word, front_desk, whose, without_name
from bot.dialog import Answers, Form
from bot.feature import MANAGERS, Answer, Approvable, Command, Context, Decision, Feature, Press, Refusal, Scene
from bot.filling import Nothing, open_form, plain_reading
from bot.handlers import outing as outings
from bot.handlers import outing_cards, outing_effects, outing_form, sanctions
from bot.handlers import outing_returns as returns
from bot.handlers.outing_form import LEADS, SPAN
from bot.hearing import buttons_for
from bot.notices import Notice, notice
from bot.questions import Away, Hour, Known, Objection, Option, Question, Reading, Words
from bot.reading import Span
from bot.rules import outing as rules
from storage import outing, staff
from storage.outing import LIVE, NOT_AGREED, OUT, Outing, OutingKind, OutingState
from storage.reminders import Reminder
from storage.staff import Role, Staff

WORDS = ("出城", "出县城", "出差", "去外地", "出趟城", "出趟差")
LEFT_WORDS = ("已出发", "出发了", "我出发了", "已经出发", "已经出发了", "动身了")
RULE = "HANDBOOK A7"


class TripForm(BaseModel):
    """A trip as the person asks for it; of a whole day the hour of departure is asked."""

    span: Annotated[Span, Away(open_end=True, clears=("departs",))]
    departs: Annotated[time | None, Hour()] = None
    place: Annotated[str, Words(leads=LEADS)]
    matter: Annotated[str, Known()]


def ask(ctx: Context, word: str, rest: str) -> Answer:
    """出城 周四 成都 看材料; for a manager, 王磊出城 means 王磊; a question is no request."""
    if outing_form.is_question(ctx):
        return notice("trip.question", buttons=buttons_for(ctx, [feature.commands[0]]))
    colleague = before_the_word(ctx, word)
    if colleague is not None and ctx.has(*MANAGERS):
        return ask_for(ctx, colleague, word, without_name(colleague, rest))
    return open_form(ctx, ASKING, line=without_name(ctx.me, rest))


def ask_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    return open_form(ctx, ASKING, line=rest, about=about(ctx, person))


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """What is still asked; the hour of departure where only a day was said."""
    said = SPAN.validate_python(answers["span"]) if "span" in answers else None
    whole = said is not None and rules.is_whole_day(said)
    hours = rules.free_hours(said.start.date(), ctx.rules.working, ctx.now) if said and whole else ()
    questions = {
        "departs": Question(
            needed=whole,
            day=said.start.date() if said else None,
            ask=notice("trip.ask_departs", day=said.start.date()) if said else None,
            options=tuple(Option(hour.isoformat(), "trip.button_hour", {"at": f"{hour:%H:%M}"}) for hour in hours),
        ),
        "matter": Question(options=outing_form.matter_question(ctx.rules).options, known=ctx.rules.outing.matters),
    }
    span = _stretch(ctx, said, answers.get("departs"))
    long = outing_form.too_long(ctx, said) if said else None
    objection = long or (_objection(ctx, span, answers, about) if span else None)
    return Reading(ctx.now, ctx.rules.working, questions, objection)


def _stretch(ctx: Context, said: Span | None, departs: str | None) -> Span | None:
    """The trip's stretch, once its beginning is known."""
    if said is None or (rules.is_whole_day(said) and departs is None):
        return None
    if departs is not None and rules.is_whole_day(said):
        return rules.leaving_at(said, time.fromisoformat(departs), ctx.rules.working)
    return rules.meant(said, ctx.now, ctx.rules.working)


def _objection(ctx: Context, span: Span, answers: Answers, about: Mapping[str, Any]) -> Objection | None:
    if "departs" in answers and not ctx.now < span.start < span.end:
        return Objection("departs", notice("trip.hour_past", at=span.start, until=span.end))
    return outing_form.objection(ctx, whose(ctx, about), span, about)


def readback(ctx: Context, form: TripForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    person, span = whose(ctx, about), _span_of(ctx, form)
    office = [one.name for one in staff.with_role(ctx.people(), Role.GM_OFFICE) if one.id != person.id]
    return {
        "name": person.name,
        "for_other": person.id != ctx.me.id,
        "span": span,
        "place": form.place,
        "matter": form.matter,
        "asks": "" if person.has(Role.GM_OFFICE) else "或".join(office),
        "late": rules.told_late_minutes(span.start, ctx.now, ctx.rules),
    }


def _span_of(ctx: Context, form: TripForm) -> Span:
    if form.departs is not None and rules.is_whole_day(form.span):
        return rules.leaving_at(form.span, form.departs, ctx.rules.working)
    return rules.meant(form.span, ctx.now, ctx.rules.working)


def submit(ctx: Context, form: TripForm, about: Mapping[str, Any]) -> Answer:
    """Saves the trip and asks the GM office; their own trips are told, not asked (HANDBOOK 6)."""
    person = staff.lock(ctx.session, whose(ctx, about).id)
    span = _span_of(ctx, form)
    others = outing_form.clashes(ctx, person, span)
    if others:
        raise Refusal("outing.clash", others=others)
    told = person.has(Role.GM_OFFICE)
    state = OutingState.GOING if told else OutingState.PENDING
    made = outings.new(ctx, person, OutingKind.TRIP, state, span, place=form.place, matter=form.matter)
    trip = outing.add(ctx.session, made)
    outings.record_new(ctx, "trip.told" if told else "trip.asked", trip, rule=RULE)
    if told:
        outing_effects.begin(ctx, trip)
        return outing_cards.told("trip.told", ctx, trip)
    approvals.open_request(
        ctx,
        trip.subject,
        applicant=person,
        roles=[Role.GM_OFFICE],
        begins_at=trip.starts_at,
        expires_at=rules.trip_expires_at(span, ctx.now, ctx.rules),
    )
    if person.id != ctx.me.id:
        ctx.tell(person.id, outing_cards.told("trip.asked_for_you", ctx, trip, by=ctx.me.name))
    waiting = {name: value for name, value in approvals.card_values(ctx, trip.subject).items() if name != "state"}
    return outing_cards.told("trip.submitted", ctx, trip, **waiting)


def depart(ctx: Context, press: Press) -> Answer:
    """The button 已出发."""
    return leave_town(ctx, returns.own(ctx, press, OutingKind.TRIP))


def depart_word(ctx: Context, word: str, rest: str) -> Answer:
    """已出发, typed: a trip of today, one that is agreed before one that is not; else the next one."""
    if not returns.OF_MYSELF.fullmatch(ctx.said.partition(word)[0].strip()):
        raise Refusal("trip.somebody_else")
    mine = [one for one in outing.unfinished_of(ctx.session, ctx.me.id) if one.kind == OutingKind.TRIP]
    gone = [one for one in mine if one.departed_at is not None]
    if gone:
        raise Refusal("trip.left_already", at=gone[0].departed_at)
    agreed = [one for one in mine if one.state in OUT and one.departed_at is None]
    asked = outing.not_agreed_of(ctx.session, ctx.me.id, since=ctx.now)
    found = sorted([*agreed, *asked], key=lambda one: not _is_today(ctx, one))
    if not found:
        raise Refusal("trip.none_to_leave_for")
    return leave_town(ctx, found[0])


def leave_town(ctx: Context, trip: Outing) -> Answer:
    """With a yes the departure is noted; without one the person hears the rule first."""
    if trip.state == OutingState.GOING:
        if not _is_today(ctx, trip):
            raise Refusal("trip.another_day", span=Span(trip.starts_at, trip.ends_at))
        if not outing.depart(ctx.session, trip, ctx.now, OutingState.GOING, while_in=[OutingState.GOING]):
            raise Refusal("trip.left_already", at=trip.departed_at)
        ctx.record("trip.departed", trip.subject, by=ctx.me, rule=RULE)
        outing_effects.plan(ctx, trip)
        ctx.refresh(trip.subject)
        return outing_cards.told("trip.departed_noted", ctx, trip)
    if trip.state not in NOT_AGREED:
        raise Refusal("trip.left_already" if trip.departed_at else "trip.over", at=trip.departed_at)
    _refuse_if_agreed(ctx, trip)
    return open_form(ctx, LEAVING, about={"trip": trip.id})


def _refuse_if_agreed(ctx: Context, trip: Outing) -> None:
    """Asked again and agreed meanwhile: then the yes counts, not the request before it."""
    end = max(trip.ends_at, ctx.now + timedelta(seconds=1))
    agreed = outing.agreed_of(ctx.session, trip.staff_id, start=min(trip.starts_at, ctx.now), end=end)
    if agreed:
        raise Refusal("trip.agreed_meanwhile", span=Span(agreed[0].starts_at, agreed[0].ends_at), ends_form=True)


def _is_today(ctx: Context, trip: Outing) -> bool:
    zone = ctx.rules.working.zone
    return trip.starts_at.astimezone(zone).date() <= ctx.now.astimezone(zone).date()


def _what_leaving_means(ctx: Context, form: Nothing, about: Mapping[str, Any]) -> Mapping[str, Any]:
    trip = _not_agreed(ctx, about["trip"])
    office = [one.name for one in staff.with_role(ctx.people(), Role.GM_OFFICE) if one.id != trip.staff_id]
    return outing_cards.facts(ctx, trip) | {"names": "或".join(office)}


def left_unapproved(ctx: Context, form: Nothing, about: Mapping[str, Any]) -> Answer:
    """Recorded as what it is: nobody agreed. A slip is drafted, the person is heard first (HANDBOOK A8, 4)."""
    trip = _not_agreed(ctx, about["trip"])
    if not outing.depart(ctx.session, trip, ctx.now, OutingState.UNAPPROVED, while_in=NOT_AGREED):
        raise Refusal("trip.left_already", at=trip.departed_at, ends_form=True)
    approvals.withdraw_request(ctx, trip.subject)
    ctx.record("trip.left_unapproved", trip.subject, by=ctx.me, rule="HANDBOOK A7 A8", after=outings.fact(trip))
    person = staff.get(ctx.session, trip.staff_id)
    office = staff.with_role(ctx.people(), Role.GM_OFFICE)
    for one in dict.fromkeys([*(who.id for who in office), *(who.id for who in front_desk(ctx, person))]):
        ctx.tell(one, outing_cards.told("trip.left_unapproved_told", ctx, trip), urgent=True, dedupe=f"left|{trip.id}")
    outing_effects.tell_group(ctx, trip)
    outing_effects.plan(ctx, trip)
    facts = notice("trip.left_unapproved_fact", **outing_cards.facts(ctx, trip))
    sanctions.draft(ctx, person, rule="A8", about=trip.subject, facts=facts, happened_at=ctx.now)
    ctx.refresh(trip.subject)
    return outing_cards.told("trip.left_unapproved", ctx, trip)


def _not_agreed(ctx: Context, trip_id: int) -> Outing:
    trip = outing.lock(ctx.session, ctx.store.id, trip_id, OutingKind.TRIP)
    if trip is None or trip.state not in NOT_AGREED:
        raise Refusal("trip.changed", ends_form=True)
    _refuse_if_agreed(ctx, trip)
    return trip


def back(ctx: Context, press: Press) -> Answer:
    return returns.come_back(ctx, returns.own(ctx, press, OutingKind.TRIP), home=False)


def home(ctx: Context, press: Press) -> Answer:
    return returns.come_back(ctx, returns.own(ctx, press, OutingKind.TRIP), home=True)


def later(ctx: Context, press: Press) -> Answer:
    return returns.open_later(ctx, returns.own(ctx, press, OutingKind.TRIP))


def call_off(ctx: Context, press: Press) -> Answer:
    """The button 撤回: the trip is not made."""
    trip = returns.own(ctx, press, OutingKind.TRIP)
    if trip.departed_at is not None:
        raise Refusal("outing.begun")
    if trip.state not in LIVE or not outing_effects.call_off(ctx, trip):
        raise Refusal("trip.over")
    return notice("trip.called_off", place=trip.place)


def decided(scene: Scene, trip_id: int, decision: Decision) -> None:
    """The GM office has spoken: the applicant hears it, with a yes the front desk and the group too."""
    trip = existing(scene, trip_id)
    state = OutingState.GOING if decision.approved else OutingState.REFUSED
    if not outing.move(scene.session, trip, state, while_in=[OutingState.PENDING]):
        raise Refusal("trip.over", ends_form=True)
    behalf = decision.on_behalf_of.name if decision.on_behalf_of else ""
    key = "trip.approved" if decision.approved else "trip.refused"
    told = outing_cards.told(key, scene, trip, by=decision.by.name, for_=behalf, why=decision.reason)
    scene.tell(trip.staff_id, told, urgent=True)
    if decision.approved:
        outing_effects.begin(scene, trip)


def reopened(scene: Scene, trip_id: int) -> None:
    """A decision was taken back: the trip waits again, those who heard of it hear that."""
    trip = existing(scene, trip_id)
    was_going, group_knew = trip.state == OutingState.GOING, outing_effects.group_knows(scene, trip)
    if not outing.move(scene.session, trip, OutingState.PENDING, while_in=[OutingState.GOING, OutingState.REFUSED]):
        raise Refusal("trip.over")
    outing_effects.forget(scene, trip)
    if was_going:
        for one in front_desk(scene, staff.get(scene.session, trip.staff_id)):
            scene.tell(one.id, notice("trip.open_again", **outing_cards.facts(scene, trip)))
    if group_knew:
        outing_effects.untell_group(scene, trip)


def expired(scene: Scene, trip_id: int) -> None:
    """Nobody answered before the departure: that is no yes."""
    trip = existing(scene, trip_id)
    outing.move(scene.session, trip, OutingState.EXPIRED, while_in=[OutingState.PENDING])


def reversible(scene: Scene, trip_id: int) -> bool:
    trip = existing(scene, trip_id)
    return trip.departed_at is None and trip.state in (OutingState.GOING, OutingState.REFUSED)


def title(scene: Scene, trip_id: int) -> Notice:
    return notice("trip.title_line", **outing_cards.facts(scene, existing(scene, trip_id)))


def existing(scene: Scene, trip_id: int) -> Outing:
    trip = outing.lock(scene.session, scene.store.id, trip_id, OutingKind.TRIP)
    if trip is None:
        raise LookupError(f"trip {trip_id} of store {scene.store.id}")
    return trip


def ring(scene: Scene, reminder: Reminder) -> None:
    number = int(reminder.subject.partition(":")[2])
    outing_effects.ring(scene, reminder, outing.lock(scene.session, scene.store.id, number, OutingKind.TRIP))


ASKING = Form("trip.asking", TripForm, look=look, submit=submit, readback=readback)
LEAVING = Form(
    "trip.leaving",
    Nothing,
    look=plain_reading,
    submit=left_unapproved,
    readback=_what_leaving_means,
    cancelled="trip.stayed",
    shows="leaving_confirm",
)

feature = Feature(
    name="trip",
    commands=(
        Command("trip.ask", WORDS, ask, behalf=ask_for),
        Command("trip.depart", LEFT_WORDS, depart_word, in_menu=False),
    ),
    forms=(ASKING, LEAVING),
    buttons={"depart": depart, "back": back, "home": home, "later": later, "call_off": call_off},
    rings=ring,
    card=outing_cards.trip_card,
    approvable=Approvable(
        locks=existing,
        title=title,
        decided=decided,
        reopened=reopened,
        expired=expired,
        reversible=reversible,
        rule=RULE,
    ),
)
