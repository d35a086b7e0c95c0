"""Nothing that Telegram was confirmed is lost or done twice, whenever the process dies: a real demo, a real kill -9."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL

import pytest
import pytest_asyncio
from sqlmodel import Session, select

from bot.clock import monotonic_seconds
from bot.failpoints import NAMES
from storage.inbox import Inbox, InboxState
from storage.leave import Leave
from storage.outbox import Kind, Outbox, OutboxState
from tests.journeys.comparing import looking_into
from tests.journeys.killing import POLL_SECONDS, Death
from tests.journeys.telegram_people import PATIENCE_SECONDS, TALKATIVE, Staff, TelegramFront
from tests.telegram import FakeTelegram

# At which pass the process dies: amid the traffic, which goes at Telegram's pace.
PASSES = {"stored not acknowledged": 3, "committed not woken": 3, "sending not marked": 2, "ringing": 1}
LATEST_SECONDS = 0.8
DEATH_SECONDS = 30
pytestmark = pytest.mark.timeout(200)


@dataclass(frozen=True)
class Work:
    """The people of a store and its front desk, which was not started yet."""

    staff: Staff
    front: TelegramFront


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram:
        yield telegram
    assert telegram.complaints == []


@pytest_asyncio.fixture
async def work(request: pytest.FixtureRequest, fake: FakeTelegram, folder: Path) -> AsyncIterator[Work]:
    front = TelegramFront(folder, fake, request.param)
    staff = Staff(fake)
    staff.settle_in(front.database)
    yield Work(staff, front)
    await front.end()


async def lived_through(work: Work, deaths: Sequence[Death]) -> list[int]:
    """People write, the process dies each of these deaths; at the end all is settled and it stops. How each ended."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(work.staff.write())
        codes = [await _die(work, death) for death in deaths]
        await work.front.open()
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
    heard = [one for one in staff.people[TALKATIVE].sees() if one.sender == staff.fake.bot.name]
    due = [one for one in rows if one.address.endswith(f"|{staff.people[TALKATIVE].id}")]
    if not len(due) <= len(heard) <= len(due) + deaths:
        yield f"{TALKATIVE} was told {len(due)} things and heard {len(heard)}"


def named(*names: str) -> list[Death]:
    return [Death(failpoint=f"{name}@{PASSES[name]}", moves_clock=name == "ringing") for name in names]


def at_any_instant(seed: int, number: int) -> list[Death]:
    instants = random.Random(seed)
    return [Death(seconds=instants.uniform(0.0, LATEST_SECONDS)) for _ in range(number)]


@pytest.mark.parametrize(
    ("work", "names", "kills"),
    [("polling", NAMES, 3), ("webhook", ("stored not acknowledged", "sending not marked"), 5)],
    indirect=["work"],
    ids=["polling", "webhook"],
)
async def test_nothing_is_lost_or_done_twice_wherever_and_whenever_the_process_dies(
    work: Work, names: Sequence[str], kills: int
) -> None:
    seed = random.randrange(2**32)
    deaths = [*named(*names), *at_any_instant(seed, kills)]

    *codes, stopped = await lived_through(work, deaths)

    assert faults(work, deaths=len(deaths)) == [], f"seed {seed}: {work.front.said()}"
    assert codes == [-SIGKILL] * len(deaths), f"seed {seed}"
    assert stopped == 0
    assert len(work.staff.confirmed) >= 3
