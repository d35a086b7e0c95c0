"""Follow-ups: a contact in one line, the next date, one reminder in working hours, none of a closed case."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest
from sqlmodel import Session

from bot.handlers import follow_up
from tests.chat import Person, StoreAtWork
from tests.chats.case_rows import mornings, open_case, scene_of
from tests.chats.customer_steps import cases, contacts, registers
from tests.chats.steps import asks, open_other_store

DUE = "⏰ 该联系 李女士 了（2026-0001 锦绣花园，B 类）"
BUTTONS = ["记一次跟进", "明天再说"]


def contacts_at(store: StoreAtWork, moments: list[str], session: Session) -> None:
    """So many customers, each to be contacted then."""
    scene = scene_of(store, session)
    for number, moment in enumerate(moments):
        follow_up.set_next(
            scene, open_case(scene, phone=f"139000001{number:02}"), datetime.fromisoformat(f"{moment}+08:00")
        )


@pytest.mark.parametrize(
    ("line", "words", "then"),
    [
        ("跟进 李女士 电话聊了，周六再来", "电话聊了，周六再来", "周六 11月28日 9:00（照您写的）"),
        ("跟进 2026-0001 周五下午3点来看方案", "周五下午3点来看方案", "周五 11月27日 15:00（照您写的）"),
        ("李女士 跟进 电话聊了，三天后再打", "电话聊了，三天后再打", "周六 11月28日 9:00（照您写的）"),
        ("跟进李女士，昨天聊过了", "昨天聊过了", "周三 12月2日 9:00（B 类）"),
        ("跟进 锦绣花园 聊了半小时", "聊了半小时", "周三 12月2日 9:00（B 类）"),
        ("跟进 李女士 国庆节以后再说", "国庆节以后再说", "周三 12月2日 9:00（B 类）"),
    ],
)
def test_the_words_say_when_the_customer_is_contacted_again(
    registered: StoreAtWork, line: str, words: str, then: str
) -> None:
    zhou = registered.person("zhou")

    zhou.says(line)

    assert zhou.last().text == f"跟进 2026-0001 李女士，对吗？\n{words}\n下次联系：{then}"
    zhou.says("取消")


def test_a_contact_is_kept_and_shown_with_the_case(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)

    zhou.says("跟进 李女士 要看材料，回 13911112222，周六再来")
    zhou.presses("修改")
    zhou.presses("级别")
    zhou.presses("A 很想做")
    zhou.presses("确认")
    zhou.says("客户 李女士")

    assert contacts(store) == ["要看材料，回 13911112222，周六再来"]
    assert cases(store)[0].grade == "A"
    assert "周敏：要看材料，回 139****2222，周六再来" in zhou.last().text
    assert "下次联系：周六 11月28日 9:00" in zhou.last().text


@pytest.mark.parametrize(
    ("said", "told"),
    [("昨天", "已经过了"), ("2029年1月1日", "下次联系请定在一年以内"), ("看情况", "没看懂“看情况”")],
)
def test_a_next_date_that_cannot_be_is_asked_again(registered: StoreAtWork, said: str, told: str) -> None:
    zhou = registered.person("zhou")
    zhou.says("跟进 李女士 聊了")
    zhou.presses("修改")
    zhou.presses("下次联系")

    zhou.says(said)

    assert told in zhou.last().text
    zhou.says("取消")


@pytest.mark.parametrize(
    ("said", "next_one"),
    [
        ("三天", "周六 11月28日 9:00"),
        ("两个小时", "今天（周三 11月25日）12:00"),
        # The store is closed from New Year's Day to the Sunday.
        ("1月1日", "周一 2027年1月4日 9:00"),
    ],
)
def test_the_next_date_can_be_said_otherwise(registered: StoreAtWork, said: str, next_one: str) -> None:
    zhou = registered.person("zhou")
    zhou.says("跟进 李女士 聊了")
    zhou.presses("修改")
    zhou.presses("下次联系")

    zhou.says(said)

    assert f"下次联系：{next_one}" in zhou.last().text
    zhou.says("取消")


def test_who_looks_after_the_customer_is_reminded_once(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)

    store.move_to("2026-11-26T08:59:00+08:00")
    assert zhou.heard(DUE) == []
    store.move_to("2026-11-26T09:00:00+08:00")
    assert zhou.hears(f"{DUE}\n登记以后还没有联系过。", buttons=BUTTONS)
    store.move(days=5)

    assert len(zhou.heard(DUE)) == 1


def test_put_off_it_rings_tomorrow_and_done_it_rings_by_the_grade(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)
    store.move_to("2026-11-26T09:30:00+08:00")

    zhou.presses("明天再说")
    assert zhou.last().text == "好，2026-0001 李女士，明天（周五 11月27日）9:00 再提醒您。"
    store.move_to("2026-11-27T09:00:00+08:00")
    zhou.presses("记一次跟进")
    zhou.says("打了电话，还在考虑")
    zhou.presses("确认")

    assert zhou.hears("下次联系：周五 12月4日 9:00")
    assert not zhou.heard("", buttons=BUTTONS)
    store.move_to("2026-12-04T09:00:00+08:00")
    assert len(zhou.heard("上次 周五 11月27日 9:00：打了电话，还在考虑", buttons=BUTTONS)) == 1


def test_nothing_rings_after_the_case_is_closed_until_it_goes_on(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)
    asks(zhou, "流失 2026-0001 选了别家")

    store.move(days=40)
    assert zhou.heard("⏰") == []
    zhou.says("客户回来了 2026-0001")
    store.move(days=1)

    assert len(zhou.heard(DUE)) == 1


def test_a_reminder_that_was_shown_loses_its_buttons_with_the_case(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)
    store.move(days=1)

    asks(zhou, "流失 2026-0001 选了别家")

    assert zhou.hears("2026-0001 李女士 锦绣花园\n已流失，不用再联系", buttons=[])
    sent = store.get("/api/chat/messages", {"as": "zhou", "chat": "private", "after": "0"}).json()["messages"]
    assert [] not in [row for message in sent for row in message["buttons"]]


def test_the_designer_writes_down_what_was_said_and_the_client_manager_hears_it(
    store: StoreAtWork, zhou: Person, chen: Person
) -> None:
    registers(zhou)
    zhou.presses("选设计师")
    zhou.presses("陈静")

    asks(chen, "跟进 李女士 量房时间定了，周五下午2点")

    assert zhou.hears("陈静 跟进了 2026-0001 李女士：量房时间定了，周五下午2点")


def test_others_write_nothing_down(registered: StoreAtWork) -> None:
    wang = registered.person("wang")
    open_other_store(registered)
    feng = registered.person("feng")

    wang.says("跟进 李女士 聊了")
    wang.sends_press(wang.last().id, "follow_up:log:1")
    wang.sends_press(wang.last().id, "follow_up:later:1")
    feng.says("跟进 李女士 聊了")
    feng.sends_press(feng.last().id, "follow_up:log:1")

    assert len(wang.heard("这位客户不是您经手的")) == 3
    assert [one.text[:5] for one in feng.sees() if one.sender == "bot"] == ["没找到“李", "这个按钮用"]
    assert contacts(registered) == []


def test_of_several_the_words_are_not_asked_again(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)
    registers(zhou, "登记 李女士 13900000002 路过 翠湖苑 90平 两室一厅 2人")

    zhou.says("跟进 李女士 电话聊了，周六再来")
    zhou.presses("2026-0002 李女士 翠湖苑")

    assert zhou.last().text.startswith("跟进 2026-0002 李女士，对吗？\n电话聊了，周六再来\n")


def test_what_the_list_has_told_is_not_told_again_when_the_store_opens(store: StoreAtWork, zhou: Person) -> None:
    mornings(store)
    store.write(partial(contacts_at, store, ["2026-11-26T09:00:00"]))
    store.move_to("2026-11-26T08:50:00+08:00")
    store.write(lambda session: follow_up.rules_changed(scene_of(store, session), scene_of(store, session).rules))

    store.move_to("2026-11-26T12:00:00+08:00")

    assert zhou.hears("· 该联系 2026-0001 李女士，9:00；没联系，明早还在这里", buttons=["2026-0001 记跟进"])
    assert zhou.heard("⏰ 该联系") == []
    zhou.presses("2026-0001 记跟进")
    assert "聊了什么" in zhou.last().text


def test_a_follow_up_at_another_hour_and_one_beyond_the_list_ring_singly(store: StoreAtWork, zhou: Person) -> None:
    mornings(store)
    store.write(partial(contacts_at, store, ["2026-11-26T09:00:00"] * 13 + ["2026-11-26T14:00:00"]))

    store.move_to("2026-11-26T16:00:00+08:00")

    told = [one.text.partition("\n")[0] for one in zhou.heard("⏰ 该联系")]
    assert told == [f"⏰ 该联系 李女士 了（2026-{number} 锦绣花园，B 类）" for number in ("0013", "0014")]
