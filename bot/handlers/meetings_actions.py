"""What somebody took on in a meeting: 行动项 王磊 周五前 把样板间报价整理好; they are reminded until they press 完成.

On the working day before, on the day itself, and once it is overdue; then whoever holds the meeting hears it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import MANAGERS, Answer, Change, Context, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers import meetings_cards as cards
from bot.handlers import meetings_roll as roll
from bot.handlers.meetings_reads import DueDay
from bot.notices import Notice, in_rows, notice, row
from bot.questions import Objection, Option, Pick, Question, Reading, Words
from bot.rules.book import Rulebook
from bot.rules.meetings import ActionRing, action_rings
from bot.talk import Button
from storage import meetings, meetings_written, staff
from storage.meetings import Meeting
from storage.meetings_written import MeetingAction
from storage.reminders import Reminder
from storage.staff import Staff

MYSELF = ("我", "我自己", "本人")
FARTHEST = timedelta(days=366)
SHOWN = 10


class ActionForm(BaseModel):
    """Who does what, by the end of which day."""

    owner: Annotated[int, Pick()]
    due: Annotated[date, DueDay()]
    words: Annotated[str, Words()]


def typed(ctx: Context, word: str, rest: str) -> Answer:
    """行动项 王磊 周五前 把样板间报价整理好; alone, one's own."""
    if not rest.strip():
        return mine(ctx, word, rest)
    return open_form(ctx, TAKING, line=_apart(ctx, rest), about={"meeting": _meeting(ctx).id})


def _apart(ctx: Context, line: str) -> str:
    """A name that the words begin with stands for itself: 王磊周五前 is 王磊 周五前."""
    names = [one.name for one in ctx.people() if line.strip().startswith(one.name)]
    name = max(names, key=len, default="")
    return f"{name} {line.strip().removeprefix(name)}" if name else line


def _meeting(ctx: Context) -> Meeting:
    """The meeting that this person holds, or the last one that they were in."""
    try:
        return roll.current(ctx)
    except Refusal:
        begun = meetings.begun_since(ctx.session, ctx.store.id, since=ctx.now - roll.LONGEST_AGO, now=ctx.now)
        for meeting in begun:
            if meetings.person_of(ctx.session, meeting.id, ctx.me.id) is not None:
                return meeting
        raise


def begin(ctx: Context, press: Press) -> Answer:
    """行动项 on the card."""
    meeting = cards.managed(ctx, press.subject_id)
    roll.begin(ctx, meeting)
    return open_form(ctx, TAKING, about={"meeting": meeting.id})


def _look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    options = tuple(
        Option(one.id, "meetings.button_audience", {"name": one.name}, names=(one.name, one.key, *_my_words(ctx, one)))
        for one in ctx.people()
    )
    return Reading(ctx.now, ctx.rules.working, {"owner": Question(options=options)}, _objection(ctx, answers, about))


def _my_words(ctx: Context, person: Staff) -> tuple[str, ...]:
    return MYSELF if person.id == ctx.me.id else ()


