"""The AI bot beside the strict fake: two people, a list for what was heard, and waits that take moments."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.wecom_bot import WeComBot
from bot.channels.wecom_bot.intake import PING_SECONDS
from bot.talk import Address, DeliveryError, Incoming, Message, Pressable, Tone
from storage.database import Database
from tests.telegram.clocks import StandingClock
from tests.wecom_bot import BOT_ID, SECRET, FakeWeComBot, Person
from tests.wecom_bot.things import Chat

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
YES = Pressable("同意", "approvals:approve:1", Tone.GOOD)
NO = Pressable("不同意", "approvals:refuse:1", Tone.BAD)
ASKED = Message("小王 申请调休\n明天（周四 11月26日）14:00–17:30", ((YES, NO),))
DECIDED = Message("小王 申请调休\n✅ 张静 已同意")
FASTER = 2000
LONG_SECONDS = 100


class Pauses:
    """Waits a moment; pings only if the test wants them, and what is long until the test lets it go."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.beats = asyncio.Event()
        self.let_go = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        if seconds == PING_SECONDS:
            await self.beats.wait()
            await asyncio.sleep(seconds / FASTER)
            return
        self.asked.append(seconds)
        await (self.let_go.wait() if seconds > LONG_SECONDS else asyncio.sleep(seconds / FASTER))


class WeComBotOffice:
    """`channel` is ours, everything else WeCom's; `clock` moves both."""

    def __init__(self, fake: FakeWeComBot, clock: StandingClock, database: Database, secret: str) -> None:
        self.fake = fake
        self.clock = clock
        self.pauses = Pauses()
        self.heard: list[Incoming] = []
        self.fails = 0
        self.wang = fake.person("WangLei")
        self.chen = fake.person("chenjing")
        self.channel = WeComBot(
            BOT_ID, secret, database, ws_url=fake.url, home="https://example.com", pause=self.pauses, clock=clock
        )

    async def receive(self, *incoming: Incoming) -> bool:
        if self.fails:
            self.fails -= 1
            raise OSError("the database is away")
        self.heard += incoming
        return True

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Until it ends; connected when it begins."""
        running = asyncio.create_task(self.channel.run(self.receive))
        await self.fake.until(lambda: self.fake.is_connected)
        # The connection is there; its answer is read in the same breath.
        await self.until_ready()
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def until_ready(self) -> None:
        await self.fake.until(lambda: self.channel.is_connected)

    async def hears(self, number: int = 1) -> list[Incoming]:
        await self.fake.until(lambda: len(self.heard) >= number)
        return self.heard

    async def spoken_to(self, *people: Person) -> None:
        """They have said something, so that the bot may write to them."""
        for one in people or (self.wang,):
            one.says("你好")
        await self.hears(len(people or (self.wang,)))
        self.heard.clear()

    async def sends(self, message: Message | str, to: Person | Chat | None = None) -> str:
        shown = Message(message) if isinstance(message, str) else message
        return await self.channel.send(address(to or self.wang), shown, at=NOW)

    async def edits(self, ref: str, message: Message, to: Person | Chat | None = None) -> str:
        return await self.channel.edit(address(to or self.wang), ref, message, at=NOW)

    def sees(self, who: Person | None = None, group: Chat | None = None) -> list[tuple[str, tuple[str, ...]]]:
        return [(one.text, one.labels) for one in (who or self.wang).sees(group)]


def address(to: Person | Chat) -> Address:
    if isinstance(to, Chat):
        return Address("wecom_bot", BOT_ID, to.id, group=True)
    return Address("wecom_bot", BOT_ID, to.userid)


@asynccontextmanager
async def wecom_bot_office(url: str, *, secret: str = SECRET) -> AsyncIterator[WeComBotOffice]:
    clock = StandingClock()
    database = Database(url)
    with FakeWeComBot(clock) as fake:
        yield WeComBotOffice(fake, clock, database, secret)
    database.close()
    assert fake.complaints == []


async def refused(asked: Awaitable[Any]) -> DeliveryError:
    with pytest.raises(DeliveryError) as told:
        await asked
    return told.value
