"""Who is in the corp: everybody whom the app sees, and who of them can be reached."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.channels.wecom.directory import Member, Standing, member, members
from bot.channels.wecom.errors import WeComError
from tests.channels.wecom_office import WeComOffice, wecom_office


@pytest_asyncio.fixture
async def office() -> AsyncIterator[WeComOffice]:
    async with wecom_office() as opened:
        opened.fake.world.departments[2] = "设计"
        opened.chen.member.departments = (1, 2)
        yield opened
        assert opened.fake.complaints == []


async def test_everybody_whom_the_app_sees_is_found_once(office: WeComOffice) -> None:
    office.fake.member("guest", visible=False)
    office.fake.member("ZhaoQian", "赵倩").member.departments = (2,)

    assert await members(office.client) == [
        Member("wanglei", "WangLei", Standing.ACTIVE),
        Member("chenjing", "chenjing", Standing.ACTIVE),
        Member("zhaoqian", "赵倩", Standing.ACTIVE),
    ]


STANDINGS = [
    (1, Standing.ACTIVE, True),
    (2, Standing.DISABLED, False),
    (4, Standing.NOT_ACTIVATED, False),
    (5, Standing.LEFT, False),
    (9, Standing.DISABLED, False),
]


@pytest.mark.parametrize(("status", "standing", "active"), STANDINGS)
async def test_who_is_disabled_and_who_has_left_are_told_apart(
    office: WeComOffice, status: int, standing: Standing, active: bool
) -> None:
    office.wang.member.status = status

    found = await member(office.client, "WangLei")

    assert found is not None
    assert (found.standing, found.active) == (standing, active)


async def test_who_is_not_there_is_nobody(office: WeComOffice) -> None:
    assert await member(office.client, "nobody") is None


async def test_who_leaves_while_we_look_is_not_among_them(office: WeComOffice) -> None:
    office.fake.faults.refusals.append(("user/get", 60111))

    assert [one.userid for one in await members(office.client)] == ["chenjing"]


async def test_what_wecom_does_not_tell_is_no_answer(office: WeComOffice) -> None:
    office.fake.member("guest", visible=False)

    with pytest.raises(WeComError, match="60011"):
        await member(office.client, "guest")
