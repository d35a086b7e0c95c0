"""The app as a channel: what comes in is handed on, what goes out stays within what WeCom lets through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import pytest
import pytest_asyncio
from sqlmodel import Session

from bot.channels.called import NotYet
from bot.channels.wecom.sent import Sent
from bot.talk import DeliveryError, File, Message, Said
from storage import staff
from storage.outbox import Outbox, OutboxState
from tests.channels.wecom_station import ASKED, AT, DAY, TO, Station, station_at
from tests.storage.shop import open_shop


@pytest_asyncio.fixture
async def station(sqlite_url: str) -> AsyncIterator[Station]:
    async with station_at(sqlite_url) as opened:
        yield opened


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


def is_wangs(session: Session, address: str) -> None:
    place = {"channel": TO.channel, "account": TO.account, "address": address}
    staff.bind(session, staff.contact(session, **place), open_shop(session).wang)


async def test_whose_account_is_called_otherwise_now_leaves_the_old_name_to_others(station: Station) -> None:
    station.office.wang.member.name = "王雷"
    station.database.write_now(partial(is_wangs, address="wanglei"))
    await station.is_told(station.office.wang.says("好"))

    station.database.write_now(_moves)
    await station.is_told(station.renamed("WangLei", "wang.lei"))
    await station.is_told(station.office.wang.says("我是新来的"))

    assert [(one.kind, one.name) for one in station.heard] == [
        (Said.TEXT, ""),
        (Said.MOVED, ""),
        (Said.TEXT, "王雷"),
    ]


def _moves(session: Session) -> None:
    """What the desk makes of it."""
    place = {"channel": TO.channel, "account": TO.account, "address": "wanglei"}
    staff.move_contact(session, staff.contact(session, **place), "wang.lei")


# Limits and trouble.


async def test_a_member_gets_no_more_than_wecom_lets_through(station: Station) -> None:
    for number in range(30):
        await station.sends(Message(f"第 {number} 条"))

    with pytest.raises(DeliveryError) as told:
        await station.sends(Message("第 30 条"))

    assert (told.value.retry_after, told.value.unreached) == (60, True)
    assert station.office.fake.dropped == []


def said_before(station: Station, refs: list[str]) -> None:
    """The outbox remembers what went to the member, as it does over a restart."""

    def work(session: Session) -> None:
        sent = {"recipient": "staff:1", "content": {}, "state": OutboxState.SENT, "address": str(TO)}
        for ref in refs:
            session.add(Outbox(**sent, created_at=AT, due_at=AT, message_ref=ref, sent_at=station.office.real()))  # type: ignore[arg-type]

    station.database.write_now(work)


async def test_a_restart_forgets_none_of_the_messages_that_a_notice_took(station: Station) -> None:
    long = Message("\n".join("一二三四五六七八九十" * 6 for _ in range(20)))
    refs = [await station.sends(long) for _ in range(14)]
    said_before(station, refs)

    restarted = station.after_restart()
    await restarted.sends(Message("第 29 条"))
    await restarted.sends(Message("第 30 条"))
    with pytest.raises(DeliveryError, match="all that WeCom lets through"):
        await restarted.sends(Message("第 31 条"))

    assert len(Sent.of(refs[0]).parts) == 2
    assert station.office.fake.dropped == []


async def test_a_file_goes_with_its_words(station: Station) -> None:
    await station.sends(Message("合同在这里", file=File("合同.pdf", b"%PDF-1.7 contract", "application/pdf")))

    assert [(one.text, one.file) for one in station.office.wang.sees()] == [("合同在这里", ""), ("", "合同.pdf")]


async def test_whom_the_app_does_not_know_is_never_reached(station: Station) -> None:
    with pytest.raises(DeliveryError) as told:
        await station.sends(Message("您好"), replace(TO, chat="nobody"))

    assert told.value.permanent


async def test_what_is_for_a_member_of_another_corp_reaches_nobody_of_the_same_name_here(station: Station) -> None:
    with pytest.raises(DeliveryError) as told:
        await station.sends(ASKED, replace(TO, account="wx0/1"))

    assert told.value.permanent
    assert station.sees() == []
