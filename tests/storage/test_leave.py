"""Leave in the rows: a half day is taken once, two halves are a day, who is away is found by half days and by spans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import wait
from datetime import date, timedelta
from functools import partial

from sqlmodel import Session

from storage import leave
from storage.database import Database
from storage.leave import GRANTED, LIVE, Half, Leave, LeaveHalf, LeaveState
from tests.storage.shop import DAY, HOUR, NOW, Shop, all_rows

FRIDAY = date(2026, 11, 27)
MORNING, AFTERNOON = (FRIDAY, Half.MORNING), (FRIDAY, Half.AFTERNOON)


def new_leave(shop: Shop, staff_id: int, *, days: int = 2, state: LeaveState = LeaveState.PENDING) -> Leave:
    return Leave(
        store_id=shop.store_id,
        staff_id=staff_id,
        entered_by_id=staff_id,
        kind="compensatory",
        starts_at=NOW + days * DAY,
        ends_at=NOW + days * DAY + 4 * HOUR,
        state=state,
        created_at=NOW,
    )


def add(database: Database, shop: Shop, staff_id: int, *, days: int = 2, state: LeaveState = LeaveState.PENDING) -> int:
    made = new_leave(shop, staff_id, days=days, state=state)
    return database.write_now(lambda session: leave.add(session, made).id)


def taking(shop: Shop, number: int, *halves: tuple[date, Half]) -> Callable[[Session], list[tuple[date, Half]]]:
    def work(session: Session) -> list[tuple[date, Half]]:
        found = leave.lock(session, shop.store_id, number)
        assert found is not None
        return leave.take_halves(session, found, halves)

    return work


def halves(database: Database, staff_id: int, *, but: int | None = None) -> list[tuple[date, str]]:
    found = database.read_now(partial(leave.halves_of, staff_id=staff_id, first=FRIDAY, last=FRIDAY, but=but))
    return [(half.day, half.half) for half in found]


def moving(
    shop: Shop, number: int, state: LeaveState, while_in: Sequence[LeaveState] = LIVE
) -> Callable[[Session], bool]:
    def work(session: Session) -> bool:
        found = leave.lock(session, shop.store_id, number)
        assert found is not None
        return leave.move(session, found, state, while_in=while_in)

    return work


def test_a_half_day_is_taken_once_by_a_person(database: Database, shop: Shop) -> None:
    first, second = add(database, shop, shop.wang), add(database, shop, shop.wang)

    refused = [
        database.write_now(taking(shop, first, MORNING)),
        database.write_now(taking(shop, second, MORNING, AFTERNOON)),
    ]

    assert refused == [[], [MORNING]]
    assert halves(database, shop.wang) == [MORNING, AFTERNOON]


def test_two_halves_of_one_day_are_the_whole_day(database: Database, shop: Shop) -> None:
    first, second = add(database, shop, shop.wang), add(database, shop, shop.wang)

    refused = [
        database.write_now(taking(shop, first, MORNING)),
        database.write_now(taking(shop, second, AFTERNOON)),
    ]

    assert refused == [[], []]
    assert halves(database, shop.wang) == [MORNING, AFTERNOON]
    assert halves(database, shop.wang, but=first) == [AFTERNOON]


def test_colleagues_may_take_the_same_half_day(database: Database, shop: Shop) -> None:
    wangs, chens = add(database, shop, shop.wang), add(database, shop, shop.chen)

    assert database.write_now(taking(shop, wangs, MORNING)) == []
    assert database.write_now(taking(shop, chens, MORNING)) == []


def test_of_many_requests_at_once_one_gets_the_half_day(database: Database, shop: Shop) -> None:
    numbers = [add(database, shop, shop.wang) for _ in range(6)]

    asked = [database.submit(taking(shop, number, MORNING)) for number in numbers]
    wait(asked)

    assert sorted(len(one.result()) for one in asked) == [0, 1, 1, 1, 1, 1]
    assert halves(database, shop.wang) == [MORNING]


def test_half_days_that_are_given_back_can_be_taken_again(database: Database, shop: Shop) -> None:
    first, second = add(database, shop, shop.wang), add(database, shop, shop.wang)
    database.write_now(taking(shop, first, MORNING, AFTERNOON))

    database.write_now(partial(leave.free_halves, leave_id=first, after=[AFTERNOON]))
    some = database.write_now(taking(shop, second, MORNING, AFTERNOON))
    database.write_now(partial(leave.free_halves, leave_id=first))
    rest = database.write_now(taking(shop, second, MORNING))

    assert (some, rest) == ([MORNING], [])
    assert halves(database, shop.wang, but=first) == [MORNING, AFTERNOON]


def test_giving_no_half_day_back_gives_none_back(database: Database, shop: Shop) -> None:
    number = add(database, shop, shop.wang)
    database.write_now(taking(shop, number, MORNING))

    database.write_now(partial(leave.free_halves, leave_id=number, after=[]))

    assert halves(database, shop.wang) == [MORNING]


def test_who_else_is_away_is_found_by_half_days_with_the_leave(database: Database, shop: Shop) -> None:
    wangs, chens = add(database, shop, shop.wang), add(database, shop, shop.chen)
    saturday = FRIDAY + timedelta(days=1)
    database.write_now(taking(shop, chens, AFTERNOON))
    database.write_now(taking(shop, wangs, MORNING, (saturday, Half.MORNING)))

    away = database.read_now(partial(leave.halves_in_store, store_id=shop.store_id, first=FRIDAY, last=FRIDAY))
    elsewhere = database.read_now(
        partial(leave.halves_in_store, store_id=shop.store_id + 1, first=FRIDAY, last=saturday)
    )

    assert [(half.half, found.staff_id) for half, found in away] == [("morning", shop.wang), ("afternoon", shop.chen)]
    assert elsewhere == []


def test_a_leave_moves_only_from_where_it_is_thought_to_be(database: Database, shop: Shop) -> None:
    number = add(database, shop, shop.wang)

    moved = [
        database.write_now(moving(shop, number, LeaveState.APPROVED, [LeaveState.PENDING])),
        database.write_now(moving(shop, number, LeaveState.REFUSED, [LeaveState.PENDING])),
    ]

    [row] = all_rows(database, Leave)
    assert moved == [True, False]
    assert (row.state, row.version) == (LeaveState.APPROVED, 2)


def test_of_many_who_move_a_leave_one_wins(database: Database, shop: Shop) -> None:
    number = add(database, shop, shop.wang)
    states = [LeaveState.APPROVED, LeaveState.WITHDRAWN] * 3

    moved = [database.submit(moving(shop, number, state, [LeaveState.PENDING])) for state in states]
    wait(moved)

    assert [one.result() for one in moved].count(True) == 1
    assert all_rows(database, Leave)[0].version == 2


def test_another_stores_leave_is_as_good_as_none(database: Database, shop: Shop) -> None:
    number = add(database, shop, shop.wang)

    assert database.read_now(partial(leave.get, store_id=shop.store_id + 1, leave_id=number)) is None
    assert database.write_now(partial(leave.lock, store_id=shop.store_id + 1, leave_id=number)) is None
    found = database.read_now(partial(leave.get, store_id=shop.store_id, leave_id=number))
    assert found is not None
    assert found.staff_id == shop.wang


def test_what_is_said_instead_is_a_new_version(database: Database, shop: Shop) -> None:
    number = add(database, shop, shop.wang)

    def rewrite(session: Session) -> None:
        found = leave.lock(session, shop.store_id, number)
        assert found is not None
        leave.rewrite(session, found, {"reason": "搬家", "ends_at": NOW + 3 * DAY})

    database.write_now(rewrite)

    [row] = all_rows(database, Leave)
    assert (row.reason, row.ends_at, row.version) == ("搬家", NOW + 3 * DAY, 2)


def test_who_comes_back_early_is_away_no_longer(database: Database, shop: Shop) -> None:
    number = add(database, shop, shop.wang, state=LeaveState.APPROVED)
    back = NOW + 2 * DAY + HOUR

    def end(session: Session) -> None:
        found = leave.lock(session, shop.store_id, number)
        assert found is not None
        leave.end(session, found, back)

    database.write_now(end)

    away = partial(leave.granted_over, store_id=shop.store_id)
    assert all_rows(database, Leave)[0].came_back_at == back
    assert len(database.read_now(partial(away, start=back - HOUR, end=back))) == 1
    assert database.read_now(partial(away, start=back, end=back + DAY)) == []


def test_only_granted_leave_that_touches_the_span_is_absence(database: Database, shop: Shop) -> None:
    granted = [add(database, shop, shop.wang, state=state) for state in GRANTED]
    add(database, shop, shop.chen, state=LeaveState.PENDING)
    add(database, shop, shop.zhou, state=LeaveState.REFUSED)
    start = NOW + 2 * DAY

    def over(first: timedelta, last: timedelta) -> list[int]:
        span = partial(leave.granted_over, store_id=shop.store_id, start=start + first, end=start + last)
        return [found.id for found in database.read_now(span)]

    assert over(HOUR, HOUR) == granted
    assert over(-HOUR, HOUR) == granted
    assert over(-HOUR, timedelta()) == []
    assert over(4 * HOUR, 5 * HOUR) == []


def test_a_persons_coming_leave_is_listed_next_first(database: Database, shop: Shop) -> None:
    later, sooner = add(database, shop, shop.wang, days=5), add(database, shop, shop.wang, days=3)
    add(database, shop, shop.wang, days=-3)
    add(database, shop, shop.wang, days=4, state=LeaveState.REFUSED)
    add(database, shop, shop.chen, days=4)

    coming = database.read_now(partial(leave.coming_of, staff_id=shop.wang, now=NOW))

    assert [found.id for found in coming] == [sooner, later]


def test_half_days_point_at_their_leave(database: Database, shop: Shop) -> None:
    number = add(database, shop, shop.wang)

    database.write_now(taking(shop, number, MORNING))

    [half] = all_rows(database, LeaveHalf)
    assert (half.leave_id, half.staff_id, half.store_id, half.day) == (number, shop.wang, shop.store_id, FRIDAY)
