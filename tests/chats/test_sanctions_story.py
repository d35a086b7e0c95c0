"""A slip from draft to end: the person is heard first, a human decides, one objection, or it lapses (HANDBOOK 4)."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from storage.outbox import Outbox
from storage.sanctions import SanctionState
from tests.chat import Person, StoreAtWork, rows, store_at_work
from tests.chats.out_steps import (
    GROUP,
    at,
    can_press,
    draft_states,
    drafts,
    leaves_unapproved,
    press_again,
    the_card,
)
from tests.chats.steps import asks, clock_is_ahead, verbs

DECIDING = ["同意", "不同意", "稍后提醒", "只谈话提醒"]
TOLD = "电话里请示过刘总"
TO_DECIDE = "王磊 的过失单要您决定：未经同意出城"


def is_drafted(wang: Person) -> None:
    """王磊 left the town at 10:00 without a yes."""
    asks(wang, "出城 今天下午四点 成都 看材料")
    leaves_unapproved(wang)


def is_heard(wang: Person, said: str = TOLD) -> None:
    is_drafted(wang)
    wang.presses("说明情况")
    wang.says(said)


def is_kept(wang: Person, zhou: Person) -> None:
    is_heard(wang)
    zhou.presses("同意", on="过失单要您决定")


def test_the_person_is_heard_before_anybody_is_asked(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    is_drafted(wang)

    assert wang.hears("有一张过失单草稿要先听您说：未经同意出城", buttons=["说明情况", "没有要说的"])
    assert "请在 明天（周四 11月26日）17:30 前说明情况；只有您和决定的人看得到。" in the_card(wang, "说明情况").text
    assert zhou.heard("过失单要您决定") == liu.heard("过失单要您决定") == []
    assert draft_states(store) == [SanctionState.HEARING]


def test_what_the_person_says_goes_to_whoever_decides_and_to_nobody_else(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person, chen: Person
) -> None:
    is_heard(wang)

    assert zhou.hears(f"本人说明：{TOLD}", buttons=DECIDING)
    assert TOLD not in liu.transcript() + chen.transcript() + chen.transcript(GROUP)
    assert wang.hears(f"您的说明：{TOLD}\n等决定，还可以补充说明", buttons=["补充说明"])
    assert draft_states(store) == [SanctionState.DECIDING]


def test_who_has_nothing_to_say_does_not_make_others_wait(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_drafted(wang)

    wang.presses("没有要说的")

    assert zhou.hears("本人说明：没有说明", buttons=DECIDING)
    assert verbs(store)[-1] == "sanctions.nothing_said"


def test_who_says_nothing_has_one_working_day(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_drafted(wang)
    store.move_to(at("11-26 17:29"))

    assert zhou.heard(TO_DECIDE) == []

    store.move_to(at("11-26 17:30"))

    assert zhou.hears(TO_DECIDE, buttons=DECIDING)
    assert draft_states(store) == [SanctionState.DECIDING]


def test_something_can_be_added_while_it_is_not_decided(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_heard(wang)

    wang.presses("补充说明")
    wang.says("有通话记录")

    assert drafts(store)[0].statement == f"{TOLD}\n有通话记录"
    assert zhou.hears(f"本人说明：{TOLD}\n有通话记录", buttons=DECIDING)
    assert len(zhou.heard(TO_DECIDE)) == 1


def test_a_yes_keeps_the_slip_and_the_person_hears_what_they_can_do(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    is_kept(wang, zhou)

    assert draft_states(store) == [SanctionState.CONFIRMED]
    assert wang.hears("周敏 决定记下这张过失单：未经同意出城。", buttons=["我有异议"])
    assert zhou.hears("周敏 决定记下（10:00）", buttons=["撤回决定"])


def test_a_no_asks_why_and_keeps_nothing(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_heard(wang)
    zhou.presses("不同意", on="过失单要您决定")

    assert draft_states(store) == [SanctionState.DECIDING]

    zhou.says("刘总确实说过")

    assert draft_states(store) == [SanctionState.WAIVED]
    assert wang.hears("✅ 周敏 决定不记这张过失单：未经同意出城。原因：刘总确实说过", buttons=[])


def test_a_talk_is_no_slip(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_heard(wang)

    zhou.presses("只谈话提醒")

    assert draft_states(store) == [SanctionState.COACHED]
    assert wang.hears("✅ 周敏 决定不记过失单，找您聊一下就好：未经同意出城。", buttons=[])
    assert zhou.hears("周敏 决定只谈话提醒（10:00）")


@pytest.mark.parametrize("label", ["同意", "只谈话提醒"])
def test_a_decision_is_taken_back_within_ten_minutes_and_the_person_hears_it(
    store: StoreAtWork, wang: Person, zhou: Person, label: str
) -> None:
    is_heard(wang)
    zhou.presses(label, on="过失单要您决定")
    store.move(minutes=9)

    zhou.presses("撤回决定")

    assert draft_states(store) == [SanctionState.DECIDING]
    assert [one.coaching for one in drafts(store)] == [False]
    assert len(wang.heard("刚才的决定撤回了，过失单又在等决定：未经同意出城。")) == 1
    assert "我有异议" not in can_press(wang)

    zhou.presses("同意", on="过失单要您决定")

    assert draft_states(store) == [SanctionState.CONFIRMED]


def test_after_ten_minutes_a_decision_stands(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_kept(wang, zhou)
    card = the_card(zhou, "撤回决定")
    store.move(minutes=11)

    press_again(zhou, card, "撤回决定")

    assert "撤回不了" in zhou.last().text
    assert draft_states(store) == [SanctionState.CONFIRMED]


def test_a_draft_that_nobody_decides_lapses_after_five_working_days(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    is_heard(wang)
    store.move_to(at("11-30 17:29"))

    assert draft_states(store) == [SanctionState.DECIDING]

    store.move_to(at("11-30 17:30"))

    assert draft_states(store) == [SanctionState.LAPSED]
    assert len(wang.heard("✅ 过失单到时间没有人决定，不记：未经同意出城。")) == 1
    assert zhou.hears("到时间没有人答复，申请已作废：王磊 的过失单（未经同意出城）")
    assert not can_press(zhou) & set(DECIDING)
    assert not can_press(liu) & set(DECIDING)


def test_a_statement_about_what_is_decided_comes_too_late(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_heard(wang)
    wang.presses("补充说明")
    zhou.presses("同意", on="过失单要您决定")

    wang.says("有通话记录")

    assert wang.last().text == "这张过失单已经有了决定。"
    assert drafts(store)[0].statement == TOLD


def test_the_person_hears_of_a_decision_from_the_slip_alone(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_kept(wang, zhou)
    wang.says("我的申请")

    assert "过失单" not in wang.last().text
    assert wang.heard("撤回了刚才的决定") == []


def test_the_person_lists_what_is_kept_about_them(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_kept(wang, zhou)

    wang.says("我的记录")

    assert wang.last().text.startswith("过失单 · 未经同意出城")
    assert f"您的说明：{TOLD}" in wang.last().text
    assert "周敏 决定记下" in wang.last().text
    assert list(wang.last().buttons) == ["我有异议"]


def test_who_has_no_slip_hears_so(chen: Person) -> None:
    chen.says("我的记录")

    assert chen.last().text == "没有关于您的过失单。"


def test_nothing_of_a_slip_is_ever_told_to_a_group_and_nothing_of_money_to_anybody(
    store: StoreAtWork, wang: Person, zhou: Person, liu: Person
) -> None:
    is_kept(wang, zhou)
    wang.presses("我有异议")
    wang.says("当时刘总在开会")
    liu.presses("同意", on="有异议")
    wang.says("@前台 我的记录", chat=GROUP)
    store.move_to(at("12-02 18:00"))

    sent: list[Outbox] = store.query(partial(rows, table=Outbox))
    assert not [one for one in sent if one.recipient.startswith("group:") and "sanctions" in str(one.content)]
    assert "过失" not in wang.transcript(GROUP)
    assert not [
        one.text for person in (wang, zhou, liu) for one in person.sees() if re.search(r"元|¥|罚款|扣款|工资", one.text)
    ]


def test_the_audit_keeps_every_step(store: StoreAtWork, wang: Person, zhou: Person, liu: Person) -> None:
    is_kept(wang, zhou)
    wang.presses("我有异议")
    wang.says("当时刘总在开会")
    liu.presses("不同意", on="有异议")
    liu.says("我同意过")

    assert [verb for verb in verbs(store) if not verb.startswith("trip.")] == [
        "sanctions.drafted",
        "sanctions.heard",
        "approvals.approved",
        "sanctions.objected",
        "approvals.refused",
    ]


def test_a_store_that_was_down_asks_the_decider_late_and_once(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        is_drafted(store.person("wang"))
        store.write(partial(clock_is_ahead, seconds=40 * 3600))

    with store_at_work(sqlite_url, tmp_path) as store:
        store.settle()

        assert draft_states(store) == [SanctionState.DECIDING]
        assert len(store.person("zhou").heard(TO_DECIDE)) == 1


def test_a_statement_survives_a_restart_in_its_middle(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        is_drafted(store.person("wang"))
        store.person("wang").presses("说明情况")

    with store_at_work(sqlite_url, tmp_path) as store:
        store.post("/api/chat/messages", {"as": "wang", "chat": "private", "id": "again", "text": TOLD})

        assert [one.statement for one in drafts(store)] == [TOLD]
        assert store.person("zhou").hears(f"本人说明：{TOLD}", buttons=DECIDING)
