"""What goes wrong in the fake Telegram by script, and the flood limits that it measures."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter, TimedOut

from tests.telegram import FakeTelegram, Group, Limits, Person, StandingClock

pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")


@pytest.fixture
def wang(fake: FakeTelegram) -> Person:
    person = fake.user("王磊")
    person.starts()
    return person


@pytest.fixture
def store(fake: FakeTelegram, wang: Person) -> Group:
    return fake.group("店面群", wang)


async def send(bot: Bot, chat_id: int, times: int) -> None:
    for number in range(times):
        await bot.send_message(chat_id, f"第 {number} 条")


async def test_a_planned_refusal_meets_the_next_call_only(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.fail_next("sendMessage", code=403, description="Forbidden: user is deactivated")

    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(wang.id, "一")
    await bot.send_message(wang.id, "二")

    assert wang.last().text == "二"
    assert [made.refused for made in fake.made("sendMessage")] == ["403 Forbidden: user is deactivated", ""]


async def test_a_planned_refusal_may_wait_for_one_chat(
    fake: FakeTelegram, bot: Bot, wang: Person, store: Group
) -> None:
    fake.fail_next("sendMessage", chat=store, times=2)

    await bot.send_message(wang.id, "一")
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(store.id, "一")
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(store.id, "一")
    await bot.send_message(store.id, "二")

    assert [message.text for message in store.sees()] == ["二"]


async def test_a_planned_refusal_carries_its_parameters(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.fail_next("editMessageText", code=429, description="Too Many Requests", parameters={"retry_after": 7})
    sent = await bot.send_message(wang.id, "一")

    with pytest.raises(RetryAfter) as flood:
        await sent.edit_text("二")

    assert flood.value.retry_after == 7


async def test_a_planned_flood_holds_its_chat_until_it_is_over(
    fake: FakeTelegram, bot: Bot, wang: Person, store: Group, clock: StandingClock
) -> None:
    fake.flood(store, 30)
    clock.passes(10)

    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(store.id, "一")
    await bot.send_message(wang.id, "一")
    clock.passes(20)
    await bot.send_message(store.id, "二")

    assert flood.value.retry_after == 20
    assert store.last().text == "二"
    assert fake.floods == 0


async def test_a_lost_answer_is_a_timeout_of_a_message_that_arrived(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.lose_answer("sendMessage")

    with pytest.raises(TimedOut):
        await bot.send_message(wang.id, "一")
    await bot.send_message(wang.id, "二")

    assert [message.text for message in wang.sees()] == ["/start", "一", "二"]


async def test_when_telegram_is_down_nothing_is_done(
    fake: FakeTelegram, bot: Bot, wang: Person, clock: StandingClock
) -> None:
    fake.down(60)

    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(wang.id, "一")
    fake.down(refuse=True)
    with pytest.raises(NetworkError, match="ConnectError"):
        await bot.get_updates()
    fake.up()
    await bot.send_message(wang.id, "二")
    fake.down(60)
    clock.passes(60)
    await bot.send_message(wang.id, "三")

    assert [message.text for message in wang.sees()] == ["/start", "二", "三"]


async def test_a_poisoned_update_comes_as_it_is(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    person = {"id": wang.id, "is_bot": False, "first_name": "王磊"}
    future = fake.poison({"telepathy": {"thought": "请假"}})
    poison = fake.poison({"callback_query": {"id": "1", "from": person}})

    raw = fake.pending
    with pytest.raises(TypeError, match="chat_instance"):
        await bot.get_updates()
    updates = await bot.get_updates(limit=2)

    assert [update["update_id"] for update in raw[1:]] == [future, poison]
    assert [update.update_id for update in updates] == [future - 1, future]
    assert updates[1].effective_user is None


async def test_a_private_chat_takes_a_short_burst_and_one_a_second(
    fake: FakeTelegram, bot: Bot, wang: Person, clock: StandingClock
) -> None:
    await send(bot, wang.id, 3)

    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(wang.id, "四")
    clock.passes(1)
    await send(bot, wang.id, 1)
    with pytest.raises(RetryAfter):
        await bot.send_message(wang.id, "五")

    assert flood.value.retry_after == 1
    assert fake.floods == 2
    assert len(wang.sees()) == 5


async def test_a_group_takes_twenty_a_minute_edits_included(
    fake: FakeTelegram, bot: Bot, store: Group, clock: StandingClock
) -> None:
    await send(bot, store.id, 10)
    clock.passes(20)
    sent = await bot.send_message(store.id, "一")
    for number in range(9):
        await sent.edit_text(f"改 {number}")

    with pytest.raises(RetryAfter) as flood:
        await sent.edit_text("再改")
    clock.passes(41)
    await sent.edit_text("再改")

    assert flood.value.retry_after == 40
    assert fake.fastest().in_a_minute == {"店面群": 20}
    assert store.last().text == "再改"


async def test_all_chats_together_take_thirty_a_second(clock: StandingClock) -> None:
    fake = FakeTelegram(clock=clock, limits=Limits(private_burst=20))
    people = [fake.user("王磊"), fake.user("周敏")]
    people[0].starts()
    people[1].starts()
    async with fake.ptb_bot() as bot:
        await send(bot, people[0].id, 15)
        await send(bot, people[1].id, 15)

        with pytest.raises(RetryAfter):
            await bot.send_message(people[1].id, "太多")
        clock.passes(1)
        await send(bot, people[1].id, 2)

    assert fake.fastest().in_a_second == 30
    assert fake.fastest().in_a_minute == {}


async def test_what_is_refused_for_another_reason_counts_towards_nothing(
    fake: FakeTelegram, bot: Bot, wang: Person
) -> None:
    for _ in range(5):
        with pytest.raises(BadRequest):
            await bot.send_message(wang.id, "<b>", parse_mode="HTML")

    await send(bot, wang.id, 3)

    assert fake.floods == 0


async def test_polling_is_refused_while_a_webhook_is_set(fake: FakeTelegram, bot: Bot) -> None:
    await bot.set_webhook("https://desk.example.com/telegram", allowed_updates=["message"])

    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    info = await bot.get_webhook_info()
    await bot.delete_webhook()
    await bot.get_updates()

    assert (info.url, info.allowed_updates, info.max_connections) == (
        "https://desk.example.com/telegram",
        ("message",),
        40,
    )


async def test_waiting_in_vain_fails_with_a_transcript(fake: FakeTelegram, wang: Person) -> None:
    wang.says("请假 周五下午")

    with pytest.raises(AssertionError, match=r"did not happen within 0.01 s:\n-- private 王磊 .*\n.*\n#2 王磊: 请假"):
        fake.wait_for(lambda: wang.hears("已提交"), seconds=0.01)
    with pytest.raises(AssertionError, match=r"did not happen within 0\.01 s"):
        await fake.until(lambda: wang.hears("已提交"), seconds=0.01)
