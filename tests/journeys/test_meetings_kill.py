"""A meeting survives a real kill -9 in the midst of its announcement: each hears it, and hears it once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL

import httpx
import pytest
import pytest_asyncio
from sqlmodel import select

from storage.meetings import Meeting, MeetingKind
from storage.outbox import Kind, Outbox, OutboxState
from tests.chat import StoreAtWork
from tests.journeys.comparing import looking_into
from tests.journeys.forking import Forked
from tests.journeys.killing import DEATH_SECONDS, Front, lived

PEOPLE = 7
LINE = "开会 周五下午4点 全店 年底冲刺"
DAY_BEFORE = "2026-11-26T17:00:30+08:00"
SOON = "2026-11-27T15:30:30+08:00"
# Where the process dies while the day before is announced.
DEATHS = ["ringing@1", "sending not marked@3"]
pytestmark = pytest.mark.timeout(400)


def calls_the_meeting(store: StoreAtWork) -> None:
    zhou = store.person("zhou")
    zhou.says(LINE)
    zhou.presses("确认")
    assert zhou.hears("会定了")


@pytest.fixture
def called(folder: Path) -> Path:
    lived(folder, calls_the_meeting)
    return folder


@pytest_asyncio.fixture
async def front(called: Path) -> AsyncIterator[Front]:
    """A demo that was not started yet, on the file of a store in which 周敏 has called the meeting."""
    front = Front(called)
    yield front
    await front.end()


class Zhou:
    """周敏, who moves the clock over HTTP; nobody may be there to answer that."""

    def __init__(self, front: Front) -> None:
        self._http = httpx.AsyncClient(base_url=front.url, timeout=60, trust_env=False)

    async def moves_clock(self, at: str) -> None:
        with suppress(httpx.TransportError):
            await self._http.post("/api/clock", json={"now": at})

    async def hangs_up(self) -> None:
        await self._http.aclose()


async def _death(process: Forked) -> int:
    async with asyncio.timeout(DEATH_SECONDS):
        return await process.wait()


@pytest.mark.parametrize("failpoint", DEATHS)
async def test_a_meeting_is_announced_once_to_each(front: Front, failpoint: str) -> None:
    zhou = Zhou(front)
    process = await front.start(failpoint)
    await front.opened()

    await zhou.moves_clock(DAY_BEFORE)
    code = await _death(process)
    await front.open()
    await zhou.moves_clock(DAY_BEFORE)
    await zhou.moves_clock(SOON)
    await zhou.hangs_up()
    await front.stop()

    assert code == -SIGKILL
    with looking_into(front.database) as session:
        (meeting,) = [one for one in session.exec(select(Meeting)) if one.kind == MeetingKind.OTHER]
        told = [one for one in session.exec(select(Outbox)) if one.kind == Kind.SEND and one.subject == meeting.subject]
        for key in ("meetings.day_before", "meetings.soon"):
            recipients = Counter(one.recipient for one in told if one.content["key"] == key)
            assert sorted(recipients.values()) == [1] * PEOPLE, key
        assert {one.state for one in told} == {OutboxState.SENT}
