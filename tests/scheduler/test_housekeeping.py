"""Housekeeping forgets what was handled and delivered long ago, never a fact."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlmodel import Session

from bot.scheduler.housekeeping import tidy
from storage import approvals, audit, card_codes, inbox, leave
from storage.approvals import Approval, ApprovalState
from storage.audit import Audit
from storage.card_codes import CardCode
from storage.database import Database
from storage.inbox import Inbox
from storage.leave import Leave, LeaveState
from storage.outbox import Outbox
from tests.scheduler.office import StoodClock
from tests.storage.shop import DAY, NOW, Shop, all_rows, keep_event, open_shop, queue_notice
from tests.storage.test_outbox import send


def record_facts(shop: Shop, session: Session) -> None:
    """A leave that was granted, its approval and its audit."""
    taken = leave.add(
        session,
        Leave(
            store_id=shop.store_id,
            staff_id=shop.wang,
            entered_by_id=shop.wang,
            kind="personal",
            starts_at=NOW,
            ends_at=NOW + DAY,
            state=LeaveState.APPROVED,
            created_at=NOW,
        ),
    )
    approvals.add(
        session,
        Approval(
            store_id=shop.store_id,
            subject=f"leave:{taken.id}",
            applicant_id=shop.wang,
            roles=["client_manager"],
            state=ApprovalState.APPROVED,
            opened_at=NOW,
            begins_at=NOW,
            expires_at=NOW,
        ),
    )
    audit.record(session, store_id=shop.store_id, actor_id=shop.zhou, verb="x", subject=f"leave:{taken.id}", at=NOW)


def handle(lane: str, session: Session) -> None:
    waiting = inbox.next_in_lane(session, lane)
    assert waiting is not None
    inbox.mark_done(session, waiting.event, now=NOW)


def give_code(session: Session) -> None:
    place = {"channel": "wecom", "account": "corp/1", "card": "t1", "code": "c1"}
    card_codes.keep(session, **place, pressed=False, given_at=NOW)


async def test_a_code_ages_by_the_machines_time_whatever_the_stores_clock_says(database: Database) -> None:
    database.write_now(give_code)

    await tidy(database, StoodClock(NOW, ahead=timedelta(days=90)))

    assert len(all_rows(database, CardCode)) == 1
    database.close()


async def test_after_two_months_messages_go_and_facts_stay(database: Database) -> None:
    shop = database.write_now(open_shop)
    database.write_now(partial(record_facts, shop))
    lane = keep_event(database, "old")
    database.write_now(partial(handle, str(lane)))
    queue_notice(database, shop)
    send(database)
    database.write_now(give_code)

    await tidy(database, StoodClock(NOW + timedelta(days=59)))
    kept = [len(all_rows(database, table)) for table in (Inbox, Outbox, CardCode)]
    await tidy(database, StoodClock(NOW + timedelta(days=61)))

    assert kept == [1, 1, 1]
    assert [all_rows(database, table) for table in (Inbox, Outbox, CardCode)] == [[], [], []]
    assert [len(all_rows(database, fact)) for fact in (Leave, Approval, Audit)] == [1, 1, 1]
    database.close()
