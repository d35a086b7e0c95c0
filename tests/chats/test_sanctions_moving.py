"""Open slips follow new rules: the time to speak, the moment at which a draft lapses (HANDBOOK R4, 4)."""

from __future__ import annotations

from datetime import datetime

from storage.sanctions import SanctionState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import at, draft_states, drafts
from tests.chats.steps import asks, requests, verbs
from tests.chats.test_rulebook import LATER_AFTERNOON, loads, told

LINE = "记过失单 王磊 外出没说 今天上午 没打招呼就走了"
HEARD_LONGER = ('hearing = "1wd"', 'hearing = "2wd"')
HEARD_BRIEFLY = ('hearing = "1wd"', 'hearing = "1h"')
DECIDED_SOONER = ('decide_within = "5wd"', 'decide_within = "2wd"')
TO_DECIDE = "过失单要您决定"


def test_who_may_speak_longer_hears_it_and_nobody_else_does(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person, chen: Person
) -> None:
    asks(zhou, LINE)

    loads(store, HEARD_LONGER)
    store.move_to(at("11-26 17:30"))

    assert "请在 周五 11月27日 17:30 前说明情况" in told(wang)[0]
    assert told(chen) == []
    assert "说明情况" not in told(zhou)[0] + told(liu)[0]
    assert liu.heard(TO_DECIDE) == []

    store.move_to(at("11-27 17:30"))

    assert liu.heard(TO_DECIDE)


def test_the_time_to_speak_follows_new_hours(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(zhou, LINE)

    loads(store, LATER_AFTERNOON)

    assert drafts(store)[0].heard_until == datetime.fromisoformat("2026-11-26T18:00:00+08:00")
    assert "18:00 前说明情况" in told(wang)[0]


def test_a_time_to_speak_that_is_over_now_goes_to_whoever_decides(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    asks(zhou, LINE)
    store.move_to(at("14:00"))

    loads(store, HEARD_BRIEFLY)

    assert liu.heard(TO_DECIDE)
    assert "没决定前还可以补充" in told(wang)[0]
    assert draft_states(store) == [SanctionState.DECIDING]


def test_the_moment_at_which_it_lapses_follows_the_new_limit(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    asks(zhou, LINE)
    wang.presses("没有要说的")

    loads(store, DECIDED_SOONER)

    assert requests(store)[0].expires_at == datetime.fromisoformat("2026-11-27T17:30:00+08:00")
    assert liu.hears("请在 周五 11月27日 17:30 前决定；到时没有决定就不记。")
    assert told(wang) == []
    store.move_to(at("11-27 17:30"))
    assert draft_states(store) == [SanctionState.LAPSED]


def test_what_does_not_change_is_not_touched(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(zhou, LINE)

    loads(store, ('object_within = "3wd"', 'object_within = "4wd"'))

    assert told(wang) == []
    assert "sanctions.moved_by_rules" not in verbs(store)
