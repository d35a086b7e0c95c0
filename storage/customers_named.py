"""Where a customer is named besides in their own rows: what was said in chats, and facts about something else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, and_, bindparam, cast, false, func, or_, select, update
from sqlmodel import Session, SQLModel, col

from storage import customers, staff
from storage.approvals import Approval
from storage.audit import Audit
from storage.customers import Case, Customer, FollowUp
from storage.dialogs import Dialog
from storage.files import CaseFile, SentFile
from storage.handover import HandoverForm
from storage.inbox import Inbox, InboxState
from storage.leave import Leave
from storage.meetings import Meeting, MeetingPerson
from storage.meetings_written import MeetingAction, MeetingItem
from storage.missed_punch import MissedPunch
from storage.outbox import Outbox
from storage.outing import Outing
from storage.sanctions import Sanction
from storage.staff import Group
from storage.webchat import WebFile, WebMessage
from storage.workflow import CaseMark, CaseStep, Extension

# Where what was said to each other stands, and where facts about something else may name a customer.
CHATS: Mapping[type[SQLModel], tuple[str, ...]] = {
    WebMessage: ("text", "html", "buttons"),
    Outbox: ("content", "card"),
    Inbox: ("payload",),
    Dialog: ("answers", "about", "offered", "held"),
}
FACTS: Mapping[type[SQLModel], tuple[str, ...]] = {
    Case: ("wishes", "lost_why"),
    FollowUp: ("words",),
    CaseStep: ("paused_why",),
    CaseMark: ("values",),
    Extension: ("reason",),
    HandoverForm: ("items", "remarks", "returned_why"),
    SentFile: ("name",),
    CaseFile: ("name",),
    WebFile: ("name",),
    Approval: ("reason",),
    Outing: ("place", "matter"),
    Leave: ("reason", "special"),
    MissedPunch: ("reason",),
    Meeting: ("topic", "place", "cancelled_why"),
    MeetingPerson: ("said",),
    MeetingItem: ("words",),
    MeetingAction: ("words",),
    Sanction: ("facts", "statement", "appeal"),
    Audit: ("before", "after"),
}
# Words looked for in one query: SQLite has a limit for those that are joined by OR.
AT_ONCE = 100
PRINTED = ("pdf", "xlsx")
# What of a mark's values says nothing of the person.
MARK_KEEPS = frozenset({"amount", "outcome", "was"})


def is_kept_for_another(session: Session, case: Case) -> bool:
    """Whether the customer has another case, for which they are still known."""
    return any(one.id != case.id for one in customers.of_customer(session, case.customer_id))


def history(session: Session, case: Case) -> list[Audit]:
    """What was done about the case and about what belongs to it."""
    about = col(Audit.subject).in_(subjects(session, case))
    return list(session.execute(select(Audit).where(col(Audit.store_id) == case.store_id, about)).scalars())


def subjects(session: Session, case: Case) -> list[str]:
    """What the case, and everything that belongs to it, is called in cards, reminders and the audit."""
    own = [case.subject, f"follow_up:{case.id}"]
    kinds: tuple[tuple[str, type[SQLModel]], ...] = (
        *(("workflow", CaseStep), ("workflow_away", CaseStep), ("extension", Extension)),
        *(("appointments", CaseMark), ("handover", HandoverForm), ("files", SentFile)),
    )
    return own + [f"{stem}:{number}" for stem, table in kinds for number in ids_of(session, table, case)]


def ids_of(session: Session, table: type[SQLModel], case: Case) -> list[int]:
    return list(session.execute(select(id_column(table)).where(belonging(table, case))).scalars())


def id_column(table: type[SQLModel]) -> Any:
    return column(table, "id")


def column(table: type[SQLModel], name: str) -> Any:
    # By its name in the table: `values` is also a method of every class.
    return table.__table__.c[name]  # type: ignore[attr-defined]


def belonging(table: type[SQLModel], case: Case) -> ColumnElement[bool]:
    if table is Extension:
        return col(Extension.step_id).in_(select(col(CaseStep.id)).where(col(CaseStep.case_id) == case.id))
    return and_(column(table, "case_id") == case.id)


def free_words(session: Session, case: Case) -> list[str]:
    """Everything that somebody wrote down about the case in their own words."""
    found: list[Any] = [case.wishes, case.lost_why, case.contract_number]
    for table, names in _OWN.items():
        columns = [column(table, name) for name in names]
        found += [list(row) for row in session.execute(select(*columns).where(belonging(table, case)))]
    own = [one.values for one in session.execute(select(CaseMark).where(col(CaseMark.case_id) == case.id)).scalars()]
    said = [{key: value for key, value in one.items() if key not in MARK_KEEPS} for one in own]
    return [one for one in strings([*found, said]) if one]


_OWN: Mapping[type[SQLModel], tuple[str, ...]] = {
    table: FACTS[table] for table in (FollowUp, CaseStep, Extension, HandoverForm)
}


def file_names(session: Session, case: Case) -> list[str]:
    names = [select(column(table, "name")).where(belonging(table, case)) for table in (CaseFile, SentFile)]
    return [name for wanted in names for name in session.execute(wanted).scalars() if name]


def strings(value: Any) -> Iterator[str]:
    """Every text inside a JSON value."""
    match value:
        case str():
            yield value
        case list() | tuple():
            for inner in value:
                yield from strings(inner)
        case dict():
            for inner in value.values():
                yield from strings(inner)


def web_files(session: Session, case: Case) -> list[int]:
    """What the web chat has of the case's files, unless another case has it too, and of its printed handover forms.

    Looked for by their names: what a file holds stands before its sum in the row, and would be read.
    """
    kept = session.execute(select(col(CaseFile.name), col(CaseFile.sha256)).where(belonging(CaseFile, case))).all()
    sent = session.execute(select(col(SentFile.name)).where(belonging(SentFile, case))).scalars()
    forms = session.execute(select(HandoverForm).where(belonging(HandoverForm, case))).scalars()
    printed = {f"{form.number}.{ending}" for form in forms for ending in PRINTED}
    contents = {one.sha256 for one in kept} - _elsewhere(session, case)
    called = {one.name for one in kept} | set(sent) | printed
    in_chats = col(WebFile.chat).in_(web_chats(session, case.store_id))
    found = session.execute(select(col(WebFile.id)).where(in_chats, col(WebFile.name).in_(called))).scalars().all()
    known = select(col(WebFile.id)).where(col(WebFile.id).in_(found))
    own = or_(col(WebFile.sha256).in_(contents), col(WebFile.name).in_(printed))
    return list(session.execute(known.where(own)).scalars())


def with_no_case(session: Session, web_files: Collection[int]) -> list[int]:
    """Those of the web chat's files that no case has."""
    of_a_case = select(col(CaseFile.sha256))
    loose = select(col(WebFile.id)).where(col(WebFile.id).in_(web_files), col(WebFile.sha256).not_in(of_a_case))
    return list(session.execute(loose).scalars())


