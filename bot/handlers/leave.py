"""Leave: asked for in a sentence, checked against the days on which nobody may be away, decided by the supervisor.

The read-back is confirmed, the approver's card shows who else is away, the half days are taken by one leave only.
Sick leave asks nobody; it can be withdrawn, changed, ended early; a manager can ask for a colleague without a phone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot import approvals, approvals_asking
from bot.colleagues import about, before_the_word, whose, without_name
from bot.dialog import Form
from bot.feature import MANAGERS, Answer, Approvable, Command, Context, Decision, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers import (
    leave_cards,
    leave_effects,
    leave_form,
    leave_leaving,
    leave_lists,
    leave_moving,
    leave_withdrawal,
    outing_effects,
)
from bot.handlers.leave_form import LeaveForm
from bot.hearing import buttons_for
from bot.notices import Notice, notice
from bot.reading import Span, match_command
from bot.rules import leave as rules
from storage import leave, staff
from storage.leave import GRANTED, LIVE, Leave, LeaveState
from storage.reminders import Reminder
from storage.staff import Role, Staff

OWN_WORDS = (
    *("我的假", "我的休假", "我的请假", "取消请假", "撤回请假", "销假"),
    *("不请假了", "不请了", "不休了", "不请假", "我不请假", "不想请假", "我不想请假", "不用请假"),
)
QUESTION = re.compile(r"(?:吗|么|几天|多少天|怎么算|怎么请|[?？])[?？。!！ ]*$")
WORDS = ("请假", "休假", "调休", "请个假", "请一下假", "想休息", "要休息")


def ask(ctx: Context, word: str, rest: str) -> Answer:
    """请假 周五下午 家里有事; for a manager, 王磊请假 means 王磊; a question is no request."""
    if QUESTION.search(ctx.said.strip()):
        return notice("leave.question", buttons=buttons_for(ctx, list(feature.commands[:3])))
    meeting = ctx.features["meetings"].guess
    if meeting is not None and (answer := meeting(ctx, ctx.said)):
        # 周五的会我请假 is said to the meeting.
        return answer
    colleague = before_the_word(ctx, word)
    if colleague is not None and ctx.has(*MANAGERS):
        return ask_for(ctx, colleague, word, without_name(colleague, rest))
    named = leave_form.kind_named(ctx.rules, word)
    again = match_command(rest, WORDS) if named else None
    return open_form(ctx, REQUEST, line=again.rest if again else rest, answers=named)


def ask_for(ctx: Context, person: Staff, word: str, rest: str) -> Answer:
    """For a colleague without a phone."""
    found = match_command(rest, (*WORDS, *leave_form.kind_words(ctx.rules)))
    answers = leave_form.kind_named(ctx.rules, found.word if found else word)
    return open_form(ctx, REQUEST, line=found.rest if found else rest, answers=answers, about=about(ctx, person))


def submit(ctx: Context, form: LeaveForm, about: Mapping[str, Any]) -> Answer:
    """Saves the leave, takes its half days, asks whoever decides or tells whom it concerns."""
    person = staff.lock(ctx.session, whose(ctx, about).id)
    edited = _editable(ctx, about["edit"]) if "edit" in about else None
    extent = rules.working_extent(form.span, ctx.rules.working)
    said = {
        "kind": form.kind,
        "starts_at": extent.start,
        "ends_at": extent.end,
        "cover_id": form.cover,
        "phone": form.phone,
        "reason": form.reason,
        "special": form.special,
    }
    asked = leave.rewrite(ctx.session, edited, said) if edited else leave.add(ctx.session, _new(ctx, person, said))
    taken = rules.halves(form.span, ctx.rules.working)
    if not ctx.rules.leave.kind(asked.kind).asks:
        leave_effects.take_over(ctx, asked, taken)
        outing_effects.give_way(ctx, staff_id=person.id, start=asked.starts_at, end=asked.ends_at)
    leave_effects.take(ctx, asked, taken)
    ctx.record(
        "leave.changed" if edited else "leave.asked",
        asked.subject,
        by=ctx.me,
        on_behalf_of_id=person.id if person.id != ctx.me.id else None,
        rule="HANDBOOK A9",
        after=_fact(asked),
    )
    if edited:
        approvals.withdraw_request(ctx, asked.subject)
    return _settle(ctx, asked, person)


def _new(ctx: Context, person: Staff, said: Mapping[str, Any]) -> Leave:
    return Leave(
        store_id=ctx.store.id,
        staff_id=person.id,
        entered_by_id=ctx.me.id,
        state=LeaveState.PENDING,
        created_at=ctx.now,
        **said,
    )


def _settle(ctx: Context, asked: Leave, person: Staff) -> Answer:
    """Who needs not ask is told about; who must ask waits for an answer."""
    kind = ctx.rules.leave.kind(asked.kind)
    entered = ctx.me.has(Role.GM_OFFICE) and person.id != ctx.me.id
    if not kind.asks or person.has(Role.GM_OFFICE) or entered:
        state = LeaveState.APPROVED if entered and kind.asks else LeaveState.TOLD
        leave.move(ctx.session, asked, state, while_in=[LeaveState.PENDING])
        leave_effects.begin(ctx, asked)
        leave_effects.tell_concerned(ctx, asked, person)
        ctx.refresh(asked.subject)
        return leave_cards.told("leave.told", ctx, asked)
    extent = Span(asked.starts_at, asked.ends_at)
    approvals.open_request(
        ctx,
        asked.subject,
        applicant=person,
        roles=[Role.CLIENT_MANAGER],
        begins_at=asked.starts_at,
        expires_at=rules.expires_at(extent, ctx.now, ctx.rules),
    )
    ctx.refresh(asked.subject)
    leave_cards.refresh_others(ctx, asked)
    if person.id != ctx.me.id:
        ctx.tell(person.id, leave_cards.told("leave.asked_for_you", ctx, asked, by=ctx.me.name))
    if ctx.me.id in {one.id for one in approvals_asking.asked_people(ctx, asked.subject)}:
        return notice("leave.entered", title=leave_cards.title(ctx, asked.id))
    waiting = approvals.card_values(ctx, asked.subject)
    return leave_cards.told("leave.submitted", ctx, asked, **waiting, away=leave_cards.approvers_away(ctx, asked))


def withdraw(ctx: Context, press: Press) -> Answer:
    """撤回: alone before it starts; after that the approver must agree."""
    asked = _own(ctx, press.subject_id)
    if asked.state not in LIVE or asked.ends_at <= ctx.now:
        raise Refusal("leave.nothing_to_withdraw")
    if asked.state in GRANTED and asked.starts_at <= ctx.now:
        return leave_withdrawal.ask(ctx, asked)
    return _withdraw(ctx, asked)


def _withdraw(ctx: Context, asked: Leave) -> Answer:
    granted = asked.state in GRANTED
    if not leave.move(ctx.session, asked, LeaveState.WITHDRAWN, while_in=LIVE):
        raise Refusal("leave.nothing_to_withdraw")
    leave.free_halves(ctx.session, asked.id)
    approvals.withdraw_request(ctx, asked.subject)
    ctx.forget("leave", asked.subject)
    ctx.record("leave.withdrawn", asked.subject, by=ctx.me, rule="HANDBOOK 6")
    if granted:
        leave_effects.tell_others(ctx, asked, "leave.withdrawn_told")
    ctx.refresh(asked.subject)
    leave_cards.refresh_others(ctx, asked)
    return notice("leave.withdrawn", title=leave_cards.title(ctx, asked.id))


def come_back(ctx: Context, press: Press) -> Answer:
    """提前回来: the leave ends now; half days that have not begun are free again."""
    asked = _own(ctx, press.subject_id)
    if asked.state not in GRANTED or not asked.starts_at <= ctx.now < asked.ends_at:
        raise Refusal("leave.not_away")
    if ctx.rules.working.working_between(start=asked.starts_at, end=ctx.now) == 0:
        # Nothing of it was taken.
        return _withdraw(ctx, asked)
    approvals.withdraw_request(ctx, leave_withdrawal.subject(asked))
    before = {"ends_at": asked.ends_at.isoformat()}
    ahead = Span(ctx.now, asked.ends_at)
    ahead_halves = [
        half
        for half in rules.halves(ahead, ctx.rules.working)
        if rules.span_of([half], ctx.rules.working).start >= ctx.now
    ]
    leave.end(ctx.session, asked, ctx.now)
    leave.free_halves(ctx.session, asked.id, after=ahead_halves)
    ctx.forget("leave", asked.subject)
    ctx.record("leave.came_back", asked.subject, by=ctx.me, before=before, after={"ends_at": ctx.now.isoformat()})
    leave_effects.tell_others(ctx, asked, "leave.came_back_told")
    if ctx.me.id == asked.staff_id and ctx.has(*MANAGERS):
        approvals.look_again(ctx)
    ctx.refresh(asked.subject)
    return notice("leave.came_back", at=ctx.now)


def change(ctx: Context, press: Press) -> Answer:
    """修改 of a request that still waits; the approver's clock starts again."""
    asked = _editable(ctx, press.subject_id)
    span = Span(asked.starts_at.astimezone(ctx.rules.working.zone), asked.ends_at.astimezone(ctx.rules.working.zone))
    answers = {
        "kind": asked.kind,
        "span": leave_form.SPAN.dump_python(span, mode="json"),
        "cover": asked.cover_id,
        "phone": asked.phone,
        "reason": asked.reason,
        "special": asked.special,
    }
    about = {"edit": asked.id} | ({"for": asked.staff_id} if asked.staff_id != ctx.me.id else {})
    return open_form(ctx, REQUEST, answers={name: value for name, value in answers.items() if value}, about=about)


