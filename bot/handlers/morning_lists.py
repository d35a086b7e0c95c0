"""What a store has before it in the morning: what is due, what is late, who is met, who is away; whose each is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.feature import Absence, Scene
from bot.handlers import appointments_cards, customers_cards, follow_up
from bot.handlers import workflow_cards as cards
from bot.handlers import workflow_reminders as reminders
from bot.notices import Buttons, Notice, in_rows, notice
from bot.reading import Span
from bot.rules import morning as rules
from bot.rules.appointments import AN_HOUR
from bot.rules.workflow_clock import Ring
from bot.talk import Button
from storage import customers, staff, workflow
from storage.customers import Case
from storage.staff import Role, Staff
from storage.workflow import CaseMark, CaseStep, StepState

# A list that is longer says how much more there is.
SHOWN = 12
BUTTONS = 6
CONTACT_BUTTONS = 4
OTHERS_SHOWN = 6
TOLD = (Ring.CLIENT_MANAGER, Ring.GM_OFFICE)


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
class Unanswered:
    """A meeting that has passed without a word whether it was held, its step, and the ids of those who hear of it."""

    mark: CaseMark
    case: Case
    step: CaseStep
    people: frozenset[int]


@dataclass(frozen=True)
class Morning:
    """What is before the store on `day`, each list by its moments."""

    day: date
    due: list[CaseStep]
    late: list[CaseStep]
    unanswered: list[Unanswered]
    meets: list[Meeting]
    contacts: list[Contact]
    away: list[Absence]

    @property
    def is_quiet(self) -> bool:
        """Nothing that a group needs to hear: who is away is asked for."""
        return not (self.due or self.late or self.unanswered or self.meets)


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
        unanswered=list(_unanswered(scene)),
        meets=_meets(scene, ahead),
        contacts=_contacts(scene, ahead),
        away=scene.absences(rules.rest_of_day(scene.now, calendar)),
    )


def _unanswered(scene: Scene) -> Iterator[Unanswered]:
    """Whoever has the step hears of it, and who leads."""
    at = max(scene.now, scene.rules.working.opens(scene.today()))
    for mark, case, step in appointments_cards.unanswered(scene):
        leading = reminders.hearing(scene, step, Ring.CLIENT_MANAGER, at=at)
        yield Unanswered(mark, case, step, frozenset([step.owner_id, *(one.id for one in leading)]))


def _meets(scene: Scene, ahead: Span) -> list[Meeting]:
    taking_part = appointments_cards.taking_part
    coming = [(mark, case) for mark, case in appointments_cards.between(scene, ahead) if mark.at >= scene.now]
    return [Meeting(mark, case, frozenset(taking_part(scene, case, mark))) for mark, case in coming]


def _contacts(scene: Scene, ahead: Span) -> list[Contact]:
    due = customers.follow_ups_due(scene.session, scene.store.id, before=ahead.end)
    return [Contact(case, frozenset(one.id for one in follow_up.responsible(scene, case))) for case in due]


def told_to_all(scene: Scene, known: Morning) -> list[Case]:
    """The customers to be contacted by the opening whom the lists show to everybody who does it."""
    people = scene.people()
    here = {one.id for one in people}
    left_off = {case.id for person in people for case in _contacts_of(known, person)[SHOWN:]}
    return [
        one.case
        for one in known.contacts
        if one.case.follow_up_at is not None
        and rules.stands_for(one.case.follow_up_at, scene.now, scene.rules.working)
        and one.by <= here
        and one.case.id not in left_off
    ]


def _contacts_of(known: Morning, person: Staff) -> list[Case]:
    return [one.case for one in known.contacts if person.id in one.by]


def for_all(scene: Scene, known: Morning) -> dict[str, Any]:
    """What a group may read: step, number, owner, hour; no reason of leave, no number, no total (HANDBOOK 4)."""
    due = known.due[:SHOWN]
    late = [*((one, None) for one in known.late), *((one.step, one.mark.at) for one in known.unanswered)]
    return {
        "day": known.day,
        "due": [cards.facts(scene, one) for one in due if _is_today(scene, one.due_at)],
        "coming": [cards.facts(scene, one) for one in due if not _is_today(scene, one.due_at)],
        "more_due": len(known.due) - len(due),
        "late": [cards.facts(scene, step) | {"met_at": met_at} for step, met_at in late[:SHOWN]],
        "more_late": max(len(late) - SHOWN, 0),
        "meets": [appointments_cards.facts(scene, one.mark, one.case) for one in known.meets[:SHOWN]],
        "away": [_away(scene, one) for one in known.away],
    } | _still_hearing(scene, [*known.late[:SHOWN], *due])


def _is_today(scene: Scene, at: datetime | None) -> bool:
    return at is not None and rules.is_today(at, scene.now, scene.rules.working)


def _away(scene: Scene, one: Absence) -> dict[str, Any]:
    return {"name": staff.get(scene.session, one.person_id).name, "what": one.told, "span": one.span}


def _still_hearing(scene: Scene, steps: Sequence[CaseStep]) -> dict[str, str]:
    """Who will hear of any of these first, and who after them; nobody who has heard already."""
    found: dict[Ring, dict[int, str]] = {ring: {} for ring in TOLD}
    for step in steps:
        for one in reminders.moments(scene, step):
            if one.at > scene.now and one.ring in TOLD:
                hearing = reminders.hearing(scene, step, one.ring, at=one.at)
                found[one.ring] |= {person.id: person.name for person in hearing}
    managers, office = found[Ring.CLIENT_MANAGER], found[Ring.GM_OFFICE]
    last = [name for person_id, name in office.items() if person_id not in managers]
    return {"managers": "、".join(managers.values()), "office": "、".join(last)}


def for_one(scene: Scene, known: Morning, person: Staff) -> Notice | None:
    """A person's own, each with who hears of it next, and what those who lead must know; None if there is nothing."""
    due = [one for one in known.due if one.owner_id == person.id]
    late = [one for one in known.late if one.owner_id == person.id]
    unanswered = [one for one in known.unanswered if person.id in one.people]
    others = _late_with_others(scene, known, person)
    meets = [one for one in known.meets if person.id in one.people]
    contacts = _contacts_of(known, person)
    if not (due or late or unanswered or others or meets or contacts):
        return None
    lines = {one.id: cards.facts(scene, one) | _next(scene, one) for one in [*late, *due][:SHOWN]}
    return notice(
        "morning.own",
        buttons=_buttons(scene, [*late, *(one.step for one in unanswered), *due], contacts),
        name=person.name,
        late=[lines[one.id] for one in late if one.id in lines],
        unanswered=[appointments_cards.facts(scene, one.mark, one.case) for one in unanswered[:SHOWN]],
        others=[cards.facts(scene, one) for one in others[:OTHERS_SHOWN]],
        more_others=max(len(others) - OTHERS_SHOWN, 0),
        more=max(len(late) + len(due) - SHOWN, 0),
        more_contacts=max(len(contacts) - SHOWN, 0),
        today=_part(scene, lines, due, meets, contacts, is_today=True),
        coming=_part(scene, lines, due, meets, contacts, is_today=False),
    )


