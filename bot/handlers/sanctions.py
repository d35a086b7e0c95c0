"""Proposed sanctions (HANDBOOK 4): drafted from facts, the person heard first, decided by a human, in private.

Nothing is ever levied or counted in money. A draft is heard, decided through the approvals (同意 keeps the slip,
不同意 drops it, 只谈话提醒 leaves it at a talk), may be objected to once, and lapses when nobody decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel

from bot import approvals
from bot.colleagues import FOR
from bot.dialog import Answers, Form
from bot.feature import MANAGERS, Answer, Approvable, Command, Context, Decision, Feature, Press, Refusal, Scene
from bot.filling import open_form, plain_reading
from bot.handlers import sanctions_cards, sanctions_moving
from bot.handlers.sanctions_cards import RULES, existing, told
from bot.notices import Notice, as_content, notice
from bot.questions import Option, Pick, Question, Reading, When, Words
from bot.reading import Span
from bot.rules import approvals as asking
from bot.rules.approvals import Approver
from storage import sanctions, staff
from storage.reminders import Reminder
from storage.sanctions import OPEN, Sanction, SanctionState
from storage.staff import Role, Staff

DRAFT_WORDS = (
    *("记过失单", "开过失单", "记一次过失"),
    *(f"{verb}{many}过失单" for verb in "记开" for many in ("个", "张", "一个", "一张")),
)
OWN_WORDS = ("我的过失单", "我的记录", "过失单")
HANDBOOK = "HANDBOOK 4"
HEARD = (SanctionState.HEARING, SanctionState.DECIDING)


def draft(
    scene: Scene,
    person: Staff,
    *,
    rule: str,
    about: str,
    facts: Notice,
    happened_at: datetime,
    by: Staff | None = None,
) -> Sanction | None:
    """Drafts a slip under the handbook's `rule` (`A8`) about a subject and hears the person first.

    None if the same fact was drafted before, or if nobody else could decide it.
    """
    if not _deciders(scene, _role(person, by), person, by) or _known(scene, person, rule, happened_at, by):
        return None
    heard_until = scene.rules.working.deadline(scene.now, scene.rules.sanctions.hearing).due
    made = sanctions.draft(
        scene.session,
        Sanction(
            store_id=scene.store.id,
            staff_id=person.id,
            rule=rule,
            about=about,
            facts=as_content(facts),
            proposed_by_id=by.id if by else None,
            happened_at=happened_at,
            created_at=scene.now,
            heard_until=heard_until,
        ),
    )
    if made is None:
        return None
    scene.record("sanctions.drafted", made.subject, by=by, rule=f"HANDBOOK {rule}", after={"about": about})
    scene.tell(person.id, told("sanctions.hearing", scene, made, until=heard_until), urgent=True)
    scene.remind("sanctions", made.subject, heard_until)
    return made


def _known(scene: Scene, person: Staff, rule: str, happened_at: datetime, by: Staff | None) -> bool:
    """Whether somebody wrote down by hand what the rules drafted that day, or the other way round: it is one fact."""
    day = happened_at.astimezone(scene.rules.working.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    kept = sanctions.under_rule(scene.session, person.id, rule, start=day, end=day + timedelta(days=1))
    return any(by is not None or one.proposed_by_id is not None for one in kept)


def _role(person: Staff, by: Staff | None) -> Role:
    """Who decides: the client manager; not she alone about what she drafted, nor anybody about themselves (R1)."""
    drafted = by is not None and by.has(Role.CLIENT_MANAGER)
    return asking.role_for(Role.GM_OFFICE if drafted else Role.CLIENT_MANAGER, person)


def _deciders(scene: Scene, role: Role, person: Staff, by: Staff | None) -> tuple[Approver, ...]:
    """Who could decide; whoever drafted it never does."""
    others = [one for one in scene.people() if by is None or one.id != by.id]
    return asking.approvers(role, person, others, away=set())


def ring(scene: Scene, reminder: Reminder) -> None:
    """The time to speak first is over: whoever decides is asked. Later the time to object is over."""
    proposed = existing(scene, int(reminder.subject.partition(":")[2]))
    if proposed.state == SanctionState.HEARING:
        _ask_decider(scene, proposed)
    scene.refresh(proposed.subject)


def _ask_decider(scene: Scene, proposed: Sanction) -> None:
    """The person was heard, or had the time for it: now a human decides, or the draft lapses."""
    if not sanctions.move(scene.session, proposed, SanctionState.DECIDING, while_in=[SanctionState.HEARING]):
        return
    scene.forget("sanctions", proposed.subject)
    person, by = staff.get(scene.session, proposed.staff_id), _drafter(scene, proposed)
    role = _role(person, by)
    if _deciders(scene, role, person, by):
        _open(scene, proposed, person, role)
    else:
        expired(scene, proposed.id)


def _drafter(scene: Scene, proposed: Sanction) -> Staff | None:
    return staff.get(scene.session, proposed.proposed_by_id) if proposed.proposed_by_id else None


def _never(scene: Scene, sanction_id: int) -> frozenset[int]:
    """Whoever drafted it neither decides it nor is asked in anybody's place."""
    proposed = sanctions.get(scene.session, scene.store.id, sanction_id)
    return frozenset({proposed.proposed_by_id} if proposed and proposed.proposed_by_id else ())


