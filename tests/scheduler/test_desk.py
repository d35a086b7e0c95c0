"""The desk: lanes in order, what keeps failing is parked and told, strangers get one sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot import desk as desks
from bot.desk import Desk
from bot.feature import Answer, Command, Context, Feature, Refusal
from bot.talk import Incoming, Said
from storage import audit
from storage.audit import Audit
from storage.inbox import Inbox, InboxState
from tests.scheduler.office import FAKE, Office, office_at, shown, words
from tests.storage.shop import all_rows

APOLOGY = "出了点问题"
BROKEN_FOR = "说的一句话我没有办成"
NOT_YOURS = "这件事不归您办"
STRANGER = "只为店里同事服务"
tries: list[str] = []


def break_down(ctx: Context, word: str, rest: str) -> Answer:
    """Fails after it has written and told something."""
    tries.append(rest)
    ctx.record("half a change", "x", by=ctx.me)
    ctx.tell(ctx.me.id, words("半句"), urgent=True)
    raise LookupError("broken command")


def refuse(ctx: Context, word: str, rest: str) -> Answer:
    """Refuses after it has written and told something."""
    tries.append(rest)
    ctx.record("half a change", "x", by=ctx.me)
    ctx.tell(ctx.me.id, words("半句"), urgent=True)
    raise Refusal("desk.not_yours", audited="desk.not_allowed")


def repeat(ctx: Context, word: str, rest: str) -> Answer:
    return words(rest.strip())


FEATURES = {
    "test": Feature(
        "test",
        commands=(
            Command("test.broken", ("坏了",), break_down, in_menu=False),
            Command("test.refused", ("不行",), refuse, in_menu=False),
            Command("test.repeat", ("跟读",), repeat, in_menu=False),
        ),
    )
}


@pytest_asyncio.fixture
async def office(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setattr(desks, "RETRY_SECONDS", (0.0, 0.0))
    tries.clear()
    async with office_at(database_url, features=FEATURES) as opened:
        yield opened


@pytest_asyncio.fixture
async def desk(office: Office) -> AsyncIterator[Desk]:
    opened = Desk(office.database, office.clock, office.features)
    yield opened
    await opened.close()


def said(text: str, number: int = 1, *, by: str = "wang", **more: object) -> Incoming:
    return Incoming(FAKE, "local", f"{by}:{number}", by, text=text, **more)  # type: ignore[arg-type]


async def settled(office: Office, desk: Desk) -> None:
    """Until everything is handled and delivered."""
    await desk.wake_all()
    await office.until(lambda: desk.idle)
    await office.works()


async def test_one_persons_messages_are_answered_in_order(office: Office, desk: Desk) -> None:
    for n in range(6):
        assert await desk.receive(said(f"跟读 第{n}句", n))

    await settled(office, desk)

    assert office.channel.told("wang") == [shown(f"第{n}句") for n in range(6)]


async def test_an_event_that_comes_again_is_handled_once(office: Office, desk: Desk) -> None:
    new = [await desk.receive(said("跟读 一句")) for _ in range(3)]

    await settled(office, desk)

    assert new == [True, False, False]
    assert office.channel.told("wang") == [shown("一句")]


async def test_what_waits_from_before_a_restart_is_taken_up(office: Office, desk: Desk) -> None:
    await office.database.write(lambda session: desk.keep(said("跟读 旧的"), session))

    restarted = Desk(office.database, office.clock, office.features)
    await restarted.wake_all()
    await settled(office, restarted)

    assert office.channel.told("wang") == [shown("旧的")]


async def test_what_fails_three_times_is_parked_told_to_both_and_the_lane_goes_on(office: Office, desk: Desk) -> None:
    await desk.receive(said("坏了", 1))
    await desk.receive(said("跟读 后面的", 2))

    await settled(office, desk)

    rows = all_rows(office.database, Inbox)
    assert [(row.state, row.attempts) for row in rows] == [(InboxState.PARKED, 3), (InboxState.DONE, 0)]
    assert rows[0].error.startswith("LookupError at scheduler/test_desk.py:")
    assert "broken command" not in rows[0].error
    assert [APOLOGY in one for one in office.channel.told("wang")] == [True, False]
    assert office.channel.told("wang")[1] == shown("后面的")
    assert [BROKEN_FOR in one for one in office.channel.told("zhou")] == [True]


async def test_a_message_that_fails_leaves_nothing_of_its_half_change(office: Office, desk: Desk) -> None:
    await desk.receive(said("坏了"))

    await settled(office, desk)

    assert all_rows(office.database, Audit) == []
    assert shown("半句") not in office.channel.told("wang")


async def test_what_is_refused_leaves_nothing_but_its_answer_and_is_tried_once(office: Office, desk: Desk) -> None:
    await desk.receive(said("不行", 1))
    await desk.receive(said("跟读 后面的", 2))
    await desk.receive(said("跟读 别人的", by="chen"))

    await settled(office, desk)

    refused, after = office.channel.told("wang")
    assert refused.startswith(NOT_YOURS)
    assert after == shown("后面的")
    assert office.channel.told("chen") == [shown("别人的")]
    assert [(entry.verb, entry.rule) for entry in all_rows(office.database, Audit)] == [
        ("desk.not_allowed", "desk.not_yours")
    ]
    assert [(row.state, row.attempts) for row in all_rows(office.database, Inbox)] == [(InboxState.DONE, 0)] * 3
    assert len(tries) == 1


async def test_anothers_lane_goes_on_while_one_fails(office: Office, desk: Desk) -> None:
    await desk.receive(said("坏了"))
    await desk.receive(said("跟读 别人的", by="chen"))

    await settled(office, desk)

    assert office.channel.told("chen") == [shown("别人的")]


async def test_a_stranger_gets_one_polite_sentence_and_nothing_else(office: Office, desk: Desk) -> None:
    await desk.receive(said("跟读 秘密", by="stranger"))

    await settled(office, desk)

    [answer] = office.channel.told("stranger")
    [row] = all_rows(office.database, Inbox)
    assert STRANGER in answer
    assert "秘密" not in answer
    assert (row.state, row.lane.partition(":")[0]) == (InboxState.DONE, "contact")
    assert [entry.verb for entry in all_rows(office.database, Audit)] == ["desk.stranger"]


async def test_a_strangers_forged_button_does_nothing(office: Office, desk: Desk) -> None:
    await desk.receive(said("", by="stranger", kind=Said.PRESS, action="test:take:1"))

    await settled(office, desk)

    assert [STRANGER in one for one in office.channel.told("stranger")] == [True]


async def test_in_a_group_a_stranger_who_did_not_speak_to_the_bot_hears_nothing(office: Office, desk: Desk) -> None:
    await desk.receive(said("今天吃什么", by="stranger", chat="store", addressed=False))

    await settled(office, desk)

    assert office.channel.tries == []


async def test_a_forged_button_of_a_colleague_is_refused_kindly_and_audited(office: Office, desk: Desk) -> None:
    await desk.receive(said("", kind=Said.PRESS, action="approvals:approve:1"))

    await settled(office, desk)

    [answer] = office.channel.told("wang")
    history = office.database.read_now(
        lambda session: audit.of_subject(session, office.shop.store_id, "approvals:approve:1")
    )
    assert "这个按钮用不了" in answer
    assert [entry.verb for entry in history] == ["desk.forged_button"]
