"""What the channel looks after while it runs: that Telegram calls here, the menus, and that no trouble ends it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session
from structlog.testing import capture_logs

from bot import app
from bot.channels.telegram import Menu, intake
from bot.operating.logs import LEFT_OUT, without_words
from bot.talk import Receive
from storage import staff
from tests.channels.telegram_office import MENU, SECRET, URL, TelegramOffice, heard, telegram_office
from tests.scheduler.office import FakeChannel, shown

THEIRS = "https://another.example.org/bot"


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch, impatient: None) -> None:
    """The rounds follow one another at once."""
    monkeypatch.setattr(intake, "ROUND_SECONDS", 0.01)


# Who is called.


async def test_a_webhook_of_somebody_else_does_not_silence_polling(office: TelegramOffice) -> None:
    with capture_logs() as logs:
        async with office.listening():
            await office.fake.until(lambda: office.fake.made("getUpdates"))
            await office.fake.ptb_bot().set_webhook(THEIRS)
            office.wang.says("跟读 一")
            await office.hears()

    assert heard(office.wang) == [shown("一")]
    assert "webhook of somebody else taken back" in [one["event"] for one in logs]


async def test_a_webhook_that_somebody_else_changed_is_set_again(sqlite_url: str, often: None) -> None:
    async with telegram_office(sqlite_url, webhook=(URL, SECRET)) as office, office.listening():
        await office.fake.until(lambda: office.fake.made("setWebhook"))
        await office.fake.ptb_bot().set_webhook(THEIRS)
        await office.fake.until(lambda: len(office.fake.made("setWebhook")) > 2)
        known = await office.fake.ptb_bot().get_webhook_info()

    assert known.url == URL
    assert office.fake.made("setWebhook")[-1].params["secret_token"] == SECRET


async def test_a_round_that_breaks_does_not_end_the_rounds(
    office: TelegramOffice, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 0

    async def breaks(menu: Menu, client: object) -> None:
        nonlocal rounds
        rounds += 1
        raise LookupError("a row that nobody foresaw")

    monkeypatch.setattr(Menu, "keep", breaks)
    with capture_logs() as logs:
        async with office.listening():
            await office.fake.until(lambda: office.fake.made("getUpdates"))
            async with asyncio.timeout(10):
                while rounds < 3:  # noqa: ASYNC110 (a round tells nobody)
                    await asyncio.sleep(0.005)

    assert "telegram not looked after" in [one["event"] for one in logs]


# Menus.


def leaves(key: str, session: Session) -> None:
    person = staff.by_key(session, key)
    assert person is not None
    person.active = False
    staff.put(session, person)


async def test_who_has_left_keeps_no_menu_of_the_managers(office: TelegramOffice) -> None:
    menu = Menu(office.database, MENU)
    await menu.keep(office.client)
    before = list(office.zhou.menu())
    await office.database.write(partial(leaves, "zhou"))
    await menu.keep(office.client)
    await menu.keep(office.client)

    assert "people_invite" in before
    assert "people_invite" not in office.zhou.menu()
    assert len(office.fake.made("deleteMyCommands")) == 1


async def test_who_has_left_and_closed_the_chat_is_asked_about_once(office: TelegramOffice) -> None:
    menu = Menu(office.database, MENU)
    await menu.keep(office.client)
    await office.database.write(partial(leaves, "zhou"))
    office.fake.fail_next("deleteMyCommands", code=400, description="Bad Request: chat not found")
    await menu.keep(office.client)
    await menu.keep(office.client)

    assert len(office.fake.made("deleteMyCommands")) == 1


# What the log says.


def written(one: Any) -> dict[str, Any]:
    """As it stands in the log."""
    return dict(without_words(None, "warning", {name: value for name, value in one.items() if name != "log_level"}))


async def test_a_menu_that_is_refused_is_told_in_words_that_may_stand_in_the_log(office: TelegramOffice) -> None:
    office.fake.fail_next("setMyCommands", code=400, description="Bad Request: chat not found")
    with capture_logs() as logs:
        await Menu(office.database, MENU).keep(office.client)

    [said] = [written(one) for one in logs if one["event"] == "menu not set"]
    assert LEFT_OUT not in said.values()
    assert said["scope"] == "all_private_chats"


# What goes wrong, and what it is called in the log.
TROUBLES = [
    (401, "Unauthorized", "telegram refuses the token"),
    (400, "Bad Request: bad webhook", "telegram refuses the webhook address"),
    (502, "Bad Gateway", "telegram does not answer"),
]


@pytest.mark.parametrize(("code", "description", "event"), TROUBLES)
async def test_each_trouble_has_a_name_of_its_own_in_the_log(
    sqlite_url: str, impatient: None, code: int, description: str, event: str
) -> None:
    with capture_logs() as logs:
        async with telegram_office(sqlite_url, webhook=(URL, SECRET)) as office:
            office.fake.fail_next("setWebhook", code=code, description=description)
            async with office.listening():
                await office.fake.until(lambda: len(office.fake.made("setWebhook")) == 2)

    [said] = [written(one) for one in logs if one["event"] == event]
    assert LEFT_OUT not in said.values()


# A channel that stops.


class Breaks(FakeChannel):
    """A platform that fails at once; how long it ran is what the clock says."""

    async def run(self, receive: Receive) -> None:
        raise OSError("gone")


async def test_a_channel_that_was_well_for_a_minute_begins_anew_without_a_long_pause(
    office: TelegramOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0, 1, 10, 11, 20, 21, 100, 190, 200, 201])
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            raise asyncio.CancelledError

    monkeypatch.setattr(app, "monotonic_seconds", lambda: next(moments))
    listening: Any = app._listen(Breaks(office.clock), office.desk, sleep=pause)
    with pytest.raises(asyncio.CancelledError):
        await listening

    assert pauses == [1, 2, 4, 1, 2]
