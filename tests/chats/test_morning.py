"""早报: the groups' list and each person's own, on working days, and nothing where there is nothing to say."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest
from sqlmodel import Session

from bot.__main__ import DEMO_STORE
from bot.app import load
from bot.handlers import follow_up
from bot.operating.serving import keep_watch
from bot.rules.workflow import Need, StepKey
from bot.storefile import read_store
from storage import workflow
from storage.reminders import Reminder
from storage.workflow import StepState
from tests.chat import Person, StoreAtWork, rows
from tests.chats.case_rows import begin_step, mornings, open_case, put_on_record, scene_of
from tests.chats.steps import asks

THURSDAY = "2026-11-26T08:50:00+08:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def a_plan(store: StoreAtWork, session: Session, *, due: str, name: str = "李女士", phone: str = "13900000001") -> None:
    """王磊 draws a plan until then; 张先生 is another customer."""
    scene = scene_of(store, session)
    case = open_case(scene, name=name, phone=phone)
    begin_step(scene, case, StepKey.FLOOR_PLAN, "wang", since=at("2026-11-24T10:00:00"), due=at(due))


def a_meeting(store: StoreAtWork, session: Session, *, meets: str, name: str = "张先生") -> None:
    scene = scene_of(store, session)
    case = open_case(scene, name=name, phone="13900000002", designer="chen")
    put_on_record(scene, case, Need.PLAN_MEETING_BOOKED, at=at(meets))
    begin_step(scene, case, StepKey.PLAN_MEETING, "chen")


@pytest.fixture
def opened(store: StoreAtWork) -> StoreAtWork:
    """It has a list each morning."""
    mornings(store)
    return store


def test_the_group_hears_what_is_due_booked_and_who_is_away(opened: StoreAtWork, wang: Person) -> None:
    asks(opened.person("sun"), "外出 锦绣花园看工地 明天下午两点到四点")
    opened.write(lambda session: a_plan(opened, session, due="2026-11-26T17:30:00"))
    opened.write(lambda session: a_meeting(opened, session, meets="2026-11-26T15:00:00"))

    opened.move_to(THURSDAY)

    assert wang.last(chat="store").text == (
        "早上好，周四 11月26日\n"
        "今天到期：平面方案 2026-0001（王磊 17:30）\n"
        "过时还没办好，周敏 会收到通知，再不办就请 刘总 过问。\n"
        "约见：15:00 张先生 看方案（陈静、周敏）\n"
        "不在：孙强 14:00–16:00 外出 · 锦绣花园"
    )


def test_what_is_late_is_there_each_morning_until_it_is_done(opened: StoreAtWork, wang: Person) -> None:
    opened.write(lambda session: a_plan(opened, session, due="2026-11-25T17:30:00"))
    opened.move_to(THURSDAY)
    first = wang.last(chat="store").text

    opened.move_to("2026-11-27T08:50:00+08:00")

    assert "⚠ 过了时间：平面方案 2026-0001（王磊 昨天（周三 11月25日）17:30）" in first
    assert "⚠ 过了时间：平面方案 2026-0001（王磊 周三 11月25日 17:30）" in wang.last(chat="store").text


def test_who_has_something_today_hears_it_and_who_hears_of_it_next(opened: StoreAtWork, wang: Person) -> None:
    opened.write(lambda session: a_plan(opened, session, due="2026-11-26T17:30:00"))

    opened.move_to(THURSDAY)

    assert wang.hears(
        "王磊，您今天的事：\n"
        "· 平面方案 2026-0001 李女士，17:30 交赵倩；没办好，明天（周五 11月27日）10:00 周敏 会收到通知",
        buttons=["2026-0001 平面方案"],
    )


def test_who_is_late_hears_who_is_told_next(opened: StoreAtWork, wang: Person) -> None:
    opened.write(lambda session: a_plan(opened, session, due="2026-11-25T17:30:00"))

    opened.move_to(THURSDAY)

    assert wang.hears("⚠ 平面方案 2026-0001 李女士，昨天（周三 11月25日）17:30 就到期了，10:00 周敏 会收到通知")


def test_who_has_nothing_hears_nothing(opened: StoreAtWork) -> None:
    opened.write(lambda session: a_plan(opened, session, due="2026-11-26T17:30:00"))

    opened.move_to(THURSDAY)

    assert opened.person("chen").sees() == []
    assert opened.person("liu").sees() == []


def test_a_meeting_is_on_the_list_of_those_who_take_part(opened: StoreAtWork, chen: Person, zhou: Person) -> None:
    opened.write(lambda session: a_meeting(opened, session, meets="2026-11-26T15:00:00"))

    opened.move_to(THURSDAY)

    line = "· 15:00 看方案：2026-0001 张先生（陈静、周敏），14:00 再提醒您"
    assert chen.hears(line)
    assert zhou.hears(line)


def test_a_customer_to_be_contacted_is_on_the_client_managers_list(opened: StoreAtWork, zhou: Person) -> None:
    def work(session: Session) -> None:
        scene = scene_of(opened, session)
        follow_up.set_next(scene, open_case(scene), at("2026-11-26T14:00:00"))

    opened.write(work)

    opened.move_to(THURSDAY)

    assert zhou.hears("· 该联系 2026-0001 李女士，14:00；没联系，明早还在这里")
    assert opened.person("wang").heard("早上好", chat="store") == []


def test_who_is_away_alone_is_no_news_for_the_group(opened: StoreAtWork, wang: Person) -> None:
    asks(opened.person("sun"), "外出 锦绣花园看工地 明天下午两点到四点")

    opened.move_to(THURSDAY)

    assert wang.heard("早上好", chat="store") == []


def test_what_waits_for_the_customer_is_neither_due_nor_late(opened: StoreAtWork, wang: Person) -> None:
    def work(session: Session) -> None:
        a_plan(opened, session, due="2026-11-26T17:30:00")
        step = workflow.live_in_store(session, 1)[0]
        workflow.change(session, step, {"state": StepState.PAUSED, "paused_why": "等客户定橱柜"})

    opened.write(work)

    opened.move_to(THURSDAY)

    assert wang.heard("您今天的事") == []
    assert wang.heard("早上好", chat="store") == []


def test_there_is_no_list_on_a_day_off(opened: StoreAtWork, wang: Person) -> None:
    """New Year's Day is a Friday; the Thursday before speaks of what is due on it, Monday of what is late."""
    opened.write(lambda session: a_plan(opened, session, due="2027-01-01T17:30:00"))
    opened.move_to("2026-12-31T08:50:00+08:00")
    before = wang.last(chat="store").text

    opened.move_to("2027-01-01T12:00:00+08:00")

    assert "接下来到期：平面方案 2026-0001（王磊 明天（周五 2027年1月1日）17:30）" in before
    assert "今天" not in before
    assert wang.last(chat="store").text == before


