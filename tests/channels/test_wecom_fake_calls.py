"""The fake WeCom calls an address over HTTP with what its members do: in order, in time, three times at most."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.wecom.callback import event_id, fields
from bot.channels.wecom.crypto import Crypto, Signed
from tests.loopback import Loopback
from tests.services import free_port
from tests.wecom import FakeWeCom, calling
from tests.wecom.fake import SEALER


class Address:
    """An address of ours: what it was called with, opened; `statuses` are its answers, 200 when they are used up.

    It answers after so many `seconds`, in these `words`.
    """

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.envelopes: set[str] = set()
        self.statuses: deque[int] = deque()
        self.seconds = 0.0
        self.words = ""
        self._crypto = Crypto(SEALER.token, SEALER.encoding_key, SEALER.receiver)

    async def called(self, request: Request) -> Response:
        given = request.query_params
        signed = Signed(given["msg_signature"], given["timestamp"], given["nonce"])
        if request.method == "GET":
            return PlainTextResponse(self._crypto.opened(given["echostr"], signed))
        self.envelopes.add(str(given))
        self.heard.append(fields(self._crypto.opened(fields(await request.body())["Encrypt"], signed)))
        await asyncio.sleep(self.seconds)
        return Response(self.words, self.statuses.popleft() if self.statuses else 200)

    def said(self) -> list[tuple[str, str]]:
        return [(one["FromUserName"], one.get("Content", one.get("EventKey", ""))) for one in self.heard]


@contextmanager
def listening(address: Address) -> Iterator[str]:
    route = Route("/wecom/callback", address.called, methods=["GET", "POST"])
    server = Loopback("address", [route], asyncio.Event().wait, print)
    server.start()
    yield f"{server.home}/wecom/callback"
    server.stop()


@pytest.fixture
def address() -> Address:
    return Address()


@pytest.fixture
def fake(address: Address) -> Iterator[FakeWeCom]:
    with listening(address) as url, FakeWeCom() as wecom:
        wecom.calls_at(url)
        yield wecom
        assert wecom.complaints == []


def test_what_members_do_is_delivered_in_order_for_each_of_them(fake: FakeWeCom, address: Address) -> None:
    wang, chen = fake.member("WangLei"), fake.member("chenjing")
    for number in range(5):
        wang.says(str(number))
        chen.presses_menu(str(number))
    wang.enters()
    fake.wait_for(lambda: not fake.pending)

    assert [words for who, words in address.said() if who == "WangLei"] == ["0", "1", "2", "3", "4", ""]
    assert [words for who, words in address.said() if who == "chenjing"] == ["0", "1", "2", "3", "4"]
    assert fake.lost == []


def test_what_a_member_presses_again_while_the_clock_stands_is_another_press(fake: FakeWeCom, address: Address) -> None:
    wang = fake.member("WangLei")
    wang.presses_menu("say:请假")
    wang.presses_menu("say:请假")
    fake.wait_for(lambda: not fake.pending)

    first, second = address.heard
    assert event_id(first) != event_id(second)


async def test_a_test_that_runs_beside_the_bot_waits_without_stopping_it(fake: FakeWeCom, address: Address) -> None:
    fake.member("WangLei").sends_file("报价.xlsx", b"what it holds")

    await fake.until(lambda: not fake.pending)

    assert [one["FileName"] for one in address.heard] == ["报价.xlsx"]


def test_what_is_not_taken_comes_again_in_another_envelope(fake: FakeWeCom, address: Address) -> None:
    address.statuses.extend([503, 500])
    fake.member("WangLei").says("请假")

    fake.wait_for(lambda: not fake.pending)

    assert [one.statuses for one in fake.delivered] == [(503, 500, 200)]
    assert len({one["MsgId"] for one in address.heard}) == 1
    assert len(address.envelopes) == 3


def test_what_is_not_taken_three_times_is_lost_and_the_next_thing_follows(fake: FakeWeCom, address: Address) -> None:
    address.statuses.extend([500, 500, 500])
    wang = fake.member("WangLei")
    first = wang.says("请假")
    wang.says("外出")

    fake.wait_for(lambda: not fake.pending)

    assert fake.lost == [first]
    assert address.said()[-1] == ("WangLei", "外出")


def test_who_answers_too_late_is_called_again(
    fake: FakeWeCom, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "PATIENCE", 0.1)
    address.seconds = 0.3
    fake.member("WangLei").says("请假")

    fake.wait_for(lambda: not fake.pending)

    assert [one.statuses for one in fake.delivered] == [(0, 0, 0)]


def test_two_copies_may_come_at_once(fake: FakeWeCom, address: Address) -> None:
    fake.faults.copies = 2
    fake.member("WangLei").says("请假")

    fake.wait_for(lambda: not fake.pending)

    assert address.said() == [("WangLei", "请假")] * 2
    assert len(address.envelopes) == 2


async def test_an_address_proves_itself_before_it_is_called(fake: FakeWeCom, address: Address) -> None:
    assert await fake.proves(fake.world.callback)
    assert address.heard == []


def test_what_is_answered_is_read_by_nobody_and_told(fake: FakeWeCom, address: Address) -> None:
    address.words = "<xml/>"
    fake.member("WangLei").says("请假")
    fake.wait_for(lambda: not fake.pending)

    assert fake.complaints == ["nobody reads this answer: b'<xml/>'"]
    fake.complaints.clear()


def test_where_nobody_is_a_message_is_lost() -> None:
    with FakeWeCom() as fake:
        fake.calls_at(f"http://127.0.0.1:{free_port()}/wecom/callback")
        said = fake.member("WangLei").says("请假")

        fake.wait_for(lambda: not fake.pending)

        assert (fake.lost, fake.delivered[0].statuses) == ([said], (0, 0, 0))


def test_before_it_knows_an_address_nothing_is_kept_for_it(address: Address) -> None:
    with FakeWeCom() as fake:
        fake.member("WangLei").says("请假")

        assert fake.pending == []


def test_what_does_not_happen_fails_with_what_everybody_sees(fake: FakeWeCom, address: Address) -> None:
    fake.member("WangLei").says("请假")
    fake.wait_for(lambda: not fake.pending)

    with pytest.raises(AssertionError, match=r"WangLei sees:\n.*200.*请假"):
        fake.wait_for(lambda: False, 0.01)
