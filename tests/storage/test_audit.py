"""The audit keeps who did what on whose behalf, by which rule, with the fact itself."""

from __future__ import annotations

from functools import partial

import pytest
from sqlmodel import Session

from storage import audit
from storage.audit import Audit
from storage.database import Database
from tests.storage.shop import HOUR, NOW, Shop, all_rows


def test_an_entry_keeps_everything_about_a_decision(database: Database, shop: Shop) -> None:
    database.write_now(
        partial(
            audit.record,
            store_id=shop.store_id,
            actor_id=shop.liu,
            on_behalf_of_id=shop.zhou,
            verb="approvals.refused",
            subject="leave:1",
            rule="HANDBOOK A9",
            before={"state": "pending"},
            after={"state": "refused", "reason": "那天要量房"},
            at=NOW,
        )
    )

    [entry] = database.read_now(partial(audit.of_subject, store_id=shop.store_id, subject="leave:1"))
    assert (entry.actor_id, entry.on_behalf_of_id, entry.verb) == (shop.liu, shop.zhou, "approvals.refused")
    assert (entry.rule, entry.at) == ("HANDBOOK A9", NOW)
    assert (entry.before, entry.after) == ({"state": "pending"}, {"state": "refused", "reason": "那天要量房"})


def test_the_history_of_a_subject_is_its_own_store_and_oldest_first(database: Database, shop: Shop) -> None:
    for hour, (verb, subject) in enumerate([("a", "leave:1"), ("b", "leave:2"), ("c", "leave:1")]):
        entry = partial(audit.record, store_id=shop.store_id, actor_id=shop.wang, verb=verb, subject=subject)
        database.write_now(lambda session, entry=entry, hour=hour: entry(session, at=NOW - hour * HOUR))  # type: ignore[misc]

    history = database.read_now(partial(audit.of_subject, store_id=shop.store_id, subject="leave:1"))

    assert [entry.verb for entry in history] == ["a", "c"]
    assert database.read_now(partial(audit.of_subject, store_id=shop.store_id + 1, subject="leave:1")) == []


def test_an_entry_goes_with_the_fact_that_failed(database: Database, shop: Shop) -> None:
    def work(session: Session) -> None:
        audit.record(session, store_id=shop.store_id, actor_id=shop.wang, verb="x", subject="leave:1", at=NOW)
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        database.write_now(work)

    assert all_rows(database, Audit) == []


def test_a_strangers_attempt_belongs_to_no_store(database: Database) -> None:
    database.write_now(
        partial(audit.record, store_id=None, actor_id=None, verb="desk.stranger", subject="contact:1", at=NOW)
    )

    [entry] = all_rows(database, Audit)
    assert (entry.store_id, entry.actor_id, entry.before, entry.after) == (None, None, None, None)


def test_what_happened_lately_to_a_subject_of_no_store_is_counted(database: Database, shop: Shop) -> None:
    for store_id, verb, subject, hours in [
        (None, "a", "contact:1", 3),
        (None, "a", "contact:1", 1),
        (None, "a", "contact:1", 0),
        (None, "b", "contact:1", 0),
        (None, "a", "contact:2", 0),
        (shop.store_id, "a", "contact:1", 0),
    ]:
        entry = partial(audit.record, store_id=store_id, actor_id=None, verb=verb, subject=subject)
        database.write_now(partial(entry, at=NOW - hours * HOUR))

    counted = database.read_now(partial(audit.count_since, subject="contact:1", verb="a", since=NOW - 2 * HOUR))

    assert counted == 2
