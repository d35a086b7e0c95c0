"""Asking to leave the county town: one line, the hour of departure, the card that the GM office gets (HANDBOOK A7)."""

from __future__ import annotations

import pytest

from storage.outing import OutingKind, OutingState
from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import TRIP, at, group_hears, hours, is_agreed, out_states, outings
from tests.chats.steps import CARD, CONFIRM, asks, requests, verbs

TODAY = "今天（周三 11月25日）"
TOMORROW = "明天（周四 11月26日）"
RULE = "出县城要先由刘总同意；没有同意就走，会记过失单。"
CHENGDU = "成都 · 看材料"

SENTENCES = [
    ("出城 周四 8点半 成都 看材料", CHENGDU, f"{TOMORROW}8:30–17:30"),
    ("出城 周四 8点半出发 成都 看材料", CHENGDU, f"{TOMORROW}8:30–17:30"),
    ("出城 周四 成都 看材料 8点半", CHENGDU, f"{TOMORROW}8:30–17:30"),
    ("出差 明天早上八点 成都 看材料", CHENGDU, f"{TOMORROW}8:00–17:30"),
    ("去外地 周四 8点半 到成都看材料", CHENGDU, f"{TOMORROW}8:30–17:30"),
    ("我周四8点半要去成都出差看材料", CHENGDU, f"{TOMORROW}8:30–17:30"),
    ("出城 周四 8点半到12点 成都 看材料", CHENGDU, f"{TOMORROW}8:30–12:00"),
    ("出城 周四上午 成都 看材料", CHENGDU, f"{TOMORROW}9:00–12:00"),
    ("出城 今天下午 成都 看材料", CHENGDU, f"{TODAY}14:00–17:30"),
    ("出城 下午三点 成都 看材料", CHENGDU, f"{TODAY}15:00–17:30"),
    ("出城 现在出发 成都 看材料", CHENGDU, f"{TODAY}10:00–17:30"),
    ("出城 两小时后 成都 看材料", CHENGDU, f"{TODAY}12:00–17:30"),
    ("出城 周四晚上七点 成都 见客户", "成都 · 见客户", f"{TOMORROW}19:00–22:00"),
    ("出城 周四八点到周五下午五点 成都 培训", "成都 · 培训", "周四 11月26日 8:00 至 周五 11月27日 17:00"),
    ("出城 成都 看材料 周四早上8点走 周五下午回来", CHENGDU, "周四 11月26日 8:00 至 周五 11月27日 17:30"),
    ("出城 周五早上7点到晚上9点 重庆 见客户刘女士", "重庆 · 见客户刘女士", "周五 11月27日 7:00–21:00"),
    ("出城 11月28日 8:00 绵阳 量房", "绵阳 · 量房", "周六 11月28日 8:00–17:30"),
]

ONLY_A_DAY = ["出城 周四 成都 看材料", "出城周四成都看材料", "明天要出趟城，去成都看材料", "我周四要去成都出差看材料"]


