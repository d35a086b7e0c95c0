"""Many at once: two processes on PostgreSQL decide and save once; two hundred people wait for nobody's slow chat."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session, col, select

from bot.__main__ import DEMO_STORE
from bot.app import App, running
from bot.channels.webchat import ACCOUNT, NAME
from bot.settings import Settings
from bot.storefile import load_store, read_store
from bot.talk import Address, DeliveryError, Message
from storage import inbox, staff, webchat
from storage.approvals import Approval, ApprovalState
from storage.audit import Audit
from storage.database import Database
from storage.inbox import Inbox, InboxState
from storage.leave import Leave, LeaveHalf
from storage.outbox import Outbox, OutboxState
from storage.staff import Role, Staff
from tests.chat import START, Seen
from tests.conftest import leave_out
from tests.journeys.two_processes import Desk, action_of, at_once, front_desks, until
from tests.services import Run, ServiceMissing, postgresql_copy
from tests.storage.shop import all_rows

HALVES = ("上午", "下午")
# All tests with two processes share them, so each asks for days of its own.
HALF_DAYS = [f"{day}{half}" for day in ("11月30日", "12月1日", "12月3日", "12月4日", "12月7日") for half in HALVES]
PRESSED_FIVE_TIMES = "12月8日上午"
ASKED_TWICE = [
    f"{day}{half}" for day in ("12月10日", "12月11日", "12月13日", "12月14日", "12月15日") for half in HALVES
]
CROWD = 200
SETTLED = "已经同意过了"
# Processes need their time to start where the machine is busy.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def shared_url(run: Run) -> Iterator[str]:
    try:
        template = run.postgresql()
    except ServiceMissing as error:
        leave_out(error)
    with postgresql_copy(template, f"desks_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}") as url:
        yield url


@pytest.fixture(scope="module")
def database(shared_url: str) -> Iterator[Database]:
    """The rows behind both processes."""
    opened = Database(shared_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def desks(shared_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Desk]]:
    with front_desks(shared_url, tmp_path_factory.mktemp("desks")) as opened:
        yield opened


def has(label: str, said: str = "") -> Callable[[Seen], bool]:
    return lambda message: label in message.buttons and said in message.text


def read_back(desk: Desk, who: str, sentence: str) -> Seen:
    desk.says(who, sentence)
    return desk.waits_for(who, has("确认"))


def ask_for(desk: Desk, who: str, when: str) -> Seen:
    """Asks for leave; the card that zhou gets."""
    known = {message.id for message in desk.sees("zhou")}
    card = read_back(desk, who, f"请假 {when} 家里有事")
    desk.presses(who, card.id, action_of(card, "确认"))
    return desk.waits_for("zhou", lambda message: "同意" in message.buttons and message.id not in known)


def approved(database: Database) -> list[str]:
    """The leave that was decided, as often as it was, by the audit."""
    return [entry.subject for entry in all_rows(database, Audit) if entry.verb == "approvals.approved"]


def hears_it_is_settled(desk: Desk, *people: str) -> int:
    """How often these people heard that it was decided already."""
    return len([one for who in people for one in desk.sees(who) if SETTLED in one.text])


def hears_so_often(desk: Desk, wanted: int, *people: str) -> int:
    """The same, once it is as often as wanted: an answer arrives a moment after its press is done."""
    until(lambda: hears_it_is_settled(desk, *people) >= wanted)
    return hears_it_is_settled(desk, *people)


def test_of_two_managers_who_press_in_one_instant_one_decides_and_the_other_hears_it(
    desks: Sequence[Desk], database: Database
) -> None:
    here, there = desks
    there.says("liu", "待我审批")
    lius = there.waits_for("liu", lambda message: message.sender == "bot").id
    asked, decided = len(all_rows(database, Approval)), len(approved(database))
    heard = hears_it_is_settled(here, "zhou", "liu")

    for round_number, when in enumerate(HALF_DAYS, 1):
        card = ask_for(here, "wang", when)
        approve = action_of(card, "同意")
        at_once(partial(here.presses, "zhou", card.id, approve), partial(there.presses, "liu", lius, approve))
        assert hears_so_often(here, heard + round_number, "zhou", "liu") == heard + round_number, when

    requests = all_rows(database, Approval)[asked:]
    assert [request.state for request in requests] == [ApprovalState.APPROVED] * len(HALF_DAYS)
    assert approved(database)[decided:] == [request.subject for request in requests]


def test_the_same_press_five_times_in_two_processes_is_one_decision(desks: Sequence[Desk], database: Database) -> None:
    here, there = desks
    card = ask_for(here, "wang", PRESSED_FIVE_TIMES)
    approve = action_of(card, "同意")
    decided, heard = len(approved(database)), hears_it_is_settled(there, "zhou")

    at_once(*[partial(desk.presses, "zhou", card.id, approve) for desk in (here, there, here, there, here)])

    assert approved(database)[decided:] == [all_rows(database, Approval)[-1].subject]
    assert hears_so_often(there, heard + 4, "zhou") == heard + 4


def test_overlapping_requests_of_one_person_in_two_processes_are_one_leave(
    desks: Sequence[Desk], database: Database
) -> None:
    here, there = desks
    leaves, halves = len(all_rows(database, Leave)), len(all_rows(database, LeaveHalf))

    for when in ASKED_TWICE:
        card = read_back(here, "wang", f"请假 {when} 家里有事")
        confirm = action_of(card, "确认")
        at_once(partial(here.presses, "wang", card.id, confirm), partial(there.presses, "wang", card.id, confirm))
        at_once(partial(here.says, "wang", f"请假 {when} 家里有事"), partial(there.says, "wang", f"请假 {when} 也有事"))
        for again in [message for message in here.sees("wang") if "确认" in message.buttons]:
            at_once(*[partial(desk.presses, "wang", again.id, action_of(again, "确认")) for desk in desks])

    assert len(all_rows(database, Leave)) - leaves == len(ASKED_TWICE)
    assert len(all_rows(database, LeaveHalf)) - halves == len(ASKED_TWICE)
    assert {row.state for row in all_rows(database, Inbox)} == {InboxState.DONE}


def hire_crowd(session: Session) -> None:
    """Two hundred more designers with a web chat each."""
    store_id = session.get_one(Staff, 1).store_id
    for n in range(CROWD):
        person = Staff(store_id=store_id, key=f"p{n}", name=f"新同事{n}", roles=[Role.DESIGNER])
        staff.put(session, person)
        staff.bind(session, staff.contact(session, channel=NAME, account=ACCOUNT, address=person.key), person.id)


async def everybody_speaks(app: App, sentences: Sequence[str]) -> None:
    """Each says one sentence after the other, all beside each other."""
    transport = httpx.ASGITransport(app=app.web)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:

        async def speaks(who: str) -> None:
            for n, sentence in enumerate(sentences):
                body = {"as": who, "chat": "private", "id": f"{n}", "text": sentence}
                answer = await http.post("/api/chat/messages", json=body)
                assert answer.status_code == 202, answer.text

        await asyncio.gather(*(speaks(f"p{n}") for n in range(CROWD)))


async def until_only_waits_for(app: App, recipient: str) -> None:
    """Until all is handled and delivered but what is queued for one recipient."""
    async with asyncio.timeout(100):
        while await app.database.read(to_do) != {recipient}:  # noqa: ASYNC110 (rows have no event)
            await asyncio.sleep(0.1)


def to_do(session: Session) -> set[str]:
    """Lanes with something to handle, and recipients with something to get."""
    open_states = [OutboxState.WAITING, OutboxState.SENDING]
    lanes = inbox.waiting_lanes(session)
    return {*lanes, *session.exec(select(Outbox.recipient).where(col(Outbox.state).in_(open_states)))}


def answers_to(database: Database, who: str) -> list[str]:
    shown = database.read_now(partial(webchat.page, chat=f"staff:{who}", after=0))
    return [message.text for message in shown if message.sender == "bot"]


def answered_in_order(answers: Sequence[str], sentences: Sequence[str]) -> bool:
    return len(answers) == len(sentences) and all(
        said in answer for said, answer in zip(sentences, answers, strict=True)
    )


async def test_two_hundred_at_once_keep_their_order_and_wait_for_nobody(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences = ["天王盖地虎", "宝塔镇河妖"]
    database = Database(sqlite_url)
    now = datetime.fromisoformat(START)
    database.write_now(partial(load_store, file=read_store(DEMO_STORE.read_text("utf-8")), now=now))
    database.write_now(hire_crowd)
    settings = Settings(data=tmp_path, database_url=sqlite_url, demo_now=now)
    async with running(settings, database, demo=True) as app:
        slow, send = asyncio.Event(), app.web_chat.send

        async def send_or_not(to: Address, message: Message, *, at: datetime) -> str:
            if to.chat == "p7":
                await slow.wait()
            if to.chat == "p9":
                raise DeliveryError("blocked", permanent=True)
            return await send(to, message, at=at)

        monkeypatch.setattr(app.web_chat, "send", send_or_not)
        others = [f"p{n}" for n in range(CROWD) if n not in (7, 9)]
        p7 = database.read_now(partial(staff.by_key, key="p7"))
        assert p7 is not None

        await everybody_speaks(app, sentences)
        await until_only_waits_for(app, f"staff:{p7.id}")
        meanwhile = answers_to(database, "p7")
        slow.set()
        await app.timetable.settle()

    wrong = [who for who in [*others, "p7"] if not answered_in_order(answers_to(database, who), sentences)]
    assert meanwhile == []
    assert wrong == []
    assert answers_to(database, "p9") == []
    assert len([said for said in answers_to(database, "zhou") if "新同事9" in said]) == 1
    assert {row.state for row in all_rows(database, Inbox)} == {InboxState.DONE}
    database.close()
