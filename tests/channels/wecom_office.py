"""The WeCom channel's parts beside the strict fake: a client, two members, and the time that both go by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from bot.channels.wecom.client import App, Client
from bot.channels.wecom.errors import WeComError, failure
from bot.talk import DeliveryError
from tests.telegram.clocks import StandingClock
from tests.wecom import FakeWeCom
from tests.wecom.fake import AGENT, CORP, SECRET


class WeComOffice:
    """`client` is ours, everything else WeCom's; `clock` moves both."""

    def __init__(self, fake: FakeWeCom, clock: StandingClock, *, secret: str = SECRET) -> None:
        self.fake = fake
        self.clock = clock
        self.client = Client(App(CORP, AGENT, secret), self.real, base_url=fake.base_url)
        self.wang = fake.member("WangLei")
        self.chen = fake.member("chenjing")

    def real(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


@asynccontextmanager
async def wecom_office(*, secret: str = SECRET) -> AsyncIterator[WeComOffice]:
    clock = StandingClock()
    with FakeWeCom(clock) as fake:
        office = WeComOffice(fake, clock, secret=secret)
        async with office.client:
            yield office


async def says(office: WeComOffice, words: str = "好", *users: str) -> str:
    return (await office.client.send(users or ("wanglei",), "text", {"content": words})).message


def heard(office: WeComOffice) -> list[str]:
    return [one.text for one in office.wang.sees()]


async def refusal(asked: Awaitable[object]) -> DeliveryError:
    with pytest.raises((WeComError, httpx.HTTPError)) as told:
        await asked
    error = told.value
    assert isinstance(error, WeComError | httpx.HTTPError)
    return failure(error)
