"""A file survives a real kill -9 between being fetched and being kept: it is there in the end, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL

import httpx
import pytest
import pytest_asyncio
from sqlmodel import select

from bot.failpoints import FETCHING_NAMES
from storage.files import CaseFile, SentFile, SentState
from tests.chat import StoreAtWork
from tests.chats.customer_steps import registers
from tests.journeys.comparing import looking_into
from tests.journeys.killing import DEATH_SECONDS, Front, lived

pytestmark = pytest.mark.timeout(400)


def takes_a_customer(store: StoreAtWork) -> None:
    zhou = store.person("zhou")
    registers(zhou)
    zhou.presses("选设计师")
    zhou.presses("王磊")


@pytest_asyncio.fixture
async def front(folder: Path) -> AsyncIterator[Front]:
    """A demo that was not started yet, on the file of a store in which 王磊 has a plan to make."""
    await asyncio.to_thread(lived, folder, takes_a_customer)
    front = Front(folder)
    yield front
    await front.end()


async def sends_a_plan(front: Front) -> int:
    """王磊 sends his plan; the status of the answer."""
    form = {"as": "wang", "chat": "private", "id": "plan"}
    async with httpx.AsyncClient(base_url=front.url, timeout=60, trust_env=False) as http:
        answer = await http.post("/api/chat/files", data=form, files={"file": ("平面图.pdf", b"plan")})
    return answer.status_code


@pytest.mark.parametrize("failpoint", FETCHING_NAMES)
async def test_a_file_that_was_acknowledged_is_kept_once(front: Front, failpoint: str) -> None:
    process = await front.start(f"{failpoint}@1")
    await front.opened()

    status = await sends_a_plan(front)
    async with asyncio.timeout(DEATH_SECONDS):
        code = await process.wait()
    await front.open()
    await clock_stands_still(front)
    await front.stop()

    assert (status, code) == (202, -SIGKILL)
    with looking_into(front.database) as session:
        [kept] = session.exec(select(CaseFile)).all()
        [sent] = session.exec(select(SentFile)).all()
        assert (kept.name, kept.version, kept.content) == ("平面图.pdf", 1, b"plan")
        assert (sent.state, sent.kept_id) == (SentState.KEPT, kept.id)


async def clock_stands_still(front: Front) -> None:
    """Asks for no time to pass, which answers when everything is settled."""
    async with httpx.AsyncClient(base_url=front.url, timeout=60, trust_env=False) as http:
        answer = await http.post("/api/clock", json={"advance": "PT0S"})
    assert answer.status_code == 200
