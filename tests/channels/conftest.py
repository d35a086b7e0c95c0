"""What the tests of the Telegram channel begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from telegram import Bot

from bot import desk as desks
from bot.channels.telegram import intake
from tests.channels.telegram_office import TelegramOffice, telegram_office
from tests.telegram import FakeTelegram, StandingClock


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for Telegram, or tries again, waits for a moment."""
    monkeypatch.setattr(intake, "FIRST_PAUSE_SECONDS", 0.005)
    monkeypatch.setattr(intake, "LONGEST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(intake, "TURN_SECONDS", 0.01)
    monkeypatch.setattr(desks, "RETRY_SECONDS", (0.0, 0.0))


@pytest_asyncio.fixture
async def office(sqlite_url: str, impatient: None) -> AsyncIterator[TelegramOffice]:
    """Wang, Chen, Zhou who manages and Liu of the GM office, each with the bot, and their group."""
    async with telegram_office(sqlite_url) as opened:
        opened.opens()
        yield opened


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def fake(clock: StandingClock) -> Iterator[FakeTelegram]:
    """Telegram alone, on the clock that stands; nothing was done that it would only have overlooked."""
    telegram = FakeTelegram(clock=clock)
    yield telegram
    assert telegram.complaints == []


@pytest_asyncio.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bot]:
    """python-telegram-bot's own bot, connected to it."""
    async with fake.ptb_bot() as opened:
        yield opened
