"""Customers are forgotten when their time is over: nothing names them any more, and the month's counts stay true."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session, SQLModel

from bot.handlers import FEATURES
from bot.handlers import customers_forgetting as handler
from bot.handlers.customers_forgetting import Retention
from bot.scheduler.housekeeping import tidy
from storage import customers, customers_forgetting, webchat
from storage.audit import Audit
from storage.customers import Case, CaseState, Customer, FollowUp
from storage.database import Database
from storage.files import CaseFile, SentFile, SentState
from storage.webchat import WebFile, WebMessage
from storage.workflow import CaseMark, CaseStep
from tests.chat import rows
from tests.scheduler.named_everywhere import (
    A_YEAR,
    ESTATE,
    NAME,
    PHONE,
    TYPED,
    WORDS,
    closed,
    held_by,
    in_anothers_file,
    with_everything,
)
from tests.scheduler.office import StoodClock
from tests.storage.shop import DAY, NOW, Shop, all_rows

# The tables that can name a customer.
MANY = 17


async def night(database: Database, at: datetime) -> None:
    """Housekeeping, with the store's clock standing there."""
    clock = StoodClock(at)
    await tidy(database, clock, Retention(clock, FEATURES))


async def test_nothing_in_any_table_names_who_was_lost_a_year_ago(database: Database, shop: Shop) -> None:
    database.write_now(partial(with_everything, shop=shop))
    look = partial(held_by, words=(NAME, PHONE, TYPED, ESTATE, WORDS))

    before = database.read_now(look)
    await night(database, NOW + A_YEAR)

    assert len(before) >= MANY
    assert database.read_now(look) == set()


async def test_another_customers_file_that_is_called_after_them_is_called_otherwise(
    database: Database, shop: Shop
) -> None:
    database.write_now(partial(with_everything, shop=shop))
    database.write_now(partial(in_anothers_file, shop=shop))

    await night(database, NOW + A_YEAR)

    assert [one.name for one in all_rows(database, CaseFile)] == ["**介绍的.pdf"]
    assert [(one.name, one.content.decode()) for one in all_rows(database, WebFile)] == [
        ("**介绍的.pdf", "王先生的平面图")
    ]


async def test_number_dates_amounts_and_who_worked_on_it_stay(database: Database, shop: Shop) -> None:
    case_id = database.write_now(partial(with_everything, shop=shop))
    database.write_now(lambda session: rewrite_area(session, case_id))

    await night(database, NOW + A_YEAR)

    [case], [mark], [step] = (all_rows(database, table) for table in (Case, CaseMark, CaseStep))
    assert (case.number, case.state, case.closed_at, case.closed_by_id) == ("2026-0001", CaseState.LOST, NOW, shop.zhou)
    assert (case.source, case.area_m2, case.layout, case.wishes) == ("walk_in", Decimal(80), "", {})
    assert (mark.mark, mark.at, mark.values, step.owner_id) == ("survey_recorded", NOW, {"amount": "128000"}, shop.wang)
    history = [(one.verb, one.after) for one in all_rows(database, Audit)]
    assert history == [("customers.lost", {"number": "2026-0001"}), (handler.VERB, {"number": "2026-0001"})]
    assert all_rows(database, CaseFile) == []
    assert {one.state for one in all_rows(database, SentFile)} == {SentState.KEPT, SentState.DROPPED}


def rewrite_area(session: Session, case_id: int) -> None:
    session.get_one(Case, case_id).area_m2 = Decimal("89.25")


async def test_the_reason_of_a_loss_stays_where_it_is_one_of_the_stores_own(database: Database, shop: Shop) -> None:
    database.write_now(partial(closed, shop=shop, lost_why="价格高"))
    database.write_now(partial(closed, shop=shop, phone="13800000002", lost_why="跟对门王家一起做了"))

    await night(database, NOW + A_YEAR)

    assert [case.lost_why for case in all_rows(database, Case)] == ["价格高", ""]
    assert [(one.name, one.phone) for one in all_rows(database, Customer)] == [("", "")]


def reopen(case_id: int, shop: Shop, session: Session) -> bool:
    case = customers.get(session, shop.store_id, case_id)
    assert case is not None
    return customers.reopen(session, case)


