"""The fake Telegram refuses what the real one refuses, in its words, and python-telegram-bot reads them so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.telegram import FakeTelegram, StandingClock

pytestmark = pytest.mark.filterwarnings("ignore:Please use 'Bot.send")


def one_button(**button: Any) -> str:
    return json.dumps({"inline_keyboard": [[button]]})


TEXT_BUTTONS = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
# (what is sent besides the chat, Telegram's words) a row.
MESSAGES = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    # 2049 emoji are 4098 UTF-16 units; tags do not count.
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": f"<b>{'x' * 4097}</b>", "parse_mode": "HTML"}, "message is too long"),
    ({"text": "1 < 2", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
    ({"text": "a", "parse_mode": "RTF"}, "unsupported parse_mode"),
    ({"text": "a", "message_thread_id": 99}, "message thread not found"),
    ({"text": "a", "reply_parameters": '{"message_id": 99}'}, "message to be replied not found"),
    (
        {"text": "a", "entities": '[{"type": "bold", "offset": 5, "length": 1}]'},
        "entity begins after the end of the text at UTF-16 offset 5",
    ),
    (
        {"text": "a", "entities": '[{"type": "loud", "offset": 0, "length": 1}]'},
        "can't parse MessageEntity: Unsupported type specified",
    ),
    ({"text": "a", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    ({"text": "a", "reply_markup": "[]"}, "object expected as reply markup"),
    (
        {"text": "a", "reply_markup": '{"inline_keyboard": {}}'},
        'can\'t parse inline keyboard: Field "inline_keyboard" must be of type Array',
    ),
    (
        {"text": "a", "reply_markup": '{"inline_keyboard": [{}]}'},
        "can't parse inline keyboard: Expected an Array of Arrays",
    ),
    ({"text": "a", "reply_markup": one_button(text="同意", callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
    # 22 Chinese characters are 66 bytes.
    ({"text": "a", "reply_markup": one_button(text="同意", callback_data="同" * 22)}, "BUTTON_DATA_INVALID"),
    ({"text": "a", "reply_markup": one_button(text="同意", callback_data="")}, TEXT_BUTTONS),
    ({"text": "a", "reply_markup": one_button(text="同意")}, TEXT_BUTTONS),
    ({"text": "a", "reply_markup": one_button(text="", callback_data="x")}, "inline keyboard button text is empty"),
    (
        {"text": "a", "reply_markup": one_button(callback_data="x")},
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    (
        {"text": "a", "reply_markup": one_button(text="同意", callback_data="x", style="green")},
        "can't parse inline keyboard button: Invalid button style specified",
    ),
    (
        {"text": "a", "reply_markup": one_button(text="看", url="nowhere")},
        "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
    ),
    (
        {"text": "a", "reply_markup": one_button(text="看", url="ftp://a.b")},
        "inline keyboard button URL 'ftp://a.b' is invalid: Unsupported URL protocol",
    ),
    ({"text": "a", "reply_markup": one_button(text="抄", copy_text={"text": ""})}, "BUTTON_COPY_TEXT_INVALID"),
]


@pytest.mark.parametrize(("params", "words"), MESSAGES)
async def test_a_message_that_telegram_does_not_take(
    fake: FakeTelegram, bot: Bot, params: dict[str, Any], words: str
) -> None:
    wang = fake.user("王磊")
    wang.starts()

    with pytest.raises(BadRequest) as refused:
        await bot.do_api_request("sendMessage", {"chat_id": wang.id, **params})

    assert str(refused.value).lower() == words.lower()
    assert len(wang.sees()) == 1


async def test_what_is_just_short_enough_is_taken(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("同意", callback_data="同" * 21, style="success")]])

    await bot.send_message(wang.id, f"<b>{'😀' * 2048}</b>", parse_mode="HTML", reply_markup=keyboard)

    assert len(wang.last().text) == 2048
    assert [(button.label, button.style) for button in wang.last().buttons] == [("同意", "success")]


async def test_whom_the_bot_may_not_write_to(fake: FakeTelegram, bot: Bot) -> None:
    wang, zhou, chen, sun = (fake.user(name) for name in ("王磊", "周敏", "陈静", "孙强"))
    fake.group("店面群", sun)
    wang.starts()
    wang.blocks()
    zhou.starts()
    zhou.deactivates()

    with pytest.raises(Forbidden, match=r"^Forbidden: bot was blocked by the user$"):
        await bot.send_message(wang.id, "a")
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(zhou.id, "a")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(sun.id, "a")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(chen.id, "a")
    with pytest.raises(BadRequest, match="Chat_id is empty"):
        await bot.send_message("", "a")


async def test_a_blocked_bot_may_write_again_once_it_is_started(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    wang.blocks()

    wang.starts()
    await bot.send_message(wang.id, "又见面了")

    assert wang.last().text == "又见面了"


async def test_groups_that_the_bot_is_not_in(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    kicked, left, never = fake.group("一", wang), fake.supergroup("二", wang), fake.group("三", wang, with_bot=False)
    also_kicked = fake.supergroup("四", wang)
    kicked.kicks_bot()
    also_kicked.kicks_bot()
    await bot.leave_chat(left.id)

    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(kicked.id, "a")
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(also_kicked.id, "a")
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(left.id, "a")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(never.id, "a")


async def test_a_migrated_group_names_its_new_id(fake: FakeTelegram, bot: Bot) -> None:
    store = fake.group("店面群", fake.user("王磊"))
    old = store.id
    store.migrates()

    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old, "a")

    assert moved.value.new_chat_id == store.id
    assert store.id < -1_000_000_000_000


async def test_the_general_topic_has_no_number(fake: FakeTelegram, bot: Bot) -> None:
    store = fake.supergroup("店面群", fake.user("王磊"), forum=True)
    desk = store.topic("前台")
    await bot.send_message(store.id, "给大家")
    await bot.send_message(store.id, "给前台", message_thread_id=desk.thread)

    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(store.id, "a", message_thread_id=1)

    assert [message.text for message in store.sees()] == ["给大家", "给前台"]
    assert [message.text for message in desk.sees()] == ["给前台"]


async def test_a_topic_that_is_gone_takes_nothing(fake: FakeTelegram, bot: Bot) -> None:
    store = fake.supergroup("店面群", fake.user("王磊"), forum=True)
    desk = store.topic("前台")
    await bot.send_message(store.id, "给前台", message_thread_id=desk.thread)
    desk.goes_away()

    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(store.id, "a", message_thread_id=desk.thread)

    assert store.sees() == []


async def test_edits_that_telegram_does_not_take(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    hello = wang.starts()
    sent = await bot.send_message(wang.id, "<b>请假</b>", parse_mode="HTML")
    file = await bot.send_document(wang.id, b"a", filename="图纸.pdf")

    with pytest.raises(BadRequest, match="Message is not modified: specified new message content and reply markup"):
        await sent.edit_text("<b>请假</b> ", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_reply_markup(None)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("a", wang.id, 99)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("a", wang.id, hello.id)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await file.edit_text("a")
    with pytest.raises(BadRequest, match="Message text is empty"):
        await sent.edit_text("")


async def test_an_edit_without_a_keyboard_takes_the_keyboard_away(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("同意", callback_data="yes")]])
    sent = await bot.send_message(wang.id, "王磊 想调休", reply_markup=keyboard)

    await sent.edit_text("王磊 想调休")

    assert wang.last().buttons == ()
    assert wang.last().edited


async def test_deletions_that_telegram_does_not_take(fake: FakeTelegram, bot: Bot, clock: StandingClock) -> None:
    wang = fake.user("王磊")
    store = fake.group("店面群", wang)
    said = wang.says("早", store)
    old = await bot.send_message(store.id, "早上好")
    await bot.send_message(store.id, "错了")
    await bot.delete_message(store.id, store.last().id)
    clock.passes(49 * 3600)

    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(store.id, 99)
    with pytest.raises(BadRequest, match=r"^Message can't be deleted$"):
        await bot.delete_message(store.id, said.id)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await old.delete()

    assert [message.text for message in store.sees()] == ["早", "早上好"]


async def test_entities_beside_the_text_are_as_good_as_html(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()

    await bot.send_message(wang.id, "王磊 想调休", entities=[MessageEntity("bold", 0, 2)])

    assert wang.last().marked("bold") == ["王磊"]
