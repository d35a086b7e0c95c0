"""An outing told in a line: who hears what, what is marked as late, and how it is called off (HANDBOOK A5 A6)."""

from __future__ import annotations

import pytest

from storage.audit import Audit
from storage.outing import OutingState
from tests.chat import Person, StoreAtWork, rows
from tests.chats.out_steps import (
    GROUP,
    OUTING,
    OWN_AHEAD,
    OWN_OUT,
    at,
    group_hears,
    hours,
    out_states,
    outings,
    press_again,
    the_card,
)
from tests.chats.steps import asks, requests, verbs

TODAY = "今天（周三 11月25日）"
PRIVATE = "外出 李女士家13800000009 量房 下午两点到四点"


def test_an_outing_is_told_not_asked_and_the_front_desk_and_the_group_hear_it(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, OUTING)

    assert wang.hears(f"✅ 登记好了：锦绣花园 · 量房，{TODAY}14:00–16:00。", buttons=OWN_AHEAD)
    assert zhou.hears(f"王磊 外出 · 锦绣花园 · 量房\n{TODAY}14:00–16:00", buttons=[])
    assert group_hears(store, zhou) == ["王磊 外出 · 锦绣花园 · 14:00–16:00"]
    assert out_states(store) == [OutingState.GOING]
    assert requests(store) == []
    assert verbs(store) == ["outing.told"]


def test_nobody_else_hears_of_it_in_private(store: StoreAtWork, wang: Person, chen: Person, liu: Person) -> None:
    asks(wang, OUTING)
    store.move_to(at("18:00"))

    assert chen.heard("王磊") == []
    assert liu.heard("王磊") == []


def test_the_group_reads_neither_the_matter_nor_a_phone_number(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, PRIVATE)

    (told,) = group_hears(store, zhou)

    assert told == "王磊 外出 · 李女士家138****0009 · 14:00–16:00"
    assert zhou.hears("李女士家13800000009 · 量房")


@pytest.mark.parametrize(
    "place", ["李女士家 138 0000 0009", "李女士家+8613800000009", "李女士家138-0000-0009", "李女士家028-85551234"]
)
def test_a_phone_number_is_masked_however_it_is_written(
    store: StoreAtWork, wang: Person, zhou: Person, place: str
) -> None:
    wang.says("外出 下午两点到四点")
    wang.says(place)
    wang.presses("量房")
    wang.presses("确认")

    (told,) = group_hears(store, zhou)

    assert "****" in told
    assert "0000" not in told
    assert "8555" not in told


def test_an_outing_of_another_day_is_told_to_the_group_at_its_opening(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, "外出 明天下午两点到四点 锦绣花园 量房")
    store.move_to(at("11-26 08:59"))

    assert zhou.sees(chat=GROUP) == []

    store.move_to(at("11-26 09:00"))

    assert group_hears(store, zhou) == ["王磊 外出 · 锦绣花园 · 14:00–16:00"]
    assert zhou.hears("王磊 外出 · 锦绣花园 · 量房\n明天（周四 11月26日）14:00–16:00")


def test_one_that_begins_before_opening_is_told_to_the_group_when_it_begins(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, "外出 明天七点半到十点 锦绣花园 量房")

    store.move_to(at("11-26 08:05"))

    assert group_hears(store, zhou) == ["王磊 外出 · 锦绣花园 · 7:30–10:00"]


