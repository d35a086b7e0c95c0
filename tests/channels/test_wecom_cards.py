"""Cards of the app: changed where they stand by a code that works once, or said anew; old ones close when pressed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.channels.wecom.sent import Sent
from bot.talk import DeliveryError, Message, Pressable
from tests.channels.wecom_station import ASKED, DAY, DECIDED, Station, station_at


@pytest_asyncio.fixture
async def station(sqlite_url: str) -> AsyncIterator[Station]:
    async with station_at(sqlite_url) as opened:
        yield opened


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


async def until_closed(station: Station) -> None:
    await asyncio.gather(*station.channel._closing)


async def test_an_old_card_loses_its_buttons_when_it_is_pressed_after_all(station: Station) -> None:
    ref = await station.sends(ASKED)
    station.office.clock.passes(4 * DAY)
    await station.edits(ref, DECIDED)

    await station.is_told(station.office.wang.presses("同意"))
    await until_closed(station)

    assert station.sees() == [
        ("王磊 想调休半天", ("以新消息为准",)),
        ("✅ 周敏 已同意（10:00）\n周五 14:00–17:30", ()),
    ]
    assert [one.action for one in station.heard] == ["approvals:approve:1"]


async def test_a_press_of_an_old_card_that_comes_twice_closes_it_once(station: Station) -> None:
    ref = await station.sends(ASKED)
    station.office.clock.passes(4 * DAY)
    await station.edits(ref, DECIDED)
    press = station.office.wang.presses("同意")

    await asyncio.gather(station.is_told(press), station.is_told(press))
    await until_closed(station)

    assert station.sees()[0] == ("王磊 想调休半天", ("以新消息为准",))
    assert station.codes() == [(False, False), (True, True)]


async def test_an_old_card_that_cannot_be_closed_now_is_closed_by_the_next_press(station: Station) -> None:
    ref = await station.sends(ASKED)
    station.office.clock.passes(4 * DAY)
    await station.edits(ref, DECIDED)
    station.office.fake.faults.refusals.append(("message/update_template_card", -1))

    await station.is_told(station.office.wang.presses("同意"))
    await until_closed(station)
    before = station.sees()[0]
    await station.is_told(station.office.wang.presses("同意"))
    await until_closed(station)

    assert before == ("王磊 想调休半天", ("同意", "不同意"))
    assert station.sees()[0] == ("王磊 想调休半天", ("以新消息为准",))


async def test_an_old_card_that_was_changed_after_all_is_the_newest_again(station: Station) -> None:
    ref = await station.sends(ASKED)
    station.office.clock.passes(4 * DAY)
    station.office.fake.faults.refusals.append(("message/send", 45009))
    with pytest.raises(DeliveryError):
        await station.edits(ref, DECIDED)
    await station.channel._cards.was_pressed(Sent.of(ref).parts[0].card, station.presses_code())

    await station.edits(ref, replace(DECIDED, buttons=((Pressable("撤回决定", "approvals:undo:1"),),)))
    await station.is_told(station.office.wang.presses("撤回决定"))
    await until_closed(station)

    assert station.sees() == [("✅ 周敏 已同意（10:00）", ("撤回决定",))]


async def test_a_card_that_wecom_does_not_know_as_the_members_is_said_anew(station: Station) -> None:
    ref = await station.sends(ASKED)
    station.office.fake.faults.refusals.append(("message/update_template_card", 82102))

    await station.edits(ref, DECIDED)

    assert station.sees() == [("✅ 周敏 已同意（10:00）\n周五 14:00–17:30", ())]


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
