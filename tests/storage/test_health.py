"""What the doctor asks of the rows: who of this store cannot be reached, who has no deputy, and nobody of another."""

from __future__ import annotations

from functools import partial

from sqlmodel import Session

from storage import health, invites, keeping, staff
from storage.database import Database
from storage.keeping import Moment, Nightly
from tests.storage.shop import DAY, HOUR, NOW, Shop, bound_contact, keep_event, open_shop


def reached(shop: Shop, session: Session) -> None:
    """chen wrote once, zhou came in by a link, liu is on a platform, wang's chat is there and was never used."""
    staff.spoke(session, bound_contact(session, shop.chen).id, now=NOW)
    bound_contact(session, shop.zhou)
    invites.put(session, shop.zhou, "token", expires_at=NOW + DAY)
    session.flush()
    invites.use(session, "token", now=NOW)
    bound_contact(session, shop.liu, channel="telegram")
    bound_contact(session, shop.wang)


def test_who_has_never_used_a_chat_is_not_reached(database: Database, shop: Shop) -> None:
    database.write_now(partial(reached, shop))

    lost = database.read_now(partial(health.not_reached, store_id=shop.store_id))

    assert [one.id for one in lost] == [shop.wang]


def test_only_people_of_the_store_are_asked_about(database: Database, shop: Shop) -> None:
    other = database.write_now(partial(open_shop, key="second"))

    lost, alone = (
        database.read_now(partial(asked, store_id=other.store_id))
        for asked in (health.not_reached, health.without_deputy)
    )

    assert {one.id for one in lost} == {other.wang, other.chen, other.zhou, other.liu}
    assert {one.id for one in alone} == {other.zhou, other.liu}


def test_a_deputy_who_left_is_none(database: Database, shop: Shop) -> None:
    def deputies(session: Session) -> None:
        staff.get(session, shop.zhou).deputy_id = shop.chen
        staff.get(session, shop.liu).deputy_id = shop.zhou
        staff.get(session, shop.chen).active = False

    database.write_now(deputies)

    alone = database.read_now(partial(health.without_deputy, store_id=shop.store_id))

    assert [one.id for one in alone] == [shop.zhou]


def test_what_is_in_the_database_is_counted(database: Database, shop: Shop) -> None:
    keep_event(database, "1")

    held = database.read_now(health.holdings)

    assert (held.stores, held.people, held.newest) == (1, 4, NOW)


def test_the_nightly_backup_and_the_last_moment_are_remembered(database: Database) -> None:
    nobody = database.read_now(keeping.nightly), database.read_now(keeping.moment)
    database.write_now(partial(keeping.failed, at=NOW, problem="no_tool", again=NOW + HOUR))
    database.write_now(partial(keeping.keep_moment, now=NOW, tolerance=HOUR))

    known = database.read_now(keeping.nightly)

    assert nobody == (Nightly(), Moment())
    assert known == Nightly(claimed_until=NOW + HOUR, failed_at=NOW, problem="no_tool")
    assert database.read_now(keeping.moment) == Moment(NOW)
