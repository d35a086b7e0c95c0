"""The cards of outings and trips: where somebody is, for whom with which reason, and the buttons that are true now."""

from __future__ import annotations

from typing import Any

from bot import approvals
from bot.feature import MANAGERS, Absence, Scene
from bot.notices import Buttons, Notice, notice, row
from bot.reading import Span
from bot.talk import Button
from storage import outing, staff
from storage.outing import LIVE, NOT_AGREED, OUT, Outing, OutingKind, OutingState
from storage.staff import Staff


def card(scene: Scene, outing_id: int, viewer: Staff | None) -> Notice | None:
    """The outing as its person, or a manager, may see it now; a group sees no card."""
    out = outing.get(scene.session, scene.store.id, outing_id, OutingKind.OUTING)
    if out is None or not may_see(out, viewer):
        return None
    return notice("outing.card", buttons=buttons(scene, out, viewer), subject=out.subject, **facts(scene, out))


def may_see(out: Outing, viewer: Staff | None) -> bool:
    """Its person, who entered it, and the managers."""
    if viewer is None:
        return False
    return viewer.id in (out.staff_id, out.entered_by_id) or any(viewer.has(role) for role in MANAGERS)


def facts(scene: Scene, out: Outing) -> dict[str, Any]:
    person = staff.get(scene.session, out.staff_id)
    entered = staff.get(scene.session, out.entered_by_id)
    return {
        "name": person.name,
        "kind": str(out.kind),
        "span": Span(out.starts_at, out.ends_at),
        "place": out.place,
        "matter": out.matter,
        "late": out.told_late_minutes,
        "state": str(out.state),
        "begun": out.starts_at <= scene.now,
        "back": out.returned_at,
        "home": out.went_home,
        "entered_by": "" if entered.id == person.id else entered.name,
        "departed": out.departed_at,
    }


def told(key: str, scene: Scene, out: Outing, /, **more: Any) -> Notice:
    """A text about the outing that becomes its live card."""
    return notice(key, subject=out.subject, **facts(scene, out), **more)


def buttons(scene: Scene, out: Outing, viewer: Staff | None) -> Buttons:
    """What the person, or who entered it, can still do."""
    if viewer is None or viewer.id not in (out.staff_id, out.entered_by_id):
        return ()
    if out.state in OUT and out.starts_at <= scene.now:
        return row(*_returning(scene, out))
    return row(button("later", out), button("call_off", out)) if out.state in LIVE else ()


def button(verb: str, out: Outing) -> Button:
    return Button(f"outing.button_{verb}", f"{out.kind}:{verb}:{out.id}")


def _returning(scene: Scene, out: Outing) -> list[Button]:
    """What somebody who is out can say; who should be back already waits a little longer."""
    later = button("later", out)
    if out.ends_at <= scene.now:
        later = Button("outing.button_wait", later.action)
    return [button("back", out), later, button("home", out)]


def _not_going(trip: Outing) -> Button:
    return Button("trip.button_call_off", f"trip:call_off:{trip.id}")


def trip_card(scene: Scene, trip_id: int, viewer: Staff | None) -> Notice | None:
    """The trip as its person, those who decide, or a manager may see it now."""
    trip = outing.get(scene.session, scene.store.id, trip_id, OutingKind.TRIP)
    if trip is None or not may_see(trip, viewer) or viewer is None:
        return None
    decision = approvals.card_values(scene, trip.subject)
    known = facts(scene, trip) | {name: value for name, value in decision.items() if name != "state"}
    deciding = approvals.card_buttons(scene, trip.subject, viewer)
    if trip.state == OutingState.PENDING and deciding:
        now = scene.now.replace(second=0, microsecond=0)
        left = scene.rules.working.working_between(start=now, end=max(now, trip.starts_at))
        return notice("trip.card", buttons=deciding, subject=trip.subject, left=left, **known)
    still = deciding + trip_buttons(scene, trip, viewer)
    return notice("trip.card_after", buttons=still, subject=trip.subject, **known)


def trip_buttons(scene: Scene, trip: Outing, viewer: Staff) -> Buttons:
    """Before they leave a trip can be called off; 已出发 is there with a yes and without one."""
    if viewer.id not in (trip.staff_id, trip.entered_by_id):
        return ()
    leaving = [button("depart", trip)] if trip.departed_at is None else []
    if trip.state in OUT:
        begun = trip.departed_at is not None or trip.starts_at <= scene.now
        return row(*leaving, *(_returning(scene, trip) if begun else [_not_going(trip)]))
    if trip.state not in NOT_AGREED or trip.ends_at <= scene.now:
        return ()
    if outing.agreed_of(scene.session, trip.staff_id, start=trip.starts_at, end=trip.ends_at):
        # It was asked again and agreed: this one is settled.
        return ()
    return row(*leaving, *([_not_going(trip)] if trip.state == OutingState.PENDING else []))


def absence(scene: Scene, out: Outing) -> Absence:
    """The outing or trip among all that keeps people away."""
    kind, unapproved = str(out.kind), out.state == OutingState.UNAPPROVED
    return Absence(
        out.staff_id,
        Span(out.starts_at, out.ends_at),
        out.subject,
        told=notice("outing.absence", kind=kind, place=out.place),
        private=notice("outing.absence_why", kind=kind, place=out.place, matter=out.matter, unapproved=unapproved),
    )
