"""New rules and a withdrawal in one instant, on PostgreSQL: what was withdrawn takes no half days."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from storage import leave
from storage.database import Database
from storage.leave import LIVE, Leave, LeaveState
from tests.chat import store_at_work
from tests.chats.steps import asks, halves, leaves, states
from tests.chats.test_rulebook import LATER_AFTERNOON, loads


def withdraws(session: Session, leave_id: int) -> None:
    asked = session.get_one(Leave, leave_id)
    leave.move(session, asked, LeaveState.WITHDRAWN, while_in=LIVE)
    leave.free_halves(session, leave_id)


def test_leave_that_is_withdrawn_in_that_instant_takes_no_half_days(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store_at_work(postgres_url, tmp_path) as store:
        asks(store.person("wang"), "请假 周五下午 家里有事")
        read = leave.live_after
        elsewhere = Database(postgres_url)

        def reads_then_is_overtaken(*asked: object) -> list[Leave]:
            found = read(*asked)  # type: ignore[arg-type]
            elsewhere.write_now(partial(withdraws, leave_id=found[0].id))
            return found

        monkeypatch.setattr(leave, "live_after", reads_then_is_overtaken)
        loads(store, LATER_AFTERNOON)
        elsewhere.close()

        assert states(store) == [LeaveState.WITHDRAWN]
        assert halves(store) == []
        assert leaves(store)[0].starts_at.hour == 6
        assert store.person("wang").heard("您的调休") == []
