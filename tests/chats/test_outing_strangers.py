"""Nobody touches what is not theirs: outings of colleagues, of another store, forged buttons, hostile words."""

from __future__ import annotations

import pytest

from storage.outing import OutingState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import GROUP, OUTING, at, group_hears, out_states, outings
from tests.chats.steps import asks, not_done, open_other_store, verbs
from tests.chats.test_hostile import CLEANED, NASTY, SHAPES, is_shown_escaped

VERBS = ["back", "later", "home", "call_off"]
SHOWN = ["script", "entity", "jinja block", "sql", "format", "emoji", "combining", "json"]
FORGED = "这个按钮用不了，请看最新的消息，或者说“菜单”。"
IDS = ["0", "2", "999", "-1", "1.0", "1e3", "１", "99999999999999999999", "9223372036854775807", "", " 1", "1 OR 1=1"]


def in_private(person: Person) -> str:
    person.says("菜单")
    return person.last().id


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["chen", "zhou", "liu"])
def test_nobody_touches_a_colleagues_outing(store: StoreAtWork, wang: Person, who: str, verb: str) -> None:
    asks(wang, OUTING)
    other = store.person(who)

    other.sends_press(in_private(other), f"outing:{verb}:1")

    assert out_states(store) == [OutingState.GOING]
    assert other.last().text == "这是别人的外出，您改不了。"
    assert verbs(store)[-1] == "outing.not_allowed"


@pytest.mark.parametrize("verb", ["later", "call_off"])
def test_who_entered_it_may_change_it(store: StoreAtWork, wang: Person, zhou: Person, verb: str) -> None:
    asks(zhou, "代 王磊 外出 下午两点到四点 锦绣花园 量房")

    zhou.sends_press(zhou.last().id, f"outing:{verb}:1")

    assert "别人的" not in zhou.last().text


@pytest.mark.parametrize("verb", VERBS)
def test_an_outing_of_another_store_is_as_good_as_none(store: StoreAtWork, wang: Person, verb: str) -> None:
    open_other_store(store)
    feng = store.person("feng")
    asks(wang, OUTING)
    store.move_to(at("14:30"))

    feng.sends_press(in_private(feng), f"outing:{verb}:1")

    assert out_states(store) == [OutingState.GOING]
    assert feng.last().text == FORGED
    assert verbs(store)[-1] == "desk.forged_button"


@pytest.mark.parametrize("number", IDS)
def test_a_forged_id_changes_nothing(long_day: StoreAtWork, number: str) -> None:
    wang = long_day.person("wang")
    message, parked = in_private(wang), not_done(long_day)

    for verb in VERBS:
        wang.sends_press(message, f"outing:{verb}:{number}")

    assert outings(long_day) == []
    assert wang.last().text == FORGED
    assert not_done(long_day) == parked


@pytest.mark.parametrize("verb", ["begin", "ring", "decided", "depart", "approve", "__class__", ""])
def test_a_verb_that_is_no_button_is_refused(long_day: StoreAtWork, verb: str) -> None:
    wang = long_day.person("wang")

    wang.sends_press(in_private(wang), f"outing:{verb}:1")

    assert wang.last().text == FORGED


def test_an_outing_is_no_trip_whatever_the_button_says(store: StoreAtWork, wang: Person) -> None:
    asks(wang, OUTING)

    wang.sends_press(wang.last().id, "trip:depart:1")

    assert wang.last().text == FORGED
    assert [one.departed_at for one in outings(store)] == [None]


def test_a_button_pressed_in_the_group_is_answered_in_private(store: StoreAtWork, wang: Person) -> None:
    asks(wang, OUTING)
    wang.says("@前台 谁在外面", chat=GROUP)

    wang.sends_press(wang.last(chat=GROUP).id, "outing:call_off:1", chat=GROUP)

    assert out_states(store) == [OutingState.WITHDRAWN]
    assert wang.hears("好，锦绣花园 不去了")
    assert "不去了" not in wang.last(chat=GROUP).text


@pytest.mark.parametrize("said", [NASTY[name] for name in SHOWN], ids=SHOWN)
def test_a_place_is_shown_as_it_was_typed(long_day: StoreAtWork, said: str) -> None:
    chen, parked = long_day.person("chen"), not_done(long_day)
    chen.says("取消")
    chen.says("外出")
    chen.says("下午两点到四点")
    chen.says(said)
    chen.says(said)

    assert chen.last().text.split("\n")[1] == f"陈静 · {said} · {said}"
    assert is_shown_escaped(long_day, "chen", said)
    assert not_done(long_day) == parked


@pytest.mark.parametrize(("said", "kept"), CLEANED.values(), ids=CLEANED)
def test_what_no_screen_can_show_is_left_out(long_day: StoreAtWork, said: str, kept: str) -> None:
    chen = long_day.person("chen")
    chen.says("取消")
    chen.says("外出")
    chen.says("下午两点到四点")
    chen.says(said)
    chen.says("跳过")

    assert chen.last().text.split("\n")[1] == f"陈静 · {kept}"


@pytest.mark.parametrize("said", SHAPES.values(), ids=SHAPES)
def test_an_outing_of_any_shape_is_answered(long_day: StoreAtWork, said: str) -> None:
    sun, parked = long_day.person("sun"), not_done(long_day)
    sun.says("取消")

    sun.says(f"外出 {said}"[:40_000])

    assert not_done(long_day) == parked
    assert sun.last().sender == "bot"
    assert len(sun.last().text) < 1_000


@pytest.mark.parametrize("label", ["时间", "去哪里", "办什么事"])
def test_every_answer_of_the_form_takes_hostile_words(long_day: StoreAtWork, label: str) -> None:
    wu, parked = long_day.person("wu"), not_done(long_day)

    for said in (NASTY["script"], NASTY["jinja escape"], NASTY["sql"], NASTY["emoji"], "\u202e", "家" * 33_000):
        wu.says("外出 锦绣花园量房 下午两点到四点")
        wu.presses("修改")
        wu.presses(label)
        wu.says(said)

    assert not_done(long_day) == parked


@pytest.mark.parametrize("name", ["script", "jinja", "format"])
def test_hostile_words_reach_the_front_desk_and_the_group_escaped(
    store: StoreAtWork, wang: Person, zhou: Person, name: str
) -> None:
    said = NASTY[name]
    wang.says("外出")
    wang.says("下午两点到四点")
    wang.says(said)
    wang.says(said)
    wang.presses("确认")

    (told,) = group_hears(store, zhou)

    assert [(one.place, one.matter) for one in outings(store)] == [(said, said)]
    assert told == f"王磊 外出 · {said} · 14:00–16:00"
    assert is_shown_escaped(store, "zhou", said)
    assert not_done(store) == []