def _part(
    scene: Scene,
    lines: Mapping[int, dict[str, Any]],
    due: Sequence[CaseStep],
    meets: Sequence[Meeting],
    contacts: Sequence[Case],
    *,
    is_today: bool,
) -> dict[str, Any]:
    """What is shown of today, or of the closed days behind it."""
    return {
        "due": [lines[one.id] for one in due if one.id in lines and _is_today(scene, one.due_at) == is_today],
        "meets": [_meeting(scene, one) for one in meets[:SHOWN] if _is_today(scene, one.mark.at) == is_today],
        "contacts": [
            customers_cards.facts(scene, one) | {"follow_up_at": one.follow_up_at}
            for one in contacts[:SHOWN]
            if _is_today(scene, one.follow_up_at) == is_today
        ],
    }


def _late_with_others(scene: Scene, known: Morning, person: Staff) -> list[CaseStep]:
    """What the store's others are late with, for a client manager; for the GM office what it was told of."""
    others = [one for one in known.late if one.owner_id != person.id]
    if person.has(Role.CLIENT_MANAGER):
        return others
    return [one for one in others if _has_heard(scene, one, person)] if person.has(Role.GM_OFFICE) else []


def _has_heard(scene: Scene, step: CaseStep, person: Staff) -> bool:
    passed = [one for one in reminders.moments(scene, step) if one.at <= scene.now and one.ring in TOLD]
    heard = (reminders.hearing(scene, step, moment.ring, at=moment.at) for moment in passed)
    return any(one.id == person.id for those in heard for one in those)


def _buttons(scene: Scene, steps: Sequence[CaseStep], contacts: Sequence[Case]) -> Buttons:
    """The first few steps, each once, and the first few customers to write a contact down for."""
    first = list({one.id: one for one in steps}.values())[:BUTTONS]
    opening = [cards.open_button(cards.facts(scene, one), one) for one in first]
    logging = [_log_button(scene, one) for one in contacts[:CONTACT_BUTTONS]]
    return in_rows([*opening, *logging], width=2)


def _log_button(scene: Scene, case: Case) -> Button:
    number = customers_cards.facts(scene, case)["number"]
    return Button("follow_up.button_log_for", f"follow_up:log:{case.id}", {"number": number})


def _next(scene: Scene, step: CaseStep) -> dict[str, Any]:
    """Who hears of it when, if nothing happens; nobody once all have."""
    known = reminders.moments(scene, step)
    following = next((one for one in known if one.at > scene.now and one.ring in TOLD), None)
    told = reminders.next_to_hear(scene, step, following)
    return {"next": told["names"], "next_at": told["at"]}


def _meeting(scene: Scene, one: Meeting) -> dict[str, Any]:
    again: datetime = one.mark.at - AN_HOUR
    return appointments_cards.facts(scene, one.mark, one.case) | {"again": again if again > scene.now else None}
