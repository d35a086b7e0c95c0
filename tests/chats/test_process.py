"""流程: the eleven steps as anybody in the store reads them."""

from __future__ import annotations

from functools import partial

import pytest

from bot.__main__ import DEMO_STORE
from bot.app import load
from bot.storefile import read_store
from tests.chat import Person, StoreAtWork

TABLE = """从进门到签合同，11 步：
1 前期接待　客户经理
2 量房、出方案　设计师，量完房 2 个工作日内，平面方案交预算员
3 做估算　预算员，收到后 半个工作日内，估算表交客户经理（填交接表）
4 约客户看方案　客户经理
5 讲解方案和估算　设计师
6 调整方案和估算　设计师，见完客户 1 个工作日内，方案和估算交客户经理
7 签设计协议、收设计费　客户经理
8 出施工图　设计师，签约付款后 7 天内，施工图纸交预算员
9 做预算　预算员，收到后 2 个工作日内，预算交工程部经理
· 审核预算　工程部经理，收到后 30 分钟内，预交底安排交项目经理
10 讲解图纸和预算　客户经理
11 调整图纸和预算　设计师，见完客户 1 个工作日内，图纸和预算交客户经理
· 签施工合同　客户经理，合同交项目经理
半天和分钟只算上班时间，天数算到那天下班。"""
LONGEST_LINE = 40


@pytest.mark.parametrize("said", ["流程", "流程表", "十一步", "流程 给我看看"])
def test_everybody_sees_the_eleven_steps(long_day: StoreAtWork, said: str) -> None:
    wu = long_day.person("wu")

    wu.says(said)

    assert wu.last().text == TABLE
    assert max(len(line) for line in wu.last().text.splitlines()) <= LONGEST_LINE


def test_the_group_may_see_it_too(zhou: Person) -> None:
    zhou.says("@前台 流程", chat="store")

    assert zhou.last(chat="store").text == TABLE


def test_what_people_say_of_it_to_each_other_begins_nothing(zhou: Person, wang: Person) -> None:
    before = len(wang.sees(chat="store"))

    zhou.says("流程 大家都看过了吗", chat="store")

    assert [message.sender for message in wang.sees(chat="store")[before:]] == ["zhou"]


def test_the_word_inside_a_sentence_is_not_the_command(wang: Person) -> None:
    wang.says("开会 周五下午4点 设计部 报价流程")

    assert wang.last().text.startswith("开会，对吗？")
    assert "报价流程" in wang.last().text


def test_it_shows_the_limits_that_the_store_has_now(store: StoreAtWork, wang: Person) -> None:
    toml = DEMO_STORE.read_text("utf-8").replace('floor_plan = "2wd"', 'floor_plan = "20h"', 1)
    store.write(partial(load, file=read_store(toml), now=store.app.clock.now(), demo=True))

    wang.says("流程")

    assert "2 量房、出方案　设计师，量完房 20 小时内" in wang.last().text


def test_managers_hear_that_the_limits_are_others(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    toml = DEMO_STORE.read_text("utf-8").replace('drawings = "7d"', 'drawings = "10d"', 1)

    store.write(partial(load, file=read_store(toml), now=store.app.clock.now(), demo=True))
    store.settle()

    assert zhou.hears("流程的时限的规定有调整")
    assert not wang.heard("流程的时限")
