"""The steps of a case in the rows: each round once, two who change one have one winner, what stands stands once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from storage import customers, workflow
from storage.database import Database
from storage.staff import Role
from storage.workflow import CaseMark, CaseStep, StepState
from tests.storage.shop import DAY, HOUR, NOW, Shop, a_case, all_rows, open_shop


@pytest.fixture
def case_id(database: Database, shop: Shop) -> int:
    return database.write_now(partial(a_case, shop=shop)).id


def a_step(shop: Shop, case_id: int, step: str = "floor_plan", **more: Any) -> CaseStep:
    known: dict[str, Any] = {"store_id": shop.store_id, "case_id": case_id, "owner_id": shop.wang, "became_at": NOW}
    return CaseStep(step=step, **(known | more))


def a_mark(shop: Shop, case_id: int, mark: str = "plan_agreed") -> CaseMark:
    return CaseMark(store_id=shop.store_id, case_id=case_id, mark=mark, at=NOW, by_id=shop.zhou, recorded_at=NOW)


def test_a_round_of_a_step_begins_once(database: Database, shop: Shop, case_id: int) -> None:
    def begin(session: Session) -> list[bool]:
        again = [workflow.begin(session, a_step(shop, case_id)) for _ in range(2)]
        return [one is not None for one in (*again, workflow.begin(session, a_step(shop, case_id, round=2)))]

    assert database.write_now(begin) == [True, False, True]
    assert database.read_now(partial(workflow.last_round, case_id=case_id, step="floor_plan")) == 2


def test_of_two_who_end_a_step_one_wins_and_every_change_is_a_revision(
    database: Database, shop: Shop, case_id: int
) -> None:
    def end_twice(session: Session) -> tuple[list[bool], int]:
        step = workflow.begin(session, a_step(shop, case_id))
        assert step is not None
        done = {"state": StepState.DONE}
        won = [workflow.change(session, step, done) for _ in range(2)]
        again = workflow.change(session, step, {"state": StepState.OPEN}, while_in=[StepState.DONE])
        return [*won, again], step.revision

    assert database.write_now(end_twice) == ([True, False, True], 3)


def test_somebodys_steps_are_listed_by_what_is_due_first(database: Database, shop: Shop, case_id: int) -> None:
    def begin(session: Session) -> None:
        workflow.begin(session, a_step(shop, case_id, "plan_meeting"))
        workflow.begin(session, a_step(shop, case_id, "drawings", due_at=NOW + DAY))
        workflow.begin(session, a_step(shop, case_id, "floor_plan", due_at=NOW + HOUR, state=StepState.PAUSED))
        workflow.begin(session, a_step(shop, case_id, "estimate", due_at=NOW, state=StepState.DONE))
        workflow.begin(session, a_step(shop, case_id, "budget", due_at=NOW, owner_id=shop.chen))

    database.write_now(begin)

    own = database.read_now(partial(workflow.live_of_owner, staff_id=shop.wang))
    soon = database.read_now(partial(workflow.live_in_store, store_id=shop.store_id, due_before=NOW + 2 * HOUR))
    assert [one.step for one in own] == ["floor_plan", "drawings", "plan_meeting"]
    assert [one.step for one in soon] == ["budget", "floor_plan"]


def test_a_mark_stands_once_until_it_is_wanted_anew(database: Database, shop: Shop, case_id: int) -> None:
    def put(session: Session) -> list[bool]:
        put_twice = [workflow.put_mark(session, a_mark(shop, case_id)) for _ in range(2)]
        workflow.void_marks(session, case_id, ["plan_agreed", "fee_paid"], at=NOW + HOUR)
        gone = "plan_agreed" not in workflow.marks_of(session, case_id)
        return [*put_twice, gone, workflow.put_mark(session, a_mark(shop, case_id))]

    assert database.write_now(put) == [True, False, True, True]
    assert [one.void_at for one in all_rows(database, CaseMark)] == [NOW + HOUR, None]


def test_another_stores_step_is_as_good_as_none(database: Database, shop: Shop, case_id: int) -> None:
    other = database.write_now(partial(open_shop, key="north"))
    database.write_now(lambda session: workflow.begin(session, a_step(shop, case_id)) and None)

    found = database.read_now(lambda session: workflow.get(session, other.store_id, 1))

    assert found is None
    assert database.read_now(partial(workflow.live_in_store, store_id=other.store_id)) == []


def test_ones_cases_are_those_in_which_one_has_a_part(database: Database, shop: Shop, case_id: int) -> None:
    def join(session: Session) -> None:
        case = customers.get(session, shop.store_id, case_id)
        assert case is not None
        for role in (Role.DESIGNER, Role.CLIENT_MANAGER):
            customers.put_member(session, case, role, shop.wang)

    database.write_now(join)

    def of(staff_id: int) -> list[int]:
        return [
            one.id
            for one in database.read_now(partial(customers.open_of_member, store_id=shop.store_id, staff_id=staff_id))
        ]

    assert (of(shop.wang), of(shop.chen)) == ([case_id], [])


def test_whom_the_customer_took_after_all_is_kept(database: Database, shop: Shop, case_id: int) -> None:
    def offer(session: Session, taken_id: int | None) -> None:
        case = customers.get(session, shop.store_id, case_id)
        assert case is not None
        customers.record_offers(session, case, [shop.wang, shop.chen], taken_id=taken_id, at=NOW)

    database.write_now(partial(offer, taken_id=None))
    database.write_now(partial(offer, taken_id=shop.chen))

    offers = all_rows(database, customers.DesignerOffer)
    assert [(one.rank, one.staff_id, one.taken) for one in offers] == [(1, shop.wang, False), (2, shop.chen, True)]
