"""Files of a case, as they were sent in the chat, and what was sent and is still to be fetched from its platform."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, LargeBinary, String, UniqueConstraint, bindparam, func, text, update
from sqlalchemy.orm import defer
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import KEY, Moment
from storage.database import ring_bell
from storage.rows import own_row


class CaseFile(SQLModel, table=True):
    """A file of a case: a newer one of the same name is its next version, and what it holds is there once."""

    __tablename__ = "case_files"
    __table_args__ = (UniqueConstraint("case_id", "name", "version"), UniqueConstraint("case_id", "sha256"))

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    case_id: int = Field(foreign_key="cases.id", sa_type=KEY)
    step_id: int | None = Field(default=None, foreign_key="case_steps.id", sa_type=KEY)
    name: str
    version: int = 1
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str
    by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    at: datetime = Field(sa_type=Moment)


class SentState(StrEnum):
    """`asked`: nobody knows for which case; `waiting`: to be fetched; `known`: the case had it already."""

    ASKED = "asked"
    WAITING = "waiting"
    KEPT = "kept"
    KNOWN = "known"
    LOST = "lost"
    DROPPED = "dropped"


_IS_WAITING = text("state = 'waiting'")


class SentFile(SQLModel, table=True):
    """A file that somebody sent: `file` is what its channel's `fetch` takes, `kept_id` the case's file that it became.

    `next_try_at` and `lease_until` are real time.
    """

    __tablename__ = "sent_files"
    __table_args__ = (
        Index("sent_files_waiting", "by_id", "id", sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING),
        Index("sent_files_album", "by_id", "album"),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    by_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    channel: str
    account: str
    file: str
    name: str
    album: str = ""
    case_id: int | None = Field(default=None, foreign_key="cases.id", sa_type=KEY)
    step_id: int | None = Field(default=None, foreign_key="case_steps.id", sa_type=KEY)
    state: SentState = Field(default=SentState.WAITING, sa_type=String)
    attempts: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    error: str = ""
    at: datetime = Field(sa_type=Moment)
    kept_id: int | None = Field(default=None, foreign_key="case_files.id", sa_type=KEY)

    @property
    def subject(self) -> str:
        """What it is called in cards and the audit."""
        return f"files:{self.id}"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def holding(session: Session, case_id: int, sha256: str) -> CaseFile | None:
    """The case's file that holds just this, whatever it is called; call it with the case locked."""
    same = select(CaseFile).where(CaseFile.case_id == case_id, CaseFile.sha256 == sha256)
    return session.exec(same.options(defer(CaseFile.content))).one_or_none()  # type: ignore[arg-type]


def keep(
    session: Session,
    *,
    store_id: int,
    case_id: int,
    step_id: int | None,
    name: str,
    content: bytes,
    by_id: int,
    at: datetime,
) -> CaseFile:
    """Keeps the file with the case as the newest version of its name; call it with the case locked."""
    last = select(func.max(CaseFile.version)).where(CaseFile.case_id == case_id, CaseFile.name == name)
    kept = CaseFile(
        store_id=store_id,
        case_id=case_id,
        step_id=step_id,
        name=name,
        version=(session.exec(last).one() or 0) + 1,
        content=content,
        sha256=digest(content),
        by_id=by_id,
        at=at,
    )
    session.add(kept)
    session.flush()
    return kept


def of_case(session: Session, case_id: int) -> list[CaseFile]:
    """The case's files, oldest first; their contents are read when they are asked for."""
    kept = select(CaseFile).where(CaseFile.case_id == case_id).order_by(col(CaseFile.id))
    return list(session.exec(kept.options(defer(CaseFile.content))))  # type: ignore[arg-type]


def get(session: Session, store_id: int, file_id: int) -> CaseFile | None:
    """The store's own file with that id, its content read when it is asked for; another store's is as good as none."""
    own = select(CaseFile).where(CaseFile.id == file_id, CaseFile.store_id == store_id)
    return session.exec(own.options(defer(CaseFile.content))).one_or_none()  # type: ignore[arg-type]


