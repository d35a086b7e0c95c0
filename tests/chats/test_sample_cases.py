"""The sample customers of a demo: six, each at another step, registered once."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bot.sample_cases import open_cases, read
from storage.customers import Case, Customer
from storage.stores import Store
from storage.workflow import CaseStep, StepState
from tests.chat import Person, StoreAtWork, rows


def opened(store: StoreAtWork) -> None:
    now = store.app.clock.now()
    store.write(partial(open_cases, store_key=store_key(store), now=now))
    store.settle()


def store_key(store: StoreAtWork) -> str:
    return str(store.query(lambda session: rows(session, Store))[0].key)


def test_each_of_six_customers_is_at_a_step_of_its_own(store: StoreAtWork) -> None:
    opened(store)

    steps = store.query(lambda session: rows(session, CaseStep))
    live = [one.step for one in steps if one.state == StepState.OPEN]
    assert live == [str(sample.step) for sample in read()]
    assert len(set(live)) == len(live) == 6


def test_a_second_start_registers_nobody_again(store: StoreAtWork) -> None:
    opened(store)
    opened(store)

    assert len(store.query(lambda session: rows(session, Case))) == 6
    assert len(store.query(lambda session: rows(session, Customer))) == 6


def test_the_owners_have_their_cards_with_the_hour_that_the_handbook_gives(
    store: StoreAtWork, wang: Person, zhao: Person, chen: Person
) -> None:
    opened(store)

    assert wang.hears("请在 明天（周四 11月26日）17:30 前交给预算员")
    assert zhao.hears("请在 今天（周三 11月25日）14:15 前交给周敏（收到 9:00 + 3 小时 15 分，午休不算）")
    assert chen.hears("请在 周六 11月28日 17:30 前交给赵倩（签约付款后 7 天内）")


def test_moving_the_clock_shows_the_reminders_and_who_hears_of_what_is_late(
    store: StoreAtWork, zhou: Person, zhao: Person, liu: Person
) -> None:
    opened(store)

    store.move(hours=3.5)
    assert zhao.hears("⏰ 还有 1 个工作小时：2026-0002 张先生 估算表")
    store.move_to(datetime.fromisoformat("2026-11-25T15:20:00+08:00"))
    assert zhou.hears("⚠ 赵倩 的 2026-0002 估算表 已过 1 小时")
    store.move(days=2)
    assert liu.hears("⚠ 赵倩 的 2026-0002 估算表")
