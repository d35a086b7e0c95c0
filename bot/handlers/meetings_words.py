"""What is said of a meeting that is there: 周会我请假, 取消周会, 周五的会我去不了, 会议改到5点, 周会几点."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.feature import Context
from bot.handlers import meetings_cards as cards
from bot.reading import Duration, Point, Span, find_time
from storage import meetings
from storage.meetings import Meeting, MeetingKind, MeetingState

KINDS = {
    "早会": MeetingKind.MORNING,
    "晨会": MeetingKind.MORNING,
    "周会": MeetingKind.WEEKLY,
    "周例会": MeetingKind.WEEKLY,
    "月会": MeetingKind.MONTHLY,
    "部门会": MeetingKind.DEPARTMENT,
    "部门会议": MeetingKind.DEPARTMENT,
}
ROUNDS = (MeetingKind.WEEKLY, MeetingKind.MONTHLY)
# A bare 会 is a meeting only behind 的 and the like: 周一会请假 asks for leave, and so does 这周会请假.
MEETING = re.compile(
    rf"((?<![这每个几下上本])(?<![明今后昨])(?:{'|'.join(sorted(KINDS, key=len, reverse=True))})"
    r"|例会|会议|开会(?=[，, ]*我)|(?<=[的个场])会)(?!室|议)"
)
BEFORE = re.compile(r"(?:我想|我要|我|把|那个|这个|那场|这场|下次|这次|的|[，,：: ])*")
BEHIND = re.compile(r"(?:我|就|可能|大概|会|要|想|得|需要|那天|这次|那次|时间|上|[，,：: ])*")
OFF = re.compile(r"取消|不开")
QUESTION = re.compile(r"(?:几点|什么时候|哪天|吗|么|[?？])[^，,]{0,4}[?？。]?$")
# The verb, which is the button's too, and how it is said; more may only follow behind a pause.
VERBS = {
    "no": r"(?:请个?假|请一下假|(?:参加|去|来|到|赶)不[了上]|(?:不能|不|没法|没办法|无法)(?:参加|去|来|到))了?",
    "late": r"(?:迟到|晚到|晚来|晚点[到来]?)",
    "yes": r"(?:能|可以|准时|一定)?(?:参加|到)",
    "cancel": r"(?:取消|不开)了?吧?",
}
PAUSE = re.compile(r"[，,。；;：: ]|因为|$")
LATE_BY = re.compile(r"晚(.{1,8}?)(?:[到来去]|$)")
CHANGE = re.compile(
    r"(?:改期?|挪|移|调整?|换|推迟|延期|延后|提前)(?:到|成|至|在|为)(.*)|(?:改期|改时间|推迟|延期|延后|提前)(?=[^的]{0,6}$)"
)
ITEM = re.compile(r"(?:加|添加|补充|增加|提)(?:一?[个条])?议题[:：，, ]*(.*)")


@dataclass(frozen=True)
class Meant:
    """The verb of a button and the words that go with it; `found` are the meetings that it can be about."""

    verb: str
    words: str
    found: Sequence[Meeting]


def meant(ctx: Context, said: str) -> Meant | None:
    """What the line says of a meeting that is there; None where it says something else."""
    named = MEETING.search(said)
    if named is None:
        return None
    before, behind = said[: named.start()].lstrip(" /"), said[named.end() :]
    off = OFF.match(before)
    tail = BEHIND.sub("", behind, count=1)
    read = ("cancel", "") if off and PAUSE.match(behind) else _verb(ctx, tail)
    when = BEFORE.sub("", before[off.end() if off else 0 :], count=1).rstrip(" 的我，,")
    if read is None or (when and not _is_time(ctx, when)):
        return None
    return Meant(*read, _fitting(ctx, KINDS.get(named[1]), when, read[0]))


def _verb(ctx: Context, tail: str) -> tuple[str, str] | None:
    """The verb that the words behind the meeting begin with, and what follows it."""
    if QUESTION.search(tail):
        return "show", ""
    if found := CHANGE.match(tail):
        return "change", found[1] or ""
    if found := ITEM.match(tail):
        return "agenda", found[1]
    if (found := LATE_BY.match(tail)) and _is_length(ctx, found[1]):
        return "late", found[1]
    for verb, pattern in VERBS.items():
        found = re.match(pattern, tail)
        more = tail[found.end() :] if found else ""
        if found and (PAUSE.match(more) or (verb == "late" and _is_length(ctx, more))):
            return verb, more.strip("，,。；;：: ")
    return None


def _is_time(ctx: Context, words: str) -> bool:
    found = find_time(words, now=ctx.now, calendar=ctx.rules.working, want="any")
    return found is not None and (found.start, found.end) == (0, len(words))


def _is_length(ctx: Context, words: str) -> bool:
    found = find_time(words, now=ctx.now, calendar=ctx.rules.working, want="duration")
    return found is not None and found.start == 0 and isinstance(found.value, Duration)


def _fitting(ctx: Context, kind: MeetingKind | None, when: str, verb: str) -> list[Meeting]:
    """The meetings of that kind and day that this person can say so of; of a round only the next."""
    ahead = meetings.ahead(ctx.session, ctx.store.id, now=ctx.now)
    found = [one for one in ahead if kind in (None, one.kind) and _is_then(ctx, one, when) and _can_be(ctx, one, verb)]
    if verb in ("change", "cancel"):
        # Who holds none of them hears from the button whose it is.
        found = [one for one in found if cards.may_manage(ctx.me, one)] or found
    if kind in ROUNDS:
        return found[:1]
    called = [one for one in found if one.planned_on is None]
    return called if len(called) == 1 and not when else found


def _is_then(ctx: Context, meeting: Meeting, when: str) -> bool:
    """Whether it begins in the time that was said; of a moment the day counts."""
    found = find_time(when, now=ctx.now, calendar=ctx.rules.working, want="any") if when else None
    if found is None:
        return not when
    zone = ctx.rules.working.zone
    match found.value:
        case Point(at):
            return meeting.starts_at.astimezone(zone).date() == at.astimezone(zone).date()
        case Span(start, end):
            return start <= meeting.starts_at < end
    return False


def _can_be(ctx: Context, meeting: Meeting, verb: str) -> bool:
    """What has not begun is moved and called off; who is asked to it answers."""
    if verb in ("change", "cancel"):
        return meeting.state == MeetingState.PLANNED
    return verb == "show" or meetings.person_of(ctx.session, meeting.id, ctx.me.id) is not None
