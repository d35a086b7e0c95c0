"""What is asked before every message is answered from an index, however much was sent before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlmodel import Session

from storage import outbox_due
from storage.database import Database
from storage.outbox import Kind, Outbox, OutboxState
from tests.storage.shop import MINUTE, NOW, Shop, open_shop

SENT = 10_000
SECOND = timedelta(seconds=1)
CHAT = "telegram|42|7"
QUESTIONS: list[tuple[Callable[[Session], Any], str]] = [
    (partial(outbox_due.sent_since, since=NOW - SECOND, channel="telegram"), "outbox_sent_at (sent_at>?)"),
    (partial(outbox_due.sent_since, since=NOW - MINUTE, address=CHAT), "outbox_sent (address=? AND sent_at>?)"),
    (partial(outbox_due.held_until, address=CHAT, real=NOW), "outbox_sent (address=? AND sent_at>?)"),
]


def fill(session: Session, shop: Shop) -> None:
    """A message every second until now, to a thousand chats."""
    same = {
        "store_id": shop.store_id,
        "kind": Kind.SEND,
        "content": {},
        "created_at": NOW,
        "due_at": NOW,
        "state": OutboxState.SENT,
    }
    rows = [
        {
            "recipient": f"staff:{one % 1000}",
            "address": f"telegram|42|{one % 1000}",
            "sent_at": NOW - one * SECOND,
            **same,
        }
        for one in range(SENT)
    ]
    session.connection().execute(insert(Outbox), rows)


def plan(session: Session, question: Callable[[Session], Any]) -> str:
    """How SQLite answers the question, in its own words."""
    asked: list[tuple[str, Any]] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda _c, _cur, said, values, *_: asked.append((said, values)))
    question(session)
    statement, values = asked[0]
    return "; ".join(line[3] for line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))


@pytest.mark.parametrize(("question", "index"), QUESTIONS, ids=["channel", "chat", "held"])
def test_what_was_sent_is_counted_in_an_index(sqlite_url: str, question: Callable[[Session], Any], index: str) -> None:
    database = Database(sqlite_url)
    shop = database.write_now(open_shop)
    database.write_now(partial(fill, shop=shop))

    how = database.read_now(partial(plan, question=question))

    assert how.startswith("SEARCH")
    assert how.partition(" INDEX ")[2].startswith(index)
    assert "SCAN" not in how
    database.close()
