"""Corrections: a customer's facts, a case's, and what was corrected about a case before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from storage import customers
from storage.audit import Audit
from storage.customers import Case, Customer

VERB = "customers.corrected"


def lock_customer(session: Session, customer_id: int) -> Customer:
    """Whoever changes the customer from another of their cases waits for the commit."""
    wanted = select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True)
    return session.exec(wanted.execution_options(populate_existing=True)).one()


def change(session: Session, row: Customer | Case, values: Mapping[str, Any]) -> None:
    """These columns are so from now on."""
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def belongs_to(session: Session, case: Case, customer: Customer) -> None:
    """The case is this customer's; whose it was is forgotten with their last case."""
    before = customers.get_customer(session, case.customer_id)
    change(session, case, {"customer_id": customer.id})
    if before.id != customer.id and not customers.of_customer(session, before.id):
        session.delete(before)
        session.flush()


def corrections_of(session: Session, case: Case, *, most: int) -> list[Audit]:
    """What was corrected about the case, the newest first."""
    own = select(Audit).where(Audit.store_id == case.store_id, Audit.subject == case.subject, Audit.verb == VERB)
    return list(session.exec(own.order_by(col(Audit.id).desc()).limit(most)))
