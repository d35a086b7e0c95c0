"""What the doctor finds out about the app, and where it sends whoever asks."""

from __future__ import annotations

import pytest

from bot.channels.wecom.checking import robot_trouble, told, trouble
from bot.channels.wecom.client import App, Client
from bot.channels.wecom.errors import WeComError
from bot.channels.wecom.robot import Robot
from bot.notices import Notice
from bot.texts import plain, text
from tests.channels.wecom_office import WeComOffice, wecom_office
from tests.services import free_port
from tests.wecom.fake import AGENT, CORP, SECRET


async def found(office: WeComOffice, app: App | None = None, base_url: str = "") -> str:
    """What is told of an app, here or elsewhere; the client of the office is in use already."""
    client = Client(app or App(CORP, AGENT, SECRET), office.real, base_url=base_url or office.fake.base_url)
    wrong = await trouble(client)
    return words(wrong) if wrong else ""


def words(said: Notice) -> str:
    return plain(text(said.key, **said.values))


async def test_of_an_app_that_is_well_nothing_is_told() -> None:
    async with wecom_office() as office:
        assert await found(office) == ""
        assert [one.path for one in office.fake.calls] == ["gettoken", "agent/get"]


APPS = [
    (App("wx0", AGENT, SECRET), "我的企业 → 企业信息"),
    (App(CORP, AGENT, "x"), "应用管理 → 应用 → Secret"),
    (App(CORP, 1, SECRET), "应用管理 → 应用 → AgentId"),
]


@pytest.mark.parametrize(("app", "place"), APPS)
async def test_what_was_written_wrongly_is_named_with_its_place(app: App, place: str) -> None:
    async with wecom_office() as office:
        assert place in await found(office, app)


async def test_an_address_that_is_not_allowed_is_named() -> None:
    async with wecom_office() as office:
        office.fake.allowed = frozenset({"10.0.0.1"})

        said = await found(office)

    assert "企业可信IP，加上 127.0.0.1；" in said


CODES = [
    (40056, "AgentId"),
    (40091, "Secret"),
    (43012, "接收消息 → 设置API接收"),
    (45009, "45009"),
    (48002, "可见范围"),
    (48006, "重新启用"),
    (50003, "打开右上角的开关"),
    (301002, "AgentId"),
    (999999, "query?e=999999"),
]


@pytest.mark.parametrize(("code", "place"), CODES)
def test_every_code_is_told_in_words_that_say_where_to_set_it(code: int, place: str) -> None:
    assert place in words(told(WeComError(code, "whatever")))


def test_an_address_that_is_not_named_is_to_be_found_out() -> None:
    assert "加上这台机器出去的地址；" in words(told(WeComError(60020, "not allow to access from your ip")))


async def test_an_app_that_is_switched_off_is_told_of() -> None:
    async with wecom_office() as office:
        office.fake.app.closed = True

        assert "停用了" in await found(office)


async def test_where_wecom_is_not_reached_no_secret_is_told() -> None:
    async with wecom_office() as office:
        nowhere = await found(office, base_url=f"http://127.0.0.1:{free_port()}")
        office.fake.faults.away = True
        away = await found(office)

    assert "连不上企业微信（ConnectError）" in nowhere
    assert "连不上企业微信（HTTP 502）" in away
    assert SECRET not in nowhere + away


async def finds_of_the_robot(office: WeComOffice, key: str, base_url: str = "") -> str:
    wrong = await robot_trouble(Robot(key, base_url=base_url or office.fake.base_url))
    return words(wrong) if wrong else ""


async def test_a_robot_is_tried_and_nobody_in_its_group_sees_anything() -> None:
    async with wecom_office() as office:
        group = office.fake.robot("key-of-the-robot", office.wang)

        assert await finds_of_the_robot(office, "key-of-the-robot") == ""
        assert group.posts == []
        assert office.fake.complaints == []


async def test_a_robot_whose_key_is_wrong_is_named_without_its_key() -> None:
    async with wecom_office() as office:
        said = await finds_of_the_robot(office, "another-key-of-it")

    assert "QIANTAI_WECOM_ROBOT_KEY" in said
    assert "群设置 → 消息推送" in said
    assert "another-key-of-it" not in said


async def test_a_robot_is_not_reached_where_wecom_is_not() -> None:
    async with wecom_office() as office:
        said = await finds_of_the_robot(office, "key-of-the-robot", f"http://127.0.0.1:{free_port()}")

    assert "连不上企业微信（ConnectError）" in said
    assert "key-of-the-robot" not in said
