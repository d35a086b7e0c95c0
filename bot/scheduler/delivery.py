"""From the outbox to the channels: each recipient in order, within the platform's limits, tried again when it fails."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session

from bot.cards import Shown
from bot.clock import Clock
from bot.failpoints import failpoint
from bot.failures import failure
from bot.scheduler.pace import counted_at, free_at, is_one_message, spread_until
from bot.talk import Address, Capabilities, Channel, DeliveryError, Message
from storage import group_chats, outbox, outbox_due, staff
from storage.database import Database
from storage.outbox import Kind, Outbox

log = structlog.get_logger()

# Longer than any request of a channel, so that a slow file is not sent again and again; the lease outlives it.
SEND_TIMEOUT_SECONDS = 120
LEASE = timedelta(seconds=180)
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 300.0
TRIES = 12
# How long a stop waits for what is in flight.
CLOSE_SECONDS = 5.0
# How often somebody is looked at whose only chat is on a channel that is not set.
CHANNEL_AWAY = timedelta(minutes=1)
NO_CHAT = "no chat to reach them"

Show = Callable[[Session, Outbox, datetime], Shown | None]
Unreachable = Callable[[Session, Address], None]
Chatless = Callable[[Session, int], None]
Observe = Callable[[str, float], None]
Closing = Callable[[Session], None]


@dataclass(frozen=True)
class Job:
    """A notice under way: the rows that it settles, and where it goes."""

    ids: tuple[int, ...]
    recipient: str
    to: Address
    message: Message
    edits: str
    due_at: datetime
    attempts: int = 1


class Delivery:
    """A task for each recipient while something may go to them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        channels: Mapping[str, Channel],
        show: Show,
        unreachable: Unreachable,
        observe: Observe = lambda _what, _seconds: None,
        chatless: Chatless = lambda _session, _staff_id: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels
        self._show = show
        self._unreachable = unreachable
        self._observe = observe
        self._chatless = chatless
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._stops = False

    @property
    def idle(self) -> bool:
        return not self._tasks

    def wake(self, recipient: str) -> None:
        """Lets what waits for the recipient go out; call it after the commit, in the event loop."""
        if self._stops:
            return
        if recipient in self._tasks:
            self._again.add(recipient)
            return
        self._tasks[recipient] = asyncio.create_task(self._work(recipient), name=f"delivery {recipient}")

    async def wake_due(self) -> None:
        """Takes up everything that may go now."""
        due = partial(outbox_due.recipients_due, now=self._clock.now(), real=self._clock.real())
        for recipient in await self._database.read(due):
            self.wake(recipient)

    async def close(self) -> None:
        """Stops; what is in flight is waited for a little and marked, else it is sent again after the next start."""
        self._stops = True
        tasks = tuple(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, recipient: str) -> None:
        closing: Closing | None = None
        try:
            while True:
                self._again.discard(recipient)
                job = await self._database.write(partial(self._next, recipient, closing))
                closing = None
                if job is not None:
                    closing = await self._send(job)
                    failpoint("sending not marked")
                elif self._stops or recipient not in self._again:
                    return
        except Exception:
            # The lease runs out and the safety tick takes the recipient up again.
            log.exception("delivery stopped")
        finally:
            del self._tasks[recipient]
            if recipient in self._again:
                self.wake(recipient)

    def _next(self, recipient: str, closing: Closing | None, session: Session) -> Job | None:
        """Settles the notice before, then takes the next one: one transaction for both."""
        if closing is not None:
            closing(session)
        while not self._stops and (row := self._ready(session, recipient)) is not None:
            to = _address(session, row, self._channels)
            if to is not None and to.channel not in self._channels:
                # Perhaps it was left out by mistake: what is for it goes once it is back.
                outbox_due.wait_until(session, row, self._clock.real() + CHANNEL_AWAY)
                return None
            if to is None and recipient.startswith("staff:"):
                self._chatless(session, int(recipient.removeprefix("staff:")))
            shown = self._in_words(session, row, to) if to else NO_CHAT
            if to is None or not isinstance(shown, Shown):
                outbox.lease(session, row, until=self._clock.real(), address="")
                self._drop(session, row, shown if isinstance(shown, str) else None)
                continue
            held = self._spread(row, to)
            if held is not None:
                outbox_due.hold(session, row, until=held)
                continue
            wait_until = self._paced(session, row, to)
            if wait_until is not None:
                outbox_due.wait_until(session, row, wait_until)
                return None
            return self._take(session, row, to, shown)
        return None

    def _in_words(self, session: Session, row: Outbox, to: Address) -> Shown | str | None:
        """The notice in words; None if there is nothing left to say; what went wrong if it cannot be said.

        What a channel cannot change stays as it was said.
        """
        if row.kind == Kind.EDIT and not self._is_changed_there(session, row, to):
            return None
        try:
            return self._show(session, row, self._clock.now())
        except Exception as error:
            # One notice that cannot be written must not silence the ones behind it.
            log.exception("notice not written", outbox_id=row.id)
            return failure(error)

    def _is_changed_there(self, session: Session, row: Outbox, to: Address) -> bool:
        can = self._channels[to.channel].can
        if not can.edit or not outbox.ref_of_target(session, row):
            return False
        return can.edit_later or outbox.is_newest_about(session, row)

    def _ready(self, session: Session, recipient: str) -> Outbox | None:
        return outbox.next_for(session, recipient, now=self._clock.now(), real=self._clock.real())

    def _spread(self, row: Outbox, to: Address) -> datetime | None:
        """Until when (the store's time) it is held, while what somebody waits for goes ahead."""
        pace, real = self._channels[to.channel].can.pace, self._clock.real()
        theirs = spread_until(pace, row, real=real) if pace else None
        return self._clock.now() + (theirs - real) if theirs else None

    def _paced(self, session: Session, row: Outbox, to: Address) -> datetime | None:
        pace = self._channels[to.channel].can.pace
        return free_at(session, pace, to, real=self._clock.real(), group=to.group) if pace else None

    def _take(self, session: Session, row: Outbox, to: Address, shown: Shown) -> Job:
        going = self._clock.real()
        rows, messages = [row], [shown.message]
        for other in outbox.digest_with(session, row, now=self._clock.now()) if row.digest else ():
            told = self._in_words(session, other, to)
            gathered = [*messages, *([told.message] if isinstance(told, Shown) else [])]
            if not is_one_message(one.markup for one in gathered):
                break
            rows, messages = [*rows, other], gathered
        for one in rows:
            outbox.lease(session, one, until=going + LEASE, address=counted_at(to), card=shown.card, going=going)
        message = shown.message if len(messages) == 1 else Message("\n".join(one.markup for one in messages))
        return Job(
            tuple(one.id for one in rows),
            row.recipient,
            to,
            _fitting(session, message, to, self._channels[to.channel].can),
            outbox.ref_of_target(session, row),
            row.due_at,
            row.attempts,
        )

    async def _send(self, job: Job) -> Closing:
        channel = self._channels[job.to.channel]
        at = self._clock.now()
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                if job.edits:
                    ref = await channel.edit(job.to, job.edits, job.message, at=at)
                else:
                    ref = await channel.send(job.to, job.message, at=at)
            self._observe("sent", (self._clock.now() - job.due_at).total_seconds())
            return partial(
                outbox.mark_sent, ids=job.ids, message_ref=ref, real=self._clock.real(), instead_of=job.edits
            )
        except DeliveryError as error:
            return self._failed(job, error)
        except TimeoutError:
            return self._failed(job, DeliveryError("no answer in time"))

    def _failed(self, job: Job, error: DeliveryError) -> Closing:
        log.warning("not delivered", channel=job.to.channel, permanent=error.permanent, error=str(error))
        if error.moved_to:
            return partial(self._move, job, error.moved_to)
        if error.refused:
            return partial(self._refused, job, str(error))
        seconds = error.retry_after
        if error.permanent or (job.attempts >= TRIES and seconds is None and not error.unreached):
            return partial(self._give_up, job, str(error))
        if seconds is None:
            longest = min(FIRST_RETRY_SECONDS * 2 ** min(job.attempts - 1, 20), LONGEST_RETRY_SECONDS)
            seconds = longest * random.uniform(0.75, 1.0)
        at = self._clock.real() + timedelta(seconds=seconds)
        return partial(outbox.retry_at, ids=job.ids, at=at, error=str(error))

    def _move(self, job: Job, new: str, session: Session) -> None:
        """The chat has another address now: whatever is for it goes there, this first."""
        place = {"channel": job.to.channel, "account": job.to.account}
        if group_chats.move_chat(session, **place, old=job.to.chat, new=new, now=self._clock.now()):
            outbox.retry_at(session, job.ids, at=self._clock.real(), error="")
        else:
            self._refused(job, "the group moved to where another one is", session)

    def _refused(self, job: Job, error: str, session: Session) -> None:
        """The platform does not take this message; the ones behind it may go."""
        outbox.mark_failed(session, job.ids, error)
        self._observe("failed", 0.0)

    def _give_up(self, job: Job, error: str, session: Session) -> None:
        """Never again to this chat: another chat of the person is tried, and the client manager hears it once."""
        self._unreachable(session, job.to)
        kind, _, key = job.recipient.partition(":")
        if kind == "staff" and staff.contacts_of(session, int(key)):
            outbox.retry_at(session, job.ids, at=self._clock.real(), error=error)
        else:
            self._refused(job, error, session)

    def _drop(self, session: Session, row: Outbox, problem: str | None) -> None:
        """Lets go of a notice: nothing is left to say, or it cannot be said."""
        if problem is None:
            outbox.mark_expired(session, [row.id])
        else:
            outbox.mark_failed(session, [row.id], problem)
            self._observe("failed", 0.0)


