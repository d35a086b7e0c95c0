"""Requests that wait for a yes: of two who decide one wins, a decision can be taken back once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import wait
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from storage import approvals
from storage.approvals import Approval, ApprovalState
from storage.database import Database
from tests.storage.shop import DAY, HOUR, MINUTE, NOW, Shop, all_rows


def open_request(database: Database, shop: Shop, subject: str = "leave:1", *, begins_in: int = 1) -> int:
    request = Approval(
        store_id=shop.store_id,
        subject=subject,
        applicant_id=shop.wang,
        roles=["client_manager"],
        opened_at=NOW,
        begins_at=NOW + begins_in * DAY,
        expires_at=NOW + begins_in * DAY,
    )
    return database.write_now(lambda session: approvals.add(session, request).id)


def closing(number: int, state: ApprovalState, **more: int | str | None) -> Callable[[Session], bool]:
    def work(session: Session) -> bool:
        request = approvals.lock(session, number)
        assert request is not None
        return approvals.close(session, request, state, now=NOW, **more)  # type: ignore[arg-type]

    return work


def close(database: Database, number: int, state: ApprovalState, **more: int | str | None) -> bool:
    return database.write_now(closing(number, state, **more))


def only(database: Database) -> Approval:
    [row] = all_rows(database, Approval)
    assert isinstance(row, Approval)
    return row


def reopen(database: Database, number: int) -> bool:
    def work(session: Session) -> bool:
        request = approvals.lock(session, number)
        assert request is not None
        assert request.decided_at is not None
        return approvals.reopen(session, request, decided_at=request.decided_at)

    return database.write_now(work)


def ask(database: Database, number: int, staff_id: int, *, on_behalf_of_id: int | None = None) -> bool:
    return database.write_now(
        partial(
            approvals.ask,
            approval_id=number,
            staff_id=staff_id,
            on_behalf_of_id=on_behalf_of_id,
            remind_at=NOW + 2 * HOUR,
        )
    )


def test_a_decision_keeps_who_when_on_whose_behalf_and_why(database: Database, shop: Shop) -> None:
    number = open_request(database, shop)

    won = close(database, number, ApprovalState.REFUSED, by_id=shop.liu, on_behalf_of_id=shop.zhou, reason="那天要量房")

    row = only(database)
    assert won
    assert (row.state, row.decided_by_id, row.on_behalf_of_id) == (ApprovalState.REFUSED, shop.liu, shop.zhou)
    assert (row.decided_at, row.reason) == (NOW, "那天要量房")


def test_of_many_who_decide_at_once_one_wins(database: Database, shop: Shop) -> None:
    number = open_request(database, shop)
    sides = [(ApprovalState.APPROVED, shop.zhou), (ApprovalState.REFUSED, shop.liu)] * 4

    pressed = [database.submit(closing(number, state, by_id=person)) for state, person in sides]
    wait(pressed)

    won = [side for side, one in zip(sides, pressed, strict=True) if one.result()]
    row = only(database)
    assert won == [(row.state, row.decided_by_id)]


def test_a_decision_can_be_taken_back_once_and_made_again(database: Database, shop: Shop) -> None:
    number = open_request(database, shop)
    close(database, number, ApprovalState.APPROVED, by_id=shop.zhou)

    assert reopen(database, number)
    assert (only(database).state, only(database).decided_by_id) == (ApprovalState.PENDING, None)
    assert close(database, number, ApprovalState.REFUSED, by_id=shop.zhou)


def test_taking_back_a_decision_that_does_not_stand_any_more_does_nothing(database: Database, shop: Shop) -> None:
    number = open_request(database, shop)
    close(database, number, ApprovalState.APPROVED, by_id=shop.zhou)

    def late(session: Session) -> bool:
        request = approvals.lock(session, number)
        assert request is not None
        return approvals.reopen(session, request, decided_at=NOW - MINUTE)

    assert database.write_now(late) is False
    assert only(database).state == ApprovalState.APPROVED


@pytest.mark.parametrize("state", [ApprovalState.WITHDRAWN, ApprovalState.EXPIRED])
def test_what_was_not_decided_cannot_be_taken_back(database: Database, shop: Shop, state: ApprovalState) -> None:
    number = open_request(database, shop)
    close(database, number, state)

    assert reopen(database, number) is False


def test_a_subject_waits_for_one_answer_at_a_time(database: Database, shop: Shop) -> None:
    number = open_request(database, shop)

    with pytest.raises(IntegrityError):
        open_request(database, shop)
    close(database, number, ApprovalState.WITHDRAWN)

    assert open_request(database, shop) > number


def test_the_newest_request_about_a_subject_is_the_one_that_counts(database: Database, shop: Shop) -> None:
    old = open_request(database, shop)
    close(database, old, ApprovalState.WITHDRAWN)
    new = open_request(database, shop)

    latest = database.read_now(partial(approvals.latest, store_id=shop.store_id, subject="leave:1"))
    elsewhere = database.read_now(partial(approvals.latest, store_id=shop.store_id + 1, subject="leave:1"))

    assert latest is not None
    assert latest.id == new
    assert elsewhere is None


def test_what_waits_is_listed_by_when_it_begins(database: Database, shop: Shop) -> None:
    later = open_request(database, shop, "leave:1", begins_in=3)
    sooner = open_request(database, shop, "leave:2", begins_in=2)
    close(database, open_request(database, shop, "leave:3"), ApprovalState.APPROVED, by_id=shop.zhou)

    waiting = database.read_now(partial(approvals.pending, store_id=shop.store_id))

    assert [request.id for request in waiting] == [sooner, later]


def test_a_persons_requests_are_listed_newest_first(database: Database, shop: Shop) -> None:
    numbers = [open_request(database, shop, f"leave:{n}") for n in range(3)]

    own = database.read_now(partial(approvals.of_applicant, staff_id=shop.wang, most=2))

    assert [request.id for request in own] == [numbers[2], numbers[1]]
    assert database.read_now(partial(approvals.of_applicant, staff_id=shop.chen)) == []


def test_somebodys_last_decision_is_found_and_withdrawals_are_none(database: Database, shop: Shop) -> None:
    decided = open_request(database, shop, "leave:1")
    close(database, decided, ApprovalState.APPROVED, by_id=shop.zhou)
    close(database, open_request(database, shop, "leave:2"), ApprovalState.WITHDRAWN, by_id=shop.zhou)

    last = database.read_now(partial(approvals.last_decided_by, staff_id=shop.zhou))

    assert last is not None
    assert last.id == decided
    assert database.read_now(partial(approvals.last_decided_by, staff_id=shop.liu)) is None


def test_a_person_is_asked_once(database: Database, shop: Shop) -> None:
    number = open_request(database, shop)

    asked = [ask(database, number, shop.zhou), ask(database, number, shop.zhou), ask(database, number, shop.liu)]

    assert asked == [True, False, True]
    people = database.read_now(partial(approvals.asked, approval_id=number))
    assert [one.staff_id for one in people] == [shop.zhou, shop.liu]


def test_a_deputy_is_asked_in_the_name_of_whom_they_stand_for(database: Database, shop: Shop) -> None:
    number = open_request(database, shop)

    ask(database, number, shop.liu, on_behalf_of_id=shop.zhou)

    [one] = database.read_now(partial(approvals.asked, approval_id=number))
    assert one.on_behalf_of_id == shop.zhou


def test_a_later_reminder_is_for_those_named_only(database: Database, shop: Shop) -> None:
    number = open_request(database, shop)
    ask(database, number, shop.zhou)
    ask(database, number, shop.liu)

    database.write_now(partial(approvals.remind_later, approval_id=number, staff_ids=[shop.zhou], at=NOW + DAY))

    people = database.read_now(partial(approvals.asked, approval_id=number))
    assert [one.remind_at for one in people] == [NOW + DAY, NOW + 2 * HOUR]


def test_an_escalation_is_remembered(database: Database, shop: Shop) -> None:
    number = open_request(database, shop)

    def escalate(session: Session) -> None:
        request = approvals.lock(session, number)
        assert request is not None
        approvals.mark_escalated(session, request)

    database.write_now(escalate)

    assert only(database).escalated


def test_a_request_that_never_was_is_not_found(database: Database, shop: Shop) -> None:
    assert database.write_now(partial(approvals.lock, approval_id=4711)) is None
