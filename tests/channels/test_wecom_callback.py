"""What WeCom calls with: proved, kept before it is confirmed; whatever else comes to the address is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.channels.called import NotYet
from bot.channels.wecom.callback import LARGEST_BYTES, PATH, callback_route, event_id, fields
from bot.channels.wecom.crypto import Crypto
from tests.channels.test_wecom_crypto import CORP, KEY, TOKEN, V1, V2
from tests.wecom.sealing import Sealer, xml

SEALER = Sealer(TOKEN, KEY, CORP)
TEXT = {"ToUserName": CORP, "FromUserName": "wanglei", "CreateTime": 1409659813, "MsgType": "text", "Content": "请假"}
PRESS = {
    "ToUserName": CORP,
    "FromUserName": "wanglei",
    "CreateTime": 1409659813,
    "MsgType": "event",
    "Event": "template_card_event",
    "EventKey": "approvals:approve:1",
    "TaskId": "t1",
}
JSON = dict[str, Any]


class Line:
    """Our address, and what was kept of what came to it."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.kept: list[JSON] = []
        self._fails = fails
        app = Starlette(routes=[callback_route(Crypto(TOKEN, KEY, CORP), self._keep)])
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=transport, base_url="https://example.com")

    async def _keep(self, said: JSON) -> None:
        if self._fails is not None:
            raise self._fails
        self.kept.append(said)

    async def gets(self, query: str) -> httpx.Response:
        return await self._http.get(f"{PATH}?{query}")

    async def posts(self, body: bytes, query: str) -> httpx.Response:
        return await self._http.post(f"{PATH}?{query}", content=body)

    async def hears(self, message: str, *, sealer: Sealer = SEALER, **how: Any) -> httpx.Response:
        encrypted = sealer.sealed(message, **how)
        return await self.posts(sealer.body(encrypted), sealer.query(encrypted))


@pytest.fixture
def line() -> Line:
    return Line()


# The proof.


async def test_wecom_gets_the_words_it_asked_for_and_not_a_byte_more(line: Line) -> None:
    answer = await line.gets(
        f"msg_signature={V1.given.signature}&timestamp={V1.given.timestamp}&nonce={V1.given.nonce}"
        "&echostr=P9nAzCzyDtyTWESHep1vC5X9xho%2FqYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp%2B4RPcs8TgAE7OaBO%2BFZXvnaqQ%3D%3D"
    )

    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_plus_that_a_proxy_made_a_space_of_is_a_plus(line: Line) -> None:
    echo = V1.encrypted.replace("=", "%3D")

    answer = await line.gets(
        f"msg_signature={V1.given.signature}&timestamp={V1.given.timestamp}&nonce={V1.given.nonce}&echostr={echo}"
    )

    assert "+" in echo
    assert answer.content == V1.message.encode()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "echostr=x",
        f"msg_signature={V1.given.signature}&timestamp=1&nonce=2&echostr=P9nA",
        "msg_signature=%E4%B8%AD&timestamp=%FF&nonce=%00&echostr=%E4%B8%AD",
        SEALER.query(SEALER.sealed("1"), echo=True).replace("nonce=1", "nonce=2"),
        Sealer(TOKEN, KEY, "wx0000000000000000").query(Sealer(TOKEN, KEY, "wx0000000000000000").sealed("1"), echo=True),
    ],
)
async def test_who_cannot_prove_to_be_wecom_learns_nothing(line: Line, query: str) -> None:
    answer = await line.gets(query)

    assert answer.status_code == 403
    assert TOKEN not in answer.text


# What is said.


async def test_what_tencent_prints_is_kept_and_answered_with_nothing(line: Line) -> None:
    query = f"msg_signature={V2.given.signature}&timestamp={V2.given.timestamp}&nonce={V2.given.nonce}"

    answer = await line.posts(SEALER.body(V2.encrypted, agent=218), query)

    assert (answer.status_code, answer.content) == (200, b"")
    assert line.kept == [
        {
            "ToUserName": CORP,
            "FromUserName": "mycreate",
            "CreateTime": "1409659813",
            "MsgType": "text",
            "Content": "hello",
            "MsgId": "4561255354251345929",
            "AgentID": "218",
        }
    ]


async def test_what_cannot_be_kept_yet_is_not_confirmed() -> None:
    line = Line(fails=NotYet())

    assert (await line.hears(xml(TEXT))).status_code == 503


async def test_what_failed_to_be_kept_is_not_confirmed() -> None:
    line = Line(fails=OSError("the disk is full"))

    assert (await line.hears(xml(TEXT))).status_code == 500


@pytest.mark.parametrize("words", ["a]]>b", "😀 <b>&amp;</b>", "  请假\n周五  ", "𠮷" * 500, ""])
async def test_words_come_as_they_were_typed(line: Line, words: str) -> None:
    await line.hears(xml(TEXT | {"Content": words}))

    assert line.kept[0]["Content"] == words


async def test_what_was_chosen_several_times_is_a_list(line: Line) -> None:
    chosen = {
        "SelectedItems": {
            "SelectedItem": [
                {"QuestionKey": "k1", "OptionIds": {"OptionId": ["o1", "o2"]}},
                {"QuestionKey": "k2", "OptionIds": {"OptionId": "o3"}},
            ]
        }
    }

    await line.hears(xml(PRESS | chosen))

    assert line.kept[0]["SelectedItems"] == chosen["SelectedItems"]


# What is refused: nothing of it is kept, and nothing of it is our failure.


async def refused(line: Line, answer: httpx.Response) -> int:
    assert line.kept == []
    return answer.status_code


