"""What Telegram is told of the bot: its menus, and where to call it; and what comes when it calls."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from sqlmodel import Session
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.channels.telegram import PATH, Menu, webhook_route
from bot.channels.telegram.webhook import SECRET_HEADER
from storage import staff
from storage.inbox import InboxState
from tests.channels.telegram_office import (
    MENU,
    SECRET,
    URL,
    TelegramOffice,
    heard,
    said_by,
    telegram_office,
)
from tests.scheduler.office import shown


async def test_the_menu_is_set_once_for_each_scope_and_again_when_it_changes(office: TelegramOffice) -> None:
    menu = Menu(office.database, MENU)
    await menu.keep(office.client)
    await menu.keep(office.client)
    first = len(office.fake.made("setMyCommands"))
    offered = (office.wang.menu(), office.zhou.menu(), office.wang.menu(office.group))
    await Menu(office.database, MENU[1:]).keep(office.client)
    changed = len(office.fake.made("setMyCommands"))

    assert [list(one) for one in offered] == [
        ["help_menu", "leave_request"],
        ["help_menu", "leave_request", "people_invite"],
        ["help_menu"],
    ]
    assert (first, changed) == (3, 5)
    assert office.wang.menu() == {"leave_request": "请假 周五下午"}


async def test_who_is_no_manager_any_more_has_everybodys_menu(office: TelegramOffice) -> None:
    menu = Menu(office.database, MENU)
    await menu.keep(office.client)
    await office.database.write(_becomes_a_designer)
    await menu.keep(office.client)
    await menu.keep(office.client)

    assert office.zhou.menu() == office.wang.menu()
    assert len(office.fake.made("deleteMyCommands")) == 1


def _becomes_a_designer(session: Session) -> None:
    zhou = staff.by_key(session, "zhou")
    assert zhou is not None
    zhou.roles = [staff.Role.DESIGNER]
    staff.put(session, zhou)


async def test_a_menu_that_telegram_refuses_holds_up_no_other(office: TelegramOffice) -> None:
    office.fake.fail_next("setMyCommands", code=400, description="Bad Request: chat not found")
    async with office.listening():
        await office.fake.until(lambda: office.zhou.menu().get("people_invite"))

    assert list(office.wang.menu(office.group)) == ["help_menu"]


# The webhook.


@pytest_asyncio.fixture
async def called(sqlite_url: str) -> AsyncIterator[TelegramOffice]:
    """An office that Telegram calls, once it has been told where."""
    async with telegram_office(sqlite_url, webhook=(URL, SECRET)) as opened:
        opened.opens()
        async with opened.listening():
            await opened.fake.until(lambda: opened.fake.made("setWebhook"))
            yield opened


async def calls(office: TelegramOffice, body: bytes, secret: str | None = SECRET) -> int:
    """Telegram's POST, answered with this status."""
    app = Starlette(routes=[webhook_route(SECRET, office.channel.take)])
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://example.com") as http:
        return (await http.post(PATH, content=body, headers=headers)).status_code


def update(office: TelegramOffice, text: str = "跟读 一", number: int = 7) -> bytes:
    return json.dumps({"update_id": number, **said_by(office.wang, text)}).encode()


async def test_telegram_is_told_where_to_call_with_the_secret_and_what_for(called: TelegramOffice) -> None:
    [call] = called.fake.made("setWebhook")

    assert (call.params["url"], call.params["secret_token"]) == (URL, SECRET)
    assert set(json.loads(call.params["allowed_updates"])) == {
        *("message", "edited_message", "callback_query", "my_chat_member"),
    }
    assert "drop_pending_updates" not in call.params
    # In order: a press that is overtaken by the next words would be about a form that is closed.
    assert call.params["max_connections"] == "1"


async def test_an_update_that_is_called_with_twice_is_handled_once(called: TelegramOffice) -> None:
    answers = [await calls(called, update(called)) for _ in range(2)]
    await called.works()

    assert answers == [200, 200]
    assert heard(called.wang) == [shown("一")]
    assert [one.state for one in called.inbox()] == [InboxState.DONE]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1]])
async def test_who_has_no_secret_is_refused(called: TelegramOffice, secret: str | None) -> None:

    assert await calls(called, update(called), secret) == 403
    assert called.inbox() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not JSON", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"update_id": "7"}', 400),
        (b"[" * 100_000, 400),
        (b"\xff\xfe", 400),
        (b" " * 1_000_001, 413),
    ],
)
async def test_what_is_no_update_is_refused(called: TelegramOffice, body: bytes, status: int) -> None:
    assert await calls(called, body) == status
    assert called.inbox() == []


async def test_an_update_that_nobody_can_read_is_taken_so_that_telegram_stops_sending_it(
    called: TelegramOffice,
) -> None:
    assert await calls(called, b'{"update_id": 7, "message": "?"}') == 200
    assert [one.state for one in called.inbox()] == [InboxState.PARKED]


async def test_a_webhook_that_telegram_refuses_is_set_again(sqlite_url: str, impatient: None) -> None:
    with capture_logs() as logs:
        async with telegram_office(sqlite_url, webhook=(URL, SECRET)) as office:
            office.fake.fail_next("setWebhook", code=400, description="Bad Request: bad webhook", times=2)
            async with office.listening():
                await office.fake.until(lambda: len(office.fake.made("setWebhook")) == 3)

    assert [one["event"] for one in logs].count("telegram refuses the webhook address") == 1


async def test_what_is_called_with_before_anybody_listens_is_not_taken(sqlite_url: str) -> None:
    async with telegram_office(sqlite_url, webhook=(URL, SECRET)) as office:
        office.opens()

        assert await calls(office, update(office)) == 503
        assert office.inbox() == []
