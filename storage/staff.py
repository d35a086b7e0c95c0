"""The people of a store, how they are reached (contacts), and the store's groups; how they join: invites.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, UniqueConstraint, bindparam, false, func, or_, true, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new
from storage.rows import row_with_id, the_row


class Role(StrEnum):
    GM_OFFICE = "gm_office"
    CLIENT_MANAGER = "client_manager"
    DESIGNER = "designer"
    ESTIMATOR = "estimator"
    ENGINEERING_MANAGER = "engineering_manager"
    PROJECT_MANAGER = "project_manager"


class Staff(SQLModel, table=True):
    """A person in one store; `key` is unique in the deployment. People who leave are deactivated, never deleted.

    Who `hears_everywhere` gets every notice in each of their chats, others where they spoke last.

    `listed` people stand in the store's file, the others were entered in the chat and are not the file's to remove.
    """

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
    listed: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    hears_everywhere: bool = Field(default=False, sa_column_kwargs={"server_default": false()})

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
    """A group chat that belongs to one store; one that was `given_up_at` some time keeps its row and hears nothing.

    `listed` groups stand in the store's file, the others were bound in the chat.
    """

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("channel", "account", "address"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY, index=True)
    name: str
    channel: str
    account: str
    address: str
    listed: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    given_up_at: datetime | None = Field(default=None, sa_type=Moment)


def get(session: Session, staff_id: int) -> Staff:
    return the_row(session, Staff, staff_id)


_BY_KEY = select(Staff).where(Staff.key == bindparam("key"))


def by_key(session: Session, key: str) -> Staff | None:
    return session.exec(_BY_KEY, params={"key": key}).one_or_none()


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


_EVERYBODY_LOCKED = (
    select(Staff)
    .where(Staff.store_id == bindparam("store_id"))
    .order_by(col(Staff.id))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def lock_everybody(session: Session, store_id: int) -> list[Staff]:
    """All whom the store ever had, as they are now; nobody else changes who works here until the end.

    Whoever came while the lock was waited for is seen by looking again.
    """
    session.exec(_EVERYBODY_LOCKED, params={"store_id": store_id}).all()
    return everybody(session, store_id)


def add(session: Session, person: Staff, keys: Iterable[str]) -> Staff:
    """A new person under the first of the keys that nobody in the deployment has."""
    row = person.model_dump(exclude={"id"})
    made = next(filter(None, (insert_new(session, Staff, row | {"key": key}) for key in keys)))
    return get(session, made)


def newest_id(session: Session) -> int:
    """The number of whoever came last in the whole deployment."""
    return session.exec(select(func.max(Staff.id))).one() or 0


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


def is_somebodys(session: Session, *, channel: str, account: str, address: str) -> bool:
    """Whether the chat at that address is a person's."""
    place = {"channel": channel, "account": account, "address": address}
    found = session.exec(_CONTACT_AT, params=place).one_or_none()
    return found is not None and found.staff_id is not None


def bind(session: Session, known: Contact, staff_id: int) -> None:
    """From now on this chat is that person's."""
    known.staff_id, known.blocked = staff_id, False
    session.add(known)
    session.flush()


def block(session: Session, contact_id: int) -> Contact | None:
    """Nothing can be sent to this chat any more; the contact, or None if that was known."""
    unblocked = update(Contact).where(col(Contact.id) == contact_id, ~col(Contact.blocked))
    won = session.connection().execute(unblocked.values(blocked=True).returning(col(Contact.id)))
    if won.scalar_one_or_none() is None:
        return None
    known = the_row(session, Contact, contact_id)
    session.refresh(known)
    return known


def has_contact(session: Session, staff_id: int, *, channel: str, account: str) -> bool:
    """Whether a chat with this account is the person's, reachable or not."""
    theirs = select(Contact.id).where(
        Contact.staff_id == staff_id, Contact.channel == channel, Contact.account == account
    )
    return session.exec(theirs.limit(1)).one_or_none() is not None


