"""The reception: a customer in one line or question by question, their card, who may see it, how a case ends."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from storage.customers import CaseState
from tests.chat import Person, StoreAtWork, store_at_work
from tests.chats.customer_steps import CARD, LI, cases, offers, registers, team
from tests.chats.steps import not_done, open_other_store, verbs

WANG, CHEN, ZHOU = 3, 4, 2
READ_BACK = """登记客户，对吗？
李女士 · 139****0001 · 老客户介绍
锦绣花园 · 120㎡ · 三室两厅 · 4 口人
客户经理：周敏 · 设计师：以后再选 · B 类
客户同意保存资料"""


def test_one_line_and_consent_are_enough(store: StoreAtWork, zhou: Person) -> None:
    zhou.says(LI)
    assert "客户同意保存吗？" in zhou.last().text
    zhou.presses("客户同意")
    assert zhou.last().text == READ_BACK
    zhou.presses("确认")

    assert zhou.hears("✅ 登记好了，编号 2026-0001", buttons=CARD)
    assert "第一次回访：明天（周四 11月26日）9:00" in zhou.last().text
    assert [(one.number, one.area_m2, one.layout, one.residents) for one in cases(store)] == [
        ("2026-0001", Decimal(120), "三室两厅", 4)
    ]
    assert team(store) == [(1, "client_manager", ZHOU)]


@pytest.mark.parametrize(
    "line",
    [
        "登记李女士13900000001老客户介绍锦绣花园120平三室两厅4口人",
        "新客户 锦绣花园 李女士 139 0000 0001 朋友介绍的 一百二十平 3室2厅 一家四口",
        "登记客户，李女士，电话13900000001，转介绍，锦绣花园，120平米，三房两厅，四个人",
    ],
)
def test_people_say_it_in_their_own_way(long_day: StoreAtWork, line: str) -> None:
    zhou = long_day.person("zhou")

    zhou.says(line)
    zhou.presses("客户同意")

    assert zhou.last().text == READ_BACK
    zhou.says("取消")


def test_the_reception_is_led_step_by_step(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    zhou.says("客户登记")
    assert "该怎么称呼您" in zhou.last().text
    for said, asked in [
        ("王先生", "电话是多少"),
        ("13900000002", "从哪里来的"),
        ("在抖音上看到的", "在哪个小区"),
        ("翠湖苑", "多少平"),
        ("98.5", "什么户型"),
        ("两室一厅", "常住几口人"),
        ("跳过", "主要的都有了"),
    ]:
        zhou.says(said)
        assert asked in zhou.last().text
    zhou.presses("接着记")
    zhou.presses("新房")
    for said in ["跳过", "15到20万", "半包", "北欧", *["跳过"] * 7]:
        zhou.says(said)
    zhou.presses("A 很想做")
    assert "王磊：擅长北欧，这个预算做得多（手上 0 个客户" in zhou.last().text
    assert zhou.last().buttons[:2] == ("王磊", "陈静")
    zhou.presses("王磊")
    zhou.presses("客户同意")
    zhou.presses("确认")

    assert cases(store)[0].wishes == {"dwelling": "新房", "budget": 200_000, "scope": "半包", "style": "北欧"}
    assert team(store) == [(1, "client_manager", ZHOU), (1, "designer", WANG)]
    assert offers(store) == [(1, WANG, True), (2, CHEN, False)]
    assert wang.hears("2026-0001 王先生 翠湖苑 98.5㎡ 两室一厅，请您来设计（周敏 推荐的）")


@pytest.mark.parametrize(
    ("line", "said", "told"),
    [
        ("登记 李女士 1390000 路过 锦绣花园 120平 三室两厅 4口人", "", "“1390000”不像电话号码，少了几位吗？"),
        ("登记 李女士 13900000001 路过 锦绣花园 3平 三室两厅 4口人", "", "“3平”不像一套房子的面积。"),
        ("登记 李女士 路过 锦绣花园 120平 三室两厅 4口人", "12", "“12”不像电话号码"),
        ("登记 李女士 13900000001 锦绣花园 120平 三室两厅 4口人", "报纸", "没找到“报纸”。可以选：自然到店"),
        ("登记 李女士 13900000001 路过 120平 三室两厅 4口人", "1234", "“1234”不像小区的名字"),
        ("登记 李女士 13900000001 路过 锦绣花园 三室两厅 4口人", "很大", "没看懂“很大”是多大"),
        ("登记 李女士 13900000001 路过 锦绣花园 120平 4口人", "大户型", "没看懂“大户型”是什么户型"),
        ("登记 李女士 13900000001 路过 锦绣花园 120平 三室两厅", "好多人", "没看懂“好多人”是几个人住"),
        ("登记", "锦绣花园", "“锦绣花园”不像称呼"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_clear_sentence(
    long_day: StoreAtWork, line: str, said: str, told: str
) -> None:
    zhou = long_day.person("zhou")
    zhou.says("取消")

    zhou.says(line)
    zhou.says(said or "什么")

    assert zhou.hears(told)


def test_a_command_word_is_no_name(zhou: Person) -> None:
    zhou.says("登记")

    zhou.says("菜单")

    assert "请假" in zhou.last().buttons


def test_without_consent_nothing_is_registered(store: StoreAtWork, zhou: Person) -> None:
    zhou.says(LI)
    zhou.presses("客户不同意")

    assert zhou.last().text == "好，客户没有同意，就不登记了。等客户愿意了，再说“登记”。"
    assert cases(store) == []


def test_the_same_phone_is_noticed_and_another_home_is_another_case(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)

    zhou.says("登记 李芳 13900000001 路过 翠湖苑 90平 两室一厅 2人")
    assert (
        "⚠ 这个电话（139****0001）已经登记过：\n2026-0001 李女士 锦绣花园 · 客户经理 周敏 · 进行中" in zhou.last().text
    )
    zhou.presses("2026-0001 李女士 锦绣花园")
    assert zhou.last().text.startswith("2026-0001 李女士 锦绣花园 120㎡")
    zhou.presses("另一套房子，接着登记")
    zhou.presses("客户同意")
    assert "这个电话以前登记的是李女士" in zhou.last().text
    zhou.presses("确认")

    assert [one.number for one in cases(store)] == ["2026-0001", "2026-0002"]
    assert len({one.customer_id for one in cases(store)}) == 1


def test_another_customer_is_not_mixed_with_the_one_that_is_being_entered(zhou: Person) -> None:
    zhou.says("登记 李女士 路过 锦绣花园")
    zhou.says("登记 陈先生 13900000003 抖音 翠湖苑 98平 三室 3口人")
    zhou.presses("客户同意")

    assert "陈先生 · 139****0003 · 网络\n翠湖苑 · 98㎡ · 三室 · 3 口人" in zhou.last().text


def test_a_draft_survives_a_restart(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(sample.read_bytes())
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with store_at_work(url, tmp_path, loaded=True) as store:
        store.person("zhou").says("登记 李女士 13900000001 老客户介绍 锦绣花园 120平 三室两厅")

    with store_at_work(url, tmp_path, loaded=True) as store:
        zhou = store.person("zhou")
        zhou.says("4口人")
        zhou.presses("客户同意")

        assert zhou.last().text == READ_BACK


@pytest.mark.parametrize(
    "said",
    [
        "客户 李女士",
        "客户 2026-0001",
        "客户 锦绣",
        "客户 13900000001",
        "客户 0001",
        "查客户李女士",
        "客户 李女士 锦绣花园",
    ],
)
def test_a_customer_is_found_by_name_number_estate_or_phone(registered: StoreAtWork, said: str) -> None:
    zhou = registered.person("zhou")

    zhou.says(said)

    assert zhou.last().text.startswith("2026-0001 李女士 锦绣花园 120㎡ 三室两厅 · 4 口人\n")
    assert "139****0001" in zhou.last().text
    assert list(zhou.last().buttons) == CARD


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("客户 赵先生", "没找到“赵先生”。"),
        ("客户 2026-0099", "店里没有编号 2026-0099 的客户"),
        ("客户 %", "没找到“%”"),
    ],
)
def test_who_is_no_customer_is_not_found(registered: StoreAtWork, said: str, told: str) -> None:
    zhou = registered.person("zhou")

    zhou.says(said)

    assert told in zhou.last().text


def test_of_several_one_is_chosen(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)
    registers(zhou, "登记 李女士 13900000002 路过 翠湖苑 90平 两室一厅 2人")

    zhou.says("客户 李女士")
    assert zhou.last().text == "“李女士”有 2 位，是哪一位？"
    zhou.presses("2026-0002 李女士 翠湖苑")

    assert zhou.last().text.startswith("2026-0002 李女士 翠湖苑 90㎡")


def test_colleagues_without_a_part_in_it_do_not_see_the_case(registered: StoreAtWork) -> None:
    wang = registered.person("wang")

    for said in ("客户 李女士", "客户 2026-0001"):
        wang.says(said)

    assert len(wang.heard("这位客户不是您经手的。有事请找周敏。")) == 2
    assert wang.heard("锦绣花园") == []


def test_another_store_has_no_such_case(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)
    open_other_store(store)
    feng = store.person("feng")

    for said in ("客户 李女士", "客户 2026-0001", "流失 2026-0001"):
        feng.says(said)
    feng.sends_press(feng.last().id, "customers:show:1")
    feng.sends_press(feng.last().id, "customers:phone:1")
    registers(feng)

    assert "锦绣花园" not in "".join(one.text for one in feng.sees()[:-3] if one.sender == "bot")
    assert [(one.store_id, one.number) for one in cases(store)] == [(1, "2026-0001"), (2, "2026-0001")]


def test_the_number_is_shown_to_those_assigned_and_that_is_kept(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    registers(zhou)
    liu = store.person("liu")

    zhou.presses("看电话")
    liu.says("客户 李女士")
    liu.sends_press(liu.last().id, "customers:phone:1")
    wang.says("菜单")
    wang.sends_press(wang.last().id, "customers:phone:1")

    assert zhou.last().text.startswith("2026-0001 李女士 的电话：13900000001。")
    assert liu.last().text == "李女士 的电话只给负责的客户经理和设计师看。有事请找周敏。"
    assert "13900000001" not in liu.transcript() + wang.transcript()
    assert verbs(store)[-3:] == ["customers.phone_shown", "customers.not_allowed", "customers.not_allowed"]


def test_the_group_reads_neither_number_nor_card(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)

    zhou.says("@前台 客户 李女士", chat="store")
    zhou.says(f"@前台 {LI}", chat="store")

    told = [one.text for one in zhou.sees(chat="store") if one.sender == "bot"]
    assert told == ["周敏，这件事我私下跟您说。"] * 2
    assert not_done(store) == []


def test_the_designer_is_chosen_later(store: StoreAtWork, zhou: Person, chen: Person) -> None:
    registers(zhou)

    zhou.presses("选设计师")
    assert zhou.last().buttons == ("王磊", "陈静", "取消")
    zhou.presses("陈静")

    assert zhou.hears("设计师 陈静", buttons=["记跟进", "看电话", "改资料", "换设计师", "流失", "到哪一步了"])
    assert chen.hears("请您来设计（周敏 推荐的）")
    assert offers(store) == [(1, WANG, False), (2, CHEN, True)]


def test_another_designer_takes_over_what_the_first_had_in_hand(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    registers(zhou)
    for label in ("选设计师", "陈静", "换设计师", "王磊"):
        zhou.presses(label)
    chen.says("客户 李女士")

    assert team(store) == [(1, "client_manager", ZHOU), (1, "designer", WANG)]
    assert offers(store) == [(1, WANG, True), (2, CHEN, True)]
    assert zhou.hears("现在：量房、出方案（王磊）")
    assert wang.hears("请您来设计（周敏 推荐的）")
    assert chen.hears("2026-0001 李女士 换 王磊 来设计了（周敏 安排的）")
    assert chen.last().text == "这位客户不是您经手的。有事请找周敏。"


def test_a_lost_customer_is_closed_with_the_reason_and_may_come_back(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)

    zhou.says("流失 2026-0001 选了别家")
    assert zhou.last().text == "2026-0001 李女士 锦绣花园，记为流失，对吗？\n原因：选了别家"
    zhou.presses("确认")
    lost = cases(store)[0]
    zhou.presses("又来了")

    assert (lost.state, lost.lost_why, lost.closed_by_id) == (CaseState.LOST, "选了别家", ZHOU)
    assert lost.closed_at is not None
    assert zhou.hears("2026-0001 李女士", buttons=CARD)
    assert cases(store)[0].state == CaseState.OPEN
    assert verbs(store)[-2:] == ["customers.lost", "customers.reopened"]


def test_a_grade_at_the_read_back_is_no_name(store: StoreAtWork, zhou: Person) -> None:
    zhou.says(LI)
    zhou.presses("客户同意")

    zhou.says("A")

    assert zhou.last().text == READ_BACK.replace("B 类", "A 类")


def test_the_reason_is_asked_and_a_case_is_lost_once(store: StoreAtWork, zhou: Person) -> None:
    registers(zhou)

    zhou.says("李女士流失了")
    zhou.presses("价格高")
    zhou.presses("确认")
    zhou.says("流失 2026-0001 选了别家")

    assert cases(store)[0].lost_why == "价格高"
    assert zhou.last().text.startswith("2026-0001 李女士 已流失，现在办不了这件事。")


def test_my_customers_are_listed_with_what_is_next(registered: StoreAtWork) -> None:
    zhou, zhao = registered.person("zhou"), registered.person("zhao")

    zhou.says("我的客户")
    zhao.says("我的客户")

    assert "2026-0001 李女士 锦绣花园 · B 类 · 下次 明天（周四 11月26日）9:00" in zhou.last().text
    assert zhao.last().text.startswith("您手上还没有进行中的客户。")
