"""The platform's limits, counted from the outbox's own rows: a chat, a group, the channel, over a restart."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import pairwise

import pytest_asyncio
from sqlmodel import Session

from bot.talk import Pace
from storage import staff
from storage.staff import Role, Staff
from tests.scheduler.office import Office, after_restart, office_at, shown
from tests.storage.shop import bound_contact

TELEGRAM = Pace(chat_seconds=1, per_minute=60, per_minute_in_group=20, per_second=25)


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    async with office_at(sqlite_url, pace=TELEGRAM) as opened:
        yield opened


async def let_pass(office: Office, *, seconds: float, step: float = 0.25) -> None:
    for _ in range(int(seconds / step)):
        await office.works()
        office.passes(step)


def moments(office: Office, chat: str) -> list[datetime]:
    return [at for where, at in office.channel.tries if where == chat]


def crowd(office: Office, number: int) -> None:
    """Tells so many new colleagues something each."""

    def hire(session: Session) -> list[int]:
        hired = []
        for n in range(number):
            person = Staff(store_id=office.shop.store_id, key=f"new{n}", name=f"新{n}", roles=[Role.DESIGNER])
            staff.put(session, person)
            bound_contact(session, person.id, channel="fake", address=person.key)
            hired.append(person.id)
        return hired

    for staff_id in office.database.write_now(hire):
        office.tell(staff_id, "大家好")


async def test_a_chat_gets_one_message_a_second_in_order(office: Office) -> None:
    for n in range(4):
        office.tell(office.shop.wang, str(n))

    await let_pass(office, seconds=5)

    sent = moments(office, "wang")
    assert office.channel.told("wang") == [shown(str(n)) for n in range(4)]
    assert all((later - earlier).total_seconds() >= 1 for earlier, later in pairwise(sent))
    assert (sent[-1] - sent[0]).total_seconds() == 3


async def test_a_group_gets_twenty_messages_a_minute(office: Office) -> None:
    for n in range(23):
        office.tell_group(str(n), urgent=True)

    await let_pass(office, seconds=90, step=0.5)

    sent = moments(office, "store")
    assert len(sent) == 23
    assert all((sent[n + 20] - sent[n]).total_seconds() >= 60 for n in range(3))


async def test_the_whole_channel_takes_twenty_five_a_second(office: Office) -> None:
    crowd(office, 60)

    await let_pass(office, seconds=4)

    each_second = Counter(int((at - moments(office, "new0")[0]).total_seconds()) for _, at in office.channel.tries)
    assert sum(each_second.values()) == 60
    assert max(each_second.values()) <= 25


async def test_a_busy_chat_holds_nobody_else(office: Office) -> None:
    for n in range(3):
        office.tell(office.shop.wang, str(n))
    office.tell(office.shop.chen, "陈")

    await office.works()

    assert office.channel.told("wang") == [shown("0")]
    assert office.channel.told("chen") == [shown("陈")]


async def test_a_restart_forgets_no_limit(office: Office) -> None:
    for n in range(21):
        office.tell_group(str(n), urgent=True)
    await let_pass(office, seconds=25, step=0.5)
    assert len(moments(office, "store")) == 20

    restarted = after_restart(office)
    await let_pass(restarted, seconds=30, step=0.5)
    too_early = list(restarted.channel.tries)
    await let_pass(restarted, seconds=10, step=0.5)

    assert too_early == []
    assert restarted.channel.told("store") == [shown("20")]
