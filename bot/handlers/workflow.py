"""The steps of a case, each its owner's: a card when it becomes theirs, reminders by its clock, buttons to go on.

What is put on record is in workflow_record.py, 等客户 in workflow_waiting.py, 转给别人 in workflow_passing.py, more
time in extension.py, 交接 in handover.py; how a case goes on is workflow_steps.py. 我的事 lists one's own, and what
is to be taken.
"""

from __future__ import annotations

from bot.feature import Answer, Change, Command, Context, Feature, Press, Scene
from bot.handlers import (
    customers_naming,
    handover_cards,
    workflow_checklists,
    workflow_passing,
    workflow_record,
    workflow_reminders,
    workflow_waiting,
)
from bot.handlers import workflow_acting as acting
from bot.handlers import workflow_cards as cards
from bot.handlers import workflow_steps as steps
from bot.notices import Notice, in_rows, notice, passing
from bot.rules.book import Rulebook
from bot.rules.workflow import StepKey, ahead_of
from bot.talk import Button
from storage import customers, handover, staff, workflow
from storage.customers import CaseState
from storage.staff import Role, Staff, with_role
from storage.workflow import CaseStep, StepState

WHERE_WORDS = ("到哪一步了", "到哪步了", "进度怎么样", "什么进度")
MINE_WORDS = ("我的事", "我的任务", "我的工作", "我手上的事")
SHOWN = 12


def mine(ctx: Context, word: str, rest: str) -> Answer:
    """我的事: what is to be taken, then what is due first before the rest."""
    own = workflow.live_of_owner(ctx.session, ctx.me.id, most=SHOWN + 1)
    handed = handover.waiting_for(ctx.session, ctx.store.id, ctx.me.id)[:SHOWN]
    if not own and not handed:
        return notice("workflow.nothing")
    opening = [*(handover_cards.open_button(ctx, one) for one in handed), *(_open_button(ctx, one) for one in own)]
    return notice(
        "workflow.mine",
        handed=[handover_cards.facts(ctx, one) for one in handed],
        lines=[cards.facts(ctx, one) for one in own[:SHOWN]],
        more=len(own) > SHOWN,
        buttons=in_rows(opening[:SHOWN], width=2),
    )


def _open_button(ctx: Context, step: CaseStep) -> Button:
    return cards.open_button(cards.facts(ctx, step), step)


def of_case(ctx: Context, word: str, rest: str) -> Answer:
    """李女士到哪一步了, 到哪一步了 2026-0031: where a case stands, and who is on with it."""
    return where(ctx, Press(customers_naming.named_case(ctx, rest, action="workflow:where").id))


def where(ctx: Context, press: Press) -> Answer:
    """Every step that the case has had, the one that it is at, and what still comes if nothing is changed."""
    case = customers_naming.pressed(ctx, press)
    had = workflow.of_case(ctx.session, case.id)
    lines = [cards.facts(ctx, one) for one in had]
    ahead = ahead_of(StepKey(had[-1].step) if had else None) if case.state == CaseState.OPEN else ()
    coming = [{"name": cards.title(step), "owner": notice(f"staff.role_{step.owner}")} for step in ahead]
    buttons = in_rows([_open_button(ctx, one) for one in had if steps.is_live(one)], width=2)
    return notice("workflow.where", **cards.case_facts(ctx, case), lines=lines, coming=coming, buttons=buttons)


def show(ctx: Context, press: Press) -> Answer:
    """The step's card."""
    step = acting.of_store(ctx, press)
    return Notice(subject=step.subject)


def contact(ctx: Context, press: Press) -> Answer:
    """The button 联系 on what is late: its owner is asked, in private and without a word of blame."""
    step = acting.own(ctx, press)
    told = passing("workflow.asked_after", subject=step.subject, **cards.facts(ctx, step), asker=ctx.me.name)
    ctx.tell(step.owner_id, told, urgent=True, dedupe=f"contact|{step.id}|{step.revision}|{ctx.me.id}")
    return notice("workflow.asked_for_you", owner=staff.get(ctx.session, step.owner_id).name)


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """Deadlines that are open move with the calendar and the limits; whoever has one that moved is told once."""
    changed = []
    for step in workflow.live_in_store(scene.session, scene.store.id):
        due, was = steps.due_anew(scene, step), step.due_at
        if due != was:
            workflow.change(scene.session, step, {"due_at": due})
            facts = cards.facts(scene, step)
            # Of a clock that stands still nothing is said: it is counted anew when it goes on.
            if step.state == StepState.OPEN:
                changed.append(Change(step.owner_id, notice("workflow.due_moved", was=was, **facts)))
            scene.refresh(step.subject)
            scene.refresh(f"customers:{step.case_id}")
        workflow_reminders.plan_anew(scene, step)
    return changed


def gone(ctx: Context, person: Staff) -> None:
    """Who leaves the store leaves steps behind: the client manager hears of each, and passes it on."""
    managers = [one for one in with_role(ctx.people(), Role.CLIENT_MANAGER) if one.id != person.id]
    office = [one for one in with_role(ctx.people(), Role.GM_OFFICE) if one.id != person.id]
    for step in workflow.live_of_owner(ctx.session, person.id, most=1000):
        own = customers.team_of(ctx.session, step.case_id).get(Role.CLIENT_MANAGER)
        for one in [each for each in managers if each.id == own] or managers or office:
            told = passing("workflow.left_behind", subject=step.subject, **cards.facts(ctx, step))
            ctx.tell(one.id, told, dedupe=f"left|{step.id}|{step.revision}")


feature = Feature(
    name="workflow",
    commands=(
        Command("workflow.mine", MINE_WORDS, mine, noun=True),
        Command("workflow.of_case", WHERE_WORDS, of_case, in_menu=False, noun=True, takes_next=True),
    ),
    forms=(workflow_record.RECORDING, workflow_waiting.WAITING, workflow_passing.PASSING),
    buttons={
        "show": show,
        "where": where,
        "note": workflow_record.note,
        "wait": workflow_waiting.wait,
        "answered": workflow_waiting.answered,
        "pass_on": workflow_passing.pass_on,
        "contact": contact,
        "how": workflow_checklists.how,
    },
    rings=workflow_reminders.ring,
    card=cards.card,
    rules_changed=rules_changed,
    gone=gone,
)
