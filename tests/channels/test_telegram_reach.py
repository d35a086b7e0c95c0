"""Who can be reached in Telegram: floods, people who block the bot, groups that move or send it away."""

from __future__ import annotations

import pytest

from bot.scheduler.delivery import TRIES
from bot.talk import Message
from tests.channels.telegram_office import (
    TelegramOffice,
    edited,
    heard,
    sent,
    telegram_office,
)
from tests.scheduler.office import shown

UNREACHABLE = "那边收不到我的消息"
GROUP_LOST = "店面群 收不到我的消息了"
TO, FROM = "migrate_to_chat_id", "migrate_from_chat_id"


async def test_a_flood_holds_that_chat_only_and_just_as_long(office: TelegramOffice) -> None:
    office.fake.flood(office.wang, 17)
    office.tell("wang", "一")
    office.tell("chen", "二")

    await office.works()
    office.passes(16.9)
    await office.works()
    early, tries = heard(office.wang), office.tries("sendMessage", office.wang)
    office.passes(1.1)
    await office.works()

    assert heard(office.chen) == [shown("二")]
    assert (early, tries) == ([], 1)
    assert heard(office.wang) == [shown("一")]


async def test_a_chat_that_is_flooded_again_and_again_is_not_given_up(office: TelegramOffice) -> None:
    office.fake.fail_next(
        "sendMessage", chat=office.wang, code=429, description="Too Many Requests", parameters={"retry_after": 1},
        times=TRIES + 3,
    )  # fmt: skip
    office.tell("wang", "一", "二")

    await office.let_pass(3 * TRIES)

    assert heard(office.wang) == [shown("一"), shown("二")]
    assert heard(office.zhou) == []


# Who can be reached.


async def test_who_has_blocked_the_bot_is_marked_by_a_refusal_and_the_manager_hears_it_once(
    office: TelegramOffice,
) -> None:
    office.fake.fail_next(
        "sendMessage", chat=office.wang, code=403, description="Forbidden: bot was blocked by the user", times=9
    )
    office.tell("wang", "一", "二", "三")
    office.tell("chen", "陈")

    await office.let_pass(5)

    assert office.tries("sendMessage", office.wang) == 1
    assert [UNREACHABLE in said for said in heard(office.zhou)] == [True]
    assert heard(office.chen) == [shown("陈")]


async def test_who_starts_the_bot_again_is_reached_again(office: TelegramOffice) -> None:
    office.fake.fail_next("sendMessage", chat=office.wang, code=403, description="Forbidden: bot was blocked")
    office.tell("wang", "一")
    async with office.listening():
        await office.hears()
        office.wang.starts()
        await office.hears()
        office.tell("wang", "二")
        await office.let_pass(2)

    assert shown("一") not in heard(office.wang)
    assert heard(office.wang)[-1] == shown("二")


async def test_who_blocks_the_bot_is_marked_without_any_sending(office: TelegramOffice) -> None:
    async with office.listening():
        office.wang.blocks()
        await office.hears()
        office.tell("wang", "一")
        await office.hears()
        marked = office.tries("sendMessage", office.wang)
        office.wang.unblocks()
        await office.hears()
        office.tell("wang", "二")
        await office.hears()

    assert marked == 0
    assert [UNREACHABLE in said for said in heard(office.zhou)] == [True]
    assert heard(office.wang) == [shown("二")]


async def test_an_account_that_was_deleted_stops_nobody(office: TelegramOffice) -> None:
    office.wang.deactivates()
    office.tell("wang", "一")
    office.tell("chen", "二")

    await office.works()

    assert heard(office.chen) == [shown("二")]
    assert len(heard(office.zhou)) == 1


# Groups.


@pytest.mark.parametrize("listens", [False, True], ids=["by a refusal", "by a note in the group"])
async def test_a_group_that_has_migrated_hears_everything_once(office: TelegramOffice, listens: bool) -> None:
    office.tell_group("一")
    await office.works()
    office.passes(3)
    office.group.migrates()
    if listens:
        async with office.listening():
            await office.hears()
    before = len(office.fake.made("sendMessage"))

    office.tell_group("二", "三")
    await office.let_pass(5)

    assert heard(office.group) == [shown("二"), shown("三")]
    assert len(office.fake.made("sendMessage")) - before == (2 if listens else 3)
    assert office.failed() == []


