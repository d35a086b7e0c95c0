"""Live cards: shown as the facts are when they are sent, edited in place afterwards, never for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from bot.feature import Feature, Scene
from bot.notices import Notice, notice, passing, row
from bot.talk import Button, DeliveryError, Message
from storage import meta
from storage.outbox import Kind, OutboxState
from storage.staff import Staff
from tests.scheduler.office import Office, office_at, shown, words

SUBJECT = "parcel:1"


def card(scene: Scene, number: int, viewer: Staff | None) -> Notice | None:
    """The parcel is where the rows say; one that waits can be taken."""
    found = meta.get(scene.session, f"parcel:{number}")
    if found is None:
        return None
    buttons = row(Button("approvals.button_approve", f"parcel:take:{number}")) if found["state"] == "等人取" else ()
    return notice("desk.in_private", name=found["state"], buttons=buttons)


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    features = {"parcel": Feature("parcel", card=card)}
    async with office_at(database_url, features=features) as opened:
        becomes(opened, "等人取")
        yield opened


def becomes(office: Office, state: str) -> None:
    """The fact changes, and whoever saw it is to see it."""

    def work(scene: Scene) -> None:
        meta.put(scene.session, SUBJECT, {"state": state})
        scene.refresh(SUBJECT)

    office.in_store(work)


def send_card(office: Office, *people: int, said: Notice | None = None) -> None:
    def work(scene: Scene) -> None:
        for staff_id in people:
            scene.tell(staff_id, said or Notice(subject=SUBJECT), urgent=True)

    office.in_store(work)


def newest(office: Office, chat: str) -> tuple[str, list[str]]:
    """What the chat's last message says now, and its buttons."""
    ref = [ref for ref in office.channel.messages if ref.startswith(f"{chat}/")][-1]
    message = office.channel.messages[ref]
    return message.markup, [one.label for line in message.buttons for one in line]


def edits(office: Office) -> list[OutboxState]:
    return [OutboxState(row.state) for row in office.rows() if row.kind == Kind.EDIT]


async def test_a_card_changes_in_place_for_all_who_got_it(office: Office) -> None:
    send_card(office, office.shop.wang, office.shop.zhou)
    await office.works()
    before = newest(office, "wang")

    becomes(office, "已取走")
    await office.works()

    assert before == (shown("等人取"), ["同意"])
    assert newest(office, "wang") == newest(office, "zhou") == (shown("已取走"), [])
    assert len(office.channel.sent) == 2


async def test_a_card_that_has_not_gone_out_shows_the_newest_facts_and_is_not_edited(office: Office) -> None:
    send_card(office, office.shop.wang)
    becomes(office, "已取走")

    await office.works()

    assert office.channel.sent == [("wang", shown("已取走"))]
    assert office.channel.edited == []


async def test_many_changes_before_a_send_are_one_edit(office: Office) -> None:
    send_card(office, office.shop.wang)
    await office.works()

    for state in ("路上", "门口", "已取走"):
        becomes(office, state)
    await office.works()

    assert office.channel.edited == [("wang", shown("已取走"))]


async def test_a_change_while_the_card_is_under_way_reaches_it(office: Office) -> None:
    office.channel.gates["wang"] = asyncio.Event()
    send_card(office, office.shop.wang)
    settling = asyncio.create_task(office.works())
    await office.until(lambda: office.channel.tries)

    becomes(office, "已取走")
    office.channel.gates["wang"].set()
    await settling
    await office.works()

    assert newest(office, "wang") == (shown("已取走"), [])


async def test_a_card_of_its_own_words_keeps_them_until_the_facts_change(office: Office) -> None:
    send_card(office, office.shop.wang, said=Notice("desk.in_private", {"name": "收到"}, subject=SUBJECT))
    await office.works()
    first = newest(office, "wang")
    becomes(office, "等人取")
    await office.works()
    unchanged = newest(office, "wang")

    becomes(office, "已取走")
    await office.works()

    assert first == unchanged == (shown("收到"), ["同意"])
    assert newest(office, "wang") == (shown("已取走"), [])


async def test_a_reminders_first_line_goes_when_the_thing_is_done(office: Office) -> None:
    send_card(office, office.shop.wang, said=Notice(subject=SUBJECT, lead=words("提醒")))
    await office.works()
    before = newest(office, "wang")

    becomes(office, "已取走")
    await office.works()

    assert before == (f"{shown('提醒')}\n{shown('等人取')}", ["同意"])
    assert newest(office, "wang") == (shown("已取走"), [])


async def test_a_card_about_nothing_is_not_sent(office: Office) -> None:
    office.in_store(lambda scene: scene.tell(office.shop.wang, Notice(subject="parcel:99"), urgent=True))
    office.tell(office.shop.wang, "别的")

    await office.works()

    assert office.channel.told("wang") == [shown("别的")]
    assert office.rows()[0].state == OutboxState.EXPIRED


async def test_a_request_that_was_withdrawn_before_it_went_out_is_not_sent(office: Office) -> None:
    send_card(office, office.shop.wang, office.shop.zhou)

    office.in_store(lambda scene: scene.unsay(SUBJECT, [office.shop.wang]))
    await office.works()

    assert [where for where, _ in office.channel.sent] == ["zhou"]


async def test_an_edit_that_fails_is_tried_again_before_anything_newer(office: Office) -> None:
    send_card(office, office.shop.wang)
    await office.works()
    office.channel.failures["wang"] = [DeliveryError("busy", retry_after=5)]
    becomes(office, "已取走")
    office.tell(office.shop.wang, "后来")

    await office.works()
    early = newest(office, "wang")
    office.passes(5)
    await office.works()

    assert early == (shown("等人取"), ["同意"])
    assert office.channel.edited == [("wang", shown("已取走"))]
    assert office.channel.told("wang") == [shown("等人取"), shown("后来")]
    assert edits(office) == [OutboxState.SENT]


async def test_an_edit_of_a_card_that_never_arrived_is_nothing(office: Office) -> None:
    office.channel.failures["wang"] = [DeliveryError("too long", permanent=True)]
    send_card(office, office.shop.wang)
    await office.works()

    becomes(office, "已取走")
    await office.works()

    assert edits(office) == []
    assert office.channel.edited == []


async def test_a_passing_text_keeps_its_words_and_its_buttons_while_nothing_newer_was_said(office: Office) -> None:
    send_card(office, office.shop.wang, said=passing("desk.in_private", subject=SUBJECT, name="还有一小时"))
    await office.works()
    first = newest(office, "wang")

    becomes(office, "已取走")
    await office.works()

    assert first == (shown("还有一小时"), ["同意"])
    assert newest(office, "wang") == (shown("还有一小时"), [])


async def test_of_passing_texts_only_the_newest_has_buttons_and_the_ones_before_are_left_alone(office: Office) -> None:
    for _ in range(2):
        send_card(office, office.shop.wang, said=passing("desk.in_private", subject=SUBJECT, name="还有一小时"))
    becomes(office, "等人取")
    await office.works()
    before = len(edits(office))

    becomes(office, "等人取")
    await office.works()

    shown_buttons = [[one.label for line in message.buttons for one in line] for message in sent_to(office, "wang")]
    assert shown_buttons == [[], ["同意"]]
    assert len(edits(office)) == before + 1


def sent_to(office: Office, chat: str) -> list[Message]:
    return [message for ref, message in office.channel.messages.items() if ref.startswith(f"{chat}/")]
