"""The Telegram channel at work against the strict fake: what people do, and what goes wrong on the way."""

from __future__ import annotations

from functools import partialmethod

import pytest
from structlog.testing import capture_logs

from bot.channels.telegram import Client
from bot.scheduler.delivery import TRIES
from bot.talk import Incoming, Message
from storage.audit import Audit
from storage.inbox import InboxState
from storage.outbox import OutboxState
from tests.channels.telegram_office import (
    YES,
    TelegramOffice,
    heard,
    newest,
    said_by,
    sent,
    telegram_office,
)
from tests.scheduler.office import shown
from tests.storage.shop import all_rows

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 20
CANNOT_READ = "我还看不懂"


async def test_a_button_stops_spinning_before_the_desk_is_done(office: TelegramOffice) -> None:
    await sent(office, Message("同意吗？", YES))
    async with office.listening():
        office.wang.presses("同意")
        await office.hears()

    calls = [call.method for call in office.fake.calls if call.method in ("answerCallbackQuery", "sendMessage")]
    assert calls[1:] == ["answerCallbackQuery", "sendMessage"]
    assert [one.state for one in office.inbox()] == [InboxState.DONE]


async def test_a_press_that_has_waited_too_long_is_handled_without_its_answer(office: TelegramOffice) -> None:
    await sent(office, Message("同意吗？", YES))
    office.wang.presses("同意")
    office.passes(60)

    async with office.listening():
        await office.hears()

    assert [call.refused[:3] for call in office.fake.made("answerCallbackQuery")] == ["400"]
    assert [one.state for one in office.inbox()] == [InboxState.DONE]
    assert len(heard(office.wang)) == 2


@pytest.mark.parametrize("data", ["approvals:approve:999", "parcel:burn:1", "dialog:confirm:1:1", "x", "请" * 21])
async def test_what_no_button_offers_is_refused_and_noted(office: TelegramOffice, data: str) -> None:
    await sent(office, Message("同意吗？", YES))
    async with office.listening():
        office.wang.sends_callback(office.wang.last(), data)
        await office.hears()

    [note] = all_rows(office.database, Audit)
    assert (note.verb, note.subject, note.actor_id) == ("desk.forged_button", data, office.shop.wang)
    assert "这个按钮用不了" in heard(office.wang)[-1]


async def test_a_press_on_a_message_that_telegram_forgot_is_a_press(office: TelegramOffice) -> None:
    await sent(office, Message("同意吗？", YES))
    async with office.listening():
        office.wang.sends_callback(office.wang.last(), "x", inaccessible=True)
        await office.hears()

    assert "这个按钮用不了" in heard(office.wang)[-1]


# What comes in.


async def test_an_update_that_nobody_can_read_is_put_aside_and_the_ones_behind_it_are_handled(
    office: TelegramOffice,
) -> None:
    async with office.listening():
        poisoned = office.fake.poison({"message": {"message_id": 1, "from": 5, "chat": None}})
        strange = office.fake.poison({"message": "王女士 13800138000", "callback_query": 7})
        office.wang.says("跟读 一")
        await office.hears()

    kept = {one.event_id: one for one in office.inbox()}
    assert kept[str(poisoned)].state == kept[str(strange)].state == InboxState.PARKED
    assert kept[str(poisoned)].error == f"TypeError in update {poisoned}"
    assert kept[str(strange)].error == f"AttributeError in update {strange}"
    assert "13800138000" in kept[str(strange)].payload["text"]
    assert heard(office.wang) == [shown("一")]


async def test_a_message_that_keeps_failing_is_parked_and_told(office: TelegramOffice) -> None:
    async with office.listening():
        office.wang.says("坏了")
        office.wang.says("跟读 一")
        await office.hears()
        await office.let_pass(3)

    assert [one.state for one in office.inbox()] == [InboxState.PARKED, InboxState.DONE]
    assert "LookupError" in office.inbox()[0].error
    assert "出了点问题" in heard(office.wang)[0]
    assert heard(office.wang)[-1] == shown("一")


async def test_what_a_person_says_is_kept_in_its_order(office: TelegramOffice) -> None:
    for number in range(30):
        office.wang.says(f"跟读 {number}")
        office.chen.says(f"跟读 {number}")

    async with office.listening():
        await office.hears()

    texts = [one.payload["text"] for one in office.inbox() if one.lane == f"staff:{office.shop.wang}"]
    assert texts == [f"跟读 {number}" for number in range(30)]


async def test_a_group_is_answered_where_it_asked(office: TelegramOffice) -> None:
    async with office.listening():
        office.wang.says("@qiantai_bot 跟读 一", office.group)
        office.chen.says("我也觉得", office.group)
        await office.hears()

    assert heard(office.group) == [shown("一")]


async def test_an_album_is_answered_once_and_each_of_its_files_is_kept(office: TelegramOffice) -> None:
    async with office.listening():
        office.wang.sends_album([PICTURE] * 10, caption="现场")
        office.wang.sends_album([PICTURE] * 2)
        await office.hears()
        await office.let_pass(3)

    assert [CANNOT_READ in said for said in heard(office.wang)] == [True, True]
    assert len({one.payload["file"] for one in office.inbox()}) == 12
    assert {one.state for one in office.inbox()} == {InboxState.DONE}


