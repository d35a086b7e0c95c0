"""Two processes on PostgreSQL: a yes here and a departure there in one instant are one of the two, never both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from storage.audit import Audit
from storage.database import Database
from storage.outing import Outing, OutingState
from storage.sanctions import Sanction
from tests.journeys.two_processes import Desk, action_of, at_once, front_desks
from tests.storage.shop import all_rows

TRIP = "出城 今天下午四点 成都 看材料"
TRAVELLERS = ("wang", "chen", "zhao")
# Processes need their time to start where the machine is busy.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def desks(postgres_url: str, tmp_path: Path) -> Iterator[Sequence[Desk]]:
    with front_desks(postgres_url, tmp_path / "desks") as opened:
        yield opened


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    """The rows behind both processes."""
    opened = Database(postgres_url)
    yield opened
    opened.close()


def asks(desk: Desk, who: str) -> tuple[str, str]:
    """Asks for the trip; the message and the action with which 刘总 agrees."""
    known = {message.id for message in desk.sees("liu")}
    desk.says(who, TRIP)
    card = desk.waits_for(who, lambda message: "确认" in message.buttons)
    desk.presses(who, card.id, action_of(card, "确认"))
    asked = desk.waits_for("liu", lambda message: "同意" in message.buttons and message.id not in known)
    return asked.id, action_of(asked, "同意")


def is_leaving(desk: Desk, who: str) -> tuple[str, str]:
    """Says 已出发; the message and the action that confirm it."""
    desk.says(who, "已出发")
    card = desk.waits_for(who, lambda message: "确认" in message.buttons and "还没有同意" in message.text)
    return card.id, action_of(card, "确认")


def test_a_yes_and_a_departure_in_one_instant_are_one_of_the_two(desks: Sequence[Desk], database: Database) -> None:
    here, there = desks

    for who in TRAVELLERS:
        yes, leaving = asks(here, who), is_leaving(there, who)
        at_once(
            partial(here.presses, "liu", *yes),
            partial(there.presses, who, *leaving),
            partial(here.presses, who, *leaving),
        )

    trips = all_rows(database, Outing)
    unapproved = {f"trip:{trip.id}" for trip in trips if trip.state == OutingState.UNAPPROVED}
    going = {f"trip:{trip.id}" for trip in trips if trip.state == OutingState.GOING}
    agreed = [entry.subject for entry in all_rows(database, Audit) if entry.verb == "approvals.approved"]
    drafted = [draft.about for draft in all_rows(database, Sanction)]
    assert len(unapproved | going) == len(TRAVELLERS)
    assert sorted(agreed) == sorted(going)
    assert sorted(drafted) == sorted(unapproved)
