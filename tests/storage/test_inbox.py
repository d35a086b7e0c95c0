"""What came in is kept once, handled in order in its lane, and parked when it cannot be handled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import wait
from functools import partial

from sqlmodel import Session

from storage import inbox
from storage.database import Database
from storage.inbox import Inbox, InboxState
from storage.staff import Contact, contact
from tests.storage.shop import DAY, NOW, Shop, all_rows, bound_contact, keep_event


def next_said(database: Database, lane: str) -> str | None:
    waiting = database.read_now(partial(inbox.next_in_lane, lane=lane))
    return None if waiting is None else str(waiting.event.payload["text"])


def mark_next_done(lane: str) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        waiting = inbox.next_in_lane(session, lane)
        assert waiting is not None
        inbox.mark_done(session, waiting.event, now=NOW)

    return work


def test_an_event_is_kept_once_however_often_it_comes(database: Database) -> None:
    first = keep_event(database, "e1", said="一")
    again = keep_event(database, "e1", said="一")

    assert first is not None
    assert again is None
    assert [row.payload for row in all_rows(database, Inbox)] == [{"text": "一"}]


def test_the_same_event_from_several_at_once_is_kept_once(database: Database) -> None:
    keep = partial(
        inbox.store_incoming, channel="webchat", account="local", event_id="e1", sender="new", payload={}, now=NOW
    )

    kept = [database.submit(keep) for _ in range(12)]
    wait(kept)

    assert [one.exception() for one in kept] == [None] * 12
    assert len([one for one in kept if one.result() is not None]) == 1
    assert len(all_rows(database, Inbox)) == 1
    assert len(all_rows(database, Contact)) == 1


def test_event_ids_are_unique_within_an_account_only(database: Database) -> None:
    for channel, account in (("webchat", "local"), ("telegram", "bot1"), ("telegram", "bot2")):
        kept = partial(inbox.store_incoming, channel=channel, account=account, event_id="1", sender="w", payload={})
        assert database.write_now(lambda session, kept=kept: kept(session, now=NOW))  # type: ignore[misc]

    assert len(all_rows(database, Inbox)) == 3


def test_a_strangers_lane_is_the_contact_a_colleagues_lane_the_person(database: Database, shop: Shop) -> None:
    database.write_now(lambda session: bound_contact(session, shop.wang, address="wang"))

    stranger, colleague = keep_event(database, "e1", sender="nobody"), keep_event(database, "e2", sender="wang")

    assert stranger is not None
    assert stranger.startswith("contact:")
    assert colleague == f"staff:{shop.wang}"


def test_two_channels_of_one_person_share_the_lane(database: Database, shop: Shop) -> None:
    database.write_now(lambda session: bound_contact(session, shop.wang, address="wang"))
    database.write_now(lambda session: bound_contact(session, shop.wang, channel="telegram", address="77"))

    telegram = database.write_now(
        partial(
            inbox.store_incoming, channel="telegram", account="local", event_id="1", sender="77", payload={}, now=NOW
        )
    )

    assert telegram == keep_event(database, "e2", sender="wang")


def test_a_lane_is_handled_oldest_first(database: Database) -> None:
    lane = keep_event(database, "e1", said="一")
    keep_event(database, "e2", said="二")
    assert lane is not None

    said = [next_said(database, lane)]
    database.write_now(mark_next_done(lane))
    said.append(next_said(database, lane))
    database.write_now(mark_next_done(lane))
    said.append(next_said(database, lane))

    assert said == ["一", "二", None]
    assert [row.done_at for row in all_rows(database, Inbox)] == [NOW, NOW]


def test_lanes_that_wait_are_listed_once_who_waits_longest_first(database: Database) -> None:
    first = keep_event(database, "e1", sender="a")
    second = keep_event(database, "e2", sender="b")
    keep_event(database, "e3", sender="a")

    assert database.read_now(inbox.waiting_lanes) == [first, second]


def test_an_event_that_fails_three_times_is_parked_and_its_lane_goes_on(database: Database) -> None:
    lane = keep_event(database, "e1", said="坏")
    keep_event(database, "e2", said="好")
    broken = all_rows(database, Inbox)[0].id
    assert lane is not None

    parked = [database.write_now(partial(inbox.record_failure, inbox_id=broken, error=f"try {n}")) for n in (1, 2, 3)]

    assert parked == [False, False, True]
    assert next_said(database, lane) == "好"
    row = all_rows(database, Inbox)[0]
    assert (row.state, row.attempts, row.error) == (InboxState.PARKED, 3, "try 3")


def test_what_a_stranger_said_moves_into_the_persons_lane(database: Database, shop: Shop) -> None:
    lane = keep_event(database, "e1", sender="wang", said="我是王磊")
    assert lane is not None
    database.write_now(mark_next_done(lane))
    keep_event(database, "e2", sender="wang", said="请假")

    def join(session: Session) -> None:
        inbox.move_lane(session, bound_contact(session, shop.wang, address="wang"), old=lane)

    database.write_now(join)

    assert [row.lane for row in all_rows(database, Inbox)] == [lane, f"staff:{shop.wang}"]
    assert next_said(database, f"staff:{shop.wang}") == "请假"


def test_an_event_is_found_by_its_id(database: Database) -> None:
    keep_event(database, "e1")

    here = database.read_now(partial(inbox.find, channel="webchat", account="local", event_id="e1"))
    elsewhere = database.read_now(partial(inbox.find, channel="webchat", account="other", event_id="e1"))

    assert here is not None
    assert elsewhere is None


def test_what_was_typed_is_given_to_its_own_lane_only(database: Database) -> None:
    lane = keep_event(database, "e1", said="周五下午")
    number = all_rows(database, Inbox)[0].id

    own = database.read_now(lambda session: inbox.text_of(session, number, lane=str(lane)))
    anothers = database.read_now(lambda session: inbox.text_of(session, number, lane="staff:99"))

    assert (own, anothers) == ("周五下午", "")


def test_housekeeping_drops_old_handled_events_and_keeps_parked_and_waiting_ones(database: Database) -> None:
    lane = keep_event(database, "done")
    assert lane is not None
    database.write_now(mark_next_done(lane))
    keep_event(database, "parked")
    parked = all_rows(database, Inbox)[1].id
    for _ in range(3):
        database.write_now(partial(inbox.record_failure, inbox_id=parked, error="x"))
    keep_event(database, "waiting")

    kept = database.write_now(partial(inbox.forget_before, before=NOW))
    gone = database.write_now(partial(inbox.forget_before, before=NOW + DAY))

    assert (kept, gone) == (0, 1)
    assert [row.event_id for row in all_rows(database, Inbox)] == ["parked", "waiting"]


def test_a_contact_that_came_first_is_the_one_that_is_found(database: Database) -> None:
    made = database.write_now(partial(contact, channel="webchat", account="local", address="x"))
    found = database.write_now(partial(contact, channel="webchat", account="local", address="x"))

    assert made.id == found.id
