"""What the deployment remembers of being looked after: the nightly backup, and the last moment its clock showed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from storage import meta
from storage.meta import Meta

BACKUP = "nightly backup"
MOMENT = "last moment"


@dataclass(frozen=True)
class Nightly:
    """When the last one was made and called what; who is at it until when; what went wrong since."""

    made_at: datetime | None = None
    file: str = ""
    claimed_until: datetime | None = None
    failed_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True)
class Moment:
    """The last moment that was seen; if the clock was put back, from when to when."""

    at: datetime | None = None
    back_from: datetime | None = None
    back_to: datetime | None = None


def _as_json(known: Nightly | Moment) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(known).items()}


def _moments(value: dict[str, Any]) -> dict[str, Any]:
    texts = {"file", "problem"}
    return {
        name: said if name in texts or said is None else datetime.fromisoformat(said) for name, said in value.items()
    }


def nightly(session: Session) -> Nightly:
    return Nightly(**_moments(meta.get(session, BACKUP) or {}))


def claim(session: Session, *, due: datetime, now: datetime, lease: timedelta) -> bool:
    """Whether the caller makes the backup that was due at `due`: nobody else has made it or is at it."""
    meta.put_new(session, BACKUP, {})
    locked = select(Meta).where(Meta.name == BACKUP).with_for_update().execution_options(populate_existing=True)
    row = session.exec(locked).one()
    known = Nightly(**_moments(row.value))
    if known.made_at is not None and known.made_at >= due:
        return False
    if known.claimed_until is not None and known.claimed_until > now:
        return False
    row.value = _as_json(replace(known, claimed_until=now + lease))
    session.add(row)
    return True


def release(session: Session) -> None:
    """Whoever was at it has died: it may be made again at once."""
    known = nightly(session)
    if known.claimed_until is not None and known.failed_at is None:
        meta.put(session, BACKUP, _as_json(replace(known, claimed_until=None)))


def made(session: Session, *, at: datetime, file: str) -> None:
    """A backup is there, whole."""
    meta.put(session, BACKUP, _as_json(Nightly(made_at=at, file=file)))


def failed(session: Session, *, at: datetime, problem: str, again: datetime) -> None:
    """It could not be made; it is tried again at `again`."""
    known = nightly(session)
    meta.put(session, BACKUP, _as_json(replace(known, failed_at=at, problem=problem, claimed_until=again)))


def moment(session: Session) -> Moment:
    return Moment(**_moments(meta.get(session, MOMENT) or {}))


def keep_moment(session: Session, *, now: datetime, tolerance: timedelta) -> bool:
    """Remembers that it is `now`; whether the clock was put back by more than `tolerance` since it was last seen."""
    known = moment(session)
    back = known.at is not None and known.at - now > tolerance
    new = Moment(now, known.at, now) if back else replace(known, at=now)
    meta.put(session, MOMENT, _as_json(new))
    return back
