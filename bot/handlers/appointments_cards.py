"""What a meeting about a case is told as: who, when, what, and whether it still lies ahead; who may move it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.feature import MANAGERS, Scene
from bot.handlers import customers_cards
from bot.notices import Notice, in_rows, notice
from bot.reading import Span
from bot.rules import appointments as rules
from bot.rules.appointments import BOOKED, BY_MARK, LENGTH, Booked, Ring
from bot.talk import Button
from storage import appointments, customers, staff, workflow
from storage.customers import Case, CaseState
from storage.staff import Staff
from storage.workflow import CaseMark, CaseStep, StepState

FARTHEST = timedelta(days=800)


def subject(mark: CaseMark) -> str:
    """What it is called in cards and reminders."""
    return f"appointments:{mark.id}"


def card(scene: Scene, mark_id: int, viewer: Staff | None) -> Notice | None:
    """The meeting as it stands, for those who take part, the case's team and the managers; none for a group."""
    found = of_store(scene, mark_id)
    if found is None or viewer is None:
        return None
    mark, case = found
    if not customers_cards.may_see(scene, case, viewer) and viewer.id not in taking_part(scene, case, mark):
        return None
    buttons = in_rows(moving(scene, case, mark, viewer))
    return notice("appointments.card", buttons=buttons, subject=subject(mark), **facts(scene, mark, case))


def of_store(scene: Scene, mark_id: int) -> tuple[CaseMark, Case] | None:
    """The store's own meeting and its case."""
    mark = appointments.get(scene.session, scene.store.id, mark_id)
    case = customers.get(scene.session, scene.store.id, mark.case_id) if mark and mark.mark in BY_MARK else None
    return (mark, case) if mark and case else None


def told(key: str, scene: Scene, mark: CaseMark, case: Case, /, **more: Any) -> Notice:
    """A text about the meeting that becomes its live card."""
    return notice(key, subject=subject(mark), **facts(scene, mark, case), **more)


def facts(scene: Scene, mark: CaseMark, case: Case) -> dict[str, Any]:
    """What every text about it is told: the case, what it is, when, who takes part, what became of it."""
    standing = workflow.marks_of(scene.session, case.id)
    now = standing.get(mark.mark)
    was = mark.values.get("was")
    return customers_cards.facts(scene, case) | {
        "what": title(mark),
        "at": mark.at,
        "names": names(scene, case, mark),
        "internal": BY_MARK[mark.mark].held is None,
        "was": datetime.fromisoformat(was) if was else None,
        "moved_to": now.at if now is not None and now.id != mark.id else None,
        "held": _held(standing, mark) is not None,
        "stands": now is not None and now.id == mark.id and case.state == CaseState.OPEN,
    }


def title(mark: CaseMark) -> Notice:
    return notice(f"appointments.what_{BY_MARK[mark.mark].what}")


def taking_part(scene: Scene, case: Case, mark: CaseMark) -> list[int]:
    """Who has a role of it in the case, and whoever has the step that it is part of."""
    return people_of(scene, case, BY_MARK[mark.mark])


def people_of(scene: Scene, case: Case, booked: Booked) -> list[int]:
    team = customers.team_of(scene.session, case.id)
    owners = [one.owner_id for one in workflow.live_of_case(scene.session, case.id) if one.step == booked.part_of]
    found = dict.fromkeys([*owners, *(team[role] for role in booked.roles if role in team)])
    return [one for one in found if staff.get(scene.session, one).active]


def names(scene: Scene, case: Case, mark: CaseMark) -> str:
    return "、".join(staff.get(scene.session, one).name for one in taking_part(scene, case, mark))


def is_ahead(scene: Scene, mark: CaseMark, case: Case) -> bool:
    """Whether it is still to be held: it stands, its case is open, nobody has said that it was."""
    return mark.void_at is None and case.state == CaseState.OPEN and not _is_over(scene, mark)


