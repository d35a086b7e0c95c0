"""The sample store's customers: six cases at different steps, registered when a demo opens for the first time."""

from __future__ import annotations

import secrets
import tomllib
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from bot.feature import Scene
from bot.handlers import FEATURES, follow_up, workflow_steps
from bot.rules.customers import Source
from bot.rules.limits import LimitSetting
from bot.rules.workflow import BY_KEY, LOOPS, STEPS, Step, StepKey, next_step
from bot.rules.workflow_record import ENTRIES, Asked, Fact, ending
from bot.stores import open_store
from storage import customers, handover, meta, staff, stores, workflow
from storage.customers import Case, Grade
from storage.handover import HandoverForm, HandoverState
from storage.staff import Role
from storage.workflow import CaseMark, CaseStep, StepState

CASES = Path(__file__).parents[1] / "stores" / "demo_cases.toml"
OPENED = "sample_cases"
# How far apart the steps lie that a case has behind it.
APART = timedelta(days=1)
DESIGN_FEE = Decimal(6000)


class Sample(BaseModel):
    """A case of the file: `since` is how long ago its present step began, `done` what is on record at it already."""

    model_config = ConfigDict(extra="forbid")

    customer: str
    phone: str
    source: Source
    estate: str
    area: Decimal
    layout: str
    residents: int
    grade: Grade
    designer: str
    step: StepKey
    since: LimitSetting
    done: tuple[str, ...] = ()
    estimate: Decimal | None = None


def read() -> list[Sample]:
    return [Sample.model_validate(one) for one in tomllib.loads(CASES.read_text("utf-8"))["case"]]


def open_cases(session: Session, *, store_key: str, now: datetime) -> None:
    """Registers the sample customers of the store, if that was not done before."""
    store = stores.by_key(session, store_key)
    mark = {"store": store_key, "by": secrets.token_hex(8)}
    if store is None or meta.put_new(session, OPENED, mark) != mark:
        return
    scene = open_store(session, store.id, now, FEATURES)
    for sample in read():
        _open(scene, sample)


def _open(scene: Scene, sample: Sample) -> None:
    """The steps behind the case, then the one that it is at, whose owner gets its card."""
    began = scene.rules.before_working(scene.now.replace(second=0, microsecond=0), sample.since)
    behind = _behind(sample.step)
    opened_at = began - (len(behind) + 1) * APART
    case = _register(scene, sample, opened_at)
    given: HandoverForm | None = None
    for number, step in enumerate(behind, start=1):
        given = _pass(scene, case, sample, step, opened_at + number * APART)
    for mark in sample.done:
        _put(scene, case, mark, at=began, amount=DESIGN_FEE)
    follow_up.begin(scene, case)
    owner_id = _owner(scene, case, BY_KEY[sample.step])
    now_at = workflow_steps.begin(scene, case, sample.step, owner_id=owner_id, started_at=began)
    if now_at is not None and given is not None:
        handover.link(scene.session, given, now_at.id)


def _behind(key: StepKey) -> list[Step]:
    """The steps of a case that went straight on, before this one; the reception is over when a case is registered."""
    adjusting = {loop.adjusting for loop in LOOPS}
    straight = [step for step in STEPS if step.key not in (StepKey.RECEPTION, *adjusting)]
    return straight[: straight.index(BY_KEY[key])]


def _register(scene: Scene, sample: Sample, at: datetime) -> Case:
    manager_id = next(one.id for one in scene.people() if one.has(Role.CLIENT_MANAGER))
    customer = customers.put_customer(scene.session, scene.store.id, name=sample.customer, phone=sample.phone, now=at)
    case = customers.open_case(
        scene.session,
        Case(
            store_id=scene.store.id,
            year=scene.today().year,
            serial=0,
            customer_id=customer.id,
            grade=sample.grade,
            source=sample.source,
            estate=sample.estate,
            area_m2=sample.area,
            layout=sample.layout,
            residents=sample.residents,
            consent_at=at,
            opened_by_id=manager_id,
            opened_at=at,
        ),
    )
    customers.put_member(scene.session, case, Role.CLIENT_MANAGER, manager_id)
    designer = staff.by_key(scene.session, sample.designer)
    if designer is not None:
        customers.put_member(scene.session, case, Role.DESIGNER, designer.id)
    return case


def _owner(scene: Scene, case: Case, step: Step) -> int:
    member = workflow_steps.member(scene, case, step.owner)
    if member is None:
        raise LookupError(f"nobody in the sample store is {step.owner}")
    return member.id


def _pass(scene: Scene, case: Case, sample: Sample, step: Step, at: datetime) -> HandoverForm | None:
    """A step that was done at `at`, with all that is put on record at it; the form by which it was handed over."""
    done = CaseStep(
        store_id=case.store_id,
        case_id=case.id,
        step=step.key,
        owner_id=_owner(scene, case, step),
        state=StepState.DONE,
        became_at=at - APART,
        started_at=at - APART,
        done_at=at,
        done_by_id=_owner(scene, case, step),
    )
    kept = workflow.begin(scene.session, done)
    for entry in ENTRIES:
        if step.key in entry.steps and entry.mark != Fact.OVER_ALLOWED:
            _put(scene, case, entry.mark, at=at, amount=DESIGN_FEE if Asked.AMOUNT in entry.asks else None)
    if step.key == StepKey.ESTIMATE and sample.estimate is not None:
        _put(scene, case, Fact.ESTIMATE_TOTAL, at=at, amount=sample.estimate)
    if kept is None or step.hands is None or ending(step.key):
        return None
    return _hand_over(scene, case, step, kept, at)


def _hand_over(scene: Scene, case: Case, step: Step, kept: CaseStep, at: datetime) -> HandoverForm:
    following = next_step(step.key)
    to_id = _owner(scene, case, BY_KEY[following]) if following else kept.owner_id
    return handover.hand_over(
        scene.session,
        HandoverForm(
            store_id=case.store_id,
            year=scene.today().year,
            serial=0,
            case_id=case.id,
            step_id=kept.id,
            paper=step.hands.paper if step.hands else "",
            from_id=kept.owner_id,
            to_id=to_id,
            materials_attached=True,
            state=HandoverState.ACCEPTED,
            handed_at=at,
            answered_at=at,
        ),
    )


def _put(scene: Scene, case: Case, mark: str, *, at: datetime, amount: Decimal | None = None) -> None:
    """On record, as the step's owner would have put it there."""
    by_id = customers.team_of(scene.session, case.id)[Role.CLIENT_MANAGER]
    said = {"amount": str(amount)} if amount is not None else {}
    workflow.put_mark(
        scene.session,
        CaseMark(store_id=case.store_id, case_id=case.id, mark=mark, at=at, by_id=by_id, recorded_at=at, values=said),
    )
