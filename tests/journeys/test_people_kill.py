"""A process that dies while somebody joins by their code: a real demo, a real kill -9, nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
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
from tests.chat import StoreAtWork
from tests.journeys.comparing import looking_into
from tests.journeys.killing import DEATH_SECONDS, POLL_SECONDS, Front, lived

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


@pytest.fixture
def code(folder: Path) -> str:
    """The code for 李明, who was entered and has no chat yet."""
    return lived(folder, a_code_for_somebody_new)


@pytest_asyncio.fixture
async def front(code: str, folder: Path) -> AsyncIterator[Front]:
    """A demo that was not started yet, on the file of the store that knows the code."""
    front = Front(folder)
    yield front
    await front.end()


def a_code_for_somebody_new(store: StoreAtWork) -> str:
    zhou = store.person("zhou")
    zhou.says("加员工 李明 设计师 设计部 13800000011")
    zhou.presses("确认", on="加一位同事")
    assert zhou.hears("李明 加好了")
    zhou.says("邀请 李明")
    [said] = zhou.heard("李明 的加入码")
    return said.text.split()[0]


def key_of_somebody_new(front: Front) -> str:
    with looking_into(front.database) as session:
        [kept] = session.exec(select(Audit).where(Audit.verb == "people.added")).all()
    return f"p{kept.subject.partition(':')[2]}"


@pytest.mark.parametrize("failpoint", ["committed not woken@1", "stored not acknowledged@2", "sending not marked@1"])
async def test_joining_and_what_was_said_behind_it_survive_a_kill(front: Front, code: str, failpoint: str) -> None:
    key = key_of_somebody_new(front)
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
