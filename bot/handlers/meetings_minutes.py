"""Minutes: noted line by line in the chat, read back on a card (`meetings_minutes:42`), then sent to everybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from bot.dialog import Answers, Form
from bot.feature import Answer, Context, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers import meetings_cards as cards
from bot.handlers import meetings_roll as roll
from bot.notices import Notice, in_rows, notice
from bot.questions import LONGEST_WORDS, Option, Question, Reading, Words, cleaned
from bot.talk import Button
from storage import meetings, meetings_written, staff
from storage.meetings import Meeting
from storage.meetings_written import ItemKind
from storage.staff import Staff

DONE = ("说完了", "完了", "没了", "写完了", "结束")
DECISION = re.compile(r"^(?:决定|决议)\s*[:：]?\s*(?=\S)")
# In the middle of a line only with its colon, behind the end of a sentence.
NEXT_DECISION = re.compile(r"(?<=[。；;，,！!？?\s])(?=(?:决定|决议)\s*[:：])")
SEND = re.compile(
    r"(?:请|帮我)?把?发(?:送|布|出|出去)?(?:一下|了)?(?:给(?:大家|大伙|全体|所有人|参会的?人员?|与会人员))?(?:了|吧|一下)?"
)
AROUND = " ：:，,。"
MOST_NOTES = 60
SHOWN_NOTES = 20


class Noting(BaseModel):
    note: Annotated[str, Words()] = ""


def begin(ctx: Context, press: Press) -> Answer:
    """写纪要 on the card."""
    meeting = cards.managed(ctx, press.subject_id)
    roll.begin(ctx, meeting)
    return open_form(ctx, NOTING, about={"meeting": meeting.id})


def typed(ctx: Context, word: str, rest: str) -> Answer:
    """纪要 客户反馈样板间太暗: a note for the meeting that one holds; without words, the last minutes."""
    if not rest.strip(AROUND):
        return last(ctx)
    meeting = roll.current(ctx)
    if SEND.fullmatch("".join(rest.strip(AROUND).split())):
        return send(ctx, Press(meeting.id))
    roll.begin(ctx, meeting)
    _write(ctx, meeting, ctx.said.partition(word)[2] or rest)
    return Notice(subject=subject(meeting))


def last(ctx: Context) -> Answer:
    """The minutes of this person's last meetings."""
    sent = meetings.with_minutes(ctx.session, ctx.store.id, ctx.me.id)
    if not sent:
        return notice("meetings.no_minutes")
    if len(sent) == 1:
        return _minutes(ctx, sent[0])
    buttons = [
        Button("meetings.button_open", f"meetings:read_minutes:{one.id}", {"n": number})
        for number, one in enumerate(sent, 1)
    ]
    return notice(
        "meetings.last_minutes",
        buttons=in_rows(buttons, 5),
        meetings=[cards.heading(ctx, one, ctx.me) for one in sent],
    )


def read(ctx: Context, press: Press) -> Answer:
    """看第几份: those of the meeting, and who holds it."""
    meeting = cards.existing(ctx, press.subject_id)
    own = meetings.person_of(ctx.session, meeting.id, ctx.me.id) is not None
    if not (own or cards.may_manage(ctx.me, meeting)):
        raise Refusal("meetings.not_invited", audited="meetings.not_allowed")
    if meeting.minutes_sent_at is None:
        raise Refusal("meetings.no_minutes")
    return _minutes(ctx, meeting)


def _look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    count = len(written(ctx, cards.existing(ctx, about["meeting"])))
    asking = notice("meetings.ask_next_note", count=count) if count else None
    done = Option("", "meetings.button_noted")
    return Reading(ctx.now, ctx.rules.working, {"note": Question(ask=asking, options=(done,))})


def _submit(ctx: Context, form: Noting, about: Mapping[str, Any]) -> Answer:
    """Keeps a note and asks for the next one, until there is no more."""
    meeting = cards.managed(ctx, about["meeting"])
    if not form.note or form.note in DONE:
        return Notice(subject=subject(meeting))
    _write(ctx, meeting, ctx.said if " ".join(cleaned(ctx.said).split()) == form.note else form.note)
    return open_form(ctx, NOTING, about=dict(about))


def _write(ctx: Context, meeting: Meeting, said: str) -> None:
    """Each line is a note of its own; what begins with 决定 is a decision."""
    parts = [part for line in said.splitlines() for part in NEXT_DECISION.split(line)]
    lines = [" ".join(cleaned(part).split()).lstrip(AROUND) for part in parts]
    count = len(written(ctx, meeting))
    for line in filter(None, lines):
        if count >= MOST_NOTES:
            raise Refusal("meetings.minutes_full", most=MOST_NOTES, ends_form=True)
        kind = ItemKind.DECISION if DECISION.match(line) else ItemKind.NOTE
        words = DECISION.sub("", line)[:LONGEST_WORDS]
        meetings_written.write(ctx.session, meeting, kind, words, by_id=ctx.me.id, now=ctx.now)
        count += 1
    ctx.record("meetings.noted", meeting.subject, by=ctx.me)
    ctx.refresh(subject(meeting))


