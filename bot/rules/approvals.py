"""Approvals: who decides for whom, who is asked in their place, who is next and when (HANDBOOK R1 A9)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.book import Rulebook
from storage.staff import Role, Staff

# Who is asked when those of a role do not answer, or when the applicant is one of them (HANDBOOK R1).
NEXT_ROLE = {Role.CLIENT_MANAGER: Role.GM_OFFICE}


@dataclass(frozen=True)
class Approver:
    """Somebody who may decide; for a deputy, on whose behalf."""

    person: Staff
    on_behalf_of: Staff | None = None


class Look(StrEnum):
    """What there is to do about a pending request at a moment."""

    EXPIRE = "expire"
    ESCALATE = "escalate"
    WAIT = "wait"


def role_for(role: Role, applicant: Staff) -> Role:
    """The role that decides about this person: for somebody of the role itself, the next one (HANDBOOK R1)."""
    while applicant.has(role) and role in NEXT_ROLE:
        role = NEXT_ROLE[role]
    return role


def approvers(role: Role, applicant: Staff, people: Sequence[Staff], *, away: Container[int]) -> tuple[Approver, ...]:
    """Who is asked: everybody of the role who is here; a deputy for each who is away, never the applicant.

    If that leaves nobody, the ones who are away are asked all the same: a request never waits for no one.
    """
    others = [person for person in people if person.id != applicant.id]
    members = [person for person in others if person.has(role)]
    return here_of(members, others, away=away) or tuple(Approver(person) for person in members)


def here_of(members: Sequence[Staff], people: Sequence[Staff], *, away: Container[int]) -> tuple[Approver, ...]:
    """Those of the members who are here, and for each who is away a deputy who is here and one of the people."""
    here = [Approver(person) for person in members if person.id not in away]
    known = {approver.person.id for approver in here}
    for member in members:
        deputy = _deputy(member, people) if member.id in away else None
        if deputy and deputy.id not in away and deputy.id not in known:
            here.append(Approver(deputy, on_behalf_of=member))
            known.add(deputy.id)
    return tuple(here)


def next_approvers(
    role: Role, applicant: Staff, people: Sequence[Staff], *, away: Container[int]
) -> tuple[Approver, ...]:
    """Who is asked too when time is short: the next role or, where none is, the deputies of those who were asked."""
    if role in NEXT_ROLE:
        return approvers(NEXT_ROLE[role], applicant, people, away=away)
    members = [person for person in people if person.has(role) and person.id != applicant.id]
    deputies = [(_deputy(member, people), member) for member in members]
    return tuple(
        Approver(deputy, on_behalf_of=member)
        for deputy, member in deputies
        if deputy and deputy.id != applicant.id and deputy.id not in away and deputy not in members
    )


def _deputy(member: Staff, people: Iterable[Staff]) -> Staff | None:
    return next((person for person in people if person.id == member.deputy_id), None)


def escalates_at(begins_at: datetime, rules: Rulebook) -> datetime:
    """When the next ones are asked too: so much working time before the thing begins."""
    return rules.before_working(begins_at, rules.approvals.escalate_before)


def look(*, now: datetime, expires_at: datetime, escalates_at: datetime | None) -> Look:
    """`escalates_at` is None where nobody is next, or they were asked before."""
    if now >= expires_at:
        return Look.EXPIRE
    if escalates_at is not None and now >= escalates_at:
        return Look.ESCALATE
    return Look.WAIT


def may_take_back(*, decided_at: datetime, begins_at: datetime, now: datetime, rules: Rulebook) -> bool:
    """A mistaken decision can be taken back for some minutes, while nothing has begun."""
    return now < min(decided_at + timedelta(minutes=rules.approvals.take_back_minutes), begins_at)
