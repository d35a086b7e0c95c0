"""What goes out: queued once, in order per recipient, edits of what went out, nothing forgotten that still matters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session

from storage import outbox, outbox_due
from storage.database import Database
from storage.outbox import Kind, Outbox, OutboxState
from tests.storage.shop import HOUR, MINUTE, NOW, Shop, all_rows, queue_notice


def take(database: Database, recipient: str = "staff:1", *, now: datetime = NOW, real: datetime = NOW) -> int | None:
    """Leases the recipient's next notice for a minute, as delivery does; its id."""

    def work(session: Session) -> int | None:
        row = outbox.next_for(session, recipient, now=now, real=real)
        if row is not None:
            outbox.lease(session, row, until=real + MINUTE, address=f"webchat|local|{recipient}", card="card")
        return row.id if row else None

    return database.write_now(work)


def mark_sent(database: Database, ids: Sequence[int], *, real: datetime = NOW) -> None:
    database.write_now(partial(outbox.mark_sent, ids=ids, message_ref=f"m{ids[0]}", real=real))


def send(database: Database, recipient: str = "staff:1", *, now: datetime = NOW, real: datetime = NOW) -> int | None:
    number = take(database, recipient, now=now, real=real)
    if number is not None:
        mark_sent(database, [number], real=real)
    return number


def refresh(database: Database, shop: Shop, subject: str = "leave:1") -> None:
    database.write_now(partial(outbox.refresh, store_id=shop.store_id, subject=subject, now=NOW))


def edits(database: Database) -> list[Outbox]:
    return [row for row in all_rows(database, Outbox) if row.kind == Kind.EDIT]


def states(database: Database) -> list[OutboxState]:
    return [OutboxState(row.state) for row in all_rows(database, Outbox)]


def test_notices_of_one_recipient_go_in_the_order_they_were_queued(database: Database, shop: Shop) -> None:
    queued = [queue_notice(database, shop) for _ in range(3)]

    assert [send(database) for _ in range(4)] == [*queued, None]


def test_recipients_do_not_wait_for_one_another(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, "staff:1")
    other = queue_notice(database, shop, "staff:2")

    take(database, "staff:1")

    assert take(database, "staff:2") == other


def test_nothing_follows_while_a_notice_is_under_way(database: Database, shop: Shop) -> None:
    queue_notice(database, shop)
    second = queue_notice(database, shop)

    first = take(database)
    meanwhile = take(database)
    mark_sent(database, [first or 0])

    assert meanwhile is None
    assert take(database) == second


def test_a_lease_that_ran_out_lets_the_notice_go_again_before_the_next(database: Database, shop: Shop) -> None:
    first = queue_notice(database, shop)
    queue_notice(database, shop)
    take(database)

    assert take(database, real=NOW + MINUTE / 2) is None
    assert take(database, real=NOW + MINUTE) == first
    assert all_rows(database, Outbox)[0].attempts == 2


def test_a_notice_with_the_same_dedupe_is_queued_once_in_a_store(database: Database, shop: Shop) -> None:
    first = queue_notice(database, shop, dedupe="nudge|1|staff:1")
    again = queue_notice(database, shop, dedupe="nudge|1|staff:1")
    send(database)
    after_it_went = queue_notice(database, shop, dedupe="nudge|1|staff:1")

    assert first is not None
    assert (again, after_it_went) == (None, None)
    assert queue_notice(database, shop, dedupe="nudge|2|staff:1") is not None


def test_notices_without_dedupe_are_all_queued(database: Database, shop: Shop) -> None:
    assert queue_notice(database, shop) != queue_notice(database, shop)


def test_a_held_notice_does_not_stop_the_ones_behind_it(database: Database, shop: Shop) -> None:
    held = queue_notice(database, shop, due_at=NOW + HOUR)
    behind = queue_notice(database, shop)

    assert send(database) == behind
    assert send(database) is None
    assert send(database, now=NOW + HOUR) == held


def test_a_notice_that_is_tried_later_keeps_its_place(database: Database, shop: Shop) -> None:
    first = queue_notice(database, shop)
    second = queue_notice(database, shop)
    take(database)

    database.write_now(partial(outbox.retry_at, ids=[first or 0], at=NOW + MINUTE, error="flood"))

    assert take(database) is None
    assert send(database, real=NOW + MINUTE) == first
    assert send(database, real=NOW + MINUTE) == second


def test_a_notice_that_waits_for_its_turn_keeps_its_place(database: Database, shop: Shop) -> None:
    first = queue_notice(database, shop)
    queue_notice(database, shop)

    def hold(session: Session) -> None:
        row = outbox.get(session, first or 0)
        assert row is not None
        outbox_due.wait_until(session, row, NOW + MINUTE)

    database.write_now(hold)

    assert take(database) is None
    assert database.read_now(partial(outbox_due.next_try, after=NOW)) == NOW + MINUTE
    assert take(database, real=NOW + MINUTE) == first


