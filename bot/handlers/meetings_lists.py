"""The lists of meetings: what is ahead, one's own and the store's; and finding the one that somebody means."""

from __future__ import annotations

from collections.abc import Sequence

from bot.feature import Answer, Context, Press, Refusal
from bot.handlers import meetings_cards as cards
from bot.notices import Buttons, Notice, in_rows, notice
from bot.talk import Button
from storage import meetings
from storage.meetings import Meeting, MeetingKind, MeetingState

SHOWN = 8


def ahead(ctx: Context) -> Answer:
    """会议: what is ahead for this person, each to be opened; below it what else the store has."""
    mine, others = _ahead(ctx)
    if not mine and not others:
        return notice("meetings.none_ahead")
    return notice(
        "meetings.ahead",
        buttons=_to_open(mine),
        mine=[cards.heading(ctx, one, ctx.me) for one in mine],
        others=[cards.heading(ctx, one, ctx.me) for one in others],
    )


def _ahead(ctx: Context) -> tuple[list[Meeting], list[Meeting]]:
    found = meetings.ahead(ctx.session, ctx.store.id, now=ctx.now)
    mine = [one for one in found if meetings.person_of(ctx.session, one.id, ctx.me.id) is not None]
    return mine[:SHOWN], [one for one in found if one not in mine][:SHOWN]


def _to_open(found: Sequence[Meeting], verb: str = "show") -> Buttons:
    label = "meetings.button_open" if verb == "show" else "meetings.button_this"
    buttons = [Button(label, f"meetings:{verb}:{one.id}", {"n": number}) for number, one in enumerate(found, 1)]
    return in_rows(buttons, 4)


def show(ctx: Context, press: Press) -> Answer:
    """打开: the meeting's card, as far as this person may see it."""
    return Notice(subject=cards.existing(ctx, press.subject_id).subject)


def next_round(ctx: Context, kind: MeetingKind) -> Answer:
    """周会: the next one."""
    found = [one for one in meetings.ahead(ctx.session, ctx.store.id, now=ctx.now) if one.kind == kind]
    return Notice(subject=found[0].subject) if found else notice("meetings.none_of_kind", kind=str(kind))


def mine_to_manage(ctx: Context, verb: str) -> Meeting | Answer:
    """The one planned meeting that this person may call off or move; a list to choose from, if there are several."""
    found = [
        one
        for one in meetings.ahead(ctx.session, ctx.store.id, now=ctx.now)
        if one.state == MeetingState.PLANNED and cards.may_manage(ctx.me, one)
    ]
    if verb == "change":
        found = [one for one in found if one.starts_at > ctx.now]
    if not found:
        raise Refusal("meetings.none_to_manage")
    return found[0] if len(found) == 1 else which_one(ctx, found, verb)


def which_one(ctx: Context, found: Sequence[Meeting], verb: str) -> Answer:
    """是哪一个: a button for each, which does what was meant."""
    listed = [cards.heading(ctx, one, ctx.me) for one in found[:SHOWN]]
    return notice("meetings.which_one", buttons=_to_open(found[:SHOWN], verb), meetings=listed)


def next_of_mine(ctx: Context) -> Meeting:
    """The next meeting of this person whose agenda is open."""
    mine, _ = _ahead(ctx)
    open_ones = [one for one in mine if cards.is_open(ctx, one)]
    if not open_ones:
        raise Refusal("meetings.none_ahead")
    return cards.existing(ctx, open_ones[0].id)
