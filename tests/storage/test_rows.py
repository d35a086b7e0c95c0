"""A row by its number: the store's own, as it is, whether the session knew it or not."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session, col

from storage.database import Database
from storage.rows import locked_row, own_row, row_with_id, the_row
from storage.staff import Staff
from tests.storage.shop import Shop


def test_a_row_that_is_there_is_found_and_one_that_is_not_is_none(database: Database, shop: Shop) -> None:
    def look(session: Session) -> tuple[str, Staff | None]:
        return the_row(session, Staff, shop.wang).name, row_with_id(session, Staff, 999)

    assert database.read_now(look) == ("Wang", None)


def test_who_needs_a_row_that_is_not_there_hears_which(database: Database, shop: Shop) -> None:
    with pytest.raises(NoResultFound, match="staff has no row 999"):
        database.read_now(lambda session: the_row(session, Staff, 999))


def test_another_stores_row_is_as_good_as_none(database: Database, shop: Shop) -> None:
    def look(session: Session) -> list[Staff | None]:
        known = the_row(session, Staff, shop.wang)
        other = known.store_id + 1
        return [find(session, Staff, other, shop.wang) for find in (own_row, locked_row)]

    assert database.write_now(look) == [None, None]


def test_a_row_is_read_once_and_again_when_it_was_changed_beside_the_session(database: Database, shop: Shop) -> None:
    def look(session: Session) -> tuple[bool, str, str]:
        first = the_row(session, Staff, shop.wang)
        again = own_row(session, Staff, first.store_id, shop.wang)
        session.connection().execute(update(Staff).where(col(Staff.id) == shop.wang).values(name="王大磊"))
        session.expire(first)
        seen = the_row(session, Staff, shop.wang).name
        session.connection().execute(update(Staff).where(col(Staff.id) == shop.wang).values(name="王小磊"))
        locked = locked_row(session, Staff, first.store_id, shop.wang)
        assert locked is not None
        return again is first, seen, locked.name

    assert database.write_now(look) == (True, "王大磊", "王小磊")
