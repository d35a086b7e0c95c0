"""改客户: what was typed wrongly about a customer is put right: by whom, read back, and told to whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from storage import staff
from storage.audit import Audit
from storage.customers import Customer
from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared, rows
from tests.chats.case_steps import takes_a_designer
from tests.chats.customer_steps import cases, registers
from tests.chats.steps import asks, not_done, open_other_store, verbs

ZHANG = "登记 张先生 13900000002 路过 翠湖苑 90平 两室一厅 2人"
NOT_HERS = "客户的资料由客户经理来改，请告诉周敏哪里不对。"


def two_customers(store: StoreAtWork) -> None:
    """李女士 has 王磊, who is to measure; 张先生 has nobody yet."""
    takes_a_designer(store.person("zhou"))
    registers(store.person("zhou"), ZHANG)


@pytest.fixture(scope="module")
def registered_two(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("two"), two_customers)


@pytest.fixture
def store(registered_two: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    with going_on(registered_two, tmp_path) as opened:
        yield opened


def people(store: StoreAtWork) -> list[tuple[str, str]]:
    """Every customer with their number."""
    found: list[Customer] = store.query(partial(rows, table=Customer))
    return [(one.name, one.phone) for one in found]


def corrections(store: StoreAtWork) -> list[tuple[str, object, object]]:
    """What the history keeps: whose, from what, to what."""
    found: list[Audit] = store.query(partial(rows, table=Audit))
    return [(one.subject, one.before, one.after) for one in found if one.verb == "customers.corrected"]


def leads_customers_too(session: Session, key: str) -> None:
    person = staff.by_key(session, key)
    assert person is not None
    person.roles = [*person.roles, "client_manager"]


@pytest.mark.parametrize(
    "line",
    [
        "改客户 李女士 电话 13800000003",
        "改客户 2026-0001 电话13800000003",
        "更正 李女士的电话改成138 0000 0003",
        "改客户 13900000001，手机号：13800000003",
    ],
)
def test_one_line_is_read_back_and_kept_without_the_number(
    store: StoreAtWork, zhou: Person, wang: Person, line: str
) -> None:
    zhou.says(line)
    assert zhou.last().text == "2026-0001 李女士，改电话，对吗？\n139****0001 → 138****0003"
    zhou.presses("确认")

    assert zhou.last().text == "✅ 改好了，2026-0001 李女士 的电话：139****0001 → 138****0003。"
    assert people(store)[0] == ("李女士", "13800000003")
    assert corrections(store) == [("customers:1", {"phone": "139****0001"}, {"phone": "138****0003"})]
    assert len(wang.heard("周敏 更正了 2026-0001 李女士 的电话：139****0001 → 138****0003。")) == 1


@pytest.mark.parametrize(
    ("line", "read_back"),
    [
        ("改客户 李女士 称呼 李芳", "改称呼，对吗？\n李女士 → 李芳"),
        ("改客户 李女士 来源 抖音上看到的", "改来源，对吗？\n老客户介绍 → 网络"),
        ("改客户 锦绣花园 小区 翠湖苑", "改小区，对吗？\n锦绣花园 → 翠湖苑"),
        ("改客户 李女士 一百三十平", "改面积，对吗？\n120㎡ → 130㎡"),
        ("改客户 李女士 户型 四室两厅", "改户型，对吗？\n三室两厅 → 四室两厅"),
        ("改客户 李女士 人口 一家五口", "改常住人数，对吗？\n4 口人 → 5 口人"),
        ("改客户 李女士 预算 15到20万", "改客户预算，对吗？\n没有 → 20 万元"),
        ("改客户 李女士 备注 周末才有空，先打电话", "改备注，对吗？\n没有 → 周末才有空，先打电话"),
        # The words are the customer's, also those that only join in other sentences.
        ("改客户 李女士 备注 想要大阳台，最好有书房。", "改备注，对吗？\n没有 → 想要大阳台，最好有书房。"),
        ("改客户 李女士 风格 现代", "改风格，对吗？\n没有 → 现代"),
        ("改客户 电话 李女士 13800000003", "改电话，对吗？\n139****0001 → 138****0003"),
        ("改客户 李女士 130平 四室两厅", "一次改一项，“130平 四室两厅”没看懂。"),
    ],
)
def test_every_fact_is_read_as_at_the_reception(registered: StoreAtWork, line: str, read_back: str) -> None:
    zhou = registered.person("zhou")

    zhou.says(line)

    assert read_back in zhou.last().text
    zhou.says("取消")


def test_the_button_asks_what_is_wrong_and_shows_what_it_is_now(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    zhou.says("客户 李女士")
    zhou.presses("改资料")
    assert zhou.last().text == "2026-0001 李女士 锦绣花园，哪一项不对？"
    zhou.presses("其他资料")
    assert "备注" in zhou.last().buttons
    zhou.says("风格")
    assert zhou.last().text == "风格现在记的是：没有。应该是什么？"
    zhou.presses("北欧")
    zhou.presses("确认")
    zhou.presses("改资料")
    zhou.presses("常住人数")
    zhou.presses("没有，去掉")
    zhou.presses("确认")
    zhou.says("改客户 李女士 备注 没有")
    assert zhou.last().text == "备注现在就是：没有，没有变。应该是什么？不用改就按“取消”。"
    zhou.presses("取消")

    assert (cases(store)[0].wishes, cases(store)[0].residents) == ({"style": "北欧"}, None)
    assert wang.hears("周敏 更正了 2026-0001 李女士 的风格：没有 → 北欧。")
    zhou.says("客户 李女士")
    assert "周敏 更正常住人数：4 口人 → 没有" in zhou.last().text


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("改小区", "小区现在记的是：锦绣花园。应该是什么？"),
        ("小区不对", "小区现在记的是：锦绣花园。应该是什么？"),
        ("小区是翠湖苑", "锦绣花园 → 翠湖苑"),
        ("小区改成翠湖苑", "锦绣花园 → 翠湖苑"),
        ("小区 改成翠湖苑", "锦绣花园 → 翠湖苑"),
    ],
)
def test_what_is_wrong_is_said_in_many_ways(registered: StoreAtWork, said: str, then: str) -> None:
    zhou = registered.person("zhou")
    zhou.says("改客户 李女士")

    zhou.says(said)

    assert then in zhou.last().text
    zhou.says("取消")


def test_what_nobody_works_with_is_told_to_nobody(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(zhou, "改客户 李女士 来源 抖音")

    assert cases(store)[0].source == "web"
    assert wang.heard("更正了") == []


def test_nothing_is_changed_that_does_not_differ(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("改客户 李女士 面积 120平")
    assert zhou.last().text == "面积现在就是：120㎡，没有变。应该是什么？不用改就按“取消”。"
    zhou.says("很大")
    assert "没看懂“很大”是多大" in zhou.last().text
    zhou.presses("取消")

    assert zhou.last().text == "好，没有改动。"
    assert corrections(store) == []


def test_a_number_that_is_another_customers_is_noticed_and_brings_their_homes_together(
    store: StoreAtWork, zhou: Person
) -> None:
    zhou.says("改客户 李女士 电话 13900000002")
    assert "⚠ 这个电话（139****0002）已经登记过：\n2026-0002 张先生 翠湖苑 · 客户经理 周敏 · 进行中" in zhou.last().text
    zhou.presses("是同一位客户")
    assert "归到张先生名下，称呼照那边的。" in zhou.last().text
    zhou.presses("确认")

    assert people(store) == [("张先生", "13900000002")]
    assert len({one.customer_id for one in cases(store)}) == 1


@pytest.mark.parametrize("said", [["13800000003"], ["号码写错了", "应该是138 0000 0003"]])
def test_a_number_that_was_mistyped_for_another_customers_is_said_again(zhou: Person, said: list[str]) -> None:
    zhou.says("改客户 李女士 电话 13900000002")
    assert list(zhou.last().buttons) == ["是同一位客户", "号码写错了", "取消"]

    for line in said:
        zhou.says(line)

    assert "139****0001 → 138****0003" in zhou.last().text


def test_one_of_two_homes_may_be_somebody_elses(store: StoreAtWork, zhou: Person) -> None:
    """The number was mistyped as the one of 李女士: her own home keeps it."""
    zhou.says("登记 王先生 13900000001 路过 云锦里 80平 两室一厅 2人")
    for label in ("另一套房子，接着登记", "客户同意", "确认"):
        zhou.presses(label)

    zhou.says("改客户 2026-0003 电话 13900000004")
    assert zhou.last().text == "这位客户还有 2026-0001，用的是同一个电话。一起改，还是只改 2026-0003？"
    zhou.presses("只改这一个")
    zhou.presses("确认")
    asks(zhou, "改客户 2026-0003 称呼 王先生")

    assert people(store) == [("李女士", "13900000001"), ("张先生", "13900000002"), ("王先生", "13900000004")]


@pytest.mark.parametrize("who", ["wang", "liu", "zhao"])
def test_who_may_not_hears_whom_to_tell(store: StoreAtWork, who: str) -> None:
    person = store.person(who)
    person.says("客户 2026-0001")
    assert "改资料" not in person.last().buttons

    person.says("改客户 2026-0001 电话 13800000003")
    told = person.last().text
    person.sends_press(person.last().id, "customers_changing:change:1")

    assert told in (NOT_HERS, "这位客户不是您经手的。有事请找周敏。")
    assert verbs(store)[-2:] == ["customers.not_allowed"] * 2
    assert people(store)[0] == ("李女士", "13900000001")


def test_another_stores_case_is_none(store: StoreAtWork) -> None:
    open_other_store(store)
    feng = store.person("feng")

    feng.says("改客户 2026-0001 电话 13800000003")
    feng.sends_press(feng.last().id, "customers_changing:change:1")

    assert "店里没有编号 2026-0001 的客户" in feng.transcript()
    assert "李女士" not in feng.transcript()
    assert people(store)[0] == ("李女士", "13900000001")


def test_the_second_of_two_sees_what_is_true_now(store: StoreAtWork, zhou: Person, chen: Person) -> None:
    store.write(partial(leads_customers_too, key="chen"))
    zhou.says("改客户 李女士 面积 130平")
    chen.says("改客户 李女士 面积 125平")

    chen.presses("确认")
    zhou.presses("确认")
    assert zhou.last().text == "陈静 刚刚改过，面积现在是：125㎡。还改吗？"
    zhou.presses("还是改")
    assert zhou.last().text == "2026-0001 李女士，改面积，对吗？\n125㎡ → 130㎡"
    zhou.presses("确认")

    assert [(before, after) for _, before, after in corrections(store)] == [
        ({"area": "120"}, {"area": "125"}),
        ({"area": "125"}, {"area": "130"}),
    ]


def test_of_two_of_that_name_one_is_chosen_and_the_line_is_not_asked_again(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou, "登记 李女士 13900000005 路过 云锦里 80平 两室一厅 2人")

    zhou.says("改客户 李女士 电话 13800000003")
    zhou.presses("2026-0003 李女士 云锦里")

    assert zhou.last().text == "2026-0003 李女士，改电话，对吗？\n139****0005 → 138****0003"


def test_a_closed_case_can_still_be_corrected(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(zhou, "流失 2026-0001 选了别家")

    asks(zhou, "改客户 2026-0001 小区 锦绣花园二期")

    assert (cases(store)[0].estate, str(cases(store)[0].state)) == ("锦绣花园二期", "lost")
    assert wang.heard("更正了") == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("改客户 李女士 设计师 陈静", "换设计师，请客户经理在 2026-0001 的客户卡上按“换设计师”。"),
        ("改客户 李女士 约见时间 周六", "约好的时间变了，请在这一步的卡片上按“改约”；客户已经来过，改“方案讲解时间”"),
        ("改客户 李女士 客户意见 不同意", "客户的意见变了，不用改以前的记录"),
        ("改客户 李女士 编号 2026-0009", "编号是按顺序给的，不能改。"),
        ("更正 李女士 估算总价 12万", "2026-0001 李女士 还没有记过估算总价，到那一步再记就行。"),
    ],
)
def test_what_has_a_way_of_its_own_is_pointed_to(registered: StoreAtWork, line: str, told: str) -> None:
    zhou = registered.person("zhou")

    zhou.says(line)

    assert told in zhou.last().text
    assert not_done(registered) == []


def test_what_colleagues_correct_among_themselves_is_left_alone(registered: StoreAtWork) -> None:
    zhou = registered.person("zhou")

    zhou.says("更正 明天10点开会", chat="store")

    assert [one for one in zhou.sees(chat="store") if one.sender == "bot"] == []