def _open(scene: Scene, proposed: Sanction, person: Staff, role: Role) -> None:
    until = scene.rules.working.deadline(scene.now, scene.rules.sanctions.decide_within).due
    approvals.open_request(scene, proposed.subject, applicant=person, roles=[role], begins_at=until, expires_at=until)
    scene.refresh(proposed.subject)


def say(ctx: Context, press: Press) -> Answer:
    """The button 说明情况."""
    proposed = _own(ctx, press)
    if proposed.state not in HEARD:
        raise Refusal("sanctions.decided_already")
    return open_form(ctx, STATEMENT, about={"sanction": proposed.id})


def nothing(ctx: Context, press: Press) -> Answer:
    """The button 没有要说的: it is decided without waiting."""
    proposed = _own(ctx, press)
    if proposed.state != SanctionState.HEARING:
        raise Refusal("sanctions.decided_already")
    ctx.record("sanctions.nothing_said", proposed.subject, by=ctx.me, rule=HANDBOOK)
    _ask_decider(ctx, proposed)
    return notice("sanctions.heard")


class StatementForm(BaseModel):
    """What the person says about it."""

    statement: Annotated[str, Words()]


def _heard(ctx: Context, form: StatementForm, about: Mapping[str, Any]) -> Answer:
    proposed = _open_own(ctx, about)
    statement = "\n".join(filter(None, [proposed.statement, form.statement]))
    if not sanctions.move(ctx.session, proposed, proposed.state, while_in=HEARD, statement=statement):
        raise Refusal("sanctions.decided_already", ends_form=True)
    ctx.record("sanctions.heard", proposed.subject, by=ctx.me, rule=HANDBOOK, after={"statement": form.statement})
    _ask_decider(ctx, proposed)
    ctx.refresh(proposed.subject)
    return notice("sanctions.heard")


def coach(ctx: Context, press: Press) -> Answer:
    """The button 只谈话提醒: no slip, a talk."""
    proposed = sanctions.lock(ctx.session, ctx.store.id, press.subject_id)
    if proposed is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    request = approvals.decidable_about(ctx, proposed.subject)
    sanctions.move(ctx.session, proposed, proposed.state, while_in=OPEN, coaching=True)
    approvals.decide(ctx, request, approved=False)
    return None


def object_to(ctx: Context, press: Press) -> Answer:
    """The button 我有异议, once, while there is time."""
    proposed = _own(ctx, press)
    if not sanctions_cards.may_object(ctx, proposed):
        raise Refusal("sanctions.too_late_to_object")
    return open_form(ctx, OBJECTION, about={"sanction": proposed.id})


class ObjectionForm(BaseModel):
    """Why the person does not agree."""

    appeal: Annotated[str, Words()]


def _objected(ctx: Context, form: ObjectionForm, about: Mapping[str, Any]) -> Answer:
    proposed = _open_own(ctx, about)
    if not sanctions_cards.may_object(ctx, proposed) or not sanctions.move(
        ctx.session, proposed, SanctionState.APPEALED, while_in=[SanctionState.CONFIRMED], appeal=form.appeal
    ):
        raise Refusal("sanctions.too_late_to_object", ends_form=True)
    ctx.forget("sanctions", proposed.subject)
    ctx.record("sanctions.objected", proposed.subject, by=ctx.me, rule=HANDBOOK, after={"appeal": form.appeal})
    office = _deciders(ctx, Role.GM_OFFICE, ctx.me, _drafter(ctx, proposed))
    _open(ctx, proposed, ctx.me, Role.GM_OFFICE if office else Role.CLIENT_MANAGER)
    return told("sanctions.objected", ctx, proposed)


def decided(scene: Scene, sanction_id: int, decision: Decision) -> None:
    """A human has decided: the person hears it, in private, and whether they can still object."""
    proposed = existing(scene, sanction_id)
    looked_again = proposed.state == SanctionState.APPEALED
    dropped = SanctionState.COACHED if proposed.coaching else SanctionState.WAIVED
    state = SanctionState.CONFIRMED if decision.approved else dropped
    if not sanctions.move(scene.session, proposed, state, while_in=OPEN):
        raise Refusal("sanctions.decided_already", ends_form=True)
    if state == SanctionState.CONFIRMED and not looked_again:
        until = scene.rules.working.deadline(scene.now, scene.rules.sanctions.object_within).due
        scene.remind("sanctions", proposed.subject, until)
    answer = told("sanctions.outcome", scene, proposed, by=decision.by.name, why=decision.reason, again=looked_again)
    scene.tell(proposed.staff_id, answer, urgent=True)


