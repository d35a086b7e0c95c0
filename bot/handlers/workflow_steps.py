"""How a case goes from step to step: a step begins, its clock starts, it is done, it is given back, the case ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot import approvals
from bot.feature import Context, Refusal, Scene
from bot.handlers import workflow_reminders
from bot.notices import Notice, notice
from bot.rules import workflow_clock as clock
from bot.rules.limits import parse_limit
from bot.rules.workflow import BY_KEY, StepKey, limit_of, next_step
from bot.rules.workflow_record import CHANGED_BY, WANTED_ANEW
from storage import customers, handover, workflow
from storage.customers import Case
from storage.handover import HandoverState
from storage.staff import Role, Staff, with_role
from storage.workflow import LIVE, CaseStep, ExtensionState, StepState

# A step under way whose clock, if it has one, runs.
RUNNING = {"state": StepState.OPEN, "paused_at": None, "paused_why": "", "ask_again_at": None}


def begin_case(ctx: Context, case: Case, *, lead: Notice | None = None) -> bool:
    """The reception is over (HANDBOOK W1): the designer measures and draws, once there is one; False if not now."""
    designer = member(ctx, case, Role.DESIGNER)
    if designer is None or workflow.of_case(ctx.session, case.id):
        return False
    return begin(ctx, case, StepKey.FLOOR_PLAN, owner_id=designer.id, lead=lead) is not None


def chosen(ctx: Context, case: Case, role: Role, staff_id: int, *, lead: Notice) -> bool:
    """Somebody has the role in the case from now on: its first step begins, or what is under way becomes theirs."""
    if begin_case(ctx, case, lead=lead):
        return True
    moved = [one for one in workflow.live_of_case(ctx.session, case.id) if BY_KEY[StepKey(one.step)].owner == role]
    for step in moved:
        change_owner(ctx, step, staff_id)
        hand_card(ctx, step, lead)
    return bool(moved)


def change_owner(scene: Scene, step: CaseStep, staff_id: int) -> None:
    """The step is somebody else's: what the one before was told or asked about it is theirs no more."""
    scene.unsay(step.subject, [step.owner_id])
    drop_extensions(scene, step)
    if not workflow.change(scene.session, step, {"owner_id": staff_id}):
        raise over(scene, step)
    form = handover.into_step(scene.session, step.id)
    before = form.to_id if form else staff_id
    if form is not None and handover.readdress(scene.session, form, staff_id):
        scene.unsay(form.subject, [before])
        scene.refresh(form.subject)


def begin(
    scene: Scene,
    case: Case,
    key: StepKey,
    *,
    owner_id: int,
    started_at: datetime | None = None,
    lead: Notice | None = None,
) -> CaseStep | None:
    """The step is somebody's from now on, who gets its card (behind `lead`); its clock starts with `started_at`.

    None if this round of it was begun before.
    """
    step = workflow.begin(
        scene.session,
        CaseStep(
            store_id=case.store_id,
            case_id=case.id,
            step=key,
            round=workflow.last_round(scene.session, case.id, key) + 1,
            owner_id=owner_id,
            became_at=scene.now,
        ),
    )
    if step is None:
        return None
    scene.record("workflow.begun", case.subject, rule=f"HANDBOOK W{BY_KEY[key].number}", after={"step": str(key)})
    if started_at is not None:
        start_clock(scene, step, started_at)
    hand_card(scene, step, lead or notice("workflow.yours"))
    return step


def hand_card(scene: Scene, step: CaseStep, lead: Notice) -> None:
    """The owner gets the step's card, with a line before it that says why."""
    once = f"step|{step.id}|{step.revision}"
    scene.tell(step.owner_id, Notice(subject=step.subject, lead=lead), dedupe=once)
    scene.refresh(step.subject)
    scene.refresh(f"customers:{step.case_id}")
    workflow_reminders.plan_anew(scene, step)


def start_clock(scene: Scene, step: CaseStep, at: datetime) -> None:
    """The clock starts at `at`, which is what the step's row of the process says (HANDBOOK 1L).

    Told so late that the step is late already, it is spoken of from now on.
    """
    limit = limit_of(BY_KEY[StepKey(step.step)], scene.rules.process)
    due = scene.rules.after_working(at, limit) if limit else None
    is_late = due is not None and due <= scene.now
    counted = {"clock_at": scene.now if is_late else at, "clock_left": "" if is_late else str(limit or "")}
    workflow.change(scene.session, step, {"started_at": at, "due_at": due} | counted)


