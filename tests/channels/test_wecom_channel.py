"""The app as a channel: what is said is kept with its codes, cards change where they stand, or are said anew."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from bot.channels.called import NotYet
from bot.channels.wecom import WeCom
from bot.channels.wecom.callback import fields
from bot.talk import Address, DeliveryError, File, Incoming, Message, Pressable, Said, Tone
from storage.card_codes import CardCode
from storage.database import Database
from tests.channels.wecom_office import WeComOffice, wecom_office
from tests.storage.shop import all_rows
from tests.wecom.fake import AGENT, CORP
from tests.wecom.sealing import xml

DAY = 24 * 3600
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TO = Address("wecom", f"{CORP}/{AGENT}", "wanglei")
YES, NO = Pressable("同意", "approvals:approve:1", Tone.GOOD), Pressable("不同意", "approvals:refuse:1", Tone.BAD)
ASKED = Message("王磊 想调休半天\n周五 14:00–17:30", ((YES, NO),))
DECIDED = Message("✅ 周敏 已同意（10:00）\n周五 14:00–17:30")


class Station:
    """The channel at work: `heard` is what it handed on."""

    def __init__(self, office: WeComOffice, database: Database) -> None:
        self.office = office
        self.database = database
        self.channel = WeCom(office.client, database, office.real, home="https://qiantai.example.com")
        self.channel._receive = self._receive
        self.heard: list[Incoming] = []

    async def _receive(self, *incoming: Incoming) -> bool:
        self.heard += incoming
        return True

    async def is_told(self, said: Mapping[str, Any]) -> None:
        await self.channel.take(fields(xml(said)))

    async def sends(self, message: Message, to: Address = TO) -> str:
        return await self.channel.send(to, message, at=AT)

    async def edits(self, ref: str, message: Message) -> str:
        return await self.channel.edit(TO, ref, message, at=AT)

    def sees(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(one.text, one.labels) for one in self.office.wang.sees()]

    def codes(self) -> list[tuple[bool, bool]]:
        """Of each code whether a press brought it, and whether it is spent."""
        return [(one.pressed, one.spent) for one in all_rows(self.database, CardCode)]


@pytest_asyncio.fixture
async def station(sqlite_url: str) -> AsyncIterator[Station]:
    database = Database(sqlite_url)
    async with wecom_office() as office:
        yield Station(office, database)
        assert office.fake.complaints == []
    database.close()


# What comes in.


async def test_what_a_member_says_is_handed_on(station: Station) -> None:
    await station.is_told(station.office.wang.says("请假 周五下午"))

    [said] = station.heard
    assert (said.kind, said.text, said.sender, said.account) == (Said.TEXT, "请假 周五下午", "wanglei", TO.account)


async def test_a_press_brings_a_code_that_is_kept_once(station: Station) -> None:
    await station.sends(ASKED)
    press = station.office.wang.presses("同意")

    await station.is_told(press)
    await station.is_told(press)

    assert station.codes() == [(False, False), (True, False)]
    assert {one.action for one in station.heard} == {"approvals:approve:1"}


async def test_what_was_said_long_ago_is_somebodys_copy(station: Station) -> None:
    said = station.office.wang.says("请假 周五下午")
    station.office.clock.passes(2 * DAY)

    await station.is_told(said)

    assert station.heard == []


@pytest.mark.parametrize("when", ["", "soon", "-1", "9" * 30])
async def test_what_has_no_moment_is_put_aside(station: Station, when: str) -> None:
    await station.is_told({**station.office.wang.says("请假"), "CreateTime": when})

    assert [one.kind for one in station.heard if one.kind != Said.UNREADABLE] == []


async def test_before_the_channel_runs_nothing_is_taken(station: Station) -> None:
    station.channel._receive = None

    with pytest.raises(NotYet):
        await station.is_told(station.office.wang.says("请假"))


# Cards.


async def test_a_decision_changes_the_card_where_it_stands_by_the_code_of_the_press(station: Station) -> None:
    ref = await station.sends(ASKED)
    await station.is_told(station.office.wang.presses("同意"))

    await station.edits(ref, DECIDED)

    assert station.sees() == [("✅ 周敏 已同意（10:00）", ())]
    assert station.codes() == [(False, False), (True, True)]


async def test_a_card_that_nobody_pressed_changes_by_the_code_it_came_with(station: Station) -> None:
    ref = await station.sends(ASKED)

    await station.edits(ref, DECIDED)

    assert station.sees() == [("✅ 周敏 已同意（10:00）", ())]
    assert station.codes() == [(False, True)]


async def test_what_says_the_same_costs_no_code(station: Station) -> None:
    ref = await station.sends(ASKED)

    again = await station.edits(ref, ASKED)

    assert again == ref
    assert station.office.fake.made("message/update_template_card") == []


async def test_a_card_without_a_code_is_taken_back_and_said_anew(station: Station) -> None:
    ref = await station.sends(ASKED)
    ref = await station.edits(ref, replace(ASKED, markup="王磊 想调休一天"))

    ref = await station.edits(ref, DECIDED)

    assert station.sees() == [("✅ 周敏 已同意（10:00）\n周五 14:00–17:30", ())]
    assert await station.edits(ref, DECIDED) == ref


async def test_an_old_card_stays_and_the_news_come_below_it(station: Station) -> None:
    ref = await station.sends(ASKED)
    station.office.clock.passes(4 * DAY)

    await station.edits(ref, DECIDED)

    assert [text for text, _ in station.sees()] == ["王磊 想调休半天", "✅ 周敏 已同意（10:00）\n周五 14:00–17:30"]


async def test_a_card_can_be_asked_again_after_it_was_decided(station: Station) -> None:
    ref = await station.sends(ASKED)
    await station.is_told(station.office.wang.presses("同意"))
    ref = await station.edits(ref, replace(DECIDED, buttons=((Pressable("撤回决定", "approvals:undo:1"),),)))
    await station.is_told(station.office.wang.presses("撤回决定"))

    await station.edits(ref, ASKED)

    assert station.sees() == [("王磊 想调休半天", ("同意", "不同意"))]


async def test_a_code_that_was_used_though_nobody_answered_means_that_the_card_is_changed(station: Station) -> None:
    ref = await station.sends(ASKED)
    station.office.fake.faults.lost.append("message/update_template_card")

    with pytest.raises(DeliveryError):
        await station.edits(ref, DECIDED)
    await station.edits(ref, DECIDED)

    assert station.sees() == [("✅ 周敏 已同意（10:00）", ())]
    assert station.codes() == [(False, True)]


async def test_words_that_changed_are_taken_back_and_said_anew(station: Station) -> None:
    ref = await station.sends(Message("今天 09:00 开门"))

    await station.edits(ref, Message("今天 08:30 开门"))

    assert station.sees() == [("今天 08:30 开门", ())]


# Limits and trouble.


async def test_a_member_gets_no_more_than_wecom_lets_through(station: Station) -> None:
    for number in range(30):
        await station.sends(Message(f"第 {number} 条"))

    with pytest.raises(DeliveryError) as told:
        await station.sends(Message("第 30 条"))

    assert (told.value.retry_after, told.value.unreached) == (60, True)
    assert station.office.fake.dropped == []


async def test_a_file_goes_with_its_words(station: Station) -> None:
    await station.sends(Message("合同在这里", file=File("合同.pdf", b"%PDF-1.7 contract", "application/pdf")))

    assert [(one.text, one.file) for one in station.office.wang.sees()] == [("合同在这里", ""), ("", "合同.pdf")]


async def test_whom_the_app_does_not_know_is_never_reached(station: Station) -> None:
    with pytest.raises(DeliveryError) as told:
        await station.sends(Message("您好"), replace(TO, chat="nobody"))

    assert told.value.permanent