def lose_again(case_id: int, shop: Shop, at: datetime, session: Session) -> bool:
    case = customers.get(session, shop.store_id, case_id)
    assert case is not None
    return customers.close(session, case, CaseState.LOST, at=at, by_id=shop.zhou)


async def test_who_came_back_is_kept_a_year_from_the_next_loss_on(database: Database, shop: Shop) -> None:
    case_id = database.write_now(partial(closed, shop=shop))
    database.write_now(partial(reopen, case_id, shop))

    await night(database, NOW + 2 * A_YEAR)
    names = [one.name for one in all_rows(database, Customer)]
    database.write_now(partial(lose_again, case_id, shop, NOW + 2 * A_YEAR))
    await night(database, NOW + 3 * A_YEAR - DAY)
    names += [one.name for one in all_rows(database, Customer)]
    await night(database, NOW + 3 * A_YEAR + DAY)
    names += [one.name for one in all_rows(database, Customer)]

    assert names == [NAME, NAME, ""]


async def test_who_comes_back_in_the_instant_of_it_is_kept(database: Database, shop: Shop) -> None:
    case_id = database.write_now(partial(closed, shop=shop))
    now = NOW + A_YEAR
    found = database.read_now(partial(handler.find, case_id=case_id))
    database.write_now(partial(reopen, case_id, shop))

    assert found is not None
    done = database.write_now(partial(handler.forget, found=found, now=now, features=FEATURES))

    assert not done
    assert [one.name for one in all_rows(database, Customer)] == [NAME]


async def test_who_signed_is_kept_through_the_warranty(database: Database, shop: Shop) -> None:
    signed: dict[str, Any] = {"contract_number": "C-1", "contract_value": Decimal(150_000)}
    database.write_now(partial(closed, shop=shop, state=CaseState.SIGNED, **signed))

    await night(database, NOW + 4 * A_YEAR)
    kept = [one.name for one in all_rows(database, Customer)]
    await night(database, NOW + 5 * A_YEAR + 2 * DAY)

    [case] = all_rows(database, Case)
    assert kept == [NAME]
    assert [one.name for one in all_rows(database, Customer)] == [""]
    assert (case.state, case.contract_number, case.contract_value) == (CaseState.SIGNED, "", Decimal(150_000))


async def test_a_lost_home_goes_and_its_customer_stays_with_the_one_that_was_signed(
    database: Database, shop: Shop
) -> None:
    database.write_now(partial(closed, shop=shop))
    database.write_now(partial(closed, shop=shop, state=CaseState.SIGNED))
    said = f"2026-0001 {NAME} {ESTATE}\n2026-0002 {NAME} {ESTATE}"
    database.write_now(
        lambda session: webchat.post(session, chat="staff:zhou", sender="bot", text=said, html=said, at=NOW)
    )

    await night(database, NOW + A_YEAR)
    first = [(one.estate, one.customer_id) for one in all_rows(database, Case)]
    [message] = all_rows(database, WebMessage)
    await night(database, NOW + 6 * A_YEAR)
    [at_last] = all_rows(database, WebMessage)

    assert [estate for estate, _ in first] == ["", ESTATE]
    assert first[0][1] != first[1][1]
    assert message.text == f"2026-0001 {NAME} **\n2026-0002 {NAME} {ESTATE}"
    assert at_last.text == "2026-0001 ** **\n2026-0002 ** **"


async def test_a_night_that_breaks_leaves_no_half_and_the_next_one_does_the_rest(
    database: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.write_now(partial(with_everything, shop=shop))
    database.write_now(partial(closed, shop=shop, phone="13800000002"))
    before = [database.read_now(partial(snapshot, table)) for table in (Case, Customer, FollowUp, WebMessage, Audit)]

    with monkeypatch.context() as broken:
        broken.setattr(customers_forgetting, "nobody", dies)
        await night(database, NOW + A_YEAR)
    same = [database.read_now(partial(snapshot, table)) for table in (Case, Customer, FollowUp, WebMessage, Audit)]
    await night(database, NOW + A_YEAR)

    assert same == before
    assert database.read_now(partial(held_by, words=(NAME, PHONE))) == set()


def dies(*_: object, **__: object) -> Customer:
    raise RuntimeError("killed")


def snapshot(table: type[SQLModel], session: Session) -> list[str]:
    return [repr(one) for one in rows(session, table)]
