"""The roll call: the host starts the meeting and ticks who is there; who said they come is ticked already.

It is a card of its own (`meetings_roll:42`), for those who hold the meeting; `点名 陈静 迟到` does the same by typing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.feature import Answer, Context, Feature, Press, Refusal, Scene
from bot.handlers import meetings_cards as cards
from bot.handlers.meetings_cards import Invited
from bot.notices import Buttons, Notice, notice
from bot.rules.meetings import EARLIEST_START
from bot.talk import Button
from storage import meetings
from storage.meetings import Attendance, Meeting, MeetingState
from storage.staff import Staff

SHOWN = 6
LONGEST_AGO = timedelta(days=3)
TICKS = (Attendance.PRESENT, Attendance.LATE, Attendance.ABSENT)
SAID = {
    "出席": Attendance.PRESENT,
    "到了": Attendance.PRESENT,
    "来了": Attendance.PRESENT,
    "没迟到": Attendance.PRESENT,
    "迟到": Attendance.LATE,
    "缺席": Attendance.ABSENT,
    "没来": Attendance.ABSENT,
    "没到": Attendance.ABSENT,
    "请假": Attendance.EXCUSED,
}
ALL_HERE = ("都到齐了", "都到了", "全到了", "都来了", "全来了", "到齐了")
SAID |= dict.fromkeys(ALL_HERE, Attendance.PRESENT)
OTHERS = ("其余", "其他", "其它", "剩下")
EXCEPT = re.compile(rf"除(?!.*(?:{'|'.join(OTHERS)}))")
Ticks = list[tuple[list[str], Attendance]]


def start(ctx: Context, press: Press) -> Answer:
    """点名 on the meeting's card: it has begun."""
    meeting = cards.managed(ctx, press.subject_id)
    begin(ctx, meeting)
    return Notice(subject=subject(meeting))


def begin(ctx: Context, meeting: Meeting) -> None:
    """The meeting begins, once; one that was called off does not, nor one that is far ahead."""
    if meeting.state == MeetingState.CANCELLED:
        raise Refusal("meetings.is_cancelled", meeting=cards.heading(ctx, meeting))
    if not cards.has_come(ctx, meeting):
        raise Refusal("meetings.too_early", meeting=cards.heading(ctx, meeting))
    if meetings.move(ctx.session, meeting, MeetingState.STARTED, while_in=[MeetingState.PLANNED]):
        ctx.record("meetings.started", meeting.subject, by=ctx.me)
        ctx.refresh(meeting.subject)


def tick(ctx: Context, press: Press) -> Answer:
    """王磊 出席 and the like; `rest` is `7:present`, or `rest` for everybody who is left."""
    meeting = cards.managed(ctx, press.subject_id)
    begin(ctx, meeting)
    people = cards.invited(ctx, meeting)
    if press.rest == "rest":
        _tick(ctx, meeting, _left(people), Attendance.PRESENT)
        return None
    number, _, word = press.rest.partition(":")
    one = next((one for one in people if str(one.person.id) == number), None)
    if one is None or word not in TICKS:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    _tick(ctx, meeting, [one], Attendance(word))
    return None


def typed(ctx: Context, word: str, rest: str) -> Answer:
    """点名; 点名 陈静、赵倩 缺席; 点名 陈静迟到，其余都到了; 点名 都到了."""
    meeting = current(ctx)
    begin(ctx, meeting)
    people = cards.invited(ctx, meeting)
    ticks = _ticks(rest, [one.person.name for one in people])
    if rest.strip() and not ticks:
        raise Refusal("meetings.tick_whom", names="、".join(one.person.name for one in people))
    for names, attendance in sorted(ticks, key=lambda one: one[0] == []):
        named = [one for one in people if one.person.name in names]
        _tick(ctx, meeting, named or _left(people), attendance)
    return Notice(subject=subject(meeting))


def _ticks(line: str, names: Sequence[str]) -> Ticks:
    """陈静迟到，赵倩没来，其余都到了: each word with the names before it, none for the others.

    Nothing at all where some of the line has no word, or no names: half a roll call would be a wrong one.
    """
    known = sorted((*names, *OTHERS, *SAID), key=len, reverse=True)
    marks = re.findall("|".join(map(re.escape, known)), line)
    said = [mark for mark in marks if mark in SAID]
    if len(said) == 1 and marks[0] in SAID:
        marks = [*marks[1:], marks[0]]
    ticks: Ticks = []
    begun: list[str] = []
    for mark in marks:
        if mark not in SAID:
            begun.append(mark)
        elif begun or mark in ALL_HERE:
            ticks.append(([name for name in begun if name not in OTHERS], SAID[mark]))
            begun = []
        else:
            return []
    return [] if begun or EXCEPT.search(line) else ticks


def current(ctx: Context) -> Meeting:
    """The meeting that this person holds now, or held last; their own before those they may look after."""
    begun = meetings.begun_since(ctx.session, ctx.store.id, since=ctx.now - LONGEST_AGO, now=ctx.now + EARLIEST_START)
    theirs = [one for one in begun if cards.may_manage(ctx.me, one)]
    hosted = [one for one in theirs if one.host_id == ctx.me.id]
    if not theirs:
        raise Refusal("meetings.none_held")
    return cards.existing(ctx, (hosted or theirs)[0].id)


def _left(people: Sequence[Invited]) -> list[Invited]:
    return [one for one in people if cards.attendance(one) == Attendance.UNKNOWN]


def _tick(ctx: Context, meeting: Meeting, people: Sequence[Invited], attendance: Attendance) -> None:
    for one in people:
        meetings.tick(ctx.session, one.row, attendance)
    after = {"attendance": str(attendance), "people": [one.person.id for one in people]}
    ctx.record("meetings.ticked", meeting.subject, by=ctx.me, after=after)
    ctx.refresh(subject(meeting))
    ctx.refresh(meeting.subject)


def subject(meeting: Meeting) -> str:
    """What the roll call of this meeting is called."""
    return f"meetings_roll:{meeting.id}"


def card(scene: Scene, meeting_id: int, viewer: Staff | None) -> Notice | None:
    """Who is there, late, missing, excused, and who has not been ticked."""
    meeting = meetings.get(scene.session, scene.store.id, meeting_id)
    if meeting is None or viewer is None or not cards.may_manage(viewer, meeting):
        return None
    people = cards.invited(scene, meeting)
    lists = cards.attendance_lists(people)
    left = _left(people)
    buttons = _rows(meeting, left) if meeting.state != MeetingState.CANCELLED else ()
    known = cards.facts(scene, meeting) | {"lists": lists, "left": len(left) - len(left[:SHOWN])}
    return notice("meetings.roll_card", buttons=buttons, subject=subject(meeting), **known)


def _rows(meeting: Meeting, left: Sequence[Invited]) -> Buttons:
    rows = tuple(
        tuple(
            Button(
                f"meetings.button_tick_{word}",
                f"meetings:tick:{meeting.id}:{one.person.id}:{word}",
                {"name": one.person.name},
            )
            for word in TICKS
        )
        for one in left[:SHOWN]
    )
    others = [Button("meetings.button_tick_rest", f"meetings:tick:{meeting.id}:rest")] if left else []
    return (*rows, (*others, cards.button("minutes", meeting)))


feature = Feature(name="meetings_roll", card=card)
