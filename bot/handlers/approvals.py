"""Approvals: 同意, 不同意 with a reason, 稍后提醒, 撤回决定, and the lists of what waits and what was asked.

The card comes from the feature that asked (leave.j2, ...); what happens without a press is in bot/approvals.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from bot import approvals, approvals_asking
from bot.dialog import Form
from bot.feature import MANAGERS, Answer, Command, Context, Feature, Press, Refusal
from bot.filling import Nothing, open_form, plain_reading
from bot.notices import Notice, in_rows, notice
from bot.questions import Words
from bot.talk import Button
from storage.approvals import last_decided_by, of_applicant, pending, remind_later

SHOWN = 10
WAITING = ("待我审批", "待审批", "要我批的", "审批")
YES_OR_NO = ("同意", "不同意", "批准", "批了", "稍后提醒")
NOT_REFUSED = "approvals.not_refused"


def approve(ctx: Context, press: Press) -> Answer:
    """The button 同意; some things must be confirmed explicitly first."""
    request = approvals.decidable(ctx, press.subject_id)
    if approvals.confirming(ctx, request) is not None:
        return open_form(ctx, CONFIRMING, about={"approval": request.id})
    approvals.decide(ctx, request, approved=True)
    return None


def refuse(ctx: Context, press: Press) -> Answer:
    """The button 不同意 asks for a reason first."""
    request = approvals.decidable(ctx, press.subject_id)
    return open_form(ctx, REFUSING, about={"approval": request.id})


def snooze(ctx: Context, press: Press) -> Answer:
    """The button 稍后提醒: reminded again after an hour of work, unless it is too late by then."""
    request = approvals.decidable(ctx, press.subject_id)
    at = ctx.rules.after_working(ctx.now, ctx.rules.approvals.snooze)
    remind_later(ctx.session, request.id, [ctx.me.id], at=at)
    approvals_asking.set_reminder(ctx, request)
    too_late = at >= request.expires_at
    return notice("approvals.snoozed", at=at, title=approvals_asking.title(ctx, request), too_late=too_late)


def take_back(ctx: Context, press: Press) -> Answer:
    """The button 撤回决定, for some minutes after a mistaken decision."""
    request = approvals.of_this_store(ctx, press.subject_id)
    if request.decided_by_id != ctx.me.id:
        raise Refusal("approvals.not_your_decision", audited="approvals.not_allowed")
    if not approvals.can_take_back(ctx, request):
        raise Refusal("approvals.too_late_to_take_back", minutes=ctx.rules.approvals.take_back_minutes)
    ctx.record("approvals.taken_back", request.subject, by=ctx.me, before={"state": str(request.state)})
    approvals.reopen(ctx, request)
    return notice("approvals.taken_back", title=approvals_asking.title(ctx, request))


def waiting_for_me(ctx: Context, word: str, rest: str) -> Answer:
    """待我审批: what waits for this person's yes, each to be opened."""
    waiting = [one for one in pending(ctx.session, ctx.store.id) if approvals.is_asked(ctx, one)]
    if not waiting:
        return notice("approvals.nothing_waits")
    if len(waiting) == 1:
        return Notice(subject=waiting[0].subject)
    shown = [
        {"title": approvals_asking.title(ctx, one), "until": approvals_asking.wanted_until(ctx, one)[0]}
        for one in waiting[:SHOWN]
    ]
    buttons = [
        Button("approvals.button_open", f"approvals:show:{one.id}", {"n": number})
        for number, one in enumerate(waiting[:SHOWN], 1)
    ]
    return notice("approvals.waiting", buttons=in_rows(buttons, 4), requests=shown, count=len(waiting))


def my_requests(ctx: Context, word: str, rest: str) -> Answer:
    """我的申请: what this person asked for lately, and what became of it."""
    shown = [
        {
            "title": approvals_asking.title(ctx, one),
            "state": str(one.state),
            "by": approvals_asking.name(ctx, one.decided_by_id),
        }
        for one in of_applicant(ctx.session, ctx.me.id, most=SHOWN)
        if approvals_asking.approvable(ctx, one).requested
    ]
    return notice("approvals.mine", requests=shown) if shown else notice("approvals.no_requests")


def take_back_last(ctx: Context, word: str, rest: str) -> Answer:
    """撤回决定, typed: the last decision."""
    last = last_decided_by(ctx.session, ctx.me.id)
    if last is None:
        raise Refusal("approvals.nothing_to_take_back")
    return take_back(ctx, Press(last.id))


def show(ctx: Context, press: Press) -> Answer:
    """The card of a request, once more."""
    request = approvals.of_this_store(ctx, press.subject_id)
    if not approvals.right(ctx, request, ctx.me) and ctx.me.id != request.applicant_id:
        raise Refusal("approvals.not_yours", names=approvals.names(ctx, request), audited="approvals.not_allowed")
    return Notice(subject=request.subject)


class Reason(BaseModel):
    """Why not."""

    reason: Annotated[str, Words()]


def _confirmed(ctx: Context, values: Nothing, about: Mapping[str, Any]) -> Answer:
    approvals.decide(ctx, approvals.decidable(ctx, about["approval"]), approved=True)
    return None


def _what_to_confirm(ctx: Context, values: Nothing, about: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"what": approvals.confirming(ctx, approvals.decidable(ctx, about["approval"]))}


def _refused(ctx: Context, values: Reason, about: Mapping[str, Any]) -> Answer:
    approvals.decide(ctx, approvals.decidable(ctx, about["approval"]), approved=False, reason=values.reason)
    return None


CONFIRMING = Form(
    "approvals.confirming",
    Nothing,
    look=plain_reading,
    submit=_confirmed,
    readback=_what_to_confirm,
    cancelled=NOT_REFUSED,
)
REFUSING = Form(
    "approvals.refusing", Reason, look=plain_reading, submit=_refused, confirms=False, cancelled=NOT_REFUSED
)

feature = Feature(
    name="approvals",
    commands=(
        Command(
            "approvals.waiting",
            ("待我审批", "待审批", "要我批的", "审批"),
            waiting_for_me,
            roles=MANAGERS,
            alone=YES_OR_NO,
        ),
        Command("approvals.mine", ("我的申请", "批了吗", "批了没", "催一下"), my_requests),
        Command("approvals.take_back", ("撤回决定", "撤销决定"), take_back_last, roles=MANAGERS, in_menu=False),
    ),
    forms=(CONFIRMING, REFUSING),
    buttons={"approve": approve, "refuse": refuse, "snooze": snooze, "take_back": take_back, "show": show},
    rings=approvals.look_at,
)