def _is_over(scene: Scene, mark: CaseMark) -> bool:
    """Held, as it was said; what nobody says that of is over with its time."""
    if BY_MARK[mark.mark].held is None:
        return mark.at + LENGTH <= scene.now
    return _held(workflow.marks_of(scene.session, mark.case_id), mark) is not None


def _held(standing: dict[str, CaseMark], mark: CaseMark) -> CaseMark | None:
    held = BY_MARK[mark.mark].held
    return standing.get(held) if held is not None else None


def ahead_of_case(scene: Scene, case: Case) -> list[CaseMark]:
    """The meetings of the case that are still to be held, the earliest first."""
    standing = workflow.marks_of(scene.session, case.id)
    booked = [standing[one.mark] for one in BOOKED if one.mark in standing]
    return sorted((one for one in booked if is_ahead(scene, one, case)), key=lambda one: one.at)


def between(scene: Scene, span: Span) -> Iterator[tuple[CaseMark, Case]]:
    """The store's meetings that begin in the time and are still to be held."""
    marks = [str(one.mark) for one in BOOKED]
    for mark, case in appointments.between(scene.session, scene.store.id, marks, start=span.start, end=span.end):
        if is_ahead(scene, mark, case):
            yield mark, case


def unanswered(scene: Scene) -> Iterator[tuple[CaseMark, Case, CaseStep]]:
    """The store's meetings that nobody has said of whether they were held, though it was asked; whose step it is."""
    for mark, case in between(scene, Span(scene.now - FARTHEST, scene.now)):
        step = answering(scene, mark)
        if step and rules.rings_after(mark.at, scene.rules.working)[Ring.ASKED] <= scene.now:
            yield mark, case, step


def answering(scene: Scene, mark: CaseMark) -> CaseStep | None:
    """The step at which it is said whether it was held; None if internal, or while the customer is waited for."""
    booked = BY_MARK[mark.mark]
    if booked.held is None:
        return None
    live = workflow.live_of_case(scene.session, mark.case_id)
    return next((one for one in live if one.step == booked.part_of and one.state == StepState.OPEN), None)


def moving(scene: Scene, case: Case, mark: CaseMark, viewer: Staff) -> list[Button]:
    """改约, for whom it is there, while it is still to be held."""
    if not is_ahead(scene, mark, case) or not may_move(scene, case, mark, viewer):
        return []
    verb = "move" if BY_MARK[mark.mark].held is not None else "move_briefing"
    return [Button(f"appointments.button_{verb}", f"appointments:move:{mark.id}")]


def moving_all(scene: Scene, case: Case, viewer: Staff) -> list[Button]:
    return [button for mark in ahead_of_case(scene, case) for button in moving(scene, case, mark, viewer)]


def may_move(scene: Scene, case: Case, mark: CaseMark, viewer: Staff) -> bool:
    """Those who take part, and the managers."""
    return any(viewer.has(role) for role in MANAGERS) or viewer.id in taking_part(scene, case, mark)


def clashes(scene: Scene, case: Case, booked: Booked, at: datetime) -> list[dict[str, Any]]:
    """Who of those who take part is away then, or with another customer (HANDBOOK W10)."""
    span = rules.span_of(at)
    wanted = people_of(scene, case, booked)
    away = [
        {"name": staff.get(scene.session, one.person_id).name, "what": one.told, "span": one.span}
        for one in scene.absences(span)
        if one.person_id in wanted
    ]
    return [*away, *_elsewhere(scene, case, booked, at, wanted)]


def _elsewhere(scene: Scene, case: Case, booked: Booked, at: datetime, wanted: list[int]) -> Iterator[dict[str, Any]]:
    for mark, other in between(scene, Span(at - LENGTH, at + LENGTH)):
        if mark.at == at - LENGTH or (other.id == case.id and mark.mark == booked.mark):
            continue
        for person_id in taking_part(scene, other, mark):
            if person_id in wanted:
                name = staff.get(scene.session, person_id).name
                yield {"name": name, "what": title(mark), "span": rules.span_of(mark.at)}
