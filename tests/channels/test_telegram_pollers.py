"""Several processes on one PostgreSQL with one bot: one of them asks Telegram for updates, the others stand by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from structlog.testing import capture_logs

from storage.database import Database
from tests.channels.telegram_office import TelegramOffice, heard, telegram_office
from tests.scheduler.office import shown

PATIENCE_SECONDS = 30


@asynccontextmanager
async def listening_too(office: TelegramOffice, url: str) -> AsyncIterator[None]:
    """Another process with the same bot, when Telegram has answered it."""
    database = Database(url)
    other = TelegramOffice(database, office.fake, office.clock)
    async with other.listening():
        await office.fake.until(lambda: len(office.fake.made("getMe")) == 2)
        yield
    await other.desk.close()
    database.close()


async def test_of_two_processes_one_polls_and_the_other_takes_over_when_it_ends(
    postgres_url: str, impatient: None
) -> None:
    with capture_logs() as logs:
        async with telegram_office(postgres_url) as office, AsyncExitStack() as first:
            office.opens()
            await first.enter_async_context(office.listening())
            await office.fake.until(lambda: office.fake.made("getUpdates"))
            async with listening_too(office, postgres_url):
                office.wang.says("跟读 一")
                await office.hears()
                await first.aclose()
                office.wang.says("跟读 二")
                await office.hears()
                # The other process has it in hand: it may not have answered yet.
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while len(heard(office.wang)) < 2:
                        await office.let_pass(2)

    assert heard(office.wang) == [shown("一"), shown("二")]
    assert "somebody else polls this token" not in {one["event"] for one in logs}