def reopened(scene: Scene, sanction_id: int) -> None:
    """A decision was taken back: it waits for another."""
    proposed = existing(scene, sanction_id)
    state = SanctionState.APPEALED if proposed.appeal else SanctionState.DECIDING
    settled = [SanctionState.CONFIRMED, SanctionState.WAIVED, SanctionState.COACHED]
    if not sanctions.move(scene.session, proposed, state, while_in=settled, coaching=False):
        raise Refusal("sanctions.decided_already")
    scene.forget("sanctions", proposed.subject)
    scene.tell(proposed.staff_id, told("sanctions.open_again", scene, proposed), urgent=True)


def expired(scene: Scene, sanction_id: int) -> None:
    """Nobody decided in time: nothing stands against the person."""
    proposed = existing(scene, sanction_id)
    if sanctions.move(scene.session, proposed, SanctionState.LAPSED, while_in=OPEN):
        scene.tell(proposed.staff_id, told("sanctions.lapsed", scene, proposed))


def reversible(scene: Scene, sanction_id: int) -> bool:
    return existing(scene, sanction_id).state not in OPEN


def _own(ctx: Context, press: Press) -> Sanction:
    proposed = sanctions.lock(ctx.session, ctx.store.id, press.subject_id)
    if proposed is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if proposed.staff_id != ctx.me.id:
        raise Refusal("sanctions.not_yours", audited="sanctions.not_allowed")
    return proposed


def _open_own(ctx: Context, about: Mapping[str, Any]) -> Sanction:
    return _own(ctx, Press(about["sanction"]))


class DraftForm(BaseModel):
    """What a manager saw: who, which rule, when, what happened."""

    person: Annotated[int, Pick()]
    rule: Annotated[str, Pick()]
    span: Annotated[Span, When(past=True, whole=True)]
    facts: Annotated[str, Words()]


def ask_draft(ctx: Context, word: str, rest: str) -> Answer:
    """记过失单 王磊 外出没说 今天上午 …: a manager drafts, the person is heard, another manager decides."""
    return open_form(ctx, DRAFTING, line=rest.lstrip(f"{FOR} "))


def _look_draft(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    people = [one for one in ctx.people() if one.id != ctx.me.id and not one.has(Role.GM_OFFICE)]
    options = tuple(
        Option(one.id, "sanctions.button_person", {"name": one.name}, names=(one.name, one.key)) for one in people
    )
    rules = tuple(Option(rule, f"sanctions.rule_{rule.lower()}", names=names) for rule, names in RULES.items())
    today = ctx.now.astimezone(ctx.rules.working.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    day = {"start": today.isoformat(), "end": (today + timedelta(days=1)).isoformat()}
    questions = {
        "person": Question(options=options),
        "rule": Question(options=rules),
        "span": Question(default=day),
    }
    return Reading(ctx.now, ctx.rules.working, questions)


def _what_to_draft(ctx: Context, form: DraftForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    name = staff.get(ctx.session, form.person).name
    return {"name": name, "rule": notice(f"sanctions.rule_{form.rule.lower()}"), "span": form.span, "facts": form.facts}


def _drafted(ctx: Context, form: DraftForm, about: Mapping[str, Any]) -> Answer:
    person = staff.lock(ctx.session, form.person)
    if person.store_id != ctx.store.id or not ctx.has(*MANAGERS) or person.id == ctx.me.id:
        raise Refusal("desk.not_yours", audited="desk.not_allowed", ends_form=True)
    day = form.span.start.date()
    facts = notice("sanctions.fact_told", by=ctx.me.name, span=form.span, words=form.facts)
    made = draft(
        ctx,
        person,
        rule=form.rule,
        about=f"staff:{person.id}:{day.isoformat()}",
        facts=facts,
        happened_at=form.span.start,
        by=ctx.me,
    )
    if made is None:
        raise Refusal("sanctions.drafted_before", name=person.name, day=day, ends_form=True)
    return told("sanctions.drafted", ctx, made, until=made.heard_until)


STATEMENT = Form("sanctions.statement", StatementForm, look=plain_reading, submit=_heard, confirms=False)
OBJECTION = Form("sanctions.objection", ObjectionForm, look=plain_reading, submit=_objected, confirms=False)
DRAFTING = Form("sanctions.drafting", DraftForm, look=_look_draft, submit=_drafted, readback=_what_to_draft)

feature = Feature(
    name="sanctions",
    commands=(
        Command("sanctions.mine", OWN_WORDS, sanctions_cards.mine, in_menu=False, noun=True),
        Command("sanctions.draft", DRAFT_WORDS, ask_draft, roles=MANAGERS, in_menu=False),
    ),
    forms=(STATEMENT, OBJECTION, DRAFTING),
    buttons={"say": say, "nothing": nothing, "coach": coach, "object": object_to},
    rings=ring,
    card=sanctions_cards.card,
    rules_changed=sanctions_moving.rules_changed,
    approvable=Approvable(
        locks=sanctions_cards.existing,
        title=sanctions_cards.title,
        decided=decided,
        reopened=reopened,
        expired=expired,
        reversible=reversible,
        requested=False,
        rule=HANDBOOK,
        never=_never,
        unhurried=True,
    ),
)