def decided(scene: Scene, leave_id: int, decision: Decision) -> None:
    """The approver has spoken: the applicant hears it, the cover learns of it, or the half days are free again."""
    asked = leave_cards.existing(scene, leave_id)
    state = LeaveState.APPROVED if decision.approved else LeaveState.REFUSED
    leave.move(scene.session, asked, state, while_in=[LeaveState.PENDING])
    behalf = decision.on_behalf_of.name if decision.on_behalf_of else ""
    key = "leave.approved" if decision.approved else "leave.refused"
    answer = leave_cards.told(key, scene, asked, by=decision.by.name, for_=behalf, why=decision.reason)
    scene.tell(asked.staff_id, answer, urgent=True)
    if decision.approved:
        leave_effects.begin(scene, asked)
        leave_effects.tell_cover(scene, asked)
    else:
        leave.free_halves(scene.session, asked.id)
        leave_cards.refresh_others(scene, asked)


def reopened(scene: Scene, leave_id: int) -> None:
    """A decision was taken back: the leave waits again, its half days are taken again if they are still free."""
    asked = leave_cards.existing(scene, leave_id)
    was_granted = asked.state in GRANTED
    leave.move(scene.session, asked, LeaveState.PENDING, while_in=[LeaveState.APPROVED, LeaveState.REFUSED])
    scene.forget("leave", asked.subject)
    if was_granted and asked.cover_id:
        facts = leave_cards.facts(scene, asked)
        scene.tell(asked.cover_id, notice("leave.cover_not_needed", **facts), urgent=True)
    wanted = rules.halves(Span(asked.starts_at, asked.ends_at), scene.rules.working)
    if not was_granted and leave.take_halves(scene.session, asked, wanted):
        raise Refusal("leave.reopened_too_late")


