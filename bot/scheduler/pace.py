"""How fast a platform lets messages go, counted from the outbox's own rows so that a restart forgets none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from sqlmodel import Session

from bot.talk import Address, Pace
from storage import outbox_due
from storage.outbox import Kind, Outbox

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# Everybody's reminders are set to these minutes of the hour.
CROWDED_MINUTES = (0, 30)
# In UTF-16 units, as Telegram counts to 4096; what the channel makes of the markup may be a little longer.
LONGEST_GATHERED = 3500


def counted_at(to: Address) -> str:
    """Where a message counts: the topics of a group (`-100123/7`) share its limits."""
    return str(replace(to, chat=to.chat.partition("/")[0]))


def free_at(session: Session, pace: Pace, to: Address, *, real: datetime, group: bool) -> datetime | None:
    """When the next message may go to this chat (real time); None if it may now.

    What was gathered into one message went at one instant, and counts as one. Where a platform said how long a chat is
    to wait, or a message did not get through, all that is for the chat waits.
    """
    outbox_due.take_turns(session, to.channel)
    here = counted_at(to)
    windows = {
        timedelta(seconds=pace.chat_seconds): 1,
        MINUTE: pace.per_minute_in_group if group else pace.per_minute,
        **({HOUR: pace.per_hour} if pace.per_hour else {}),
    }
    in_all = outbox_due.sent_since(session, since=real - SECOND, channel=to.channel)
    in_chat = sorted(set(outbox_due.sent_since(session, since=real - max(windows), address=here)))
    waits = [
        _next_free(in_all, pace.per_second, SECOND, real=real),
        *(_next_free(in_chat, most, window, real=real) for window, most in windows.items()),
        outbox_due.held_until(session, here, real=real),
    ]
    return max(filter(None, waits), default=None)


def _next_free(times: Sequence[datetime], most: int, window: timedelta, *, real: datetime) -> datetime | None:
    """When the window holds fewer than `most` again, None if it does now."""
    within = [at for at in times if at > real - window]
    return within[-most] + window if len(within) >= most else None


def spread_until(pace: Pace, row: Outbox, *, real: datetime) -> datetime | None:
    """When (real time) a notice goes in a full or half hour's first minute; None if it does not wait.

    Each recipient has a second of their own there, from which on all that is for them goes. An answer, and the change
    of a card that somebody has just pressed, are waited for.
    """
    is_awaited = row.via or row.kind == Kind.EDIT
    if is_awaited or not pace.spread_seconds or real.minute not in CROWDED_MINUTES:
        return None
    theirs = real.replace(second=0, microsecond=0) + SECOND * (crc32(row.recipient.encode()) % pace.spread_seconds)
    return theirs if theirs > real else None


def is_one_message(words: Iterable[str]) -> bool:
    """Whether all of this goes as one message, which then counts as one."""
    return len("\n".join(words).encode("utf-16-le")) <= 2 * LONGEST_GATHERED
