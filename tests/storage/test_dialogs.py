"""Open forms: one a person, each step a version, kept over restarts."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from storage import dialogs
from storage.database import Database
from storage.dialogs import Dialog
from tests.storage.shop import DAY, NOW, Shop, all_rows


def start(database: Database, shop: Shop, staff_id: int, form: str = "leave.request") -> int:
    opened = partial(
        dialogs.start,
        store_id=shop.store_id,
        staff_id=staff_id,
        form=form,
        answers={"kind": "personal"},
        about={"leave": 3},
        now=NOW,
    )
    return database.write_now(opened).id


def open_form(database: Database, staff_id: int) -> str | None:
    found = database.read_now(partial(dialogs.open_of, staff_id=staff_id))
    return None if found is None else found.form


def test_a_person_has_one_open_form_the_one_before_is_put_aside(database: Database, shop: Shop) -> None:
    first = start(database, shop, shop.wang, "leave.request")
    start(database, shop, shop.wang, "approvals.refusing")

    put_aside = database.read_now(partial(dialogs.get, dialog_id=first))
    assert open_form(database, shop.wang) == "approvals.refusing"
    assert put_aside is not None
    assert (put_aside.open, put_aside.version) == (False, 2)


def test_people_fill_in_forms_beside_each_other(database: Database, shop: Shop) -> None:
    start(database, shop, shop.wang)
    start(database, shop, shop.chen, "other")

    assert (open_form(database, shop.wang), open_form(database, shop.chen)) == ("leave.request", "other")


def test_the_rows_hold_that_no_second_form_is_open(database: Database, shop: Shop) -> None:
    start(database, shop, shop.wang)
    second = Dialog(store_id=shop.store_id, staff_id=shop.wang, form="x", answers={}, touched_at=NOW)

    with pytest.raises(IntegrityError):
        database.write_now(lambda session: dialogs.save(session, second))


def test_a_form_is_found_again_with_everything_answered(database: Database, shop: Shop, database_url: str) -> None:
    number = start(database, shop, shop.wang)

    def answer(session: Session) -> None:
        opened = dialogs.get(session, number)
        assert opened is not None
        opened.answers = {**opened.answers, "reason": "家里有事"}
        opened.asked, opened.trail, opened.offered = "phone", ["kind", "reason"], [{"label": "跳过"}]
        opened.version += 1
        dialogs.save(session, opened)

    database.write_now(answer)
    database.close()

    restarted = Database(database_url)
    [found] = all_rows(restarted, Dialog)
    restarted.close()
    assert found.answers == {"kind": "personal", "reason": "家里有事"}
    assert (found.asked, found.trail, found.offered, found.about) == (
        "phone",
        ["kind", "reason"],
        [{"label": "跳过"}],
        {"leave": 3},
    )
    assert found.version == 2


def test_a_closed_form_is_open_for_nobody_and_its_buttons_are_old(database: Database, shop: Shop) -> None:
    number = start(database, shop, shop.wang)

    def close(session: Session) -> None:
        opened = dialogs.open_of(session, shop.wang)
        assert opened is not None
        dialogs.close(session, opened)

    database.write_now(close)

    closed = database.read_now(partial(dialogs.get, dialog_id=number))
    assert open_form(database, shop.wang) is None
    assert closed is not None
    assert closed.version == 2


def test_what_a_form_held_is_gone_after_two_months_and_that_it_was_there_stays(database: Database, shop: Shop) -> None:
    old, left_open = start(database, shop, shop.wang), start(database, shop, shop.chen)
    database.write_now(lambda session: dialogs.close(session, session.get_one(Dialog, old)))

    emptied = [database.write_now(partial(dialogs.forget_before, before=at)) for at in (NOW, NOW + DAY, NOW + DAY)]

    forms = {one.id: one for one in all_rows(database, Dialog)}
    assert emptied == [0, 2, 0]
    assert [(one.answers, one.about, one.open) for one in forms.values()] == [({}, {}, False)] * 2
    assert [forms[one].version for one in (old, left_open)] == [3, 2]
