"""Files on their way through WeCom, and what becomes of whatever goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.channels.wecom.client import App, Client
from bot.channels.wecom.errors import MISCONFIGURED, Trouble, WeComError, failure
from bot.channels.wecom.fetching import fetched
from bot.talk import DeliveryError, File
from tests.channels.wecom_office import WeComOffice, heard, refusal, says, wecom_office
from tests.services import free_port
from tests.wecom.fake import AGENT, CORP, SECRET

HOUR = 3600
SHEET = File("报价单.xlsx", b"what it holds", "application/vnd.ms-excel")


@pytest_asyncio.fixture
async def office() -> AsyncIterator[WeComOffice]:
    async with wecom_office() as opened:
        yield opened
        assert opened.fake.complaints == []


# Files.


async def test_a_file_keeps_its_chinese_name(office: WeComOffice) -> None:
    media = await office.client.upload(SHEET)
    await office.client.send(["wanglei"], "file", {"media_id": media})

    assert [(one.kind, one.file) for one in office.wang.sees()] == [("file", "报价单.xlsx")]


@pytest.mark.parametrize(
    ("name", "plain"),
    [("报价单.xlsx", "file.xlsx"), ("3号楼 plan.pdf", "3 plan.pdf"), ("报价单", "file"), ("表.表", "file")],
)
async def test_a_name_that_wecom_cannot_read_is_given_in_plain_letters(
    office: WeComOffice, name: str, plain: str
) -> None:
    office.fake.faults.refusals.append(("media/upload", 44001))

    media = await office.client.upload(File(name, b"what it holds"))

    assert office.fake.world.media[media].name == plain


async def test_a_plain_name_is_not_given_again(office: WeComOffice) -> None:
    office.fake.faults.refusals.append(("media/upload", 44001))

    told = await refusal(office.client.upload(File("plan.pdf", b"what it holds")))

    assert told.refused
    assert len(office.fake.made("media/upload")) == 1


async def test_a_file_that_wecom_does_not_take_is_refused(office: WeComOffice) -> None:
    told = await refusal(office.client.upload(File("a.txt", b"12345")))

    assert (told.refused, told.permanent) == (True, False)


async def test_what_a_member_sent_is_fetched(office: WeComOffice) -> None:
    said = office.wang.sends_file("plan.pdf", b"what it holds")

    found = await fetched(office.client, said["MediaId"])

    assert found == File("plan.pdf", b"what it holds")


async def test_what_a_member_sent_four_days_ago_is_never_had(office: WeComOffice) -> None:
    said = office.wang.sends_file("plan.pdf", b"what it holds")
    office.clock.passes(96 * HOUR)

    with pytest.raises(DeliveryError, match="40007") as told:
        await fetched(office.client, said["MediaId"])

    assert (told.value.permanent, told.value.too_large) == (True, False)


async def test_a_file_that_is_larger_than_it_may_be_is_not_downloaded(
    office: WeComOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.wecom.client.LARGEST_BYTES", 3)
    said = office.wang.sends_file("plan.pdf", b"four")

    with pytest.raises(DeliveryError, match="20 MB") as told:
        await fetched(office.client, said["MediaId"])

    assert (told.value.permanent, told.value.too_large) == (True, True)


async def test_while_wecom_is_away_a_file_may_be_had_later(office: WeComOffice) -> None:
    office.fake.faults.away = True

    with pytest.raises(DeliveryError) as told:
        await fetched(office.client, "whatever")

    assert (told.value.permanent, told.value.unreached) == (False, True)


# What became of it.


# The code; whether it never arrives, is wrong itself, is tried as long as it takes, and after how many seconds.
CODES = [
    (-1, False, False, False, None),
    (40001, False, False, True, 60.0),
    (40003, True, False, False, None),
    (40008, False, True, False, None),
    (42014, False, True, False, None),
    (43012, False, False, True, 60.0),
    (45009, False, False, True, 60.0),
    (45033, False, False, True, 5.0),
    (48002, False, False, True, 60.0),
    (60011, True, False, False, None),
    (60020, False, False, True, 60.0),
    (60140, False, True, False, None),
    (81013, True, False, False, None),
    (999999, False, True, False, None),
]


@pytest.mark.parametrize(("code", "permanent", "refused", "unreached", "after"), CODES)
def test_a_code_says_what_became_of_the_message(
    code: int, permanent: bool, refused: bool, unreached: bool, after: float | None
) -> None:
    told = failure(WeComError(code, "whatever"))

    assert (told.permanent, told.refused, told.unreached, told.retry_after) == (permanent, refused, unreached, after)
    assert str(told) == f"WeCom: {code} whatever"


@pytest.mark.parametrize("code", sorted(MISCONFIGURED - {40014, 42001}))
async def test_what_is_refused_for_the_apps_sake_is_not_repeated_at_once(office: WeComOffice, code: int) -> None:
    office.fake.faults.refusals.append(("message/send", code))

    told = await refusal(says(office))

    assert told.unreached
    assert len(office.fake.made("message/send")) == 1


def with_status(status: int) -> Trouble:
    request = httpx.Request("POST", "https://qyapi.weixin.qq.com/?access_token=token")
    return httpx.HTTPStatusError("for url ?access_token=token", request=request, response=httpx.Response(status))


UNANSWERED: list[tuple[Trouble, bool]] = [
    (httpx.ConnectError("x"), True),
    (httpx.ConnectTimeout("x"), True),
    (httpx.PoolTimeout("x"), True),
    (httpx.InvalidURL("access_token=token"), True),
    (with_status(502), True),
    (with_status(403), True),
    (with_status(504), False),
    (httpx.ReadTimeout("x"), False),
    (httpx.WriteTimeout("x"), False),
    (httpx.ReadError("x"), False),
    (httpx.RemoteProtocolError("x"), False),
]


@pytest.mark.parametrize(("error", "unreached"), UNANSWERED)
def test_only_what_may_have_arrived_is_counted(error: Trouble, unreached: bool) -> None:
    told = failure(error)

    assert (told.unreached, told.permanent, told.refused) == (unreached, False, False)
    assert "token" not in str(told)


async def test_a_message_whose_answer_is_lost_is_not_sent_again_by_itself(office: WeComOffice) -> None:
    office.fake.faults.lost.append("message/send")

    told = await refusal(says(office))

    assert (told.unreached, told.permanent) == (False, False)
    assert heard(office) == ["好"]


async def test_a_message_for_which_no_token_came_did_not_leave(office: WeComOffice) -> None:
    office.fake.faults.lost.append("gettoken")

    told = await refusal(says(office))

    assert told.unreached
    assert office.fake.made("message/send") == []


async def test_while_wecom_is_away_everything_waits(office: WeComOffice) -> None:
    office.fake.faults.away = True
    told = await refusal(says(office))
    office.fake.faults.away = False

    await says(office)

    assert (told.unreached, str(told)) == (True, "HTTP 502")
    assert heard(office) == ["好"]


async def test_an_address_that_is_not_allowed_is_named_in_the_failure(office: WeComOffice) -> None:
    office.fake.allowed = frozenset({"10.0.0.1"})

    told = await refusal(says(office))

    assert (told.unreached, told.retry_after) == (True, 60.0)
    assert "60020 not allow to access from your ip" in str(told)
    assert "from ip: 127.0.0.1" in str(told)


async def test_a_proxy_that_the_environment_names_is_not_ours(
    office: WeComOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "")

    async with Client(App(CORP, AGENT, SECRET), office.real, base_url=office.fake.base_url) as client:
        await client.send(["wanglei"], "text", {"content": "好"})

    assert heard(office) == ["好"]


async def test_where_nobody_is_everything_waits(office: WeComOffice) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"

    async with Client(App(CORP, AGENT, SECRET), office.real, base_url=nowhere) as client:
        told = await refusal(client.send(["wanglei"], "text", {"content": "好"}))

    assert told.unreached
    assert office.fake.calls == []


async def test_an_answer_that_is_none_of_wecoms_leaves_open_what_became_of_it(
    office: WeComOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await says(office)
    monkeypatch.setattr(office.fake, "_answer", lambda *_: {"errcode": "?"})

    told = await refusal(says(office))

    assert (told.unreached, told.refused, told.permanent) == (False, False, False)
