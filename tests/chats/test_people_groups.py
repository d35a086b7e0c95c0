"""绑定本群 and 解绑本群: a manager makes a group the store's, from inside it; nobody takes another store's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import pytest
import pytest_asyncio

from bot.desk import Desk
from bot.handlers import FEATURES
from bot.handlers.people_groups import keep_robots_group
from bot.talk import Address, Incoming, Said
from storage import group_chats
from storage.audit import Audit
from storage.outbox import Outbox
from storage.staff import Group
from tests.scheduler.office import FAKE, Office, office_at, shown
from tests.storage.shop import all_rows, bound_contact, open_shop

BOUND = "✅ 这个群归中山路店了（Zhou 绑定）。"


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with office_at(database_url, features=FEATURES) as opened:
        yield opened


@pytest_asyncio.fixture
async def desk(office: Office) -> AsyncIterator[Desk]:
    opened = Desk(office.database, office.clock, office.features)
    yield opened
    await opened.close()


async def hears(office: Office, desk: Desk, text: str, *, by: str = "zhou", chat: str = "new", **more: object) -> None:
    """Somebody says something in a group, and all that follows has happened."""
    number = len(all_rows(office.database, Outbox)) * 100 + len(office.channel.tries)
    event = Incoming(FAKE, "local", f"{by}:{chat}:{text}:{number}", by, chat=chat, text=text, **more)  # type: ignore[arg-type]
    await desk.receive(event)
    await desk.wake_all()
    await office.until(lambda: desk.idle)
    await office.works()


def groups(office: Office) -> list[Group]:
    found: list[Group] = all_rows(office.database, Group)
    return found


def last_verb(office: Office) -> str:
    return str(all_rows(office.database, Audit)[-1].verb)


async def test_a_manager_makes_a_group_the_stores(office: Office, desk: Desk) -> None:
    await hears(office, desk, "绑定本群", chat_name="中山路店\n大家庭")

    [answer] = office.channel.told("new")
    assert answer.startswith(BOUND)
    made = groups(office)[-1]
    assert (made.store_id, made.name, made.listed) == (office.shop.store_id, "中山路店 大家庭", False)
    assert office.channel.told("zhou") == []
    assert last_verb(office) == "people.group_bound"
    office.tell_group("一", urgent=True)
    await office.works()
    assert office.channel.told("new")[-1] == shown("一")


async def test_a_group_whose_name_is_not_known_is_called_the_stores(office: Office, desk: Desk) -> None:
    await hears(office, desk, "绑定本群")

    assert groups(office)[-1].name == "店面群"


async def test_saying_it_again_changes_nothing(office: Office, desk: Desk) -> None:
    await hears(office, desk, "绑定本群")
    await hears(office, desk, "绑定本群")

    assert office.channel.told("zhou")[-1] == "这个群已经是本店的了，不用再绑定。"
    assert len(groups(office)) == 2


async def test_a_designer_hears_who_does_it(office: Office, desk: Desk) -> None:
    await hears(office, desk, "绑定本群", by="wang")

    assert office.channel.told("wang") == ["绑定、解绑群由Zhou、Liu来办。"]
    assert office.channel.told("new") == []
    assert len(groups(office)) == 1
    assert last_verb(office) == "people.not_allowed"


async def test_a_group_of_another_store_is_not_taken_and_not_named(office: Office, desk: Desk) -> None:
    other = office.database.write_now(partial(open_shop, key="renmin"))
    bind = partial(bound_contact, staff_id=other.zhou, channel=FAKE, address="renmin_zhou")
    office.database.write_now(bind)
    await hears(office, desk, "绑定本群", by="renmin_zhou")

    await hears(office, desk, "绑定本群")

    assert office.channel.told("zhou") == ["这个群已经有店在用，绑定不了。确实要换的话，请先让那家店在群里解绑。"]
    assert len(office.channel.told("new")) == 1
    assert groups(office)[-1].store_id == other.store_id


# (what, more)
NOT_FOR_US = [
    ("绑定本群", {"addressed": False}),
    ("我们绑定本群吧", {}),
    ("员工", {}),
    ("解绑本群", {}),
    ("请假 周五下午 家里有事", {}),
    ("", {"kind": Said.PRESS, "action": "people:change:1"}),
]


@pytest.mark.parametrize(("text", "more"), NOT_FOR_US)
async def test_a_group_that_is_nobodys_hears_nothing_else(
    office: Office, desk: Desk, text: str, more: dict[str, object]
) -> None:
    await hears(office, desk, text, **more)  # type: ignore[arg-type]

    assert office.channel.tries == []
    assert len(groups(office)) == 1


async def test_a_stranger_binds_nothing_and_is_not_written_to_alone(office: Office, desk: Desk) -> None:
    await hears(office, desk, "绑定本群", by="stranger")

    assert len(groups(office)) == 1
    assert office.channel.told("stranger") == office.channel.told("new") == []


async def test_a_group_is_given_up_and_hears_nothing_after_that(office: Office, desk: Desk) -> None:
    await hears(office, desk, "绑定本群")
    office.tell_group("等会儿再说")

    await hears(office, desk, "解绑本群")
    office.passes(120)
    office.tell_group("以后的", urgent=True)
    await office.works()

    assert office.channel.told("new")[1:] == [
        "这个群解绑了（Zhou），以后店里的通知不再发到这里。要恢复请说“绑定本群”。"
    ]
    assert office.channel.told("store")[-1] == shown("以后的")
    assert last_verb(office) == "people.group_given_up"


async def test_a_group_that_was_given_up_can_be_anothers_and_hears_nothing_of_before(
    office: Office, desk: Desk
) -> None:
    other = office.database.write_now(partial(open_shop, key="renmin"))
    bind = partial(bound_contact, staff_id=other.zhou, channel=FAKE, address="renmin_zhou")
    office.database.write_now(bind)
    await hears(office, desk, "绑定本群")
    await hears(office, desk, "解绑本群")

    await hears(office, desk, "绑定本群", by="renmin_zhou")
    office.tell_group("这家店的事", urgent=True)
    await office.works()

    assert groups(office)[-1].store_id == other.store_id
    assert shown("这家店的事") not in office.channel.told("new")


async def test_a_group_of_the_stores_file_is_given_up_in_the_file(office: Office, desk: Desk) -> None:
    await hears(office, desk, "解绑本群", chat="store")

    assert office.channel.told("zhou") == ["这个群写在店铺文件里，请装前台的人改文件。"]
    assert groups(office)[0].given_up_at is None


async def test_only_a_manager_gives_a_group_up(office: Office, desk: Desk) -> None:
    await hears(office, desk, "绑定本群")

    await hears(office, desk, "解绑本群", by="chen")

    assert office.channel.told("chen") == ["绑定、解绑群由Zhou、Liu来办。"]
    assert groups(office)[-1].given_up_at is None


@pytest.mark.parametrize("text", ["绑定本群", "解绑本群"])
async def test_it_is_said_in_the_group_itself(office: Office, desk: Desk, text: str) -> None:
    await hears(office, desk, text, chat="private")

    assert office.channel.told("zhou") == ["请在要绑定（解绑）的群里说这句话，前面加 @前台。"]


# The group of WeCom's robot, in which nobody can say 绑定本群.

ROBOTS = Address("wecom_robot", "key1", "robot", group=True)


def keeps(office: Office, to: Address | None) -> None:
    office.database.write_now(partial(keep_robots_group, to=to, now=office.clock.now()))


def robots_groups(office: Office) -> list[tuple[str, bool]]:
    """The account of each of them, and whether it is the store's."""
    return [(one.account, one.given_up_at is None) for one in groups(office) if one.channel == ROBOTS.channel]