def expired(scene: Scene, leave_id: int) -> None:
    asked = leave_cards.existing(scene, leave_id)
    if leave.move(scene.session, asked, LeaveState.EXPIRED, while_in=[LeaveState.PENDING]):
        leave.free_halves(scene.session, asked.id)


def confirming(scene: Scene, leave_id: int) -> Notice | None:
    """Wednesday and Saturday: the approver confirms the special circumstances explicitly (HANDBOOK A11)."""
    asked = leave_cards.existing(scene, leave_id)
    if not leave_cards.banned(scene, asked):
        return None
    return notice("leave.special_to_confirm", **leave_cards.facts(scene, asked))


def reversible(scene: Scene, leave_id: int) -> bool:
    """Leave that its person has withdrawn meanwhile is nobody's to decide any more."""
    return leave_cards.existing(scene, leave_id).state in (LeaveState.APPROVED, LeaveState.REFUSED)


def ring(scene: Scene, reminder: Reminder) -> None:
    """A leave begins or ends: its cards change, and where an approver is away, others are asked."""
    asked = leave.lock(scene.session, scene.store.id, int(reminder.subject.partition(":")[2]))
    if asked is None or asked.state not in GRANTED:
        return
    if scene.now < asked.ends_at:
        scene.remind("leave", asked.subject, asked.ends_at)
    if any(staff.get(scene.session, asked.staff_id).has(role) for role in MANAGERS):
        approvals.look_again(scene)
    scene.refresh(asked.subject)


def _own(ctx: Context, leave_id: int) -> Leave:
    """The person's own leave, or one that they entered, or any for a manager; locked."""
    asked = leave.lock(ctx.session, ctx.store.id, leave_id)
    if asked is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if ctx.me.id not in (asked.staff_id, asked.entered_by_id):
        raise Refusal("leave.not_yours", audited="leave.not_allowed")
    return asked


def _editable(ctx: Context, leave_id: int) -> Leave:
    asked = _own(ctx, leave_id)
    if asked.state != LeaveState.PENDING:
        raise Refusal("leave.cannot_change", ends_form=True)
    return asked


def _fact(asked: Leave) -> dict[str, Any]:
    return {
        "kind": asked.kind,
        "from": asked.starts_at.isoformat(),
        "to": asked.ends_at.isoformat(),
        "cover": asked.cover_id,
        "special": bool(asked.special),
    }


REQUEST = Form("leave.request", LeaveForm, look=leave_form.look, submit=submit, readback=leave_form.readback)

feature = Feature(
    name="leave",
    commands=(
        Command("leave.request", WORDS, ask, more_words=leave_form.kind_words, behalf=ask_for),
        Command("leave.mine", OWN_WORDS, leave_lists.mine),
        Command(
            "leave.who",
            ("谁休假", "谁请假", "谁在休假", "今天谁休假", "休假名单"),
            leave_lists.who_is_away,
            personal=False,
        ),
    ),
    forms=(REQUEST,),
    buttons={"withdraw": withdraw, "come_back": come_back, "change": change},
    rings=ring,
    card=leave_cards.card,
    absences=leave_lists.absences,
    rules_changed=leave_moving.rules_changed,
    gone=leave_leaving.gone,
    approvable=Approvable(
        locks=leave_cards.existing,
        title=leave_cards.title,
        decided=decided,
        reopened=reopened,
        expired=expired,
        confirming=confirming,
        reversible=reversible,
    ),
)
