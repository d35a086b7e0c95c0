"""A lost customer who is named everywhere that a customer can be named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from storage import audit, customers, dialogs, files, handover, outing, webchat, workflow
from storage.approvals import Approval, ApprovalState
from storage.customers import Case, CaseState, FollowUp
from storage.files import SentFile, SentState
from storage.handover import HandoverForm
from storage.inbox import Inbox, InboxState
from storage.meetings import Meeting, MeetingKind
from storage.outbox import Outbox, OutboxState
from storage.outing import Outing, OutingKind, OutingState
from storage.workflow import CaseMark, CaseStep, Extension
from tests.storage.shop import NOW, Shop, a_case, bound_contact

NAME, PHONE, ESTATE = "李女士", "13800000001", "锦绣花园"
TYPED = "138-0000-0001"
WORDS = "婆婆要住朝南的房间"
A_YEAR = timedelta(days=365)


def closed(
    session: Session,
    shop: Shop,
    state: CaseState = CaseState.LOST,
    *,
    phone: str = PHONE,
    at: datetime = NOW,
    **values: Any,
) -> int:
    """A case that ended then."""
    case = a_case(session, shop, phone)
    customers.close(session, case, state, at=at, by_id=shop.zhou, **values)
    return case.id


def with_everything(session: Session, shop: Shop) -> int:
    """A lost case about which everything was written down that can be, everywhere."""
    case = customers.get(session, shop.store_id, closed(session, shop, lost_why=f"{NAME}嫌贵"))
    assert case is not None
    case.wishes = {"remarks": WORDS, "budget": 150000}
    session.add(case)
    customers.add_follow_up(
        session, FollowUp(store_id=shop.store_id, case_id=case.id, by_id=shop.zhou, at=NOW, words=f"{NAME} {WORDS}")
    )
    step = _at_a_step(session, shop, case)
    _with_files(session, shop, case, step)
    _spoken_of(session, shop, case)
    _elsewhere(session, shop)
    return case.id


def _at_a_step(session: Session, shop: Shop, case: Case) -> CaseStep:
    own: dict[str, Any] = {"store_id": shop.store_id, "case_id": case.id}
    step = workflow.begin(
        session,
        CaseStep(**own, step="floor_plan", owner_id=shop.wang, became_at=NOW, paused_why=f"{NAME}出差"),
    )
    assert step is not None
    said = {"words": WORDS, "amount": "128000"}
    workflow.put_mark(
        session, CaseMark(**own, mark="survey_recorded", at=NOW, by_id=shop.wang, recorded_at=NOW, values=said)
    )
    asked = workflow.ask_extension(
        session,
        Extension(
            store_id=shop.store_id,
            step_id=step.id,
            asked_by_id=shop.wang,
            until=NOW,
            was_due_at=NOW,
            reason=f"{NAME}没空",
            created_at=NOW,
        ),
    )
    approval = Approval(
        store_id=shop.store_id,
        subject=asked.subject,
        applicant_id=shop.wang,
        roles=["client_manager"],
        state=ApprovalState.REFUSED,
        opened_at=NOW,
        begins_at=NOW,
        expires_at=NOW,
        reason=f"{PHONE} 打不通",
    )
    session.add(approval)
    _handed_over(session, shop, case, step)
    after = {"number": case.number, "why": f"{NAME}嫌贵", "name": NAME, "phone": PHONE}
    did: dict[str, Any] = {"store_id": shop.store_id, "actor_id": shop.zhou, "subject": case.subject}
    audit.record(session, **did, verb="customers.lost", at=NOW, after=after)
    return step


def _handed_over(session: Session, shop: Shop, case: Case, step: CaseStep) -> None:
    form = HandoverForm(
        store_id=shop.store_id,
        case_id=case.id,
        year=2026,
        serial=0,
        step_id=step.id,
        paper="floor_plan",
        from_id=shop.wang,
        to_id=shop.zhou,
        items=[{"name": f"{NAME}平面图"}],
        remarks=WORDS,
        handed_at=NOW,
    )
    handover.hand_over(session, form)


def _with_files(session: Session, shop: Shop, case: Case, step: CaseStep) -> None:
    """A file that came over the web chat, one that never came, and the handover form as it was printed."""
    content, chat = f"{NAME} {PHONE}".encode(), "staff:wang"
    sent = SentFile(
        store_id=shop.store_id,
        by_id=shop.wang,
        channel="webchat",
        account="local",
        file=files.digest(content),
        name=f"{NAME}.pdf",
        case_id=case.id,
        step_id=step.id,
        at=NOW,
    )
    files.send(session, sent)
    kept = files.keep(
        session,
        store_id=shop.store_id,
        case_id=case.id,
        step_id=step.id,
        name=f"{NAME}.pdf",
        content=content,
        by_id=shop.wang,
        at=NOW,
    )
    files.settle(session, sent, SentState.KEPT, kept_id=kept.id)
    late: dict[str, Any] = sent.model_dump(exclude={"id"}) | {"state": SentState.WAITING, "kept_id": None}
    files.send(session, SentFile(**late))
    for name, held in ((f"{NAME}.pdf", content), ("HO-2026-0001.pdf", f"{NAME} %PDF".encode())):
        web = webchat.keep_file(session, chat=chat, name=name, content=held)
        webchat.post(session, chat=chat, sender="wang", text=name, html=name, at=NOW, file_id=web.id)
    webchat.keep_file(session, chat=chat, name=f"{NAME}户型.jpg", content=f"{PHONE} 户型".encode())


def in_anothers_file(session: Session, shop: Shop) -> None:
    """A file of 王先生 that is called after her."""
    case = a_case(session, shop, "13800000009")
    case.estate = "云锦里"
    customers.get_customer(session, case.customer_id).name = "王先生"
    name, content = f"{NAME}介绍的.pdf", "王先生的平面图".encode()
    webchat.keep_file(session, chat="staff:wang", name=name, content=content)
    of_case: dict[str, Any] = {"store_id": shop.store_id, "case_id": case.id, "step_id": None}
    files.keep(session, **of_case, name=name, content=content, by_id=shop.wang, at=NOW)


def _spoken_of(session: Session, shop: Shop, case: Case) -> None:
    """In chats, in a form, in a notice that could not go out, in a message that could not be read."""
    line = f"登记 {NAME} {TYPED} {ESTATE}"
    for said in (line, ESTATE, WORDS):
        webchat.post(session, chat="staff:zhou", sender="zhou", text=said, html=said, at=NOW)
    buttons = [[{"label": f"{case.number} {NAME} {ESTATE}", "action": f"customers:show:{case.id}"}]]
    webchat.post(session, chat="group:store", sender="bot", text="哪一位？", html="哪一位？", at=NOW, buttons=buttons)
    answers = {"name": NAME, "phone": PHONE, "estate": ESTATE}
    filled: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
        (answers, {}),
        ({}, {"line": True, "unread": {"area": f"{NAME}家"}}),
        ({"why": WORDS}, {"case": case.id}),
    )
    for known, about in filled:
        opened = dialogs.start(
            session,
            store_id=shop.store_id,
            staff_id=shop.zhou,
            form="customers.intake",
            answers=known,
            about=about,
            now=NOW + A_YEAR,
        )
        dialogs.close(session, opened)
    content = {"key": "customers.lost_told", "values": answers | {"number": case.number}, "buttons": []}
    failed: dict[str, Any] = {"state": OutboxState.FAILED, "created_at": NOW, "due_at": NOW, "card": f"{NAME} {ESTATE}"}
    session.add(Outbox(store_id=shop.store_id, recipient=f"staff:{shop.wang}", content=content, **failed))
    chat = bound_contact(session, shop.zhou)
    parked: dict[str, Any] = {"state": InboxState.PARKED, "received_at": NOW, "payload": {"text": line}}
    place: dict[str, Any] = {"channel": "webchat", "account": "local", "event_id": "e1"}
    session.add(Inbox(**place, contact_id=chat.id, lane=f"staff:{shop.zhou}", **parked))


def _elsewhere(session: Session, shop: Shop) -> None:
    """In facts that are about something else."""
    outing.add(
        session,
        Outing(
            store_id=shop.store_id,
            staff_id=shop.wang,
            entered_by_id=shop.wang,
            kind=OutingKind.OUTING,
            place=f"{ESTATE}{NAME}家",
            starts_at=NOW,
            ends_at=NOW,
            state=OutingState.BACK,
            created_at=NOW,
        ),
    )
    times: dict[str, Any] = {"starts_at": NOW, "ends_at": NOW, "created_at": NOW, "changed_at": NOW}
    session.add(
        Meeting(
            store_id=shop.store_id,
            kind=MeetingKind.OTHER,
            audience=["store"],
            topic=f"{NAME}的方案",
            host_id=shop.zhou,
            **times,
        )
    )


def held_by(session: Session, words: Sequence[str]) -> set[str]:
    """The tables of which any column of any row holds any of the words."""
    found = set()
    for table in SQLModel.metadata.sorted_tables:
        for row in session.execute(select(table)):
            said = [
                one.decode() if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False, default=str)
                for one in row
            ]
            if any(word in text for word in words for text in said):
                found.add(table.name)
    return found