async def test_a_robots_group_is_the_only_stores_at_once_and_after_each_start(office: Office) -> None:
    keeps(office, ROBOTS)
    keeps(office, ROBOTS)

    assert robots_groups(office) == [("key1", True)]
    assert (groups(office)[-1].name, groups(office)[-1].store_id) == ("店面群", office.shop.store_id)


async def test_of_two_stores_none_gets_a_robots_group(office: Office) -> None:
    office.database.write_now(partial(open_shop, key="renmin"))

    keeps(office, ROBOTS)

    assert robots_groups(office) == []


async def test_a_robot_with_another_key_is_in_another_group(office: Office) -> None:
    keeps(office, ROBOTS)

    keeps(office, replace(ROBOTS, account="key2"))

    assert robots_groups(office) == [("key1", False), ("key2", True)]


async def test_a_robot_that_comes_back_speaks_again(office: Office) -> None:
    keeps(office, ROBOTS)
    keeps(office, None)

    keeps(office, ROBOTS)

    assert [is_ours for _, is_ours in robots_groups(office)] == [False, True]


async def test_a_robot_takes_the_place_of_the_group_that_the_app_made(office: Office) -> None:
    take = partial(group_chats.take_group, channel="wecom", account="corp/1", address="made")
    office.database.write_now(partial(take, store_id=office.shop.store_id, name="店面群"))

    keeps(office, None)
    before = groups(office)[-1].given_up_at
    keeps(office, ROBOTS)

    assert [(one.channel, one.given_up_at is None) for one in groups(office)[-2:]] == [
        ("wecom", False),
        ("wecom_robot", True),
    ]
    assert before is None


async def test_what_a_robot_that_was_taken_away_had_to_say_is_said_no_more(office: Office) -> None:
    keeps(office, ROBOTS)
    office.tell_group("一", urgent=True)

    keeps(office, None)
    await office.works()

    robots = f"group:{groups(office)[-1].id}"
    assert {row.recipient: str(row.state) for row in office.rows()}[robots] == "expired"
