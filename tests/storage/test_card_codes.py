"""What changes a card once: the newest press first, nothing twice, nothing that is too old."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from storage import card_codes
from storage.card_codes import CardCode
from storage.database import Database
from tests.storage.shop import DAY, HOUR, NOW, all_rows

APP: dict[str, Any] = {"channel": "wecom", "account": "corp/1"}
OTHER: dict[str, Any] = {"channel": "wecom", "account": "corp/2"}


def keep(
    database: Database, code: str, *, pressed: bool = True, card: str = "t1", at: datetime = NOW, app: Any = None
) -> None:
    kept = partial(card_codes.keep, **(app or APP), card=card, code=code, pressed=pressed, given_at=at)
    database.write_now(kept)


def usable(database: Database, *, card: str = "t1", at: datetime = NOW, app: Any = None) -> str | None:
    return database.read_now(partial(card_codes.usable, **(app or APP), card=card, real=at))


def spend(database: Database, code: str) -> None:
    database.write_now(partial(card_codes.spend, **APP, code=code))


def outdate(database: Database, card: str, *, outdated: bool = True) -> None:
    database.write_now(partial(card_codes.set_outdated, **APP, card=card, outdated=outdated))


def is_outdated(database: Database, card: str, app: Any = None) -> bool:
    return database.read_now(partial(card_codes.is_outdated, **(app or APP), card=card))


def test_the_newest_press_goes_first_and_what_came_with_the_card_last(database: Database) -> None:
    keep(database, "sent", pressed=False)
    keep(database, "first")
    keep(database, "second")

    newest = usable(database)
    spend(database, "second")
    other = usable(database)
    spend(database, "first")
    last = usable(database)
    spend(database, "sent")

    assert (newest, other, last, usable(database)) == ("second", "first", "sent", None)


def test_a_code_that_comes_again_stays_spent(database: Database) -> None:
    keep(database, "first")
    spend(database, "first")

    keep(database, "first")

    assert usable(database) is None
    assert len(all_rows(database, CardCode)) == 1


def test_after_three_days_a_code_is_none(database: Database) -> None:
    keep(database, "first")

    assert usable(database, at=NOW + 72 * HOUR - timedelta(seconds=1)) == "first"
    assert usable(database, at=NOW + 72 * HOUR) is None


def test_another_card_and_another_app_have_codes_of_their_own(database: Database) -> None:
    keep(database, "first")
    keep(database, "first", app=OTHER)
    keep(database, "its own", card="t2")
    spend(database, "first")

    assert (usable(database), usable(database, app=OTHER), usable(database, card="t2")) == (None, "first", "its own")


def test_a_card_is_outdated_by_its_name_until_it_is_the_newest_again(database: Database) -> None:
    keep(database, "sent", pressed=False)
    keep(database, "other", card="t2")
    keep(database, "sent", pressed=False, app=OTHER)
    before = is_outdated(database, "t1")

    outdate(database, "t1")
    keep(database, "pressed")
    meanwhile = [is_outdated(database, "t1"), is_outdated(database, "t2"), is_outdated(database, "t1", OTHER)]
    outdate(database, "t1", outdated=False)

    assert (before, meanwhile, is_outdated(database, "t1")) == (False, [True, False, False], False)


def test_codes_are_forgotten_by_the_day_on_which_they_were_given(database: Database) -> None:
    keep(database, "old", at=NOW - 2 * DAY)
    keep(database, "new", at=NOW - DAY + timedelta(seconds=1))

    forgotten = database.write_now(partial(card_codes.forget_before, before=NOW - DAY))

    assert forgotten == 1
    assert [one.code for one in all_rows(database, CardCode)] == ["new"]
