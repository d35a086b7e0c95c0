"""Cases made directly in the rows, for stories that begin in the middle of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session

from bot.app import scene_at
from bot.feature import Scene
from bot.handlers import morning, workflow_reminders, workflow_steps
from bot.rules.workflow import Need, StepKey
from bot.rules.workflow_record import Fact
from storage import customers, handover, staff, workflow
from storage.customers import Case
from storage.handover import HandoverForm, HandoverState
from storage.staff import Role
from storage.workflow import CaseMark, CaseStep, StepState
from tests.chat import StoreAtWork

TEAM = {
    Role.CLIENT_MANAGER: "zhou",
    Role.DESIGNER: "wang",
    Role.ESTIMATOR: "zhao",
    Role.ENGINEERING_MANAGER: "sun",
    Role.PROJECT_MANAGER: "wu",
}


def scene_of(store: StoreAtWork, session: Session) -> Scene:
    return scene_at(session, 1, store.app.clock.now())


def id_of(session: Session, key: str) -> int:
    person = staff.by_key(session, key)
    assert person is not None
    return person.id


def open_case(scene: Scene, *, name: str = "李女士", phone: str = "13900000001", designer: str = "wang") -> Case:
    """A case with its whole team, at no step yet."""
    session, store_id = scene.session, scene.store.id
    customer = customers.put_customer(session, store_id, name=name, phone=phone, now=scene.now)
    case = customers.open_case(
        session,
        Case(
            store_id=store_id,
            year=scene.today().year,
            serial=0,
            customer_id=customer.id,
            source="walk_in",
            estate="锦绣花园",
            area_m2=Decimal(120),
            layout="三室两厅",
            consent_at=scene.now,
            opened_by_id=id_of(session, "zhou"),
            opened_at=scene.now,
        ),
    )
    for role, key in (TEAM | {Role.DESIGNER: designer}).items():
        customers.put_member(session, case, role, id_of(session, key))
    return case


def begin_step(
    scene: Scene, case: Case, key: StepKey, owner: str, *, since: datetime | None = None, due: datetime | None = None
) -> CaseStep:
    """The step is somebody's, without a word to them; its clock runs `since` then, perhaps until another moment."""
    step = workflow.begin(
        scene.session,
        CaseStep(
            store_id=case.store_id,
            case_id=case.id,
            step=key,
            round=workflow.last_round(scene.session, case.id, key) + 1,
            owner_id=id_of(scene.session, owner),
            became_at=since or scene.now,
        ),
    )
    assert step is not None
    if since is not None:
        workflow_steps.start_clock(scene, step, since)
    if due is not None:
        workflow.change(scene.session, step, {"due_at": due, "clock_left": ""})
    workflow_reminders.plan(scene, step)
    return step


def put_on_record(scene: Scene, case: Case, *marks: str, at: datetime | None = None) -> None:
    """These stand on record about the case."""
    for mark in marks:
        workflow.put_mark(
            scene.session,
            CaseMark(
                store_id=case.store_id,
                case_id=case.id,
                mark=mark,
                at=at or scene.now,
                by_id=id_of(scene.session, "zhou"),
                recorded_at=scene.now,
            ),
        )


def mornings(store: StoreAtWork) -> None:
    """The store has its morning's list from now on."""
    store.write(lambda session: morning.watch(scene_of(store, session)))
    store.settle()


def at_plan_booking(store: StoreAtWork, session: Session) -> None:
    """Plan and estimate of 李女士 are with 周敏, checked: the customer is to be asked when she comes."""
    scene = scene_of(store, session)
    case = open_case(scene)
    given = done_step(scene, case, StepKey.ESTIMATE, "zhao")
    form = HandoverForm(
        store_id=case.store_id,
        year=scene.today().year,
        serial=0,
        case_id=case.id,
        step_id=given.id,
        paper="estimate_sheet",
        from_id=id_of(session, "zhao"),
        to_id=id_of(session, "zhou"),
        materials_attached=True,
        state=HandoverState.ACCEPTED,
        handed_at=scene.now,
        answered_at=scene.now,
    )
    handover.hand_over(session, form)
    put_on_record(scene, case, Need.ESTIMATE_CHECKED)
    begin_step(scene, case, StepKey.PLAN_BOOKING, "zhou")


def at_budget_meeting(store: StoreAtWork, session: Session) -> None:
    """The budget of 李女士 is reviewed, within the limit: 周敏 asks her when she comes to see it."""
    scene = scene_of(store, session)
    case = open_case(scene)
    put_on_record(scene, case, Need.REVIEW_APPROVED, Fact.OVER_ALLOWED)
    put_on_record(scene, case, Need.BRIEFING_ARRANGED, at=scene.now - timedelta(days=1))
    begin_step(scene, case, StepKey.BUDGET_MEETING, "zhou")


def at_review(store: StoreAtWork, session: Session) -> None:
    """The budget of 李女士 is approved by 孙强, who is to say when the preliminary briefing is."""
    scene = scene_of(store, session)
    case = open_case(scene)
    done_step(scene, case, StepKey.BUDGET, "zhao")
    put_on_record(scene, case, Need.REVIEW_APPROVED)
    begin_step(scene, case, StepKey.REVIEW, "sun", since=scene.now)


def done_step(scene: Scene, case: Case, key: StepKey, owner: str) -> CaseStep:
    step = begin_step(scene, case, key, owner)
    workflow.change(scene.session, step, {"state": StepState.DONE, "done_at": scene.now, "done_by_id": step.owner_id})
    return step
