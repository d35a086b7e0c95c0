"""Meetings: who meets when, who said what to it, who was there, what was noted, and what somebody took on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, String, UniqueConstraint, bindparam, update
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment, insert_new


class MeetingKind(StrEnum):
    """`weekly` and `monthly` are the store's own rounds, or one held besides under that name."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    DEPARTMENT = "department"
    MORNING = "morning"
    OTHER = "other"


class MeetingState(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    OVER = "over"
    CANCELLED = "cancelled"


class Coming(StrEnum):
    """What somebody said to the invitation."""

    UNSAID = ""
    YES = "yes"
    LATE = "late"
    NO = "no"


class Attendance(StrEnum):
    UNKNOWN = ""
    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"


LIVE = (MeetingState.PLANNED, MeetingState.STARTED)


class Meeting(SQLModel, table=True):
    """A meeting. `planned_on` is the day that the round's rule named (none for one that somebody called).

    `audience` are tokens: `store`, `department:设计部`, `role:designer`, `person:7`. `revision` counts the changes that
    people must learn, `changed_at` is when they learned the last one; `by_hand` says that somebody moved it, so that
    the round's rule leaves it alone.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("store_id", "kind", "planned_on"),
        Index("meetings_store", "store_id", "state", "starts_at"),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    kind: MeetingKind = Field(sa_type=String)
    planned_on: date | None = None
    audience: list[str] = Field(sa_type=JSON)
    topic: str = ""
    place: str = ""
    starts_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    host_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    called_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=KEY)
    state: MeetingState = Field(default=MeetingState.PLANNED, sa_type=String)
    revision: int = 1
    created_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)
    by_hand: bool = False
    cancelled_why: str = ""
    minutes_sent_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def subject(self) -> str:
        """What the meeting is called in cards, reminders and the audit."""
        return f"meetings:{self.id}"


class MeetingPerson(SQLModel, table=True):
    """Somebody of the meeting: what they said, whether they were there.

    `told` is the last revision that they were told of (0: nothing), `left_out` that they are not of it any more,
    `has_calendar` that they took the calendar file and want the next one too.
    """

    __tablename__ = "meeting_people"
    __table_args__ = (UniqueConstraint("meeting_id", "staff_id"), Index("meeting_people_staff", "staff_id"))

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    meeting_id: int = Field(foreign_key="meetings.id", sa_type=KEY)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    coming: Coming = Field(default=Coming.UNSAID, sa_type=String)
    said: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    attendance: Attendance = Field(default=Attendance.UNKNOWN, sa_type=String)
    told: int = 0
    left_out: bool = False
    has_calendar: bool = False


_THE_STORES = select(Meeting).where(Meeting.id == bindparam("meeting_id"), Meeting.store_id == bindparam("store_id"))
_LOCKED = _THE_STORES.with_for_update(key_share=True).execution_options(populate_existing=True)


def get(session: Session, store_id: int, meeting_id: int) -> Meeting | None:
    """The store's own meeting with that number; another store's is as good as none."""
    return session.exec(_THE_STORES, params={"store_id": store_id, "meeting_id": meeting_id}).one_or_none()


def lock(session: Session, store_id: int, meeting_id: int) -> Meeting | None:
    return session.exec(_LOCKED, params={"store_id": store_id, "meeting_id": meeting_id}).one_or_none()


def add(session: Session, meeting: Meeting) -> Meeting:
    session.add(meeting)
    session.flush()
    return meeting


def plan(session: Session, values: Mapping[str, Any]) -> int | None:
    """Adds a meeting of a round: its id, or None if the one of that day is there already."""
    return insert_new(
        session,
        Meeting,
        {"topic": "", "state": MeetingState.PLANNED, "revision": 1, "by_hand": False, "cancelled_why": "", **values},
    )


def change(session: Session, meeting: Meeting, values: Mapping[str, Any], *, revision: int) -> bool:
    """What its people must learn: only while it is planned and still at that revision; of two callers one wins."""
    won = session.connection().execute(
        update(Meeting)
        .where(col(Meeting.id) == meeting.id, col(Meeting.revision) == revision)
        .where(col(Meeting.state) == MeetingState.PLANNED)
        .values(revision=revision + 1, **values)
    )
    session.expire(meeting)
    return won.rowcount == 1


def note(session: Session, meeting: Meeting, **values: Any) -> None:
    """What nobody needs to be told of: another host, minutes sent."""
    session.connection().execute(update(Meeting).where(col(Meeting.id) == meeting.id).values(**values))
    session.expire(meeting)


def move(
    session: Session, meeting: Meeting, state: MeetingState, *, while_in: Sequence[MeetingState], **values: Any
) -> bool:
    """Moves the meeting to `state` if it is still in one of `while_in`; of two callers one wins."""
    won = session.connection().execute(
        update(Meeting)
        .where(col(Meeting.id) == meeting.id, col(Meeting.state).in_(while_in))
        .values(state=state, **values)
    )
    session.expire(meeting)
    return won.rowcount == 1


def on_day(session: Session, store_id: int, kind: MeetingKind, planned_on: date) -> Meeting | None:
    """The round's meeting that the rule named for that day, whatever became of it."""
    named = select(Meeting).where(Meeting.store_id == store_id, Meeting.kind == kind, Meeting.planned_on == planned_on)
    return session.exec(named).one_or_none()


def rounds_ahead(session: Session, store_id: int, kind: MeetingKind, *, now: datetime) -> list[Meeting]:
    """The round's meetings where its rule put them and that have not begun, the earliest first; locked."""
    ahead = select(Meeting).where(
        Meeting.store_id == store_id,
        Meeting.kind == kind,
        col(Meeting.planned_on).is_not(None),
        ~col(Meeting.by_hand),
        Meeting.state == MeetingState.PLANNED,
        Meeting.starts_at > now,
    )
    return list(session.exec(ahead.order_by(col(Meeting.starts_at)).with_for_update(key_share=True)))


def over(session: Session, store_id: int, *, start: datetime, end: datetime) -> list[Meeting]:
    """The meetings that are meant or under way in the span, the earliest first; `end` exclusive."""
    touching = select(Meeting).where(
        Meeting.store_id == store_id,
        col(Meeting.state).in_(LIVE),
        Meeting.starts_at < end,
        Meeting.ends_at > start,
    )
    return list(session.exec(touching.order_by(col(Meeting.starts_at), col(Meeting.id))))


def ahead(session: Session, store_id: int, *, now: datetime, most: int = 100) -> list[Meeting]:
    """What is not over and not cancelled, the next first."""
    coming = select(Meeting).where(Meeting.store_id == store_id, col(Meeting.state).in_(LIVE), Meeting.ends_at > now)
    return list(session.exec(coming.order_by(col(Meeting.starts_at), col(Meeting.id)).limit(most)))


def begun_since(session: Session, store_id: int, *, since: datetime, now: datetime) -> list[Meeting]:
    """Meetings that began, or were to begin, from `since` to `now` and were held, the latest first."""
    begun = select(Meeting).where(
        Meeting.store_id == store_id,
        Meeting.state != MeetingState.CANCELLED,
        Meeting.starts_at >= since,
        Meeting.starts_at <= now,
    )
    return list(session.exec(begun.order_by(col(Meeting.starts_at).desc(), col(Meeting.id).desc())))


def with_minutes(session: Session, store_id: int, staff_id: int, *, most: int = 5) -> list[Meeting]:
    """The last meetings of this person whose minutes were sent, the latest first."""
    sent = (
        select(Meeting)
        .join(MeetingPerson, col(MeetingPerson.meeting_id) == Meeting.id)
        .where(MeetingPerson.staff_id == staff_id, ~col(MeetingPerson.left_out))
        .where(Meeting.store_id == store_id, col(Meeting.minutes_sent_at).is_not(None))
    )
    return list(session.exec(sent.order_by(col(Meeting.starts_at).desc()).limit(most)))


def invite(session: Session, meeting: Meeting, staff_ids: Iterable[int]) -> None:
    """These people are of the meeting, and those who are not among them are not any more."""
    wanted = dict.fromkeys(staff_ids)
    for staff_id in wanted:
        insert_new(session, MeetingPerson, _newcomer(meeting, staff_id))
    for person in everybody_of(session, meeting.id):
        if person.left_out == (person.staff_id in wanted):
            _update(session, person, left_out=not person.left_out)


def _newcomer(meeting: Meeting, staff_id: int) -> dict[str, Any]:
    return {
        "store_id": meeting.store_id,
        "meeting_id": meeting.id,
        "staff_id": staff_id,
        "coming": Coming.UNSAID,
        "said": "",
        "attendance": Attendance.UNKNOWN,
        "told": 0,
        "left_out": False,
        "has_calendar": False,
    }


_EVERYBODY_OF = (
    select(MeetingPerson)
    .where(MeetingPerson.meeting_id == bindparam("meeting_id"))
    .order_by(col(MeetingPerson.staff_id))
)


def everybody_of(session: Session, meeting_id: int) -> list[MeetingPerson]:
    """All who are or were of the meeting."""
    return list(session.exec(_EVERYBODY_OF, params={"meeting_id": meeting_id}))


def people_of(session: Session, meeting_id: int) -> list[MeetingPerson]:
    """Those who are of the meeting now."""
    return [person for person in everybody_of(session, meeting_id) if not person.left_out]


def person_of(session: Session, meeting_id: int, staff_id: int) -> MeetingPerson | None:
    one = select(MeetingPerson).where(
        MeetingPerson.meeting_id == meeting_id, MeetingPerson.staff_id == staff_id, ~col(MeetingPerson.left_out)
    )
    return session.exec(one).one_or_none()


def say(session: Session, person: MeetingPerson, coming: Coming, *, said: str = "", at: datetime) -> bool:
    """What the person says to the invitation; False if they had said just that."""
    if (person.coming, person.said) == (coming, said):
        return False
    _update(session, person, coming=coming, said=said, answered_at=at)
    return True


def unsay_all(session: Session, meeting: Meeting) -> None:
    """Another time is another question: what was said to the old one does not hold."""
    session.connection().execute(
        update(MeetingPerson)
        .where(col(MeetingPerson.meeting_id) == meeting.id)
        .values(coming=Coming.UNSAID, said="", answered_at=None)
    )
    _expire_people(session, meeting.id)


def tick(session: Session, person: MeetingPerson, attendance: Attendance) -> None:
    _update(session, person, attendance=attendance)


def told(session: Session, person: MeetingPerson, revision: int) -> None:
    """The person knows of the meeting as it is at that revision."""
    _update(session, person, told=revision)


def took_calendar(session: Session, person: MeetingPerson) -> None:
    _update(session, person, has_calendar=True)


def _update(session: Session, person: MeetingPerson, **values: Any) -> None:
    session.connection().execute(update(MeetingPerson).where(col(MeetingPerson.id) == person.id).values(**values))
    session.expire(person)


def _expire_people(session: Session, meeting_id: int) -> None:
    for person in everybody_of(session, meeting_id):
        session.expire(person)
