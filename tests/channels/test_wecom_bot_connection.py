"""The AI bot's connection: it comes back after every end, fights nobody for it, and loses nothing that came in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.channels.wecom_bot import intake, line
from bot.channels.wecom_bot.intake import End, Rests
from bot.talk import Said
from tests.channels.wecom_bot_office import ASKED, WeComBotOffice, refused, wecom_bot_office
from tests.wecom_bot import SECRET, FakeWeComBot

ENDS: dict[str, Callable[[FakeWeComBot], None]] = {
    "1000": lambda fake: fake.close(1000),
    "1001": lambda fake: fake.close(1001),
    "1011": lambda fake: fake.close(1011),
    "reset": FakeWeComBot.reset,
}


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncIterator[WeComBotOffice]:
    async with wecom_bot_office(sqlite_url) as opened:
        yield opened


def subscribed(office: WeComBotOffice) -> int:
    return len(office.fake.made("aibot_subscribe"))


async def comes_back(office: WeComBotOffice) -> None:
    before = subscribed(office)
    await office.fake.until(lambda: subscribed(office) > before and office.fake.is_connected)
    await office.until_ready()


@pytest.mark.parametrize("end", ENDS)
async def test_whatever_ends_the_connection_another_one_follows_soon(office: WeComBotOffice, end: str) -> None:
    async with office.listening():
        ENDS[end](office.fake)
        await comes_back(office)
        office.wang.says("还在吗")
        [said] = await office.hears()

    assert said.text == "还在吗"
    assert [0.75 <= seconds <= 1 for seconds in office.pauses.asked] == [True]


async def test_a_connection_on_which_nobody_answers_any_more_is_given_up(
    office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(line, "CLOSE_SECONDS", 0.05)
    async with office.listening():
        office.fake.fall_silent()
        office.pauses.beats.set()
        await comes_back(office)
        office.wang.says("还在吗")
        await office.hears()

    assert len(office.pauses.asked) == 1


async def test_silence_counts_only_pings_that_were_missed_one_after_another(
    office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "ANSWER_SECONDS", 0.5)
    office.pauses.beats.set()
    async with office.listening():
        office.fake.faults.lost.append("ping")
        await office.fake.until(lambda: len(office.fake.made("ping")) >= 4)

    assert subscribed(office) == 1


async def test_while_nobody_is_let_in_it_tries_again_ever_later(office: WeComBotOffice) -> None:
    office.fake.faults.away = True
    running = asyncio.create_task(office.channel.run(office.receive))
    await office.fake.until(lambda: len(office.pauses.asked) >= 4)
    told = await refused(office.sends("好"))
    office.fake.faults.away = False
    await office.until_ready()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert all(0.75 * 2**number <= seconds <= 2**number for number, seconds in enumerate(office.pauses.asked[:4]))
    assert (told.unreached, told.permanent, told.retry_after) == (True, False, 3.0)


def test_a_connection_that_held_begins_the_waiting_anew_and_none_waits_longer_than_a_minute() -> None:
    rests = Rests()

    lost = [rests.after(End.LOST) for _ in range(12)]
    held = rests.after(End.HELD)

    assert max(lost) <= 60
    assert lost[-1] >= 45
    assert held <= 1
    assert rests.after(End.BUSY) >= 45


async def test_whoever_is_thrown_out_by_another_connection_stays_away_for_long(office: WeComBotOffice) -> None:
    with capture_logs() as logs:
        async with office.listening():
            other = office.fake.take_over()
            await office.fake.until(lambda: office.pauses.asked)
            told = await refused(office.sends("好"))
            seen = subscribed(office)
            office.fake.left(other)
            office.pauses.let_go.set()
            await comes_back(office)

    assert (seen, told.unreached, told.retry_after) == (1, True, 60.0)
    assert 450 <= office.pauses.asked[0] <= 600
    assert [one["log_level"] for one in logs if "another connection" in one["event"]] == ["error"]


async def test_a_wrong_secret_is_not_tried_in_a_loop_and_told_to_nobody(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with wecom_bot_office(sqlite_url, secret="wrong-secret-1234") as office:
        with capture_logs() as logs:
            running = asyncio.create_task(office.channel.run(office.receive))
            await office.fake.until(lambda: len(office.pauses.asked) == 1)
            office.pauses.let_go.set()
            await office.fake.until(lambda: len(office.pauses.asked) >= 3)
            told = await refused(office.sends("好"))
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    assert {one["code"] for one in logs if one["event"] == "wecom bot refused"} == {853000}
    assert [450 <= office.pauses.asked[0] <= 600, 900 <= office.pauses.asked[1] <= 1200] == [True, True]
    assert (told.unreached, told.permanent, told.retry_after) == (True, False, 60.0)
    assert "wrong-secret" not in f"{logs} {caplog.text} {told} {vars(office.channel)}"


async def test_the_right_secret_stands_in_no_log(office: WeComBotOffice, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with office.listening():
            office.fake.close(1011)
            await comes_back(office)

    assert SECRET not in f"{logs} {caplog.text}"


async def test_who_is_told_to_ask_less_often_waits_for_a_minute(office: WeComBotOffice) -> None:
    office.fake.faults.refusals.append(("aibot_subscribe", 45009))

    async with office.listening():
        asked = list(office.pauses.asked)

    assert [45 <= seconds <= 60 for seconds in asked] == [True]


async def test_a_connection_that_forgot_us_is_given_up(office: WeComBotOffice) -> None:
    async with office.listening():
        await office.spoken_to(office.wang)
        office.fake.forget()
        told = await refused(office.sends("好"))
        await comes_back(office)
        await office.sends("又好了")

    assert (told.unreached, told.permanent) == (True, False)
    assert office.sees() == [("又好了", ())]


# What comes in.


async def test_what_the_database_does_not_take_is_tried_until_it_does(
    office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "KEEP_PAUSES", (0.001, 0.002))
    async with office.listening():
        office.fails = 3
        office.wang.says("一")
        office.wang.says("二")
        heard = await office.hears(2)

    assert [one.text for one in heard] == ["一", "二"]


async def test_what_came_in_is_kept_before_the_end(office: WeComBotOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "KEEP_PAUSES", (0.05, 0.05))
    async with office.listening():
        office.fails = 1
        told = office.wang.says("一")
        await office.fake.until(lambda: office.fails == 0)

    assert [one.event_id for one in office.heard] == [told.frame["body"]["msgid"]]


async def test_what_is_sent_twice_has_one_event_id(office: WeComBotOffice) -> None:
    async with office.listening():
        office.fake.repeats(office.wang.says("一"))
        first, second = await office.hears(2)

    assert first == second


async def test_two_presses_in_one_second_both_come_in(office: WeComBotOffice) -> None:
    async with office.listening():
        await office.spoken_to()
        await office.sends(ASKED)
        office.wang.presses("同意")
        office.wang.presses("不同意")
        first, second = await office.hears(2)

    assert [first.action, second.action] == ["approvals:approve:1", "approvals:refuse:1"]
    assert first.event_id != second.event_id


@pytest.mark.parametrize(
    "frame",
    [
        {"cmd": "aibot_msg_callback", "headers": {"req_id": "1"}, "body": {"msgid": "7", "msgtype": "text"}},
        {"cmd": "aibot_msg_callback", "headers": {"req_id": "1"}, "body": ["\x00"]},
        {"cmd": "aibot_event_callback", "headers": [], "body": {"msgtype": "event", "event": "press"}},
        {"cmd": "aibot_msg_callback"},
    ],
)
async def test_what_is_malformed_is_kept_aside_and_stops_nothing(
    office: WeComBotOffice, frame: dict[str, object]
) -> None:
    async with office.listening():
        office.fake.posts(frame)
        office.wang.says("好")
        broken, said = await office.hears(2)

    assert (broken.kind, said.text) == (Said.UNREADABLE, "好")


@pytest.mark.parametrize(
    "frame", [{"cmd": "aibot_news"}, {"headers": {"req_id": "x"}}, {"headers": 1, "errcode": "?"}, ["a list"], "words"]
)
async def test_frames_of_another_kind_are_left(office: WeComBotOffice, frame: object) -> None:
    async with office.listening():
        office.fake.posts(frame)
        office.wang.says("好")
        heard = await office.hears()

    assert [one.text for one in heard] == ["好"]
    assert subscribed(office) == 1


async def test_what_is_nested_too_deep_stops_nothing(office: WeComBotOffice) -> None:
    deep: object = "好"
    for _ in range(900):
        deep = [deep]
    async with office.listening():
        office.fake.posts({"cmd": "aibot_msg_callback", "headers": {"req_id": "1"}, "body": deep})
        office.wang.says("好")
        await office.fake.until(lambda: office.heard and office.heard[-1].text == "好")

    assert subscribed(office) == 1
