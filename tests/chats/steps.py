"""Steps that many stories share."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlmodel import Session, col, select

from bot.storefile import load_store, read_store
from storage import meta
from storage.approvals import Approval
from storage.audit import Audit
from storage.inbox import Inbox, InboxState
from storage.leave import Leave, LeaveHalf, LeaveState
from tests.chat import Person, StoreAtWork, rows

CARD = ["同意", "不同意", "稍后提醒"]
CONFIRM = ["确认", "修改", "取消"]

OTHER_STORE = """
[store]
key = "north"
name = "城北店"
[[staff]]
key = "qian"
name = "钱总"
roles = ["gm_office"]
[[staff]]
key = "feng"
name = "冯丽"
roles = ["client_manager"]
"""


def asks(person: Person, line: str) -> None:
    """A request in one line, confirmed at the read-back."""
    person.says(line)
    person.presses("确认")


def asks_for_saturday(person: Person, day: str = "周六", why: str = "老人住院") -> None:
    """Leave on a no-leave day, its special circumstances explained."""
    person.says(f"请假 {day} 家里有事")
    person.presses("说明特殊情况")
    person.says(why)
    person.presses("确认")


def is_granted(applicant: Person, approver: Person, line: str) -> None:
    asks(applicant, line)
    approver.presses("同意")


def leaves(store: StoreAtWork) -> list[Leave]:
    found: list[Leave] = store.query(partial(rows, table=Leave))
    return found


def states(store: StoreAtWork) -> list[LeaveState]:
    return [LeaveState(one.state) for one in leaves(store)]


def halves(store: StoreAtWork) -> list[tuple[str, str]]:
    """The half days taken, as (`2026-11-27`, `morning`), in order."""
    found: list[LeaveHalf] = store.query(partial(rows, table=LeaveHalf))
    return sorted((one.day.isoformat(), str(one.half)) for one in found)


def requests(store: StoreAtWork) -> list[Approval]:
    found: list[Approval] = store.query(partial(rows, table=Approval))
    return found


def verbs(store: StoreAtWork) -> list[str]:
    """What the audit kept, oldest first."""
    found: list[Audit] = store.query(partial(rows, table=Audit))
    return [one.verb for one in found]


def not_done(store: StoreAtWork) -> list[tuple[str, str]]:
    """Messages that were parked or still wait, with their errors."""
    found: list[Inbox] = store.query(
        lambda session: list(session.exec(select(Inbox).where(Inbox.state != InboxState.DONE).order_by(col(Inbox.id))))
    )
    return [(str(one.payload)[:200], one.error[-400:]) for one in found]


def raw_messages(store: StoreAtWork, who: str, chat: str = "private") -> list[dict[str, Any]]:
    """The conversation as the API gives it, html too."""
    found: list[dict[str, Any]] = []
    asked = {"as": who, "chat": chat, "after": "0"}
    while page := store.get("/api/chat/messages", asked).json()["messages"]:
        found += page
        asked["after"] = str(page[-1]["seq"])
    return found


def open_other_store(store: StoreAtWork) -> None:
    """冯丽 and 钱总 work in a second store of the same deployment."""
    store.write(partial(load_store, file=read_store(OTHER_STORE), now=store.app.clock.now()))


def clock_is_ahead(session: Session, seconds: float) -> None:
    """As if the machine stood still for so long: the demo's clock is that much further at the next start."""
    ahead = meta.get(session, "clock")
    assert ahead is not None
    meta.put(session, "clock", {"ahead_seconds": ahead["ahead_seconds"] + seconds})
