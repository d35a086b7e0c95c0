"""Meetings: the rounds call themselves, the others are called in a line; everybody answers, the host holds them.

`开会 周五下午4点 设计部 讨论样板间` is read back, then told to each and to the group; a day and half an hour before it
is said again; who is away is excused by itself. The host moves it, calls it off, ticks who is there, writes it up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot import hearing
from bot.dialog import Answers, Form
from bot.feature import Answer, Command, Context, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers import meetings_actions as actions
from bot.handlers import meetings_answers as answers
from bot.handlers import meetings_audience as audience
from bot.handlers import meetings_calendar as calendar
from bot.handlers import meetings_cancelling as cancelling
from bot.handlers import meetings_cards as cards
from bot.handlers import meetings_form, meetings_lists
from bot.handlers import meetings_leaving as leaving
from bot.handlers import meetings_minutes as minutes
from bot.handlers import meetings_reminders as reminders
from bot.handlers import meetings_roll as roll
from bot.handlers import meetings_round as rounds
from bot.handlers import meetings_telling as telling
from bot.handlers import meetings_words as words
from bot.handlers.meetings_form import SLOT, MeetingForm
from bot.handlers.meetings_reads import Slot
from bot.handlers.meetings_words import KINDS, QUESTION
from bot.notices import Notice, notice
from bot.reading import match_command
from bot.rules.meetings import Ring
from storage import meetings
from storage.meetings import Meeting, MeetingKind, MeetingState
from storage.reminders import Reminder

IMPROMPTU = ("早会", "晨会", "临时会议", "临时会")
AT_ONCE = re.compile(r"^\s*临时的?\s*")
LEADS = re.compile(r"^\s*(?:开个?|召开|组织)(?=\s)")
CALLS = ("开会", "召开会议", "临时会议", "临时会", "部门会", "部门会议", "早会", "晨会")
OTHERWISE = ("leave", "outing", "trip")
# 去总部开会 is an outing; 明早会 and 下周会 are no meetings.
GOING = re.compile(r"(?:去|前往|赴|到)[^\s，,。点午]{1,10}开会")
NO_WORD = re.compile(r"(?:[明今后昨]早|[下上本这每]个?[周月]|[几一两三]周)会")

watch = rounds.watch


def call(ctx: Context, word: str, rest: str) -> Answer:
    """开会 周五下午4点 设计部 讨论样板间; 早会 and 临时会议 without a time are now (HANDBOOK M3 M4 M5)."""
    if not ctx.said.lstrip(" /").startswith(word) and (otherwise := _meant_otherwise(ctx)):
        return otherwise[0]
    if QUESTION.search(ctx.said.strip()):
        return meetings_lists.ahead(ctx)
    line, room = meetings_form.take_room(AT_ONCE.sub("", LEADS.sub("", rest)))
    line, unknown = audience.take_strangers(ctx, ctx.me, line)
    about = {"kind": str(KINDS.get(word, MeetingKind.OTHER)), "now": word in IMPROMPTU or bool(AT_ONCE.match(rest))}
    about |= {"unknown": unknown} if unknown else {}
    return open_form(ctx, CALLING, line=line, answers=room, about=about)


def ahead(ctx: Context, word: str, rest: str) -> Answer:
    """会议; of a 会议室 in which one is called only the room is meant."""
    line, room = meetings_form.take_room(ctx.said)
    found = match_command(line, CALLS) if room else None
    return meetings_lists.ahead(ctx) if found is None else call(ctx, found.word, f"{found.rest} {room['place']}")


def _meant_otherwise(ctx: Context) -> tuple[Answer] | None:
    """周五去总部开会，请假半天 asks for leave; what may be either is asked back."""
    for command in (ctx.features[name].commands[0] for name in OTHERWISE if name in ctx.features):
        found = match_command(ctx.said, (*command.words, *command.more_words(ctx.rules)))
        if found is not None:
            return (hearing.run(ctx, command, found.word, found.rest)[1],)
    if GOING.search(ctx.said) or NO_WORD.search(ctx.said):
        nearest = [ctx.features[name].commands[0] for name in ("outing",) if name in ctx.features]
        buttons = hearing.buttons_for(ctx, [*nearest, *feature.commands[:2]])
        return (notice("meetings.question", buttons=buttons),)
    return None


def round_meeting(ctx: Context, word: str, rest: str) -> Answer:
    """周会: the next one; what is said of it; otherwise, with a time, one that is called under that name."""
    if rest.strip() and words.meant(ctx, ctx.said) is None:
        return call(ctx, word, rest)
    return guess(ctx, ctx.said) or meetings_lists.next_round(ctx, KINDS[word])


def guess(ctx: Context, said: str) -> Answer:
    """周五的会我去不了, 周会改到周四上午10点: done to the meeting; a list to choose from, if it may be several."""
    meant = words.meant(ctx, said)
    if meant is None or not meant.found:
        return None
    if len(meant.found) > 1:
        return meetings_lists.which_one(ctx, meant.found, meant.verb)
    meeting = meant.found[0]
    answer = feature.buttons[meant.verb](ctx, Press(meeting.id, meant.words))
    return answer or Notice(subject=meeting.subject)


def _of_one(otherwise: Callable[[Context, str, str], Answer]) -> Callable[[Context, str, str], Answer]:
    """A command that first asks whether the line speaks of a meeting that is there."""
    return lambda ctx, word, rest: guess(ctx, ctx.said) or otherwise(ctx, word, rest)


def submit(ctx: Context, form: MeetingForm, about: Mapping[str, Any]) -> Answer:
    """The meeting is there: its people are told, what rings for it is set."""
    if "edit" in about:
        return _rewrite(ctx, form, about)
    meant = audience.tokens(ctx, ctx.me, form.audience)
    meeting = meetings.add(
        ctx.session,
        Meeting(
            store_id=ctx.store.id,
            kind=meetings_form.kind_of(about, meant),
            called_by_id=ctx.me.id,
            created_at=ctx.now,
            changed_at=ctx.now,
            **_said(ctx, form),
        ),
    )
    meetings.invite(ctx.session, meeting, [one.id for one in reminders.everybody(ctx, meeting)])
    ctx.record("meetings.called", meeting.subject, by=ctx.me, rule="HANDBOOK M5", after=_fact(meeting))
    reminders.plan(ctx, meeting)
    telling.called(ctx, meeting, ctx.me)
    return cards.told("meetings.made", ctx, meeting, unreachable=telling.unreachable(ctx, meeting))


def _said(ctx: Context, form: MeetingForm) -> dict[str, Any]:
    span = meetings_form.span_of(ctx, form)
    return {
        "audience": audience.tokens(ctx, ctx.me, form.audience),
        "topic": form.topic,
        "place": form.place,
        "starts_at": span.start,
        "ends_at": span.end,
        "host_id": form.host,
    }


def _fact(meeting: Meeting) -> dict[str, Any]:
    return {
        "from": meeting.starts_at.isoformat(),
        "to": meeting.ends_at.isoformat(),
        "audience": list(meeting.audience),
        "place": meeting.place,
        "host": meeting.host_id,
    }


def change(ctx: Context, press: Press) -> Answer:
    """修改: another time, place, topic, other people, another host."""
    return _open_change(ctx, cards.managed(ctx, press.subject_id), press.rest)


def _open_change(ctx: Context, meeting: Meeting, said: str = "") -> Answer:
    if meeting.state != MeetingState.PLANNED or meeting.starts_at <= ctx.now:
        raise Refusal("meetings.cannot_change", meeting=cards.heading(ctx, meeting))
    zone = ctx.rules.working.zone
    slot = Slot(meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone))
    known: Answers = {
        "when": SLOT.dump_python(slot, mode="json"),
        "audience": audience.spoken(ctx, meeting.audience),
        "topic": meeting.topic,
        "place": meeting.place,
        "host": meeting.host_id,
    } | meetings_form.said_anew(ctx, slot, said)
    # What the audience made of it, another audience makes anew.
    kind = MeetingKind.OTHER if meeting.kind == MeetingKind.DEPARTMENT else meeting.kind
    about = {"edit": meeting.id, "revision": meeting.revision, "kind": str(kind)}
    return open_form(ctx, CALLING, answers=known, about=about)


def _rewrite(ctx: Context, form: MeetingForm, about: Mapping[str, Any]) -> Answer:
    """The change holds unless somebody else was faster; a new time is a new question to everybody."""
    meeting = cards.managed(ctx, about["edit"])
    was, before, said = cards.span(meeting), _fact(meeting), _said(ctx, form)
    news = [name for name in ("starts_at", "ends_at", "place", "topic") if getattr(meeting, name) != said[name]]
    if not news and (meeting.audience, meeting.host_id) == (said["audience"], said["host_id"]):
        return notice("meetings.nothing_changed")
    kind = meetings_form.kind_of(about, said["audience"])
    said |= {"changed_at": ctx.now, "by_hand": meeting.planned_on is not None, "kind": kind}
    if not meetings.change(ctx.session, meeting, said, revision=about["revision"]):
        raise Refusal("meetings.changed_meanwhile", meeting=cards.heading(ctx, meeting), ends_form=True)
    if "starts_at" in news:
        meetings.unsay_all(ctx.session, meeting)
    meetings.invite(ctx.session, meeting, [one.id for one in reminders.everybody(ctx, meeting)])
    ctx.record("meetings.changed", meeting.subject, by=ctx.me, before=before, after=_fact(meeting))
    reminders.plan_anew(ctx, meeting)
    telling.changed(ctx, meeting, was, ctx.me, is_news=bool(news))
    ctx.refresh(meeting.subject)
    return cards.told("meetings.made", ctx, meeting, unreachable=telling.unreachable(ctx, meeting))


def change_typed(ctx: Context, word: str, rest: str) -> Answer:
    """会议改期."""
    found = meetings_lists.mine_to_manage(ctx, "change")
    return _open_change(ctx, found) if isinstance(found, Meeting) else found


def item_typed(ctx: Context, word: str, rest: str) -> Answer:
    """加议题 展厅灯光太暗: for the next meeting that one is asked to."""
    meeting = meetings_lists.next_of_mine(ctx)
    if not rest.strip():
        return open_form(ctx, answers.ADDING, about={"meeting": meeting.id})
    return open_form(ctx, answers.ADDING, line=rest, about={"meeting": meeting.id})


def ring(scene: Scene, reminder: Reminder) -> None:
    """A round wants its next meeting, or one of a meeting's moments has come."""
    key = reminder.subject.partition(":")[2]
    if not key.isdigit():
        rounds.keep_in_step(scene, MeetingKind(key))
        return
    meeting = meetings.lock(scene.session, scene.store.id, int(key))
    if meeting is not None and meeting.planned_on is not None and meeting.starts_at > scene.now:
        # The rules may be others since it was planned.
        rounds.keep_in_step(scene, MeetingKind(meeting.kind))
        meeting = meetings.lock(scene.session, scene.store.id, int(key))
    if meeting is not None:
        reminders.rung(scene, meeting, Ring(reminder.occurrence))


