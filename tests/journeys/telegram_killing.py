"""A front desk on Telegram that dies while people write, and starts again; then what they were told is compared."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from bot.clock import monotonic_seconds
from storage.inbox import Inbox, InboxState
from storage.leave import Leave
from storage.outbox import Kind, Outbox, OutboxState
from tests.journeys.comparing import looking_into
from tests.journeys.killing import POLL_SECONDS, Death
from tests.journeys.telegram_people import PATIENCE_SECONDS, Staff, TelegramFront

MODES = ("polling", "webhook")
DEATH_SECONDS = 30
# After the last death people go on until so many requests for leave are confirmed: there is something to compare.
LEAVES_AT_LEAST = 3


@dataclass(frozen=True)
class Work:
    """The people of a store and its front desk, which was not started yet."""

    staff: Staff
    front: TelegramFront


@dataclass(frozen=True)
class Kept:
    """How much there was to keep, and how much was said once more than it was meant."""

    updates: int
    leaves: int
    notices: int
    repeats: int


async def lived_through(work: Work, deaths: Sequence[Death]) -> list[int]:
    """People write, the process dies each of these deaths; at the end all is settled and it stops. How each ended."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(work.staff.write())
        codes = [await _die(work, death) for death in deaths]
        await work.front.open()
        await work.staff.fake.until(lambda: len(work.staff.confirmed) >= LEAVES_AT_LEAST, PATIENCE_SECONDS)
        work.staff.going_home = True
    await work.staff.fake.until(lambda: not work.staff.fake.pending, PATIENCE_SECONDS)
    await _settled(work)
    return [*codes, await work.front.stop()]


async def _die(work: Work, death: Death) -> int:
    process = await work.front.start(death.failpoint)
    async with asyncio.timeout(DEATH_SECONDS), asyncio.TaskGroup() as beside:
        moving = beside.create_task(work.staff.let_time_pass(work.front)) if death.moves_clock else None
        if not death.failpoint:
            await work.front.opened()
            await asyncio.sleep(death.seconds)
            process.send_signal(death.signal)
        code = await process.wait()
        if moving is not None:
            moving.cancel()
    return code


async def _settled(work: Work) -> None:
    """Until everything is handled and everything due is sent, or patience ends."""
    until = monotonic_seconds() + PATIENCE_SECONDS
    while monotonic_seconds() < until:
        with looking_into(work.front.database) as session:
            if not _open(session):
                return
        await asyncio.sleep(POLL_SECONDS)


def _open(session: Session) -> int:
    """How much waits that may go at once; a card that is to change may change later."""
    waiting = [one for one in session.exec(select(Inbox)) if one.state == InboxState.WAITING]
    going = [one for one in session.exec(select(Outbox)) if one.state in (OutboxState.WAITING, OutboxState.SENDING)]
    return len(waiting) + sum(
        one.kind == Kind.SEND and not one.digest and one.due_at == one.created_at for one in going
    )


def faults(work: Work, *, deaths: int) -> list[str]:
    """Every broken promise is a line."""
    with looking_into(work.front.database) as session:
        return [
            *_updates(session, work.staff),
            *_leaves(session, work.staff),
            *_answers(session, work.staff, deaths),
        ]


def _updates(session: Session, staff: Staff) -> Iterator[str]:
    """Each update that Telegram was confirmed is there once and done, and nothing else is."""
    kept = Counter(one.event_id for one in session.exec(select(Inbox)))
    for number in staff.said():
        if kept[number] != 1:
            yield f"update {number} was confirmed and is {kept[number]} times in the inbox"
    for number in kept.keys() - set(staff.said()):
        yield f"update {number} is in the inbox and was not confirmed"
    for one in session.exec(select(Inbox)):
        if one.state != InboxState.DONE:
            yield f"update {one.event_id} is {one.state}: {one.error[-300:]}"


def _leaves(session: Session, staff: Staff) -> Iterator[str]:
    found = Counter(leave.reason for leave in session.exec(select(Leave)))
    for reason in staff.confirmed.keys() | found.keys():
        if (reason in staff.confirmed) != found[reason]:
            yield f"leave {reason!r} is there {found[reason]} times"


def _answers(session: Session, staff: Staff, deaths: int) -> Iterator[str]:
    """One answer for each question; a death may repeat the one that was in flight."""
    rows = [one for one in session.exec(select(Outbox)) if one.kind == Kind.SEND]
    unsent = [one for one in rows if one.state == OutboxState.FAILED]
    if unsent:
        yield f"not sent: {[(one.recipient, one.error) for one in unsent]}"
    in_group = [one for one in rows if one.recipient.startswith("group:") and not one.digest]
    if len(in_group) != staff.asked["group"]:
        yield f"{staff.asked['group']} questions and {len(in_group)} answers in the group"
    for name, due, heard in _heard(rows, staff):
        if not due <= heard <= due + deaths:
            yield f"{name} was told {due} things and heard {heard}"


def _heard(rows: Sequence[Outbox], staff: Staff) -> Iterator[tuple[str, int, int]]:
    """Each person, how much they were told in private, how much they heard."""
    for name, person in staff.people.items():
        told = [one for one in rows if one.state == OutboxState.SENT and one.address.endswith(f"|{person.id}")]
        yield name, len(told), sum(one.sender == staff.fake.bot.name for one in person.sees())


def kept(work: Work) -> Kept:
    with looking_into(work.front.database) as session:
        rows = [one for one in session.exec(select(Outbox)) if one.kind == Kind.SEND]
        return Kept(
            updates=len(work.staff.said()),
            leaves=len(session.exec(select(Leave)).all()),
            notices=sum(one.state == OutboxState.SENT for one in rows),
            repeats=sum(heard - due for _, due, heard in _heard(rows, work.staff)),
        )
