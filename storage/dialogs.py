"""Open forms: which form a person is filling in, what they answered, which card shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, String, bindparam, cast, or_, text
from sqlmodel import Field, Session, SQLModel, col, select

from storage.columns import JSON, KEY, Moment
from storage.rows import row_with_id

_IS_OPEN = text("open = true")
# In one transaction; the rest follows the next night.
MOST_EMPTIED = 2000


class Dialog(SQLModel, table=True):
    """A form in a private chat; `version` grows with each step, so that an older button is known as one.

    `answers` are parsed values by field, `about` what the form was opened for, `asked` the open question ("" at the
    read-back), `trail` the ones before it, `offered` its options, `held` what was said when a left form asked to go on.
    """

    __tablename__ = "dialogs"
    __table_args__ = (
        Index("dialogs_open", "staff_id", unique=True, sqlite_where=text("open = 1"), postgresql_where=_IS_OPEN),
    )

    id: int = Field(default=None, sa_column=Column(KEY, primary_key=True))
    store_id: int = Field(foreign_key="stores.id", sa_type=KEY)
    staff_id: int = Field(foreign_key="staff.id", sa_type=KEY)
    form: str
    answers: dict[str, Any] = Field(sa_type=JSON)
    about: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    asked: str = ""
    trail: list[str] = Field(default_factory=list, sa_type=JSON)
    offered: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    held: str = ""
    version: int = 1
    open: bool = True
    touched_at: datetime = Field(sa_type=Moment)


_OPEN_OF = select(Dialog).where(Dialog.staff_id == bindparam("staff_id"), col(Dialog.open))


def open_of(session: Session, staff_id: int) -> Dialog | None:
    return session.exec(_OPEN_OF, params={"staff_id": staff_id}).one_or_none()


def get(session: Session, dialog_id: int) -> Dialog | None:
    return row_with_id(session, Dialog, dialog_id)


def start(
    session: Session,
    *,
    store_id: int,
    staff_id: int,
    form: str,
    answers: dict[str, Any],
    about: dict[str, Any],
    now: datetime,
) -> Dialog:
    """Opens a form; the one that was open is put aside."""
    before = open_of(session, staff_id)
    if before is not None:
        close(session, before)
    made = Dialog(store_id=store_id, staff_id=staff_id, form=form, answers=answers, about=about, touched_at=now)
    session.add(made)
    session.flush()
    return made


def save(session: Session, dialog: Dialog) -> None:
    session.add(dialog)
    session.flush()


def close(session: Session, dialog: Dialog) -> None:
    dialog.open = False
    dialog.version += 1
    save(session, dialog)


def empty(session: Session, dialog: Dialog) -> None:
    """The form is over and what it held is gone; its buttons are known as old ones all the same."""
    dialog.answers, dialog.about, dialog.trail, dialog.offered, dialog.held = {}, {}, [], [], ""
    close(session, dialog)


def forget_before(session: Session, before: datetime) -> int:
    """Housekeeping: empties the forms that nobody has touched since then."""
    holding = or_(cast(col(Dialog.answers), String) != "{}", cast(col(Dialog.about), String) != "{}", col(Dialog.open))
    untouched = list(session.exec(select(Dialog).where(col(Dialog.touched_at) < before, holding).limit(MOST_EMPTIED)))
    for dialog in untouched:
        empty(session, dialog)
    return len(untouched)
