"""What people were answered, held against the rows: every broken promise is a line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

from bot.channels.webchat.channel import BOT, group_chat, private_chat
from storage import staff
from storage.approvals import Approval, ApprovalState
from storage.audit import Audit
from storage.database import sqlite_engine
from storage.inbox import Inbox, InboxState
from storage.leave import LIVE, Leave, LeaveHalf, LeaveState
from storage.outbox import Kind, Outbox, OutboxState
from storage.outing import Outing, OutingKind
from storage.webchat import WebMessage
from tests.journeys.writing import REASON, SUPERVISOR, Store

Row = TypeVar("Row", bound=SQLModel)
Repeat = tuple[WebMessage, WebMessage | None]
DECISIONS = {True: ("approvals.approved", "leave.approved"), False: ("approvals.refused", "leave.refused")}
SPAN = re.compile(r"\d+月\d+日 [\d:]+–[\d:]+")
ENDED = (OutboxState.SENT, OutboxState.EXPIRED)


@dataclass(frozen=True)
class Comparison:
    """The broken promises, and how much there was to keep."""

    faults: tuple[str, ...]
    answered: int
    unanswered: int
    leaves: int
    outings: int
    decisions: int
    notices: int
    repeats: int


@contextmanager
def looking_into(url: str) -> Iterator[Session]:
    """The rows of a SQLite file, which this cannot change."""
    engine = sqlite_engine(url, read_only=True)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


class Rows:
    """Everything that the comparison looks at, read at once."""

    def __init__(self, session: Session) -> None:
        self.inbox = _all(session, Inbox)
        self.outbox = _all(session, Outbox)
        self.leaves = _all(session, Leave)
        self.halves = _all(session, LeaveHalf)
        self.outings = _all(session, Outing)
        self.approvals = _all(session, Approval)
        self.audit = _all(session, Audit)
        self.shown = {message.id: message for message in _all(session, WebMessage)}
        self.people = {person.id: person.key for person in _all(session, staff.Staff)}
        self.groups = {group.id: group.address for group in _all(session, staff.Group)}

    def chat(self, recipient: str) -> str:
        kind, _, key = recipient.partition(":")
        return private_chat(self.people[int(key)]) if kind == "staff" else group_chat(self.groups[int(key)])

    def shown_as(self, row: Outbox) -> int:
        """The message's number in the web chat; 0 if it was never shown."""
        number = int(row.message_ref.removeprefix("m") or 0)
        message = self.shown.get(number)
        return number if message is not None and message.chat == self.chat(row.recipient) else 0


def _all(session: Session, table: type[Row]) -> list[Row]:
    key: Any = table.id  # type: ignore[attr-defined]
    return list(session.exec(select(table).order_by(key)))


def unsettled(url: str, store: Store, *, now: datetime) -> int:
    """How much is still to be handled or sent, as far as it is due; what was answered and is not there counts too."""
    with looking_into(url) as session:
        events = {event.event_id: event for event in _all(session, Inbox)}
        waiting = [event for event in events.values() if event.state == InboxState.WAITING]
        missing = [sent for sent in store.sent if sent.answered and sent.event_id not in events]
        going = [row for row in _all(session, Outbox) if row.state not in ENDED and row.due_at <= now]
    return len(waiting) + len(missing) + len(going)


def compare(url: str, store: Store, *, now: datetime, cuts: Sequence[int]) -> Comparison:
    """Holds the rows of the stopped store against what its people were answered.

    `cuts` are the numbers of the last message in the web chat at each death.
    """
    with looking_into(url) as session:
        rows = Rows(session)
        repeated = {chat: _repeats(rows, chat) for chat in {rows.chat(row.recipient) for row in rows.outbox}}
        return Comparison(
            faults=(
                *_messages(rows, store),
                *_answers(rows),
                *_leaves(rows, store),
                *_decisions(rows, store),
                *_outings(rows, store),
                *_notices(rows, now),
                *_order(rows),
                *_repeated(repeated, cuts, _settled_in_flight(rows)),
            ),
            answered=sum(sent.answered for sent in store.sent),
            unanswered=sum(not sent.answered for sent in store.sent),
            leaves=len(rows.leaves),
            outings=len(rows.outings),
            decisions=len(store.decided),
            notices=sum(row.state == OutboxState.SENT for row in rows.outbox),
            repeats=sum(map(len, repeated.values())),
        )


