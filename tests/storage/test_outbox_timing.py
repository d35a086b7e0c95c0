"""When notices go: digests, what is due next, leases of the dead, the count of what was sent, and forgetting."""

from __future__ import annotations

import threading
from concurrent.futures import wait
from functools import partial

from sqlmodel import Session

from storage import outbox, outbox_due
from storage.database import Database
from storage.outbox import Outbox
from tests.storage.shop import DAY, HOUR, MINUTE, NOW, Shop, all_rows, open_shop, queue_notice
from tests.storage.test_outbox import edits, refresh, send, take

GROUP = "group:1"


def gathered_with(database: Database, first: int, *, most: int = 20) -> list[int]:
    def work(session: Session) -> list[int]:
        row = outbox.get(session, first)
        assert row is not None
        return [one.id for one in outbox.digest_with(session, row, now=NOW + MINUTE, most=most)]

    return database.read_now(work)


def test_a_digest_gathers_what_is_due_for_the_same_group_in_order(database: Database, shop: Shop) -> None:
    soon = NOW + MINUTE
    first = queue_notice(database, shop, GROUP, digest=True, due_at=soon)
    queue_notice(database, shop, "group:2", digest=True, due_at=soon)
    queue_notice(database, shop, GROUP, digest=False)
    second = queue_notice(database, shop, GROUP, digest=True, due_at=soon)
    third = queue_notice(database, shop, GROUP, digest=True, due_at=soon)
    queue_notice(database, shop, GROUP, digest=True, due_at=NOW + HOUR)

    assert gathered_with(database, first or 0) == [second, third]
    assert gathered_with(database, first or 0, most=1) == [second]


def test_a_digest_that_is_being_gathered_says_when_it_goes(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, GROUP, due_at=NOW + MINUTE / 4)
    none_yet = database.read_now(partial(outbox.gathering_until, recipient=GROUP))
    queue_notice(database, shop, GROUP, digest=True, due_at=NOW + MINUTE)
    queue_notice(database, shop, GROUP, digest=True, due_at=NOW + 2 * MINUTE)

    assert none_yet is None
    assert database.read_now(partial(outbox.gathering_until, recipient=GROUP)) == NOW + MINUTE


def test_a_digest_that_went_is_not_gathered_any_more(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, GROUP, digest=True)
    send(database, GROUP)

    assert database.read_now(partial(outbox.gathering_until, recipient=GROUP)) is None


def test_recipients_for_whom_something_may_go_are_listed_who_waits_longest_first(
    database: Database, shop: Shop
) -> None:
    for recipient in ("staff:3", "staff:1", "staff:3"):
        queue_notice(database, shop, recipient)
    queue_notice(database, shop, "staff:2", due_at=NOW + MINUTE)

    assert database.read_now(partial(outbox_due.recipients_due, now=NOW, real=NOW)) == ["staff:3", "staff:1"]
    assert "staff:2" in database.read_now(partial(outbox_due.recipients_due, now=NOW + MINUTE, real=NOW))


def test_who_must_wait_for_a_retry_is_not_listed_before_it(database: Database, shop: Shop) -> None:
    number = queue_notice(database, shop)
    take(database)
    database.write_now(partial(outbox.retry_at, ids=[number or 0], at=NOW + MINUTE, error=""))

    assert database.read_now(partial(outbox_due.recipients_due, now=NOW, real=NOW)) == []
    assert database.read_now(partial(outbox_due.recipients_due, now=NOW, real=NOW + MINUTE)) == ["staff:1"]


def test_the_next_held_notice_and_the_next_retry_are_known(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, "staff:1", due_at=NOW + 2 * HOUR)
    queue_notice(database, shop, "staff:2", due_at=NOW + HOUR)

    assert database.read_now(partial(outbox_due.next_due, after=NOW)) == NOW + HOUR
    assert database.read_now(partial(outbox_due.next_due, after=NOW + HOUR)) == NOW + 2 * HOUR
    assert database.read_now(partial(outbox_due.next_due, after=NOW + 2 * HOUR)) is None
    assert database.read_now(partial(outbox_due.next_try, after=NOW)) is None


def test_what_a_dead_process_had_in_hand_waits_again(database: Database, shop: Shop) -> None:
    first = queue_notice(database, shop)
    take(database)

    database.write_now(outbox.release_leases)

    assert take(database) == first


def test_what_went_is_counted_by_address_and_by_channel(database: Database, shop: Shop) -> None:
    for minute, recipient in enumerate(("staff:1", "staff:1", "staff:2")):
        queue_notice(database, shop, recipient)
        send(database, recipient, real=NOW + minute * MINUTE)
    moments = [NOW, NOW + MINUTE, NOW + 2 * MINUTE]

    by_address = database.read_now(
        partial(outbox_due.sent_since, since=NOW - MINUTE, address="webchat|local|staff:1", channel=None)
    )
    by_channel = database.read_now(partial(outbox_due.sent_since, since=NOW, channel="webchat"))

    assert by_address == moments[:2]
    assert by_channel == moments[1:]
    assert database.read_now(partial(outbox_due.sent_since, since=NOW, channel="web")) == []


def test_housekeeping_drops_old_notices_that_ended_and_keeps_the_rest(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, "staff:1", now=NOW - DAY, subject="leave:1")
    send(database)
    refresh(database, shop)
    queue_notice(database, shop, "staff:2", now=NOW - DAY)
    send(database, "staff:2")
    failed = queue_notice(database, shop, "staff:3", now=NOW - DAY)
    take(database, "staff:3")
    database.write_now(partial(outbox.mark_failed, ids=[failed or 0], error="x"))
    waiting = queue_notice(database, shop, "staff:4", now=NOW - DAY, due_at=NOW + DAY)
    young = queue_notice(database, shop, "staff:5", now=NOW)
    send(database, "staff:5")

    gone = database.write_now(partial(outbox.forget_before, before=NOW))

    card, edit = all_rows(database, Outbox)[0], edits(database)[0]
    assert gone == 1
    assert [row.id for row in all_rows(database, Outbox)] == [card.id, edit.id, failed, waiting, young]
    assert edit.target_id == card.id


def test_a_card_is_dropped_with_its_last_edit(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, subject="leave:1")
    send(database)
    refresh(database, shop)
    send(database)

    gone = database.write_now(partial(outbox.forget_before, before=NOW + DAY))

    assert gone == 2
    assert all_rows(database, Outbox) == []


def test_two_processes_never_take_two_notices_of_one_recipient(postgres_url: str) -> None:
    here, there = Database(postgres_url), Database(postgres_url)
    shop = here.write_now(open_shop)
    first = queue_notice(here, shop)
    queue_notice(here, shop)
    taken, go_on = threading.Event(), threading.Event()

    def take_slowly(session: Session) -> int | None:
        row = outbox.next_for(session, "staff:1", now=NOW, real=NOW)
        taken.set()
        assert go_on.wait(10)
        assert row is not None
        outbox.lease(session, row, until=NOW + MINUTE, address="webchat|local|wang")
        return row.id

    slow = here.submit(take_slowly)
    assert taken.wait(10)
    other = there.submit(partial(outbox.next_for, recipient="staff:1", now=NOW, real=NOW))
    wait([other], 0.3)
    go_on.set()

    assert slow.result(10) == first
    assert other.result(10) is None
    here.close()
    there.close()