@pytest.mark.parametrize(("sentence", "what", "when"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_one_sentence_goes_straight_to_the_read_back(
    long_day: StoreAtWork, sentence: str, what: str, when: str
) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says(sentence)

    assert wang.last().text == f"出城，对吗？\n王磊 · {what}\n{when}\n{RULE}"
    assert list(wang.last().buttons) == CONFIRM


@pytest.mark.parametrize("sentence", ONLY_A_DAY)
def test_of_a_day_alone_the_hour_of_departure_is_asked(long_day: StoreAtWork, sentence: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says(sentence)

    assert wang.last().text == "周四 11月26日 几点出发？要在出发前得到总经办同意。"
    assert list(wang.last().buttons) == ["08:00", "08:30", "09:00", "10:00", "取消"]

    wang.presses("08:30")

    assert wang.last().text == f"出城，对吗？\n王磊 · {CHENGDU}\n{TOMORROW}8:30–17:30\n{RULE}"


@pytest.mark.parametrize(
    ("answer", "hour"),
    [("8点半", "8:30"), ("八点半出发", "8:30"), ("早上7点", "7:00"), ("下午两点走", "14:00"), ("14:00", "14:00")],
)
def test_the_hour_of_departure_is_typed(long_day: StoreAtWork, answer: str, hour: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("出城 周四 成都 看材料")

    wang.says(answer)

    assert f"{TOMORROW}{hour}–17:30" in wang.last().text


@pytest.mark.parametrize("answer", ["晚上八点", "周五八点", "随便"])
def test_an_hour_that_cannot_be_is_asked_again(long_day: StoreAtWork, answer: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("出城 周四 成都 看材料")

    wang.says(answer)

    assert "几点出发？" in wang.last().text
    assert list(wang.last().buttons)[-1] == "取消"


def test_an_hour_that_is_past_is_asked_again(long_day: StoreAtWork) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("出城 今天 成都 看材料")

    wang.says("9点")

    assert "几点出发？" in wang.last().text
    assert "9:00" in wang.last().text


def test_of_several_days_the_first_ones_hour_is_asked(long_day: StoreAtWork) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("出城 周四到周五 成都 培训")

    wang.presses("08:00")

    assert "周四 11月26日 8:00 至 周五 11月27日 17:30" in wang.last().text


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("出城", "哪天、几点出发"),
        ("出城 成都 看材料", "哪天、几点出发"),
        ("出城 周四 8点半", "去哪里？"),
        ("出城 周四 8点半 成都", "去办什么事，为哪位客户？"),
        ("出城 昨天 成都 看材料", "已经过了"),
    ],
)
def test_what_is_missing_is_asked(long_day: StoreAtWork, sentence: str, asked: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says(sentence)

    assert asked in wang.last().text


def test_the_matter_of_a_trip_is_not_skipped(long_day: StoreAtWork) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("出城 周四 8点半 成都")

    assert "跳过" not in wang.last().buttons

    wang.says("跳过")

    assert "去办什么事" in wang.last().text


@pytest.mark.parametrize("sentence", ["出城要批吗", "出城怎么申请？", "出差要谁同意?"])
def test_a_question_is_answered_and_is_no_request(long_day: StoreAtWork, sentence: str) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says(sentence)

    assert wang.last().text.startswith("出县城要先由总经办同意")
    assert "出城" in wang.last().buttons


def test_another_day_at_the_read_back_asks_for_its_hour_again(long_day: StoreAtWork) -> None:
    wang = long_day.person("wang")
    wang.says("取消")
    wang.says("出城 周四 成都 看材料")
    wang.presses("08:30")

    wang.says("改到周五")

    assert wang.last().text == "周五 11月27日 几点出发？要在出发前得到总经办同意。"


def test_the_gm_office_alone_is_asked_with_what_it_must_know(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    asks(wang, TRIP)

    assert wang.hears(f"好，已请 刘总 决定：{TOMORROW}8:30–17:30 {CHENGDU}。", buttons=["已出发", "不去了"])
    assert "同意之前请先不要出城。到 今天（周三 11月25日）14:30 还没答复，会请周敏一起看。" in wang.last().text
    assert liu.hears(
        f"王磊 申请出县城\n{TOMORROW}8:30–17:30 · {CHENGDU}\n"
        "出发前需要您同意，未经同意离开会记过失单。离出发还有 5 小时 30 分（只算上班时间）。",
        buttons=CARD,
    )
    assert zhou.sees() == []
    assert group_hears(store, zhou) == []
    assert [(one.kind, one.state) for one in outings(store)] == [(OutingKind.TRIP, OutingState.PENDING)]
    assert [one.roles for one in requests(store)] == [["gm_office"]]
    assert verbs(store) == ["trip.asked"]


def test_the_gm_offices_own_trip_is_told_and_not_asked(
    store: StoreAtWork, liu: Person, zhou: Person, wang: Person
) -> None:
    liu.says("出城 今天下午 成都 看材料")

    assert "同意" not in liu.last().text

    liu.presses("确认")

    assert out_states(store) == [OutingState.GOING]
    assert requests(store) == []
    assert zhou.hears("刘总 出城 · 成都 · 看材料", buttons=[])
    assert group_hears(store, wang) == ["刘总 出城 · 成都 · 14:00–17:30"]


def test_the_group_hears_of_an_agreed_trip_on_its_day(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    is_agreed(wang, liu, TRIP)

    assert zhou.hears(f"王磊 出城 · {CHENGDU}\n{TOMORROW}8:30–17:30")
    assert group_hears(store, zhou) == []

    store.move_to(at("11-26 08:30"))

    assert group_hears(store, zhou) == ["王磊 出城 · 成都 · 8:30–17:30"]


def test_a_trip_of_several_days_is_out_until_its_last_evening(
    store: StoreAtWork, wang: Person, liu: Person, zhou: Person
) -> None:
    is_agreed(wang, liu, "出城 周四八点到周五下午五点 成都 培训")
    store.move_to(at("11-26 08:00"))
    wang.says("已出发")
    store.move_to(at("11-27 16:00"))
    zhou.says("谁在外面")

    assert zhou.last().text == "现在不在\n王磊 出城 · 成都 · 培训 · 到 17:00"

    store.move_to(at("11-27 17:20"))

    assert wang.hears("⏰ 王磊，您说 17:00 回来（成都），现在 17:20。回来了吗？")


def test_a_trip_longer_than_the_longest_is_asked_again(wang: Person) -> None:
    wang.says("出城 11月26号到12月20号 成都 培训")

    assert "一次最多登记 15 天" in wang.last().text


def test_the_hours_that_are_kept_are_those_of_the_read_back(store: StoreAtWork, wang: Person) -> None:
    asks(wang, TRIP)

    assert hours(store) == ["26 08:30-17:30"]
