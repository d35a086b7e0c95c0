"""The form of leave over time: old cards, other commands in between, a form left for a day."""

from __future__ import annotations

from tests.chat import Person, StoreAtWork
from tests.chats.steps import CONFIRM, states

FRIDAY = "请假 周五下午 家里有事"
WHEN = "从什么时候到什么时候？"


def test_an_old_card_has_no_buttons_left(wang: Person) -> None:
    wang.says(FRIDAY)
    old = wang.last()
    wang.says("周四下午")

    (seen,) = [one for one in wang.sees() if one.id == old.id]

    assert seen.buttons == ()


def test_a_button_of_an_old_card_decides_nothing(store: StoreAtWork, wang: Person) -> None:
    wang.says(FRIDAY)
    old = wang.last()
    wang.says("周四下午")

    wang.sends_press(old.id, old.actions[0])

    assert wang.last().text == "这一步已经过去了，看最新的。"
    assert list(wang.last().buttons) == ["打开"]
    assert states(store) == []

    wang.presses("打开")

    assert "明天（周四 11月26日）14:00–17:30" in wang.last().text
    assert list(wang.last().buttons) == CONFIRM


def test_a_button_of_a_finished_form_decides_nothing(store: StoreAtWork, wang: Person) -> None:
    wang.says(FRIDAY)
    old = wang.last()
    wang.presses("确认")

    wang.sends_press(old.id, old.actions[0])

    assert wang.last().text == "这一步已经办完了。"
    assert len(states(store)) == 1


def test_a_new_command_puts_the_open_form_aside(store: StoreAtWork, wang: Person) -> None:
    wang.says("请假 周五下午 家里有事")
    wang.says("请假 下周一 看牙")
    wang.presses("确认")

    assert len(states(store)) == 1
    assert wang.hears("已交给 周敏：周一 11月30日")


def test_a_question_in_between_does_not_lose_the_form(wang: Person) -> None:
    wang.says("请假")
    wang.says("谁休假")

    assert wang.hears("今天和往后六天没有人休假。")

    wang.says("周五下午 家里有事")

    assert "周五 11月27日 14:00–17:30" in wang.last().text


def test_a_form_left_for_a_day_asks_whether_to_go_on(store: StoreAtWork, wang: Person) -> None:
    wang.says("请假")
    store.move_to("2026-11-26T11:00:00+08:00")

    assert wang.hears("填的请假还没填完，接着填吗？", buttons=["接着填", "不填了"])

    wang.presses("接着填")

    assert WHEN in wang.last().text


def test_what_was_said_to_a_left_form_is_taken_then(store: StoreAtWork, wang: Person) -> None:
    wang.says("请假")
    store.move_to("2026-11-26T11:00:00+08:00")
    wang.says("下周一 家里有事")

    assert "接着填吗？" in wang.last().text

    wang.presses("接着填")

    assert "周一 11月30日 9:00–17:30\n事由：家里有事" in wang.last().text


def test_a_left_form_may_be_dropped(store: StoreAtWork, wang: Person) -> None:
    wang.says("请假")
    store.move_to("2026-11-26T11:00:00+08:00")
    wang.presses("不填了")

    assert wang.last().text == "好，请假不填了，什么都没有登记。"


def test_a_left_form_asks_once(store: StoreAtWork, wang: Person) -> None:
    wang.says("请假")
    store.move_to("2026-11-30T11:00:00+08:00")

    assert len(wang.heard("接着填吗？")) == 1
