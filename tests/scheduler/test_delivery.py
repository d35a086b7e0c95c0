"""Delivery: in order per recipient, tried again with patience, given up where nothing can arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from itertools import pairwise

import pytest
import pytest_asyncio

from bot.notices import as_content, notice
from bot.scheduler import delivery
from bot.talk import DeliveryError
from storage import outbox, staff
from storage.outbox import OutboxState
from tests.scheduler.office import Office, after_restart, office_at, shown, words
from tests.storage.shop import bound_contact

UNREACHABLE = "收不到我的消息"


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with office_at(database_url) as opened:
        yield opened


def fails(office: Office, chat: str, *failures: DeliveryError) -> None:
    office.channel.failures[chat].extend(failures)


def flood() -> DeliveryError:
    return DeliveryError("try again")


async def test_each_recipient_gets_everything_in_order(office: Office) -> None:
    for n in range(5):
        office.tell(office.shop.wang, f"王{n}")
        office.tell(office.shop.chen, f"陈{n}")

    await office.works()

    assert office.channel.told("wang") == [shown(f"王{n}") for n in range(5)]
    assert office.channel.told("chen") == [shown(f"陈{n}") for n in range(5)]
    assert {row.state for row in office.rows()} == {OutboxState.SENT}
    assert all(row.message_ref in office.channel.messages for row in office.rows())


async def test_a_passing_failure_is_tried_again_with_growing_delays(office: Office) -> None:
    fails(office, "wang", *[flood()] * 5)
    office.tell(office.shop.wang, "一")

    for _ in range(200):
        await office.works()
        office.passes(0.5)

    moments = [at for _, at in office.channel.tries]
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    assert office.channel.told("wang") == [shown("一")]
    assert len(waits) == 5
    assert all(0.75 * 2**n <= wait <= 2**n + 0.5 for n, wait in enumerate(waits))


async def test_what_comes_behind_a_failure_waits_for_it(office: Office) -> None:
    fails(office, "wang", flood())
    office.tell(office.shop.wang, "一")
    office.tell(office.shop.wang, "二")

    await office.works()
    before = office.channel.told("wang")
    office.passes(1)
    await office.works()

    assert before == []
    assert office.channel.told("wang") == [shown("一"), shown("二")]


async def test_a_flood_wait_holds_that_chat_only_and_just_as_long(office: Office) -> None:
    fails(office, "wang", DeliveryError("too many", retry_after=17))
    office.tell(office.shop.wang, "一")
    office.tell(office.shop.chen, "二")

    await office.works()
    office.passes(16.9)
    await office.works()
    early = office.channel.told("wang")
    office.passes(0.1)
    await office.works()

    assert office.channel.told("chen") == [shown("二")]
    assert early == []
    assert office.channel.told("wang") == [shown("一")]


async def test_who_blocked_the_bot_is_marked_and_the_manager_hears_it_once(office: Office) -> None:
    fails(office, "wang", *[DeliveryError("blocked", permanent=True)] * 3)
    for n in range(3):
        office.tell(office.shop.wang, f"王{n}")
    office.tell(office.shop.chen, "陈")

    await office.works()

    assert [said for said in office.channel.told("zhou") if UNREACHABLE in said] != []
    assert len(office.channel.told("zhou")) == 1
    assert office.channel.told("chen") == [shown("陈")]
    assert [row.state for row in office.rows() if row.recipient == f"staff:{office.shop.wang}"] == [
        OutboxState.FAILED
    ] * 3
    assert len(office.channel.tries) == 3


async def test_a_person_with_another_chat_is_reached_there(office: Office) -> None:
    office.database.write_now(
        lambda session: bound_contact(session, office.shop.wang, channel="fake", address="wang_home")
    )
    fails(office, "wang", DeliveryError("blocked", permanent=True))
    office.tell(office.shop.wang, "一")
    office.tell(office.shop.wang, "二")

    await office.works()

    assert office.channel.told("wang_home") == [shown("一"), shown("二")]


async def test_a_person_without_any_chat_stops_nobody(office: Office) -> None:
    office.database.write_now(lambda session: staff.block(session, 1))
    office.tell(office.shop.wang, "一")
    office.tell(office.shop.chen, "二")

    await office.works()

    assert office.channel.told("chen") == [shown("二")]
    assert office.rows()[0].error == "no chat to reach them"


async def test_after_many_tries_a_chat_is_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "TRIES", 3)
    fails(office, "wang", *[flood()] * 3)
    office.tell(office.shop.wang, "一")
    office.tell(office.shop.wang, "二")

    for _ in range(4):
        await office.works()
        office.passes(400)

    assert office.rows()[0].state == OutboxState.FAILED
    assert len(office.channel.told("zhou")) == 1


async def test_a_channel_that_does_not_answer_is_not_waited_for_endlessly(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SEND_TIMEOUT_SECONDS", 0.02)
    office.channel.gates["wang"] = asyncio.Event()
    office.tell(office.shop.wang, "一")

    await office.works()
    del office.channel.gates["wang"]
    office.passes(1)
    await office.works()

    assert office.channel.told("wang") == [shown("一")]
    assert office.rows()[0].attempts == 2


async def test_a_slow_chat_keeps_nobody_else_waiting(office: Office) -> None:
    office.channel.gates["wang"] = asyncio.Event()
    office.tell(office.shop.wang, "一")
    office.tell(office.shop.wang, "二")
    office.tell(office.shop.chen, "三")

    settling = asyncio.create_task(office.works())
    await office.until(lambda: office.channel.told("chen"))
    before = office.channel.told("wang")
    office.channel.gates["wang"].set()
    await settling

    assert before == []
    assert office.channel.told("wang") == [shown("一"), shown("二")]


async def test_a_stop_waits_for_what_is_in_flight_and_marks_it_and_begins_nothing(office: Office) -> None:
    office.channel.gates["wang"] = asyncio.Event()
    office.tell(office.shop.wang, "一")
    office.tell(office.shop.wang, "二")
    office.delivery.wake(f"staff:{office.shop.wang}")
    await office.until(lambda: office.channel.tries)

    closing = asyncio.create_task(office.delivery.close())
    await asyncio.sleep(0)
    office.tell(office.shop.chen, "三")
    office.delivery.wake(f"staff:{office.shop.chen}")
    office.channel.gates["wang"].set()
    await closing

    assert [row.state for row in office.rows()] == [OutboxState.SENT, OutboxState.WAITING, OutboxState.WAITING]
    assert (office.channel.told("wang"), office.channel.told("chen")) == ([shown("一")], [])


async def test_what_was_in_flight_when_the_process_died_goes_again_when_its_lease_ends(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "CLOSE_SECONDS", 0.02)
    office.channel.gates["wang"] = asyncio.Event()
    office.tell(office.shop.wang, "一")
    office.tell(office.shop.wang, "二")
    office.delivery.wake(f"staff:{office.shop.wang}")
    await office.until(lambda: office.channel.tries)
    await office.delivery.close()

    restarted = after_restart(office)
    await restarted.works()
    while_leased = restarted.channel.told("wang")
    office.passes(delivery.LEASE.total_seconds())
    await restarted.works()

    assert while_leased == []
    assert restarted.channel.told("wang") == [shown("一"), shown("二")]
    await restarted.delivery.close()


async def test_a_notice_that_cannot_be_put_into_words_stops_nothing(office: Office) -> None:
    office.tell(office.shop.wang, "一")
    office.in_store(lambda scene: scene.tell(office.shop.wang, notice("desk.unreachable"), urgent=True))
    office.tell(office.shop.wang, "二")

    await office.works()
    office.passes(120)
    await office.works()

    assert office.channel.told("wang") == [shown("一"), shown("二")]
    assert [row.state for row in office.rows()] == [OutboxState.SENT, OutboxState.FAILED, OutboxState.SENT]


async def test_an_answer_goes_where_the_question_was_asked(office: Office) -> None:
    office.database.write_now(
        lambda session: bound_contact(session, office.shop.wang, channel="fake", address="wang_home")
    )
    answer = partial(
        outbox.put,
        store_id=office.shop.store_id,
        recipient=f"staff:{office.shop.wang}",
        content=as_content(words("答")),
        now=office.clock.now(),
        via="fake|local|wang_home",
    )

    office.database.write_now(answer)
    await office.works()

    assert office.channel.told("wang_home") == [shown("答")]
    assert office.channel.told("wang") == []