def move_contact(session: Session, known: Contact, address: str) -> None:
    """The person is called otherwise there now; what a stranger left at the new address makes room."""
    place = {"channel": known.channel, "account": known.account, "address": address}
    there = session.exec(_CONTACT_AT, params=place).one_or_none()
    if there is not None and there.staff_id is not None:
        return
    if there is not None:
        there.address = f"{address}|{there.id}"
        session.add(there)
        session.flush()
    known.address = address
    session.add(known)


def drop_chats(session: Session, staff_id: int, *, but: int | None = None) -> int:
    """The person's chats are nobody's from now on, all but one perhaps; how many they were."""
    theirs = update(Contact).where(col(Contact.staff_id) == staff_id, col(Contact.id) != (but or 0))
    return session.connection().execute(theirs.values(staff_id=None, spoke_at=None)).rowcount


_REACHABLE = (
    select(Contact)
    .where(Contact.staff_id == bindparam("staff_id"), ~col(Contact.blocked))
    .order_by(col(Contact.spoke_at).desc().nulls_last(), col(Contact.id))
)


def contacts_of(session: Session, staff_id: int) -> list[Contact]:
    """A person's reachable chats, the one where they last spoke first."""
    return list(session.exec(_REACHABLE, params={"staff_id": staff_id}))


def reached(session: Session, store_id: int) -> dict[int, bool]:
    """Who in the store has a chat, and whether one of theirs takes messages."""
    chats = select(Staff.id, Contact.blocked).join(Contact, col(Contact.staff_id) == Staff.id)
    found: dict[int, bool] = {}
    for staff_id, blocked in session.exec(chats.where(Staff.store_id == store_id)):
        found[staff_id] = found.get(staff_id, False) or not blocked
    return found


def has_chat(session: Session, staff_id: int) -> bool:
    """Whether the person ever had a chat, also one that takes nothing any more."""
    return session.exec(select(Contact.id).where(Contact.staff_id == staff_id).limit(1)).first() is not None


_GROUP_AT = select(Group).where(
    Group.channel == bindparam("channel"),
    Group.account == bindparam("account"),
    Group.address == bindparam("address"),
    col(Group.given_up_at).is_(None),
)


def group_at(session: Session, *, channel: str, account: str, address: str) -> Group | None:
    """The group there, if it belongs to somebody."""
    place = {"channel": channel, "account": account, "address": address}
    return session.exec(_GROUP_AT, params=place).one_or_none()


def groups_at(session: Session, *, channel: str, account: str, addresses: Collection[str]) -> list[Group]:
    """The groups of any store at these addresses."""
    there = select(Group).where(Group.channel == channel, Group.account == account, col(Group.address).in_(addresses))
    return list(session.exec(there))


def group(session: Session, group_id: int) -> Group | None:
    return row_with_id(session, Group, group_id)


def group_name(session: Session, group_id: int) -> str:
    return the_row(session, Group, group_id).name


def contact_by_id(session: Session, contact_id: int) -> Contact:
    return the_row(session, Contact, contact_id)


def unblock(session: Session, contact_id: int) -> None:
    """The chat takes messages again."""
    session.connection().execute(update(Contact).where(col(Contact.id) == contact_id).values(blocked=False))


def reached_on(session: Session, *, channel: str, account: str) -> list[tuple[Contact, Staff]]:
    """The people who work somewhere and have a chat on this account, in the order they came."""
    bound = select(Contact, Staff).join(Staff, col(Contact.staff_id) == Staff.id).order_by(col(Contact.id))
    here = bound.where(Contact.channel == channel, Contact.account == account, ~col(Contact.blocked))
    return list(session.exec(here.where(col(Staff.active))))


_THIS_CONTACT = update(Contact).where(col(Contact.id) == bindparam("contact_id"))


def spoke(session: Session, contact_id: int, *, now: datetime) -> None:
    """The person wrote in this chat: answers reach them there, and nobody is blocked who speaks."""
    session.connection().execute(_THIS_CONTACT, {"contact_id": contact_id, "spoke_at": now, "blocked": False})


_GROUPS_OF = (
    select(Group)
    .where(Group.store_id == bindparam("store_id"), col(Group.given_up_at).is_(None))
    .order_by(col(Group.id))
)


def groups_of(session: Session, store_id: int) -> list[Group]:
    return list(session.exec(_GROUPS_OF, params={"store_id": store_id}))
