"""A small store in the rows, for the storage tests: wang and chen design, zhou manages, liu is the GM office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlmodel import Session, select

from storage import customers, inbox, outbox, staff, stores
from storage.customers import Case
from storage.database import Database
from storage.staff import Contact, Group, Role, Staff

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shop:
    """The ids of its rows."""

    store_id: int
    wang: int
    chen: int
    zhou: int
    liu: int
    group: int


def open_shop(session: Session, key: str = "zhongshan") -> Shop:
    """Makes the store; people's keys begin with the store's where it is not the first one."""
    store = stores.put_store(session, key=key, name="中山路店")
    session.flush()
    prefix = "" if key == "zhongshan" else f"{key}_"
    people = {}
    for name, role in (
        ("wang", Role.DESIGNER),
        ("chen", Role.DESIGNER),
        ("zhou", Role.CLIENT_MANAGER),
        ("liu", Role.GM_OFFICE),
    ):
        person = Staff(store_id=store.id, key=f"{prefix}{name}", name=name.title(), roles=[role])
        staff.put(session, person)
        people[name] = person.id
    group = Group(store_id=store.id, name="店面群", channel="webchat", account="local", address=f"{prefix}store")
    staff.put(session, group)
    return Shop(store.id, people["wang"], people["chen"], people["zhou"], people["liu"], group.id)


def bound_contact(session: Session, staff_id: int, *, channel: str = "webchat", address: str = "") -> Contact:
    """A chat of that person."""
    made = staff.contact(session, channel=channel, account="local", address=address or f"chat{staff_id}")
    staff.bind(session, made, staff_id)
    return made


def keep_event(database: Database, event_id: str, *, sender: str = "stranger", said: str = "你好") -> str | None:
    """Keeps a typed message, as a channel does; its lane, if it was new."""
    return database.write_now(
        partial(
            inbox.store_incoming,
            channel="webchat",
            account="local",
            event_id=event_id,
            sender=sender,
            payload={"text": said},
            now=NOW,
        )
    )


def queue_notice(
    database: Database, shop: Shop, recipient: str = "staff:1", *, now: datetime = NOW, **more: Any
) -> int | None:
    """Queues a notice for the recipient; its id, if it was new."""
    content = {"key": "desk.stranger", "values": {}, "buttons": []}
    return database.write_now(
        partial(outbox.put, store_id=shop.store_id, recipient=recipient, content=content, now=now, **more)
    )


def all_rows(database: Database, table: Any) -> list[Any]:
    """All rows of a table, oldest first."""
    return database.read_now(lambda session: list(session.exec(select(table).order_by(table.id))))


def a_case(session: Session, shop: Shop, phone: str = "13800000001") -> Case:
    """李女士's home, open, with nothing done in it yet."""
    customer = customers.put_customer(session, shop.store_id, name="李女士", phone=phone, now=NOW)
    case = Case(
        store_id=shop.store_id,
        year=2026,
        serial=0,
        customer_id=customer.id,
        source="walk_in",
        estate="锦绣花园",
        area_m2=Decimal(120),
        layout="三室两厅",
        consent_at=NOW,
        opened_by_id=shop.zhou,
        opened_at=NOW,
    )
    return customers.open_case(session, case)
