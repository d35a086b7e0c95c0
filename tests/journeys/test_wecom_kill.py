"""What WeCom called with survives a real kill -9, between the call and its handling too: handled once, told once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from signal import SIGKILL

import pytest
import pytest_asyncio
from sqlmodel import select

from bot.channels.wecom import NAME, PATH
from storage.audit import Audit
from storage.inbox import Inbox, InboxState
from storage.leave import Leave
from storage.outbox import Kind, Outbox, OutboxState
from tests.journeys.comparing import looking_into
from tests.journeys.killing import DEATH_SECONDS, Front
from tests.wecom import FakeWeCom
from tests.wecom.fake import AGENT, CORP, SEALER, SECRET
from tests.wecom.people import Person

LINE = "请假 周五下午 陈静 家里有事"
READ_BACK = "请假，对吗？"
# One after another: kept and not acknowledged, handled and not told, told and not marked.
DEATHS = ("stored not acknowledged@1", "committed not woken@1", "sending not marked@2")
pytestmark = pytest.mark.timeout(200)


class WeComFront(Front):
    """A demo whose people are in WeCom."""

    def __init__(self, folder: Path, fake: FakeWeCom) -> None:
        super().__init__(folder)
        self._wecom = {
            "QIANTAI_PUBLIC_URL": self.url,
            "QIANTAI_WECOM_CORP_ID": CORP,
            "QIANTAI_WECOM_AGENT_ID": str(AGENT),
            "QIANTAI_WECOM_SECRET": SECRET,
            "QIANTAI_WECOM_TOKEN": SEALER.token,
            "QIANTAI_WECOM_AES_KEY": SEALER.encoding_key,
            "QIANTAI_WECOM_BASE_URL": fake.base_url,
        }
        fake.calls_at(f"{self.url}{PATH}")

    def _environment(self, failpoint: str) -> dict[str, str]:
        return super()._environment(failpoint) | self._wecom


@pytest.fixture
def fake() -> Iterator[FakeWeCom]:
    with FakeWeCom(time.time) as wecom:
        yield wecom
    assert (wecom.complaints, wecom.dropped) == ([], [])


@pytest_asyncio.fixture
async def front(fake: FakeWeCom, folder: Path) -> AsyncIterator[WeComFront]:
    front = WeComFront(folder, fake)
    yield front
    await front.end()


async def test_a_request_is_handled_once_however_often_the_process_dies_on_its_way(
    fake: FakeWeCom, front: WeComFront
) -> None:
    wang = fake.member("WangLei", "王磊")
    first, *others = DEATHS
    codes = [await _dies(front, first, wang), *[await _dies(front, one) for one in others]]

    await front.open()
    await fake.until(lambda: _sees(wang, READ_BACK))
    wang.presses("确认", on=READ_BACK)
    await fake.until(lambda: _sees(wang, "好，已交给"))
    stopped = await front.stop()

    assert (codes, stopped) == ([-SIGKILL] * len(DEATHS), 0)
    assert 1 <= sum(READ_BACK in one.text for one in wang.sees()) <= 2
    with looking_into(front.database) as session:
        kept = session.exec(select(Inbox).where(Inbox.channel == NAME)).all()
        assert [one.state for one in kept] == [InboxState.DONE] * 2
        assert len(session.exec(select(Leave)).all()) == 1
        assert len(session.exec(select(Audit).where(Audit.verb == "people.joined")).all()) == 1
        told = [one for one in session.exec(select(Outbox)) if one.kind == Kind.SEND and one.address]
        assert {one.state for one in told} == {OutboxState.SENT}


async def _dies(front: WeComFront, failpoint: str, speaks: Person | None = None) -> int:
    process = await front.start(failpoint)
    if speaks is not None:
        await front.opened()
        speaks.says(LINE)
    async with asyncio.timeout(DEATH_SECONDS):
        return await process.wait()


def _sees(person: Person, words: str) -> bool:
    return any(words in f"{one.text}{one.below}" for one in person.sees())
