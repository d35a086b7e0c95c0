"""An unapproved departure and its slip survive a real kill -9: one slip, and each hears of it once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlmodel import select

from storage.outbox import Kind, Outbox, OutboxState
from storage.sanctions import Sanction
from storage.webchat import WebMessage
from tests.chat import StoreAtWork
from tests.journeys.comparing import looking_into
from tests.journeys.killing import DEATH_SECONDS, POLL_SECONDS, Front, lived

TRIES = 100
LINE = "出城 今天下午四点 成都 看材料"
HEARD = "有一张过失单草稿要先听您说"
# Where the process dies once 王磊 confirms that he leaves without a yes, and how often he may then see the draft:
# what was sent and not marked is sent once more.
DEATHS = [("committed not woken@1", 1), ("sending not marked@1", 2)]
pytestmark = pytest.mark.timeout(200)


def is_about_to_leave(store: StoreAtWork) -> None:
    """王磊 has asked, nobody has answered, and he hears the rule."""
    wang = store.person("wang")
    wang.says(LINE)
    wang.presses("确认", on="出城，对吗？")
    wang.says("已出发")
    assert wang.hears("还没有同意")


@pytest.fixture
def leaving(folder: Path) -> Path:
    lived(folder, is_about_to_leave)
    return folder


@pytest_asyncio.fixture
async def front(leaving: Path) -> AsyncIterator[Front]:
    """A demo that was not started yet, on the file of a store in which 王磊 is about to leave."""
    front = Front(leaving)
    yield front
    await front.end()


class Wang:
    """王磊 over HTTP; nobody may be there to answer him."""

    def __init__(self, front: Front) -> None:
        self._http = httpx.AsyncClient(base_url=front.url, timeout=60, trust_env=False)

    async def presses(self, number: str, label: str, *, on: str) -> None:
        message, action = await self._button(label, on)
        await self._posts("/api/chat/presses", {"id": number, "message": message, "action": action})

    async def sees(self, text: str) -> None:
        for _ in range(TRIES):
            if any(text in str(message) for message in await self._messages()):
                return
            await asyncio.sleep(POLL_SECONDS)
        raise AssertionError(f"wang does not see {text!r}")

    async def hangs_up(self) -> None:
        await self._http.aclose()

    async def _posts(self, path: str, body: dict[str, Any]) -> None:
        try:
            answer = await self._http.post(path, json={"as": "wang", "chat": "private", **body})
        except httpx.TransportError:
            # It died before it could answer; what he said is stored.
            return
        assert answer.status_code == 202, answer.text

    async def _button(self, label: str, on: str) -> tuple[str, str]:
        await self.sees(on)
        for message in await self._messages():
            for button in (button for row in message["buttons"] for button in row):
                if button["label"] == label and on in str(message):
                    return message["id"], button["action"]
        raise AssertionError(f"wang sees no {label!r}")

    async def _messages(self) -> list[dict[str, Any]]:
        answer = await self._http.get("/api/chat/messages", params={"as": "wang", "chat": "private", "after": "0"})
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


async def _dies_on(front: Front, failpoint: str, wang: Wang) -> int:
    """The confirmed departure, and how the process ends."""
    process = await front.start(failpoint)
    await front.opened()
    await wang.presses("leave", "确认", on="还没有同意")
    async with asyncio.timeout(DEATH_SECONDS):
        return await process.wait()


@pytest.mark.parametrize(("failpoint", "most"), DEATHS)
async def test_an_unapproved_departure_is_one_slip_and_each_is_told_once(
    front: Front, failpoint: str, most: int
) -> None:
    wang = Wang(front)

    code = await _dies_on(front, failpoint, wang)
    await front.open()
    await wang.sees(HEARD)
    await wang.hangs_up()
    await front.stop()

    assert code == -SIGKILL
    with looking_into(front.database) as session:
        (slip,) = session.exec(select(Sanction))
        assert (slip.rule, slip.about) == ("A8", "trip:1")
        told = [one for one in session.exec(select(Outbox)) if one.kind == Kind.SEND]
        slips = Counter(one.recipient for one in told if one.subject == slip.subject)
        trips = Counter((one.recipient, one.content["key"]) for one in told if one.subject == slip.about)
        assert slips == {f"staff:{slip.staff_id}": 1}
        assert set(trips.values()) == {1}
        assert {one.state for one in told if one.subject == slip.subject} == {OutboxState.SENT}
        shown = Counter(HEARD in one.text for one in session.exec(select(WebMessage)))
        assert 1 <= shown[True] <= most
