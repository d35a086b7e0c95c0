"""停用聊天: a chat that fell into other hands is nobody's any more; what is said there does not count."""

from __future__ import annotations

from sqlmodel import Session

from storage import staff
from tests.chat import Person, StoreAtWork
from tests.chats.staff_steps import audited
from tests.chats.steps import asks, states

STRANGER = "只为店里同事服务"


def _second_chat(session: Session) -> None:
    person = staff.by_key(session, "zhou")
    assert person is not None
    staff.bind(session, staff.contact(session, channel="webchat", account="local", address="chen"), person.id)


def test_the_gm_office_takes_a_lost_phone_from_somebody_and_nothing_pressed_there_counts(
    store: StoreAtWork, liu: Person, zhou: Person, wang: Person
) -> None:
    asks(wang, "请假 周五下午 家里有事")
    card = zhou.last()
    liu.says("停用聊天 周敏")
    assert liu.hears("周敏 有 1 个聊天：网页聊天。", buttons=["停用"])
    liu.presses("停用")

    zhou.sends_press(card.id, card.actions[0])

    assert liu.hears("好，周敏 的聊天都停用了。请当面给周敏一个新的加入码。", buttons=["邀请"])
    assert [str(state) for state in states(store)] == ["pending"]
    assert STRANGER in zhou.last().text
    assert [one.after for one in audited(store, "people.chats_dropped")] == [{"chats": 1}]


def test_pressing_twice_takes_nothing_more(store: StoreAtWork, liu: Person) -> None:
    liu.says("停用聊天 王磊")
    liu.presses("停用")
    liu.presses("停用")

    assert len(audited(store, "people.chats_dropped")) == 1


def test_for_oneself_the_chat_in_which_one_says_so_stays(store: StoreAtWork, zhou: Person, chen: Person) -> None:
    store.write(_second_chat)
    zhou.says("手机丢了")
    zhou.presses("停用")

    chen.says("菜单")
    zhou.says("菜单")

    assert STRANGER in chen.last().text
    assert "周敏，要办什么" in zhou.last().text


def test_who_has_only_this_chat_hears_so(wang: Person) -> None:
    wang.says("停用聊天")

    assert wang.last().text == "您只有现在这个聊天，没有别的可以停用。手机丢了，请让总经办停用。"


def test_a_designer_takes_nobodys_chats(store: StoreAtWork, wang: Person) -> None:
    wang.says("停用聊天 周敏")

    assert "只有刘总能改" in wang.last().text
    assert audited(store, "people.chats_dropped") == []
