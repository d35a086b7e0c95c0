"""Files that people send are there for whoever needs them: their name stays, and what cannot be had is said."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest

from bot.channels.telegram import fetching
from bot.channels.webchat.channel import WebChat
from bot.talk import DeliveryError, File, Incoming
from storage import webchat
from storage.database import Database
from tests.channels.telegram_office import TelegramOffice

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def heard_last(office: TelegramOffice) -> Incoming:
    [kept] = office.inbox()
    return Incoming.of(
        channel=kept.channel, account=kept.account, event_id=kept.event_id, sender="", payload=kept.payload
    )


async def test_a_file_that_was_sent_in_telegram_is_fetched_and_keeps_its_name(office: TelegramOffice) -> None:
    async with office.listening():
        office.wang.sends_file("报价单.xlsx", b"what it holds")
        await office.hears()
    incoming = heard_last(office)

    fetched = await office.channel.fetch(incoming.file)

    assert incoming.file_name == "报价单.xlsx"
    assert fetched.content == b"what it holds"


async def test_a_photo_has_a_name_that_was_made_up(office: TelegramOffice) -> None:
    async with office.listening():
        office.wang.sends_photo(b"\xff\xd8\xff a picture")
        await office.hears()
    incoming = heard_last(office)

    fetched = await office.channel.fetch(incoming.file)

    assert incoming.file_name == f"photo-{incoming.message}.jpg"
    assert (fetched.content, fetched.media_type) == (b"\xff\xd8\xff a picture", "image/jpeg")


async def test_a_file_that_telegram_finds_too_large_is_never_had(office: TelegramOffice) -> None:
    async with office.listening():
        office.wang.sends_file("大.zip", bytes(20 * 1024 * 1024 + 1))
        await office.hears()

    with pytest.raises(DeliveryError, match="20 MB") as told:
        await office.channel.fetch(heard_last(office).file)

    assert (told.value.permanent, told.value.too_large) == (True, True)


async def test_a_file_that_is_larger_than_it_may_be_is_not_downloaded(
    office: TelegramOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LARGEST_BYTES", 3)
    async with office.listening():
        office.wang.sends_file("大.zip", b"four")
        await office.hears()

    with pytest.raises(DeliveryError, match="20 MB") as told:
        await office.channel.fetch(heard_last(office).file)

    assert (told.value.permanent, told.value.too_large) == (True, True)


async def test_a_file_that_telegram_does_not_know_is_never_had(office: TelegramOffice) -> None:
    with pytest.raises(DeliveryError, match="Invalid file_id") as told:
        await office.channel.fetch("nothing")

    assert told.value.permanent


async def test_while_telegram_is_away_a_file_may_be_had_later(office: TelegramOffice) -> None:
    office.fake.down()

    with pytest.raises(DeliveryError) as told:
        await office.channel.fetch("whatever")

    assert (told.value.permanent, told.value.unreached) == (False, True)


# The web chat.


@pytest.fixture
def chat(sqlite_url: str) -> WebChat:
    database = Database(sqlite_url)
    keep = partial(webchat.keep_file, chat="staff:wang", name="报价单.xlsx", content=b"what it holds")
    database.write_now(lambda session: keep(session).id)
    return WebChat(database)


async def test_a_file_that_was_sent_in_the_web_chat_is_fetched_by_what_it_holds(chat: WebChat) -> None:
    fetched = await chat.fetch(hashlib.sha256(b"what it holds").hexdigest())

    assert fetched == File("报价单.xlsx", b"what it holds", SHEET)


async def test_a_file_that_the_web_chat_does_not_have_is_never_had(chat: WebChat) -> None:
    with pytest.raises(DeliveryError, match="no such file") as told:
        await chat.fetch("nothing")

    assert told.value.permanent


def test_what_the_inbox_kept_before_files_had_names_is_still_read() -> None:
    old = {"chat": "private", "kind": "file", "file": "AgAD", "text": "报价单"}

    incoming = Incoming.of(channel="telegram", account="1", event_id="7", sender="8", payload=old)

    assert (incoming.file, incoming.file_name) == ("AgAD", "")
