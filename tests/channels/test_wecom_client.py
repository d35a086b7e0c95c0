"""Our client and WeCom's server: tokens, messages, cards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.channels.wecom import reading
from bot.channels.wecom.callback import fields
from bot.channels.wecom.client import App, Client
from bot.channels.wecom.errors import WeComError, failure, is_spent
from bot.channels.wecom.reading import Me
from bot.channels.wecom.writing import anew, parts
from bot.talk import Message, Pressable, Said, Tone
from tests.channels.wecom_in_process import CARD
from tests.channels.wecom_office import WeComOffice, heard, refusal, says, wecom_office
from tests.wecom import Seen
from tests.wecom.fake import AGENT, CORP, SECRET
from tests.wecom.refusals import JSON
from tests.wecom.sealing import xml

HOUR = 3600
YES = Pressable("同意", "ok", Tone.GOOD)
DONE: JSON = {
    "card_type": "text_notice",
    "main_title": {"title": "已同意"},
    "card_action": {"type": 1, "url": "https://example.com"},
}


@pytest_asyncio.fixture
async def office() -> AsyncIterator[WeComOffice]:
    async with wecom_office() as opened:
        yield opened
        assert opened.fake.complaints == []


# Tokens.


async def test_one_token_serves_everybody_who_begins_at_once(office: WeComOffice) -> None:
    await asyncio.gather(*(says(office, str(number)) for number in range(20)))

    assert len(office.fake.made("gettoken")) == 1
    assert sorted(map(int, heard(office))) == list(range(20))


async def test_a_token_that_dies_in_the_middle_of_a_burst_is_fetched_once_and_nothing_is_lost(
    office: WeComOffice,
) -> None:
    await says(office, "0")
    office.fake.revoke()

    await asyncio.gather(*(says(office, str(number)) for number in range(1, 20)))

    assert len(office.fake.made("gettoken")) == 2
    assert sorted(map(int, heard(office))) == list(range(20))


async def test_a_token_is_renewed_before_its_end(office: WeComOffice) -> None:
    await says(office)
    office.clock.passes(2 * HOUR - 200)
    await says(office)
    office.clock.passes(200)

    await says(office)

    assert [one.code for one in office.fake.made("message/send")] == [0, 0, 0]
    # WeCom gives the same one again as long as it lives, here for 200 seconds, of which we use half.
    assert len(office.fake.made("gettoken")) == 3


async def test_a_token_that_is_too_old_for_wecom_is_fetched_anew(office: WeComOffice) -> None:
    await says(office)
    for token in office.fake.app.tokens:
        token.ends = office.clock()

    await says(office)

    assert [one.code for one in office.fake.made("message/send")] == [0, 42001, 0]


async def test_tokens_that_die_as_soon_as_they_are_born_are_not_asked_for_again_and_again(office: WeComOffice) -> None:
    office.fake.faults.stillborn = True

    told = [await refusal(says(office)) for _ in range(5)]
    office.fake.faults.stillborn = False
    office.clock.passes(61)
    await says(office)

    assert [(one.unreached, one.retry_after) for one in told] == [(True, 60.0)] * 5
    assert len(office.fake.made("gettoken")) == 3
    assert len(office.fake.made("message/send")) == 3
    assert heard(office) == ["好"]


async def test_with_a_wrong_secret_wecom_is_asked_once_a_minute() -> None:
    async with wecom_office(secret="wrong") as office:
        with capture_logs() as logs:
            told = await asyncio.gather(*(refusal(says(office)) for _ in range(20)))
            office.clock.passes(61)
            await refusal(says(office))

        assert [one.code for one in office.fake.made("gettoken")] == [40001, 40001]
    assert {(one.unreached, one.retry_after) for one in told} == {(True, 60.0)}
    assert [(one["event"], one["code"]) for one in logs] == [("wecom refuses the app", 40001)] * 2


async def test_the_token_goes_on_for_those_who_wait_when_one_of_them_goes_away(office: WeComOffice) -> None:
    first, second = asyncio.create_task(says(office, "一")), asyncio.create_task(says(office, "二"))
    await asyncio.sleep(0)
    first.cancel()

    await second

    assert heard(office) == ["二"]
    assert len(office.fake.made("gettoken")) == 1


async def test_two_apps_of_one_corp_have_a_token_each(office: WeComOffice) -> None:
    office.fake.add_app(1000003, "another-secret")
    async with Client(App(CORP, 1000003, "another-secret"), office.real, base_url=office.fake.base_url) as other:
        await says(office)
        await other.send(["wanglei"], "text", {"content": "也好"})

    assert heard(office) == ["好", "也好"]


def test_what_is_shown_of_an_app_has_no_secret() -> None:
    assert SECRET not in repr(App(CORP, AGENT, SECRET))


# Messages.


async def test_a_member_whose_name_has_capitals_is_reached_and_told_from_others(office: WeComOffice) -> None:
    arrived = await office.client.send(["WANGLEI", "Nobody"], "text", {"content": "好"})

    assert arrived.missed == {"nobody"}
    assert heard(office) == ["好"]


async def test_a_success_that_reached_nobody_is_a_failure_for_ever(office: WeComOffice) -> None:
    told = await refusal(says(office, "好", "Nobody"))

    assert (told.permanent, told.refused, told.unreached) == (True, False, False)


@pytest.mark.parametrize("how", ["invaliduser", "unlicenseduser"])
async def test_a_success_that_missed_the_one_it_was_for_is_a_failure_for_ever(
    office: WeComOffice, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    await says(office)
    monkeypatch.setattr(office.fake, "_answer", lambda *_: {"errcode": 0, "errmsg": "ok", how: "wanglei"})

    told = await refusal(says(office, "好", "WangLei"))

    assert told.permanent


async def test_a_message_is_taken_back(office: WeComOffice) -> None:
    number = await says(office)

    await office.client.recall(number)

    assert heard(office) == []


async def test_a_message_of_yesterday_is_not_taken_back(office: WeComOffice) -> None:
    number = await says(office)
    office.clock.passes(25 * HOUR)

    told = await refusal(office.client.recall(number))

    assert (told.refused, told.permanent) == (True, False)


async def test_what_wecom_overlooked_is_said_in_the_log(office: WeComOffice) -> None:
    with capture_logs() as logs:
        await says(office)
        await office.client.send(["wanglei"], "template_card", CARD | {"sub_title_text": 7})

    assert [(one["event"], one["kind"]) for one in logs] == [("wecom overlooked a part of a request", "message/send")]
    assert office.fake.complaints.pop() == "template_card.sub_title_text is no str"


# Cards.


async def test_a_card_is_changed_by_the_code_it_was_sent_with_and_by_none_twice(office: WeComOffice) -> None:
    arrived = await office.client.send(["wanglei"], "template_card", CARD)
    before = office.wang.sees()[0].labels

    missed = await office.client.update_card(arrived.response_code, ["WangLei", "Nobody"], DONE)
    with pytest.raises(WeComError) as told:
        await office.client.update_card(arrived.response_code, ["WangLei"], DONE)

    assert before == ("同意", "不同意")
    assert office.wang.sees() == [Seen("text_notice", "已同意", "", (), (), "")]
    assert missed == {"nobody"}
    assert is_spent(told.value)
    assert failure(told.value).refused


async def test_the_code_of_a_press_changes_the_cards_of_all_who_were_asked(office: WeComOffice) -> None:
    await office.client.send(["wanglei", "chenjing"], "template_card", CARD)
    press = office.chen.presses("同意")

    await office.client.close_buttons(press["ResponseCode"], ["wanglei", "chenjing"], "已同意")

    assert [one.sees()[0].labels for one in (office.wang, office.chen)] == [("已同意",), ("已同意",)]


async def test_a_message_goes_out_as_a_card_is_pressed_and_becomes_what_was_decided(office: WeComOffice) -> None:
    [asks] = parts(Message("小王 申请调休\n代班：陈静", ((YES,),)))
    await office.client.send(["wanglei"], asks.kind, asks.content)
    asked = office.wang.sees()
    press = office.wang.presses("同意")
    pressed = reading.heard(fields(xml(press)), Me(CORP, AGENT))
    [decided] = anew(Message("已同意"), "https://example.com")
    assert pressed is not None

    await office.client.update_card(press["ResponseCode"], [pressed.sender], decided.content)

    assert (pressed.kind, pressed.action, pressed.message) == (Said.PRESS, "ok", asks.content["task_id"])
    assert asked == [Seen("button_interaction", "小王 申请调休", "", (("代班", "陈静"),), ("同意",), "")]
    assert office.wang.sees() == [Seen("text_notice", "已同意", "", (), (), "")]


async def test_after_three_days_a_card_cannot_be_changed(office: WeComOffice) -> None:
    arrived = await office.client.send(["wanglei"], "template_card", CARD)
    office.clock.passes(72 * HOUR + 1)

    with pytest.raises(WeComError) as told:
        await office.client.update_card(arrived.response_code, ["wanglei"], DONE)

    assert is_spent(told.value)
