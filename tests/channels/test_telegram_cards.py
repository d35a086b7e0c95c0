"""Messages that change in Telegram, those that take several, and files with their captions."""

from __future__ import annotations

import pytest

from bot.talk import File, Message
from storage.outbox import OutboxState
from tests.channels.telegram_office import (
    YES,
    TelegramOffice,
    edited,
    heard,
    newest,
    sent,
)
from tests.scheduler.office import shown
from tests.telegram import Seen

DAY = 86_400


def delete(seen: Seen) -> None:
    seen.message.deleted = True


async def test_an_edit_that_changes_nothing_is_a_success(office: TelegramOffice) -> None:
    ref = await sent(office, Message("<b>等人取</b>", YES))

    again = await edited(office, ref, Message("<b>等人取</b>", YES))

    assert again == ref
    assert [call.refused[:3] for call in office.fake.made("editMessageText")] == ["400"]
    assert newest(office.wang) == ("等人取", ["同意"], False)


async def test_a_card_is_edited_where_it_stands(office: TelegramOffice) -> None:
    office.parcel("等人取")
    office.show_parcel("wang")
    await office.works()
    office.passes(2)
    office.parcel("取走了", waits=False)

    await office.works()

    assert newest(office.wang) == (shown("取走了"), [], True)
    assert len(heard(office.wang)) == 1


async def test_a_card_that_was_deleted_is_sent_anew_and_that_one_changes_from_then_on(office: TelegramOffice) -> None:
    office.parcel("等人取")
    office.show_parcel("wang")
    await office.works()
    delete(office.wang.last())
    for said in ("有人来了", "取走了"):
        office.passes(2)
        office.parcel(said)
        await office.works()

    assert heard(office.wang) == [shown("取走了")]
    assert newest(office.wang) == (shown("取走了"), ["同意"], True)
    assert len(office.fake.made("sendMessage")) == 2


async def test_a_lost_answer_to_an_edit_changes_nothing_twice(office: TelegramOffice) -> None:
    office.parcel("等人取")
    office.show_parcel("wang")
    await office.works()
    office.fake.lose_answer("editMessageText", chat=office.wang)
    office.passes(2)
    office.parcel("取走了")

    await office.let_pass(5)

    assert heard(office.wang) == [shown("取走了")]
    assert [row.state for row in office.outbox()] == [OutboxState.SENT] * 2


# Long messages and files.


def lines(number: int, length: int = 3000) -> str:
    return "\n".join(str(one) * length for one in range(1, number + 1))


async def test_a_long_message_is_sent_in_parts_that_keep_the_pace(office: TelegramOffice) -> None:
    await sent(office, Message(lines(3), YES))

    assert heard(office.wang) == lines(3).split("\n")
    assert [one.labels for one in office.wang.sees() if one.sender == "前台"] == [[], [], ["同意"]]
    assert office.fake.floods == 0


async def test_a_long_message_becomes_shorter_and_longer_where_it_stands(office: TelegramOffice) -> None:
    ref = await sent(office, Message(lines(2), YES))
    seen = []
    for number in (1, 3, 3, 2):
        ref = await edited(office, ref, Message(lines(number), YES))
        seen.append(heard(office.wang))

    assert seen == [lines(number).split("\n") for number in (1, 3, 3, 2)]
    assert [one.labels for one in office.wang.sees() if one.sender == "前台"] == [[], ["同意"]]
    assert office.fake.floods == 0


async def test_a_part_that_is_too_old_to_be_deleted_says_nothing_more(office: TelegramOffice) -> None:
    ref = await sent(office, Message(lines(2), YES))
    office.passes(3 * DAY)

    ref = await edited(office, ref, Message("短了", YES))
    await edited(office, ref, Message("又短了", YES))

    assert heard(office.wang) == ["又短了", "⋯"]
    assert [one.labels for one in office.wang.sees() if one.sender == "前台"] == [["同意"], []]


@pytest.mark.parametrize(("goes_wrong", "repeated"), [("fail_next", False), ("lose_answer", True)])
async def test_a_long_message_that_broke_off_goes_on_where_it_stopped(
    office: TelegramOffice, goes_wrong: str, repeated: bool
) -> None:
    office.between_parts = [lambda: getattr(office.fake, goes_wrong)("sendMessage", chat=office.wang)]
    office.tell("wang", lines(3), "完")

    await office.let_pass(20)

    one, two, three = shown(lines(3)).split("\n")
    assert heard(office.wang) == [one, *([two] if repeated else []), two, three, shown("完")]
    assert office.fake.floods == 0


async def test_a_file_goes_out_with_its_caption_which_can_be_changed(office: TelegramOffice) -> None:
    ref = await sent(office, Message("<b>报价</b>", YES, File("报价.xlsx", b"content")))

    again = await edited(office, ref, Message("<b>报价</b> 看过了"))
    same = await edited(office, again, Message("<b>报价</b> 看过了"))

    [seen] = office.wang.sees()[-1:]
    assert (seen.document, seen.text, seen.labels, seen.edited) == ("报价.xlsx", "报价 看过了", [], True)
    assert same == again == ref


async def test_a_caption_that_becomes_too_long_is_cut(office: TelegramOffice) -> None:
    ref = await sent(office, Message("报价", YES, File("报价.xlsx", b"content")))

    await edited(office, ref, Message(f"<b>报价\n{'一' * 1000}</b>\n{'二' * 1000}"))

    assert office.wang.last().text == f"报价\n{'一' * 1000}"


async def test_words_that_are_too_long_for_a_caption_come_before_the_file_and_can_be_changed(
    office: TelegramOffice,
) -> None:
    ref = await sent(office, Message("一" * 2000, YES, File("报价.xlsx", b"content")))

    await edited(office, ref, Message("看过了"))

    assert [(one.text, one.document) for one in office.wang.sees()[-2:]] == [("看过了", ""), ("", "报价.xlsx")]


async def test_a_file_that_is_too_large_for_telegram_stops_none_behind_it(office: TelegramOffice) -> None:
    office.fake.fail_next("sendMessage", chat=office.wang, code=413, description="Request Entity Too Large")
    office.tell("wang", "一", "二")

    await office.let_pass(3)

    assert heard(office.wang) == [shown("二")]
