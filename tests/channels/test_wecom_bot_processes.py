"""Several processes with one AI bot: one is connected, the others stand by, and the doctor throws nobody out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from bot.channels.wecom_bot import trouble
from storage.database import Database
from tests.channels.wecom_bot_office import WeComBotOffice, wecom_bot_office
from tests.services import free_port
from tests.wecom_bot import SECRET


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncIterator[WeComBotOffice]:
    async with wecom_bot_office(sqlite_url) as opened:
        yield opened


async def test_of_two_processes_one_is_connected_and_the_other_takes_over_when_it_ends(postgres_url: str) -> None:
    async with wecom_bot_office(postgres_url) as office, AsyncExitStack() as first:
        await first.enter_async_context(office.listening())
        database = Database(postgres_url)
        other = WeComBotOffice(office.fake, office.clock, database, SECRET)
        standing_by = asyncio.create_task(other.channel.run(other.receive))
        await office.fake.until(lambda: other.pauses.asked)
        connected = (office.channel.is_connected, other.channel.is_connected, len(office.fake.made("aibot_subscribe")))
        await first.aclose()
        await other.until_ready()
        office.wang.says("好")
        await other.hears()
        standing_by.cancel()
        await asyncio.gather(standing_by, return_exceptions=True)
        database.close()

    assert connected == (True, False, 1)
    assert ([one.text for one in other.heard], office.heard) == (["好"], [])


async def test_the_doctor_looks_at_the_door_and_throws_nobody_out(office: WeComBotOffice) -> None:
    async with office.listening():
        found = await trouble(office.fake.url)

        assert found is None
        assert (len(office.fake.made("aibot_subscribe")), office.fake.is_connected) == (1, True)


@pytest.mark.parametrize("where", ["nobody", "away", "nonsense"])
async def test_the_doctor_says_that_nobody_opens(office: WeComBotOffice, where: str) -> None:
    office.fake.faults.away = True
    url = {"nobody": f"ws://127.0.0.1:{free_port()}", "away": office.fake.url, "nonsense": "企业微信"}[where]

    found = await trouble(url)

    assert found is not None
    assert (found.key, found.values["url"]) == ("doctor.wecom_bot_unreached", url)
