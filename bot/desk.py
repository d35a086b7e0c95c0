"""The front desk: one incoming message, one transaction, facts and reply and notices. One lane per person, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import structlog
from sqlmodel import Session

from bot import filling, hearing
from bot.clock import Clock
from bot.failpoints import failpoint
from bot.failures import failure
from bot.feature import Answer, Context, Feature, Refusal
from bot.handlers import people_directory, people_joining
from bot.notices import Notice, as_content, notice
from bot.reach import Reach, managers_but
from bot.stores import open_store
from bot.talk import NEWS_OF_CHATS, PRIVATE, Incoming, Said
from storage import inbox, outbox, staff
from storage.database import Database, check, is_conflict
from storage.inbox import Inbox
from storage.staff import Contact, Group, Staff

log = structlog.get_logger()

RETRY_SECONDS = (0.1, 0.5)

Observe = Callable[[str, float], None]


class NotHandled(Exception):
    """A message that could not be handled: nothing of it stays, and it is counted in a transaction of its own."""

    def __init__(self, inbox_id: int, problem: str) -> None:
        super().__init__(problem)
        self.inbox_id = inbox_id
        self.problem = problem


class Refused(Exception):
    """Somebody asked for what is not possible: nothing of it stays, and it is told in a transaction of its own.

    Most messages ask for what is possible, so none of them pays for a savepoint.
    """

    def __init__(self, inbox_id: int, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.inbox_id = inbox_id
        self.refusal = refusal


class Desk:
    """Keeps what comes in, then handles it; a lane is a task that lives while its person's messages wait."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        features: Mapping[str, Feature],
        observe: Observe = lambda _what, _seconds: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._features = features
        self._reach = Reach(features)
        self._observe = observe
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    async def receive(self, *incoming: Incoming) -> bool:
        """Keeps the events durably, in their order; True if any was new. Their bells let the lanes handle them."""
        any_new = await self._database.write(partial(self._keep_all, incoming), first=True)
        failpoint("stored not acknowledged")
        return any_new

    def _keep_all(self, incoming: Sequence[Incoming], session: Session) -> bool:
        kept = [self.keep(one, session) for one in incoming]
        return any(lane is not None for lane in kept)

    def keep(self, incoming: Incoming, session: Session) -> str | None:
        """The part of `receive` that a channel may do in a transaction of its own; the lane, if it was new."""
        return inbox.store_incoming(
            session,
            channel=incoming.channel,
            account=incoming.account,
            event_id=incoming.event_id,
            sender=incoming.sender,
            payload=incoming.payload(),
            now=self._clock.now(),
            parked=incoming.action if incoming.kind == Said.UNREADABLE else "",
        )

    def wake(self, lane: str) -> None:
        """Lets the lane handle what waits in it; call it after the commit, in the event loop."""
        if lane in self._lanes:
            self._again.add(lane)
            return
        self._lanes[lane] = asyncio.create_task(self._work(lane), name=lane)

    async def wake_all(self) -> None:
        """Takes up what waits, at the start and whenever another process may have died."""
        for lane in await self._database.read(inbox.waiting_lanes):
            self.wake(lane)

    @property
    def idle(self) -> bool:
        return not self._lanes

    async def close(self) -> None:
        """Lets the message in hand of each lane finish; the others wait for the next start."""
        self._again.clear()
        for task in self._lanes.values():
            task.cancel()
        await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    async def _work(self, lane: str) -> None:
        try:
            failures, refused = 0, None
            while True:
                self._again.discard(lane)
                try:
                    more = await self._database.write(partial(self.handle_next, lane, refused=refused))
                except Refused as asked:
                    refused = asked
                    continue
                except NotHandled as failed:
                    failures += 1
                    await self._count(failed, lane)
                    await asyncio.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1])
                    continue
                if more is not None:
                    failpoint("committed not woken")
                if not more and lane not in self._again:
                    return
        except Exception:
            # The lane's next message, or the safety tick, takes it up again.
            log.exception("lane stopped")
        finally:
            del self._lanes[lane]
            if lane in self._again:
                self.wake(lane)

    async def _count(self, failed: NotHandled, lane: str) -> None:
        log.error("message not handled", inbox_id=failed.inbox_id, exc_info=failed.__cause__)
        await self._database.write(partial(self._record_failure, failed, lane))

    def _record_failure(self, failed: NotHandled, lane: str, session: Session) -> None:
        if not inbox.record_failure(session, failed.inbox_id, failed.problem):
            return
        self._observe("parked", 0.0)
        self._put(session, None, lane, notice("desk.broken"))
        if lane.startswith("staff:"):
            person = staff.get(session, int(lane.removeprefix("staff:")))
            scene = open_store(session, person.store_id, self._clock.now(), self._features)
            for admin in managers_but(scene, person):
                scene.tell(admin.id, notice("desk.broken_for", name=person.name), dedupe=f"parked|{failed.inbox_id}")

    def handle_next(self, lane: str, session: Session, *, refused: Refused | None = None) -> bool | None:
        """Handles the lane's oldest message: whether another waits, None if there was none.

        Raises NotHandled, or Refused, which is told when it is given back.
        """
        kind, _, key = lane.partition(":")
        person = staff.lock(session, int(key)) if kind == "staff" else None
        if person is None:
            staff.lock_contact(session, int(key))
        waiting = inbox.next_in_lane(session, lane)
        if waiting is None:
            return None
        event, contact = waiting.event, waiting.contact
        if inbox.lane_of(contact) != lane:
            # The chat became somebody's while this was being kept: it waits in their lane, with what is there.
            inbox.move_lane(session, contact, old=lane)
            return True
        try:
            incoming = _incoming(event, contact)
            if incoming.kind in NEWS_OF_CHATS:
                self._reach.hear(session, incoming, contact, self._clock.now())
            elif person is None and self._recognises(session, contact, incoming):
                return True
            elif person is None or (not person.active and people_joining.is_joining(incoming)):
                self._hear_stranger(session, event, contact, incoming)
            else:
                self._handle(session, event, person, incoming, refused)
            check(session)
        except Refused:
            raise
        except Exception as error:
            if is_conflict(error):
                raise
            raise NotHandled(event.id, failure(error)) from error
        now = self._clock.now()
        inbox.mark_done(session, event, now=now)
        self._observe("handled", (now - event.received_at).total_seconds())
        return waiting.more

    def _recognises(self, session: Session, contact: Contact, incoming: Incoming) -> bool:
        """Whether the platform vouches for one of our people; all that they said is then heard in their own lane."""
        welcome = people_directory.recognise(session, contact, incoming, self._clock.now(), self._features)
        if welcome is not None:
            self._put(session, welcome.store_id, welcome.recipient, welcome.said, via=_back_to(incoming))
        return welcome is not None

    def _hear_stranger(self, session: Session, event: Inbox, contact: Contact, incoming: Incoming) -> None:
        """Somebody of no store, or who left one: they may bring a code, otherwise there is little to say.

        In a group nobody is told so: it may not be theirs, and they may have no chat of their own.
        """
        if incoming.chat != PRIVATE:
            inbox.forget_words(session, event)
            return
        now = self._clock.now()
        heard = people_joining.hear_stranger(session, contact, incoming, event.id, now, self._features)
        if heard is not None:
            via = _back_to(incoming) if heard.store_id else ""
            self._put(session, heard.store_id, heard.recipient, heard.said, via=via)

    def _handle(
        self, session: Session, event: Inbox, person: Staff, incoming: Incoming, refused: Refused | None
    ) -> None:
        staff.spoke(session, event.contact_id, now=self._clock.now())
        in_group = incoming.chat != PRIVATE
        group = self._group(session, incoming, person) if in_group else None
        scene = open_store(session, person.store_id, self._clock.now(), self._features)
        ctx = Context(**vars(scene), me=person, said=incoming.text, in_group=in_group, inbox_id=event.id)
        if not self._concerns_us(ctx, incoming, group):
            inbox.forget_words(session, event)
            return
        private, answer = self._answer(ctx, incoming, refused)
        if answer is None:
            return
        if in_group and group is None:
            # Perhaps it is the store's by now.
            group = self._group(session, incoming, person)
        if group is None or private:
            self._put(session, person.store_id, event.lane, answer, via=_back_to(incoming))
        else:
            self._put(session, person.store_id, f"group:{group.id}", answer)
        if private and group is not None:
            whom = notice("desk.in_private", name=person.name, person_id=person.id)
            self._put(session, person.store_id, f"group:{group.id}", whom)

    def _concerns_us(self, ctx: Context, incoming: Incoming, group: Group | None) -> bool:
        """People of a group talk among themselves; one that is not the store's may only be made it."""
        if ctx.in_group and group is None:
            return incoming.addressed and hearing.may_be_said_in_any_group(ctx, incoming.text)
        return incoming.addressed or hearing.is_command_alone(ctx, incoming.text)

    def _group(self, session: Session, incoming: Incoming, person: Staff) -> Group | None:
        """The group in which this was said, if it is the person's store's."""
        at = staff.group_at(session, channel=incoming.channel, account=incoming.account, address=incoming.chat)
        return at if at is not None and at.store_id == person.store_id else None

    def _answer(self, ctx: Context, incoming: Incoming, refused: Refused | None) -> tuple[bool, Answer]:
        """Whether the answer is private, and the answer; raises Refused, which is told when it is given back."""
        if refused is not None and refused.inbox_id == ctx.inbox_id:
            return True, _tell_refused(ctx, incoming, refused.refusal)
        if not ctx.me.active:
            return True, notice("desk.not_active")
        try:
            return hearing.answer(ctx, incoming)
        except Refusal as refusal:
            raise Refused(ctx.inbox_id, refusal) from refusal

    def _put(self, session: Session, store_id: int | None, recipient: str, said: Notice, *, via: str = "") -> None:
        outbox.put(
            session,
            store_id=store_id,
            recipient=recipient,
            content=as_content(said),
            now=self._clock.now(),
            via=via,
            subject=said.subject,
        )


def _tell_refused(ctx: Context, incoming: Incoming, refusal: Refusal) -> Notice:
    """What a person may not do changes nothing and is told; what nobody should try is on record."""
    if refusal.ends_form:
        filling.leave_open_form(ctx)
    if refusal.audited:
        ctx.record(refusal.audited, incoming.action[:64] or "text", by=ctx.me, rule=refusal.notice.key)
    return refusal.notice


def _back_to(incoming: Incoming) -> str:
    """The chat in which the person is, so that they are answered there."""
    return f"{incoming.channel}|{incoming.account}|{incoming.sender}"


def _incoming(event: Inbox, contact: Contact) -> Incoming:
    return Incoming.of(
        channel=event.channel,
        account=event.account,
        event_id=event.event_id,
        sender=contact.address,
        payload=event.payload,
    )
