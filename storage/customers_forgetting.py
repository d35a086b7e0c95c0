"""A customer is forgotten when the time to keep them is over: what names or finds them goes, the case stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import String, and_, cast, delete, or_, select, update
from sqlmodel import Session, col

from storage import dialogs
from storage.approvals import Approval
from storage.audit import Audit
from storage.columns import insert_new
from storage.customers import Case, CaseState, Customer, FollowUp
from storage.customers_named import (
    MARK_KEEPS,
    Rewritten,
    belonging,
    history,
    ids_of,
    is_kept_for_another,
    rewrite,
)
from storage.dialogs import Dialog
from storage.files import CaseFile, SentFile, SentState
from storage.handover import HandoverForm
from storage.rows import row_with_id
from storage.webchat import WebFile, WebMessage
from storage.workflow import CaseMark, CaseStep, Extension

# What of a history says nothing of the person.
AUDIT_KEEPS = MARK_KEEPS | frozenset(
    {
        *("number", "step", "round", "mark", "at", "next", "grade", "designer", "form", "to", "owner"),
        *("until", "due", "ask_again", "version", "value"),
    }
)
# Homes are counted by their size; a size to the hundredth finds one of them.
BAND_M2 = 20


def due(
    session: Session, store_id: int, *, lost_before: datetime, signed_before: datetime, most: int = 10_000
) -> list[int]:
    """The store's cases whose time is over, the longest closed first."""
    lost = and_(col(Case.state) == CaseState.LOST, col(Case.closed_at) <= lost_before)
    signed = and_(col(Case.state) == CaseState.SIGNED, col(Case.closed_at) <= signed_before)
    named = (
        select(col(Case.id)).join(Customer, col(Customer.id) == col(Case.customer_id)).where(col(Customer.phone) != "")
    )
    over = named.where(col(Case.store_id) == store_id, or_(lost, signed))
    return list(session.execute(over.order_by(col(Case.closed_at), col(Case.id)).limit(most)).scalars())


def case_of(session: Session, case_id: int) -> Case | None:
    return row_with_id(session, Case, case_id)


def forget(session: Session, case: Case, *, reasons: Collection[str], web_files: Collection[int]) -> None:
    """What names or finds the person goes from everything that belongs to the case; call it with the case locked.

    A reason of the loss that is one of `reasons` stays, so do dates, amounts and who worked on it; `web_files` are the
    ids of what the web chat has of its files.
    """
    _forget_history(session, case, reasons)
    _forget_files(session, case, web_files)
    _forget_steps(session, case)
    _forget_forms(session, case)
    _forget_person(session, case, reasons)
    session.flush()
    session.expire_all()


def _forget_history(session: Session, case: Case, reasons: Collection[str]) -> None:
    entries = history(session, case)
    for name in ("before", "after"):
        said = {one.id: getattr(one, name) for one in entries if getattr(one, name)}
        rewrite(session, [Rewritten(Audit, row_id, {name: _told(was, reasons)}) for row_id, was in said.items()])
    asked = [f"extension:{one}" for one in ids_of(session, Extension, case)]
    decided = update(Approval).where(col(Approval.store_id) == case.store_id, col(Approval.subject).in_(asked))
    session.connection().execute(decided.values(reason=""))


def _told(values: dict[str, Any], reasons: Collection[str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in AUDIT_KEEPS or (key == "why" and value in reasons)}


def _forget_files(session: Session, case: Case, web_files: Collection[int]) -> None:
    """The files, what the web chat has of them; what was still to be fetched is not wanted any more."""
    run = session.connection().execute
    run(update(WebMessage).where(col(WebMessage.file_id).in_(web_files)).values(file_id=None))
    run(delete(WebFile).where(col(WebFile.id).in_(web_files)))
    run(update(SentFile).where(belonging(SentFile, case)).values(kept_id=None, name="", file="", album="", error=""))
    unsettled = col(SentFile.state).in_((SentState.WAITING, SentState.ASKED))
    run(update(SentFile).where(belonging(SentFile, case), unsettled).values(state=SentState.DROPPED))
    run(delete(CaseFile).where(belonging(CaseFile, case)))


def _forget_steps(session: Session, case: Case) -> None:
    run = session.connection().execute
    run(update(CaseStep).where(belonging(CaseStep, case)).values(paused_why=""))
    run(update(Extension).where(belonging(Extension, case)).values(reason=""))
    run(update(HandoverForm).where(belonging(HandoverForm, case)).values(items=[], remarks="", returned_why=""))
    run(update(FollowUp).where(belonging(FollowUp, case)).values(words=""))
    marks = session.execute(select(CaseMark).where(belonging(CaseMark, case))).scalars()
    rewrite(session, [Rewritten(CaseMark, one.id, {"values": _counted(one)}) for one in marks])


def _counted(mark: CaseMark) -> dict[str, Any]:
    return {key: value for key, value in mark.values.items() if key in MARK_KEEPS}


def _forget_forms(session: Session, case: Case) -> None:
    for opened in forms_about(session, case):
        dialogs.empty(session, opened)


def forms_about(session: Session, case: Case) -> list[Dialog]:
    """The forms that were filled in about the case, open or not."""
    about = {("case", case.id)}
    for name, table in (("step", CaseStep), ("mark", CaseMark), ("form", HandoverForm)):
        about |= {(name, number) for number in ids_of(session, table, case)}
    said = [cast(col(Dialog.about), String).contains(f'"{name}": {number}') for name, number in about]
    perhaps = session.execute(select(Dialog).where(col(Dialog.store_id) == case.store_id, or_(*said))).scalars()
    return [
        one for one in perhaps if about & {(name, known) for name, known in one.about.items() if isinstance(known, int)}
    ]


def _forget_person(session: Session, case: Case, reasons: Collection[str]) -> None:
    """The case is nobody's any more; the customer goes with their last one, so that the phone is a new one again."""
    before = case.customer_id
    alone = not is_kept_for_another(session, case)
    values = {
        "customer_id": nobody(session, case.store_id, at=case.opened_at).id,
        "estate": "",
        "area_m2": case.area_m2 // BAND_M2 * BAND_M2 or Decimal(BAND_M2),
        "layout": "",
        "residents": None,
        "wishes": {},
        "lost_why": case.lost_why if case.lost_why in reasons else "",
        "contract_number": "",
    }
    rewrite(session, [Rewritten(Case, case.id, values)])
    if alone:
        session.connection().execute(delete(Customer).where(col(Customer.id) == before))


def nobody(session: Session, store_id: int, *, at: datetime) -> Customer:
    """Whose the store's forgotten cases are: one without a name and a number."""
    insert_new(session, Customer, {"store_id": store_id, "name": "", "phone": "", "created_at": at})
    unnamed = select(Customer).where(col(Customer.store_id) == store_id, col(Customer.phone) == "")
    found: Customer = session.execute(unnamed).scalar_one()
    return found
