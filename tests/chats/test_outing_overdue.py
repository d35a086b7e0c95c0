"""Who does not come back from an outing is asked at their minute, then the front desk hears it, each once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from storage.outbox import Kind, Outbox
from storage.outing import OutingState
from tests.chat import Person, StoreAtWork, rows, store_at_work
from tests.chats.out_steps import (
    OUTING,
    OWN_LATE,
    OWN_OUT,
    at,
    can_press,
    out_states,
    outings,
)
from tests.chats.steps import asks, clock_is_ahead, verbs

ASKED = "⏰ 王磊，您说 16:00 回来（锦绣花园）"
DESK_TOLD = "⚠ 王磊 说"


def is_out(store: StoreAtWork, wang: Person) -> None:
    """王磊 is out until 16:00; it is 15:00."""
    asks(wang, OUTING)
    store.move_to(at("15:00"))


def test_who_does_not_come_back_is_asked_at_twenty_past_once(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, OUTING)
    store.move_to(at("16:19"))

    assert wang.heard(ASKED) == []

    store.move_to(at("16:20"))

    assert wang.hears(f"{ASKED}，现在 16:20。回来了吗？", buttons=OWN_LATE)

    store.move_to(at("16:49"))

    assert len(wang.heard(ASKED)) == 1
    assert zhou.heard(DESK_TOLD) == []


def test_thirty_working_minutes_later_the_front_desk_hears_it_once(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    asks(wang, OUTING)
    store.move_to(at("16:50"))

    assert zhou.hears("⚠ 王磊 说 16:00 从 锦绣花园 回来，现在还没说回来，问了也没回。")

    store.move_to(at("11-26 18:00"))

    assert len(zhou.heard(DESK_TOLD)) == 1
    assert told_keys(store, "outing.overdue") == 1
    assert told_keys(store, "outing.overdue_front_desk") == 1
    assert len([one for one in verbs(store) if one == "outing.ended_by_itself"]) == 1
    assert liu.heard("王磊") == []


def told_keys(store: StoreAtWork, key: str) -> int:
    """How often a text was given to the outbox, whatever its card says by now."""
    queued: list[Outbox] = store.query(partial(rows, table=Outbox))
    return len([one for one in queued if one.content["key"] == key and one.kind == Kind.SEND])


@pytest.mark.parametrize("answer", ["回来了", "已直接下班"])
def test_who_has_answered_is_left_in_peace(store: StoreAtWork, wang: Person, zhou: Person, answer: str) -> None:
    asks(wang, OUTING)
    store.move_to(at("16:20"))
    wang.presses(answer, on="回来了吗")
    before = len(wang.sees())

    store.move_to(at("11-27 18:00"))

    assert zhou.heard(DESK_TOLD) == []
    assert len(wang.sees()) == before


def test_who_comes_back_in_time_is_never_asked(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_out(store, wang)
    wang.presses("回来了")

    store.move_to(at("11-26 18:00"))

    assert wang.heard("回来了吗") == []
    assert zhou.heard(DESK_TOLD) == []


def test_who_waits_a_little_longer_is_asked_at_the_new_time(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, OUTING)
    store.move_to(at("16:20"))
    wang.presses("再等一会")
    wang.presses("16:50")

    store.move_to(at("17:09"))

    assert zhou.heard(DESK_TOLD) == []
    assert wang.heard("您说 16:50") == []

    store.move_to(at("17:10"))

    assert wang.hears("⏰ 王磊，您说 16:50 回来（锦绣花园），现在 17:10。回来了吗？", buttons=OWN_LATE)


def test_who_is_out_until_closing_goes_home_and_is_not_asked(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "外出 下午 锦绣花园 量房")

    store.move_to(at("17:30"))

    assert wang.heard("回来了吗") == []
    assert wang.hears("✅ 17:30 直接下班", buttons=[])
    assert [(one.state, one.went_home) for one in outings(store)] == [(OutingState.BACK, True)]


def test_who_should_be_back_shortly_before_closing_is_asked_at_closing(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 下午四点到五点二十 锦绣花园 量房")
    store.move_to(at("17:29"))

    assert wang.heard("回来了吗") == []

    store.move_to(at("17:30"))

    assert len(wang.heard("回来了吗")) == 1


def test_what_was_asked_at_closing_is_told_to_the_front_desk_in_the_morning(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, "外出 下午四点到五点二十 锦绣花园 量房")
    store.move_to(at("11-26 09:29"))

    assert zhou.heard(DESK_TOLD) == []

    store.move_to(at("11-26 09:30"))

    assert len(zhou.heard(DESK_TOLD)) == 1


def test_an_evening_outing_is_over_at_its_end_and_nobody_is_asked_at_night(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, "外出 晚上七点到九点 锦绣花园 见客户")

    store.move_to(at("11-26 12:00"))

    assert out_states(store) == [OutingState.BACK]
    assert wang.heard("回来了吗") == []
    assert zhou.heard(DESK_TOLD) == []


def test_nobody_is_asked_after_who_was_out_on_a_closed_day(store: StoreAtWork, wang: Person) -> None:
    store.move_to("2026-12-31T10:00:00+08:00")
    asks(wang, "外出 1月2号上午十点到十一点 锦绣花园 量房")

    store.move_to("2027-01-04T12:00:00+08:00")

    assert wang.heard("回来了吗") == []
    assert out_states(store) == [OutingState.BACK]


def test_of_several_days_only_the_last_evening_counts(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 今天到后天 成都路 培训")
    store.move_to(at("11-26 12:00"))

    assert list(wang.sees()[-1].buttons) == OWN_OUT

    store.move_to(at("11-27 17:30"))

    assert out_states(store) == [OutingState.BACK]


def test_what_was_never_answered_is_over_at_closing_without_a_button_left(store: StoreAtWork, wang: Person) -> None:
    asks(wang, OUTING)

    store.move_to(at("17:30"))

    assert out_states(store) == [OutingState.BACK]
    assert can_press(wang) == set()


def test_one_who_was_down_for_a_while_asks_late_and_once(sqlite_url: str, tmp_path: Path) -> None:
    """agronholm/apscheduler#292"""
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), OUTING)
        store.write(partial(clock_is_ahead, seconds=6.5 * 3600))

    with store_at_work(sqlite_url, tmp_path) as store:
        store.settle()

        assert len(store.person("wang").heard(ASKED)) == 1
        assert store.person("zhou").heard(DESK_TOLD) == []
        store.move_to(at("16:51"))
        assert len(store.person("zhou").heard(DESK_TOLD)) == 1


def test_one_who_was_down_until_all_is_over_asks_nobody(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        asks(store.person("wang"), OUTING)
        store.write(partial(clock_is_ahead, seconds=30 * 3600))

    with store_at_work(sqlite_url, tmp_path) as store:
        store.settle()

        assert out_states(store) == [OutingState.BACK]
        assert store.person("wang").heard("回来了吗") == []
        assert store.person("zhou").heard(DESK_TOLD) == []
