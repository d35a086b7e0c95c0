"""Files that people send to the AI bot are had for five minutes, opened with their own key, and at most 20 MB."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.channels.wecom_bot import fetching
from bot.talk import Incoming
from tests.channels.wecom_bot_office import WeComBotOffice, refused, wecom_bot_office
from tests.services import free_port

KEY = base64.b64encode(bytes(32)).decode()


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncIterator[WeComBotOffice]:
    async with wecom_bot_office(sqlite_url) as opened, opened.listening():
        yield opened


async def sent(office: WeComBotOffice, name: str = "报价单.xlsx", content: bytes = b"what it holds") -> Incoming:
    office.wang.sends_file(name, content)
    [incoming] = await office.hears()
    return incoming


def with_key(incoming: Incoming, key: str) -> str:
    return json.dumps(json.loads(incoming.file) | {"aeskey": key})


@pytest.mark.parametrize("size", [0, 1, 15, 16, 31, 32, 33, 100_000])
async def test_a_file_is_had_as_it_was_sent(office: WeComBotOffice, size: int) -> None:
    incoming = await sent(office, content=bytes(range(256)) * (size // 256 + 1))

    fetched = await office.channel.fetch(incoming.file)

    assert fetched.content == bytes(range(256)) * (size // 256 + 1)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("报价单.xlsx", "报价单.xlsx"),
        ('../../etc/报价 单;"1".pdf', '报价 单;"1".pdf'),
        ("C:\\图纸\\一.dwg", "一.dwg"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("", "file"),
    ],
)
async def test_a_file_is_called_as_its_sender_called_it(office: WeComBotOffice, name: str, kept: str) -> None:
    incoming = await sent(office, name)

    assert (await office.channel.fetch(incoming.file)).name == kept


async def test_pictures_that_came_in_one_message_are_had_one_by_one(office: WeComBotOffice) -> None:
    office.wang.sends_pictures("客厅", b"\xff\xd8 one", b"\xff\xd8 two")
    heard = await office.hears(2)

    assert [(await office.channel.fetch(one.file)).content for one in heard] == [b"\xff\xd8 one", b"\xff\xd8 two"]


async def test_a_key_without_its_padding_opens_too(office: WeComBotOffice) -> None:
    incoming = await sent(office)

    fetched = await office.channel.fetch(with_key(incoming, json.loads(incoming.file)["aeskey"].rstrip("=")))

    assert fetched.content == b"what it holds"


async def test_after_five_minutes_a_file_is_never_had(office: WeComBotOffice) -> None:
    incoming = await sent(office)
    office.clock.passes(301)

    told = await refused(office.channel.fetch(incoming.file))

    assert (told.permanent, told.too_large) == (True, False)


async def test_a_file_that_is_larger_than_it_may_be_is_not_fetched_whole(
    office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LARGEST_BYTES", 1000)
    incoming = await sent(office, content=bytes(2000))

    told = await refused(office.channel.fetch(incoming.file))

    assert (told.permanent, told.too_large) == (True, True)


async def test_with_another_key_a_file_is_never_had(office: WeComBotOffice) -> None:
    incoming = await sent(office)

    told = await refused(office.channel.fetch(with_key(incoming, KEY)))

    assert told.permanent


@pytest.mark.parametrize(
    "file",
    [
        "",
        "[]",
        "{}",
        '{"url": "https://x", "aeskey": 7}',
        '{"url": "https://x", "aeskey": "a2V5"}',
        json.dumps({"url": "file:///etc/passwd", "aeskey": KEY}),
        json.dumps({"url": "https://", "aeskey": KEY}),
        json.dumps({"url": 7, "aeskey": KEY}),
    ],
)
async def test_what_is_no_file_of_wecoms_is_never_had(file: str) -> None:
    told = await refused(fetching.fetched(file))

    assert told.permanent


async def test_while_nobody_hands_it_out_a_file_may_be_had_later() -> None:
    told = await refused(fetching.fetched(json.dumps({"url": f"http://127.0.0.1:{free_port()}/x", "aeskey": KEY})))

    assert (told.permanent, told.unreached) == (False, True)
