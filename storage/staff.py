"""The people of a store, how they are reached (contacts), how they join (invites), and the store's groups."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, UniqueConstraint, bindparam, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new


class Role(StrEnum):
    GM_OFFICE = "gm_office"
    CLIENT_MANAGER = "client_manager"
    DESIGNER = "designer"
    ESTIMATOR = "estimator"
    ENGINEERING_MANAGER = "engineering_manager"
    PROJECT_MANAGER = "project_manager"


class Staff(SQLModel, table=True):
    """A person in one store; `key` is unique in the deployment. People who leave are deactivated, never deleted."""

    __tablename__ = "staff"

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY, index=True)
    key: str = Field(unique=True)
    name: str
    roles: list[str] = Field(sa_type=JSON)
    phone: str = ""
    department: str = ""
    deputy_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    active: bool = True

    def has(self, role: Role) -> bool:
        return role in self.roles


class Contact(SQLModel, table=True):
    """A private chat on a channel; without `staff_id` it is a stranger's."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("channel", "account", "address"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    channel: str
    account: str
    address: str
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY, index=True)
    spoke_at: datetime | None = Field(default=None, sa_type=Moment)
    blocked: bool = False


class Group(SQLModel, table=True):
    """A group chat that belongs to one store."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("channel", "account", "address"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY, index=True)
    name: str
    channel: str
    account: str
    address: str


class Invite(SQLModel, table=True):
    """A one-time invitation; only a hash of its token is kept."""

    __tablename__ = "invites"

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    token_hash: str = Field(unique=True)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


def get(session: Session, staff_id: int) -> Staff:
    return session.get_one(Staff, staff_id)


def by_key(session: Session, key: str) -> Staff | None:
    return session.exec(select(Staff).where(Staff.key == key)).one_or_none()


def by_name_or_key(session: Session, wanted: str) -> list[Staff]:
    """Those who work here and are called so."""
    called = or_(col(Staff.key) == wanted, col(Staff.name) == wanted)
    return list(session.exec(select(Staff).where(called, col(Staff.active)).order_by(col(Staff.id))))


_OF_STORE = select(Staff).where(Staff.store_id == bindparam("store_id"), col(Staff.active)).order_by(col(Staff.id))


def of_store(session: Session, store_id: int) -> list[Staff]:
    """Everybody who works in the store now, in the order they came."""
    return list(session.exec(_OF_STORE, params={"store_id": store_id}))


def everybody(session: Session, store_id: int) -> list[Staff]:
    """All whom the store ever had, those who left too, in the order they came."""
    return list(session.exec(select(Staff).where(Staff.store_id == store_id).order_by(col(Staff.id))))


def with_keys(session: Session, keys: Collection[str]) -> list[Staff]:
    """The people of any store whose keys these are."""
    return list(session.exec(select(Staff).where(col(Staff.key).in_(keys))))


def put(session: Session, row: Staff | Group) -> None:
    """The person or group as it is now; a new one has its id afterwards."""
    session.add(row)
    session.flush()


def with_role(people: Iterable[Staff], role: Role) -> list[Staff]:
    return [person for person in people if person.has(role)]


_LOCKED = (
    select(Staff)
    .where(Staff.id == bindparam("staff_id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def lock(session: Session, staff_id: int) -> Staff:
    """The person's lane: only one transaction at a time goes on from here (PostgreSQL; SQLite has one writer)."""
    return session.exec(_LOCKED, params={"staff_id": staff_id}).one()


def lock_contact(session: Session, contact_id: int) -> Contact:
    return session.exec(select(Contact).where(Contact.id == contact_id).with_for_update(key_share=True)).one()


_CONTACT_AT = select(Contact).where(
    Contact.channel == bindparam("channel"),
    Contact.account == bindparam("account"),
    Contact.address == bindparam("address"),
)


def contact(session: Session, *, channel: str, account: str, address: str) -> Contact:
    """The contact at that address, made as a stranger's if it is new."""
    place = {"channel": channel, "account": account, "address": address}
    found = session.exec(_CONTACT_AT, params=place).one_or_none()
    if found is None:
        # Two processes may meet the same stranger at once; whoever comes second finds the first one's row.
        insert_new(session, Contact, {**place, "blocked": False})
        found = session.exec(_CONTACT_AT, params=place).one()
    return found


def bind(session: Session, known: Contact, staff_id: int) -> None:
    """From now on this chat is that person's."""
    known.staff_id, known.blocked = staff_id, False
    session.add(known)
    session.flush()


def block(session: Session, contact_id: int) -> Contact | None:
    """Nothing can be sent to this chat any more; the contact, or None if that was known."""
    known = session.get(Contact, contact_id)
    if known is None or known.blocked:
        return None
    known.blocked = True
    session.add(known)
    return known


_REACHABLE = (
    select(Contact)
    .where(Contact.staff_id == bindparam("staff_id"), ~col(Contact.blocked))
    .order_by(col(Contact.spoke_at).desc().nulls_last(), col(Contact.id))
)


def contacts_of(session: Session, staff_id: int) -> list[Contact]:
    """A person's reachable chats, the one where they last spoke first."""
    return list(session.exec(_REACHABLE, params={"staff_id": staff_id}))


def group_at(session: Session, *, channel: str, account: str, address: str) -> Group | None:
    return session.exec(
        select(Group).where(Group.channel == channel, Group.account == account, Group.address == address)
    ).one_or_none()


def groups_at(session: Session, *, channel: str, account: str, addresses: Collection[str]) -> list[Group]:
    """The groups of any store at these addresses."""
    there = select(Group).where(Group.channel == channel, Group.account == account, col(Group.address).in_(addresses))
    return list(session.exec(there))


def group(session: Session, group_id: int) -> Group | None:
    return session.get(Group, group_id)


def contact_by_id(session: Session, contact_id: int) -> Contact:
    return session.get_one(Contact, contact_id)


_THIS_CONTACT = update(Contact).where(col(Contact.id) == bindparam("contact_id"))


def spoke(session: Session, contact_id: int, *, now: datetime) -> None:
    """The person wrote in this chat: answers reach them there, and nobody is blocked who speaks."""
    session.connection().execute(_THIS_CONTACT, {"contact_id": contact_id, "spoke_at": now, "blocked": False})


def groups_of(session: Session, store_id: int) -> list[Group]:
    return list(session.exec(select(Group).where(Group.store_id == store_id).order_by(col(Group.id))))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def put_invite(session: Session, staff_id: int, token: str, *, expires_at: datetime) -> None:
    session.add(Invite(staff_id=staff_id, token_hash=_hashed(token), expires_at=expires_at))


def open_invite(session: Session, token: str, *, now: datetime) -> Invite | None:
    """The invitation that this token still opens."""
    fresh = select(Invite).where(
        Invite.token_hash == _hashed(token), col(Invite.used_at).is_(None), Invite.expires_at > now
    )
    return session.exec(fresh).one_or_none()


def use_invite(session: Session, token: str, *, now: datetime) -> Staff | None:
    """Uses the invitation up: its person, or None if it was used, has expired or never was. Only one caller wins."""
    won = session.connection().execute(
        update(Invite)
        .where(col(Invite.token_hash) == _hashed(token), col(Invite.used_at).is_(None), col(Invite.expires_at) > now)
        .values(used_at=now)
        .returning(col(Invite.staff_id))
    )
    staff_id = won.scalar_one_or_none()
    return None if staff_id is None else get(session, staff_id)
