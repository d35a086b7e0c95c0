"""Whom WeCom's directory knows by a colleague's name needs no code; whoever might be somebody else does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import Session

from bot.desk import Desk
from bot.handlers import FEATURES
from bot.talk import Incoming, Said
from storage import staff
from storage.outbox import Outbox
from storage.staff import Contact, Role, Staff
from tests.scheduler.office import FAKE, Office, lanes_are_woken, office_at
from tests.storage.shop import all_rows, bound_contact

STRANGER = "只为店里同事服务"
WELCOME = "孙强，欢迎来到"
KNOWN = "孙强 从"


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    async with office_at(sqlite_url, features=FEATURES) as opened:
        hires(opened, "sun", "孙强")
        yield opened


@pytest_asyncio.fixture
async def desk(office: Office) -> AsyncIterator[Desk]:
    opened = Desk(office.database, office.clock, office.features)
    lanes_are_woken(office.database, opened)
    yield opened
    await opened.close()


def hires(office: Office, key: str, name: str, *, active: bool = True) -> int:
    """Somebody who has no chat yet."""

    def work(session: Session) -> int:
        person = Staff(store_id=office.shop.store_id, key=key, name=name, roles=[Role.DESIGNER], active=active)
        staff.put(session, person)
        session.flush()
        return person.id

    return office.database.write_now(work)


async def says(office: Office, desk: Desk, *lines: str, by: str = "sunqiang", name: str = "孙强", **more: Any) -> None:
    """A member of the corp says something, and all that follows has happened; WeCom says what they are called."""
    for line in lines:
        number = len(office.channel.tries) * 100 + len(all_rows(office.database, Outbox))
        event = Incoming(FAKE, "local", f"{by}:{line}:{number}", by, text=line, **{"name": name, **more})
        await desk.receive(event)
    await desk.wake_all()
    await office.until(lambda: desk.idle)
    await office.works()


def change(office: Office, work: Callable[[Session], object]) -> None:
    office.database.write_now(work)


def owners(office: Office) -> dict[str, int | None]:
    """Whose each chat is."""
    rows: list[Contact] = all_rows(office.database, Contact)
    return {one.address: one.staff_id for one in rows}


async def test_a_colleagues_first_message_is_answered_after_their_welcome(office: Office, desk: Desk) -> None:
    await says(office, desk, "谁休假")

    welcome, answer = office.channel.told("sunqiang")
    assert welcome.startswith(WELCOME)
    assert "没有人休假" in answer


async def test_the_managers_hear_of_it_once(office: Office, desk: Desk) -> None:
    await says(office, desk, "谁休假", "我的假")
    await says(office, desk, "我的假")

    assert [KNOWN in one for one in office.channel.told("zhou")] == [True]
    assert office.channel.told("liu") == []


async def test_a_manager_is_not_told_of_themselves(office: Office, desk: Desk) -> None:
    change(office, lambda session: staff.drop_chats(session, office.shop.zhou))

    await says(office, desk, "谁休假", by="zhoumin", name="Zhou")

    assert owners(office)["zhoumin"] == office.shop.zhou
    assert [WELCOME in one for one in office.channel.told("liu")] == [False]


# One polite answer, a chat that is nobody's, and no word to the client managers.
A_STRANGERS: tuple[list[bool], int | None, list[str]] = ([True], None, [])


async def outcome(office: Office, desk: Desk, **more: Any) -> tuple[list[bool], int | None, list[str]]:
    """Of a first message: whether each answer is a stranger's, whose the chat is, what the client manager hears."""
    await says(office, desk, "谁休假", **more)

    greeted = [STRANGER in one for one in office.channel.told("sunqiang")]
    return greeted, owners(office)["sunqiang"], office.channel.told("zhou")


async def test_of_two_with_one_name_nobody_is_recognised(office: Office, desk: Desk) -> None:
    hires(office, "sun2", "孙强")

    assert await outcome(office, desk) == A_STRANGERS


async def test_one_of_two_who_has_left_is_in_nobodys_way(office: Office, desk: Desk) -> None:
    gone = hires(office, "sun2", "孙强", active=False)

    await says(office, desk, "谁休假")

    assert owners(office)["sunqiang"] not in (None, gone)


@pytest.mark.parametrize("name", ["", "孙小强", "sun", " 孙强"])
async def test_whom_the_store_does_not_call_so_is_a_stranger(office: Office, desk: Desk, name: str) -> None:
    assert await outcome(office, desk, name=name) == A_STRANGERS


async def test_who_has_another_chat_there_is_not_recognised_in_a_second_one(office: Office, desk: Desk) -> None:
    [person] = _called_sun(office)
    change(office, partial(bound_contact, staff_id=person, channel=FAKE, address="sun01"))

    assert await outcome(office, desk) == A_STRANGERS


async def test_whose_chat_was_with_another_app_is_recognised_by_the_new_one(office: Office, desk: Desk) -> None:
    [person] = _called_sun(office)
    change(office, partial(_has_chat_with_another_app, staff_id=person))

    await says(office, desk, "谁休假")

    assert owners(office)["sunqiang"] == person


async def test_whose_chats_were_given_up_brings_a_code(office: Office, desk: Desk) -> None:
    await says(office, desk, "谁休假")
    await says(office, desk, "停用聊天 孙强", by="liu", name="")
    heard = len(office.channel.told("sunqiang"))

    drops = f"people:drop_chats:{owners(office)['sunqiang']}"
    await says(office, desk, "停用", by="liu", name="", kind=Said.PRESS, action=drops)
    await says(office, desk, "谁休假")

    assert owners(office)["sunqiang"] is None
    assert STRANGER in office.channel.told("sunqiang")[heard]


async def test_in_a_group_nobody_is_recognised(office: Office, desk: Desk) -> None:
    await says(office, desk, "谁休假", chat="store", addressed=True)

    assert owners(office)["sunqiang"] is None
    assert office.channel.sent == []


async def test_who_is_called_otherwise_in_the_directory_keeps_everything(office: Office, desk: Desk) -> None:
    await says(office, desk, "请假 周五下午 家里有事")
    before = owners(office)["sunqiang"]

    await says(office, desk, "sun.qiang", name="", kind=Said.MOVED)
    await says(office, desk, "我的假", by="sun.qiang")

    assert (owners(office)["sun.qiang"], "sunqiang" in owners(office)) == (before, False)
    assert "请假" in office.channel.told("sun.qiang")[-1]


def _called_sun(office: Office) -> list[int]:
    rows: list[Staff] = all_rows(office.database, Staff)
    return [one.id for one in rows if one.name == "孙强"]


def _has_chat_with_another_app(session: Session, *, staff_id: int) -> None:
    known = staff.contact(session, channel=FAKE, account="another app", address="sunqiang")
    staff.bind(session, known, staff_id)