def test_what_is_due_on_a_closed_day_stands_behind_what_is_today(opened: StoreAtWork, wang: Person) -> None:
    def work(session: Session) -> None:
        a_plan(opened, session, due="2026-12-31T17:30:00")
        a_plan(opened, session, due="2027-01-01T17:30:00", name="张先生", phone="13900000002")

    opened.write(work)

    opened.move_to("2026-12-31T08:50:00+08:00")

    today, _, then = wang.last().text.partition("\n接下来：\n")
    assert "平面方案 2026-0001 李女士，17:30 交赵倩" in today
    assert then.startswith("· 平面方案 2026-0002 张先生，明天（周五 2027年1月1日）17:30 交赵倩")


def test_once_all_have_heard_of_what_is_late_the_group_is_not_told_that_they_will(
    opened: StoreAtWork, wang: Person
) -> None:
    opened.write(lambda session: a_plan(opened, session, due="2026-11-25T17:30:00"))
    opened.move_to(THURSDAY)
    first = wang.last(chat="store").text
    opened.move_to("2026-11-26T11:00:00+08:00")
    wang.says("@前台 早报", chat="store")
    second = wang.last(chat="store").text

    opened.move_to("2026-11-30T08:50:00+08:00")

    assert first.endswith("过时还没办好，周敏 会收到通知，再不办就请 刘总 过问。")
    assert second.endswith("再不办就请 刘总 过问。")
    assert "周敏" not in second
    assert "刘总" not in wang.last(chat="store").text


def test_the_client_manager_hears_what_is_late_with_others_and_the_gm_office_once_it_has_come_to_them(
    opened: StoreAtWork, zhou: Person
) -> None:
    def work(session: Session) -> None:
        for number in range(8):
            a_plan(opened, session, due="2026-11-25T17:30:00", phone=f"139000001{number:02}")

    opened.write(work)
    liu = opened.person("liu")
    opened.move_to(THURSDAY)
    before = liu.heard("您今天的事")

    opened.move_to("2026-11-27T08:50:00+08:00")

    lines = " · ".join(f"王磊 2026-000{number} 平面方案" for number in range(1, 7))
    assert zhou.hears(f"周敏，您今天的事：\n⚠ 同事过了时间的：{lines} · 还有 2 件")
    assert before == []
    assert liu.hears(f"⚠ 同事过了时间的：{lines} · 还有 2 件")


def test_of_a_meeting_that_has_passed_it_is_asked_each_morning_until_somebody_says(
    opened: StoreAtWork, chen: Person, zhou: Person
) -> None:
    opened.write(lambda session: a_meeting(opened, session, meets="2026-11-25T15:00:00"))
    opened.move_to(THURSDAY)

    opened.move_to("2026-11-27T08:50:00+08:00")

    line = "⚠ 周三 11月25日 15:00 看方案：2026-0001 张先生（陈静、周敏），见过没有？"
    assert chen.hears(line, buttons=["2026-0001 讲解方案和估算"])
    assert zhou.hears(line, buttons=["2026-0001 讲解方案和估算"])
    assert "⚠ 过了时间：讲解方案和估算 2026-0001（陈静 周三 11月25日 15:00，见过没有）" in chen.last(chat="store").text


