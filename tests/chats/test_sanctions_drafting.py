"""记过失单 by hand: by managers only, about others, decided by another manager, once for each fact (HANDBOOK 4)."""

from __future__ import annotations

import pytest

from storage.sanctions import SanctionState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import at, can_press, draft_states, drafts, leaves_unapproved, press_again, the_card
from tests.chats.steps import CONFIRM, asks, is_granted, open_other_store, verbs
from tests.chats.test_hostile import NASTY, is_shown_escaped

LINE = "记过失单 王磊 外出没说 今天上午 没打招呼就走了"
DECIDING = ["同意", "不同意", "稍后提醒", "只谈话提醒"]
RULES = {"外出没说": "A6", "旷工": "A6", "擅自出城": "A8", "没提前打电话": "A12", "办公室吃东西": "C6"}


def test_a_manager_writes_one_down_in_a_line(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    zhou.says(LINE)

    assert zhou.last().text == (
        "起草过失单，对吗？\n王磊 · 外出没打招呼（旷工）\n今天（周三 11月25日）9:00–12:00：没打招呼就走了\n"
        "会先请本人说明，再由另一位主管决定；不扣钱，也不发到群里。"
    )
    assert list(zhou.last().buttons) == CONFIRM

    zhou.presses("确认")

    assert zhou.hears("好，起草了。先请 王磊 说明，最晚 明天（周四 11月26日）17:30 交给另一位主管决定。")
    assert wang.hears("今天（周三 11月25日）9:00–12:00：没打招呼就走了（周敏 记）", buttons=["说明情况", "没有要说的"])
    assert draft_states(store) == [SanctionState.HEARING]


@pytest.mark.parametrize(("said", "rule"), RULES.items(), ids=RULES)
def test_the_rule_is_named_as_people_call_it(store: StoreAtWork, zhou: Person, said: str, rule: str) -> None:
    asks(zhou, f"记过失单 王磊 {said} 今天上午 被看到了")

    assert [one.rule for one in drafts(store)] == [rule]


def test_what_is_missing_is_asked(zhou: Person) -> None:
    zhou.says("记过失单")
    who = zhou.last()
    zhou.presses("王磊")
    which = zhou.last()
    zhou.presses("在办公室吃东西")

    assert (who.text, which.text) == ("是谁？", "哪一条？")
    assert zhou.last().text == "经过是怎样的？只写看到的事实。"

    zhou.says("在电脑前吃盒饭")

    assert "今天（周三 11月25日）：在电脑前吃盒饭" in zhou.last().text


def test_neither_oneself_nor_the_gm_office_can_be_chosen(zhou: Person) -> None:
    zhou.says("记过失单")

    assert list(zhou.last().buttons) == ["王磊", "陈静", "赵倩", "孙强", "吴刚", "取消"]


@pytest.mark.parametrize("who", ["wang", "chen", "zhao", "sun", "wu"])
def test_nobody_but_managers_writes_one_down(store: StoreAtWork, who: str) -> None:
    person = store.person(who)

    person.says("记过失单 陈静 旷工 今天 没来")

    assert person.last().text == "这件事不归您办。说“菜单”看看您能办什么。"
    assert drafts(store) == []
    assert verbs(store) == ["desk.not_allowed"]


def test_what_the_client_manager_drafts_the_gm_office_decides(
    store: StoreAtWork, zhou: Person, wang: Person, liu: Person
) -> None:
    asks(zhou, LINE)
    wang.presses("没有要说的")

    assert liu.hears("王磊 的过失单要您决定：外出没打招呼（旷工）", buttons=DECIDING)
    assert not can_press(zhou) & set(DECIDING)


def test_what_the_gm_office_drafts_the_client_manager_decides(
    store: StoreAtWork, zhou: Person, wang: Person, liu: Person
) -> None:
    asks(liu, LINE)
    wang.presses("没有要说的")

    assert zhou.hears("王磊 的过失单要您决定", buttons=DECIDING)
    assert not can_press(liu) & set(DECIDING)


@pytest.mark.parametrize("verb", ["approvals:approve:1", "sanctions:coach:1"])
@pytest.mark.parametrize("proposer", ["liu", "zhou"])
def test_who_drafted_it_does_not_decide_it(store: StoreAtWork, wang: Person, proposer: str, verb: str) -> None:
    person = store.person(proposer)
    asks(person, LINE)
    wang.presses("没有要说的")
    person.says("菜单")

    person.sends_press(person.last().id, verb)

    assert draft_states(store) == [SanctionState.DECIDING]
    assert "决定" in person.last().text
    assert verbs(store)[-1] in ("sanctions.not_allowed", "approvals.not_allowed")


def test_not_even_as_the_deputy_of_the_gm_office(store: StoreAtWork, zhou: Person, wang: Person, liu: Person) -> None:
    asks(zhou, LINE)
    liu.says("病假 今天下午 发烧")
    liu.says("吴刚")
    liu.presses("确认")
    store.move_to(at("14:10"))
    wang.presses("说明情况")
    wang.says("和刘总说过")
    zhou.says("菜单")

    zhou.sends_press(zhou.last().id, "approvals:approve:1")

    assert zhou.last().text == "这件事由刘总决定。"
    assert "和刘总说过" not in zhou.transcript()
    assert draft_states(store) == [SanctionState.DECIDING]


def test_what_the_person_says_is_not_shown_to_who_drafted_it(
    store: StoreAtWork, zhou: Person, wang: Person, liu: Person
) -> None:
    asks(zhou, LINE)
    wang.presses("说明情况")
    wang.says("和刘总说过")

    assert liu.hears("本人说明：和刘总说过", buttons=DECIDING)
    assert "和刘总说过" not in zhou.transcript()


def test_who_drafted_it_sees_what_became_of_it(store: StoreAtWork, zhou: Person, wang: Person, liu: Person) -> None:
    asks(zhou, LINE)
    wang.presses("说明情况")
    wang.says("和刘总说过")
    liu.presses("同意", on="过失单要您决定")

    assert draft_states(store) == [SanctionState.CONFIRMED]
    assert zhou.hears("王磊 的过失单 · 外出没打招呼（旷工）", buttons=[])
    assert zhou.hears("刘总 决定记下（10:00）")
    assert "和刘总说过" not in zhou.transcript()


def test_the_gm_office_does_not_write_one_down_that_only_it_could_decide(
    store: StoreAtWork, liu: Person, zhou: Person
) -> None:
    liu.says("记过失单 周敏 外出没说 今天上午 没打招呼就走了")
    liu.presses("确认")

    assert "店里没有别人能决定" in liu.last().text
    assert drafts(store) == []
    assert zhou.sees() == []


@pytest.mark.parametrize("again", [LINE, "记过失单 王磊 旷工 今天 又说一遍"])
def test_the_same_fact_is_written_down_once(store: StoreAtWork, zhou: Person, wang: Person, again: str) -> None:
    asks(zhou, LINE)

    asks(zhou, again)

    assert "这一条已经起草过" in zhou.last().text
    assert len(drafts(store)) == 1
    assert len(wang.heard("有一张过失单草稿")) == 1


def test_two_managers_write_down_the_same_fact_once(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    zhou.says(LINE)
    liu.says(LINE)
    zhou.presses("确认")

    liu.presses("确认")

    assert len(drafts(store)) == 1
    assert "这一条已经起草过" in liu.last().text


def test_the_read_back_confirmed_twice_is_one_draft(store: StoreAtWork, zhou: Person) -> None:
    zhou.says(LINE)
    card = the_card(zhou, "确认")
    press_again(zhou, card, "确认")

    press_again(zhou, card, "确认")

    assert len(drafts(store)) == 1


def test_what_the_rules_drafted_already_is_not_written_down_again(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    asks(wang, "出城 今天十一点 成都 看材料")
    leaves_unapproved(wang)

    asks(zhou, "记过失单 王磊 擅自出城 今天 没批就走了")

    assert len(drafts(store)) == 1
    assert "这一条已经起草过" in zhou.last().text


def test_what_was_written_down_already_is_not_drafted_by_the_rules(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    asks(wang, "出城 今天十一点 成都 看材料")
    asks(zhou, "记过失单 王磊 擅自出城 今天 没批就走了")

    leaves_unapproved(wang)

    assert len(drafts(store)) == 1


def test_another_day_or_another_rule_is_another_fact(store: StoreAtWork, zhou: Person) -> None:
    asks(zhou, LINE)
    asks(zhou, "记过失单 王磊 外出没说 昨天下午 没打招呼就走了")
    asks(zhou, "记过失单 王磊 办公室吃东西 今天上午 吃盒饭")
    asks(zhou, "记过失单 陈静 外出没说 今天上午 没打招呼就走了")

    assert len(drafts(store)) == 4


def test_a_colleague_of_another_store_is_nobody(store: StoreAtWork) -> None:
    open_other_store(store)
    qian = store.person("qian")

    qian.says("记过失单 王磊 外出没说 今天上午 没打招呼就走了")

    assert "是谁？" in qian.last().text
    assert "王磊" not in qian.last().buttons
    assert drafts(store) == []


def test_the_decider_who_is_on_leave_is_replaced_by_the_deputy(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    is_granted(zhou, liu, "请假 周四 陈静 看病人")
    asks(wang, "出城 今天十一点 成都 看材料")
    leaves_unapproved(wang)
    store.move_to(at("11-26 10:00"))

    wang.presses("没有要说的")

    assert liu.hears("周敏 不在，请您代为决定：\n王磊 的过失单要您决定", buttons=DECIDING)


@pytest.mark.parametrize("name", ["script", "jinja"])
def test_hostile_words_are_shown_escaped_to_all_who_may_see_them(
    store: StoreAtWork, zhou: Person, wang: Person, liu: Person, name: str
) -> None:
    said = NASTY[name]
    zhou.says("记过失单 王磊 外出没说 今天上午")
    zhou.says(said)
    zhou.presses("确认")
    wang.presses("说明情况")
    wang.says(said)
    liu.presses("同意", on="过失单要您决定")

    assert drafts(store)[0].statement == said
    assert is_shown_escaped(store, "wang", said)
    assert is_shown_escaped(store, "liu", said)
