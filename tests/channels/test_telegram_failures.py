"""What became of a message that did not go through: what is told of it, whether it is repeated, what it holds up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

import httpx
import pytest
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.channels.begun import MOST, BegunMessages
from bot.channels.telegram import Client, Place, client_at, trouble
from bot.channels.telegram.client import LONGEST_REQUEST_SECONDS, comes_again, failure
from bot.scheduler import delivery
from bot.talk import Address, DeliveryError, File, Message
from tests.channels.telegram_office import YES, TelegramOffice, edited, heard, sent, telegram_office
from tests.scheduler.office import shown
from tests.services import free_port
from tests.storage.shop import NOW
from tests.telegram import TOKEN, FakeTelegram

LONG = "\n".join("一二三"[number] * 3000 for number in range(3))
WANG = Address("telegram", "1", "7")
SECRET_HALF = TOKEN.partition(":")[2]


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


# The token.


async def test_the_doctor_does_not_show_the_token_that_stands_in_a_wrong_address() -> None:
    found = await trouble(client_at(TOKEN, Place("http://127.0.0.1:")))

    assert found is not None
    assert found.key == "doctor.telegram_unreached"
    assert SECRET_HALF not in str(found.values)


@pytest.mark.parametrize("said", [f"Invalid URL http://host{TOKEN}/getMe", f"Invalid port: '{SECRET_HALF}'"])
def test_what_is_kept_of_a_failure_is_without_the_token(said: str) -> None:
    told = str(failure(NetworkError(said), Client(TOKEN)))

    assert SECRET_HALF not in told
    assert told.startswith("Invalid")


# What is tried again, and how often.


# What went wrong, and whether it is certain that nothing arrived.
UNANSWERED = [
    (caused(TimedOut(), httpx.ConnectTimeout("")), True),
    (caused(TimedOut(), httpx.PoolTimeout("")), True),
    (caused(NetworkError("httpx.ConnectError"), httpx.ConnectError("")), True),
    (NetworkError("Bad Gateway"), True),
    (caused(TimedOut(), httpx.ReadTimeout("")), False),
    (caused(TimedOut(), httpx.WriteTimeout("")), False),
]


@pytest.mark.parametrize(("error", "unreached"), UNANSWERED)
def test_only_what_may_have_arrived_is_counted(error: TelegramError, unreached: bool) -> None:
    told = failure(error, Client(TOKEN))

    assert (told.unreached, told.permanent, told.refused) == (unreached, False, False)


async def test_a_message_whose_answer_is_always_lost_is_not_repeated_for_ever(office: TelegramOffice) -> None:
    office.fake.lose_answer("sendMessage", chat=office.wang, times=99)
    office.tell("wang", "一")

    for _ in range(delivery.TRIES + 5):
        await office.works()
        office.passes(400)

    assert heard(office.wang) == [shown("一")] * delivery.TRIES


def test_a_delivery_outlives_the_longest_request_and_its_lease_outlives_it() -> None:
    assert LONGEST_REQUEST_SECONDS < delivery.SEND_TIMEOUT_SECONDS < delivery.LEASE.total_seconds()


async def test_a_proxy_that_the_environment_names_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "")
    with FakeTelegram() as fake:
        async with client_at(TOKEN, Place(fake.base_url, fake.file_url)) as client:
            me = await client.get_me()

    assert me.username == "qiantai_bot"


# Messages of several parts.


@pytest.mark.parametrize("number", [403, 400])
async def test_the_same_words_later_are_said_whole_after_a_refusal(office: TelegramOffice, number: int) -> None:
    refuse = partial(office.fake.fail_next, "sendMessage", code=number, description="Refused")
    office.between_parts = [refuse]
    with pytest.raises(DeliveryError):
        await sent(office, Message(LONG))

    await sent(office, Message(LONG))

    assert [one[0] for one in heard(office.wang)] == ["一", "一", "二", "三"]


def begin(begun: BegunMessages[int], message: Message, error: BaseException, *, to: Address = WANG) -> None:
    with suppress(type(error)), begun.taking_up(to, message, NOW) as arrived:
        arrived.append(1)
        raise error


def arrived_of(begun: BegunMessages[int], message: Message, *, to: Address = WANG) -> list[int]:
    with begun.taking_up(to, message, NOW) as arrived:
        return list(arrived)


@pytest.mark.parametrize("error", [TimedOut(), asyncio.CancelledError()])
def test_what_was_cut_short_goes_on_where_it_stopped_once(error: BaseException) -> None:
    begun: BegunMessages[int] = BegunMessages(comes_again)
    begin(begun, Message(LONG), error)

    assert arrived_of(begun, Message(LONG)) == [1]
    assert arrived_of(begun, Message(LONG)) == []


def test_another_file_with_the_same_words_is_another_message() -> None:
    begun: BegunMessages[int] = BegunMessages(comes_again)
    begin(begun, Message(LONG, file=File("一.xlsx", b"1")), TimedOut())

    assert arrived_of(begun, Message(LONG, file=File("二.xlsx", b"1"))) == []


def test_of_messages_that_broke_off_only_so_many_are_remembered() -> None:
    begun: BegunMessages[int] = BegunMessages(comes_again)
    for number in range(MOST + 1):
        begin(begun, Message(str(number)), TimedOut())

    assert arrived_of(begun, Message("0")) == []
    assert arrived_of(begun, Message("1")) == [1]


async def test_an_error_that_nobody_foresaw_is_a_failed_try(
    office: TelegramOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "say", broken)

    with pytest.raises(DeliveryError) as told:
        await sent(office, Message("一"))

    assert (str(told.value), told.value.unreached) == ("LookupError", False)


async def broken(*_given: object, **_more: object) -> None:
    raise LookupError("a key of ours")


# Cards and topics.


async def test_a_part_that_is_gone_when_it_is_taken_back_does_not_send_the_card_again(office: TelegramOffice) -> None:
    ref = await sent(office, Message("\n".join(LONG.split("\n")[:2]), YES))
    office.fake.fail_next("deleteMessage", code=400, description="Bad Request: message can't be deleted")
    office.wang.last().message.deleted = True

    await edited(office, ref, Message("短了", YES))

    assert heard(office.wang) == ["短了"]
    assert len(office.fake.made("sendMessage")) == 2


async def test_a_topic_that_is_closed_means_its_group(sqlite_url: str) -> None:
    async with telegram_office(sqlite_url) as office:
        forum = office.fake.supergroup("店面群", *office.people.values(), forum=True)
        office.opens(forum, topic=forum.topic("前台").thread)
        office.fake.fail_next("sendMessage", code=400, description="Bad Request: TOPIC_CLOSED")
        office.tell_group("一")

        await office.let_pass(4)

    assert [(one.text, one.thread) for one in forum.sees() if one.sender == "前台"] == [(shown("一"), None)]
