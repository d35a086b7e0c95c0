"""What a channel can do: what goes there is shaped so, and what it cannot do is left away in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import AsyncMock

import pytest
import pytest_asyncio
from sqlmodel import Session

from bot.feature import Feature
from bot.notices import notice
from bot.talk import Capabilities
from storage import staff
from storage.outbox import Kind, OutboxState
from tests.scheduler.office import FAKE, Office, office_at, shown
from tests.scheduler.test_live_cards import becomes, card, newest, send_card
from tests.storage.shop import NOW, bound_contact

BUTTON = ["同意"]


@pytest_asyncio.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    async with office_at(sqlite_url, features={"parcel": Feature("parcel", card=card)}) as opened:
        becomes(opened, "等人取")
        yield opened


def can(office: Office, **what: Any) -> None:
    office.channel.can = replace(Capabilities(), **what)


def edits(office: Office) -> list[OutboxState]:
    return [row.state for row in office.rows() if row.kind == Kind.EDIT]


def names(office: Office, *people: int) -> None:
    """Says the people's names in the store's group."""
    for person in people:
        named = notice("desk.in_private", name="王磊", person_id=person)
        office.in_store(lambda scene, said=named: scene.tell_group(said, urgent=True))  # type: ignore[misc]


def called(office: Office) -> list[dict[int, str]]:
    """Whom each message in the group calls."""
    return [dict(one.people) for ref, one in office.channel.messages.items() if ref.startswith("store/")]


# Cards.


async def test_what_a_channel_cannot_change_stays_as_it_was_said(office: Office) -> None:
    can(office, edit=False)
    send_card(office, office.shop.wang)
    await office.works()

    becomes(office, "取走了")
    await office.works()

    assert office.channel.edited == []
    assert office.channel.told("wang") == [shown("等人取")]
    assert edits(office) == [OutboxState.EXPIRED]


async def test_what_a_channel_calls_nothing_stays_as_it_was_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.channel, "send", AsyncMock(return_value=""))
    send_card(office, office.shop.wang)
    await office.works()

    becomes(office, "取走了")
    await office.works()

    assert office.channel.edited == []
    assert edits(office) == [OutboxState.EXPIRED]


async def test_where_a_card_is_said_anew_only_the_newest_of_several_is(office: Office) -> None:
    can(office, edit_later=False)
    send_card(office, office.shop.wang)
    await office.works()
    send_card(office, office.shop.wang)
    send_card(office, office.shop.chen)
    await office.works()

    becomes(office, "取走了")
    await office.works()

    assert sorted(where for where, _ in office.channel.edited) == ["chen", "wang"]
    assert newest(office, "wang") == (shown("取走了"), [])


async def test_where_all_cards_can_be_changed_all_are(office: Office) -> None:
    send_card(office, office.shop.wang)
    send_card(office, office.shop.wang)
    await office.works()

    becomes(office, "取走了")
    await office.works()

    assert [where for where, _ in office.channel.edited] == ["wang", "wang"]


async def test_buttons_that_nobody_could_press_are_left_away(office: Office) -> None:
    send_card(office, office.shop.wang)
    await office.works()
    with_buttons = newest(office, "wang")
    can(office, buttons=False)

    send_card(office, office.shop.chen)
    await office.works()

    assert with_buttons == (shown("等人取"), BUTTON)
    assert newest(office, "chen") == (shown("等人取"), [])


# Names.


async def test_a_channel_without_people_names_them_as_another_one_does(office: Office) -> None:
    office.database.write_now(partial(bound_contact, staff_id=office.shop.chen, channel="other", address="ChenJing"))
    office.database.write_now(_move_everybody_elsewhere)
    can(office, names_of="other")

    names(office, office.shop.chen, office.shop.wang)
    await office.works()

    assert called(office) == [{office.shop.chen: "ChenJing"}, {}]


async def test_who_has_two_chats_on_a_channel_is_named_where_they_spoke_last(office: Office) -> None:
    office.database.write_now(partial(_has_another_chat, staff_id=office.shop.wang))

    names(office, office.shop.wang)
    await office.works()

    assert called(office) == [{office.shop.wang: "wang at home"}]


def _has_another_chat(session: Session, *, staff_id: int) -> None:
    """Somebody spoke in their first chat yesterday, and in another one today."""
    [first] = staff.contacts_of(session, staff_id)
    second = bound_contact(session, staff_id, channel=FAKE, address="wang at home")
    staff.spoke(session, first.id, now=NOW - timedelta(days=1))
    staff.spoke(session, second.id, now=NOW)


def _move_everybody_elsewhere(session: Session) -> None:
    """Nobody has a chat on the group's own channel and account."""
    for known in staff.contacts_of(session, 1) + staff.contacts_of(session, 2):
        known.account = "elsewhere" if known.channel == FAKE else known.account
        session.add(known)


# Channels that are there no more.


async def test_who_spoke_last_on_a_channel_that_is_gone_is_reached_on_another(office: Office) -> None:
    office.database.write_now(partial(_spoke_on_one_that_is_gone, staff_id=office.shop.wang))

    office.tell(office.shop.wang, "一")
    await office.works()

    assert office.channel.told("wang") == [shown("一")]


async def test_what_is_for_a_channel_that_is_gone_waits_until_it_is_back(office: Office) -> None:
    office.tell_group("一", urgent=True)
    office.database.write_now(partial(_is_on, group=office.shop.group, channel="gone"))
    await office.works()
    meanwhile = office.channel.told("store")

    office.database.write_now(partial(_is_on, group=office.shop.group, channel=FAKE))
    office.passes(61)
    await office.works()

    assert meanwhile == []
    assert office.channel.told("store") == [shown("一")]


def _spoke_on_one_that_is_gone(session: Session, *, staff_id: int) -> None:
    gone = bound_contact(session, staff_id, channel="gone", address="wang")
    staff.spoke(session, gone.id, now=NOW)


def _is_on(session: Session, *, group: int, channel: str) -> None:
    known = staff.group(session, group)
    assert known is not None
    known.channel = channel
    staff.put(session, known)
