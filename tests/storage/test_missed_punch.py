"""Missed punches in the rows: a half day is told once, taken back once, and can be told again."""

from __future__ import annotations

from concurrent.futures import wait
from datetime import date, timedelta
from functools import partial

from sqlmodel import Session

from storage import missed_punch
from storage.database import Database
from storage.leave import Half
from storage.missed_punch import MissedPunch
from tests.storage.shop import HOUR, NOW, Shop, all_rows

FRIDAY = date(2026, 11, 27)


def notice(shop: Shop, *, staff_id: int = 0, day: date = FRIDAY, half: Half = Half.MORNING) -> MissedPunch:
    return MissedPunch(
        store_id=shop.store_id,
        staff_id=staff_id or shop.wang,
        day=day,
        half=half,
        reason="去工地交底",
        phoned=False,
        late=False,
        told_at=NOW,
    )


def tell(database: Database, told: MissedPunch) -> int | None:
    return database.write_now(partial(missed_punch.tell, told=told))


def take_back(database: Database, shop: Shop, number: int) -> bool:
    def work(session: Session) -> bool:
        found = missed_punch.get(session, shop.store_id, number)
        assert found is not None
        return missed_punch.take_back(session, found, at=NOW + HOUR)

    return database.write_now(work)


def test_a_half_day_is_told_once_by_a_person(database: Database, shop: Shop) -> None:
    told = [
        tell(database, notice(shop)),
        tell(database, notice(shop)),
        tell(database, notice(shop, half=Half.AFTERNOON)),
        tell(database, notice(shop, staff_id=shop.chen)),
        tell(database, notice(shop, day=FRIDAY + timedelta(days=1))),
    ]

    assert [one is not None for one in told] == [True, False, True, True, True]
    assert len(all_rows(database, MissedPunch)) == 4


def test_of_many_who_tell_it_at_once_one_does(database: Database, shop: Shop) -> None:
    told = [database.submit(partial(missed_punch.tell, told=notice(shop))) for _ in range(6)]
    wait(told)

    assert len([one for one in told if one.result() is not None]) == 1


def test_it_is_taken_back_once_kept_and_can_be_told_again(database: Database, shop: Shop) -> None:
    number = tell(database, notice(shop))
    assert number is not None

    gone = [take_back(database, shop, number), take_back(database, shop, number)]
    again = tell(database, notice(shop))

    assert gone == [True, False]
    assert again not in (None, number)
    assert [one.taken_back_at for one in all_rows(database, MissedPunch)] == [NOW + HOUR, None]


def test_what_stands_of_some_days_is_found(database: Database, shop: Shop) -> None:
    standing = tell(database, notice(shop))
    gone = tell(database, notice(shop, half=Half.AFTERNOON))
    assert gone is not None
    take_back(database, shop, gone)
    tell(database, notice(shop, day=FRIDAY + timedelta(days=1)))
    tell(database, notice(shop, staff_id=shop.chen))

    found = database.read_now(partial(missed_punch.of_staff, staff_id=shop.wang, first=FRIDAY, last=FRIDAY))

    assert [one.id for one in found] == [standing]


def test_another_stores_notice_is_as_good_as_none(database: Database, shop: Shop) -> None:
    number = tell(database, notice(shop))
    assert number is not None

    assert database.read_now(partial(missed_punch.get, store_id=shop.store_id + 1, punch_id=number)) is None
    assert database.read_now(partial(missed_punch.get, store_id=shop.store_id, punch_id=number)) is not None