def written(scene: Scene, meeting: Meeting) -> list[meetings_written.MeetingItem]:
    return meetings_written.items_of(scene.session, meeting.id, ItemKind.NOTE, ItemKind.DECISION)


def drop_last(ctx: Context, press: Press) -> Answer:
    """撤掉最后一条."""
    meeting = cards.managed(ctx, press.subject_id)
    lines = written(ctx, meeting)
    if not lines or not meetings_written.drop(ctx.session, lines[-1]):
        raise Refusal("meetings.nothing_noted")
    ctx.record("meetings.note_dropped", meeting.subject, by=ctx.me)
    ctx.refresh(subject(meeting))
    return None


def send(ctx: Context, press: Press) -> Answer:
    """发出纪要: to everybody of the meeting, once for what is written; more can be added and sent again."""
    meeting = cards.managed(ctx, press.subject_id)
    if not written(ctx, meeting) and not meetings_written.actions_of(ctx.session, meeting.id):
        raise Refusal("meetings.nothing_noted")
    if not _has_news(ctx, meeting):
        raise Refusal("meetings.minutes_are_sent", at=meeting.minutes_sent_at)
    again = meeting.minutes_sent_at is not None
    meetings.note(ctx.session, meeting, minutes_sent_at=ctx.now)
    ctx.record("meetings.minutes_sent", meeting.subject, by=ctx.me)
    told = _minutes(ctx, meeting, again=again)
    for one in cards.invited(ctx, meeting):
        if one.person.id != ctx.me.id:
            ctx.tell(one.person.id, told)
    ctx.refresh(subject(meeting))
    ctx.refresh(meeting.subject)
    return notice("meetings.minutes_sent", count=len(cards.invited(ctx, meeting)), again=again)


def _has_news(scene: Scene, meeting: Meeting) -> bool:
    """Whether anything was written since the minutes were sent."""
    sent_at = meeting.minutes_sent_at
    at = [line.created_at for line in written(scene, meeting)]
    at += [taken.created_at for taken in meetings_written.actions_of(scene.session, meeting.id)]
    return sent_at is None or max(at, default=sent_at) > sent_at


def _minutes(scene: Scene, meeting: Meeting, *, again: bool = False) -> Notice:
    return notice("meetings.minutes", again=again, **_contents(scene, meeting))


def _contents(scene: Scene, meeting: Meeting) -> dict[str, Any]:
    """What the minutes say: who was there (never why somebody was not), notes, decisions, what somebody took on."""
    lines = written(scene, meeting)
    return cards.facts(scene, meeting) | {
        "lists": cards.attendance_lists(cards.invited(scene, meeting)),
        "notes": [line.words for line in lines if line.kind == ItemKind.NOTE],
        "decisions": [line.words for line in lines if line.kind == ItemKind.DECISION],
        "actions": [
            {"owner": staff.get(scene.session, one.owner_id).name, "due": one.due_on, "words": one.words}
            for one in meetings_written.actions_of(scene.session, meeting.id)
        ],
    }


def subject(meeting: Meeting) -> str:
    """What the draft of this meeting's minutes is called."""
    return f"meetings_minutes:{meeting.id}"


def card(scene: Scene, meeting_id: int, viewer: Staff | None) -> Notice | None:
    """The draft, as it would be sent."""
    meeting = meetings.get(scene.session, scene.store.id, meeting_id)
    if meeting is None or viewer is None or not cards.may_manage(viewer, meeting):
        return None
    lines = written(scene, meeting)
    verbs = ["minutes", "action"]
    verbs += ["drop_note"] if lines else []
    verbs += ["send_minutes"] if _has_news(scene, meeting) and lines else []
    buttons = in_rows([cards.button(verb, meeting) for verb in verbs], 2)
    contents = _contents(scene, meeting) | {"sent_at": meeting.minutes_sent_at, "hidden": len(lines) - SHOWN_NOTES}
    contents |= {name: contents[name][-SHOWN_NOTES:] for name in ("notes", "decisions")}
    return notice("meetings.minutes_card", buttons=buttons, subject=subject(meeting), **contents)


NOTING = Form("meetings.note", Noting, look=_look, submit=_submit, confirms=False, cancelled="meetings.noting_stopped")
BUTTONS = {"minutes": begin, "drop_note": drop_last, "send_minutes": send, "read_minutes": read}

feature = Feature(name="meetings_minutes", card=card)
