"""How fast a platform lets messages go, counted from the outbox's own rows so that a restart forgets none."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.talk import Address, Pace
from storage import outbox

MINUTE = timedelta(minutes=1)


def free_at(session: Session, pace: Pace, to: Address, *, real: datetime, group: bool) -> datetime | None:
    """When the next message may go to this chat (real time); None if it may now."""
    windows = [
        (
            outbox.sent_since(session, since=real - timedelta(seconds=1), channel=to.channel),
            pace.per_second,
            timedelta(seconds=1),
        ),
        (
            outbox.sent_since(session, since=real - timedelta(seconds=pace.chat_seconds), address=str(to)),
            1,
            timedelta(seconds=pace.chat_seconds),
        ),
        (
            outbox.sent_since(session, since=real - MINUTE, address=str(to)),
            pace.per_minute_in_group if group else pace.per_minute,
            MINUTE,
        ),
    ]
    waits = [sent[-most] + window for sent, most, window in windows if len(sent) >= most]
    return max(waits) if waits else None
