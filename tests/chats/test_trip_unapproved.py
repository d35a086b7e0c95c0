"""Leaving the county town without a yes: the rule first, then recorded as what it is, and one slip (HANDBOOK A8 4)."""

from __future__ import annotations

from storage.approvals import ApprovalState
from storage.audit import Audit
from storage.outing import OutingState
from storage.sanctions import SanctionState
from tests.chat import Person, StoreAtWork, rows
from tests.chats.out_steps import (
    GROUP,
    OWN_OUT,
    at,
    can_press,
    draft_states,
    drafts,
    group_hears,
    hours,
    is_agreed,
    leaves_unapproved,
    out_states,
    outings,
    press_again,
    the_card,
)
from tests.chats.steps import asks, requests, verbs

TODAY = "今天（周三 11月25日）"
AT_ELEVEN = "出城 今天十一点 成都 看材料"
AT_FOUR = "出城 今天下午四点 成都 看材料"


def test_without_a_yes_the_rule_is_said_first(store: StoreAtWork, wang: Person) -> None:
    asks(wang, AT_ELEVEN)

    wang.presses("已出发")

    assert wang.last().text.startswith(f"⚠ 刘总还没有同意您去 成都（{TODAY}11:00–17:30）。\n没有同意就出城，会照实记下")
    assert "起草一张过失单（先听您说明，由人决定）" in wang.last().text
    assert list(wang.last().buttons) == ["确认", "取消"]
    assert out_states(store) == [OutingState.PENDING]
    assert drafts(store) == []


def test_who_thinks_better_of_it_has_done_nothing(store: StoreAtWork, wang: Person, liu: Person, zhou: Person) -> None:
    asks(wang, "出城 今天下午四点 成都 看材料")
    wang.says("已出发")

    wang.presses("取消")

    assert wang.last().text == "好，没有记出发。等答复，或者先打电话问一声。"
    assert out_states(store) == [OutingState.PENDING]
    assert drafts(store) == []
    assert liu.heard("没有得到同意") == []
    liu.presses("同意")
    assert out_states(store) == [OutingState.GOING]


def test_an_unapproved_departure_is_recorded_as_what_it_is(store: StoreAtWork, wang: Person, liu: Person) -> None:
    asks(wang, AT_ELEVEN)

    leaves_unapproved(wang)

    assert out_states(store) == [OutingState.UNAPPROVED]
    assert wang.hears(f"照实记下了：{TODAY}10:00 出发去 成都，没有得到同意。", buttons=OWN_OUT)
    assert [one.state for one in requests(store)] == [ApprovalState.WITHDRAWN]
    assert "approvals.approved" not in verbs(store)


def test_it_drafts_exactly_one_slip_and_hears_the_person_first(store: StoreAtWork, wang: Person) -> None:
    asks(wang, AT_ELEVEN)

    leaves_unapproved(wang)

    (draft,) = drafts(store)
    assert (draft.rule, draft.about, draft.state, draft.proposed_by_id) == (
        "A8",
        "trip:1",
        SanctionState.HEARING,
        None,
    )
    assert wang.hears("有一张过失单草稿要先听您说：未经同意出城", buttons=["说明情况", "没有要说的"])


def test_the_gm_office_and_the_front_desk_hear_it_once_in_private(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person, chen: Person
) -> None:
    asks(wang, AT_FOUR)

    leaves_unapproved(wang)

    told = f"⚠ 王磊 没有得到同意就出城了：{TODAY}10:00 出发，成都 · 看材料。已请本人说明，之后由人决定。"
    assert len(liu.heard(told)) == len(zhou.heard(told)) == 1
    assert chen.sees() == []


def test_the_group_hears_where_somebody_is_and_nothing_of_a_slip(
    store: StoreAtWork, wang: Person, liu: Person, chen: Person
) -> None:
    asks(wang, AT_FOUR)
    leaves_unapproved(wang)
    wang.presses("没有要说的")
    store.move_to(at("11-30 18:00"))

    assert [one.text for one in chen.sees(chat=GROUP)] == ["王磊 出城 · 成都 · 10:00–17:30"]


def test_the_same_departure_pressed_again_is_one_slip(store: StoreAtWork, wang: Person, liu: Person) -> None:
    asks(wang, AT_ELEVEN)
    wang.says("已出发")
    card = wang.last()
    press_again(wang, card, "确认")

    press_again(wang, card, "确认")
    wang.says("已出发")

    assert len(drafts(store)) == 1
    assert len(liu.heard("⚠ 王磊 没有得到同意")) == 1
    assert verbs(store).count("trip.left_unapproved") == 1


