"""How fast a platform lets messages go, counted from the outbox's own rows so that a restart forgets none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from bot.talk import Address, Pace
from storage import outbox_due

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
# In UTF-16 units, as Telegram counts to 4096; what the channel makes of the markup may be a little longer.
LONGEST_GATHERED = 3500


def counted_at(to: Address) -> str:
    """Where a message counts: the topics of a group (`-100123/7`) share its limits."""
    return str(to).partition("/")[0]


def free_at(session: Session, pace: Pace, to: Address, *, real: datetime, group: bool) -> datetime | None:
    """When the next message may go to this chat (real time); None if it may now.

    What was gathered into one message went at one instant, and counts as one. Where a platform said how long a chat is
    to wait, or a message did not get through, all that is for the chat waits.
    """
    outbox_due.take_turns(session, to.channel)
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
    held = outbox_due.held_until(session, here, real=real)
    return max([*waits, *([held] if held else [])], default=None)


def is_one_message(words: Iterable[str]) -> bool:
    """Whether all of this goes as one message, which then counts as one."""
    return len("\n".join(words).encode("utf-16-le")) <= 2 * LONGEST_GATHERED
