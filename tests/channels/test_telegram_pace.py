"""However much there is to say at once, Telegram's limits are never passed: a storm against the strict fake."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from functools import partial
from itertools import pairwise

import pytest_asyncio
from sqlmodel import Session

from bot.channels.telegram import NAME
from bot.feature import Scene
from bot.notices import Notice
from storage import group_chats, staff
from storage.outbox import OutboxState
from storage.staff import Role, Staff
from tests.channels.telegram_office import PARCEL, STRICT, TelegramOffice, heard, telegram_office
from tests.scheduler.office import shown
from tests.telegram import Person

# The first of a digest, and the most that are gathered with it.
GATHERED = 21


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncIterator[TelegramOffice]:
    async with telegram_office(sqlite_url, limits=STRICT) as opened:
        opened.opens()
        yield opened
        assert opened.fake.floods == 0
        assert max(opened.fake.fastest().in_a_minute.values(), default=0) <= 20


def lines(of: list[str]) -> list[str]:
    return [line for said in of for line in said.split("\n")]


def numbered(number: int) -> list[str]:
    return [shown(str(one)) for one in range(number)]


def hire(office: TelegramOffice, number: int) -> list[Person]:
    """So many colleagues, each with the bot."""
    people = [office.fake.user(f"新{one}") for one in range(number)]
    for person in people:
        person.starts()
    office.database.write_now(partial(_hire, office=office, people=people))
    return people


def _hire(session: Session, *, office: TelegramOffice, people: list[Person]) -> None:
    for person in people:
        colleague = Staff(store_id=office.shop.store_id, key=f"n{person.id}", name=person.name, roles=[Role.DESIGNER])
        staff.put(session, colleague)
        contact = staff.contact(session, channel=NAME, account=office.channel.account, address=str(person.id))
        staff.bind(session, contact, colleague.id)


def tell_everybody(office: TelegramOffice, said: str) -> None:
    def work(scene: Scene) -> None:
        for person in scene.people():
            scene.tell(person.id, Notice("desk.in_private", {"name": said}), urgent=True)

    office.in_store(work)


async def test_a_storm_goes_out_in_order_and_in_the_group_as_digests(office: TelegramOffice) -> None:
    office.tell_group(*map(str, range(500)), urgent=False)
    for key in office.people:
        office.tell(key, *map(str, range(125)))

    await office.let_pass(190)

    said = heard(office.group)
    assert lines(said) == numbered(500)
    assert len(said) == math.ceil(500 / GATHERED)
    assert [heard(person) for person in office.people.values()] == [numbered(125)] * 4


async def test_urgent_words_to_a_group_keep_its_pace(office: TelegramOffice) -> None:
    office.tell_group(*map(str, range(50)))

    await office.let_pass(59)
    in_the_first_minute = len(heard(office.group))
    await office.let_pass(121)

    assert in_the_first_minute == 20
    assert heard(office.group) == numbered(50)


async def test_a_digest_counts_as_the_one_message_that_it_is(office: TelegramOffice) -> None:
    office.tell_group(*map(str, range(GATHERED)), urgent=False)
    await office.let_pass(61)

    office.tell_group("急")
    await office.let_pass(2)

    assert heard(office.group)[1:] == [shown("急")]


async def test_a_card_in_a_group_that_changes_every_second_keeps_the_pace(office: TelegramOffice) -> None:
    office.parcel("0")
    office.in_store(lambda scene: scene.tell_group(Notice(subject=PARCEL), urgent=True))
    for number in range(1, 90):
        await office.works()
        office.passes(1)
        office.parcel(str(number))

    await office.let_pass(60)

    assert heard(office.group) == [shown("89")]
    assert 20 < len(office.fake.made("editMessageText")) <= 50


async def test_words_and_changing_cards_share_the_pace_of_a_group(office: TelegramOffice) -> None:
    office.parcel("0")
    office.in_store(lambda scene: scene.tell_group(Notice(subject=PARCEL), urgent=True))
    for number in range(1, 40):
        await office.works()
        office.passes(1)
        office.parcel(str(number))
        office.tell_group(str(number))

    await office.let_pass(180)

    assert heard(office.group) == [shown("39"), *numbered(40)[1:]]


async def test_a_persons_card_that_changes_every_second_keeps_the_pace(office: TelegramOffice) -> None:
    office.parcel("0")
    office.show_parcel("wang")
    for number in range(1, 40):
        await office.works()
        office.passes(0.5)
        office.parcel(str(number))

    await office.let_pass(5)

    assert heard(office.wang) == [shown("39")]
    times = [one.sent_at for one in office.outbox() if one.state == OutboxState.SENT and one.sent_at is not None]
    assert all((later - earlier).total_seconds() >= 1 for earlier, later in pairwise(sorted(times)))


async def test_the_topics_of_a_group_share_its_pace(sqlite_url: str) -> None:
    async with telegram_office(sqlite_url, limits=STRICT) as office:
        forum = office.fake.supergroup("店面群", *office.people.values(), forum=True)
        office.opens(forum, topic=forum.topic("前台").thread)
        second = f"{forum.id}/{forum.topic('外出').thread}"
        place = {"channel": NAME, "account": office.channel.account, "address": second}
        office.database.write_now(lambda db: group_chats.take_group(db, office.shop.store_id, name="外出", **place))
        office.tell_group(*map(str, range(30)))

        await office.let_pass(200)

    assert len(heard(forum)) == 60
    assert office.fake.floods == 0
    assert office.fake.fastest().in_a_minute == {"店面群": 20}


async def test_many_people_at_once_keep_the_pace_of_all_together(office: TelegramOffice) -> None:
    people = hire(office, 80)
    tell_everybody(office, "大家好")

    await office.let_pass(5, step=0.25)

    assert all(heard(person) == [shown("大家好")] for person in people)
    assert 20 <= office.fake.fastest().in_a_second <= 30
