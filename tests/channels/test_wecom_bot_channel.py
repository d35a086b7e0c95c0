"""The AI bot as a channel: what goes out, what a card becomes while it is pressed, what a failure means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.channels.wecom_bot import line, uploading
from bot.talk import File, Message, Pressable, Said
from tests.channels.wecom_bot_office import ASKED, DECIDED, NO, YES, WeComBotOffice, refused, wecom_bot_office

AFTER = ("小王 申请调休", ())
BEFORE = ("小王 申请调休", ("同意", "不同意"))
SHEET = File("报价.xlsx", b"what it holds")
DAYS = tuple((Pressable(f"{number} 日", f"leave:day:{number}"),) for number in range(8))


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncIterator[WeComBotOffice]:
    """Connected, and spoken to by Wang."""
    async with wecom_bot_office(sqlite_url) as opened, opened.listening():
        await opened.spoken_to()
        yield opened


def cards(ref: str) -> list[str]:
    """The cards of a message, by its name."""
    return ref.split()[1:]


# What goes out.


async def test_words_go_as_markdown_to_a_person_by_their_exact_name(office: WeComBotOffice) -> None:
    await office.sends("<b>好</b>，明天见")

    assert office.sees() == [("**好**，明天见", ())]
    assert [one.body["chatid"] for one in office.fake.made("aibot_send_msg")] == ["WangLei"]


async def test_what_has_buttons_is_a_card_and_a_press_says_which(office: WeComBotOffice) -> None:
    ref = await office.sends(ASKED)
    office.wang.presses("同意")
    [press] = await office.hears()

    assert office.sees() == [BEFORE]
    assert (press.kind, press.action, press.message) == (Said.PRESS, "approvals:approve:1", cards(ref)[0])
    assert (press.sender, press.chat) == ("WangLei", "private")


async def test_in_a_group_the_bot_hears_who_speaks_to_it_and_answers_all(office: WeComBotOffice) -> None:
    group = office.fake.group("wrkSFfCgAAx", office.wang, office.chen)
    office.chen.says("谁休假", group)
    [said] = await office.hears()
    await office.sends("没有人", group)

    assert (said.sender, said.chat, said.text, said.addressed) == ("chenjing", "wrkSFfCgAAx", "谁休假", True)
    assert office.sees(office.wang, group) == office.sees(office.chen, group) == [("没有人", ())]


@pytest.mark.parametrize(
    "userid", ["a", "张三", "zhang.san@corp_1-2", "x" * 128, "a|b/c", "<b>小王</b>", "private1", '"quoted"\\']
)
async def test_whatever_people_are_called_they_are_heard_and_answered(office: WeComBotOffice, userid: str) -> None:
    guest = office.fake.person(userid)
    guest.says("你好")
    [said] = await office.hears()
    await office.sends("您好", guest)

    assert (said.sender, said.kind) == (userid, Said.TEXT)
    assert office.sees(guest) == [("您好", ())]


async def test_a_long_text_comes_whole_in_several_messages(office: WeComBotOffice) -> None:
    lines = [f"第 {number} 行 *很长* 的一句话" for number in range(2000)]

    await office.sends("\n".join(lines))

    said = [text for text, _ in office.sees()]
    assert len(said) > 1
    assert "\n".join(said).replace("＊", "*").split("\n") == lines


async def test_a_long_text_that_broke_off_goes_on_where_it_stopped(office: WeComBotOffice) -> None:
    office.fake.faults.refusals += [("aibot_upload_media_init", 45009)]
    message = Message("报价在这里", (), SHEET)

    told = await refused(office.sends(message))
    await office.sends(message)

    assert (told.unreached, told.retry_after) == (True, 60.0)
    assert [(one.kind, one.text or one.file) for one in office.wang.sees()] == [
        ("markdown", "报价在这里"),
        ("file", "报价.xlsx"),
    ]


async def test_a_file_goes_out_in_pieces_and_arrives_whole(
    office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "CHUNK_BYTES", 1000)
    content = bytes(range(256)) * 10
    office.fake.faults.refusals += [("aibot_upload_media_chunk", -1)]

    await office.sends(Message("", (), File("../长" + "很" * 200 + ".bin", content)))

    [kept] = office.fake.world.media.values()
    assert kept.content == content
    assert (len(kept.name), kept.name[-5:]) == (120, "很.bin")
    assert [one.body["chunk_index"] for one in office.fake.made("aibot_upload_media_chunk")] == [0, 0, 1, 2]


async def test_a_piece_whose_answer_got_lost_is_sent_again(
    office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "CHUNK_SECONDS", 0.1)
    office.fake.faults.lost += ["aibot_upload_media_chunk"]

    await office.sends(Message("", (), SHEET))

    assert [one.file for one in office.wang.sees()] == ["报价.xlsx"]


async def test_a_file_that_is_too_large_for_wecom_is_refused(
    office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "LARGEST_BYTES", 3)

    told = await refused(office.sends(Message("", (), SHEET)))

    assert (told.refused, told.permanent) == (True, False)
    assert office.fake.made("aibot_upload_media_init") == []


# What a card becomes.


async def test_within_five_seconds_of_its_press_a_card_changes_in_its_place(office: WeComBotOffice) -> None:
    ref = await office.sends(ASKED)
    office.wang.presses("同意")
    await office.hears()
    office.clock.passes(4)

    assert cards(await office.edits(ref, DECIDED)) == cards(ref)
    assert office.sees() == [AFTER]
    assert office.wang.sees()[0].below == "✅ 张静 已同意"


async def test_after_five_seconds_it_is_sent_anew(office: WeComBotOffice) -> None:
    ref = await office.sends(ASKED)
    office.wang.presses("同意")
    await office.hears()
    office.clock.passes(5)

    again = await office.edits(ref, DECIDED)

    assert again not in ("", ref)
    assert office.sees() == [BEFORE, ("小王 申请调休\n✅ 张静 已同意", ())]
    assert office.fake.made("aibot_respond_update_msg") == []


@pytest.mark.parametrize("code", [846604, 846605])
async def test_a_change_that_wecom_finds_too_late_is_sent_anew(office: WeComBotOffice, code: int) -> None:
    ref = await office.sends(ASKED)
    office.wang.presses("同意")
    await office.hears()
    office.fake.faults.refusals.append(("aibot_respond_update_msg", code))

    await office.edits(ref, DECIDED)

    assert [text for text, _ in office.sees()] == ["小王 申请调休", "小王 申请调休\n✅ 张静 已同意"]


async def test_a_press_changes_its_card_once(office: WeComBotOffice) -> None:
    ref = await office.sends(ASKED)
    office.wang.presses("同意")
    await office.hears()

    first = await office.edits(ref, Message("小王 申请调休\n还差一位", ((YES, NO),)))
    second = await office.edits(first, DECIDED)

    assert (cards(first), cards(second) == cards(ref)) == (cards(ref), False)
    assert [text for text, _ in office.sees()] == ["小王 申请调休", "小王 申请调休\n✅ 张静 已同意"]


async def test_a_card_that_nobody_pressed_is_sent_anew_with_its_buttons(office: WeComBotOffice) -> None:
    other = await office.sends(Message("小陈 申请事假", ((YES,),)))
    ref = await office.sends(ASKED)
    office.wang.presses("不同意")
    await office.hears()

    again = await office.edits(other, Message("小陈 申请事假，改到周五", ((YES,),)))
    office.wang.presses("同意")
    [_, press] = await office.hears(2)

    assert [press.message] == cards(again)
    assert {*cards(other), *cards(ref)}.isdisjoint(cards(again))


async def test_a_card_that_only_loses_its_buttons_stays_as_it_is(office: WeComBotOffice) -> None:
    ref = await office.sends(ASKED)

    again = await office.edits(ref, Message(ASKED.markup))

    assert again == ref
    assert len(office.sees()) == 1


async def test_of_a_message_on_several_cards_the_one_that_was_pressed_changes(office: WeComBotOffice) -> None:
    ref = await office.sends(Message("哪一天？", DAYS))
    office.wang.presses("7 日")
    await office.hears()

    again = await office.edits(ref, Message("好，7 日"))

    assert len(cards(ref)) == 2
    assert cards(again) == cards(ref)[1:]
    assert [labels[:1] for _, labels in office.sees()] == [("0 日",), ()]


async def test_words_that_no_card_holds_follow_a_card_that_changes(office: WeComBotOffice) -> None:
    ref = await office.sends(ASKED)
    office.wang.presses("同意")
    await office.hears()

    await office.edits(ref, Message("小王 申请调休\n" + "很" * 120, ((YES,),)))

    assert [one.kind for one in office.wang.sees()] == ["button_interaction", "markdown"]


# What goes wrong.


@pytest.mark.parametrize(
    ("code", "permanent", "refused_", "unreached", "after"),
    [
        (846607, True, False, False, None),
        (93006, True, False, False, None),
        (45009, False, False, True, 60.0),
        (853000, False, False, True, 60.0),
        (-1, False, False, False, None),
        (42038, False, True, False, None),
    ],
)
async def test_a_refusal_has_a_meaning(
    office: WeComBotOffice, code: int, permanent: bool, refused_: bool, unreached: bool, after: float | None
) -> None:
    office.fake.faults.refusals.append(("aibot_send_msg", code))

    told = await refused(office.sends("好"))

    assert (told.permanent, told.refused, told.unreached, told.retry_after) == (permanent, refused_, unreached, after)


async def test_to_whoever_never_spoke_nothing_is_ever_said(office: WeComBotOffice) -> None:
    assert (await refused(office.sends("好", office.chen))).permanent


async def test_of_an_answer_that_got_lost_nobody_knows(office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "ANSWER_SECONDS", 0.1)
    office.fake.faults.lost.append("aibot_send_msg")

    told = await refused(office.sends("好"))

    assert (told.permanent, told.refused, told.unreached, told.retry_after) == (False, False, False, None)
    assert office.sees() == [("好", ())]


async def test_an_answer_that_comes_too_late_confuses_nothing(
    office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "ANSWER_SECONDS", 0.1)
    office.fake.faults.late.append(("aibot_send_msg", 0.15))

    await refused(office.sends("一"))
    monkeypatch.setattr(line, "ANSWER_SECONDS", 5)
    await asyncio.sleep(0.1)
    await office.sends("二")

    assert [text for text, _ in office.sees()] == ["一", "二"]


async def test_what_waits_for_an_answer_when_the_connection_ends_may_have_arrived(office: WeComBotOffice) -> None:
    office.fake.faults.lost.append("aibot_send_msg")
    sending = asyncio.create_task(refused(office.sends("好")))
    await office.fake.until(lambda: office.fake.made("aibot_send_msg"))

    office.fake.reset()
    told = await sending

    assert (told.unreached, told.permanent) == (False, False)


async def test_a_thousand_answers_at_once_find_whom_they_are_for(office: WeComBotOffice) -> None:
    people = [office.fake.person(f"p{number}") for number in range(100)]
    await office.spoken_to(*people)

    await asyncio.gather(*(office.sends(f"好，{one.userid}", one) for one in people for _ in range(10)))

    assert all(office.sees(one) == [(f"好，{one.userid}", ())] * 10 for one in people)
