"""Whoever drafts a slip is left out of its decision, and those who decide are not hurried (HANDBOOK 4)."""

from __future__ import annotations

from sqlmodel import Session

from storage import approvals
from storage.sanctions import SanctionState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import at, draft_states
from tests.chats.steps import asks, requests, verbs

LINE = "记过失单 王磊 外出没说 今天上午 没打招呼就走了"
DECIDING = ["同意", "不同意", "稍后提醒", "只谈话提醒"]


def is_waiting(drafter: Person, wang: Person) -> None:
    asks(drafter, LINE)
    wang.presses("没有要说的")


def test_the_card_names_the_moment_at_which_the_draft_lapses(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    is_waiting(liu, wang)

    (card,) = zhou.heard("过失单要您决定", buttons=DECIDING)

    assert "请在 周一 11月30日 17:30 前决定；到时没有决定就不记。" in card.text


def test_the_drafter_is_never_asked_as_the_next_one(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    is_waiting(zhou, wang)
    store.move_to(at("11-30 17:00"))

    assert liu.heard("到时未答复就作废") != []
    assert "周敏决定" not in liu.transcript()
    assert zhou.heard("过失单要您决定") == []
    assert not requests(store)[0].escalated


def test_the_drafter_is_never_asked_as_a_deputy(store: StoreAtWork, zhou: Person, liu: Person, wang: Person) -> None:
    asks(zhou, LINE)
    asks(liu, "病假 今天下午 发烧 吴刚")
    store.move_to(at("14:10"))

    wang.presses("没有要说的")

    assert liu.heard("过失单要您决定", buttons=DECIDING)
    assert zhou.heard("过失单要您决定") == []


def test_the_gm_office_that_drafted_is_not_asked_when_time_is_short(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    is_waiting(liu, wang)
    store.move_to(at("11-30 17:00"))

    assert liu.heard("请您也看一下") == []
    assert "刘总决定" not in zhou.transcript()


def test_a_drafter_who_was_asked_all_the_same_may_not_decide(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    is_waiting(zhou, wang)
    store.write(_ask_too)
    zhou.says("菜单")

    zhou.sends_press(zhou.last().id, "approvals:approve:1")

    assert zhou.last().text == "这件事由刘总决定。"
    assert draft_states(store) == [SanctionState.DECIDING]
    assert verbs(store)[-1] == "approvals.not_allowed"


def _ask_too(session: Session) -> None:
    request = session.get_one(approvals.Approval, 1)
    drafter = 2
    approvals.ask(session, request.id, drafter, on_behalf_of_id=None, remind_at=request.expires_at)


def test_who_decides_is_reminded_once_a_working_day(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    is_waiting(liu, wang)
    heard = []
    for day in ("25 17:30", "26 17:30", "27 17:30"):
        store.move_to(at(f"11-{day}"))
        heard.append(len(zhou.heard("还等您答复")))

    assert heard == [0, 1, 2]


def test_an_objection_to_what_the_gm_office_drafted_is_looked_at_by_another_manager(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    is_waiting(liu, wang)
    zhou.presses("同意", on="过失单要您决定")
    wang.presses("我有异议")

    wang.says("当时刘总知道")

    assert wang.hears("已请另一位主管再看一次")
    assert zhou.hears("王磊 对过失单有异议，请您再看一次", buttons=DECIDING)
    zhou.presses("不同意", on="有异议")
    zhou.says("刘总知道")
    assert draft_states(store) == [SanctionState.WAIVED]
