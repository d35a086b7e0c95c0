"""A process that dies while somebody joins by their code: a real demo, a real kill -9, nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlmodel import select

from storage.audit import Audit
from storage.inbox import Inbox, InboxState
from tests.journeys.comparing import looking_into
from tests.journeys.killing import DEATH_SECONDS, POLL_SECONDS, Front
from tests.services import Run

PATIENCE_TRIES = 300
pytestmark = pytest.mark.timeout(300)


class Phone:
    """Somebody at the web chat of a process that may die: what was not acknowledged is sent again with its number."""

    def __init__(self, front: Front, key: str) -> None:
        self.key = key
        self._http = httpx.AsyncClient(base_url=front.url, timeout=DEATH_SECONDS, trust_env=False)

    async def says(self, number: str, text: str) -> None:
        body = {"as": self.key, "chat": "private", "id": number, "text": text}
        answer = await self._http.post("/api/chat/messages", json=body)
        assert answer.status_code == 202, answer.text

    async def tries(self, number: str, text: str) -> None:
        """Says it to a process that may be dead already."""
        try:
            await self.says(number, text)
        except httpx.TransportError:
            return

    async def presses(self, number: str, message: dict[str, Any], label: str) -> None:
        [action] = [one["action"] for line in message["buttons"] for one in line if one["label"] == label]
        body = {"as": self.key, "chat": "private", "id": number, "message": message["id"], "action": action}
        answer = await self._http.post("/api/chat/presses", json=body)
        assert answer.status_code == 202, answer.text

    async def told(self) -> list[dict[str, Any]]:
        asked = {"as": self.key, "chat": "private", "after": "0"}
        messages = (await self._http.get("/api/chat/messages", params=asked)).json()["messages"]
        return [one for one in messages if one["from"] == "bot"]

    async def hears(self, words: str) -> dict[str, Any]:
        """Waits for a message that says this; fails with what was said otherwise."""
        for _ in range(PATIENCE_TRIES):
            found = [one for one in await self.told() if words in one["text"]]
            if found:
                return found[-1]
            await asyncio.sleep(POLL_SECONDS)
        raise AssertionError(f"{self.key} does not hear {words}: {[one['text'] for one in await self.told()]}")

    async def hang_up(self) -> None:
        await self._http.aclose()


@pytest_asyncio.fixture
async def front(run: Run, tmp_path: Path) -> AsyncIterator[Front]:
    shutil.copyfile(run.sqlite(), tmp_path / "qiantai.db")
    front = Front(tmp_path)
    yield front
    await front.end()


async def a_code_for_somebody_new(front: Front) -> tuple[str, str]:
    """The key of 李明, who has no chat yet, and the code for them."""
    zhou = Phone(front, "zhou")
    await zhou.says("1", "加员工 李明 设计师 设计部 13800000011")
    await zhou.presses("2", await zhou.hears("加一位同事"), "确认")
    await zhou.hears("李明 加好了")
    await zhou.says("3", "邀请 李明")
    said = await zhou.hears("李明 的加入码")
    await zhou.hang_up()
    with looking_into(front.database) as session:
        [kept] = session.exec(select(Audit).where(Audit.verb == "people.added")).all()
    return f"p{kept.subject.partition(':')[2]}", said["text"].split()[0]


@pytest.mark.parametrize("failpoint", ["committed not woken@1", "stored not acknowledged@2", "sending not marked@1"])
async def test_joining_and_what_was_said_behind_it_survive_a_kill(front: Front, failpoint: str) -> None:
    await front.open()
    key, code = await a_code_for_somebody_new(front)
    await front.stop()
    dying = await front.start(failpoint)
    await front.opened()
    li = Phone(front, key)
    said = [("1", f"加入 {code}"), ("2", "请假 周五下午 陈静 家里有事")]

    for number, text in said:
        await li.tries(number, text)
    died = await dying.wait()
    await front.open()
    for number, text in said:
        await li.says(number, text)
    await li.hears("请假，对吗？")

    texts = [one["text"] for one in await li.told()]
    await li.hang_up()
    assert died == -SIGKILL
    # A notice in flight at the kill may be shown once more.
    assert len({text for text in texts if "李明，欢迎" in text}) == 1
    assert sum("请假，对吗？" in text for text in texts) in (1, 2)
    assert len(texts) <= 3
    with looking_into(front.database) as session:
        rows = session.exec(select(Inbox).where(Inbox.event_id.in_([f"{key}:1", f"{key}:2"]))).all()  # type: ignore[attr-defined]
        joined = session.exec(select(Audit).where(Audit.verb == "people.joined")).all()
    assert [row.state for row in rows] == [InboxState.DONE] * 2
    assert len(joined) == 1
