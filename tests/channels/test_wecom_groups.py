"""The group that the app makes for a store: made once, spoken in without cards, its people those of the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from unittest.mock import AsyncMock

import pytest
import pytest_asyncio
from sqlmodel import Session
from structlog.testing import capture_logs

from bot.channels.wecom import Groups, WeCom
from bot.talk import Address, DeliveryError, File, Message, Pressable
from bot.texts import plain, text
from storage import group_chats, staff, stores
from storage.database import Database
from storage.stores import Store
from tests.channels.wecom_office import WeComOffice, wecom_office
from tests.storage.shop import NOW, Shop, open_shop
from tests.wecom import Person, Seen
from tests.wecom.fake import AGENT, CORP
from tests.wecom.things import Group, Made

ACCOUNT = f"{CORP}/{AGENT}"
OTHER_APP = 1000003


class Crew:
    """A store of which Zhou, who manages it, Wang and Chen have spoken to the app; Liu has not yet."""

    def __init__(self, office: WeComOffice, database: Database) -> None:
        self.office = office
        self.database = database
        self.shop: Shop = database.write_now(open_shop)
        self.store: Store = database.read_now(partial(stores.get, store_id=self.shop.store_id))
        self.zhou, self.liu = office.fake.member("ZhouMin"), office.fake.member("LiuFang")
        self.speaks(office.wang, self.shop.wang)
        self.speaks(office.chen, self.shop.chen)
        self.speaks(self.zhou, self.shop.zhou)
        self.groups = Groups(office.client, database)
        self.channel = WeCom(office.client, database, office.real, home="https://qiantai.example.com")
        self.to = self.groups.address_of(self.store)

    def speaks(self, person: Person, staff_id: int) -> None:
        """The person's chat with the app is theirs from now on."""

        def bind(session: Session) -> None:
            made = staff.contact(session, channel="wecom", account=ACCOUNT, address=person.member.key)
            staff.bind(session, made, staff_id)

        self.database.write_now(bind)

    def leaves(self, staff_id: int) -> None:
        def deactivate(session: Session) -> None:
            staff.get(session, staff_id).active = False

        self.database.write_now(deactivate)

    async def has_group(self, name: str = "店面群") -> Group:
        """The store's group, made and bound."""
        assert await self.groups.make(self.store, name) is None
        take = partial(group_chats.take_group, channel="wecom", account=ACCOUNT, address=self.to.chat)
        self.database.write_now(partial(take, store_id=self.shop.store_id, name=name))
        return self.office.fake.group(self.to.chat)

    async def says(self, markup: str, **more: object) -> str:
        return await self.channel.send(self.to, Message(markup, **more), at=NOW)  # type: ignore[arg-type]

    def seen(self) -> list[Seen]:
        return self.office.wang.sees_in(self.office.fake.group(self.to.chat))

    def asked(self, path: str) -> list[Made]:
        return self.office.fake.made(f"appchat/{path}")


@pytest_asyncio.fixture
async def crew(sqlite_url: str) -> AsyncIterator[Crew]:
    database = Database(sqlite_url)
    async with wecom_office() as office:
        yield Crew(office, database)
        assert office.fake.complaints == []
    database.close()


# Making it.


async def test_the_stores_group_has_everybody_who_spoke_to_the_app_and_a_manager_owns_it(crew: Crew) -> None:
    group = await crew.has_group()

    assert (group.name, group.owner, set(group.members)) == ("店面群", "zhoumin", {"zhoumin", "wanglei", "chenjing"})


async def test_no_second_group_is_made_and_who_is_missing_comes_into_the_first(crew: Crew) -> None:
    await crew.has_group()
    crew.speaks(crew.liu, crew.shop.liu)

    group = await crew.has_group("中山路店")

    assert list(crew.office.fake.world.groups) == [crew.to.chat]
    assert (group.name, len(group.members)) == ("中山路店", 4)


async def test_a_group_whose_making_was_not_answered_is_found(crew: Crew) -> None:
    crew.office.fake.faults.lost.append("appchat/create")
    broken = await crew.groups.make(crew.store, "店面群")

    again = await Groups(crew.office.client, crew.database).make(crew.store, "店面群")

    assert (broken is not None, again) == (True, None)
    assert len(crew.office.fake.world.groups) == 1


async def test_an_app_that_not_all_of_the_corp_see_makes_no_group(crew: Crew) -> None:
    crew.office.fake.app.sees_root = False

    told = await crew.groups.make(crew.store, "店面群")

    assert told is not None
    assert "根部门" in plain(text(told.key, **told.values))


async def test_nobody_is_alone_in_a_group(crew: Crew) -> None:
    crew.leaves(crew.shop.wang)
    crew.leaves(crew.shop.chen)

    told = await crew.groups.make(crew.store, "店面群")

    assert told is not None
    assert "有 1 位" in plain(text(told.key, **told.values))
    assert crew.office.fake.calls == []


# Speaking in it.


async def test_the_group_reads_words_without_buttons_and_the_file(crew: Crew) -> None:
    await crew.has_group()
    sheet = File("报价单.xlsx", b"what it holds")

    ref = await crew.says("今天到期：平面方案", file=sheet, buttons=((Pressable("好", "ok"),),))

    assert ref == ""
    assert [(one.kind, one.text, one.labels, one.file) for one in crew.seen()] == [
        ("text", "今天到期：平面方案", (), ""),
        ("file", "", (), "报价单.xlsx"),
    ]