async def test_pictures_that_are_no_album_are_answered_each(office: TelegramOffice) -> None:
    async with office.listening():
        office.wang.sends_photo(PICTURE)
        office.wang.sends_photo(PICTURE)
        await office.hears()
        await office.let_pass(3)

    assert [CANNOT_READ in said for said in heard(office.wang)] == [True, True]


async def test_nothing_is_confirmed_before_it_is_kept(office: TelegramOffice) -> None:
    office.wang.says("跟读 一")

    async def refuse(*incoming: Incoming) -> bool:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        await office.channel.run(refuse)
    async with office.listening():
        await office.hears()

    assert heard(office.wang) == [shown("一")]


async def test_counting_from_anywhere_after_a_quiet_week_loses_nothing(
    office: TelegramOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "raw_updates", partialmethod(Client.raw_updates, seconds=1))
    async with office.listening():
        office.wang.says("跟读 一")
        await office.hears()
        await office.fake.until(lambda: "offset" not in office.fake.made("getUpdates")[-1].params)
        office.fake.poison({**said_by(office.wang, "跟读 二"), "update_id": 12})
        await office.hears()
        await office.let_pass(2)

    assert heard(office.wang) == [shown("一"), shown("二")]


# Telegram is away, or says no.


async def test_another_poller_is_told_of_once_and_when_it_stops_polling_goes_on(office: TelegramOffice) -> None:
    other = office.fake.ptb_bot()
    with capture_logs() as logs:
        async with office.listening():
            await office.fake.until(lambda: office.fake.made("getUpdates"))
            for _ in range(3):
                polls = len(office.fake.made("getUpdates"))
                await other.get_updates(timeout=0)
                await office.fake.until(lambda polls=polls: len(office.fake.made("getUpdates")) > polls + 1)  # type: ignore[misc]
            office.wang.says("跟读 一")
            await office.hears()

    assert heard(office.wang) == [shown("一")]
    assert [one["event"] for one in logs].count("somebody else polls this token") == 1


async def test_when_telegram_is_away_for_long_nothing_is_given_up_and_all_goes_out_in_order(
    office: TelegramOffice,
) -> None:
    office.fake.down()
    office.tell("wang", *map(str, range(5)))
    for _ in range(TRIES + 3):
        await office.works()
        office.passes(300)
    attempts = office.outbox()[0].attempts
    office.fake.up()

    await office.let_pass(300, step=20)

    assert attempts > TRIES
    assert heard(office.wang) == [shown(str(number)) for number in range(5)]
    assert heard(office.zhou) == []
    assert office.failed() == []


@pytest.mark.parametrize("refuse", [False, True], ids=["502", "no connection"])
async def test_what_is_said_while_telegram_is_away_is_heard_when_it_is_back(
    office: TelegramOffice, refuse: bool
) -> None:
    with capture_logs() as logs:
        async with office.listening():
            await office.fake.until(lambda: office.fake.made("getUpdates"))
            office.fake.down(refuse=refuse)
            office.wang.says("跟读 一")
            office.fake.up()
            await office.hears()

    assert heard(office.wang) == [shown("一")]
    assert [one["event"] for one in logs].count("telegram does not answer") <= 1


async def test_a_wrong_token_is_said_once_without_the_token_and_nothing_crashes(
    sqlite_url: str, impatient: None
) -> None:
    token = "1000001:another-token-that-nobody-gave-out-00"
    with capture_logs() as logs:
        async with telegram_office(sqlite_url, token=token) as office:
            office.opens()
            async with office.listening():
                office.tell("wang", "一")
                await office.works()
                await office.fake.until(lambda: True)
                [waiting] = office.outbox()

    [said] = [one for one in logs if one["event"] == "telegram refuses the token"]
    assert said["error_type"] == "InvalidToken"
    assert token not in str(logs)
    assert (waiting.state, waiting.attempts) == (OutboxState.WAITING, 1)


async def test_a_message_that_telegram_does_not_take_stops_none_behind_it(office: TelegramOffice) -> None:
    office.fake.fail_next("sendMessage", chat=office.wang, code=400, description="Bad Request: SOMETHING_INVALID")
    office.tell("wang", "一", "二")

    await office.let_pass(3)

    assert heard(office.wang) == [shown("二")]
    assert office.failed() == ["Something_invalid"]
    assert heard(office.zhou) == []


async def test_a_lost_answer_repeats_that_message_once_and_no_other(office: TelegramOffice) -> None:
    office.fake.lose_answer("sendMessage", chat=office.wang)
    office.tell("wang", "一", "二", "三")
    office.tell("chen", "陈")

    await office.let_pass(8)

    assert heard(office.wang) == [shown("一"), shown("一"), shown("二"), shown("三")]
    assert heard(office.chen) == [shown("陈")]


async def test_a_text_that_telegram_cannot_parse_goes_out_plain(office: TelegramOffice) -> None:
    refusal = "Bad Request: can't parse entities: Unsupported start tag"
    office.fake.fail_next("sendMessage", chat=office.wang, code=400, description=refusal)

    await sent(office, Message('<b>王磊</b> &lt;3 <time datetime="2026-11-27T14:00:00+08:00">周五</time>', YES))

    assert newest(office.wang) == ("王磊 <3 周五", ["同意"], False)
