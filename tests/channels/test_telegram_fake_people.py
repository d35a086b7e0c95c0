"""The people of the fake Telegram: what the bot hears of what they do, and what they see of what it does."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MaybeInaccessibleMessage,
    Update,
)
from telegram.error import BadRequest

from tests.telegram import FakeTelegram

YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("同意", callback_data="yes"), InlineKeyboardButton("不同意", callback_data="no")]]
)


async def news(bot: Bot) -> list[Update]:
    """What the bot has not heard yet; hearing it confirms it."""
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return list(updates)


async def texts(bot: Bot) -> list[str | None]:
    return [update.message.text for update in await news(bot) if update.message]


async def test_a_person_who_has_not_started_the_bot_cannot_write_to_it(fake: FakeTelegram) -> None:
    wang = fake.user("王磊")

    with pytest.raises(AssertionError, match="王磊 has not started @qiantai_bot"):
        wang.says("请假")


async def test_a_deep_link_starts_the_bot_with_its_payload(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊", username="wang_lei")

    wang.starts("invite-7")

    (update,) = await news(bot)
    assert update.message is not None
    assert update.message.text == "/start invite-7"
    assert [(entity.type, entity.length) for entity in update.message.entities] == [("bot_command", 6)]
    assert update.effective_user is not None
    assert (update.effective_user.id, update.effective_user.username) == (wang.id, "wang_lei")


async def test_all_kinds_of_messages_reach_the_bot(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    wang.sends_file("图纸.pdf", b"drawing", caption="给 @zhou_min")
    wang.sends_photo(b"photo")
    wang.sends_voice()
    wang.sends_sticker()
    wang.sends_location()

    messages = [update.message for update in await news(bot)]
    start, file, photo, voice, sticker, location = [message for message in messages if message]

    assert start.text == "/start"
    assert file.document is not None
    assert (file.document.file_name, file.caption) == ("图纸.pdf", "给 @zhou_min")
    assert [entity.type for entity in file.caption_entities] == ["mention"]
    assert photo.photo
    assert (voice.voice, sticker.sticker, location.location).count(None) == 0
    assert bytes(await (await file.document.get_file()).download_as_bytearray()) == b"drawing"


async def test_an_edited_message_comes_as_an_edit(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    said = wang.says("请假 周四下午")

    wang.edits(said, "请假 周五下午")

    edit = (await news(bot))[-1].edited_message
    assert edit is not None
    assert (edit.message_id, edit.text) == (said.id, "请假 周五下午")
    assert [(message.text, message.edited) for message in wang.sees()[1:]] == [("请假 周五下午", True)]


async def test_a_press_comes_with_its_message_and_the_chats_instance(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    await bot.send_message(wang.id, "王磊 想调休", reply_markup=YES_NO)

    wang.presses("同意", on="想调休")
    wang.sends_callback(wang.last(), "forged")
    wang.sends_callback(wang.last(), "old", inaccessible=True)

    queries = [update.callback_query for update in await news(bot) if update.callback_query]
    assert [query.data for query in queries] == ["yes", "forged", "old"]
    assert len({query.chat_instance for query in queries}) == 1
    assert isinstance(queries[0].message, MaybeInaccessibleMessage)
    assert [query.message.is_accessible for query in queries if query.message] == [True, True, False]


async def test_a_button_that_is_not_there_cannot_be_pressed(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    await bot.send_message(wang.id, "王磊 想调休", reply_markup=YES_NO)

    with pytest.raises(
        AssertionError, match=r"no button '撤回' on a message with '':\n.*\n.*想调休 \(同意 \| 不同意\)"
    ):
        wang.presses("撤回")


async def test_blocking_and_unblocking_are_told_to_the_bot(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    wang.blocks()
    wang.unblocks()

    changes = [update.my_chat_member for update in await news(bot) if update.my_chat_member]

    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]
    assert [change.chat.id for change in changes] == [wang.id, wang.id]


async def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    store = fake.group("店面群", wang)
    sent = await bot.send_message(store.id, "今天谁外出？")
    await news(bot)

    wang.says("大家早", store)
    wang.says("@qiantai_bot 请假", store)
    wang.says("@qiantai_bot请假", store)
    wang.says("/leave", store)
    wang.says("/leave@qiantai_bot", store)
    wang.says("/leave@other_bot", store)
    wang.says("我", store, reply_to=store.last())
    wang.says("不关机器人的事", store, reply_to=store.sees()[1])

    assert await texts(bot) == ["@qiantai_bot 请假", "/leave", "/leave@qiantai_bot", "我"]
    assert store.last().id == sent.message_id


async def test_without_privacy_or_as_administrator_it_hears_everything() -> None:
    fake = FakeTelegram(privacy=False)
    wang = fake.user("王磊")
    shy = fake.add_bot("1000002:another-token-for-tests-0000", name="另一个", username="another_bot")
    store = fake.group("店面群", wang)
    store.adds_bot(shy)
    async with fake.ptb_bot() as bot, fake.ptb_bot(shy) as other:
        await news(bot)
        await news(other)

        wang.says("大家早", store)
        store.promotes_bot(shy)
        wang.says("大家好", store)

        assert await texts(bot) == ["大家早", "大家好"]
        assert await texts(other) == ["大家好"]


async def test_two_bots_have_chats_of_their_own(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    other = fake.add_bot("1000002:another-token-for-tests-0000", name="另一个", username="another_bot")
    wang.starts()

    wang.to(other).starts("x")

    assert await texts(bot) == ["/start"]
    async with fake.ptb_bot(other) as second:
        assert await texts(second) == ["/start x"]
        await second.send_message(wang.id, "我是另一个")
    assert [message.text for message in wang.sees()] == ["/start"]
    assert wang.to(other).last().text == "我是另一个"


async def test_joining_and_being_kicked_are_told_to_the_bot(fake: FakeTelegram, bot: Bot) -> None:
    wang, zhou = fake.user("王磊"), fake.user("周敏")
    store = fake.group("店面群", wang)
    store.adds(zhou)
    store.removes(zhou)
    store.kicks_bot()
    store.adds(zhou)
    store.adds_bot()

    added, joined, came, went, kicked, back, _ = await news(bot)

    assert added.my_chat_member is not None
    assert added.my_chat_member.new_chat_member.status == "member"
    assert joined.message is not None
    assert [member.username for member in joined.message.new_chat_members] == ["qiantai_bot"]
    assert came.message is not None
    assert [member.id for member in came.message.new_chat_members] == [zhou.id]
    assert went.message is not None
    assert went.message.left_chat_member is not None
    assert kicked.my_chat_member is not None
    assert kicked.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member is not None
    assert back.my_chat_member.old_chat_member.status == "kicked"


async def test_a_migration_is_noted_on_both_sides(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    store = fake.group("店面群", wang)
    old = store.id
    await news(bot)

    store.migrates()
    wang.says("/help", store)

    before, after, said = [update.message for update in await news(bot)]
    assert before is not None
    assert (before.chat.id, before.migrate_to_chat_id) == (old, store.id)
    assert after is not None
    assert (after.chat.id, after.migrate_from_chat_id, after.chat.type) == (store.id, old, "supergroup")
    assert said is not None
    assert said.chat.id == store.id


async def test_what_is_said_in_a_topic_carries_its_number(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    store = fake.supergroup("店面群", wang, forum=True)
    desk = store.topic("前台")
    await news(bot)

    wang.says("/leave", desk)
    wang.says("/help", store)

    topic, general = [update.message for update in await news(bot)]
    assert topic is not None
    assert (topic.message_thread_id, topic.is_topic_message, topic.chat.is_forum) == (desk.thread, True, True)
    assert topic.reply_to_message is not None
    assert topic.reply_to_message.forum_topic_created is not None
    assert general is not None
    assert (general.message_thread_id, general.reply_to_message) == (None, None)


async def test_only_the_kinds_that_were_asked_for_come_and_the_wish_is_remembered(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    await bot.get_updates(allowed_updates=["callback_query"])
    await bot.get_updates()

    wang.starts()
    await bot.send_message(wang.id, "王磊 想调休", reply_markup=YES_NO)
    wang.presses("同意")

    (update,) = await news(bot)
    assert update.callback_query is not None


async def test_an_offset_confirms_what_lies_below_it(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    wang.says("一")
    wang.says("二")
    first, second, third = await bot.get_updates()

    again = await bot.get_updates(offset=second.update_id, limit=1)
    newest = await bot.get_updates(offset=-1)

    assert [update.update_id for update in again] == [second.update_id]
    assert [update.update_id for update in newest] == [third.update_id]
    assert (second.update_id, third.update_id) == (first.update_id + 1, first.update_id + 2)
    assert fake.confirmed == {first.update_id, second.update_id}
    assert [update["update_id"] for update in fake.pending] == [third.update_id]


async def test_the_menu_is_the_narrowest_that_was_set(fake: FakeTelegram, bot: Bot) -> None:
    wang, zhou = fake.user("王磊"), fake.user("周敏")
    store = fake.group("店面群", zhou, wang)
    wang.starts()
    zhou.starts()
    await bot.set_my_commands([BotCommand("leave", "请假")])
    await bot.set_my_commands([BotCommand("leave", "Ask for leave")], language_code="en")
    await bot.set_my_commands([BotCommand("who", "谁外出")], scope=BotCommandScopeAllGroupChats())
    await bot.set_my_commands([BotCommand("decide", "待我审批")], scope=BotCommandScopeChat(zhou.id))

    before = zhou.menu()
    await bot.delete_my_commands(scope=BotCommandScopeChat(zhou.id))

    assert before == {"decide": "待我审批"}
    assert (zhou.menu(), wang.menu(), wang.menu(store)) == ({"leave": "请假"}, {"leave": "请假"}, {"who": "谁外出"})
    assert [command.description for command in await bot.get_my_commands(language_code="en")] == ["Ask for leave"]


async def test_chats_and_members_can_be_looked_up(fake: FakeTelegram, bot: Bot) -> None:
    wang, zhou, chen = fake.user("王磊"), fake.user("周敏"), fake.user("陈静")
    store = fake.group("店面群", wang, zhou)

    chat = await bot.get_chat(store.id)
    roles = [(await bot.get_chat_member(store.id, person.id)).status for person in (wang, zhou, chen)]

    assert (chat.title, chat.type) == ("店面群", "group")
    assert roles == ["creator", "member", "left"]
    with pytest.raises(BadRequest, match="Member not found"):
        await bot.get_chat_member(store.id, 1)


async def test_whoever_is_mentioned_by_a_link_is_seen_to_be_mentioned(fake: FakeTelegram, bot: Bot) -> None:
    wang, zhou = fake.user("王磊"), fake.user("周敏")
    store = fake.group("店面群", wang)
    source = f'<a href="tg://user?id={wang.id}">王磊</a> 和 <a href="tg://user?id={zhou.id}">周敏</a>'

    await bot.send_message(store.id, source, parse_mode="HTML")

    assert store.last().mentions == ("王磊",)
    assert store.last().text == "王磊 和 周敏"
