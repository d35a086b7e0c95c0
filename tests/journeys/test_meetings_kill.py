"""A meeting survives a real kill -9 in the midst of its announcement: each hears it, and hears it once."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlmodel import select

from storage.meetings import Meeting, MeetingKind
from storage.outbox import Kind, Outbox, OutboxState
from tests.journeys.comparing import looking_into
from tests.journeys.killing import DEATH_SECONDS, POLL_SECONDS, Front
from tests.services import Run

PEOPLE = 7
TRIES = 300
LINE = "开会 周五下午4点 全店 年底冲刺"
DAY_BEFORE = "2026-11-26T17:00:30+08:00"
SOON = "2026-11-27T15:30:30+08:00"
# Where the process dies while the day before is announced.
DEATHS = ["ringing@1", "sending not marked@3"]
pytestmark = pytest.mark.timeout(400)


@pytest_asyncio.fixture
async def front(run: Run, tmp_path: Path) -> AsyncIterator[Front]:
    """A demo that was not started yet, on a migrated file of its own."""
    shutil.copyfile(run.sqlite(), tmp_path / "qiantai.db")
    front = Front(tmp_path)
    yield front
    await front.end()


class Zhou:
    """周敏, who calls the meeting over HTTP and moves the clock; nobody may be there to answer that."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._http = httpx.AsyncClient(base_url=front.url, timeout=60, trust_env=False)

    async def says(self, number: str, text: str) -> None:
        body = {"as": "zhou", "chat": "private", "id": number, "text": text}
        await self._posts("/api/chat/messages", body)

    async def presses(self, number: str, message: str, action: str) -> None:
        body = {"as": "zhou", "chat": "private", "id": number, "message": message, "action": action}
        await self._posts("/api/chat/presses", body)

    async def button(self, label: str) -> tuple[str, str]:
        """The message and action of the button, once it is there."""
        await self.sees(label)
        found = await self._button(label)
        assert found is not None
        return found

    async def moves_clock(self, at: str) -> None:
        with suppress(httpx.TransportError):
            await self._http.post("/api/clock", json={"now": at})

    async def sees(self, text: str) -> None:
        for _ in range(TRIES):
            if text in str(await self._messages()):
                return
            await asyncio.sleep(POLL_SECONDS)
        raise AssertionError(f"zhou does not see {text!r}")

    async def hangs_up(self) -> None:
        await self._http.aclose()

    async def _posts(self, path: str, body: dict[str, Any]) -> None:
        answer = await self._http.post(path, json=body)
        assert answer.status_code == 202, answer.text

    async def _button(self, label: str) -> tuple[str, str] | None:
        for message in await self._messages():
            for button in (button for row in message["buttons"] for button in row):
                if button["label"] == label:
                    return message["id"], button["action"]
        return None

    async def _messages(self) -> list[dict[str, Any]]:
        answer = await self._http.get("/api/chat/messages", params={"as": "zhou", "chat": "private", "after": "0"})
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


async def _death(process: asyncio.subprocess.Process) -> int:
    async with asyncio.timeout(DEATH_SECONDS):
        return await process.wait()


@pytest.mark.parametrize("failpoint", DEATHS)
async def test_a_meeting_is_announced_once_to_each(front: Front, failpoint: str) -> None:
    zhou = Zhou(front)
    await front.open()
    await zhou.says("line", LINE)
    await zhou.presses("ok", *await zhou.button("确认"))
    await zhou.sees("会定了")
    await front.stop()
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
