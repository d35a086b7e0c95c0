"""Meetings in the rows: one of a round for each day, one winner of two who change it, people asked once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import wait
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from storage import meetings, meetings_written
from storage.database import Database
from storage.meetings import LIVE, Coming, Meeting, MeetingKind, MeetingPerson, MeetingState
from storage.meetings_written import ItemKind, MeetingAction
from tests.storage.shop import DAY, HOUR, NOW, Shop, all_rows, open_shop

MONDAY = date(2026, 11, 30)


def planned(shop: Shop, day: date | None = MONDAY, **more: Any) -> Callable[[Session], int | None]:
    values = {
        "store_id": shop.store_id,
        "kind": MeetingKind.WEEKLY,
        "planned_on": day,
        "audience": ["store"],
        "place": "",
        "starts_at": NOW + DAY,
        "ends_at": NOW + DAY + HOUR,
        "host_id": shop.zhou,
        "created_at": NOW,
        "changed_at": NOW,
    }
    return partial(meetings.plan, values=values | more)


def plan(database: Database, shop: Shop, day: date | None = MONDAY, **more: Any) -> int:
    made = database.write_now(planned(shop, day, **more))
    assert made is not None
    return int(made)


def on(database: Database, shop: Shop, number: int, work: Callable[[Session, Meeting], Any]) -> Any:
    """Does something with the meeting, locked, as a handler would."""

    def locked(session: Session) -> Any:
        found = meetings.lock(session, shop.store_id, number)
        assert found is not None
        return work(session, found)

    return database.write_now(locked)


def test_a_round_has_one_meeting_for_each_day_even_if_many_plan_it_at_once(database: Database, shop: Shop) -> None:
    planning = [database.submit(planned(shop)) for _ in range(8)]
    wait(planning)

    made = [one.result() for one in planning if one.result() is not None]
    assert made == [one.id for one in all_rows(database, Meeting)]
    assert len(made) == 1


def test_other_days_kinds_and_stores_have_their_own(database: Database, shop: Shop) -> None:
    north = database.write_now(partial(open_shop, key="north"))
    plan(database, shop)

    plan(database, shop, MONDAY + timedelta(days=7))
    plan(database, shop, kind=MeetingKind.MONTHLY)
    plan(database, north)

    assert len(all_rows(database, Meeting)) == 4
    assert len(database.read_now(partial(meetings.ahead, store_id=north.store_id, now=NOW))) == 1


def test_meetings_that_somebody_calls_are_not_kept_apart_by_days(database: Database, shop: Shop) -> None:
    for _ in range(2):
        plan(database, shop, None, kind=MeetingKind.OTHER)

    assert len(all_rows(database, Meeting)) == 2


def renaming(place: str) -> Callable[[Session, Meeting], bool]:
    return lambda session, meeting: meetings.change(session, meeting, {"place": place}, revision=1)


def saying(staff_id: int, coming: Coming) -> Callable[[Session, Meeting], bool]:
    return lambda session, meeting: meetings.say(session, _of(session, meeting, staff_id), coming, at=NOW)


def test_of_two_changes_of_the_same_revision_one_wins(database: Database, shop: Shop) -> None:
    number = plan(database, shop)

    won = [on(database, shop, number, renaming(place)) for place in ("二楼", "三楼")]

    (row,) = all_rows(database, Meeting)
    assert won == [True, False]
    assert (row.place, row.revision) == ("二楼", 2)


def test_what_was_cancelled_is_neither_changed_nor_started(database: Database, shop: Shop) -> None:
    number = plan(database, shop)
    move = partial(meetings.move, while_in=[MeetingState.PLANNED])

    won = [
        on(database, shop, number, lambda session, one: move(session, one, MeetingState.CANCELLED)),
        on(database, shop, number, lambda session, one: move(session, one, MeetingState.STARTED)),
        on(database, shop, number, lambda session, one: meetings.change(session, one, {"place": "二楼"}, revision=1)),
    ]

    assert won == [True, False, False]
    assert database.read_now(partial(meetings.ahead, store_id=shop.store_id, now=NOW)) == []


def test_people_are_asked_once_and_left_out_ones_come_back_with_what_they_said(database: Database, shop: Shop) -> None:
    number = plan(database, shop)
    invite = partial(on, database, shop, number)
    invite(lambda session, one: meetings.invite(session, one, [shop.wang, shop.chen]))
    invite(lambda session, one: meetings.say(session, _of(session, one, shop.wang), Coming.YES, at=NOW))

    invite(lambda session, one: meetings.invite(session, one, [shop.chen]))
    left = [row.staff_id for row in database.read_now(partial(meetings.people_of, meeting_id=number))]
    invite(lambda session, one: meetings.invite(session, one, [shop.wang, shop.chen, shop.zhou]))

    assert left == [shop.chen]
    rows = {row.staff_id: row.coming for row in all_rows(database, MeetingPerson)}
    assert rows == {shop.wang: Coming.YES, shop.chen: Coming.UNSAID, shop.zhou: Coming.UNSAID}


def _of(session: Session, meeting: Meeting, staff_id: int) -> MeetingPerson:
    found = meetings.person_of(session, meeting.id, staff_id)
    assert found is not None
    return found


def test_the_same_answer_twice_is_one_answer(database: Database, shop: Shop) -> None:
    number = plan(database, shop)
    on(database, shop, number, lambda session, one: meetings.invite(session, one, [shop.wang]))

    changed = [on(database, shop, number, saying(shop.wang, one)) for one in (Coming.YES, Coming.YES, Coming.NO)]

    assert changed == [True, False, True]


def test_a_round_moved_by_hand_is_not_the_rules_to_move(database: Database, shop: Shop) -> None:
    plan(database, shop, by_hand=True)
    plan(database, shop, MONDAY + timedelta(days=7))

    ahead = partial(meetings.rounds_ahead, store_id=shop.store_id, kind=MeetingKind.WEEKLY, now=NOW)
    found = database.write_now(lambda session: [one.planned_on for one in ahead(session)])

    assert found == [MONDAY + timedelta(days=7)]


def test_another_stores_meeting_item_and_action_are_not_found(database: Database, shop: Shop) -> None:
    north = database.write_now(partial(open_shop, key="north"))
    number = plan(database, shop)
    item = on(
        database,
        shop,
        number,
        lambda session, one: meetings_written.write(session, one, ItemKind.AGENDA, "灯光", by_id=shop.wang, now=NOW).id,
    )

    found = [
        database.read_now(partial(meetings.get, store_id=north.store_id, meeting_id=number)),
        database.read_now(partial(meetings_written.item, store_id=north.store_id, item_id=item)),
        database.read_now(partial(meetings_written.action, store_id=north.store_id, action_id=1)),
    ]

    assert found == [None, None, None]


def test_an_action_is_finished_once_and_then_it_is_not_open(database: Database, shop: Shop) -> None:
    number = plan(database, shop)
    action = MeetingAction(
        store_id=shop.store_id,
        meeting_id=number,
        owner_id=shop.wang,
        by_id=shop.zhou,
        due_on=MONDAY,
        words="报价",
        created_at=NOW,
    )
    made = database.write_now(lambda session: meetings_written.add_action(session, action).id)

    def finish(session: Session) -> bool:
        found = meetings_written.action(session, shop.store_id, made)
        assert found is not None
        return meetings_written.finish(session, found, now=NOW)

    won = [database.write_now(finish) for _ in range(2)]

    assert won == [True, False]
    left = partial(meetings_written.open_actions, store_id=shop.store_id, owner_id=shop.wang)
    assert database.read_now(left) == []


def test_meetings_of_the_same_hour_touch_and_neighbours_do_not(database: Database, shop: Shop) -> None:
    number = plan(database, shop)

    spans = [(NOW + DAY, NOW + DAY + HOUR), (NOW + DAY + HOUR, NOW + DAY + 2 * HOUR), (NOW, NOW + DAY)]
    found = [
        [one.id for one in database.read_now(partial(meetings.over, store_id=shop.store_id, start=start, end=end))]
        for start, end in spans
    ]

    assert found == [[number], [], []]
    assert MeetingState.STARTED in LIVE
