"""The app's menu: set when it changed, within what WeCom takes; a pressed button says a word."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.channels.wecom.callback import fields
from bot.channels.wecom.menu import Column, Entry, Menu, MenuMistake, Top, buttons, spoken
from bot.channels.wecom.reading import Me, heard
from bot.talk import Incoming, Said
from storage.database import Database
from tests.channels.wecom_office import WeComOffice, wecom_office
from tests.wecom.fake import AGENT, CORP
from tests.wecom.sealing import xml

LEAVE, OUTING = Entry("请假", "请假"), Entry("外出登记", "外出")
MENU: tuple[Top, ...] = (LEAVE, Column("更多", (OUTING, Entry("我的安排", "我的安排"))))
LONG = Entry("一二三四五六", "请假")


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


@pytest_asyncio.fixture
async def office() -> AsyncIterator[WeComOffice]:
    async with wecom_office() as opened:
        yield opened
        assert opened.fake.complaints == []


def pressed(office: WeComOffice, label: str) -> Incoming:
    said = fields(xml(office.wang.presses_menu(office.wang.menu()[label])))
    found = heard(said, Me(CORP, AGENT))
    assert found is not None
    return spoken(found)


async def test_a_menu_is_set_once_and_again_when_it_changes(office: WeComOffice, database: Database) -> None:
    await Menu(database, MENU).keep(office.client)
    await Menu(database, MENU).keep(office.client)
    await Menu(database, (LEAVE,)).keep(office.client)

    assert len(office.fake.made("menu/create")) == 2
    assert list(office.wang.menu()) == ["请假"]


async def test_a_menu_of_nothing_takes_away_what_was_there_and_asks_for_nothing_else(
    office: WeComOffice, database: Database
) -> None:
    await Menu(database, ()).keep(office.client)
    await Menu(database, MENU).keep(office.client)
    await Menu(database, ()).keep(office.client)
    await Menu(database, ()).keep(office.client)

    assert [len(office.fake.made(f"menu/{act}")) for act in ("create", "delete")] == [1, 1]
    assert office.wang.menu() == {}


async def test_a_menu_that_could_not_be_set_is_set_the_next_time(office: WeComOffice, database: Database) -> None:
    office.fake.faults.refusals.append(("menu/create", 40018))
    with capture_logs() as logs:
        await Menu(database, MENU).keep(office.client)
        office.fake.faults.away = True
        await Menu(database, MENU).keep(office.client)
    office.fake.faults.away = False

    await Menu(database, MENU).keep(office.client)

    assert list(office.wang.menu()) == ["请假", "外出登记", "我的安排"]
    assert [one.get("code", one.get("error_type")) for one in logs] == [40018, "HTTPStatusError"]


async def test_a_pressed_button_says_its_word(office: WeComOffice, database: Database) -> None:
    await Menu(database, MENU).keep(office.client)

    first, second = pressed(office, "请假"), pressed(office, "外出登记")

    assert [(one.kind, one.text, one.action) for one in (first, second)] == [
        (Said.TEXT, "请假", ""),
        (Said.TEXT, "外出", ""),
    ]


def test_what_else_is_said_or_pressed_stays_as_it_is() -> None:
    press = Incoming("wecom", "a", "1", "wanglei", kind=Said.PRESS, action="approvals:approve:1", message="t1")
    typed = Incoming("wecom", "a", "2", "wanglei", text="say:请假")

    assert (spoken(press), spoken(typed)) == (press, typed)


TOO_MUCH: list[tuple[Top, ...]] = [
    (LEAVE,) * 4,
    (Column("更多", (LEAVE,) * 6),),
    (Column("更多", ()),),
    (LONG,),
    (Column(LONG.label, (LEAVE,)),),
    (Column("更多", (Entry("一" * 14, "请假"),)),),
    (Entry("请假", "请" * 42),),
    (Entry("", "请假"),),
]


@pytest.mark.parametrize("tops", TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_a_menu_that_wecom_would_not_take_is_not_made(tops: tuple[Top, ...]) -> None:
    with pytest.raises(MenuMistake):
        buttons(tops)


async def test_the_largest_menu_is_taken(office: WeComOffice, database: Database) -> None:
    entries = [Entry("一" * 13, "请" * 41)] * 5

    await Menu(database, [Column("一二三四五", entries)] * 3).keep(office.client)

    assert [one.code for one in office.fake.made("menu/create")] == [0]
