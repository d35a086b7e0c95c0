"""Who is away, what is mine, and how much of it whom it concerns may know."""

from __future__ import annotations

from tests.chat import Person, StoreAtWork
from tests.chats.steps import CARD, asks, is_granted

FRIDAY = "请假 周五下午 家里有事"


def test_my_leave_shows_each_with_what_can_be_done(wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")
    asks(wang, "请假 下周一 看牙")

    wang.says("我的假")

    shown = [one.text for one in wang.sees()[-2:]]
    assert "您有 2 个假" in shown[0]
    assert "周五 11月27日 14:00–17:30" in shown[0]
    assert "周一 11月30日" in shown[1]
    assert wang.last().buttons == ("修改", "撤回")


def test_without_leave_there_is_an_example(wang: Person) -> None:
    wang.says("我的假")

    assert "您现在没有请假" in wang.last().text
    assert "请假 周五下午 家里有事" in wang.last().text


def test_who_is_away_has_kinds_and_reasons_for_managers_only(wang: Person, zhou: Person, chen: Person) -> None:
    is_granted(wang, zhou, FRIDAY)

    zhou.says("谁休假")
    chen.says("谁休假")

    assert "王磊 下午 · 调休 · 家里有事" in zhou.last().text
    assert "王磊 下午" in chen.last().text
    assert "家里有事" not in chen.last().text
    assert "调休" not in chen.last().text


def test_in_the_group_nobody_hears_a_reason(wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, FRIDAY)

    zhou.says("@前台 谁休假", chat="store")

    assert "王磊 下午" in zhou.last(chat="store").text
    assert "家里有事" not in zhou.transcript("store")


def test_sick_leave_is_not_named_to_colleagues(wang: Person, chen: Person) -> None:
    asks(wang, "病假 周五 发烧")

    chen.says("谁休假")

    assert "王磊" in chen.last().text
    assert "病假" not in chen.last().text
    assert "发烧" not in chen.transcript()


def test_what_still_waits_is_not_away(wang: Person, chen: Person) -> None:
    asks(wang, FRIDAY)

    chen.says("谁休假")

    assert chen.last().text == "今天和往后六天没有人休假。"


def test_the_list_reaches_six_days_ahead(wang: Person, zhou: Person, chen: Person) -> None:
    is_granted(wang, zhou, "请假 12月1号 搬家")
    is_granted(wang, zhou, "请假 12月3号 搬家")

    chen.says("谁休假")

    assert "12月1日" in chen.last().text
    assert "12月3日" not in chen.last().text


def test_the_approver_sees_who_else_is_away(wang: Person, zhou: Person, chen: Person, zhao: Person) -> None:
    is_granted(wang, zhou, FRIDAY)
    asks(zhao, "病假 周五 发烧 吴刚")

    chen.says("请假 周五下午 家里有事")
    chen.says("孙强")
    chen.presses("确认")

    assert zhou.hears("陈静 想调休半天", buttons=CARD)
    assert zhou.hears("当天已有 2 人休假（赵倩、王磊 下午）")


def test_somebody_away_in_the_other_half_is_named_with_it(wang: Person, zhou: Person, chen: Person) -> None:
    is_granted(wang, zhou, "请假 周五上午 家里有事")

    asks(chen, FRIDAY)

    assert zhou.hears("当天已有 1 人休假（王磊 上午）", buttons=CARD)


def test_a_waiting_card_shows_a_colleague_who_fell_ill_meanwhile(wang: Person, zhou: Person, chen: Person) -> None:
    asks(wang, FRIDAY)
    asks(chen, "病假 周五 发烧 赵倩")

    assert zhou.hears("当天已有 1 人休假（陈静）", buttons=CARD)


def test_the_cover_learns_the_number_but_not_the_reason(wang: Person, zhou: Person, chen: Person) -> None:
    is_granted(wang, zhou, FRIDAY)

    assert chen.hears("13800000003")
    assert "家里有事" not in chen.transcript()


def test_everything_personal_that_is_said_in_the_group_is_answered_in_private(wang: Person) -> None:
    wang.says("@前台 请假 周五下午 家里有事", chat="store")

    assert wang.last(chat="store").text == "王磊，这件事我私下跟您说。"
    assert wang.hears("周五 11月27日 14:00–17:30")

    wang.says("@前台 我的假", chat="store")

    assert wang.last(chat="store").text == "王磊，这件事我私下跟您说。"
    assert "您现在没有请假" in wang.last().text


def test_in_the_group_the_bot_is_silent_unless_addressed(store: StoreAtWork, wang: Person) -> None:
    wang.says("今天好冷", chat="store")
    wang.says("王磊今天请假了吗", chat="store")

    assert [one.sender for one in wang.sees(chat="store")] == ["wang", "wang"]
    assert [one for one in wang.sees() if one.sender == "bot"] == []