def _messages(rows: Rows, store: Store) -> Iterator[str]:
    """Each message answered 202 is there once and done; each that was not is there at most once."""
    kept = Counter(event.event_id for event in rows.inbox)
    for sent in store.sent:
        if sent.answered and not kept[sent.event_id]:
            yield f"lost: {sent.event_id} was answered 202 and is not in the inbox"
        if kept[sent.event_id] > 1:
            yield f"twice: {sent.event_id} is {kept[sent.event_id]} times in the inbox"
    for event in rows.inbox:
        if event.state != InboxState.DONE:
            yield f"not handled: {event.event_id} is {event.state} {event.error[-300:]}"
    for unknown in kept.keys() - {sent.event_id for sent in store.sent}:
        yield f"from nowhere: nobody sent {unknown}"


def _answers(rows: Rows) -> Iterator[str]:
    """A message handled once is answered once (a decision by its card), and what was typed is echoed once."""
    heard = Counter(_where(event) for event in rows.inbox if event.state == InboxState.DONE)
    answers = Counter(rows.chat(row.recipient) for row in rows.outbox if _is_answer(row))
    typed = Counter(_where(event) for event in rows.inbox if event.payload["kind"] == "text")
    echoes = Counter(message.chat for message in rows.shown.values() if message.sender != BOT)
    for chat in (heard.keys() | answers.keys()) - {private_chat(SUPERVISOR)}:
        if heard[chat] != answers[chat]:
            yield f"handled twice or not: {heard[chat]} messages and {answers[chat]} answers in {chat}"
    for chat in typed.keys() | echoes.keys():
        if typed[chat] != echoes[chat]:
            yield f"echoes: {typed[chat]} texts and {echoes[chat]} echoes in {chat}"


def _where(event: Inbox) -> str:
    chat = str(event.payload["chat"])
    return private_chat(event.event_id.partition(":")[0]) if chat == "private" else group_chat(chat)


def _is_answer(row: Outbox) -> bool:
    """Answers carry the chat in which the person spoke; nothing else goes to the group at once."""
    return row.kind == Kind.SEND and (bool(row.via) or (row.recipient.startswith("group:") and not row.digest))


def _leaves(rows: Rows, store: Store) -> Iterator[str]:
    """A confirmed request is one leave with its half day, one request for approval, one entry in the audit."""
    found = Counter(leave.reason for leave in rows.leaves)
    for reason in store.confirmed.keys() | found.keys():
        if (reason in store.confirmed) != found[reason]:
            yield f"leave: {reason!r} is there {found[reason]} times"
    halves = Counter(half.leave_id for half in rows.halves)
    asked = Counter(request.subject for request in rows.approvals)
    noted = Counter(entry.subject for entry in rows.audit if entry.verb == "leave.asked")
    for leave in rows.leaves:
        subject = f"leave:{leave.id}"
        if store.confirmed.get(leave.reason) != rows.people[leave.staff_id]:
            yield f"leave: {subject} ({leave.reason}) belongs to {rows.people[leave.staff_id]}"
        if halves[leave.id] != (leave.state in LIVE) or asked[subject] != 1 or noted[subject] != 1:
            yield f"leave: {subject} has {halves[leave.id]} half days, {asked[subject]} asked, {noted[subject]} noted"


def _decisions(rows: Rows, store: Store) -> Iterator[str]:
    """What was pressed first stands, is noted once and told to the applicant once; the rest is undecided."""
    states = {leave.id: leave.state for leave in rows.leaves}
    for request in (one for one in rows.approvals if one.subject.startswith("leave:")):
        approved = store.decided.get(request.id)
        if approved is None:
            expected: tuple[object, ...] = (ApprovalState.PENDING, LeaveState.PENDING, None, "", 0, 0)
        else:
            state = (
                (ApprovalState.APPROVED, LeaveState.APPROVED)
                if approved
                else (
                    ApprovalState.REFUSED,
                    LeaveState.REFUSED,
                )
            )
            expected = (*state, SUPERVISOR, "" if approved else REASON, 1, 1)
        found = _found(rows, request, states[int(request.subject.partition(":")[2])])
        if found != expected:
            yield f"decision: {request.subject} is {found}, not {expected}"
    for unknown in store.decided.keys() - {request.id for request in rows.approvals}:
        yield f"decision: request {unknown} is gone"


