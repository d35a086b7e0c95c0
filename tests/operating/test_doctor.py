"""`qiantai doctor` finds what is wrong, says what to do, and ends with 1 if anything is to be done."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.clock import Clock
from storage import health, inbox, keeping, outbox, reminders, staff, stores
from storage.database import Database
from storage.inbox import Inbox, InboxState
from storage.outbox import Outbox, OutboxState
from storage.reminders import Reminder
from storage.staff import Contact, Group
from tests.operating.commands import DEMO, Terminal

NOW = Clock().real()
HOUR = timedelta(hours=1)
NOT_SERVING = {"not_serving"}

Work = Callable[[Session], Any]


def write(terminal: Terminal, *works: Work) -> None:
    database = Database(terminal.settings.get("QIANTAI_DATABASE_URL", f"sqlite:///{terminal.folder}/data/qiantai.db"))
    for work in works:
        database.write_now(work)
    database.close()


def found(terminal: Terminal) -> set[str]:
    """What the doctor finds wrong, by its short names."""
    said = terminal.types("doctor", "--json").json()
    assert all(check["todo"] for check in said["checks"] if not check["ok"])
    return {check["check"] for check in said["checks"] if not check["ok"]}


def store_id(session: Session) -> int:
    return stores.all_stores(session)[0].id


def everybody_spoke(session: Session) -> None:
    for contact in session.exec(select(Contact)):
        contact.spoke_at = NOW


def keep_message(session: Session, *, minutes: int, state: InboxState = InboxState.WAITING) -> None:
    inbox.store_incoming(
        session,
        channel="webchat",
        account="local",
        event_id="1",
        sender="wang",
        payload={},
        now=NOW - minutes * HOUR / 60,
    )
    session.exec(select(Inbox)).one().state = state


def keep_notice(session: Session, *, minutes: int, state: OutboxState = OutboxState.WAITING) -> None:
    content = {"key": "desk.stranger", "values": {}, "buttons": []}
    at = NOW - minutes * HOUR / 60
    made = outbox.put(session, store_id=store_id(session), recipient="staff:1", content=content, now=at)
    session.get_one(Outbox, made).state = state


def keep_reminder(session: Session, *, minutes: int, failures: int = 0) -> None:
    at = Clock().real() - minutes * HOUR / 60
    reminders.put(session, store_id=store_id(session), feature="leave", subject="leave:1", occurrence="x", at=at)
    session.exec(select(Reminder).where(Reminder.subject == "leave:1")).one().failures = failures


def block(session: Session) -> None:
    person = staff.by_key(session, "wang")
    assert person is not None
    for contact in staff.contacts_of(session, person.id):
        contact.blocked = True


def leave_alone(session: Session) -> None:
    person = staff.by_key(session, "zhou")
    assert person is not None
    person.deputy_id = None


def remove_groups(session: Session) -> None:
    for group in session.exec(select(Group)):
        session.delete(group)


def clock_was_ahead(session: Session) -> None:
    keeping.keep_moment(session, now=NOW + HOUR, tolerance=HOUR)


def clock_was_put_back(session: Session) -> None:
    keeping.keep_moment(session, now=NOW, tolerance=HOUR / 60)
    keeping.keep_moment(session, now=NOW - HOUR, tolerance=HOUR / 60)


def no_backup_was_made(session: Session) -> None:
    keeping.failed(session, at=NOW, problem="no_tool", again=NOW + HOUR)


# What is wrong, and what the doctor calls it.
ILLS = [
    (block, "not_reached"),
    (leave_alone, "no_deputy"),
    (remove_groups, "no_group"),
    (partial(keep_message, minutes=10), "inbox_late"),
    (partial(keep_message, minutes=0, state=InboxState.PARKED), "parked"),
    (partial(keep_notice, minutes=10), "outbox_late"),
    (partial(keep_notice, minutes=10, state=OutboxState.FAILED), "failed"),
    (partial(keep_reminder, minutes=10), "reminders_late"),
    (partial(keep_reminder, minutes=0, failures=2), "not_rung"),
    (clock_was_ahead, "clock_back"),
    (clock_was_put_back, "clock_back"),
    (no_backup_was_made, "backup_failed"),
]


@pytest.fixture
def well(terminal: Terminal, migrated: None) -> Terminal:
    """A store in which everything is well, but that it does not serve just now."""
    terminal.settings = {**terminal.settings, "QIANTAI_WEB_CHAT": "on"}
    terminal.types("load", DEMO)
    terminal.types("backup")
    write(terminal, everybody_spoke)
    return terminal


def test_a_store_in_which_all_is_well_has_nothing_to_do(well: Terminal) -> None:
    assert found(well) == NOT_SERVING


@pytest.mark.parametrize(("ill", "called"), ILLS, ids=[called for _, called in ILLS])
def test_what_is_wrong_is_found(well: Terminal, ill: Work, called: str) -> None:
    write(well, ill)

    said = well.types("doctor")

    assert found(well) == NOT_SERVING | {called}
    assert said.code == 1
    assert said.text.count("⚠") == said.text.count("→") == 2


def test_on_either_database_it_looks_at_the_rows(loaded: Terminal) -> None:
    write(loaded, everybody_spoke)
    healthy = found(loaded)
    write(loaded, partial(keep_message, minutes=10), partial(keep_notice, minutes=10, state=OutboxState.FAILED), block)

    assert healthy == NOT_SERVING | {"backup_none"}
    assert found(loaded) == healthy | {"inbox_late", "failed", "not_reached"}


def test_an_empty_folder_is_told_how_to_begin_and_stays_empty(terminal: Terminal) -> None:
    said = terminal.types("doctor")

    assert "qiantai init" in said.text
    assert said.code == 1
    assert list(terminal.folder.iterdir()) == []


def test_a_database_that_is_gone_is_said_without_its_password(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, QIANTAI_DATABASE_URL="postgresql+psycopg://me:geheim@127.0.0.1:1/x")

    said = terminal.types("doctor")

    assert "打不开" in said.text
    assert "geheim" not in said.text


def test_a_backup_that_is_too_old_is_found(well: Terminal) -> None:
    [file] = (well.folder / "data" / "backups").iterdir()
    old = (NOW - 30 * HOUR).timestamp()
    os.utime(file, (old, old))

    assert found(well) == NOT_SERVING | {"backup_old"}


def test_a_full_disk_is_found(well: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**9, 10**9, 1000))

    assert found(well) == NOT_SERVING | {"disk_low"}


def test_an_older_schema_is_said_and_nothing_else_is_looked_at(well: Terminal) -> None:
    write(well, lambda session: session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'"))

    assert found(well) == NOT_SERVING | {"schema_old"}


def test_no_phone_number_is_told(well: Terminal) -> None:
    write(well, block)

    assert "1380000" not in well.types("doctor").text


def test_what_is_held_until_morning_is_not_late(loaded: Terminal) -> None:
    write(loaded, lambda session: _held(session))
    database = Database(loaded.settings["QIANTAI_DATABASE_URL"])

    depths = database.read_now(partial(health.depths, now=NOW))

    database.close()
    assert (depths.outbox.waiting, depths.held, depths.outbox.seconds(NOW)) == (0, 1, 0.0)


def _held(session: Session) -> None:
    content = {"key": "desk.stranger", "values": {}, "buttons": []}
    outbox.put(
        session, store_id=store_id(session), recipient="staff:1", content=content, now=NOW - HOUR, due_at=NOW + HOUR
    )


def test_moments_are_aware(loaded: Terminal) -> None:
    write(loaded, partial(keep_message, minutes=1))
    database = Database(loaded.settings["QIANTAI_DATABASE_URL"])

    oldest = database.read_now(partial(health.depths, now=NOW)).inbox.oldest

    database.close()
    assert oldest is not None
    assert isinstance(oldest, datetime)
    assert oldest.tzinfo is UTC
