"""What people say when they come back, and of whom they say it."""

from __future__ import annotations

from functools import partial

import pytest

from storage.outing import Outing, OutingState
from storage.sanctions import Sanction
from tests.chat import Person, StoreAtWork, rows
from tests.chats.steps import asks


def outings(store: StoreAtWork) -> list[Outing]:
    found: list[Outing] = store.query(partial(rows, table=Outing))
    return found


def states(store: StoreAtWork) -> list[str]:
    return [str(one.state) for one in outings(store)]


def test_somebody_elses_return_ends_nobodys_own_outing(store: StoreAtWork, wang: Person, zhou: Person) -> None:
    asks(zhou, "外出 滨江花园 量房 两小时")
    asks(wang, "外出 翠湖苑 量房 两小时")

    zhou.says("王磊回来了")

    assert states(store) == [OutingState.GOING, OutingState.BACK]
    assert zhou.hears("回来，记下了")


@pytest.mark.parametrize("said", ["陈静回来了吗", "周敏回来了吗？", "陈静回来了"])
def test_who_asks_after_others_sees_who_is_out(store: StoreAtWork, wang: Person, said: str) -> None:
    asks(wang, "外出 翠湖苑 量房 两小时")

    wang.says(said)

    assert states(store) == [OutingState.GOING]
    assert "现在不在" in wang.last().text


def test_what_a_customer_does_is_not_ones_own_return(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 翠湖苑 量房 两小时")

    wang.says("客户说晚点回来")

    assert "是您自己吗？" in wang.last().text
    assert list(wang.last().buttons) == ["回来了", "晚点回来", "已直接下班"]


def test_the_outing_that_is_ended_is_the_present_one_and_the_forgotten_one_is_over(
    store: StoreAtWork, wang: Person
) -> None:
    asks(wang, "外出 翠湖苑 量房 下午两点到五点")
    store.move_to("2026-11-26T09:05:00+08:00")
    asks(wang, "外出 建材市场 看材料 一小时")

    store.move(minutes=50)
    wang.says("回来了")

    assert states(store) == [OutingState.BACK, OutingState.BACK]
    assert outings(store)[0].returned_at == outings(store)[0].ends_at
    seen = len(wang.sees())
    store.move(hours=3)
    assert len(wang.sees()) == seen


@pytest.mark.parametrize(
    ("said", "until"),
    [("大概还要半个小时", "16:55"), ("再等半小时", "16:55"), ("6点回来", "18:00"), ("还要一个小时", "17:25")],
)
def test_who_is_late_may_just_say_until_when(store: StoreAtWork, wang: Person, said: str, until: str) -> None:
    asks(wang, "外出 翠湖苑 量房 下午两点到四点")
    store.move_to("2026-11-25T16:25:00+08:00")

    wang.says(said)

    assert f"好，改成 {until} 回来" in wang.last().text


@pytest.mark.parametrize("said", ["还没呢，堵车", "马上到", "在路上了", "还没"])
def test_who_is_late_and_says_not_yet_is_given_time(store: StoreAtWork, wang: Person, said: str) -> None:
    asks(wang, "外出 翠湖苑 量房 下午两点到四点")
    store.move_to("2026-11-25T16:25:00+08:00")

    wang.says(said)

    assert "好，不急" in wang.last().text
    assert list(wang.last().buttons) == ["回来了", "再等一会", "已直接下班"]


def test_who_is_late_and_goes_home_is_noted(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 翠湖苑 量房 下午两点到四点")
    store.move_to("2026-11-25T16:25:00+08:00")

    wang.says("不回了")

    assert outings(store)[0].went_home


def test_who_is_not_late_is_not_guessed_at(wang: Person) -> None:
    asks(wang, "外出 翠湖苑 量房 下午两点到四点")

    wang.says("马上到")

    assert "没听懂" in wang.last().text


@pytest.mark.parametrize("said", ["外出取消", "外出不去了", "改外出", "取消出差", "撤回出城", "外出改到三点到五点"])
def test_taking_back_shows_what_there_is_to_take_back(long_day: StoreAtWork, said: str) -> None:
    wang = long_day.person("wang")

    wang.says(said)

    assert "对吗？" not in wang.last().text
    assert "您没有登记外出" in wang.last().text


def test_tomorrow_means_until_closing(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 翠湖苑 量房 两小时")
    wang.presses("晚点回来")

    wang.says("明天")

    assert "改成 明天（周四 11月26日）17:30 回来" in wang.last().text


def test_a_list_is_no_place(store: StoreAtWork, wang: Person) -> None:
    wang.says("外出 两小时")
    wang.says("谁在外面")

    assert "现在大家都在店里" in wang.last().text


def test_an_outing_that_is_over_says_what_to_do(wang: Person) -> None:
    wang.says("外出 昨天下午 翠湖苑 量房")

    assert "已经过了，补不进来，请直接和前台说" in wang.last().text


def test_a_second_departure_of_an_agreed_trip_drafts_nothing(store: StoreAtWork, chen: Person, liu: Person) -> None:
    asks(chen, "出城 今天11点到下午5点 德阳 看材料")
    liu.presses("不同意")
    liu.says("先别去")
    asks(chen, "出城 今天11点到下午5点 德阳 看材料")
    liu.presses("同意")
    store.move_to("2026-11-25T11:00:00+08:00")
    chen.says("已出发")

    chen.says("已出发")

    assert "已经记过" in chen.last().text
    assert store.query(partial(rows, table=Sanction)) == []
    refused = next(one for one in chen.sees() if "没有同意出城" in one.text)
    assert "已出发" not in refused.buttons


def test_whoever_agreed_to_a_trip_hears_that_it_is_called_off(store: StoreAtWork, chen: Person, liu: Person) -> None:
    asks(chen, "出城 周四 9点 德阳 看材料")
    liu.presses("同意")

    chen.presses("不去了")

    assert liu.hears("陈静 不去 德阳 了")


def test_who_is_called_off_by_the_front_desk_hears_it(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(zhou, "代 王磊 外出 翠湖苑 量房 下午两点到四点")

    zhou.presses("取消外出")

    assert wang.hears("王磊 不去 翠湖苑 了")


def test_sick_leave_says_that_the_outing_is_off(store: StoreAtWork, wang: Person) -> None:
    asks(wang, "外出 翠湖苑 量房 下午两点到四点")
    wang.says("病假 今天下午 发烧")
    wang.presses("确认")

    assert wang.hears("去 翠湖苑 的外出不去了：那段时间请了病假")


def test_where_the_front_desk_is_ill_the_gm_office_hears_who_is_out(
    store: StoreAtWork, zhou: Person, wang: Person, liu: Person
) -> None:
    zhou.says("病假 今天 发烧")
    zhou.presses("跳过")
    zhou.presses("确认")
    store.move(minutes=1)

    asks(wang, "外出 翠湖苑 量房 两小时")

    assert liu.hears("王磊 外出 · 翠湖苑")


def test_the_group_reads_no_door(store: StoreAtWork, wang: Person, chen: Person) -> None:
    asks(wang, "外出 锦绣花园3栋2单元501 量房 两小时")
    store.move(minutes=2)

    said = [message.text for message in chen.sees(chat="store")]

    assert said == ["王磊 外出 · 锦绣花园 · 10:00–12:00"]
