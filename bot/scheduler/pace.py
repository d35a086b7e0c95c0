"""How fast a platform lets messages go, counted from the outbox's own rows so that a restart forgets none."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from bot.talk import Address, Pace
from storage import outbox_due

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def counted_at(to: Address) -> str:
    """Where a message counts: the topics of a group (`-100123/7`) share its limits."""
    return str(to).partition("/")[0]


def free_at(session: Session, pace: Pace, to: Address, *, real: datetime, group: bool) -> datetime | None:
    """When the next message may go to this chat (real time); None if it may now.

    What was gathered into one message went at one instant, and counts as one.
    """
    sent = partial(outbox_due.sent_since, session)
    chat, here = timedelta(seconds=pace.chat_seconds), counted_at(to)
    windows = [
        (sent(since=real - SECOND, channel=to.channel), pace.per_second, SECOND),
        (sorted(set(sent(since=real - chat, address=here))), 1, chat),
        (
            sorted(set(sent(since=real - MINUTE, address=here))),
            pace.per_minute_in_group if group else pace.per_minute,
            MINUTE,
        ),
    ]
    waits = [times[-most] + window for times, most, window in windows if len(times) >= most]
    return max(waits) if waits else None
