"""Customers and their cases: who came for which home, who looks after them, when they are asked again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, UniqueConstraint, bindparam, func, or_, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Hundredths, Moment, insert_new
from storage.rows import locked_row, own_row, the_row
from storage.staff import Role
from storage.stores import Store


class CaseState(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    LOST = "lost"


class Grade(StrEnum):
    """How much the customer wants it: A is asked again soonest (HANDBOOK 2.3)."""

    A = "A"
    B = "B"
    C = "C"


class Customer(SQLModel, table=True):
    """Somebody who came to the store, once by their phone number; `name` is as people say it: 李女士."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("store_id", "phone"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    name: str
    phone: str
    created_at: datetime = Field(sa_type=Moment)


_IS_OPEN = text("state = 'open'")


class Case(SQLModel, table=True):
    """A home that a customer wants done, numbered per store and year: 2026-0031.

    `wishes` is the optional rest of the intake form by field; `revision` counts the changes of the next follow-up.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("store_id", "year", "serial"),
        Index("cases_customer", "customer_id"),
        Index("cases_open", "store_id", "id", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    year: int
    serial: int
    customer_id: int = Field(foreign_key="customers.id", sa_type=KEY)
    state: CaseState = Field(default=CaseState.OPEN, sa_type=String)
    grade: Grade = Field(default=Grade.B, sa_type=String)
    source: str
    estate: str
    area_m2: Decimal = Field(sa_type=Hundredths)
    layout: str
    residents: int | None = None
    wishes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    consent_at: datetime = Field(sa_type=Moment)
    opened_by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    opened_at: datetime = Field(sa_type=Moment)
    follow_up_at: datetime | None = Field(default=None, sa_type=Moment)
    revision: int = 0
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    lost_why: str = ""
    contract_number: str = ""
    contract_value: Decimal | None = Field(default=None, sa_type=Hundredths)

    @property
    def number(self) -> str:
        return f"{self.year}-{self.serial:04}"

    @property
    def subject(self) -> str:
        """What it is called in cards, reminders and the audit."""
        return f"customers:{self.id}"


class TeamMember(SQLModel, table=True):
    """Who does a role's part of a case."""

    __tablename__ = "case_team"
    __table_args__ = (UniqueConstraint("case_id", "role"), Index("case_team_staff", "staff_id"))

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    case_id: int = Field(foreign_key="cases.id", sa_type=KEY)
    role: Role = Field(sa_type=String)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)


class DesignerOffer(SQLModel, table=True):
    """A designer who was recommended for a case, `rank` 1 first, and whether it became theirs (HANDBOOK 2.2)."""

    __tablename__ = "designer_offers"
    __table_args__ = (UniqueConstraint("case_id", "staff_id"),)

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    case_id: int = Field(foreign_key="cases.id", sa_type=KEY)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    rank: int
    taken: bool
    at: datetime = Field(sa_type=Moment)


class FollowUp(SQLModel, table=True):
    """A contact with the customer, as it was written down, and when the next one is meant to be."""

    __tablename__ = "follow_ups"

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    case_id: int = Field(foreign_key="cases.id", sa_type=KEY, index=True)
    by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    at: datetime = Field(sa_type=Moment)
    words: str
    next_at: datetime | None = Field(default=None, sa_type=Moment)


def by_phone(session: Session, store_id: int, phone: str) -> Customer | None:
    """Nobody has the number that is none: so the store's forgotten cases are kept."""
    if not phone:
        return None
    return session.exec(select(Customer).where(Customer.store_id == store_id, Customer.phone == phone)).one_or_none()


def put_customer(session: Session, store_id: int, *, name: str, phone: str, now: datetime) -> Customer:
    """The customer with that phone, made if new; of two who enter one at once the second finds the first's."""
    insert_new(session, Customer, {"store_id": store_id, "name": name, "phone": phone, "created_at": now})
    same = select(Customer).where(Customer.store_id == store_id, Customer.phone == phone)
    return session.exec(same).one()


def get_customer(session: Session, customer_id: int) -> Customer:
    return the_row(session, Customer, customer_id)


def open_case(session: Session, case: Case) -> Case:
    """Keeps the case under the year's next number; whoever opens one meanwhile waits for the commit."""
    session.exec(select(Store.id).where(Store.id == case.store_id).with_for_update()).one()
    last = select(func.max(Case.serial)).where(Case.store_id == case.store_id, Case.year == case.year)
    case.serial = (session.exec(last).one() or 0) + 1
    session.add(case)
    session.flush()
    return case


def get(session: Session, store_id: int, case_id: int) -> Case | None:
    """The store's own case with that id; another store's is as good as none."""
    return own_row(session, Case, store_id, case_id)


def lock(session: Session, store_id: int, case_id: int) -> Case | None:
    return locked_row(session, Case, store_id, case_id)


def by_number(session: Session, store_id: int, *, year: int, serial: int) -> Case | None:
    numbered = select(Case).where(Case.store_id == store_id, Case.year == year, Case.serial == serial)
    return session.exec(numbered).one_or_none()


def of_customer(session: Session, customer_id: int) -> list[Case]:
    """The customer's cases, the newest first."""
    return list(session.exec(select(Case).where(Case.customer_id == customer_id).order_by(col(Case.id).desc())))


