"""What a store has before it in the morning: what is due, what is late, who is met, who is away; whose each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.feature import Absence, Scene
from bot.handlers import appointments_cards, customers_cards, follow_up
from bot.handlers import workflow_cards as cards
from bot.handlers import workflow_reminders as reminders
from bot.notices import Notice, in_rows, notice
from bot.reading import Span
from bot.rules import morning as rules
from bot.rules.appointments import AN_HOUR
from bot.rules.workflow_clock import Ring
from storage import customers, staff, workflow
from storage.customers import Case
from storage.staff import Role, Staff, with_role
from storage.workflow import CaseMark, CaseStep, StepState

# A list that is longer says how much more there is.
SHOWN = 12
BUTTONS = 6


@dataclass(frozen=True)
class Contact:
    """A customer who is to be contacted today, and the ids of those who do it."""

    case: Case
    by: frozenset[int]


@dataclass(frozen=True)
class Meeting:
    """An appointment about a case, and the ids of those who take part."""

    mark: CaseMark
    case: Case
    people: frozenset[int]


@dataclass(frozen=True)
class Morning:
    """What is before the store on `day`, each list by its moments."""

    day: date
    due: list[CaseStep]
    late: list[CaseStep]
    meets: list[Meeting]
    contacts: list[Contact]
    away: list[Absence]

    @property
    def is_quiet(self) -> bool:
        """Nothing that a group needs to hear: who is away is asked for."""
        return not (self.due or self.late or self.meets)


def of_store(scene: Scene) -> Morning:
    """What waits for the customer is neither due nor late."""
    calendar = scene.rules.working
    ahead = rules.spoken_of(scene.now, calendar)
    known = workflow.live_in_store(scene.session, scene.store.id, due_before=ahead.end)
    running = [(one, one.due_at) for one in known if one.state == StepState.OPEN and one.due_at is not None]
    return Morning(
        day=scene.today(),
        due=[one for one, at in running if at >= scene.now],
        late=[one for one, at in running if at < scene.now],
        meets=_meets(scene, ahead),
        contacts=_contacts(scene, ahead),
        away=scene.absences(rules.rest_of_day(scene.now, calendar)),
    )


def _meets(scene: Scene, ahead: Span) -> list[Meeting]:
    taking_part = appointments_cards.taking_part
    coming = [(mark, case) for mark, case in appointments_cards.between(scene, ahead) if mark.at >= scene.now]
    return [Meeting(mark, case, frozenset(taking_part(scene, case, mark))) for mark, case in coming]


def _contacts(scene: Scene, ahead: Span) -> list[Contact]:
    due = customers.follow_ups_due(scene.session, scene.store.id, before=ahead.end)
    return [Contact(case, frozenset(one.id for one in follow_up.responsible(scene, case))) for case in due]


def for_all(scene: Scene, known: Morning) -> dict[str, Any]:
    """What a group may read: step, number, owner, hour; no reason of leave, no number, no total (HANDBOOK 4)."""
    return {
        "day": known.day,
        "due": [cards.facts(scene, one) for one in known.due[:SHOWN]],
        "more_due": max(len(known.due) - SHOWN, 0),
        "late": [cards.facts(scene, one) for one in known.late[:SHOWN]],
        "more_late": max(len(known.late) - SHOWN, 0),
        "meets": [appointments_cards.facts(scene, one.mark, one.case) for one in known.meets[:SHOWN]],
        "away": [_away(scene, one) for one in known.away],
        "managers": _names(scene, Role.CLIENT_MANAGER),
        "office": _names(scene, Role.GM_OFFICE),
    }


def _away(scene: Scene, one: Absence) -> dict[str, Any]:
    return {"name": staff.get(scene.session, one.person_id).name, "what": one.told, "span": one.span}


def _names(scene: Scene, role: Role) -> str:
    return "、".join(one.name for one in with_role(scene.people(), role))


def for_one(scene: Scene, known: Morning, person: Staff) -> Notice | None:
    """A person's own, each with who hears of it next; nothing if there is nothing."""
    due = [one for one in known.due if one.owner_id == person.id]
    late = [one for one in known.late if one.owner_id == person.id]
    meets = [one for one in known.meets if person.id in one.people]
    contacts = [one.case for one in known.contacts if person.id in one.by]
    if not (due or late or meets or contacts):
        return None
    lines = {one.id: cards.facts(scene, one) | _next(scene, one) for one in [*late, *due][:SHOWN]}
    buttons = [cards.open_button(lines[one.id], one) for one in [*late, *due][:BUTTONS]]
    return notice(
        "morning.own",
        buttons=in_rows(buttons, width=2) if buttons else (),
        name=person.name,
        late=[lines[one.id] for one in late if one.id in lines],
        due=[lines[one.id] for one in due if one.id in lines],
        more=max(len(late) + len(due) - SHOWN, 0),
        meets=[_meeting(scene, one.mark, one.case) for one in meets[:SHOWN]],
        contacts=[customers_cards.facts(scene, one) | {"follow_up_at": one.follow_up_at} for one in contacts[:SHOWN]],
        more_contacts=max(len(contacts) - SHOWN, 0),
    )


def _next(scene: Scene, step: CaseStep) -> dict[str, Any]:
    """Who hears of it when, if nothing happens; nobody once all have."""
    told = (Ring.CLIENT_MANAGER, Ring.GM_OFFICE)
    known = reminders.moments(scene, step)
    following = next((one for one in known if one.at > scene.now and one.ring in told), None)
    names = "、".join(one.name for one in reminders.hearing(scene, step, following.ring)) if following else ""
    return {"next": names, "next_at": following.at if following else None}


def _meeting(scene: Scene, mark: CaseMark, case: Case) -> dict[str, Any]:
    again: datetime = mark.at - AN_HOUR
    return appointments_cards.facts(scene, mark, case) | {"again": again if again > scene.now else None}