def goes_on(scene: Scene, step: CaseStep, *, stood_since: datetime) -> dict[str, Any]:
    """What was left when the clock stopped, counted from now; what was late stays so, and is spoken of from now on."""
    if step.due_at is None:
        return {}
    if stood_since >= step.due_at:
        return {"clock_at": scene.now, "clock_left": ""}
    left = clock.left_of(BY_KEY[StepKey(step.step)], step.due_at, stood_since, scene.rules)
    due = scene.rules.after_working(scene.now, left)
    return {"clock_at": scene.now, "clock_left": str(left), "due_at": due} if due != step.due_at else {}


def due_anew(scene: Scene, step: CaseStep) -> datetime | None:
    """When the step is due by the rules as they are now; a moment that was agreed stays."""
    if step.clock_at is None or not step.clock_left:
        return step.due_at
    limit = limit_of(BY_KEY[StepKey(step.step)], scene.rules.process) if step.clock_at == step.started_at else None
    return scene.rules.after_working(step.clock_at, limit or parse_limit(step.clock_left))


def done(ctx: Context, step: CaseStep) -> None:
    """The step is done; raises Refusal if another was faster. Whoever has its card sees that."""
    ended = {"state": StepState.DONE, "done_at": ctx.now, "done_by_id": ctx.me.id}
    if not workflow.change(ctx.session, step, ended):
        raise over(ctx, step)
    after = {"step": step.step, "round": step.round}
    ctx.record("workflow.done", f"customers:{step.case_id}", by=ctx.me, rule=rule_of(step), after=after)
    _take_with_it(ctx, step)
    settle(ctx, step)


def _take_with_it(ctx: Context, step: CaseStep) -> None:
    """Who has done the work has taken what it was done with, said or not."""
    form = handover.into_step(ctx.session, step.id)
    answer = {"answered_at": ctx.now, "answered_by_id": ctx.me.id}
    if form is not None and handover.move(
        ctx.session, form, HandoverState.ACCEPTED, while_in=[HandoverState.HANDED], **answer
    ):
        ctx.forget("handover", form.subject)
        ctx.unsay(form.subject, [form.to_id])
        ctx.refresh(form.subject)


def settle(scene: Scene, step: CaseStep) -> None:
    """Nothing is said about the step any more as it was, and its cards show what it is."""
    scene.forget("workflow", step.subject)
    scene.unsay(step.subject, [step.owner_id])
    drop_extensions(scene, step)
    scene.refresh(step.subject)
    scene.refresh(workflow_reminders.away_subject(step))
    scene.refresh(f"customers:{step.case_id}")


def drop_extensions(scene: Scene, step: CaseStep) -> None:
    """The step is over, or waits for the customer: nobody needs to decide about its time."""
    for asked in workflow.pending_extensions(scene.session, step.id):
        workflow.move_extension(scene.session, asked, ExtensionState.WITHDRAWN, while_in=ExtensionState.PENDING)
        approvals.withdraw_request(scene, asked.subject)
        scene.refresh(asked.subject)


def go_on(ctx: Context, case: Case, key: StepKey, *, changes_wanted: bool = False, at: datetime | None = None) -> None:
    """What follows a step that is done without a handover; `at` is when the meeting or the signature was."""
    following = next_step(key, changes_wanted=changes_wanted)
    if following is None:
        return
    owner = _owner_of(ctx, case, following)
    clock_starts = BY_KEY[following].limit is not None
    begin(ctx, case, following, owner_id=owner.id, started_at=(at or ctx.now) if clock_starts else None)


def _owner_of(ctx: Context, case: Case, key: StepKey) -> Staff:
    """Whose the step will be; raises Refusal where nobody of the role is there, or none was chosen of several."""
    role = BY_KEY[key].owner
    # A designer is the customer's choice (HANDBOOK 2.2), nobody else is.
    owner = member(ctx, case, role) if role == Role.DESIGNER else someone(ctx, case, role)
    if owner is None:
        is_there = bool(with_role(ctx.people(), role))
        key_of_text = "workflow.no_designer" if is_there else "workflow.nobody"
        raise Refusal(key_of_text, role=notice(f"staff.role_{role}"), ends_form=True)
    return owner