def _outings(rows: Rows, store: Store) -> Iterator[str]:
    """A confirmed outing or trip is there once, noted once, asked for or told to the front desk once."""
    found = Counter(out.place for out in rows.outings)
    for place in store.out.keys() | found.keys():
        if (place in store.out) != found[place]:
            yield f"out: {place!r} is there {found[place]} times"
    noted = Counter(entry.subject for entry in rows.audit if entry.verb in ("outing.told", "trip.asked"))
    asked = Counter(request.subject for request in rows.approvals)
    told = Counter(row.subject for row in rows.outbox if row.content["key"] == "outing.told_front_desk")
    for out in rows.outings:
        if store.out.get(out.place) != rows.people[out.staff_id]:
            yield f"out: {out.subject} ({out.place}) belongs to {rows.people[out.staff_id]}"
        trip = out.kind == OutingKind.TRIP
        counts = {"noted": noted[out.subject], "asked": asked[out.subject], "told": told[out.subject]}
        if counts != {"noted": 1, "asked": int(trip), "told": int(not trip)}:
            yield f"out: {out.subject} is {counts}"


def _found(rows: Rows, request: Approval, leave: LeaveState) -> tuple[object, ...]:
    verbs, keys = zip(*DECISIONS.values(), strict=True)
    noted = [entry for entry in rows.audit if entry.subject == request.subject and entry.verb in verbs]
    told = [row for row in rows.outbox if row.subject == request.subject and row.content["key"] in keys]
    told = [row for row in told if row.kind == Kind.SEND]
    by = rows.people[request.decided_by_id] if request.decided_by_id else None
    return (request.state, leave, by, request.reason, len(noted), len(told))


def _notices(rows: Rows, now: datetime) -> Iterator[str]:
    """Whatever was due has been sent and is shown, or is not wanted any more."""
    for row in rows.outbox:
        held = row.state == OutboxState.WAITING and row.due_at > now
        if row.state not in ENDED and not held:
            yield f"notice: {row.id} to {row.recipient} is {row.state} {row.error}"
        if row.state == OutboxState.SENT and not rows.shown_as(row):
            yield f"notice: {row.id} was sent and {row.recipient} cannot see it"


def _order(rows: Rows) -> Iterator[str]:
    """Each recipient sees the notices in the order in which they were written, those held back excepted."""
    last: defaultdict[str, int] = defaultdict(int)
    for row in rows.outbox:
        if row.kind != Kind.SEND or row.state != OutboxState.SENT or row.due_at != row.created_at:
            continue
        place = rows.shown_as(row)
        if place <= last[row.recipient]:
            yield f"order: notice {row.id} stands before an older one of {row.recipient}"
        last[row.recipient] = place


def _repeats(rows: Rows, chat: str) -> list[Repeat]:
    """Messages of the bot that no row knows, each with the known one that came next in that chat."""
    known = {rows.shown_as(row) for row in rows.outbox}
    said = [message for message in rows.shown.values() if message.chat == chat and message.sender == BOT]
    return [
        (message, next((later for later in said if later.id > message.id and later.id in known), None))
        for message in said
        if message.id not in known
    ]


def _settled_in_flight(rows: Rows) -> set[str]:
    """What was in flight at a death and is not said again: its card was pressed before it could be."""
    gone = [row.card for row in rows.outbox if row.state == OutboxState.EXPIRED and row.attempts]
    return {span[0] for card in gone if (span := SPAN.search(card))}


def _repeated(repeated: Mapping[str, Sequence[Repeat]], cuts: Sequence[int], settled: set[str]) -> Iterator[str]:
    """What was shown again is the notice in flight at a death, at most one for each recipient and death."""
    for chat, messages in repeated.items():
        for cut, number in Counter(bisect_left(cuts, message.id) for message, _ in messages).items():
            if number > (cut < len(cuts)):
                yield f"repeats: {number} in {chat} before death {cut + 1} of {len(cuts)}"
        for message, again in messages:
            if (again is None or _fact(again) != _fact(message)) and _fact(message) not in settled:
                yield f"another fact: nothing repeats m{message.id} in {chat}: {_fact(message)}"


def _fact(message: WebMessage) -> str:
    """What a message is about: the span of a leave, which stays when its card changes; otherwise what it says."""
    span = SPAN.search(message.text)
    return span[0] if span else message.text
