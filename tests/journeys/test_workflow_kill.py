"""A whole case while the process is killed again and again: every step is done once, every form has its number."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from signal import SIGKILL
from typing import Any, cast

import httpx
import pytest
import pytest_asyncio
from sqlmodel import Session, select

from storage.audit import Audit
from storage.customers import Case, CaseState
from storage.handover import HandoverForm
from storage.inbox import Inbox, InboxState
from storage.outbox import Outbox, OutboxState
from storage.webchat import WebMessage
from storage.workflow import CaseStep, StepState
from tests.journeys.comparing import looking_into
from tests.journeys.killing import START_SECONDS, Front
from tests.transcripts.case_story import from_the_door_to_the_contract
from tests.transcripts.conftest import PEOPLE, Shop
from tests.transcripts.shop import Served
from tests.transcripts.speakers import Speaker, WebVoice

KILLS = 3
LATEST_SECONDS = 1.5
AGAIN_SECONDS = 0.05
FORMS = 8
STEPS = 15
# A machine with much else to do starts slowly; nothing here is timed.
pytestmark = pytest.mark.timeout(300)


class Patient:
    """The store's address while its process dies and starts again: what nobody answered is said again."""

    def __init__(self, url: str) -> None:
        self.http = self
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def get(self, path: str, *, params: dict[str, str]) -> httpx.Response:
        return self._until(lambda: self._http.get(path, params=params))

    def post(self, path: str, *, json: dict[str, Any]) -> httpx.Response:
        """The same id sent again changes nothing."""
        return self._until(lambda: self._http.post(path, json=json))

    def settles(self) -> None:
        assert self.post("/api/clock", json={"advance": "PT0S"}).status_code == 200

    def moves_to(self, moment: str) -> None:
        """A clock that was moved before nobody could say so is not set back."""
        assert self.post("/api/clock", json={"now": moment}).status_code in (200, 409)
        self.settles()

    def hangs_up(self) -> None:
        self._http.close()

    def _until(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                return ask()
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
                time.sleep(AGAIN_SECONDS)


@pytest_asyncio.fixture
async def front(folder: Path) -> AsyncIterator[Front]:
    front = Front(folder)
    yield front
    await front.end()


async def is_killed(front: Front, instants: random.Random) -> None:
    """It starts and dies, so often, and then goes on."""
    for _ in range(KILLS):
        process = await front.start()
        await front.opened()
        await asyncio.sleep(instants.uniform(0.0, LATEST_SECONDS))
        process.send_signal(SIGKILL)
        await process.wait()
    await front.open()


def told_by(session: Session, table: type[Any]) -> list[Any]:
    return list(session.exec(select(table).order_by(table.id)))


async def test_a_case_goes_from_the_door_to_the_contract_however_often_the_process_dies(front: Front) -> None:
    seed = random.randrange(2**32)
    patient = Patient(front.url)
    served = cast(Served, patient)
    shop = Shop(served, {key: Speaker(name, WebVoice(served, key)) for key, name in PEOPLE.items()})

    async with asyncio.TaskGroup() as both:
        both.create_task(is_killed(front, random.Random(seed)))
        both.create_task(asyncio.to_thread(from_the_door_to_the_contract, shop))
    patient.hangs_up()
    await front.stop()

    with looking_into(front.database) as session:
        steps, audit = told_by(session, CaseStep), told_by(session, Audit)
        assert [one.state for one in steps] == [StepState.DONE] * STEPS, f"seed {seed}"
        assert [one.number for one in told_by(session, HandoverForm)] == [
            f"HO-2026-{n:04}" for n in range(1, FORMS + 1)
        ]
        assert [one.state for one in told_by(session, Case)] == [CaseState.SIGNED]
        verbs = Counter(one.verb for one in audit)
        assert (verbs["handover.handed"], verbs["workflow.done"]) == (FORMS, STEPS + 1), f"seed {seed}"
        assert {one.state for one in told_by(session, Inbox)} == {InboxState.DONE}
        told = told_by(session, Outbox)
        assert {one.state for one in told} <= {OutboxState.SENT, OutboxState.EXPIRED, OutboxState.WAITING}
        known = {one.message_ref for one in told}
        shown = [one for one in told_by(session, WebMessage) if one.sender == "bot"]
        again = Counter(one.chat for one in shown if f"m{one.id}" not in known)
        assert [chat for chat, number in again.items() if number > KILLS] == [], f"seed {seed}"
