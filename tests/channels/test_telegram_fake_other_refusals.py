"""What else the fake Telegram refuses: files, late answers, commands, webhooks, tokens; and what it complains of."""

from __future__ import annotations

import json

import pytest
from telegram import Bot, BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, EndPointNotFound, InvalidToken

from tests.telegram import TOKEN, FakeTelegram, StandingClock

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
pytestmark = pytest.mark.filterwarnings("ignore:Please use 'Bot.send")


async def test_files_that_telegram_does_not_take(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()

    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(wang.id, b"a", caption="x" * 1025)
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(wang.id, b"")
    with pytest.raises(BadRequest, match="There is no document in the request"):
        await bot.do_api_request("sendDocument", {"chat_id": wang.id})
    with pytest.raises(BadRequest, match="There is no document in the request"):
        await bot.do_api_request("sendDocument", {"chat_id": wang.id, "document": "attach://nothing"})
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await bot.send_document(wang.id, "no-such-file")
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(wang.id, b"no picture")
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("no-such-file")


async def test_a_file_is_sent_again_by_its_id_and_fetched_with_the_same_bytes(fake: FakeTelegram, bot: Bot) -> None:
    wang = fake.user("王磊")
    wang.starts()
    sent = await bot.send_document(wang.id, b"content", filename="考勤.xlsx", caption="<b>11 月</b>", parse_mode="HTML")
    photo = await bot.send_photo(wang.id, PNG)

    assert sent.document is not None
    again = await bot.send_document(wang.id, sent.document.file_id)
    file = await bot.get_file(sent.document.file_id)

    assert again.document == sent.document
    assert bytes(await file.download_as_bytearray()) == b"content"
    assert photo.photo[0].file_size == len(PNG)
    assert [(message.document, message.text, message.media) for message in wang.sees()[1:]] == [
        ("考勤.xlsx", "11 月", ""),
        ("", "", "photo"),
        ("考勤.xlsx", "", ""),
    ]


async def test_a_press_is_answered_once_and_in_time(fake: FakeTelegram, bot: Bot, clock: StandingClock) -> None:
    wang = fake.user("王磊")
    wang.starts()
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("同意", callback_data="yes")]])
    await bot.send_message(wang.id, "王磊 想调休", reply_markup=keyboard)
    first, late = wang.presses("同意"), wang.presses("同意")
    await bot.answer_callback_query(first.id, "已同意", show_alert=True)

    with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
        await bot.answer_callback_query(first.id, "又同意")
    clock.passes(16)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(late.id)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("1")
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(late.id, "x" * 201)

    assert [(toast.text, toast.alert) for toast in wang.toasts] == [("已同意", True)]
    assert late.answer is None


async def test_commands_that_telegram_does_not_take(fake: FakeTelegram, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("请假", "请假")])
    with pytest.raises(BadRequest, match="Bot_command_description_invalid"):
        await bot.set_my_commands([BotCommand("leave", "x" * 257)])
    with pytest.raises(BadRequest, match="Bot_commands_too_much"):
        await bot.set_my_commands([BotCommand(f"c{number}", "x") for number in range(101)])
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.set_my_commands([BotCommand("leave", "请假")], scope=BotCommandScopeChat(99))


async def test_webhooks_that_telegram_does_not_take(fake: FakeTelegram, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Bad webhook: an https url must be provided for webhook"):
        await bot.set_webhook("http://desk.example.com/telegram")
    with pytest.raises(BadRequest, match="only on ports 80, 88, 443 or 8443"):
        await bot.set_webhook("https://desk.example.com:9000/telegram")
    with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
        await bot.set_webhook("https://desk.example.com/telegram", secret_token="not allowed")

    assert (await bot.get_webhook_info()).url == ""


async def test_an_unknown_method_is_not_found(bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendRichMessage", {})


async def test_a_wrong_token_is_unauthorized_and_a_malformed_one_not_found(fake: FakeTelegram) -> None:
    wrong = Bot(TOKEN + "x", request=fake.request(), get_updates_request=fake.request())
    malformed = Bot("token", request=fake.request(), get_updates_request=fake.request())

    with pytest.raises(InvalidToken, match="Unauthorized"):
        await wrong.get_me()
    with pytest.raises(InvalidToken, match="Not Found"):
        await malformed.get_me()


async def test_what_telegram_overlooks_is_complained_of() -> None:
    fake = FakeTelegram()
    wang = fake.user("王磊")
    wang.starts()
    button = {"text": "同意", "callback_data": "yes", "url": "https://example.com", "colour": "green"}
    odd_button = json.dumps({"inline_keyboard": [[button]]})
    async with fake.ptb_bot() as bot:
        await bot.do_api_request("sendMessage", {"chat_id": wang.id, "text": "a", "colour": "green"})
        await bot.do_api_request("sendMessage", {"chat_id": wang.id, "text": "a", "reply_markup": odd_button})
        await bot.send_message(wang.id, "*a*", parse_mode="MarkdownV2")
        with pytest.raises(BadRequest):
            await bot.delete_webhook(drop_pending_updates=True)

    assert fake.complaints == [
        "sendMessage has no parameter 'colour'",
        "button '同意' has an unknown field 'colour'",
        "button '同意' does several things: ['callback_data', 'url']",
        "parse_mode 'markdownv2' is not modelled",
        "drop_pending_updates throws away what people wrote",
    ]