def matching(session: Session, store_id: int, said: str, *, most: int) -> list[Case]:
    """Cases whose customer's name or estate holds these words, or whose phone ends so; open ones, newest first."""
    wanted = or_(
        col(Customer.name).contains(said, autoescape=True),
        col(Case.estate).contains(said, autoescape=True),
        col(Customer.phone).endswith(said, autoescape=True),
    )
    found = select(Case).join(Customer, col(Customer.id) == Case.customer_id).where(Case.store_id == store_id, wanted)
    is_over = (col(Case.state) != CaseState.OPEN).asc()
    return list(session.exec(found.order_by(is_over, col(Case.id).desc()).limit(most)))


def open_of(session: Session, store_id: int, *, most: int = 100) -> list[Case]:
    """The store's open cases, the oldest first."""
    wanted = select(Case).where(Case.store_id == store_id, _IS_OPEN)
    return list(session.exec(wanted.order_by(col(Case.id)).limit(most)))


def follow_ups_due(session: Session, store_id: int, *, before: datetime) -> list[Case]:
    """Open cases whose customer is to be contacted before then, whoever waits longest first."""
    wanted = select(Case).where(Case.store_id == store_id, _IS_OPEN, col(Case.follow_up_at) < before)
    return list(session.exec(wanted.order_by(col(Case.follow_up_at), col(Case.id))))


def open_of_member(session: Session, store_id: int, staff_id: int, *, most: int = 1000) -> list[Case]:
    """The store's open cases in which somebody has a part, the newest first."""
    has_part = select(TeamMember.case_id).where(TeamMember.staff_id == staff_id)
    own = select(Case).where(Case.store_id == store_id, _IS_OPEN, col(Case.id).in_(has_part))
    return list(session.exec(own.order_by(col(Case.id).desc()).limit(most)))


def set_follow_up(session: Session, case: Case, at: datetime | None) -> None:
    """When the customer is asked again; a reminder that was queued for the old moment means nothing any more."""
    values = {"follow_up_at": at, "revision": Case.revision + 1}
    session.connection().execute(update(Case).where(col(Case.id) == case.id).values(values))
    session.expire(case)


def set_grade(session: Session, case: Case, grade: Grade) -> None:
    case.grade = grade
    session.add(case)
    session.flush()


def close(session: Session, case: Case, state: CaseState, *, at: datetime, by_id: int, **values: Any) -> bool:
    """Ends the case while it is open (`lost_why`, or `contract_number` and `contract_value`); of two one wins."""
    ended = {"state": state, "closed_at": at, "closed_by_id": by_id, "follow_up_at": None, **values}
    still_open = update(Case).where(col(Case.id) == case.id, col(Case.state) == CaseState.OPEN)
    done = session.connection().execute(still_open.values(ended))
    session.expire(case)
    return done.rowcount == 1


def reopen(session: Session, case: Case) -> bool:
    """A lost customer has come back; False if the case is open, signed, or was forgotten in this instant."""
    lost = update(Case).where(col(Case.id) == case.id, col(Case.state) == CaseState.LOST)
    lost = lost.where(col(Case.customer_id) == case.customer_id)
    values = {"state": CaseState.OPEN, "closed_at": None, "closed_by_id": None, "lost_why": ""}
    done = session.connection().execute(lost.values(values))
    session.expire(case)
    return done.rowcount == 1


def put_member(session: Session, case: Case, role: Role, staff_id: int) -> None:
    """From now on this is who does the role's part of the case."""
    key = {"store_id": case.store_id, "case_id": case.id, "role": role}
    if insert_new(session, TeamMember, {**key, "staff_id": staff_id}) is None:
        same = (col(TeamMember.case_id) == case.id, col(TeamMember.role) == role)
        session.connection().execute(update(TeamMember).where(*same).values(staff_id=staff_id))


_TEAM = select(TeamMember.role, TeamMember.staff_id).where(TeamMember.case_id == bindparam("case_id"))


def team_of(session: Session, case_id: int) -> dict[Role, int]:
    """The staff id of each role that somebody has in the case."""
    return {Role(role): staff_id for role, staff_id in session.exec(_TEAM, params={"case_id": case_id})}


def load_of(session: Session, store_id: int, staff_ids: Collection[int]) -> dict[int, int]:
    """How many open cases each of these people has a part in."""
    counted = (
        select(TeamMember.staff_id, func.count(func.distinct(TeamMember.case_id)))
        .join(Case, col(Case.id) == TeamMember.case_id)
        .where(Case.store_id == store_id, Case.state == CaseState.OPEN, col(TeamMember.staff_id).in_(staff_ids))
        .group_by(col(TeamMember.staff_id))
    )
    return dict(session.exec(counted).all())


def record_offers(session: Session, case: Case, offered: Sequence[int], *, taken_id: int | None, at: datetime) -> None:
    """Who was recommended, in that order, and whom the customer took, who may have been offered before."""
    for rank, staff_id in enumerate(offered, start=1):
        row = {"store_id": case.store_id, "case_id": case.id, "staff_id": staff_id, "rank": rank, "at": at}
        insert_new(session, DesignerOffer, {**row, "taken": False})
    same = (col(DesignerOffer.case_id) == case.id, col(DesignerOffer.staff_id) == taken_id)
    session.connection().execute(update(DesignerOffer).where(*same).values(taken=True))


def add_follow_up(session: Session, contact: FollowUp) -> FollowUp:
    session.add(contact)
    session.flush()
    return contact


def follow_ups_of(session: Session, case_id: int, *, most: int) -> list[FollowUp]:
    """The contacts with the case's customer, the newest first."""
    of_case = select(FollowUp).where(FollowUp.case_id == case_id)
    return list(session.exec(of_case.order_by(col(FollowUp.at).desc(), col(FollowUp.id).desc()).limit(most)))
