"""Rights around a trip as a table: every button by every role, by strangers of another store, before and after."""

from __future__ import annotations

from functools import partial

import pytest
from sqlmodel import Session

from bot.desk import Desk
from bot.talk import Incoming, Said
from storage.outbox import Outbox
from storage.outing import OutingState
from tests.chat import Person, StoreAtWork, rows
from tests.chats.out_steps import OUTING, TRIP, drafts, is_agreed, out_states, outings
from tests.chats.steps import asks, not_done, open_other_store, verbs
from tests.chats.test_hostile import NASTY, is_shown_escaped

FORGED = "这个按钮用不了，请看最新的消息，或者说“菜单”。"
NOT_OWN = "这是别人的外出，您改不了。"
NOT_OURS = "这件事由刘总决定。"
DECIDE = ["approvals:approve:1", "approvals:refuse:1", "approvals:snooze:1"]
OWN = ["trip:depart:1", "trip:call_off:1", "trip:later:1", "trip:back:1", "trip:home:1"]

# who, action, what they hear; nothing is changed. The trip is 王磊's and waits for 刘总.
REFUSED = [
    *(("wang", action, NOT_OURS) for action in DECIDE),
    *(("chen", action, NOT_OURS) for action in DECIDE),
    *(("zhao", action, NOT_OURS) for action in DECIDE),
    *(("sun", action, NOT_OURS) for action in DECIDE),
    *(("wu", action, NOT_OURS) for action in DECIDE),
    *(("zhou", action, NOT_OURS) for action in DECIDE),
    *((who, action, NOT_OWN) for who in ("chen", "zhao", "sun", "wu", "zhou", "liu") for action in OWN),
    ("wang", "trip:back:1", "您现在没有登记外出"),
    ("wang", "trip:home:1", "您现在没有登记外出"),
    ("wang", "outing:back:1", FORGED),
    ("wang", "outing:call_off:1", FORGED),
    ("liu", "approvals:take_back:1", "这不是您做的决定，撤回不了。"),
    ("liu", "trip:approve:1", FORGED),
    ("liu", "trip:decided:1", FORGED),
    ("liu", "trip:left_unapproved:1", FORGED),
]


def in_private(person: Person) -> str:
    person.says("菜单")
    return person.last().id


@pytest.fixture(scope="module")
def waiting(long_day: StoreAtWork) -> StoreAtWork:
    """王磊's trip waits for an answer."""
    asks(long_day.person("wang"), TRIP)
    open_other_store(long_day)
    return long_day


@pytest.mark.parametrize(("who", "action", "heard"), REFUSED, ids=[f"{who} {action}" for who, action, _ in REFUSED])
def test_who_may_not_changes_nothing_and_hears_why(waiting: StoreAtWork, who: str, action: str, heard: str) -> None:
    person, parked = waiting.person(who), not_done(waiting)

    person.sends_press(in_private(person), action)

    assert heard in person.last().text
    assert out_states(waiting) == [OutingState.PENDING]
    assert [one.departed_at for one in outings(waiting)] == [None]
    assert drafts(waiting) == []
    assert not_done(waiting) == parked


@pytest.mark.parametrize("action", [*DECIDE, *OWN, "approvals:show:1", "approvals:take_back:1", "sanctions:say:1"])
@pytest.mark.parametrize("who", ["qian", "feng"])
def test_another_stores_managers_may_do_nothing_here(waiting: StoreAtWork, who: str, action: str) -> None:
    stranger = waiting.person(who)

    stranger.sends_press(in_private(stranger), action)

    assert stranger.last().text == FORGED
    assert "王磊" not in stranger.transcript()
    assert out_states(waiting) == [OutingState.PENDING]
    assert verbs(waiting)[-1] == "desk.forged_button"


@pytest.mark.parametrize("action", [*DECIDE, *OWN])
def test_somebody_whom_no_store_knows_gets_one_polite_sentence(waiting: StoreAtWork, action: str) -> None:
    incoming = Incoming("webchat", "local", f"x:{action}", "nobody", kind=Said.PRESS, text="", action=action)

    waiting.write(partial(_hear, waiting.app.desk, incoming))

    told: list[Outbox] = waiting.query(partial(rows, table=Outbox))
    assert told[-1].content["key"] == "desk.stranger"
    assert out_states(waiting) == [OutingState.PENDING]


def _hear(desk: Desk, incoming: Incoming, session: Session) -> None:
    lane = desk.keep(incoming, session)
    assert lane is not None
    desk.handle_next(lane, session)


def test_nobody_takes_back_what_the_gm_office_decided(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    is_agreed(wang, liu)

    for person in (wang, zhou, store.person("chen")):
        person.sends_press(in_private(person), "approvals:take_back:1")

    assert out_states(store) == [OutingState.GOING]
    assert zhou.last().text == "这不是您做的决定，撤回不了。"


def test_a_colleague_does_not_confirm_somebody_elses_departure(store: StoreAtWork, wang: Person, chen: Person) -> None:
    asks(wang, TRIP)
    wang.presses("已出发")

    chen.sends_press(in_private(chen), wang.last().actions[0])

    assert chen.last().text == FORGED
    assert drafts(store) == []


def test_the_manager_who_entered_it_may_say_that_he_has_left(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(zhou, "代 王磊 出城 今天十一点 成都 看材料")
    liu.presses("同意")

    zhou.sends_press(in_private(zhou), "trip:depart:1")

    assert outings(store)[0].departed_at is not None
    assert verbs(store)[-1] == "trip.departed"


def test_an_outing_needs_nobodys_yes_and_gives_nobody_a_right(store: StoreAtWork, wang: Person, liu: Person) -> None:
    asks(wang, OUTING)

    liu.sends_press(in_private(liu), "approvals:approve:1")

    assert liu.last().text == FORGED


@pytest.mark.parametrize("name", ["script", "jinja", "format"])
def test_hostile_words_reach_the_gm_office_escaped(store: StoreAtWork, wang: Person, liu: Person, name: str) -> None:
    said = NASTY[name]
    wang.says("出城 周四 8点半")
    wang.says(said)
    wang.says(said)
    wang.presses("确认")
    liu.presses("不同意")
    liu.says(said)

    assert is_shown_escaped(store, "liu", said)
    assert is_shown_escaped(store, "wang", said)
    assert out_states(store) == [OutingState.REFUSED]
    assert not_done(store) == []