async def test_what_is_signed_wrongly_is_refused(line: Line) -> None:
    encrypted = SEALER.sealed(xml(TEXT))
    query = SEALER.query(encrypted)

    answers = [
        await line.posts(SEALER.body(encrypted), query.replace("timestamp=14", "timestamp=15")),
        await line.posts(SEALER.body(encrypted), ""),
        await line.posts(SEALER.body(V2.encrypted), query),
    ]

    assert [await refused(line, one) for one in answers] == [403, 403, 403]


async def test_what_is_for_another_corp_is_refused(line: Line) -> None:
    other = Sealer(TOKEN, KEY, "wx0000000000000000")

    assert await refused(line, await line.hears(xml(TEXT), sealer=other)) == 403


@pytest.mark.parametrize("cut", [1, 2, 4, 44, 64, 300])
async def test_what_was_cut_off_on_the_way_is_refused(line: Line, cut: int) -> None:
    encrypted = V2.encrypted[:-cut]

    answer = await line.posts(SEALER.body(encrypted), SEALER.query(encrypted))

    assert await refused(line, answer) == 403


async def test_a_wrong_pad_is_refused(line: Line) -> None:
    assert await refused(line, await line.hears("x" * 6, pad=b"\x00" * 4)) == 403


HOSTILE = [
    '<!DOCTYPE xml [<!ENTITY x "y">]><xml><Encrypt>&x;</Encrypt></xml>',
    '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml><Encrypt>x</Encrypt></xml>',
    '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Content>&x;</Content></xml>',
    '<!DOCTYPE xml [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;">]><xml><Content>&c;</Content></xml>',
    "<!DOCTYPE xml><xml><Encrypt>x</Encrypt></xml>",
    "<xml><Encrypt>&x;</Encrypt></xml>",
    "<xml><Encrypt>x</Encrypt>",
    "<xml>\x00</xml>",
    "<html><Encrypt>x</Encrypt></html>",
    '{"encrypt": "x"}',
    "",
    '<?xml version="1.0" encoding="no-such"?><xml><Encrypt>x</Encrypt></xml>',
    '<?xml version="1.0" encoding="utf-7"?><xml><Encrypt>x</Encrypt></xml>',
    "<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_body_that_wecom_does_not_write_is_refused(line: Line, body: str) -> None:
    assert await refused(line, await line.posts(body.encode(), SEALER.query("x"))) == 400


@pytest.mark.parametrize("message", HOSTILE[:5] + HOSTILE[6:11] + HOSTILE[13:])
async def test_what_is_encrypted_rightly_and_is_hostile_inside_is_refused(line: Line, message: str) -> None:
    assert await refused(line, await line.hears(message)) == 400


@pytest.mark.parametrize("inside", ["", "x", "<Encrypt>a</Encrypt><Encrypt>b</Encrypt>", "<Encrypt><a/></Encrypt>"])
async def test_a_body_with_nothing_encrypted_is_refused(line: Line, inside: str) -> None:
    assert await refused(line, await line.posts(f"<xml>{inside}</xml>".encode(), SEALER.query("x"))) == 400


async def test_a_body_that_is_larger_than_any_message_is_refused(line: Line) -> None:
    assert await refused(line, await line.posts(b" " * (LARGEST_BYTES + 1), SEALER.query("x"))) == 413


# What is the same.


def identity(said: Mapping[str, Any]) -> str:
    return event_id(fields(xml(said)))


def test_a_message_is_known_by_its_number() -> None:
    assert identity(TEXT | {"MsgId": 4561255354251345929}) == "4561255354251345929"


def test_an_event_that_comes_again_is_the_same_and_short_enough_to_be_kept() -> None:
    longest = PRESS | {"EventKey": "请" * 341, "TaskId": "t" * 128}

    assert identity(longest) == identity(dict(longest))
    assert len(identity(longest)) <= 64


@pytest.mark.parametrize(
    "other",
    [
        {"EventKey": "approvals:refuse:1"},
        {"TaskId": "t2"},
        {"FromUserName": "chenjing"},
        {"CreateTime": 1409659814},
        {"Event": "click"},
        # What stands in one field cannot look as if it stood in two.
        {"EventKey": 'approvals:approve:1", "t1', "TaskId": ""},
    ],
)
def test_two_presses_of_the_same_second_are_two_events(other: dict[str, Any]) -> None:
    assert identity(PRESS | other) != identity(PRESS)


def test_two_members_who_join_in_the_same_second_are_two_events() -> None:
    joined = {"FromUserName": "sys", "CreateTime": 1, "Event": "change_contact", "ChangeType": "create_user"}

    assert identity(joined | {"UserID": "wang"}) != identity(joined | {"UserID": "chen"})


def test_a_number_that_is_none_is_no_event_of_another_kind() -> None:
    odd = [identity(TEXT | {"MsgId": number}) for number in ("x" * 500, "", "１２", "9" * 21)]

    assert len(set(odd)) == 4
    assert all(one.startswith("event-") and len(one) <= 64 for one in odd)


async def test_why_a_call_was_refused_stands_in_the_log_and_not_what_it_held(line: Line) -> None:
    with capture_logs() as logs:
        await line.hears("<xml><Content>请假</Content></xml>", sealer=Sealer("another", KEY, CORP))
        await line.hears("<xml><Content>请假</Content></xml>", sealer=Sealer(TOKEN, KEY, "wx0"))

    assert [(one["event"], one["failure"]) for one in logs] == [
        ("wecom callback refused", "wrong signature"),
        ("wecom callback refused", "for another receiver"),
    ]
    assert "请假" not in str(logs)
