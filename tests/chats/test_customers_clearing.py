"""清除客户: a customer who asks for it is forgotten at once: by whom, read back, and what is left of the case."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.handlers.customers_forgetting import ON_REQUEST
from storage import staff
from storage.audit import Audit
from storage.customers import Case, CaseState, Customer
from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared, rows
from tests.chats.case_steps import states, takes_a_designer
from tests.chats.customer_steps import LI, cases, registers
from tests.chats.steps import CONFIRM, asks, not_done, open_other_store, verbs
from tests.scheduler.named_everywhere import held_by

NAMED = ("李女士", "13900000001", "139****0001", "锦绣花园")
READ_BACK = """客户要求删除资料：清除 2026-0001（李女士 锦绣花园），对吗？
⚠ 清除以后找不回来。请先核对是客户本人要求的，比如打登记的电话问一声。
删掉：称呼、电话、小区、户型、要求和备注、跟进、文件，聊天里提到的也一起。
留下：编号、日期、金额、是谁办的。
2026-0001 还在进行中，会同时记为流失（客户要求删除），手上有事的同事会知道不用再办。
纸上的、手机和电脑里另存的、Telegram 和企业微信里的，请同事自己删；备份里的过些天才换掉。"""
CLEARED = """2026-0001 已清除 · 今天（周三 11月25日）
客户要求删除，周敏 办的，姓名、电话、小区和聊过的都已删掉，只留编号和日期，找不回来了。客户再来，请当新客户重新登记。"""
SIGNED = """2026-0001 李女士 签了合同：合同和验收单要保存到保修结束，周二 2031年11月25日 以后自动清除，现在还不能清除。
现在可以把用不着的去掉：按“改资料”，备注、要求、家里人这些选“没有，去掉”。"""
TOLD = "2026-0001 按客户的要求清除了，手上的事不用再办；另存过的资料也请删掉。"


def li_at_her_first_step(store: StoreAtWork) -> None:
    """李女士 has 王磊, who is to measure."""
    takes_a_designer(store.person("zhou"))


@pytest.fixture(scope="module")
def begun(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("begun"), li_at_her_first_step)


@pytest.fixture
def store(begun: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    with going_on(begun, tmp_path) as opened:
        yield opened


def people(store: StoreAtWork) -> list[str]:
    """What every customer is called."""
    found: list[Customer] = store.query(partial(rows, table=Customer))
    return [one.name for one in found]


def another_home(zhou: Person) -> None:
    """李女士 has one more, in 云锦里."""
    zhou.says("登记 李女士 13900000001 老客户介绍 云锦里 80平 两室一厅 2人")
    for label in ("另一套房子，接着登记", "客户同意", "确认"):
        zhou.presses(label)


def is_signed(session: Session, number: int) -> None:
    case = session.get_one(Case, number)
    case.state, case.closed_at, case.closed_by_id = CaseState.SIGNED, case.opened_at, case.opened_by_id


def leads_customers_too(session: Session, key: str) -> None:
    person = staff.by_key(session, key)
    assert person is not None
    person.roles = [*person.roles, "client_manager"]


def test_what_goes_and_what_stays_is_read_back_and_an_open_case_ends_with_it(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("清除客户 李女士")
    assert (zhou.last().text, zhou.last().buttons) == (READ_BACK, ("确认", "取消"))
    zhou.presses("确认")

    assert "✅ 2026-0001 的客户资料清除了，可以告诉客户。" in zhou.last().text
    assert [(str(one.state), one.lost_why) for one in cases(store)] == [("lost", "客户要求删除")]
    assert states(store) == [("floor_plan", 1, "dropped")]
    assert store.query(partial(held_by, words=NAMED)) == set()
    zhou.says("客户 2026-0001")
    assert (zhou.last().text, zhou.last().buttons) == (CLEARED, ())
    assert not_done(store) == []


def test_who_asked_for_it_is_kept_and_nothing_but_the_number(store: StoreAtWork, zhou: Person) -> None:
    asks(zhou, "删除客户 2026-0001")

    found: list[Audit] = store.query(partial(rows, table=Audit))
    done = next(one for one in found if one.verb == ON_REQUEST)
    by = store.query(partial(staff.by_key, key="zhou"))
    assert (done.actor_id, done.subject, done.after) == (by.id, "customers:1", {"number": "2026-0001"})


def test_whoever_has_the_open_step_hears_it_in_one_line_and_their_form_is_over(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    wang.presses("等客户")

    asks(zhou, "清除客户 2026-0001")

    assert len(wang.heard(TOLD)) == 1
    assert wang.heard("记为流失") == []
    assert not any(word in wang.transcript() for word in NAMED)
    assert [seen.buttons for seen in wang.sees() if "dialog:" in " ".join(seen.actions)] == []
    store.move(days=3)
    assert wang.heard("⏰") == []


def test_who_comes_again_is_a_new_customer(store: StoreAtWork, zhou: Person) -> None:
    asks(zhou, "清除客户 2026-0001")

    zhou.says(LI)
    zhou.presses("客户同意")

    assert list(zhou.last().buttons) == CONFIRM
    assert "已经登记过" not in zhou.transcript()
    zhou.presses("取消")


def test_a_lost_customer_is_cleared_before_the_year_is_over(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(zhou, "流失 2026-0001 选了别家")

    zhou.says("清除客户 2026-0001")
    assert "还在进行中" not in zhou.last().text
    zhou.presses("确认")

    assert [one.lost_why for one in cases(store)] == ["选了别家"]
    assert wang.heard(TOLD) == []
    assert people(store) == [""]


def test_a_signed_customer_is_kept_through_the_warranty_and_hears_until_when(store: StoreAtWork, zhou: Person) -> None:
    store.write(partial(is_signed, number=1))

    zhou.says("清除客户 2026-0001")

    assert (zhou.last().text, zhou.last().buttons) == (SIGNED, ("改资料",))
    assert people(store) == ["李女士"]
    zhou.presses("改资料")
    assert "哪一项不对" in zhou.last().text


def test_all_homes_go_at_once(store: StoreAtWork, zhou: Person) -> None:
    another_home(zhou)

    zhou.says("清除客户 2026-0002")
    assert zhou.last().text == "这位客户还有 2026-0001。全部清除，还是只清除 2026-0002？"
    zhou.presses("全部清除")
    assert "清除 2026-0002、2026-0001（李女士 云锦里），对吗？" in zhou.last().text
    zhou.presses("确认")

    assert people(store) == [""]
    assert store.query(partial(held_by, words=(*NAMED, "云锦里"))) == set()


def test_one_home_of_two_goes_and_the_customer_stays_with_the_other(store: StoreAtWork, zhou: Person) -> None:
    another_home(zhou)

    zhou.says("清除客户 2026-0001")
    zhou.presses("只清除这一个")
    assert "2026-0002 还留着，称呼和电话跟着它保存。" in zhou.last().text
    zhou.presses("确认")

    assert [(one.estate, str(one.state)) for one in cases(store)] == [("", "lost"), ("云锦里", "open")]
    assert "李女士" in people(store)


def test_a_signed_home_stays_without_being_asked_about(store: StoreAtWork, zhou: Person) -> None:
    another_home(zhou)
    store.write(partial(is_signed, number=1))

    zhou.says("清除客户 2026-0002")
    assert "2026-0001 还留着（签了合同，保存到 周二 2031年11月25日），称呼和电话跟着它保存。" in zhou.last().text
    zhou.presses("确认")

    assert [one.estate for one in cases(store)] == ["锦绣花园", ""]


def test_nothing_is_cleared_without_a_yes(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("清除客户 2026-0001")
    zhou.presses("取消")

    assert zhou.last().text == "好，没有改动。"
    assert (people(store), verbs(store).count(ON_REQUEST)) == (["李女士"], 0)


@pytest.mark.parametrize("who", ["liu", "wang", "zhao"])
def test_who_does_not_look_after_customers_clears_none(store: StoreAtWork, who: str) -> None:
    person = store.person(who)

    person.says("清除客户 2026-0001")
    told = person.last().text
    person.sends_press(person.last().id, "customers_clearing:clear:1")

    assert told.startswith("这件事不归您办")
    assert verbs(store)[-1] == "customers.not_allowed"
    assert people(store) == ["李女士"]


def test_another_stores_customer_is_none(store: StoreAtWork) -> None:
    open_other_store(store)
    feng = store.person("feng")

    feng.says("清除客户 2026-0001")
    feng.sends_press(feng.last().id, "customers_clearing:clear:1")

    assert "店里没有编号 2026-0001 的客户" in feng.transcript()
    assert "desk.forged_button" in verbs(store)
    assert people(store) == ["李女士"]


def test_the_second_of_two_hears_that_it_is_done(store: StoreAtWork, zhou: Person, chen: Person) -> None:
    store.write(partial(leads_customers_too, key="chen"))
    zhou.says("清除客户 2026-0001")
    chen.says("清除客户 2026-0001")

    chen.presses("确认")
    zhou.says("确认")
    zhou.says("清除客户 2026-0001")

    assert "客户要求删除，陈静 办的" in zhou.last().text
    assert verbs(store).count(ON_REQUEST) == 1
    assert zhou.heard(TOLD)
    assert not_done(store) == []


def test_who_loses_a_customer_because_they_want_it_is_shown_the_way(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("流失 2026-0001 客户要求删除")

    assert "要把资料也删掉，请按“取消”，改说“清除客户 2026-0001”。" in zhou.last().text


def test_what_was_corrected_before_is_gone_too(store: StoreAtWork, zhou: Person) -> None:
    """The number was another one; then it was found to be that of 张先生, who had come before."""
    registers(zhou, "登记 张先生 13900000002 路过 翠湖苑 90平 两室一厅 2人")
    asks(zhou, "改客户 2026-0001 称呼 李芳")
    asks(zhou, "改客户 2026-0001 称呼 李芬")
    asks(zhou, "改客户 2026-0001 电话 13900000077")
    zhou.says("改客户 2026-0001 电话 13900000002")
    zhou.presses("是同一位客户")
    zhou.presses("确认")

    zhou.says("清除客户 2026-0002")
    zhou.presses("全部清除")
    zhou.presses("确认")

    gone = (*NAMED, "13900000077", "139****0077", "李芳", "李芬", "张先生", "13900000002", "翠湖苑")
    assert store.query(partial(held_by, words=gone)) == set()