def test_one_that_failed_for_good_lets_the_next_go(database: Database, shop: Shop) -> None:
    first = queue_notice(database, shop)
    second = queue_notice(database, shop)
    take(database)

    database.write_now(partial(outbox.mark_failed, ids=[first or 0], error="blocked"))

    assert take(database) == second
    assert all_rows(database, Outbox)[0].error == "blocked"


def test_a_result_that_comes_after_the_lease_was_lost_changes_nothing(database: Database, shop: Shop) -> None:
    first = queue_notice(database, shop)
    take(database)
    mark_sent(database, [first or 0])

    database.write_now(partial(outbox.mark_failed, ids=[first or 0], error="late"))
    database.write_now(partial(outbox.retry_at, ids=[first or 0], at=NOW, error="late"))

    assert states(database) == [OutboxState.SENT]


def test_a_sent_notice_knows_where_it_went_and_what_it_is_called_there(database: Database, shop: Shop) -> None:
    send(database)
    number = queue_notice(database, shop)

    send(database, real=NOW + MINUTE)

    [row] = all_rows(database, Outbox)
    assert (row.address, row.message_ref, row.card) == ("webchat|local|staff:1", f"m{number}", "card")
    assert (row.sent_at, row.lease_until) == (NOW + MINUTE, None)


def test_a_change_shows_anew_every_card_that_went_out(database: Database, shop: Shop) -> None:
    first = queue_notice(database, shop, subject="leave:1")
    second = queue_notice(database, shop, "staff:2", subject="leave:1", via="webchat|local|zhou")
    queue_notice(database, shop, "staff:3", subject="leave:2")
    for recipient in ("staff:1", "staff:2", "staff:3"):
        send(database, recipient)

    refresh(database, shop)

    assert [(edit.target_id, edit.recipient, edit.via) for edit in edits(database)] == [
        (first, "staff:1", ""),
        (second, "staff:2", "webchat|local|zhou"),
    ]


def test_an_edit_of_what_has_not_gone_out_is_nothing(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, subject="leave:1")

    refresh(database, shop)

    assert edits(database) == []


def test_edits_that_wait_collapse_into_one(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, subject="leave:1")
    send(database)

    for _ in range(3):
        refresh(database, shop)

    assert len(edits(database)) == 1


def test_a_card_that_changes_while_it_is_under_way_is_edited_after_it_came(database: Database, shop: Shop) -> None:
    card = queue_notice(database, shop, subject="leave:1")
    take(database)
    refresh(database, shop)

    [edit] = edits(database)
    meanwhile = take(database)
    mark_sent(database, [card or 0])

    assert meanwhile is None
    assert take(database) == edit.id


def test_a_change_while_an_edit_is_under_way_makes_another_edit(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, subject="leave:1")
    send(database)
    refresh(database, shop)
    take(database)

    refresh(database, shop)

    assert len(edits(database)) == 2


def test_another_stores_cards_are_not_touched(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, subject="leave:1")
    send(database)

    database.write_now(partial(outbox.refresh, store_id=shop.store_id + 1, subject="leave:1", now=NOW))

    assert edits(database) == []


def test_what_need_not_be_said_any_more_is_not_said(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, "staff:1", subject="leave:1")
    send(database, "staff:1")
    queue_notice(database, shop, "staff:1", subject="leave:1")
    queue_notice(database, shop, "staff:2", subject="leave:1")
    queue_notice(database, shop, "staff:1", subject="leave:2")

    database.write_now(
        partial(outbox.expire_waiting, store_id=shop.store_id, subject="leave:1", recipients=["staff:1"])
    )

    waiting = OutboxState.WAITING
    assert states(database) == [OutboxState.SENT, OutboxState.EXPIRED, waiting, waiting]


def test_expiring_requests_leaves_the_edits_of_their_cards(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, subject="leave:1")
    send(database)
    refresh(database, shop)

    database.write_now(
        partial(outbox.expire_waiting, store_id=shop.store_id, subject="leave:1", recipients=["staff:1"])
    )

    assert [edit.state for edit in edits(database)] == [OutboxState.WAITING]


def test_nothing_that_waits_is_said_to_somebody_who_left(database: Database, shop: Shop) -> None:
    queue_notice(database, shop, "staff:1")
    queue_notice(database, shop, "staff:1", due_at=NOW + HOUR)
    queue_notice(database, shop, "staff:2")
    take(database, "staff:1")

    database.write_now(partial(outbox.expire_all, recipient="staff:1"))

    assert states(database) == [OutboxState.SENDING, OutboxState.EXPIRED, OutboxState.WAITING]
