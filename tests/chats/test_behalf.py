"""代: a manager speaks for a colleague without a phone: leave, outings, trips, missed punches, coming back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import DEMO_STORE
from storage.audit import Audit
from storage.outing import OutingState
from tests.chat import Person, StoreAtWork, rows, store_at_work
from tests.chats.out_steps import at, hours, is_agreed, out_states, outings, punches
from tests.chats.steps import CARD, asks, leaves, not_done, open_other_store, requests, verbs

TODAY = "今天（周三 11月25日）"

# line, the first words of the read-back and what stands in it
LINES = [
    ("代 王磊 请假 周五 家里有事", "代 王磊 请假，对吗？\n王磊 · 调休 · 1 天", "事由：家里有事"),
    ("代王磊请假周五下午家里有事", "代 王磊 请假，对吗？\n王磊 · 调休 · 半天", "事由：家里有事"),
    ("代 王磊 周五 家里有事", "代 王磊 请假，对吗？", "事由：家里有事"),
    ("代 王磊 病假 明天 发烧", "代 王磊 请假，对吗？\n王磊 · 病假 · 1 天", "事由：发烧"),
    ("帮王磊请假 周五 家里有事", "代 王磊 请假，对吗？", "事由：家里有事 · "),
    ("代 王磊 外出 锦绣花园量房 两小时", "代 王磊 登记外出，对吗？\n王磊 · 锦绣花园 · 量房", f"{TODAY}10:00–12:00"),
    ("代王磊外出锦绣花园量房两小时", "代 王磊 登记外出，对吗？\n王磊 · 锦绣花园 · 量房", f"{TODAY}10:00–12:00"),
    ("代 wang 外出 锦绣花园量房 两小时", "代 王磊 登记外出，对吗？\n王磊 · 锦绣花园 · 量房", f"{TODAY}10:00–12:00"),
    ("王磊外出 锦绣花园量房 两小时", "代 王磊 登记外出，对吗？\n王磊 · 锦绣花园 · 量房", f"{TODAY}10:00–12:00"),
    ("替王磊外出 锦绣花园量房 两小时", "代 王磊 登记外出，对吗？\n王磊 · 锦绣花园 · 量房", f"{TODAY}10:00–12:00"),
    ("代 王磊 出城 周四 8点半 成都 看材料", "代 王磊 申请出城，对吗？\n王磊 · 成都 · 看材料", "8:30–17:30"),
    ("王磊出差 周四 8点半 成都 看材料", "代 王磊 申请出城，对吗？\n王磊 · 成都 · 看材料", "8:30–17:30"),
    (
        "代 王磊 打不了卡 周五上午 去工地 打过",
        "代 王磊 登记打不了卡，对吗？\n周五 11月27日 上午",
        "公事：去工地 · 打过电话",
    ),
    ("给王磊说漏打卡 周五上午 去工地 打过", "代 王磊 登记打不了卡，对吗？", "周五 11月27日 上午"),
]
UNNAMED = ["代", "代 外出 两小时", "代 李四 外出 两小时", "代 请假 周五", "代 周敏 请假 周五 家里有事"]


@pytest.mark.parametrize(("line", "begins", "holds"), LINES, ids=[row[0] for row in LINES])
def test_one_line_for_a_colleague_goes_straight_to_the_read_back(
    long_day: StoreAtWork, line: str, begins: str, holds: str
) -> None:
    zhou = long_day.person("zhou")
    zhou.says("取消")

    zhou.says(line)

    assert zhou.last().text.startswith(begins)
    assert holds in zhou.last().text
    assert "确认" in zhou.last().buttons


@pytest.mark.parametrize("line", UNNAMED)
def test_whoever_is_meant_must_be_named_and_is_never_oneself(long_day: StoreAtWork, line: str) -> None:
    zhou = long_day.person("zhou")
    zhou.says("取消")

    zhou.says(line)

    assert zhou.last().text.startswith("要代谁登记？")
    assert "王磊、陈静、赵倩、孙强、吴刚" in zhou.last().text
    assert "周敏" not in zhou.last().text


@pytest.mark.parametrize(
    "what", ["请假 周五 家里有事", "外出 两小时 税务局", "出城 周四 8点半 成都 看材料", "打不了卡 明天 去工地"]
)
@pytest.mark.parametrize("who", ["wang", "zhao", "sun", "wu"])
def test_only_managers_speak_for_a_colleague(long_day: StoreAtWork, who: str, what: str) -> None:
    person = long_day.person(who)

    person.says(f"代 陈静 {what}")

    assert person.last().text == "这件事不归您办。说“菜单”看看您能办什么。"
    assert verbs(long_day)[-1] == "desk.not_allowed"
    assert (leaves(long_day), outings(long_day), punches(long_day)) == ([], [], [])


def test_a_colleague_of_another_store_is_nobody(store: StoreAtWork) -> None:
    open_other_store(store)
    feng = store.person("feng")

    feng.says("代 王磊 外出 两小时 税务局")

    assert feng.last().text.startswith("要代谁登记？")
    assert "王磊 请假" in feng.last().text
    assert "陈静" not in feng.last().text


def test_of_two_names_that_begin_alike_the_longer_one_is_meant(sqlite_url: str, tmp_path: Path) -> None:
    longer = '\n[[staff]]\nkey = "minglei"\nname = "王磊明"\nroles = ["designer"]\n'
    toml = DEMO_STORE.read_text("utf-8").replace('\n[[staff]]\nkey = "chen"', f'{longer}\n[[staff]]\nkey = "chen"')

    with store_at_work(sqlite_url, tmp_path, toml=toml) as store:
        zhou = store.person("zhou")
        zhou.says("代王磊明外出锦绣花园量房两小时")
        first = zhou.last().text
        zhou.says("取消")
        zhou.says("代 王磊 外出 锦绣花园量房 两小时")

        assert first.startswith("代 王磊明 登记外出，对吗？\n王磊明 · 锦绣花园 · 量房")
        assert zhou.last().text.startswith("代 王磊 登记外出，对吗？\n王磊 · 锦绣花园 · 量房")


def test_an_outing_for_a_colleague_is_theirs_and_they_hear_it(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(zhou, "代 王磊 外出 锦绣花园量房 两小时")

    (out,) = outings(store)
    assert out.staff_id != out.entered_by_id
    assert wang.hears(
        f"周敏 替您登记了外出：锦绣花园，{TODAY}10:00–12:00。", buttons=["回来了", "晚点回来", "已直接下班"]
    )
    wang.says("回来了")
    assert out_states(store) == [OutingState.BACK]


def test_a_trip_for_a_colleague_waits_for_the_gm_office(
    store: StoreAtWork, zhou: Person, wang: Person, liu: Person
) -> None:
    asks(zhou, "代 王磊 出城 周四 8点半 成都 看材料")

    assert liu.hears("王磊 申请出县城（周敏 代提）", buttons=CARD)
    assert wang.hears("周敏 代您申请了出城")
    assert out_states(store) == [OutingState.PENDING]
    assert requests(store)[0].applicant_id == outings(store)[0].staff_id
    liu.presses("同意")
    assert wang.hears("✅ 刘总 同意了")


def test_the_audit_keeps_on_whose_behalf(store: StoreAtWork, zhou: Person) -> None:
    asks(zhou, "代 王磊 外出 锦绣花园量房 两小时")
    asks(zhou, "代 王磊 出城 周四 8点半 成都 看材料")
    asks(zhou, "代 王磊 打不了卡 周五上午 去工地 打过")
    asks(zhou, "代 王磊 请假 下周一 家里有事")

    kept: list[Audit] = store.query(lambda session: rows(session, Audit))
    wang_id = outings(store)[0].staff_id
    assert [one.verb for one in kept] == ["outing.told", "trip.asked", "missed_punch.told", "leave.asked"]
    assert {one.on_behalf_of_id for one in kept} == {wang_id}
    assert wang_id not in {one.actor_id for one in kept}


def test_a_colleagues_own_clash_is_noticed(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(wang, "外出 下午两点到四点 锦绣花园 量房")

    zhou.says("代 王磊 外出 下午三点到五点 建材市场 看材料")

    assert "已经登记外出（锦绣花园）" in zhou.last().text
    assert len(outings(store)) == 1


@pytest.mark.parametrize(("word", "went_home"), [("回来了", False), ("直接下班", True)])
def test_a_manager_says_that_a_colleague_is_back(
    store: StoreAtWork, zhou: Person, wang: Person, word: str, went_home: bool
) -> None:
    asks(wang, "外出 锦绣花园量房 两小时")

    zhou.says(f"代 王磊 {word}")

    assert [(one.state, one.went_home) for one in outings(store)] == [(OutingState.BACK, went_home)]
    assert [label for one in wang.sees() for label in one.buttons] == []


def test_a_manager_says_that_a_colleague_is_back_later(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(wang, "外出 锦绣花园量房 两小时")

    zhou.says("代 王磊 晚点回来 下午三点")

    assert hours(store) == ["25 10:00-15:00"]


def test_a_colleague_who_is_not_out_does_not_come_back(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("代 王磊 回来了")

    assert zhou.last().text == "王磊 现在没有登记外出。"
    assert not_done(store) == []


def test_the_gm_office_speaks_for_colleagues_too(store: StoreAtWork, liu: Person, wang: Person, zhou: Person) -> None:
    asks(liu, "代 王磊 外出 锦绣花园量房 两小时")

    assert zhou.hears("王磊 外出 · 锦绣花园 · 量房（刘总 代为登记）")
    assert wang.hears("刘总 替您登记了外出")


def test_the_end_of_a_colleagues_trip_is_said_by_who_entered_it(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    is_agreed(zhou, liu, "代 王磊 出城 今天十一点 成都 看材料")
    store.move_to(at("11:05"))
    zhou.says("我的外出")
    nothing_of_hers = zhou.last().text

    zhou.says("代 王磊 回来了")

    assert nothing_of_hers.startswith("您没有登记外出。")
    assert out_states(store) == [OutingState.BACK]