def test_told_too_late_is_marked_for_everybody_who_may_know(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    wang.says("外出 九点半到十一点 锦绣花园 量房")

    assert "⚠ 9:30 已经过了 30 分钟，会注明是出门后才说的" in wang.last().text

    wang.presses("确认")

    assert [one.told_late_minutes for one in outings(store)] == [30]
    assert wang.hears("下次出门前先说一声就好")
    assert zhou.hears("⚠ 出门 30 分钟 后才说的")
    assert group_hears(store, zhou) == ["王磊 外出 · 锦绣花园 · 9:30–11:00"]


def test_ten_minutes_late_are_not_marked(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    store.move_to(at("14:10"))

    asks(wang, OUTING)

    assert [one.told_late_minutes for one in outings(store)] == [0]
    assert zhou.heard("⚠") == []


def test_an_afternoon_said_in_the_afternoon_is_not_late(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    store.move_to(at("15:00"))

    asks(wang, "外出 下午 锦绣花园 量房")

    assert hours(store) == ["25 15:00-17:30"]
    assert zhou.heard("⚠") == []


def test_an_afternoon_that_was_read_back_for_a_while_is_not_late_either(store: StoreAtWork, wang: Person) -> None:
    store.move_to(at("15:00"))
    wang.says("外出 下午 锦绣花园 量房")
    store.move_to(at("15:30"))

    wang.presses("确认")

    assert [one.told_late_minutes for one in outings(store)] == [0]


def test_what_is_over_when_it_is_confirmed_is_asked_again(store: StoreAtWork, wang: Person) -> None:
    wang.says("外出 十点到十一点 锦绣花园 量房")
    store.move_to(at("11:30"))

    wang.presses("确认")

    assert "已经过了，补不进来" in wang.last().text
    assert outings(store) == []


def test_today_said_after_closing_is_asked_again(store: StoreAtWork, wang: Person) -> None:
    store.move_to(at("18:00"))

    wang.says("外出 今天 锦绣花园 量房")

    assert "已经过了，补不进来" in wang.last().text


def test_who_is_out_at_once_can_say_that_they_are_back_at_once(wang: Person) -> None:
    asks(wang, "外出 两小时 锦绣花园 量房")

    assert list(wang.last().buttons) == OWN_OUT
    assert "前台和群里都知道了" in wang.last().text


def test_the_buttons_change_at_the_minute_when_it_begins(store: StoreAtWork, wang: Person) -> None:
    asks(wang, OUTING)
    store.move_to(at("13:59"))

    assert list(wang.last().buttons) == OWN_AHEAD

    store.move_to(at("14:00"))

    assert list(wang.last().buttons) == OWN_OUT


def test_a_called_off_outing_is_told_to_those_who_heard_of_it(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, OUTING)
    before = group_hears(store, zhou)

    wang.presses("取消外出")

    assert wang.last().text == "好，锦绣花园 不去了，已经取消。"
    assert wang.hears("已取消", buttons=[])
    assert zhou.hears(f"王磊 不去 锦绣花园 了（原定 {TODAY}14:00–16:00）。")
    assert group_hears(store, zhou) == [*before, "王磊 取消外出 · 锦绣花园"]
    assert out_states(store) == [OutingState.WITHDRAWN]
    assert verbs(store) == ["outing.told", "outing.called_off"]


def test_the_group_that_has_not_heard_of_it_hears_nothing_when_it_is_called_off(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    asks(wang, "外出 明天下午两点到四点 锦绣花园 量房")

    wang.presses("取消外出")
    store.move_to(at("11-26 18:00"))

    assert zhou.sees(chat=GROUP) == []
    assert zhou.hears("王磊 不去 锦绣花园 了")


def test_a_called_off_outing_never_speaks_again(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, OUTING)
    wang.presses("取消外出")
    before = len(wang.sees()) + len(zhou.sees())

    store.move_to(at("11-26 18:00"))

    assert len(wang.sees()) + len(zhou.sees()) == before


def test_an_outing_is_called_off_once(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, OUTING)
    card = the_card(wang, "取消外出")
    press_again(wang, card, "取消外出")

    press_again(wang, card, "取消外出")

    assert "您现在没有登记外出" in wang.last().text
    assert len(zhou.heard("不去 锦绣花园")) == 1
    assert verbs(store).count("outing.called_off") == 1


def test_what_has_begun_is_not_called_off(store: StoreAtWork, wang: Person) -> None:
    asks(wang, OUTING)
    card = the_card(wang, "取消外出")
    store.move_to(at("14:05"))

    press_again(wang, card, "取消外出")

    assert wang.last().text == "已经出门了，取消不了。回来请按“回来了”。"
    assert out_states(store) == [OutingState.GOING]


def test_my_outings_are_listed_each_with_its_buttons(wang: Person) -> None:
    asks(wang, OUTING)
    asks(wang, "外出 明天上午 建材市场 看材料")

    wang.says("我的外出")

    *_, first, last = wang.sees()
    assert first.text.startswith("王磊 外出 · 锦绣花园 · 量房")
    assert last.text.startswith("王磊 外出 · 建材市场 · 看材料")
    assert list(first.buttons) == list(last.buttons) == OWN_AHEAD


def test_who_has_no_outing_hears_how_to_tell_one(wang: Person) -> None:
    wang.says("我的外出")

    assert wang.last().text.startswith("您没有登记外出。")


def test_a_form_that_is_given_up_tells_nobody_anything(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    wang.says(OUTING)
    wang.presses("取消")

    assert outings(store) == []
    assert zhou.sees() == []
    assert group_hears(store, zhou) == []


def test_the_read_back_confirmed_twice_is_one_outing(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    wang.says(OUTING)
    card = wang.last()
    press_again(wang, card, "确认")

    press_again(wang, card, "确认")

    assert len(outings(store)) == 1
    assert len(zhou.heard("王磊 外出")) == 1


def test_the_audit_keeps_what_was_told(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 九点半到十一点 锦绣花园 量房")

    kept: list[Audit] = store.query(lambda session: rows(session, Audit))
    assert kept[0].rule == "HANDBOOK A5"
    assert kept[0].after == {
        "from": "2026-11-25T09:30:00+08:00",
        "to": "2026-11-25T11:00:00+08:00",
        "place": "锦绣花园",
        "matter": "量房",
        "told_late_minutes": 30,
    }


def test_several_days_out_are_told_to_the_group_with_their_days(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(wang, "外出 今天到后天 成都路 培训")

    assert group_hears(store, zhou) == ["王磊 外出 · 成都路 · 周三 11月25日 10:00 至 周五 11月27日 17:30"]


def test_more_than_the_longest_outing_is_asked_again(store: StoreAtWork, wang: Person) -> None:
    wang.says("外出 11月26号到12月20号 成都路 培训")

    assert "一次最多登记 15 天" in wang.last().text
    assert outings(store) == []