def test_a_yes_pressed_after_an_unapproved_departure_comes_too_late(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(wang, AT_ELEVEN)
    card = the_card(liu, "同意")
    leaves_unapproved(wang)

    press_again(liu, card, "同意")

    assert out_states(store) == [OutingState.UNAPPROVED]
    assert wang.heard("同意了：") == []
    assert "同意" not in can_press(liu) | can_press(zhou)
    assert len(drafts(store)) == 1


def test_a_yes_that_is_faster_than_the_departure_saves_the_slip(store: StoreAtWork, wang: Person, liu: Person) -> None:
    asks(wang, AT_ELEVEN)
    wang.says("已出发")
    card = wang.last()
    liu.presses("同意")

    press_again(wang, card, "确认")

    assert out_states(store) == [OutingState.GOING]
    assert drafts(store) == []
    assert wang.hears("这次出城刚刚有了变化，请看最新的卡片。")
    wang.says("已出发")
    assert outings(store)[0].departed_at is not None


def test_after_a_refusal_a_departure_is_unapproved_too(store: StoreAtWork, wang: Person, liu: Person) -> None:
    asks(wang, AT_FOUR)
    liu.presses("不同意")
    liu.says("周三大扫除")

    leaves_unapproved(wang)

    assert out_states(store) == [OutingState.UNAPPROVED]
    assert len(drafts(store)) == 1


def test_after_an_expiry_a_departure_is_unapproved_too(store: StoreAtWork, wang: Person) -> None:
    asks(wang, AT_ELEVEN)
    store.move_to(at("11:10"))

    leaves_unapproved(wang)

    assert out_states(store) == [OutingState.UNAPPROVED]
    assert hours(store) == ["25 11:00-17:30"]
    assert draft_states(store) == [SanctionState.HEARING]


def test_a_refusal_is_not_taken_back_once_the_person_has_left(store: StoreAtWork, wang: Person, liu: Person) -> None:
    asks(wang, AT_FOUR)
    liu.presses("不同意")
    liu.says("周三大扫除")
    card = the_card(liu, "撤回决定")
    leaves_unapproved(wang)

    press_again(liu, card, "撤回决定")

    assert "撤回不了" in liu.last().text
    assert out_states(store) == [OutingState.UNAPPROVED]


def test_a_withdrawn_trip_is_no_trip_to_leave_for(store: StoreAtWork, wang: Person) -> None:
    asks(wang, AT_ELEVEN)
    card = the_card(wang, "已出发")
    wang.presses("不去了")

    press_again(wang, card, "已出发")

    assert wang.last().text.startswith("这次出城已经结束或撤回了。")
    assert drafts(store) == []


def test_nobody_calls_off_a_trip_that_they_are_on(store: StoreAtWork, wang: Person, liu: Person) -> None:
    is_agreed(wang, liu, AT_ELEVEN)
    card = the_card(wang, "不去了")
    wang.says("已出发")

    press_again(wang, card, "不去了")

    assert wang.last().text == "已经出门了，取消不了。回来请按“回来了”。"
    assert out_states(store) == [OutingState.GOING]


def test_an_unapproved_trip_ends_like_any_other(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "出城 今天十一点到下午三点 成都 看材料")
    leaves_unapproved(wang)
    store.move_to(at("15:20"))

    assert wang.hears("⏰ 王磊，您说 15:00 回来（成都）")

    store.move_to(at("15:50"))

    assert zhou.hears("⚠ 王磊 说 15:00 从 成都 回来")

    wang.says("回来了")

    assert out_states(store) == [OutingState.BACK]
    assert draft_states(store) == [SanctionState.HEARING]


def test_the_client_managers_unapproved_departure_is_told_to_the_gm_office_and_decided_there(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    asks(zhou, AT_ELEVEN)

    leaves_unapproved(zhou)

    assert len(liu.heard("⚠ 周敏 没有得到同意就出城了")) == 1
    assert zhou.heard("⚠ 周敏 没有得到同意就出城了") == []
    zhou.presses("没有要说的")
    assert liu.hears("周敏 的过失单要您决定：未经同意出城")


def test_the_audit_keeps_the_departure_under_its_rule(store: StoreAtWork, wang: Person) -> None:
    asks(wang, AT_ELEVEN)
    leaves_unapproved(wang)

    kept: list[Audit] = store.query(lambda session: rows(session, Audit))
    by_verb = {one.verb: one for one in kept}
    assert by_verb["trip.left_unapproved"].rule == "HANDBOOK A7 A8"
    assert by_verb["sanctions.drafted"].rule == "HANDBOOK A8"
    assert by_verb["trip.left_unapproved"].actor_id == outings(store)[0].staff_id


def test_who_was_agreed_to_is_told_to_the_group_but_once(
    store: StoreAtWork, wang: Person, liu: Person, chen: Person
) -> None:
    is_agreed(wang, liu, AT_ELEVEN)
    wang.says("已出发")
    store.move_to(at("17:40"))

    assert group_hears(store, chen) == ["王磊 出城 · 成都 · 11:00–17:30"]