def test_of_what_the_customer_is_waited_for_with_it_is_not_asked(opened: StoreAtWork, chen: Person) -> None:
    def work(session: Session) -> None:
        a_meeting(opened, session, meets="2026-11-25T15:00:00")
        step = workflow.live_in_store(session, 1)[0]
        workflow.change(session, step, {"state": StepState.PAUSED, "paused_why": "客户出差"})

    opened.write(work)

    opened.move_to(THURSDAY)

    assert chen.heard("您今天的事") == []


def test_the_group_reads_no_full_name_and_no_number(opened: StoreAtWork, wang: Person) -> None:
    opened.write(lambda session: a_meeting(opened, session, meets="2026-11-26T15:00:00", name="李芳"))

    opened.move_to(THURSDAY)

    assert "约见：15:00 李** 看方案（陈静、周敏）" in wang.last(chat="store").text
    assert "139" not in wang.last(chat="store").text


def test_a_store_may_spare_its_groups(opened: StoreAtWork, wang: Person) -> None:
    quiet = read_store(DEMO_STORE.read_text("utf-8").replace("group = true", "group = false"))
    opened.write(partial(load, file=quiet, now=opened.app.clock.now(), demo=True))
    opened.write(lambda session: a_plan(opened, session, due="2026-11-26T17:30:00"))

    opened.move_to(THURSDAY)

    assert wang.hears("王磊，您今天的事：")
    assert wang.heard("早上好", chat="store") == []


def test_another_hour_moves_the_next_morning(opened: StoreAtWork, wang: Person) -> None:
    earlier = read_store(DEMO_STORE.read_text("utf-8").replace('at = "08:45"', 'at = "08:20"'))
    opened.write(partial(load, file=earlier, now=opened.app.clock.now(), demo=True))
    opened.write(lambda session: a_plan(opened, session, due="2026-11-26T17:30:00"))

    opened.move_to("2026-11-26T08:25:00+08:00")

    assert wang.hears("早上好，周四 11月26日", chat="store")


def test_anybody_may_ask_for_it_in_the_group(opened: StoreAtWork, wang: Person) -> None:
    opened.write(lambda session: a_plan(opened, session, due="2026-11-25T17:30:00"))

    wang.says("@前台 早报", chat="store")

    assert wang.last(chat="store").text.startswith("周三 11月25日\n今天到期：平面方案 2026-0001（王磊 17:30）")
    assert "您今天的事" not in wang.last(chat="store").text


def test_in_private_ones_own_stands_behind_the_stores(opened: StoreAtWork, wang: Person) -> None:
    opened.write(lambda session: a_plan(opened, session, due="2026-11-25T17:30:00"))

    wang.says("早报")

    assert wang.last().text.startswith("周三 11月25日\n今天到期：")
    assert "王磊，您今天的事：" in wang.last().text
    assert list(wang.last().buttons) == ["2026-0001 平面方案"]


def test_a_day_without_anything_says_so(opened: StoreAtWork, chen: Person) -> None:
    chen.says("早报")

    assert chen.last().text == "周三 11月25日\n今天没有到期的事，也没有约见，大家都在。"


def test_a_long_list_says_how_much_more_there_is(opened: StoreAtWork, wang: Person) -> None:
    def work(session: Session) -> None:
        for number in range(14):
            a_plan(opened, session, due="2026-11-25T17:30:00", name="李女士", phone=f"139000001{number:02}")

    opened.write(work)

    wang.says("早报")

    assert " · 还有 2 件\n" in wang.last().text
    assert "还有 2 件，说“我的事”都能看到。" in wang.last().text


def test_a_store_that_is_loaded_again_puts_off_no_morning(opened: StoreAtWork) -> None:
    """What is due and has not rung yet is not moved to the next day."""
    just_after = at("2026-11-26T08:50:00")

    opened.write(partial(load, file=read_store(DEMO_STORE.read_text("utf-8")), now=just_after, demo=True))

    assert opened.query(_mornings) == [at("2026-11-26T08:45:00")]


def test_a_store_that_was_there_before_the_list_has_it_when_the_front_desk_opens(store: StoreAtWork) -> None:
    before = store.query(_mornings)

    store.write(partial(keep_watch, now=store.app.clock.now()))
    store.write(partial(keep_watch, now=store.app.clock.now()))

    assert before == []
    assert store.query(_mornings) == [at("2026-11-26T08:45:00")]


def _mornings(session: Session) -> list[datetime]:
    """When a morning is to ring."""
    return [one.at for one in rows(session, Reminder) if one.feature == "morning"]
