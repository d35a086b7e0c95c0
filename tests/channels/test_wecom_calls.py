"""WeCom and our address together: what members do is called with, proved, kept once, and understood."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.called import NotYet
from bot.channels.wecom.callback import PATH, callback_route, event_id
from bot.channels.wecom.crypto import Crypto
from bot.channels.wecom.reading import Me, heard
from bot.talk import Incoming, Said
from tests.channels.wecom_in_process import CARD
from tests.wecom import FakeWeCom, Person
from tests.wecom.calling import Caller
from tests.wecom.fake import AGENT, CORP, SEALER

ME = Me(CORP, AGENT)


class Desk:
    """Keeps what is new, as the inbox does, by what it is; `not_yet` so many calls are too early."""

    def __init__(self, not_yet: int = 0) -> None:
        self.kept: dict[str, Incoming | None] = {}
        self._not_yet = not_yet
        crypto = Crypto(SEALER.token, SEALER.encoding_key, SEALER.receiver)
        app = Starlette(routes=[callback_route(crypto, self._take)])
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://example.com")
        self.wecom = Caller(http, f"https://example.com{PATH}", SEALER)

    async def _take(self, said: dict[str, Any]) -> None:
        self._not_yet -= 1
        if self._not_yet >= 0:
            raise NotYet
        await asyncio.sleep(0)
        self.kept.setdefault(event_id(said), heard(said, ME))

    @property
    def heard(self) -> list[tuple[Said, str]]:
        return [(one.kind, one.text or one.action) for one in self.kept.values() if one is not None]


@pytest.fixture
def fake() -> FakeWeCom:
    return FakeWeCom()


@pytest.fixture
def wang(fake: FakeWeCom) -> Person:
    return fake.member("WangLei")


def asked(fake: FakeWeCom) -> None:
    """A card for Wang, in process."""
    token = fake.world.token(fake.app).value
    body = {"touser": "wanglei", "msgtype": "template_card", "agentid": AGENT, "template_card": CARD}
    assert fake.answer("message/send", {"access_token": token}, body)["errcode"] == 0  # type: ignore[index]


async def test_the_address_proves_itself_with_every_length_of_words() -> None:
    desk = Desk()

    proofs = [await desk.wecom.proves("7" * length) for length in range(1, 65)]

    assert proofs == [True] * 64


async def test_what_a_member_says_is_heard(wang: Person) -> None:
    desk = Desk()

    answers = [
        await desk.wecom.calls(wang.says("请假")),
        await desk.wecom.calls(wang.sends_file("报价.xlsx", b"x")),
        await desk.wecom.calls(wang.presses_menu("leave:request")),
        await desk.wecom.calls(wang.comes()),
    ]

    assert answers == [[200]] * 4
    assert [kind for kind, _ in desk.heard] == [Said.TEXT, Said.FILE, Said.PRESS, Said.LET_IN]


async def test_what_comes_again_in_another_envelope_is_kept_once(wang: Person) -> None:
    desk, said = Desk(), wang.says("请假")

    assert await desk.wecom.calls(said, at_once=3) == [200, 200, 200]
    assert await desk.wecom.calls(said) == [200]

    assert desk.heard == [(Said.TEXT, "请假")]


async def test_what_somebody_else_sends_again_is_kept_once(wang: Person) -> None:
    desk = Desk()
    await desk.wecom.calls(wang.says("请假"))

    assert await desk.wecom.repeats() == 200

    assert desk.heard == [(Said.TEXT, "请假")]


async def test_what_could_not_be_kept_yet_comes_again(wang: Person) -> None:
    desk = Desk(not_yet=2)

    assert await desk.wecom.calls(wang.says("请假")) == [503, 503, 200]

    assert desk.heard == [(Said.TEXT, "请假")]


async def test_two_presses_in_the_same_second_are_both_heard(fake: FakeWeCom, wang: Person) -> None:
    desk = Desk()
    asked(fake)
    first, second = wang.presses("同意"), wang.presses("不同意")

    await asyncio.gather(desk.wecom.calls(first, at_once=2), desk.wecom.calls(second, at_once=2))

    assert first["CreateTime"] == second["CreateTime"]
    assert sorted(desk.heard) == [(Said.PRESS, "no"), (Said.PRESS, "ok")]
    assert {one.message for one in desk.kept.values() if one is not None} == {"t1"}


async def test_who_enters_says_nothing_and_is_answered(wang: Person) -> None:
    desk = Desk()

    assert await desk.wecom.calls(wang.enters()) == [200]

    assert desk.heard == []
