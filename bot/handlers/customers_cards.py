"""The card of a case: what its team and the managers see of it, what a group sees, and what can be done with it."""

from __future__ import annotations

from typing import Any

from bot.feature import MANAGERS, Context, Scene
from bot.handlers import customers_changing_rights as changing
from bot.handlers import customers_changing_shown
from bot.handlers import customers_forgetting as forgetting
from bot.notices import Buttons, Notice, in_rows, notice
from bot.rules import customers as rules
from bot.talk import Button
from bot.texts import masked
from storage import customers, inbox, staff, workflow
from storage.customers import Case, CaseState
from storage.staff import Role, Staff

SHOWN_CONTACTS = 3
ABROAD = "telegram"
# Who may have the customer's number, besides being of the team (HANDBOOK 4).
ASSIGNED = (Role.CLIENT_MANAGER, Role.DESIGNER)


def card(scene: Scene, case_id: int, viewer: Staff | None) -> Notice | None:
    """The case as the viewer may see it now; a group sees number, surname and estate."""
    case = customers.get(scene.session, scene.store.id, case_id)
    if case is None:
        return None
    if forgetting.is_cleared(scene, case):
        return forgetting.cleared(scene, case) if viewer is None or may_see(scene, case, viewer) else None
    if viewer is None:
        return notice("customers.in_group", subject=case.subject, **facts(scene, case))
    if not may_see(scene, case, viewer):
        return None
    return notice(
        "customers.card",
        buttons=buttons(scene, case, viewer),
        subject=case.subject,
        **facts(scene, case),
        **_further(scene, case),
        corrections=customers_changing_shown.history(scene, case, viewer),
    )


def may_see(scene: Scene, case: Case, viewer: Staff) -> bool:
    """Its team and the managers of its store."""
    if viewer.store_id != case.store_id:
        return False
    return any(viewer.has(role) for role in MANAGERS) or viewer.id in _team(scene, case).values()


def is_assigned(scene: Scene, case: Case, person: Staff) -> bool:
    """Whether the person is the case's client manager or its designer."""
    team = _team(scene, case)
    return person.id in (team.get(role) for role in ASSIGNED)


def may_contact(scene: Scene, case: Case, person: Staff) -> bool:
    """Who writes down that they spoke with the customer: those assigned, and any client manager of the store."""
    own_store = person.store_id == case.store_id
    return own_store and (person.has(Role.CLIENT_MANAGER) or is_assigned(scene, case, person))


def facts(scene: Scene, case: Case) -> dict[str, Any]:
    """What everybody who may see the case is told of it; no number, no full name."""
    customer, team = customers.get_customer(scene.session, case.customer_id), _team(scene, case)
    return {
        "number": case.number,
        "name": rules.discreet_name(customer.name) if customer.name else notice("customers.cleared_name"),
        "estate": case.estate,
        "area": f"{case.area_m2.normalize():f}",
        "layout": case.layout,
        "residents": case.residents,
        "state": str(case.state),
        "grade": str(case.grade),
        "client_manager": _name(scene, team.get(Role.CLIENT_MANAGER)),
        "designer": _name(scene, team.get(Role.DESIGNER)),
    }


def may_be_told_in_full(ctx: Context) -> bool:
    """Telegram's servers are abroad: numbers and full names go there only where the store has said so (HANDBOOK 4)."""
    asked_on = inbox.get(ctx.session, ctx.inbox_id).channel
    return asked_on != ABROAD or ctx.rules.customers.numbers_on_telegram


def told(key: str, scene: Scene, case: Case, /, **more: Any) -> Notice:
    """A text about the case that becomes its live card."""
    return notice(key, subject=case.subject, **facts(scene, case), **more)


def _further(scene: Scene, case: Case) -> dict[str, Any]:
    """What the card says besides: how they came, what they wish, who has what, what was and what is next."""
    customer = customers.get_customer(scene.session, case.customer_id)
    by = staff.get(scene.session, case.closed_by_id).name if case.closed_by_id else ""
    return {
        "phone": masked(customer.phone),
        "source": notice(f"customers.source_{case.source}"),
        "wishes": wish_lines(case.wishes),
        "opened_at": case.opened_at,
        "team": [
            {"role": notice(f"staff.role_{role}"), "name": _name(scene, person_id)}
            for role, person_id in sorted(_team(scene, case).items(), key=lambda one: list(Role).index(one[0]))
        ],
        "steps": _steps(scene, case),
        "contacts": _contacts(scene, case),
        "follow_up_at": case.follow_up_at,
        "closed_at": case.closed_at,
        "closed_by": by,
        "lost_why": case.lost_why,
        "contract_number": case.contract_number,
        "others": [
            facts(scene, other) for other in customers.of_customer(scene.session, customer.id) if other.id != case.id
        ],
    }


def wish_lines(wishes: dict[str, Any]) -> list[dict[str, Any]]:
    """The optional part of the intake in its order: label, what was said, or an amount in yuan."""
    return [
        {"label": notice(f"customers.label_{field}"), "said": wishes[field]}
        for field in rules.WISHES
        if wishes.get(field)
    ]


def _steps(scene: Scene, case: Case) -> list[dict[str, Any]]:
    """The steps that somebody has in hand now, and until when."""
    return [
        {
            "name": notice(f"process.name_{step.step}"),
            "owner": _name(scene, step.owner_id),
            "due": step.due_at,
            "paused": step.paused_at is not None,
        }
        for step in workflow.live_of_case(scene.session, case.id)
    ]


def _contacts(scene: Scene, case: Case) -> list[dict[str, Any]]:
    last = customers.follow_ups_of(scene.session, case.id, most=SHOWN_CONTACTS)
    return [{"at": one.at, "by": _name(scene, one.by_id), "words": one.words} for one in last]


def buttons(scene: Scene, case: Case, viewer: Staff) -> Buttons:
    """What this viewer can do with the case as it is now."""
    manages, shown = viewer.has(Role.CLIENT_MANAGER), []
    if case.state == CaseState.OPEN and may_contact(scene, case, viewer):
        shown.append(Button("follow_up.button_log", f"follow_up:log:{case.id}"))
    if is_assigned(scene, case, viewer):
        shown.append(button("phone", case))
    if changing.correctable(scene, case, viewer):
        shown.append(Button("customers_changing.button_change", f"customers_changing:change:{case.id}"))
    if case.state == CaseState.OPEN and manages:
        chosen = Role.DESIGNER in _team(scene, case)
        shown += [button("designer" if not chosen else "other_designer", case), button("lose", case)]
    if case.state == CaseState.LOST and manages:
        shown.append(button("reopen", case))
    if workflow.of_case(scene.session, case.id):
        shown.append(Button("workflow.command_of_case", f"workflow:where:{case.id}"))
    return in_rows(shown) if shown else ()


def button(verb: str, case: Case) -> Button:
    pressed = "designer" if verb == "other_designer" else verb
    return Button(f"customers.button_{verb}", f"customers:{pressed}:{case.id}")


def choice(scene: Scene, case: Case, action: str) -> Button:
    """The case among several: pressed, `action` goes on with it."""
    known = facts(scene, case)
    shown = {name: known[name] for name in ("number", "name", "estate")}
    return Button("customers.button_case", f"{action}:{case.id}", shown)


def _team(scene: Scene, case: Case) -> dict[Role, int]:
    return customers.team_of(scene.session, case.id)


def _name(scene: Scene, person_id: int | None) -> str:
    return staff.get(scene.session, person_id).name if person_id else ""
