"""What somebody takes on in a meeting: said in a line, reminded of until it is done, told to the host if late."""

from __future__ import annotations

from datetime import date

import pytest

from storage.meetings_written import MeetingAction
from tests.chat import Person, StoreAtWork, rows
from tests.chats.meeting_steps import calls, notices, ringing
from tests.chats.steps import CONFIRM

LINE = "行动项 王磊 下周二前 把样板间报价整理好"


@pytest.fixture
def held(store: StoreAtWork, zhou: Person) -> StoreAtWork:
    """The designers' meeting of Friday has begun."""
    calls(zhou)
    store.move_to("2026-11-27T16:00:00+08:00")
    return store


def actions(store: StoreAtWork) -> list[MeetingAction]:
    found: list[MeetingAction] = store.query(lambda session: rows(session, MeetingAction))
    return found


def gives(person: Person, line: str = LINE) -> None:
    person.says(line)
    person.presses("确认")


def test_an_action_is_read_back_and_told_to_its_owner(held: StoreAtWork, zhou: Person, wang: Person) -> None:
    zhou.says(LINE)

    assert zhou.last().text.startswith("行动项，对吗？\n王磊 · 周二 12月1日 前\n把样板间报价整理好")
    assert list(zhou.last().buttons) == CONFIRM

    zhou.presses("确认")

    assert wang.hears("周敏 在会上给您记了一件事：周二 12月1日 前 把样板间报价整理好", buttons=["完成"])
    assert [(one.due_on, one.words) for one in actions(held)] == [(date(2026, 12, 1), "把样板间报价整理好")]


# What 周敏 types after 行动项, whose it is, until when, and what.
SENTENCES = [
    ("王磊 周五前 出方案", "王磊 · 周五 11月27日 前", "出方案"),
    ("王磊周日前出方案", "王磊 · 周日 11月29日 前", "出方案"),
    ("陈静 下周一 联系李女士", "陈静 · 周一 11月30日 前", "联系李女士"),
    ("赵倩 12月3号之前 核一遍估算", "赵倩 · 周四 12月3日 前", "核一遍估算"),
    ("我 月底前 订会议室", "周敏 · 周一 11月30日 前", "订会议室"),
    ("吴刚 三天内 修好门锁", "吴刚 · 周一 11月30日 前", "修好门锁"),
    ("孙强 明天下班前 报工地进度", "孙强 · 周六 11月28日 前", "报工地进度"),
]


@pytest.mark.parametrize(("said", "who", "what"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_owner_day_and_words_are_found_in_a_line(
    held: StoreAtWork, zhou: Person, said: str, who: str, what: str
) -> None:
    zhou.says(f"行动项 {said}")

    assert zhou.last().text.split("\n")[1:3] == [who, what]


def test_the_owner_is_reminded_the_day_before_and_on_the_day(held: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou)

    held.move_to("2026-12-01T12:00:00+08:00")

    assert notices(held, "meetings_actions.day_before") == [("11-30 09:00", "wang")]
    assert notices(held, "meetings_actions.due") == [("12-01 09:00", "wang")]
    assert wang.hears("⏰ 今天到期：把样板间报价整理好", buttons=["完成"])


def test_what_is_late_is_told_to_the_owner_and_to_the_host_once(held: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou)

    held.move_to("2026-12-10T12:00:00+08:00")

    assert wang.hears("⚠ 周二 12月1日 到期，还没完成：把样板间报价整理好")
    assert notices(held, "meetings_actions.overdue") == [("12-02 09:00", "wang")]
    assert notices(held, "meetings_actions.overdue_host") == [("12-02 09:00", "zhou")]


def test_what_is_done_is_not_spoken_of_again(held: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou)
    wang.presses("完成")

    assert wang.hears("王磊 · 周二 12月1日 前：把样板间报价整理好\n✅ 今天（周五 11月27日）16:00 完成", buttons=[])
    assert zhou.hears("✅ 今天（周五 11月27日）16:00 完成")
    held.move_to("2026-12-10T12:00:00+08:00")
    assert not wang.heard("⏰ 今天到期")
    assert not any(subject.startswith("meetings_actions") for subject, _ in ringing(held))


def test_done_twice_is_done_once(held: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou)
    wang.presses("完成")

    wang.sends_press(wang.last().id, "meetings_actions:done:1")

    assert wang.last().text == "这件事已经完成，或者不做了。"


def test_who_gave_it_may_drop_it_and_the_owner_hears_so(held: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou)

    zhou.presses("不做了")

    assert wang.hears("周敏 说这件事不用做了：把样板间报价整理好")
    assert actions(held)[0].dropped


def test_my_actions_are_listed_the_most_urgent_first(held: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou)
    gives(zhou, "行动项 王磊 明天前 给赵倩发图")

    wang.says("我的行动项")

    assert "您有 2 件：\n1. 周六 11月28日 前：给赵倩发图\n2. 周二 12月1日 前：把样板间报价整理好" in wang.last().text

    wang.presses("完成 1")
    wang.says("我的行动项")

    assert "您有 1 件：\n1. 周二 12月1日 前" in wang.last().text


def test_who_does_not_hold_the_meeting_takes_on_for_themselves_only(
    held: StoreAtWork, wang: Person, chen: Person
) -> None:
    wang.says("行动项 陈静 下周二前 画立面图")

    assert wang.last().text == "这个会不是您主持的，只能给自己记。"

    wang.presses("王磊")
    wang.presses("确认")

    assert not chen.heard("立面图")
    assert [one.words for one in actions(held)] == ["画立面图"]


def test_actions_are_part_of_the_minutes(held: StoreAtWork, zhou: Person, chen: Person) -> None:
    gives(zhou)
    zhou.says("纪要 先报价再出图")

    zhou.presses("发出纪要")

    assert chen.hears("行动项\n· 王磊 周二 12月1日 前：把样板间报价整理好")


def test_after_a_standstill_only_the_last_reminder_is_said(held: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou)

    held.app.clock.move_to(held.app.clock.now().replace(day=2, month=12, hour=12))
    held.settle()

    assert [one.text[:6] for one in wang.heard("整理好") if one.text[0] in "⏰⚠"] == ["⚠ 周二 1"]
