"""Proposed sanctions in the rows: a fact is drafted once, a draft moves once, another store's is as good as none."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import wait
from functools import partial

from sqlmodel import Session

from storage import approvals, sanctions
from storage.approvals import Approval, ApprovalState
from storage.database import Database
from storage.sanctions import OPEN, Sanction, SanctionState
from tests.storage.shop import DAY, HOUR, NOW, Shop, all_rows, open_shop


def proposed(shop: Shop, *, rule: str = "A8", about: str = "trip:1", staff_id: int = 0, hours: float = 0) -> Sanction:
    return Sanction(
        store_id=shop.store_id,
        staff_id=staff_id or shop.wang,
        rule=rule,
        about=about,
        facts={"key": "trip.left_unapproved_fact", "values": {}, "buttons": []},
        happened_at=NOW + hours * HOUR,
        created_at=NOW,
        heard_until=NOW + DAY,
    )


def draft(database: Database, one: Sanction) -> int | None:
    def work(session: Session) -> int | None:
        made = sanctions.draft(session, one)
        return made.id if made else None

    return database.write_now(work)


def moving(shop: Shop, number: int, state: SanctionState, *while_in: SanctionState) -> Callable[[Session], bool]:
    def work(session: Session) -> bool:
        found = sanctions.lock(session, shop.store_id, number)
        assert found is not None
        return sanctions.move(session, found, state, while_in=while_in, statement="说明")

    return work


def test_a_fact_is_drafted_once_under_a_rule(database: Database, shop: Shop) -> None:
    first = draft(database, proposed(shop))

    again = draft(database, proposed(shop))

    assert first is not None
    assert again is None
    assert len(all_rows(database, Sanction)) == 1


def test_another_rule_another_subject_and_another_store_are_other_facts(database: Database, shop: Shop) -> None:
    other = database.write_now(partial(open_shop, key="north"))
    facts = [proposed(shop), proposed(shop, rule="A6"), proposed(shop, about="trip:2"), proposed(other)]

    assert all(draft(database, one) is not None for one in facts)


def test_of_many_who_draft_the_same_fact_at_once_one_does(database: Database, shop: Shop) -> None:
    drafted = [database.submit(partial(sanctions.draft, proposed=proposed(shop))) for _ in range(6)]
    wait(drafted)

    assert len([one for one in drafted if one.result() is not None]) == 1
    assert len(all_rows(database, Sanction)) == 1


def test_a_draft_moves_only_from_where_it_is_thought_to_be(database: Database, shop: Shop) -> None:
    number = draft(database, proposed(shop))
    assert number is not None

    moved = [
        database.write_now(moving(shop, number, SanctionState.DECIDING, SanctionState.HEARING)),
        database.write_now(moving(shop, number, SanctionState.DECIDING, SanctionState.HEARING)),
    ]

    [row] = all_rows(database, Sanction)
    assert moved == [True, False]
    assert (row.state, row.statement, row.version) == (SanctionState.DECIDING, "说明", 2)


def test_of_many_who_settle_a_draft_one_wins(database: Database, shop: Shop) -> None:
    number = draft(database, proposed(shop))
    assert number is not None
    states = [SanctionState.CONFIRMED, SanctionState.WAIVED, SanctionState.LAPSED] * 2

    settled = [database.submit(moving(shop, number, state, *OPEN)) for state in states]
    wait(settled)

    assert [one.result() for one in settled].count(True) == 1
    assert all_rows(database, Sanction)[0].version == 2


def test_another_stores_draft_is_as_good_as_none(database: Database, shop: Shop) -> None:
    number = draft(database, proposed(shop))
    assert number is not None

    other = shop.store_id + 1

    assert database.read_now(partial(sanctions.get, store_id=other, sanction_id=number)) is None
    assert database.write_now(partial(sanctions.lock, store_id=other, sanction_id=number)) is None
    assert database.read_now(partial(sanctions.get, store_id=shop.store_id, sanction_id=number)) is not None
    assert database.read_now(partial(sanctions.open_in_store, store_id=shop.store_id + 1)) == []


def test_everything_about_a_person_is_listed_the_newest_first(database: Database, shop: Shop) -> None:
    numbers = [draft(database, proposed(shop, about=f"trip:{n}")) for n in range(3)]
    draft(database, proposed(shop, about="trip:9", staff_id=shop.chen))

    own = database.read_now(partial(sanctions.of_staff, staff_id=shop.wang))
    two = database.read_now(partial(sanctions.of_staff, staff_id=shop.wang, most=2))

    assert [one.id for one in own] == numbers[::-1]
    assert [one.id for one in two] == numbers[:0:-1]


def test_what_is_not_settled_is_listed_the_oldest_first(database: Database, shop: Shop) -> None:
    first, second = (draft(database, proposed(shop, about=f"trip:{n}")) for n in range(2))
    settled = draft(database, proposed(shop, about="trip:8"))
    assert settled is not None
    database.write_now(moving(shop, settled, SanctionState.WAIVED, *OPEN))

    found = database.read_now(partial(sanctions.open_in_store, store_id=shop.store_id))

    assert [one.id for one in found] == [first, second]


def test_what_is_kept_of_a_day_under_a_rule_is_found(database: Database, shop: Shop) -> None:
    kept = draft(database, proposed(shop))
    draft(database, proposed(shop, rule="A6"))
    draft(database, proposed(shop, about="trip:2", hours=24))
    draft(database, proposed(shop, about="trip:3", staff_id=shop.chen))

    found = database.read_now(partial(sanctions.under_rule, staff_id=shop.wang, rule="A8", start=NOW, end=NOW + DAY))

    assert [one.id for one in found] == [kept]


def test_who_was_asked_before_is_remembered_after_another_was_asked(database: Database, shop: Shop) -> None:
    def ask(session: Session, person: int) -> None:
        request = Approval(
            store_id=shop.store_id,
            subject="sanctions:1",
            applicant_id=shop.wang,
            roles=["client_manager"],
            opened_at=NOW,
            begins_at=NOW + DAY,
            expires_at=NOW + DAY,
        )
        approvals.add(session, request)
        approvals.ask(session, request.id, person, on_behalf_of_id=None, remind_at=NOW)
        approvals.close(session, request, ApprovalState.APPROVED, now=NOW, by_id=person)

    database.write_now(partial(ask, person=shop.zhou))
    database.write_now(partial(ask, person=shop.liu))

    asked = [
        database.read_now(partial(approvals.was_asked, store_id=shop.store_id, subject="sanctions:1", staff_id=person))
        for person in (shop.zhou, shop.liu, shop.chen)
    ]
    assert asked == [True, True, False]
