"""Somebody who held meetings and took things on leaves the store."""

from __future__ import annotations

from functools import partial

from storage.meetings import Meeting
from tests.chat import Person, StoreAtWork, rows
from tests.chats.steps import asks


def hosts(store: StoreAtWork) -> list[int]:
    meetings: list[Meeting] = store.query(partial(rows, table=Meeting))
    return [one.host_id for one in meetings if one.topic == "讨论样板间"]


def test_a_leavers_meetings_are_held_by_whoever_let_them_go(
    store: StoreAtWork, wang: Person, zhou: Person, chen: Person
) -> None:
    asks(wang, "开会 周五下午4点 设计部 讨论样板间")
    asks(zhou, "离职 王磊")

    assert zhou.hears("王磊 离职了，这个会由您主持")
    assert len(hosts(store)) == 1
    chen.says("会议")
    chen.presses("打开 1")
    assert "主持 周敏" in chen.last().text


def test_what_a_leaver_had_promised_is_told_once_and_reminds_nobody(store: StoreAtWork, zhou: Person) -> None:
    asks(zhou, "开会 现在 全店 讨论样板间")
    asks(zhou, "行动项 吴刚 下周三前 把样板间报价整理好")

    asks(zhou, "离职 吴刚")
    store.move(days=8)

    assert len(zhou.heard("吴刚 离职了，会上答应的事还没办完")) == 1
    assert zhou.hears("周三 12月2日 前 把样板间报价整理好")
    assert not zhou.heard("吴刚 的行动项")
