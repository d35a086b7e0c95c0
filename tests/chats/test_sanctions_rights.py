"""Who may see and do what about a slip, as a table: nobody but the person, who decides, and in part who drafted it."""

from __future__ import annotations

import pytest

from storage.sanctions import SanctionState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import GROUP, can_press, draft_states, drafts
from tests.chats.steps import asks, not_done, open_other_store, verbs

LINE = "记过失单 王磊 外出没说 今天上午 没打招呼就走了"
FORGED = "这个按钮用不了，请看最新的消息，或者说“菜单”。"
NOT_OWN = "这是别人的记录，您看不了，也改不了。"
NOT_OURS = "这件事由刘总决定。"
OWN = ["sanctions:say:1", "sanctions:nothing:1", "sanctions:object:1"]
DECIDE = ["approvals:approve:1", "approvals:refuse:1", "approvals:snooze:1", "sanctions:coach:1"]
OTHERS = ["chen", "zhao", "sun", "wu"]

# The slip is 王磊's, drafted by 周敏, and waits for 刘总: who, action, what they hear.
REFUSED = [
    *((who, action, NOT_OWN) for who in (*OTHERS, "zhou", "liu") for action in OWN),
    *((who, action, NOT_OURS) for who in (*OTHERS, "wang", "zhou") for action in DECIDE),
    *((who, "approvals:show:1", NOT_OURS) for who in OTHERS),
    ("wang", "sanctions:nothing:1", "这张过失单已经有了决定。"),
    ("wang", "sanctions:object:1", "异议只能在决定后几天内提一次"),
    ("wang", "sanctions:decided:1", FORGED),
    ("wang", "sanctions:draft:1", FORGED),
]
NUMBERS = ["0", "2", "999", "-1", "1.0", "１", "99999999999999999999", "9223372036854775807", "", "1 OR 1=1"]


def in_private(person: Person) -> str:
    person.says("菜单")
    return person.last().id


@pytest.fixture(scope="module")
def waiting(long_day: StoreAtWork) -> StoreAtWork:
    asks(long_day.person("zhou"), LINE)
    wang = long_day.person("wang")
    wang.presses("说明情况")
    wang.says("和刘总说过")
    open_other_store(long_day)
    return long_day


@pytest.mark.parametrize(("who", "action", "heard"), REFUSED, ids=[f"{who} {action}" for who, action, _ in REFUSED])
def test_who_may_not_changes_nothing_and_learns_nothing(
    waiting: StoreAtWork, who: str, action: str, heard: str
) -> None:
    person, parked = waiting.person(who), not_done(waiting)

    person.sends_press(in_private(person), action)

    assert heard in person.last().text
    assert draft_states(waiting) == [SanctionState.DECIDING]
    assert [one.statement for one in drafts(waiting)] == ["和刘总说过"]
    assert not_done(waiting) == parked


@pytest.mark.parametrize("who", OTHERS)
def test_colleagues_see_nothing_of_it(waiting: StoreAtWork, who: str) -> None:
    person = waiting.person(who)
    person.says("我的记录")
    person.says("待我审批")
    person.says("我的申请")

    assert "王磊" not in person.transcript() + person.transcript(GROUP)
    assert "和刘总说过" not in person.transcript()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_forged_number_changes_nothing(waiting: StoreAtWork, number: str) -> None:
    wu, parked = waiting.person("wu"), not_done(waiting)
    message = in_private(wu)

    for verb in ("say", "nothing", "coach", "object"):
        wu.sends_press(message, f"sanctions:{verb}:{number}")

    assert [one.text for one in wu.sees()[-4:]] == [FORGED] * 4
    assert draft_states(waiting) == [SanctionState.DECIDING]
    assert not_done(waiting) == parked


@pytest.mark.parametrize("action", [*OWN, *DECIDE, "approvals:show:1", "approvals:take_back:1"])
@pytest.mark.parametrize("who", ["qian", "feng"])
def test_another_store_sees_and_does_nothing(waiting: StoreAtWork, who: str, action: str) -> None:
    stranger = waiting.person(who)

    stranger.sends_press(in_private(stranger), action)

    assert stranger.last().text == FORGED
    assert "王磊" not in stranger.transcript()
    assert verbs(waiting)[-1] == "desk.forged_button"
    assert draft_states(waiting) == [SanctionState.DECIDING]


def test_nobody_decides_while_the_person_is_being_heard(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    asks(zhou, LINE)

    liu.sends_press(in_private(liu), "sanctions:coach:1")

    assert liu.last().text == FORGED
    assert draft_states(store) == [SanctionState.HEARING]


def test_the_person_sees_their_own_card_when_they_ask_for_the_request(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    asks(zhou, LINE)
    wang.presses("没有要说的")

    wang.sends_press(in_private(wang), "approvals:show:1")

    assert wang.last().text.startswith("过失单草稿 · 外出没打招呼（旷工）")
    assert not can_press(wang) & {"同意", "不同意", "只谈话提醒"}


def test_a_statement_is_not_made_in_somebody_elses_form(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    asks(zhou, LINE)
    wang.presses("说明情况")

    chen.sends_press(in_private(chen), wang.last().actions[0])

    assert chen.last().text == FORGED
    assert draft_states(store) == [SanctionState.HEARING]


@pytest.mark.parametrize("who", OTHERS)
def test_a_slip_asked_for_in_the_group_is_told_in_private(store: StoreAtWork, zhou: Person, who: str) -> None:
    asks(zhou, LINE)

    store.person(who).says("@前台 我的记录", chat=GROUP)

    assert "过失" not in store.person(who).transcript(GROUP)
    assert store.person(who).last().text == "没有关于您的过失单。"