def _objection(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Objection | None:
    """Who does not hold the meeting takes on for themselves only; nothing is due in years."""
    meeting = meetings.get(ctx.session, ctx.store.id, about["meeting"])
    holds = meeting is not None and cards.may_manage(ctx.me, meeting)
    if answers.get("owner") not in (None, ctx.me.id) and not holds:
        options = (Option(ctx.me.id, "meetings.button_audience", {"name": ctx.me.name}),)
        return Objection("owner", notice("meetings_actions.not_for_others"), options)
    if "due" in answers and date.fromisoformat(answers["due"]) > _today(ctx) + FARTHEST:
        return Objection("due", notice("meetings_actions.too_far"))
    return None


def _today(scene: Scene) -> date:
    return scene.now.astimezone(scene.rules.working.zone).date()


def _readback(ctx: Context, form: ActionForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    meeting = cards.existing(ctx, about["meeting"])
    name = staff.get(ctx.session, form.owner).name
    return {"owner": name, "due": form.due, "words": form.words, "meeting": cards.heading(ctx, meeting)}


def _submit(ctx: Context, form: ActionForm, about: Mapping[str, Any]) -> Answer:
    meeting = cards.existing(ctx, about["meeting"])
    made = MeetingAction(
        store_id=ctx.store.id,
        meeting_id=meeting.id,
        owner_id=form.owner,
        by_id=ctx.me.id,
        due_on=form.due,
        words=form.words,
        created_at=ctx.now,
    )
    taken = meetings_written.add_action(ctx.session, made)
    ctx.record("meetings.action_added", taken.subject, by=ctx.me, rule="HANDBOOK M1", after={"owner": form.owner})
    _plan(ctx, taken)
    ctx.refresh(f"meetings_minutes:{meeting.id}")
    if form.owner != ctx.me.id:
        ctx.tell(form.owner, _told("meetings_actions.yours", ctx, taken, by=ctx.me.name))
    return _told("meetings_actions.added", ctx, taken, own=form.owner == ctx.me.id)


def _plan(scene: Scene, taken: MeetingAction) -> None:
    for ring, at in action_rings(taken.due_on, scene.rules.working).items():
        if at > scene.now:
            scene.remind("meetings_actions", taken.subject, at, occurrence=str(ring))


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """Other hours, other days off: what is still to be done rings by them."""
    for taken in meetings_written.open_in_store(scene.session, scene.store.id):
        _plan(scene, taken)
    return []


def done(ctx: Context, press: Press) -> Answer:
    """完成: whoever took it on, or holds the meeting."""
    taken = _own(ctx, press.subject_id)
    if not meetings_written.finish(ctx.session, taken, now=ctx.now):
        raise Refusal("meetings_actions.is_closed")
    _closed(ctx, taken, "meetings.action_done")
    return None


def drop(ctx: Context, press: Press) -> Answer:
    """不做了: only whoever gave it, or holds the meeting; the owner hears it."""
    taken = _own(ctx, press.subject_id)
    if not _gave(ctx, taken, ctx.me):
        raise Refusal("meetings_actions.not_yours_to_drop", audited="meetings.not_allowed")
    if not meetings_written.drop_action(ctx.session, taken):
        raise Refusal("meetings_actions.is_closed")
    _closed(ctx, taken, "meetings.action_dropped")
    if taken.owner_id != ctx.me.id:
        ctx.tell(taken.owner_id, notice("meetings_actions.dropped", by=ctx.me.name, **_facts(ctx, taken)))
    return None


def _closed(ctx: Context, taken: MeetingAction, verb: str) -> None:
    ctx.forget("meetings_actions", taken.subject)
    ctx.record(verb, taken.subject, by=ctx.me)
    ctx.refresh(taken.subject)
    ctx.refresh(f"meetings_minutes:{taken.meeting_id}")


def _own(ctx: Context, action_id: int) -> MeetingAction:
    taken = meetings_written.action(ctx.session, ctx.store.id, action_id)
    if taken is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    if ctx.me.id != taken.owner_id and not _gave(ctx, taken, ctx.me):
        raise Refusal("meetings_actions.not_yours", audited="meetings.not_allowed")
    return taken


def _gave(scene: Scene, taken: MeetingAction, person: Staff) -> bool:
    meeting = meetings.get(scene.session, scene.store.id, taken.meeting_id)
    return person.id == taken.by_id or (meeting is not None and cards.may_manage(person, meeting))


def mine(ctx: Context, word: str, rest: str) -> Answer:
    """我的行动项: what is open, the most urgent first."""
    left = meetings_written.open_actions(ctx.session, ctx.store.id, ctx.me.id)
    if not left:
        return notice("meetings_actions.none_of_mine")
    buttons = [
        Button("meetings_actions.button_done_n", f"meetings_actions:done:{one.id}", {"n": number})
        for number, one in enumerate(left[:SHOWN], 1)
    ]
    actions = [_facts(ctx, one) for one in left[:SHOWN]]
    return notice("meetings_actions.mine", buttons=in_rows(buttons, 5), actions=actions, count=len(left))


def ring(scene: Scene, reminder: Reminder) -> None:
    """Not done yet: the owner is reminded, and once it is overdue whoever holds the meeting hears it too."""
    taken = meetings_written.action(scene.session, scene.store.id, int(reminder.subject.partition(":")[2]))
    if taken is None or taken.done_at is not None or taken.dropped:
        return
    moments = action_rings(taken.due_on, scene.rules.working)
    if (at := moments[ActionRing(reminder.occurrence)]) > scene.now:
        # The store opens later than when it was set.
        scene.remind("meetings_actions", taken.subject, at, occurrence=reminder.occurrence)
        return
    latest = max((ring for ring, at in moments.items() if at <= scene.now), key=moments.__getitem__, default=None)
    if latest is None or latest != reminder.occurrence:
        # After a standstill only the last of them is worth saying.
        return
    once = f"action|{taken.id}|{latest}"
    news = _told(f"meetings_actions.{latest}", scene, taken, today=taken.due_on == _today(scene))
    scene.tell(taken.owner_id, news, dedupe=once)
    if latest == ActionRing.OVERDUE:
        _tell_host(scene, taken, once)


def _tell_host(scene: Scene, taken: MeetingAction, once: str) -> None:
    meeting = meetings.get(scene.session, scene.store.id, taken.meeting_id)
    if meeting is None or meeting.host_id == taken.owner_id:
        return
    host = staff.get(scene.session, meeting.host_id)
    managers = [one for role in MANAGERS for one in staff.with_role(scene.people(), role)]
    told = host if host.active else next((one for one in managers if one.id != taken.owner_id), host)
    scene.tell(told.id, _told("meetings_actions.overdue_host", scene, taken), dedupe=once)


def card(scene: Scene, action_id: int, viewer: Staff | None) -> Notice | None:
    """What was taken on, as it is now."""
    taken = meetings_written.action(scene.session, scene.store.id, action_id)
    if taken is None or viewer is None:
        return None
    known = _facts(scene, taken) | {"done_at": taken.done_at, "dropped": taken.dropped}
    return notice("meetings_actions.card", buttons=_buttons(scene, taken, viewer), subject=taken.subject, **known)


def _buttons(scene: Scene, taken: MeetingAction, viewer: Staff) -> tuple[tuple[Button, ...], ...]:
    if taken.done_at is not None or taken.dropped:
        return ()
    gave = _gave(scene, taken, viewer)
    verbs = [*(["done"] if gave or viewer.id == taken.owner_id else []), *(["drop"] if gave else [])]
    made = [Button(f"meetings_actions.button_{verb}", f"meetings_actions:{verb}:{taken.id}") for verb in verbs]
    return row(*made) if made else ()


def _told(key: str, scene: Scene, taken: MeetingAction, /, **more: Any) -> Notice:
    return notice(key, subject=taken.subject, **_facts(scene, taken), **more)


def _facts(scene: Scene, taken: MeetingAction) -> dict[str, Any]:
    return {"owner": staff.get(scene.session, taken.owner_id).name, "due": taken.due_on, "words": taken.words}


TAKING = Form("meetings_actions.take", ActionForm, look=_look, submit=_submit, readback=_readback)

feature = Feature(
    name="meetings_actions",
    forms=(TAKING,),
    buttons={"done": done, "drop": drop},
    rings=ring,
    card=card,
    rules_changed=rules_changed,
)