def send(session: Session, sent: SentFile) -> SentFile:
    """Keeps that somebody sent it; what it holds is fetched after the commit, if it is known for which case."""
    session.add(sent)
    session.flush()
    if sent.state == SentState.WAITING:
        ring_bell(session, f"file:{sent.by_id}")
    return sent


def sent(session: Session, store_id: int, sent_id: int) -> SentFile | None:
    return own_row(session, SentFile, store_id, sent_id)


def together_with(session: Session, one: SentFile) -> list[SentFile]:
    """What was sent in the same album, the first one first; the file alone if it is of none."""
    return album(session, by_id=one.by_id, channel=one.channel, album=one.album) if one.album else [one]


def album(session: Session, *, by_id: int, channel: str, album: str) -> list[SentFile]:
    """What has come of the person's album so far."""
    of_it = select(SentFile).where(SentFile.by_id == by_id, SentFile.channel == channel, SentFile.album == album)
    return list(session.exec(of_it.order_by(col(SentFile.id))))


def place(session: Session, one: SentFile, *, case_id: int, step_id: int | None) -> bool:
    """The person has said for which case it is, so it is fetched now; of two presses one wins."""
    return _answer(session, one, state=SentState.WAITING, case_id=case_id, step_id=step_id)


def drop(session: Session, one: SentFile) -> bool:
    """It is for no case."""
    return _answer(session, one, state=SentState.DROPPED)


def _answer(session: Session, one: SentFile, **values: object) -> bool:
    asked = update(SentFile).where(col(SentFile.id) == one.id, col(SentFile.state) == SentState.ASKED)
    done = session.connection().execute(asked.values(**values))
    session.expire(one)
    ring_bell(session, f"file:{one.by_id}")
    return done.rowcount == 1


def senders_due(session: Session, *, real: datetime) -> list[int]:
    """Everybody whose oldest waiting file may be fetched now."""
    oldest = select(func.min(SentFile.id)).where(_IS_WAITING).group_by(col(SentFile.by_id))
    due = select(SentFile).where(col(SentFile.id).in_(oldest)).order_by(col(SentFile.id))
    return [one.by_id for one in session.exec(due) if _may_be_fetched(one, real)]


_HEAD = (
    select(SentFile)
    .where(SentFile.by_id == bindparam("by_id"), _IS_WAITING)
    .order_by(col(SentFile.id))
    .limit(1)
    # Not skipping what is locked: a later version would overtake an earlier one.
    .with_for_update()
)


def next_of(session: Session, by_id: int, *, real: datetime) -> SentFile | None:
    """The person's oldest waiting file, locked; None if it is being fetched or must wait."""
    head = session.exec(_HEAD, params={"by_id": by_id}).one_or_none()
    return head if head is not None and _may_be_fetched(head, real) else None


def _may_be_fetched(one: SentFile, real: datetime) -> bool:
    return all(at is None or at <= real for at in (one.lease_until, one.next_try_at))


def lease(session: Session, one: SentFile, *, until: datetime) -> None:
    """Takes the file for fetching."""
    one.attempts += 1
    one.lease_until = until
    session.add(one)


def waiting(session: Session, sent_id: int) -> SentFile | None:
    """The file, locked, if nobody has settled it meanwhile."""
    still = select(SentFile).where(SentFile.id == sent_id, SentFile.state == SentState.WAITING)
    return session.exec(still.with_for_update(key_share=True)).one_or_none()


def settle(session: Session, one: SentFile, state: SentState, *, kept_id: int | None = None, error: str = "") -> None:
    """It is there, or never will be."""
    one.state, one.kept_id, one.error, one.lease_until = state, kept_id, error, None
    session.add(one)
    session.flush()


def retry_at(session: Session, sent_id: int, *, at: datetime, error: str) -> None:
    """It is tried again at `at` (real time)."""
    still = update(SentFile).where(col(SentFile.id) == sent_id, col(SentFile.state) == SentState.WAITING)
    session.connection().execute(still.values(lease_until=None, next_try_at=at, error=error))


def release(session: Session) -> None:
    """What was being fetched when the only process died waits again."""
    stuck = update(SentFile).where(col(SentFile.state) == SentState.WAITING, col(SentFile.lease_until).is_not(None))
    session.connection().execute(stuck.values(lease_until=None))