def _elsewhere(session: Session, case: Case) -> set[str]:
    """The sums of the case's files that another case has too."""
    own = select(col(CaseFile.sha256)).where(belonging(CaseFile, case))
    others = select(col(CaseFile.sha256)).where(col(CaseFile.sha256).in_(own), col(CaseFile.case_id) != case.id)
    return set(session.execute(others).scalars())


def forgotten_numbers(session: Session, store_id: int) -> list[str]:
    """The numbers of the store's cases that are nobody's any more."""
    unnamed = select(col(Customer.id)).where(col(Customer.store_id) == store_id, col(Customer.phone) == "")
    gone = select(Case).where(col(Case.store_id) == store_id, col(Case.customer_id).in_(unnamed))
    return [case.number for case in session.execute(gone).scalars()]


def others_called(session: Session, case: Case, firsts: Collection[str]) -> list[str]:
    """Other customers of the store, and its people, whose names begin so."""
    begins = [col(Customer.name).startswith(first, autoescape=True) for first in firsts if first]
    other = select(col(Customer.name)).where(col(Customer.store_id) == case.store_id, or_(false(), *begins))
    named = session.execute(other.where(col(Customer.id) != case.customer_id)).scalars()
    return [*named, *(one.name for one in staff.everybody(session, case.store_id))]


