"""Corrections in the rows: a case becomes another customer's, nobody stays behind without one."""

from __future__ import annotations

from functools import partial

from sqlmodel import Session

from storage import audit, customers, customers_changing
from storage.customers import Case, Customer
from storage.database import Database
from tests.storage.shop import NOW, Shop, a_case, all_rows

PHONES = ("13800000001", "13800000002")


def test_whose_last_case_goes_is_kept_no_longer(database: Database, shop: Shop) -> None:
    def bring_together(session: Session) -> None:
        first, second = (a_case(session, shop, phone) for phone in PHONES)
        a_case(session, shop, PHONES[0])
        owner = customers.get_customer(session, second.customer_id)
        customers_changing.belongs_to(session, first, owner)

    def bring_the_other(session: Session) -> None:
        left, owner = (customers.by_phone(session, shop.store_id, phone) for phone in PHONES)
        assert left is not None
        assert owner is not None
        [case] = customers.of_customer(session, left.id)
        customers_changing.belongs_to(session, case, owner)

    database.write_now(bring_together)
    assert [one.phone for one in all_rows(database, Customer)] == list(PHONES)
    database.write_now(bring_the_other)

    assert [one.phone for one in all_rows(database, Customer)] == [PHONES[1]]


def test_the_newest_corrections_of_a_case_come_first(database: Database, shop: Shop) -> None:
    def correct(session: Session) -> Case:
        case = a_case(session, shop)
        li = customers_changing.lock_customer(session, case.customer_id)
        customers_changing.change(session, li, {"name": "李芳"})
        record = partial(audit.record, session, store_id=shop.store_id, actor_id=shop.zhou, subject=case.subject)
        for size in ("120", "130", "140"):
            record(verb=customers_changing.VERB, after={"area": size}, at=NOW)
        record(verb="customers.lost", at=NOW)
        return case

    case = database.write_now(correct)

    found = database.read_now(partial(customers_changing.corrections_of, case=case, most=2))
    assert [one.after for one in found] == [{"area": "140"}, {"area": "130"}]
    assert [one.name for one in all_rows(database, Customer)] == ["李芳"]
