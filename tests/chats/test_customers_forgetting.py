"""A customer who was lost a year ago is gone in the night: what is shown of the case, and who comes then is new."""

from __future__ import annotations

import asyncio

import pytest

from bot.handlers import FEATURES
from bot.handlers.customers_forgetting import Retention
from bot.scheduler.housekeeping import tidy
from bot.texts import text
from tests.chat import Person, StoreAtWork
from tests.chats.customer_steps import LI, cases, registers

GONE = (
    "2026-0001 已清除 · 今天（周四 11月25日）\n"
    "这位客户 周三 2026年11月25日 流失，登记时跟客户说好的保存时间已经过了，"
    "姓名、电话、小区和聊过的都已删掉，只留编号和日期，找不回来了。客户再来，请当新客户重新登记。"
)
NEXT_YEAR = "2027-11-25T10:30:00+08:00"


def loses(zhou: Person) -> None:
    registers(zhou)
    zhou.says("流失 2026-0001 选了别家")
    zhou.presses("确认")


def a_year_passes(store: StoreAtWork) -> None:
    """The store was closed all the time; then it is night."""
    store.app.clock.move_to(store.app.clock.now().fromisoformat(NEXT_YEAR))
    store.settle()
    asyncio.run(tidy(store.app.database, store.app.clock, Retention(store.app.clock, FEATURES)))


def test_a_customer_lost_a_year_ago_is_gone_and_new_when_they_come(store: StoreAtWork, zhou: Person) -> None:
    loses(zhou)
    a_year_passes(store)

    zhou.says("客户 2026-0001")
    shown = zhou.last()
    zhou.presses("又来了", on="2026-0001")
    pressed = zhou.last()
    zhou.says("恢复客户 2026-0001")
    reopened = zhou.last()
    zhou.says("客户 李女士")
    by_name = zhou.last()
    zhou.says(LI)
    zhou.presses("客户同意")

    assert shown.text == GONE
    assert [pressed.text, reopened.text] == [GONE, GONE]
    assert by_name.text.startswith("没找到“李女士”。")
    assert "已经登记过" not in zhou.transcript()
    zhou.presses("确认")
    assert [case.number for case in cases(store)] == ["2026-0001", "2027-0001"]


def test_nobody_hears_of_it_and_the_chats_do_not_say_the_name(store: StoreAtWork, zhou: Person) -> None:
    loses(zhou)
    before = len(zhou.sees())
    a_year_passes(store)

    seen = Person(store, "zhou").transcript()

    assert len(zhou.sees()) == before
    assert not any(word in seen for word in ("李女士", "13900000001", "139****0001", "锦绣花园"))
    assert "登记 ** ** 老客户介绍 **" in seen


# Months after a loss, months after a contract, what the customer is told.
PROMISES = [
    (12, 60, "没有签约的一年后清除，签了的保存到保修结束。"),
    (6, 120, "没有签约的 6 个月后清除，签了的保存 10 年，然后清除。"),
    (24, 30, "没有签约的两年后清除，签了的保存 30 个月，然后清除。"),
]


@pytest.mark.parametrize(("lost", "signed", "promise"), PROMISES)
def test_the_customer_is_promised_what_the_store_has_set(lost: int, signed: int, promise: str) -> None:
    assert promise in text("customers.ask_consent", store="中山路店", lost_months=lost, signed_months=signed)