@pytest.mark.parametrize(
    ("begin", "read"),
    [("", ("text", "早\n王磊 Liu")), ("<b>早</b>", ("markdown", "**早**\n<@wanglei> Liu"))],
    ids=["text", "markdown"],
)
async def test_whom_it_names_is_called(crew: Crew, begin: str, read: tuple[str, str]) -> None:
    await crew.has_group()

    await crew.says(
        f'{begin or "早"}\n<at staff="7">王磊</at> <at staff="8">Liu</at>', people={7: crew.office.wang.member.key}
    )

    assert [(one.kind, one.text, one.mentioned) for one in crew.seen()] == [(*read, ("wanglei",))]


async def test_what_somebody_typed_calls_nobody(crew: Crew) -> None:
    await crew.has_group()

    await crew.says("<b>早</b> &lt;@wanglei&gt;")

    assert [(one.kind, one.text.replace("\u200b", ""), one.mentioned) for one in crew.seen()] == [
        ("text", "早 <@wanglei>", ())
    ]


@pytest.mark.parametrize("begin", ["", "<b>早</b>\n"], ids=["text", "markdown"])
async def test_what_is_long_comes_in_parts_that_wecom_does_not_cut(crew: Crew, begin: str) -> None:
    await crew.has_group()
    lines = [f"{number:03} 一二三四五六七八九十" for number in range(100)]

    await crew.says(begin + "\n".join(lines))

    assert [word for one in crew.seen() for word in one.text.split("\n") if word[:3].isdigit()] == lines
    assert len(crew.seen()) > 1


async def test_more_than_a_member_gets_in_private_comes_into_the_group(crew: Crew) -> None:
    await crew.has_group()

    for number in range(31):
        await crew.says(str(number))

    assert [one.text for one in crew.seen()] == [str(number) for number in range(31)]


async def test_what_broke_off_is_taken_up_where_it_stopped(crew: Crew) -> None:
    await crew.has_group()
    crew.office.fake.faults.refusals.append(("media/upload", -1))
    with pytest.raises(DeliveryError):
        await crew.says("报价", file=File("a.txt", b"what it holds"))

    await crew.says("报价", file=File("a.txt", b"what it holds"))

    assert [one.kind for one in crew.seen()] == ["text", "file"]


async def test_a_group_that_is_not_there_or_another_apps_hears_nothing_for_ever(crew: Crew) -> None:
    others = crew.office.fake.add_app(OTHER_APP, "another-secret")
    with pytest.raises(DeliveryError) as unknown:
        await crew.says("早")
    crew.office.fake.world.groups[crew.to.chat] = Group(crew.to.chat, "", ["wanglei", "chenjing"], app=others)
    with pytest.raises(DeliveryError) as not_ours:
        await crew.says("早")

    assert (unknown.value.permanent, not_ours.value.permanent) == (True, True)


async def test_what_is_for_another_apps_group_is_not_said(crew: Crew) -> None:
    with pytest.raises(DeliveryError) as told:
        await crew.channel.send(Address("wecom", "another/1", crew.to.chat, group=True), Message("早"), at=NOW)

    assert told.value.permanent
    assert crew.office.fake.calls == []


async def test_an_app_that_lost_its_right_to_the_group_says_it_later(crew: Crew) -> None:
    await crew.has_group()
    crew.office.fake.app.sees_root = False

    with pytest.raises(DeliveryError) as told:
        await crew.says("早")

    assert (told.value.permanent, told.value.unreached, told.value.retry_after) == (False, True, 60)


# Its people.


async def test_who_joins_the_store_joins_the_group_and_who_leaves_it_leaves(crew: Crew) -> None:
    group = await crew.has_group()
    crew.speaks(crew.liu, crew.shop.liu)
    crew.leaves(crew.shop.chen)

    await crew.groups.keep()
    await crew.groups.keep()

    assert set(group.members) == {"zhoumin", "wanglei", "liufang"}
    assert len(crew.asked("update")) == 1


async def test_while_the_channel_runs_it_keeps_the_groups(crew: Crew) -> None:
    group = await crew.has_group()
    crew.leaves(crew.shop.chen)

    running = asyncio.create_task(crew.channel.run(AsyncMock()))
    await crew.office.fake.until(lambda: "chenjing" not in group.members)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert set(group.members) == {"zhoumin", "wanglei"}


async def test_whom_somebody_took_into_the_group_stays(crew: Crew) -> None:
    group = await crew.has_group()
    group.members.append(crew.liu.member.key)

    await crew.groups.keep()

    assert "liufang" in group.members
    assert crew.asked("update") == []


async def test_a_chat_that_is_nobodys_any_more_leaves_the_group(crew: Crew) -> None:
    group = await crew.has_group()
    crew.database.write_now(partial(staff.drop_chats, staff_id=crew.shop.chen))

    await crew.groups.keep()

    assert "chenjing" not in group.members


async def test_what_wecom_refuses_is_tried_the_next_time(crew: Crew) -> None:
    group = await crew.has_group()
    crew.leaves(crew.shop.chen)
    crew.office.fake.faults.refusals.append(("appchat/update", 86007))
    with capture_logs() as logs:
        await crew.groups.keep()
        crew.office.fake.faults.away = True
        await crew.groups.keep()
    crew.office.fake.faults.away = False

    await crew.groups.keep()

    assert [(one["code"], one["error_type"]) for one in logs] == [(86007, "WeComError"), (None, "HTTPStatusError")]
    assert "chenjing" not in group.members


async def test_a_group_that_was_given_up_is_left_alone(crew: Crew) -> None:
    await crew.has_group()
    [known] = crew.database.read_now(partial(group_chats.groups_on, channel="wecom"))
    crew.database.write_now(partial(group_chats.give_up_group, known=known, now=NOW))
    crew.leaves(crew.shop.chen)

    await crew.groups.keep()

    assert crew.asked("update") == []