def go_back(ctx: Context, case: Case, step: CaseStep) -> None:
    """Changes are wanted where no meeting asked for them: the step waits, and an earlier one is done once more."""
    if not workflow.change(ctx.session, step, {"state": StepState.GIVEN_BACK}):
        raise over(ctx, step)
    settle(ctx, step)
    following = CHANGED_BY[StepKey(step.step)]
    begin(ctx, case, following, owner_id=_owner_of(ctx, case, following).id, started_at=ctx.now)


def want_anew(ctx: Context, case: Case, key: StepKey) -> None:
    """The step's work is handed over: what was booked, checked and agreed about it before is wanted anew."""
    workflow.void_marks(ctx.session, case.id, WANTED_ANEW.get(key, ()), at=ctx.now)


def member(scene: Scene, case: Case, role: Role) -> Staff | None:
    """Who has the role in the case, or the only one of the store who could have it, who then does."""
    people = with_role(scene.people(), role)
    has_it = customers.team_of(scene.session, case.id).get(role)
    own = next((one for one in people if one.id == has_it), None)
    if own is None and len(people) == 1:
        own = people[0]
        customers.put_member(scene.session, case, role, own.id)
    return own


def someone(scene: Scene, case: Case, role: Role) -> Staff | None:
    """Who has the role in the case, or whoever of the store's has the fewest cases, who then does."""
    own = member(scene, case, role)
    people = with_role(scene.people(), role)
    if own is None and people:
        load = customers.load_of(scene.session, scene.store.id, [one.id for one in people])
        own = min(people, key=lambda one: load.get(one.id, 0))
        customers.put_member(scene.session, case, role, own.id)
    return own


def give_back(ctx: Context, giving: CaseStep, receiving: CaseStep | None, why: str) -> None:
    """What was handed over comes back: the receiver's clock stops, the step is the giver's again (HANDBOOK 6).

    The time in between is not the giver's.
    """
    if receiving is not None and workflow.change(ctx.session, receiving, {"state": StepState.GIVEN_BACK}):
        settle(ctx, receiving)
    opened = RUNNING | {"done_at": None, "done_by_id": None}
    if giving.done_at is not None:
        opened |= goes_on(ctx, giving, stood_since=giving.done_at)
    if not workflow.change(ctx.session, giving, opened, while_in=[StepState.DONE]):
        raise over(ctx, giving)
    hand_card(ctx, giving, notice("workflow.given_back", by=ctx.me.name, why=why))


def take_up(scene: Scene, step: CaseStep, *, owner_id: int, at: datetime, lead: Notice) -> None:
    """What was given back is handed over again: the receiver's step begins anew."""
    fresh = RUNNING | {"owner_id": owner_id, "became_at": at, "started_at": None, "due_at": None}
    workflow.change(scene.session, step, fresh, while_in=[StepState.GIVEN_BACK])
    if BY_KEY[StepKey(step.step)].limit is not None:
        start_clock(scene, step, at)
    hand_card(scene, step, lead)


def end_case(scene: Scene, case: Case) -> None:
    """The case is closed: what is under way in it is dropped, and nothing rings about it any more."""
    for step in workflow.live_of_case(scene.session, case.id):
        workflow.change(scene.session, step, {"state": StepState.DROPPED})
        settle(scene, step)


def go_on_again(ctx: Context, case: Case) -> None:
    """A lost customer came back: what was dropped is its owner's again, its clock starts now where it had one."""
    for step in workflow.of_case(ctx.session, case.id):
        if workflow.change(ctx.session, step, RUNNING, while_in=[StepState.DROPPED]):
            if step.started_at is not None:
                start_clock(ctx, step, ctx.now)
            hand_card(ctx, step, notice("workflow.again"))


def over(scene: Scene, step: CaseStep) -> Refusal:
    """What the second of two presses hears: who did it when."""
    by = next((one.name for one in scene.people() if one.id == step.done_by_id), "")
    return Refusal("workflow.over", ends_form=True, state=str(step.state), by=by, at=step.done_at)


def rule_of(step: CaseStep) -> str:
    return f"HANDBOOK W{BY_KEY[StepKey(step.step)].number}"


def is_live(step: CaseStep) -> bool:
    return step.state in LIVE
