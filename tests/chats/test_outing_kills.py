"""A real process killed between storing and answering: an outing and a decision about a trip count once, told once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL

import httpx
import pytest
import pytest_asyncio
from sqlmodel import select

from storage.outing import Outing, OutingState
from tests.chat import Seen
from tests.chats.out_steps import OUTING, TRIP
from tests.journeys.comparing import looking_into
from tests.journeys.forking import Forked
from tests.journeys.killing import DEATH_SECONDS, POLL_SECONDS, Front
from tests.services import Run

pytestmark = pytest.mark.timeout(300)
# At which pass of the failpoint the n-th request is the one that dies: each message is kept once, and handled once.
STORED, COMMITTED = "stored not acknowledged", "committed not woken"


@pytest_asyncio.fixture
async def front(run: Run, tmp_path: Path) -> AsyncIterator[Front]:
    """A demo that was not started yet, on a migrated file of its own."""
    shutil.copyfile(run.sqlite(), tmp_path / "qiantai.db")
    front = Front(tmp_path)
    yield front
    await front.end()


class Staff:
    """The people of the store; a request has a number, so that it can be repeated after the process has died."""

    def __init__(self, front: Front) -> None:
        self._http = httpx.AsyncClient(base_url=front.url, timeout=DEATH_SECONDS, trust_env=False)

    async def sends(self, path: str, who: str, number: str, **body: str) -> bool:
        """Whether it was answered; nobody answers when the process dies over it."""
        try:
            said = {"as": who, "chat": "private", "id": number, **body}
            answer = await self._http.post(f"/api/chat/{path}", json=said)
        except httpx.TransportError:
            return False
        assert answer.status_code == 202, answer.text
        return True

    async def says(self, who: str, number: str, text: str) -> bool:
        return await self.sends("messages", who, number, text=text)

    async def presses(self, who: str, number: str, label: str) -> bool:
        """Presses the newest such button, as soon as it is there."""
        message = await self.finds(who, label)
        action = message.actions[message.buttons.index(label)]
        return await self.sends("presses", who, number, message=message.id, action=action)

    async def finds(self, who: str, label: str) -> Seen:
        async with asyncio.timeout(DEATH_SECONDS):
            while True:
                found = [one for one in await self.sees(who) if label in one.buttons]
                if found:
                    return found[-1]
                await asyncio.sleep(POLL_SECONDS)

    async def sees(self, who: str, *, chat: str = "private") -> list[Seen]:
        asked = {"as": who, "chat": chat, "after": "0", "wait": "0"}
        answer = await self._http.get("/api/chat/messages", params=asked)
        newest = {one.id: one for one in map(Seen.of, answer.json()["messages"])}
        return list(newest.values())

    async def settles(self) -> None:
        """The clock moves a little: it answers when all is handled and sent."""
        answer = await self._http.post("/api/clock", json={"advance": "PT2M"})
        assert answer.status_code == 200, answer.text

    async def heard(self, who: str, text: str, *, chat: str = "private") -> int:
        return len([one for one in await self.sees(who, chat=chat) if one.sender == "bot" and text in one.text])

    async def leave(self) -> None:
        await self._http.aclose()


async def dies(front: Front, failpoint: str, passes: int) -> Forked:
    """Starts a process that will die there."""
    process = await front.start(f"{failpoint}@{passes}")
    await front.opened()
    return process


async def lives_again(front: Front, dying: Forked) -> int:
    """How the process ended; a new one answers."""
    async with asyncio.timeout(DEATH_SECONDS):
        code = await dying.wait()
    await front.open()
    return code


def states(front: Front) -> list[OutingState]:
    with looking_into(front.database) as session:
        return [OutingState(one.state) for one in session.exec(select(Outing))]


async def test_an_outing_whose_confirmation_was_only_stored_is_kept_once_and_told_once(front: Front) -> None:
    staff = Staff(front)
    process = await dies(front, STORED, 2)
    await staff.says("wang", "1", OUTING)
    await staff.presses("wang", "2", "确认")
    code = await lives_again(front, process)

    await staff.says("wang", "1", OUTING)
    await staff.settles()

    assert code == -SIGKILL
    assert states(front) == [OutingState.GOING]
    assert await staff.heard("wang", "✅ 登记好了") == 1
    assert await staff.heard("zhou", "王磊 外出 · 锦绣花园 · 量房") == 1
    assert await staff.heard("zhou", "王磊 外出 · 锦绣花园", chat="store") == 1
    await staff.leave()


async def test_a_decision_about_a_trip_that_was_saved_and_not_sent_counts_once_and_is_told_once(front: Front) -> None:
    staff = Staff(front)
    process = await dies(front, COMMITTED, 3)
    await staff.says("wang", "1", TRIP)
    await staff.presses("wang", "2", "确认")
    await staff.presses("liu", "3", "同意")
    code = await lives_again(front, process)

    await staff.settles()

    assert code == -SIGKILL
    assert states(front) == [OutingState.GOING]
    assert await staff.heard("wang", "✅ 刘总 同意了") == 1
    assert await staff.heard("zhou", "王磊 出城 · 成都 · 看材料") == 1
    assert await staff.heard("liu", "✅ 刘总 已同意") == 1
    await staff.leave()
