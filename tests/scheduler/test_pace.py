"""The platform's limits, counted from the outbox's own rows: a chat, a group, the channel, over a restart."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import wait
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import Session

from bot.notices import as_content
from bot.scheduler.pace import free_at, spread_until
from bot.talk import Address, DeliveryError, Pace
from storage import group_chats, outbox, staff
from storage.database import Database
from storage.outbox import Kind, Outbox
from storage.staff import Role, Staff
from tests.scheduler.office import FAKE, Office, StoodClock, after_restart, office_at, shown, words
from tests.storage.shop import NOW, bound_contact, open_shop, queue_notice

TELEGRAM = Pace(chat_seconds=1, per_minute=60, per_minute_in_group=20, per_second=25)
HOURLY = Pace(chat_seconds=1, per_minute=10, per_minute_in_group=10, per_second=50, per_hour=25)
SPREADING = Pace(chat_seconds=0, per_minute=60, per_minute_in_group=20, per_second=50, spread_seconds=45)
FULL, HALF, BETWEEN = (NOW.replace(minute=minute) for minute in (0, 30, 1))


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


async def test_a_chat_gets_so_many_an_hour_where_the_platform_counts_them(sqlite_url: str) -> None:
    async with office_at(sqlite_url, clock=StoodClock(BETWEEN), pace=HOURLY) as office:
        for n in range(27):
            office.tell(office.shop.wang, str(n))

        await let_pass(office, seconds=200, step=1)
        within_the_hour = len(moments(office, "wang"))
        office.passes(3400)
        await let_pass(office, seconds=150, step=5)

        sent = moments(office, "wang")
        assert within_the_hour == 25
        assert len(sent) == 27
        assert all((sent[n + 25] - sent[n]).total_seconds() >= 3600 for n in range(2))


def row(recipient: str = "staff:1", **more: Any) -> Outbox:
    return Outbox(recipient=recipient, content={}, created_at=NOW, due_at=NOW, **more)


@pytest.mark.parametrize("crowded", [FULL, HALF])
def test_what_nobody_waits_for_is_spread_over_a_crowded_minute(crowded: datetime) -> None:
    times = [spread_until(SPREADING, row(f"staff:{n}"), real=crowded) for n in range(200)]

    seconds = Counter(int((at - crowded).total_seconds()) for at in times if at is not None)
    assert min(seconds) >= 1
    assert max(seconds) <= 44
    assert max(seconds.values()) <= 12


def test_from_their_second_on_nobody_waits_any_more() -> None:
    at = spread_until(SPREADING, row(), real=FULL)

    assert at is not None
    assert spread_until(SPREADING, row(), real=at) is None
    assert spread_until(SPREADING, row(), real=at - timedelta(seconds=1)) == at


def test_at_another_minute_nothing_is_spread() -> None:
    assert [spread_until(SPREADING, row(f"staff:{n}"), real=BETWEEN) for n in range(50)] == [None] * 50


AWAITED = [row(via="fake|local|wang"), row(kind=Kind.EDIT)]


@pytest.mark.parametrize("awaited", AWAITED, ids=["an answer", "a card's change"])
def test_what_somebody_waits_for_is_not_spread(awaited: Outbox) -> None:
    assert spread_until(SPREADING, awaited, real=FULL) is None


async def test_an_answer_goes_ahead_of_what_is_spread(sqlite_url: str) -> None:
    async with office_at(sqlite_url, pace=SPREADING, clock=StoodClock(FULL)) as office:
        office.tell(office.shop.wang, "早报")
        office.database.write_now(partial(answer, staff_id=office.shop.wang))
        await office.works()
        at_once = office.channel.told("wang")

        office.passes(45)
        await office.works()

        assert at_once == [shown("答复")]
        assert office.channel.told("wang") == [shown("答复"), shown("早报")]


def answer(session: Session, *, staff_id: int) -> None:
    """What the person has asked for, in the chat where they asked."""
    said = as_content(words("答复"))
    outbox.put(session, store_id=None, recipient=f"staff:{staff_id}", content=said, now=FULL, via=f"{FAKE}|local|wang")


def test_where_nothing_is_crowded_nothing_is_spread() -> None:
    assert spread_until(TELEGRAM, row(), real=FULL) is None


async def test_several_notices_of_a_crowded_minute_wait_together_and_not_one_after_another(sqlite_url: str) -> None:
    async with office_at(sqlite_url, clock=StoodClock(FULL), pace=SPREADING) as office:
        for n in range(5):
            office.tell(office.shop.wang, str(n))

        await let_pass(office, seconds=60, step=1)

        sent = moments(office, "wang")
        assert len(sent) == 5
        assert len(set(sent)) == 1


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


def open_topic(office: Office) -> None:
    """The store has a second topic in its group, which hears everything too."""
    place = {"channel": FAKE, "account": "local", "address": "store/2"}
    office.database.write_now(
        lambda session: group_chats.take_group(session, office.shop.store_id, name="外出", **place)
    )


async def test_a_chat_that_is_to_wait_gets_nothing_older_meanwhile_either(office: Office) -> None:
    office.tell_group("攒着")
    await let_pass(office, seconds=40, step=1)
    office.channel.failures["store"] = [DeliveryError("flood", retry_after=50)]
    office.tell_group("急", urgent=True)
    await office.works()
    office.tell_group("也急", urgent=True)

    await let_pass(office, seconds=49, step=1)
    too_early = office.channel.told("store")
    await let_pass(office, seconds=5)

    assert too_early == []
    assert office.channel.told("store") == [shown("攒着"), shown("急"), shown("也急")]


async def test_the_topics_of_a_group_wait_together(office: Office) -> None:
    office.channel.failures["store"] = [DeliveryError("flood", retry_after=50)]
    office.tell_group("急", urgent=True)
    await office.works()
    open_topic(office)
    office.tell_group("也急", urgent=True)

    await let_pass(office, seconds=49, step=1)
    too_early = office.channel.sent[:]
    await let_pass(office, seconds=5)

    assert too_early == []
    assert office.channel.told("store") == [shown("急"), shown("也急")]
    assert office.channel.told("store/2") == [shown("也急")]


async def test_what_is_gathered_is_one_message_however_long_its_lines_are(office: Office) -> None:
    said = [f"{number}{'长' * 500}" for number in range(15)]
    for one in said:
        office.tell_group(one)

    await let_pass(office, seconds=70, step=1)

    told = office.channel.told("store")
    assert [line for message in told for line in message.split("\n")] == [shown(one) for one in said]
    assert [message.count("\n") + 1 for message in told] == [6, 6, 3]
    assert all(len(message) <= 3500 for message in told)


def test_two_processes_count_one_after_the_other(postgres_url: str) -> None:
    here, there = Database(postgres_url), Database(postgres_url)
    shop = here.write_now(open_shop)
    number = queue_notice(here, shop, "group:1")
    counted, go_on = threading.Event(), threading.Event()
    first, second = (Address(FAKE, "local", f"store/{topic}", group=True) for topic in (1, 2))
    free = partial(free_at, pace=TELEGRAM, real=NOW, group=True)

    def send_slowly(session: Session) -> datetime | None:
        answer = free(session, to=first)
        counted.set()
        assert go_on.wait(10)
        row = outbox.get(session, number or 0)
        assert row is not None
        outbox.lease(session, row, until=NOW, address="fake|local|store", going=NOW)
        return answer

    slow = here.submit(send_slowly)
    assert counted.wait(10)
    other = there.submit(partial(free, to=second))
    wait([other], 0.3)
    go_on.set()

    assert slow.result(10) is None
    assert other.result(10) == NOW + timedelta(seconds=1)
    here.close()
    there.close()
