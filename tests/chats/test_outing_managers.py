"""A manager goes out too: who hears of it, and who is asked for a yes while she is away (HANDBOOK A5 R1)."""

from __future__ import annotations

from storage.leave import LeaveState
from storage.outing import OutingState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import GROUP, at, group_hears, out_states
from tests.chats.steps import CARD, asks, states

ZHOU_OUT = "外出 税务局办事 十点半到十一点半"
DECEMBER = "请假 12月7日 家里有事"
DEPUTY = "周敏 不在，请您代为决定"


def test_the_gm_office_hears_when_the_client_manager_goes_out(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    asks(zhou, ZHOU_OUT)

    assert liu.hears("周敏 外出 · 税务局 · 办事", buttons=[])
    assert group_hears(store, wang) == ["周敏 外出 · 税务局 · 10:30–11:30"]


def test_the_client_manager_hears_when_the_gm_office_goes_out(zhou: Person, liu: Person) -> None:
    asks(liu, ZHOU_OUT)

    assert zhou.hears("刘总 外出 · 税务局 · 办事")


def test_while_she_is_out_her_deputy_is_asked_on_her_behalf(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    asks(zhou, ZHOU_OUT)
    store.move_to(at("10:40"))

    asks(wang, DECEMBER)

    assert liu.hears(f"{DEPUTY}：\n王磊 想调休 1 天", buttons=CARD)
    assert zhou.heard("王磊 想") == []

    liu.presses("同意")

    assert states(store) == [LeaveState.APPROVED]
    assert wang.hears("刘总（代 周敏） 同意了")


def test_what_waits_when_she_leaves_is_given_to_her_deputy_at_that_minute(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    asks(wang, DECEMBER)
    asks(zhou, ZHOU_OUT)
    store.move_to(at("10:29"))

    assert liu.heard(DEPUTY) == []

    store.move_to(at("10:31"))

    assert liu.hears(DEPUTY, buttons=CARD)
    assert zhou.hears("王磊 想调休 1 天", buttons=CARD)


def test_who_leaves_at_once_is_replaced_at_once(store: StoreAtWork, zhou: Person, liu: Person, wang: Person) -> None:
    asks(wang, DECEMBER)

    asks(zhou, "外出 一小时 税务局 办事")

    assert liu.hears(DEPUTY, buttons=CARD)


def test_once_she_is_back_she_is_asked_herself(store: StoreAtWork, zhou: Person, liu: Person, wang: Person) -> None:
    asks(zhou, ZHOU_OUT)
    store.move_to(at("10:40"))
    zhou.presses("回来了")

    asks(wang, DECEMBER)

    assert zhou.hears("王磊 想调休 1 天", buttons=CARD)
    assert liu.heard("王磊") == []


def test_what_her_deputy_was_asked_she_is_asked_too_when_she_is_back(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    asks(zhou, ZHOU_OUT)
    store.move_to(at("10:40"))
    asks(wang, DECEMBER)

    zhou.presses("回来了")

    assert zhou.hears("王磊 想调休 1 天", buttons=CARD)
    zhou.presses("同意")
    assert wang.hears("周敏 同意了")
    assert liu.hears("✅ 周敏 已同意")


def test_who_should_be_back_counts_as_here(store: StoreAtWork, zhou: Person, liu: Person, wang: Person) -> None:
    asks(zhou, ZHOU_OUT)
    store.move_to(at("11:31"))

    asks(wang, DECEMBER)

    assert zhou.hears("王磊 想调休 1 天", buttons=CARD)


def test_an_outing_to_come_changes_nobodys_requests(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    asks(zhou, "外出 明天上午 税务局 办事")

    asks(wang, DECEMBER)

    assert zhou.hears("王磊 想调休 1 天", buttons=CARD)
    assert liu.heard("王磊") == []


def test_her_own_request_is_never_hers_even_while_the_gm_office_is_out(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    asks(liu, "外出 两小时 税务局 办事")

    zhou.says("请假 周五下午 看病人")
    zhou.says("陈静")
    zhou.presses("确认")

    assert liu.hears("周敏 想调休半天", buttons=CARD)
    assert not [one for one in zhou.sees() if "同意" in one.buttons]


def test_the_late_return_of_the_client_manager_is_told_to_the_gm_office(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    asks(zhou, "外出 下午两点到三点 税务局 办事")

    store.move_to(at("15:50"))

    assert zhou.hears("⏰ 周敏，您说 15:00 回来")
    assert liu.hears("⚠ 周敏 说 15:00 从 税务局 回来")


def test_who_entered_it_herself_is_not_told_of_it_again(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    asks(zhou, "代 陈静 外出 下午两点到四点 锦绣花园 量房")

    assert chen.hears("周敏 替您登记了外出：锦绣花园")
    assert zhou.heard("陈静 外出 · 锦绣花园 · 量房") == []
    assert out_states(store) == [OutingState.GOING]
    assert group_hears(store, wang) == ["陈静 外出 · 锦绣花园 · 14:00–16:00"]
    assert wang.sees(chat=GROUP)[0].buttons == ()
