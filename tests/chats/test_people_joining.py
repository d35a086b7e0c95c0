"""邀请 and 加入: a code makes a chat somebody's, once, for a while; who guesses hears little and seldom."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path

import pytest

from storage import invites
from storage.database import Database
from storage.inbox import Inbox
from storage.invites import Invite
from storage.outbox import Outbox
from storage.staff import Contact
from tests.chat import Person, StoreAtWork, rows, store_at_work
from tests.chats.staff_steps import adds, audited, code_for, entry, joins
from tests.chats.steps import leaves, not_done, verbs

STRANGER = "您好，我是门店的前台助手，只为店里同事服务。如果您是同事，请向前台要一个加入链接。"
WRONG = "加入码不对，请对照着再发一次。还不行的话，请向店里的前台重新要一个。"
TOO_OFTEN = "试的次数太多了，请过一个小时再试，或者向店里的前台要一个新的加入码。"


def answers(person: Person) -> list[str]:
    return [message.text for message in person.sees() if message.sender == "bot"]


def test_a_code_is_given_in_private_with_what_to_do(store: StoreAtWork, zhou: Person) -> None:
    adds(store, zhou)

    zhou.says("@前台 邀请 李明", chat="store")

    said = zhou.last().text
    assert re.match(
        r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}　李明 的加入码，周三 12月2日 10:00 前有效，只能用一次", said
    )
    assert f"请李明私下给我发：加入 {said[:9]}" in said
    assert said[:9] not in zhou.transcript("store")
    assert said[:9].replace("-", "") not in str(store.query(partial(rows, table=Invite)))
    [kept] = audited(store, "people.invited")
    assert said[:4] not in str(kept.model_dump())


def test_no_link_opens_a_bot_whose_token_was_taken_out_of_the_settings(sample: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    shutil.copyfile(sample, tmp_path / "store.db")
    database = Database(url)
    database.write_now(partial(invites.put_bot, account="1000001", username="haorizi_bot"))
    database.close()

    with store_at_work(url, tmp_path, loaded=True) as store:
        zhou = store.person("zhou")
        zhou.says("邀请 王磊")

        assert "王磊 的加入码" in zhou.last().text
        assert "haorizi_bot" not in zhou.last().text


def test_whoever_brings_the_code_is_that_person_from_then_on(store: StoreAtWork, zhou: Person) -> None:
    li = adds(store, zhou)
    code = code_for(zhou, "李明")

    li.says(f"加入 {code.lower()}")

    assert "李明，欢迎来到锦上装饰（城南店）" in li.last().text
    assert "请假" in li.last().buttons
    assert "员工" not in li.last().buttons
    assert zhou.hears("✅ 李明 用您给的加入码加入了。")
    li.presses("请假")
    assert "从什么时候到什么时候？" in li.last().text
    li.says("周五下午")
    assert "是什么事由？" in li.last().text
    [joined] = audited(store, "people.joined")
    assert joined.actor_id == entry(store, "李明").id


def test_a_code_opens_once_and_says_so(store: StoreAtWork, zhou: Person) -> None:
    adds(store, zhou)
    other = adds(store, zhou, "加员工 张三 设计师")
    code = code_for(zhou, "李明")
    store.person(entry(store, "李明").key).says(f"加入 {code}")

    other.says(f"加入 {code}")

    assert answers(other) == ["这个加入码已经用过了，一个码只能用一次。还不行的话，请向店里的前台重新要一个。"]
    assert [one.staff_id for one in store.query(partial(rows, table=Contact)) if one.address == other.key] == [None]


def test_a_code_ends_after_seven_days_and_a_newer_one_makes_it_void(store: StoreAtWork, zhou: Person) -> None:
    li = adds(store, zhou)
    first, second = code_for(zhou, "李明"), code_for(zhou, "李明")

    li.says(f"加入 {first}")
    store.move(days=7, minutes=1)
    li.says(f"加入 {second}")

    assert set(answers(li)) == {"这个加入码已经过期或换过新的了。还不行的话，请向店里的前台重新要一个。"}
    assert len(answers(li)) == 2


def test_somebody_with_a_chat_hears_that_they_have_it_and_no_code_is_looked_at(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    li = adds(store, zhou)
    code = code_for(zhou, "李明")

    wang.says(f"加入 {code}")
    li.says(f"加入 {code}")

    assert wang.last().text == "王磊，这个聊天已经是您的了，不用再加入。说“菜单”看看能办什么。"
    assert "李明，欢迎" in li.last().text


def test_a_second_chat_of_somebody_is_told_to_the_first(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    li = adds(store, zhou)
    code = code_for(zhou, "王磊")

    li.says(f"加入 {code}")

    chats = [
        one.address for one in store.query(partial(rows, table=Contact)) if one.staff_id == entry(store, "王磊").id
    ]
    assert chats == ["wang", li.key]
    assert "王磊，欢迎来到" in li.last().text
    assert wang.last().text.startswith("⚠ 刚才有另一个聊天用加入码加到了您名下。")


def test_a_stranger_is_answered_once_in_ten_minutes(store: StoreAtWork, zhou: Person) -> None:
    stranger = adds(store, zhou)
    for _ in range(5):
        stranger.says("在吗")
    before = answers(stranger)
    store.move(minutes=11)

    stranger.says("在吗")

    assert before == [STRANGER]
    assert answers(stranger) == [STRANGER, STRANGER]
    assert len(store.query(partial(rows, table=Inbox))) == 8
    assert verbs(store).count("desk.stranger") == 2


def test_who_forgets_the_code_hears_how_to_write_it(store: StoreAtWork, zhou: Person) -> None:
    stranger = adds(store, zhou)
    stranger.says("你好")

    stranger.says("加入")
    stranger.says("加入你们公司")

    assert answers(stranger) == [STRANGER, "“加入”后面请写上加入码，比如“加入 7K3M-Q9XA”，码找店里的前台要。"]


def test_guessing_ends_after_five_tries_an_hour_also_with_the_right_code(store: StoreAtWork, zhou: Person) -> None:
    li = adds(store, zhou)
    code = code_for(zhou, "李明")
    for number in range(5):
        li.says(f"加入 2222-222{number + 2}")
    guessed = answers(li)

    for _ in range(3):
        li.says(f"加入 {code}")
    held = answers(li)[len(guessed) :]
    store.move(hours=1, minutes=1)
    li.says(f"加入 {code}")

    assert guessed == [WRONG] * 5
    assert held == [TOO_OFTEN]
    assert "李明，欢迎" in li.last().text
    assert verbs(store).count("people.join_failed") == 5
    assert "2222-222" not in str([one.model_dump() for one in audited(store, "people.join_failed")])


def test_guesses_are_counted_by_contact(store: StoreAtWork, zhou: Person) -> None:
    guesser = adds(store, zhou)
    other = adds(store, zhou, "加员工 张三 设计师")
    for _ in range(6):
        guesser.says("加入 2222-2222")

    other.says(f"加入 {code_for(zhou, '张三')}")

    assert "张三，欢迎" in other.last().text


HOSTILE = [
    "加入 ' OR 1=1 --",
    "加入 {{7*7}}",
    "加入 <b>7K3M</b>",
    "加入 \x00\x00\x00\x00\x00\x00\x00\x00",
    "加入 " + "7" * 100_000,
    "加入 ㊙️㊙️㊙️㊙️",
    "\u202e加入 7K3M-Q9XA",
    "加入 7K3M-Q9X٣",
]


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_stranger_types_nobody_is_let_in(long_day: StoreAtWork, said: str) -> None:
    zhou = long_day.person("zhou")
    name = "来客" + "甲乙丙丁戊己庚辛"[HOSTILE.index(said)]
    stranger = adds(long_day, zhou, f"加员工 {name} 设计师")

    stranger.says(said)

    [answer] = answers(stranger)
    assert answer in (STRANGER, WRONG, "“加入”后面请写上加入码，比如“加入 7K3M-Q9XA”，码找店里的前台要。")
    assert not_done(long_day) == []


def test_what_was_said_right_behind_the_code_is_the_persons(store: StoreAtWork, zhou: Person) -> None:
    li = joins(store, zhou)
    li.says("请假 周五下午 陈静 家里有事")
    li.presses("确认")

    assert [one.staff_id for one in leaves(store)] == [entry(store, "李明").id]


def test_managers_hear_once_a_day_that_somebody_cannot_be_told(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    adds(store, zhou)
    told = "⚠ 有通知要发给 李明，但 李明 还没有聊天，收不到。"
    for role in ("预算员", "设计师", "预算员"):
        liu.says(f"改员工 李明 {role}")
        liu.presses("确认")
    first = len(zhou.heard(told))
    store.move_to("2026-11-26T09:00:00+08:00")

    liu.says("改员工 李明 设计师")
    liu.presses("确认")

    assert (first, len(zhou.heard(told))) == (1, 2)
    assert not liu.heard(told)
    failed = [one.error for one in store.query(partial(rows, table=Outbox)) if one.error]
    assert set(failed) == {"no chat to reach them"}