def others_reached_at(session: Session, case: Case, phone: str) -> bool:
    """Whether other customers of the store have a number that looks the same when it is masked."""
    start, end = phone.split("*", 1)[0], phone.rsplit("*", 1)[-1]
    same = (col(Customer.phone).startswith(start), col(Customer.phone).endswith(end))
    other = select(col(Customer.id)).where(col(Customer.store_id) == case.store_id, col(Customer.phone) != "", *same)
    return session.execute(other.where(col(Customer.id) != case.customer_id).limit(1)).first() is not None


def others_living_at(session: Session, case: Case, firsts: Collection[str]) -> list[str]:
    """The estates of the store's other cases that begin so."""
    begins = [col(Case.estate).startswith(first, autoescape=True) for first in firsts if first]
    other = select(col(Case.estate)).where(col(Case.store_id) == case.store_id, or_(false(), *begins))
    return list(session.execute(other.where(col(Case.id) != case.id).distinct()).scalars())


def holding(
    session: Session, store_id: int, table: type[SQLModel], names: Sequence[str], words: Collection[str]
) -> list[tuple[int, dict[str, Any]]]:
    """The store's rows of the table in which any of the words stands, with what is in these columns."""
    columns, looked_for = [column(table, name) for name in names], [word for word in words if word]
    own, found = _of_store(session, store_id, table), dict[int, dict[str, Any]]()
    for start in range(0, len(looked_for), AT_ONCE):
        held = [_holds(session, one, word) for one in columns for word in looked_for[start : start + AT_ONCE]]
        for row_id, *said in session.execute(select(id_column(table), *columns).where(own, or_(*held))):
            found[row_id] = dict(zip(names, said, strict=True))
    return sorted(found.items(), key=lambda one: one[0])


def _holds(session: Session, one: Any, word: str) -> Any:
    """As it is written: LIKE takes ten times as long. In SQLite's JSON every character but ASCII is escaped."""
    if session.connection().dialect.name == "postgresql":
        return func.strpos(cast(one, String), word) > 0
    spelled = json.dumps(word)[1:-1] if isinstance(one.type, JSON) else word
    return func.instr(cast(one, String), spelled) > 0


def _of_store(session: Session, store_id: int, table: type[SQLModel]) -> ColumnElement[bool]:
    """What waits in the inbox is read before it is forgotten, an open form is somebody's to go on with."""
    if table is Dialog:
        return and_(col(Dialog.store_id) == store_id, ~col(Dialog.open))
    if table in (WebMessage, WebFile):
        return and_(column(table, "chat").in_(web_chats(session, store_id)))
    if table is Inbox:
        lanes = [f"staff:{one.id}" for one in staff.everybody(session, store_id)]
        return and_(col(Inbox.lane).in_(lanes), col(Inbox.state) != InboxState.WAITING)
    return and_(column(table, "store_id") == store_id)


def web_chats(session: Session, store_id: int) -> list[str]:
    people = staff.everybody(session, store_id)
    groups = session.execute(select(col(Group.address)).where(col(Group.store_id) == store_id)).scalars()
    return [*(f"staff:{one.key}" for one in people), *(f"group:{address}" for address in groups)]


@dataclass(frozen=True)
class Rewritten:
    """A row, and what it says instead."""

    table: type[SQLModel]
    row_id: int
    values: Mapping[str, Any]


def rewrite(session: Session, rows: Iterable[Rewritten]) -> None:
    """The rows say this now, to whoever reads them next; nobody is woken for it."""
    together = defaultdict[tuple[type[SQLModel], tuple[str, ...]], list[dict[str, Any]]](list)
    for row in rows:
        together[row.table, tuple(row.values)].append({"this_row": row.row_id, **row.values})
    for (table, _), values in together.items():
        this = update(table.__table__).where(id_column(table) == bindparam("this_row"))  # type: ignore[attr-defined]
        session.connection().execute(this, values)