def _fitting(session: Session, message: Message, to: Address, can: Capabilities) -> Message:
    """The message as the channel can show it."""
    people = _mentioned(session, message, to, names_of=can.names_of)
    return replace(message, people=people, buttons=message.buttons if can.buttons else ())


def _mentioned(session: Session, message: Message, to: Address, *, names_of: str) -> dict[int, str]:
    """Where those whom the message names are, on the channel on which it goes or whose addresses it has for them."""
    named = {int(number) for number in re.findall(r'<at staff="(\d+)">', message.markup)}
    places = {one: staff.contacts_of(session, one) for one in named}
    return {
        one: place.address
        for one, contacts in places.items()
        # The chat in which they spoke last comes first, and counts.
        for place in reversed(contacts)
        if place.channel == names_of or (place.channel, place.account) == (to.channel, to.account)
    }


def _address(session: Session, row: Outbox, channels: Collection[str]) -> Address | None:
    """Where the recipient is reached, on one of these channels if they can be.

    A message is changed where it was sent, wherever they speak now.
    """
    kind, _, key = row.recipient.partition(":")
    if kind == "group":
        group = _hearing(session, int(key), row)
        return Address(group.channel, group.account, group.address, group=True) if group else None
    via = outbox.address_of_target(session, row) if row.kind == Kind.EDIT else row.via
    if kind == "contact":
        contact: staff.Contact | None = staff.contact_by_id(session, int(key))
    else:
        chats = staff.contacts_of(session, int(key))
        there = [one for one in chats if one.channel in channels] if row.kind == Kind.SEND else []
        contact = _of(there or chats, via)
    if contact is None or (row.kind == Kind.EDIT and via not in ("", _spelled(contact))):
        return None
    return Address(contact.channel, contact.account, contact.address)


def _spelled(contact: staff.Contact) -> str:
    return str(Address(contact.channel, contact.account, contact.address))


def _hearing(session: Session, group_id: int, row: Outbox) -> staff.Group | None:
    """The group; one that was given up hears what was said to it until then, and nothing after."""
    group = staff.group(session, group_id)
    gone = group is not None and group.given_up_at is not None and row.created_at > group.given_up_at
    return None if gone else group


def _of(chats: Sequence[staff.Contact], via: str) -> staff.Contact | None:
    """The chat where the person spoke, if the notice answers there; else the one where they spoke last."""
    answering = [one for one in chats if _spelled(one) == via.removeprefix(outbox.ONLY)]
    if via.startswith(outbox.ONLY):
        return next(iter(answering), None)
    return next(iter([*answering, *chats]), None)
