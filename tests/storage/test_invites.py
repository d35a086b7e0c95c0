"""Invitations, links and codes alike: used once, by one, for a while, and only the newest of a person."""

from __future__ import annotations

from concurrent.futures import wait
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from storage import invites, meta, schema, staff
from storage.database import Database, sqlite_engine
from storage.invites import Invite
from storage.staff import Group, Staff
from tests.storage.shop import DAY, NOW, Shop, all_rows

WAYS = pytest.mark.parametrize("code", [False, True], ids=["link", "code"])
TOKEN = "7K3MQ9XA"
BEFORE_CODES = (
    "INSERT INTO stores (id, key, name) VALUES (1, 'zhongshan', '中山路店')",
    "INSERT INTO staff (id, store_id, key, name, roles, phone, department, active)"
    " VALUES (1, 1, 'wang', '王磊', '[]', '', '', 1)",
    "INSERT INTO invites (staff_id, token_hash, expires_at) VALUES (1, 'hash', '2026-12-01 00:00:00')",
    "INSERT INTO groups (store_id, name, channel, account, address) VALUES (1, '群', 'webchat', 'local', 'store')",
)


def give(
    database: Database, staff_id: int, token: str = TOKEN, *, code: bool = False, by_id: int | None = None
) -> None:
    """An invitation that is good for a day."""
    put = partial(invites.put, staff_id=staff_id, token=token, expires_at=NOW + DAY, by_id=by_id, code=code)
    database.write_now(put)


def use(database: Database, token: str = TOKEN, *, now: datetime = NOW, code: bool = False) -> Staff | None:
    return database.write_now(partial(invites.use, token=token, now=now, code=code))


@WAYS
def test_an_invitation_is_used_once(database: Database, shop: Shop, code: bool) -> None:
    give(database, shop.wang, code=code)

    first, second = use(database, code=code), use(database, code=code)

    assert first is not None
    assert first.id == shop.wang
    assert second is None


@WAYS
def test_of_many_who_use_an_invitation_at_once_one_joins(database: Database, shop: Shop, code: bool) -> None:
    give(database, shop.wang, code=code)

    tried = [database.submit(partial(invites.use, token=TOKEN, now=NOW, code=code)) for _ in range(8)]
    wait(tried)

    assert len([one for one in tried if one.result() is not None]) == 1


@WAYS
def test_an_invitation_ends_and_a_wrong_one_opens_nothing(database: Database, shop: Shop, code: bool) -> None:
    give(database, shop.wang, code=code)

    assert use(database, now=NOW + DAY, code=code) is None
    assert use(database, "22222222", code=code) is None


@WAYS
def test_a_newer_invitation_makes_the_older_ones_of_that_person_void(
    database: Database, shop: Shop, code: bool
) -> None:
    give(database, shop.wang, "AAAAAAAA", code=True)
    give(database, shop.wang, "a link's token")
    give(database, shop.chen, "BBBBBBBB", code=True)

    give(database, shop.wang, code=code)

    assert use(database, "AAAAAAAA", code=True) is None
    assert database.read_now(partial(invites.still_open, token="a link's token", now=NOW)) is None
    assert use(database, "a link's token") is None
    assert use(database, "BBBBBBBB", code=True) is not None
    assert use(database, code=code) is not None


def test_looking_at_a_link_does_not_use_it(database: Database, shop: Shop) -> None:
    give(database, shop.wang)

    looked = [database.read_now(partial(invites.still_open, token=TOKEN, now=NOW)) for _ in range(2)]

    assert [one.staff_id for one in looked if one] == [shop.wang, shop.wang]
    assert use(database) is not None
    assert database.read_now(partial(invites.still_open, token=TOKEN, now=NOW)) is None
    assert database.read_now(partial(invites.still_open, token="guess", now=NOW)) is None


def test_a_code_is_no_links_token_and_a_links_token_no_code(database: Database, shop: Shop) -> None:
    give(database, shop.wang, "AAAAAAAA", code=True)
    give(database, shop.chen, "BBBBBBBB")

    assert database.read_now(partial(invites.still_open, token="AAAAAAAA", now=NOW)) is None
    assert use(database, "AAAAAAAA") is None
    assert use(database, "BBBBBBBB", code=True) is None


def test_who_has_left_is_not_let_in_and_the_invitation_waits(database: Database, shop: Shop) -> None:
    give(database, shop.wang, code=True)
    database.write_now(lambda session: setattr(staff.get(session, shop.wang), "active", False))

    refused = use(database, code=True)
    database.write_now(lambda session: setattr(staff.get(session, shop.wang), "active", True))

    assert refused is None
    assert use(database, code=True) is not None


@WAYS
def test_the_token_itself_is_nowhere_in_the_rows_but_who_gave_it_is(database: Database, shop: Shop, code: bool) -> None:
    give(database, shop.wang, code=code, by_id=shop.zhou)

    [row] = all_rows(database, Invite)
    found = database.read_now(partial(invites.find, token=TOKEN, code=code))
    assert TOKEN not in str(row.model_dump())
    assert row.invited_by_id == shop.zhou
    assert found is not None
    assert found.id == row.id


def test_what_was_there_before_codes_came_is_as_it_was(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = sqlite_engine(url, foreign_keys=False)
    with engine.begin() as connection:
        command.upgrade(schema._config(connection), "0002")
        for statement in BEFORE_CODES:
            connection.execute(text(statement))
    engine.dispose()

    schema.migrate(url)

    database = Database(url)
    [old] = all_rows(database, Invite)
    [group] = all_rows(database, Group)
    assert (old.staff_id, old.token_hash, old.used_at, old.replaced, old.invited_by_id) == (
        1,
        "hash",
        None,
        False,
        None,
    )
    assert (group.address, group.listed, group.given_up_at) == ("store", True, None)
    database.close()


def test_links_open_the_bot_that_is_set_and_no_other(database: Database) -> None:
    link = partial(invites.telegram_link, code="7K3MQ9XA")
    database.write_now(partial(invites.put_bot, account="1", username="haorizi_bot"))
    database.write_now(partial(invites.keep_only_bot, account="1"))
    kept = [database.read_now(partial(link, account=account)) for account in (None, "1", "2")]

    database.write_now(partial(invites.keep_only_bot, account="2"))

    assert kept == ["https://t.me/haorizi_bot?start=7K3MQ9XA", "https://t.me/haorizi_bot?start=7K3MQ9XA", ""]
    assert [database.read_now(partial(link, account=account)) for account in (None, "1", "2")] == ["", "", ""]


def test_a_bot_that_was_known_by_its_name_alone_is_forgotten(database: Database) -> None:
    database.write_now(partial(meta.put, name=invites.BOT, value={"username": "haorizi_bot"}))

    database.write_now(partial(invites.keep_only_bot, account=""))

    assert database.read_now(partial(invites.telegram_link, code="7K3MQ9XA")) == ""
