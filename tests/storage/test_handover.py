"""Handover forms in the rows: numbered per store and year, answered once, another's to take only while they wait."""

from __future__ import annotations

from functools import partial

import pytest
from sqlmodel import Session

from storage import handover, workflow
from storage.database import Database
from storage.handover import HandoverForm, HandoverState
from tests.storage.shop import NOW, Shop, a_case, all_rows, open_shop
from tests.storage.test_workflow import a_step

HANDED = [HandoverState.HANDED]


@pytest.fixture
def step_id(database: Database, shop: Shop) -> int:
    return database.write_now(partial(open_step, shop=shop))


def open_step(session: Session, shop: Shop) -> int:
    step = workflow.begin(session, a_step(shop, a_case(session, shop).id))
    assert step is not None
    return step.id


def a_form(shop: Shop, step_id: int, year: int = 2026) -> HandoverForm:
    return HandoverForm(
        store_id=shop.store_id,
        year=year,
        serial=0,
        case_id=step_id,
        step_id=step_id,
        paper="floor_plan",
        from_id=shop.wang,
        to_id=shop.chen,
        handed_at=NOW,
    )


def test_forms_are_numbered_per_store_and_year(database: Database, shop: Shop, step_id: int) -> None:
    other = database.write_now(partial(open_shop, key="north"))
    others = database.write_now(partial(open_step, shop=other))

    for one, step, year in ((shop, step_id, 2026), (shop, step_id, 2026), (other, others, 2026), (shop, step_id, 2027)):
        database.write_now(partial(handover.hand_over, form=a_form(one, step, year)))

    numbers = [one.number for one in all_rows(database, HandoverForm)]
    assert numbers == ["HO-2026-0001", "HO-2026-0002", "HO-2026-0001", "HO-2027-0001"]


def test_a_form_is_answered_once(database: Database, shop: Shop, step_id: int) -> None:
    def answer(session: Session) -> list[bool]:
        form = handover.hand_over(session, a_form(shop, step_id))
        taken, returned = HandoverState.ACCEPTED, HandoverState.RETURNED
        return [handover.move(session, form, state, while_in=HANDED, answered_at=NOW) for state in (taken, returned)]

    assert database.write_now(answer) == [True, False]
    assert [one.state for one in all_rows(database, HandoverForm)] == [HandoverState.ACCEPTED]


def test_somebody_else_takes_it_only_while_it_waits(database: Database, shop: Shop, step_id: int) -> None:
    def readdress(session: Session) -> list[bool]:
        form = handover.hand_over(session, a_form(shop, step_id))
        first = handover.readdress(session, form, shop.zhou)
        handover.move(session, form, HandoverState.ACCEPTED, while_in=HANDED)
        return [first, handover.readdress(session, form, shop.wang)]

    assert database.write_now(readdress) == [True, False]
    assert [one.to_id for one in all_rows(database, HandoverForm)] == [shop.zhou]


def test_what_waits_and_what_came_back_is_found(database: Database, shop: Shop, step_id: int) -> None:
    def hand_over(session: Session) -> tuple[list[str], str, str, str]:
        first = handover.hand_over(session, a_form(shop, step_id))
        handover.link(session, first, step_id)
        handover.move(session, first, HandoverState.RETURNED, while_in=HANDED)
        handover.link(session, handover.hand_over(session, a_form(shop, step_id)), step_id)
        found = (handover.given_back_of, handover.of_step, handover.into_step)
        numbers = [form.number if (form := look(session, step_id)) else "" for look in found]
        return [one.number for one in handover.waiting_in(session, shop.store_id)], *numbers  # type: ignore[return-value]

    waiting, came_back, newest, into = database.write_now(hand_over)

    assert (waiting, came_back) == (["HO-2026-0002"], "HO-2026-0001")
    assert (newest, into) == ("HO-2026-0002", "HO-2026-0002")