CALLING = Form("meetings.call", MeetingForm, look=meetings_form.look, submit=submit, readback=meetings_form.readback)
feature = Feature(
    name="meetings",
    commands=(
        Command(
            "meetings.call",
            CALLS,
            _of_one(call),
        ),
        Command(
            "meetings.ahead",
            ("会议", "开会安排", "会议安排", "我的会议", "什么时候开会", "几点开会"),
            _of_one(ahead),
        ),
        Command("meetings.round", ("周会", "周例会", "月会"), round_meeting, in_menu=False),
        Command("meetings.item", ("加议题", "添加议题"), _of_one(item_typed), in_menu=False),
        Command("meetings.roll", ("点名",), roll.typed, in_menu=False),
        Command("meetings.minutes", ("纪要", "会议纪要"), minutes.typed, in_menu=False),
        Command("meetings.action", ("行动项",), actions.typed, in_menu=False),
        Command("meetings.my_actions", ("我的行动项",), actions.mine),
        Command("meetings.cancel", ("取消会议", "会议取消", "不开会了"), _of_one(cancelling.typed), in_menu=False),
        Command("meetings.change", ("会议改期", "改会议时间"), _of_one(change_typed), in_menu=False),
    ),
    forms=(CALLING, cancelling.CANCELLING, minutes.NOTING, *answers.FORMS),
    buttons={
        **answers.BUTTONS,
        **minutes.BUTTONS,
        "change": change,
        "cancel": cancelling.cancel,
        "roll": roll.start,
        "tick": roll.tick,
        "action": actions.begin,
        "show": meetings_lists.show,
    },
    rings=ring,
    watch=watch,
    card=cards.card,
    files={"calendar": calendar.make},
    rules_changed=rounds.rules_changed,
    gone=leaving.gone,
    guess=guess,
)
