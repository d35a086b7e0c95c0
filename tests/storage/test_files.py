"""Files in the rows: versions by name, each content once, one sender's in order, one process at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from sqlmodel import Session

from storage import files
from storage.database import Database
from storage.files import CaseFile, SentFile, SentState
from tests.storage.shop import DAY, MINUTE, NOW, Shop, a_case, all_rows, open_shop


@pytest.fixture
def case_id(database: Database, shop: Shop) -> int:
    return database.write_now(partial(a_case, shop=shop)).id


def keeps(shop: Shop, case_id: int, name: str, content: bytes) -> Callable[[Session], tuple[str, int]]:
    def work(session: Session) -> tuple[str, int]:
        kept = files.keep(
            session,
            store_id=shop.store_id,
            case_id=case_id,
            step_id=None,
            name=name,
            content=content,
            by_id=shop.wang,
            at=NOW,
        )
        return kept.name, kept.version

    return work


def sends(shop: Shop, file: str, *, by: int = 0, state: SentState = SentState.WAITING) -> Callable[[Session], int]:
    def work(session: Session) -> int:
        sent = SentFile(
            store_id=shop.store_id,
            by_id=by or shop.wang,
            channel="webchat",
            account="local",
            file=file,
            name=f"{file}.pdf",
            state=state,
            at=NOW,
        )
        return files.send(session, sent).id

    return work


def takes(by: int, *, real: datetime = NOW) -> Callable[[Session], str]:
    """Leases the sender's next file for three minutes; what its channel calls it."""

    def work(session: Session) -> str:
        one = files.next_of(session, by, real=real)
        if one is None:
            return ""
        files.lease(session, one, until=NOW + 3 * MINUTE)
        return one.file

    return work


def test_the_same_name_again_is_its_next_version(database: Database, shop: Shop, case_id: int) -> None:
    kept = [
        database.write_now(keeps(shop, case_id, name, content))
        for name, content in (("图.pdf", b"1"), ("图.pdf", b"2"), ("表.xlsx", b"3"))
    ]

    assert kept == [("图.pdf", 1), ("图.pdf", 2), ("表.xlsx", 1)]


def test_what_a_case_holds_already_is_found_whatever_it_is_called(database: Database, shop: Shop, case_id: int) -> None:
    database.write_now(keeps(shop, case_id, "图.pdf", b"the same"))

    found = database.read_now(partial(files.holding, case_id=case_id, sha256=files.digest(b"the same")))
    other = database.read_now(partial(files.holding, case_id=case_id, sha256=files.digest(b"other")))

    assert found is not None
    assert (found.name, other) == ("图.pdf", None)


def test_a_file_comes_back_byte_for_byte_to_its_own_store(database: Database, shop: Shop, case_id: int) -> None:
    content = bytes(range(256)) * 1000
    database.write_now(keeps(shop, case_id, "图.pdf", content))
    north = database.write_now(partial(open_shop, key="north"))
    [kept] = all_rows(database, CaseFile)

    def read(session: Session) -> bytes | None:
        own = files.get(session, shop.store_id, kept.id)
        return own.content if own else None

    assert database.read_now(read) == content
    assert database.read_now(partial(files.get, store_id=north.store_id, file_id=kept.id)) is None


def test_one_senders_files_are_fetched_one_after_another(database: Database, shop: Shop) -> None:
    for file, by in (("first", shop.wang), ("second", shop.wang), ("other", shop.chen)):
        database.write_now(sends(shop, file, by=by))

    taken = [database.write_now(takes(by)) for by in (shop.wang, shop.wang, shop.chen)]

    assert taken == ["first", "", "other"]


def test_what_is_not_placed_yet_is_not_fetched(database: Database, shop: Shop, case_id: int) -> None:
    number = database.write_now(sends(shop, "drawing", state=SentState.ASKED))
    before = database.write_now(takes(shop.wang))

    def place(session: Session) -> list[bool]:
        one = files.sent(session, shop.store_id, number)
        assert one is not None
        return [files.place(session, one, case_id=case_id, step_id=None), files.drop(session, one)]

    placed = database.write_now(place)

    assert (before, placed) == ("", [True, False])
    assert database.write_now(takes(shop.wang)) == "drawing"


def test_what_a_dead_process_had_in_hand_is_taken_again_after_its_lease(database: Database, shop: Shop) -> None:
    database.write_now(sends(shop, "drawing"))
    database.write_now(takes(shop.wang))

    at_once = database.read_now(partial(files.senders_due, real=NOW + MINUTE))
    later = database.read_now(partial(files.senders_due, real=NOW + 3 * MINUTE))

    assert (at_once, later) == ([], [shop.wang])


def test_when_the_only_process_starts_again_nothing_is_in_hand(database: Database, shop: Shop) -> None:
    database.write_now(sends(shop, "drawing"))
    database.write_now(takes(shop.wang))

    database.write_now(files.release)

    assert database.write_now(takes(shop.wang)) == "drawing"


def test_what_failed_waits_until_it_is_tried_again(database: Database, shop: Shop) -> None:
    number = database.write_now(sends(shop, "drawing"))
    database.write_now(takes(shop.wang))

    database.write_now(partial(files.retry_at, sent_id=number, at=NOW + MINUTE, error="down"))

    assert database.write_now(takes(shop.wang)) == ""
    assert database.write_now(takes(shop.wang, real=NOW + DAY)) == "drawing"