@pytest.mark.parametrize("notes", [(TO,), (FROM,), (FROM, TO)], ids=["the old one", "the new one", "the new one first"])
async def test_whichever_chat_says_first_that_a_group_moved_it_is_followed_once(
    office: TelegramOffice, notes: tuple[str, ...]
) -> None:
    office.group.migrates()
    arrive_as(office, notes)
    async with office.listening():
        await office.hears()

    office.tell_group("一")
    await office.let_pass(3)

    assert heard(office.group) == [shown("一")]
    assert len(office.fake.made("sendMessage")) == 1


def arrive_as(office: TelegramOffice, notes: tuple[str, ...]) -> None:
    """Of what waits only these notes come, in this order."""
    queue = office.fake.bot.queue
    waiting = list(queue.pending.values())
    queue.confirm_before(queue.next_id)
    for note in notes:
        [update] = [one for one in waiting if note in one["message"]]
        queue.put_raw({"message": update["message"]})


async def test_a_card_from_before_the_migration_is_shown_anew_and_changes_no_other_message(
    office: TelegramOffice,
) -> None:
    refs = [await sent(office, Message(f"旧{number}"), to=office.group) for number in range(3)]
    office.group.migrates()
    for number in range(6):
        await sent(office, Message(f"新{number}"), to=office.group)

    ref = await edited(office, refs[-1], Message("旧2 改了"), to=office.group)
    again = await edited(office, ref, Message("旧2 又改了"), to=office.group)

    assert heard(office.group) == [*(f"新{number}" for number in range(6)), "旧2 又改了"]
    assert again == ref


async def test_a_group_that_sends_the_bot_away_is_told_of_once(office: TelegramOffice) -> None:
    async with office.listening():
        office.group.kicks_bot()
        await office.hears()
        office.tell_group("一", "二")
        await office.let_pass(4)

    assert [GROUP_LOST in said for said in heard(office.zhou)] == [True]
    assert len(office.failed()) == 2


async def test_a_forum_that_sends_the_bot_away_is_told_of_for_the_topic_where_it_stood(
    sqlite_url: str, impatient: None
) -> None:
    async with telegram_office(sqlite_url) as office:
        forum = office.fake.supergroup("店面群", *office.people.values(), forum=True)
        office.opens(forum, topic=forum.topic("前台").thread)
        async with office.listening():
            forum.kicks_bot()
            await office.hears()
            await office.let_pass(2)

    assert [GROUP_LOST in said for said in heard(office.zhou)] == [True]
    assert len(office.fake.made("sendMessage")) == 1


async def test_a_group_in_which_the_bot_may_not_write_is_told_of_once(office: TelegramOffice) -> None:
    refusal = "Bad Request: not enough rights to send text messages to the chat"
    office.fake.fail_next("sendMessage", chat=office.group, code=400, description=refusal, times=9)
    office.tell_group("一", "二")

    await office.let_pass(4)

    assert [GROUP_LOST in said for said in heard(office.zhou)] == [True]


# Topics and mentions.


async def test_a_topic_is_answered_in_it_and_when_it_is_gone_in_its_group(sqlite_url: str) -> None:
    async with telegram_office(sqlite_url) as office:
        forum = office.fake.supergroup("店面群", *office.people.values(), forum=True)
        desk = forum.topic("前台")
        office.opens(forum, topic=desk.thread)
        async with office.listening():
            office.wang.says("@qiantai_bot 跟读 一", desk)
            await office.hears()
            assert forum.chat.topics is not None
            forum.chat.topics.clear()
            office.tell_group("二")
            await office.let_pass(4)

    assert [(one.text, one.thread) for one in forum.sees() if one.sender == "前台"] == [
        (shown("一"), desk.thread),
        (shown("二"), None),
    ]


async def test_who_is_meant_in_a_group_is_notified(office: TelegramOffice) -> None:
    message = Message('<at staff="1">王磊</at> 看一下', people={1: str(office.wang.id)})

    await office.channel.send(office.at(office.group), message, at=office.clock.now())

    assert office.group.last().mentions == ("王磊",)
