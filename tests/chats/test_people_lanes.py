"""Joining by a code while messages wait, processes die and two bring the same code: nothing is lost, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest_asyncio
from sqlmodel import Session, select

from bot.desk import Desk
from bot.handlers import FEATURES
from bot.talk import Incoming
from storage import inbox, invites, staff
from storage.inbox import Inbox, InboxState
from storage.staff import Contact
from tests.scheduler.office import FAKE, Office, after_restart, lanes_are_woken, office_at
from tests.storage.shop import DAY, NOW, all_rows

CODE = "7K3MQ9XA"
JOIN = "加入 7K3M-Q9XA"
WELCOME = "Wang，欢迎来到中山路店"
HELP = "直接说要办的事"


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with office_at(database_url, features=FEATURES) as opened:
        give = partial(invites.put, staff_id=opened.shop.wang, token=CODE, expires_at=NOW + DAY, code=True)
        opened.database.write_now(partial(give, by_id=opened.shop.zhou))
        yield opened


def desk_of(office: Office) -> Desk:
    """A desk that hears what is committed, as in the running front desk."""
    desk = Desk(office.database, office.clock, office.features)
    lanes_are_woken(office.database, desk)
    return desk


def said(text: str, number: int, *, by: str = "phone") -> Incoming:
    return Incoming(FAKE, "local", f"{by}:{number}", by, text=text)


async def settled(office: Office, desk: Desk) -> None:
    for _ in range(3):
        # A bell rings from the writer's thread.
        await asyncio.sleep(0.02)
        await office.until(lambda: desk.idle)
        await office.works()
    await desk.close()


def heard_first(office: Office, chat: str) -> list[str]:
    """The first line of everything told there."""
    return [one.splitlines()[0][:20] for one in office.channel.told(chat)]


def rows_of(office: Office) -> list[tuple[InboxState, str]]:
    return [(row.state, row.lane.partition(":")[0]) for row in all_rows(office.database, Inbox)]


async def test_what_waits_behind_the_code_is_handled_as_the_persons(office: Office) -> None:
    desk = desk_of(office)
    for number, text in enumerate(["你好", JOIN, "帮助", "菜单"]):
        await office.database.write(partial(_keep, desk, said(text, number)))

    await desk.wake_all()
    await settled(office, desk)

    # What a stranger is told goes its own way, beside what the person is told.
    told = [one for one in office.channel.told("phone") if "只为店里同事" not in one]
    assert [WELCOME in told[0], HELP in told[1], told[2] == "Wang，要办什么？"] == [True] * 3
    assert (len(told), len(office.channel.told("phone"))) == (3, 4)
    assert rows_of(office) == [(InboxState.DONE, "contact")] * 2 + [(InboxState.DONE, "staff")] * 2


async def test_a_process_that_dies_right_behind_the_joining_loses_nothing(office: Office) -> None:
    dying = Desk(office.database, office.clock, office.features)
    for number, text in enumerate([JOIN, "帮助"]):
        await office.database.write(partial(_keep, dying, said(text, number)))
    [lane] = await office.database.read(inbox.waiting_lanes)
    await office.database.write(partial(dying.handle_next, lane))

    restarted = after_restart(office)
    desk = desk_of(restarted)
    await desk.wake_all()
    await settled(restarted, desk)

    told = restarted.channel.told("phone")
    assert [WELCOME in told[0], HELP in told[1], len(told)] == [True, True, 2]
    assert [row[0] for row in rows_of(office)] == [InboxState.DONE] * 2


async def test_what_was_being_kept_while_the_chat_became_somebodys_is_theirs(office: Office) -> None:
    desk = desk_of(office)
    await desk.receive(said(JOIN, 1))
    await office.until(lambda: desk.idle)
    await office.database.write(partial(_keep_as_a_strangers, desk, said("帮助", 2)))

    await desk.wake_all()
    await settled(office, desk)

    told = office.channel.told("phone")
    assert [WELCOME in told[0], HELP in told[1], len(told)] == [True, True, 2]
    assert rows_of(office)[1] == (InboxState.DONE, "staff")


async def test_the_same_code_by_two_strangers_at_once_lets_one_in(office: Office) -> None:
    desk = desk_of(office)

    await asyncio.gather(*(desk.receive(said(JOIN, 1, by=f"phone{n}")) for n in range(4)))
    await settled(office, desk)

    bound = [one for one in all_rows(office.database, Contact) if one.staff_id == office.shop.wang]
    firsts = [heard_first(office, f"phone{n}") for n in range(4)]
    assert len(bound) == 2
    assert sum(WELCOME in line for [line] in firsts) == 1
    assert sum("这个加入码已经用过了" in line for [line] in firsts) == 3


async def test_the_inviter_hears_once_and_the_other_chat_is_warned(office: Office) -> None:
    desk = desk_of(office)

    await desk.receive(said(JOIN, 1))
    await desk.receive(said(JOIN, 1))
    await settled(office, desk)

    assert office.channel.told("zhou") == ["✅ Wang 用您给的加入码加入了。"]
    assert len(office.channel.told("wang")) == 1
    assert "另一个聊天" in office.channel.told("wang")[0]


async def test_a_code_said_in_a_group_opens_nothing(office: Office) -> None:
    desk = desk_of(office)
    in_group = Incoming(FAKE, "local", "g1", "phone", chat="store", text=JOIN)

    await desk.receive(in_group)
    await settled(office, desk)

    assert office.channel.told("phone") == []
    assert office.database.read_now(partial(invites.still_open, token=CODE, now=NOW)) is None
    found = office.database.read_now(partial(invites.find, token=CODE, code=True))
    assert found is not None
    assert found.used_at is None


def _keep(desk: Desk, incoming: Incoming, session: Session) -> None:
    desk.keep(incoming, session)


def _keep_as_a_strangers(desk: Desk, incoming: Incoming, session: Session) -> None:
    """As a process keeps it that had looked at the contact just before it became somebody's."""
    desk.keep(incoming, session)
    [row] = session.exec(select(Inbox).where(Inbox.state == InboxState.WAITING)).all()
    row.lane = f"contact:{row.contact_id}"
    assert staff.contact_by_id(session, row.contact_id).staff_id
