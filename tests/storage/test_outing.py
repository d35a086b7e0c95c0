"""Outings and trips in the rows: each moves once, who is out is found by spans, another store's is as good as none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import wait
from functools import partial

import pytest
from sqlmodel import Session

from storage import outing
from storage.database import Database
from storage.outing import LIVE, NOT_AGREED, OUT, Outing, OutingKind, OutingState
from tests.storage.shop import DAY, HOUR, MINUTE, NOW, Shop, all_rows, open_shop

Work = Callable[[Session], bool]


def add(
    database: Database,
    shop: Shop,
    *,
    staff_id: int = 0,
    kind: OutingKind = OutingKind.OUTING,
    state: OutingState = OutingState.GOING,
    hours: tuple[float, float] = (1, 3),
) -> int:
    who = staff_id or shop.wang
    made = Outing(
        store_id=shop.store_id,
        staff_id=who,
        entered_by_id=who,
        kind=kind,
        place="锦绣花园",
        starts_at=NOW + hours[0] * HOUR,
        ends_at=NOW + hours[1] * HOUR,
        state=state,
        created_at=NOW,
    )
    return database.write_now(lambda session: outing.add(session, made).id)


def changing(shop: Shop, number: int, kind: OutingKind, change: Callable[[Session, Outing], bool]) -> Work:
    def work(session: Session) -> bool:
        found = outing.lock(session, shop.store_id, number, kind)
        assert found is not None
        return change(session, found)

    return work


def moving(shop: Shop, number: int, state: OutingState, while_in: Sequence[OutingState]) -> Work:
    def change(session: Session, found: Outing) -> bool:
        return outing.move(session, found, state, while_in=while_in)

    return changing(shop, number, OutingKind.TRIP, change)


def only(database: Database) -> Outing:
    [row] = all_rows(database, Outing)
    assert isinstance(row, Outing)
    return row


def over(database: Database, shop: Shop, first: float, last: float) -> list[int]:
    found = database.read_now(
        partial(outing.out_over, store_id=shop.store_id, start=NOW + first * HOUR, end=NOW + last * HOUR)
    )
    return [one.id for one in found]


def test_an_outing_moves_only_from_where_it_is_thought_to_be(database: Database, shop: Shop) -> None:
    number = add(database, shop, kind=OutingKind.TRIP, state=OutingState.PENDING)

    moved = [
        database.write_now(moving(shop, number, OutingState.GOING, [OutingState.PENDING])),
        database.write_now(moving(shop, number, OutingState.REFUSED, [OutingState.PENDING])),
    ]

    assert moved == [True, False]
    assert (only(database).state, only(database).version) == (OutingState.GOING, 2)


def test_of_a_yes_and_a_departure_in_one_instant_one_wins(database: Database, shop: Shop) -> None:
    numbers = [add(database, shop, kind=OutingKind.TRIP, state=OutingState.PENDING) for _ in range(4)]

    def depart(session: Session, found: Outing) -> bool:
        return outing.depart(session, found, NOW, OutingState.UNAPPROVED, while_in=NOT_AGREED)

    raced = [
        (
            database.submit(moving(shop, number, OutingState.GOING, [OutingState.PENDING])),
            database.submit(changing(shop, number, OutingKind.TRIP, depart)),
        )
        for number in numbers
    ]
    wait([one for pair in raced for one in pair])

    assert [[one.result() for one in pair].count(True) for pair in raced] == [1, 1, 1, 1]
    states = {row.state for row in all_rows(database, Outing)}
    assert states <= {OutingState.GOING, OutingState.UNAPPROVED}


def test_a_departure_is_recorded_once_and_may_be_earlier_than_planned(database: Database, shop: Shop) -> None:
    number = add(database, shop, kind=OutingKind.TRIP)

    def depart(session: Session, found: Outing) -> bool:
        return outing.depart(session, found, NOW + MINUTE, OutingState.GOING, while_in=[OutingState.GOING])

    left = [database.write_now(changing(shop, number, OutingKind.TRIP, depart)) for _ in range(2)]

    assert left == [True, False]
    assert (only(database).departed_at, only(database).starts_at) == (NOW + MINUTE, NOW + MINUTE)


def test_a_late_departure_leaves_the_beginning_where_it_was(database: Database, shop: Shop) -> None:
    number = add(database, shop, kind=OutingKind.TRIP)

    def depart(session: Session, found: Outing) -> bool:
        return outing.depart(session, found, NOW + 2 * HOUR, OutingState.GOING, while_in=[OutingState.GOING])

    database.write_now(changing(shop, number, OutingKind.TRIP, depart))

    assert (only(database).departed_at, only(database).starts_at) == (NOW + 2 * HOUR, NOW + HOUR)


def test_a_return_is_recorded_once(database: Database, shop: Shop) -> None:
    number = add(database, shop)

    def back(session: Session, found: Outing) -> bool:
        return outing.come_back(session, found, NOW + 2 * HOUR, went_home=True)

    returned = [database.submit(changing(shop, number, OutingKind.OUTING, back)) for _ in range(4)]
    wait(returned)

    assert [one.result() for one in returned].count(True) == 1
    row = only(database)
    assert (row.state, row.returned_at, row.went_home) == (OutingState.BACK, NOW + 2 * HOUR, True)


@pytest.mark.parametrize("state", [one for one in OutingState if one not in OUT])
def test_only_who_is_out_comes_back(database: Database, shop: Shop, state: OutingState) -> None:
    number = add(database, shop, state=state)

    def back(session: Session, found: Outing) -> bool:
        return outing.come_back(session, found, NOW)

    assert not database.write_now(changing(shop, number, OutingKind.OUTING, back))
    assert only(database).state == state


def test_a_later_return_is_kept_while_it_is_live(database: Database, shop: Shop) -> None:
    live, gone = add(database, shop), add(database, shop, state=OutingState.WITHDRAWN)

    def later(session: Session, found: Outing) -> bool:
        return outing.stay_until(session, found, NOW + 5 * HOUR)

    moved = [database.write_now(changing(shop, number, OutingKind.OUTING, later)) for number in (live, gone)]

    assert moved == [True, False]
    assert [row.ends_at for row in all_rows(database, Outing)] == [NOW + 5 * HOUR, NOW + 3 * HOUR]


def test_another_stores_outing_is_as_good_as_none_and_an_outing_is_no_trip(database: Database, shop: Shop) -> None:
    number = add(database, shop)
    other = database.write_now(partial(open_shop, key="north"))

    def get(store_id: int, kind: OutingKind) -> Outing | None:
        return database.read_now(partial(outing.get, store_id=store_id, outing_id=number, kind=kind))

    assert get(shop.store_id, OutingKind.OUTING) is not None
    assert get(shop.store_id, OutingKind.TRIP) is None
    assert get(other.store_id, OutingKind.OUTING) is None
    asked = partial(outing.lock, store_id=other.store_id, outing_id=number, kind=OutingKind.OUTING)
    assert database.write_now(asked) is None
    assert over(database, other, 0, 9) == []


def test_who_is_out_is_found_by_the_moment_and_nobody_who_is_back(database: Database, shop: Shop) -> None:
    out = [add(database, shop, state=state) for state in OUT]
    for state in OutingState:
        if state not in OUT:
            add(database, shop, staff_id=shop.chen, state=state)

    assert over(database, shop, 1, 1.1) == out
    assert over(database, shop, 2.9, 9) == out
    assert over(database, shop, 0, 1) == []
    assert over(database, shop, 3, 9) == []


def test_who_should_be_back_is_overdue_the_longest_first(database: Database, shop: Shop) -> None:
    second = add(database, shop, hours=(-3, -1))
    first = add(database, shop, staff_id=shop.chen, hours=(-4, -2))
    add(database, shop, hours=(-1, 1))
    add(database, shop, state=OutingState.BACK, hours=(-3, -1))

    found = database.read_now(partial(outing.overdue, store_id=shop.store_id, now=NOW))
    elsewhere = database.read_now(partial(outing.overdue, store_id=shop.store_id + 1, now=NOW))

    assert [one.id for one in found] == [first, second]
    assert elsewhere == []


def test_what_a_person_means_to_do_in_a_span_is_found(database: Database, shop: Shop) -> None:
    live = [add(database, shop, kind=OutingKind.TRIP, state=state) for state in LIVE]
    add(database, shop, state=OutingState.BACK)
    add(database, shop, staff_id=shop.chen)
    span = partial(outing.live_of, staff_id=shop.wang, start=NOW + 2 * HOUR, end=NOW + 4 * HOUR)

    found = database.read_now(span)
    but_one = database.read_now(partial(span, but=live[0]))
    adjoining = database.read_now(partial(outing.live_of, staff_id=shop.wang, start=NOW + 3 * HOUR, end=NOW + 4 * HOUR))

    assert [one.id for one in found] == live
    assert [one.id for one in but_one] == live[1:]
    assert adjoining == []


def test_a_persons_unfinished_outings_are_listed_next_first(database: Database, shop: Shop) -> None:
    later, sooner = add(database, shop, hours=(30, 31)), add(database, shop, hours=(2, 3))
    add(database, shop, state=OutingState.BACK)
    add(database, shop, staff_id=shop.chen)

    found = database.read_now(partial(outing.unfinished_of, staff_id=shop.wang))

    assert [one.id for one in found] == [sooner, later]


def test_trips_that_nobody_agreed_to_are_found_until_their_end(database: Database, shop: Shop) -> None:
    open_trips = [add(database, shop, kind=OutingKind.TRIP, state=state) for state in NOT_AGREED]
    add(database, shop, kind=OutingKind.TRIP)
    add(database, shop, kind=OutingKind.TRIP, state=OutingState.PENDING, hours=(-48, -40))
    add(database, shop, state=OutingState.PENDING)

    found = database.read_now(partial(outing.not_agreed_of, staff_id=shop.wang, since=NOW))
    afterwards = database.read_now(partial(outing.not_agreed_of, staff_id=shop.wang, since=NOW + DAY))

    assert [one.id for one in found] == open_trips
    assert afterwards == []
