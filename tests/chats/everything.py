"""A store in which something of every kind is under way, and a picture of all its rows to compare with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import Table, text
from sqlmodel import Session, SQLModel

from bot.handlers import FEATURES
from tests.chat import Person, StoreAtWork
from tests.chats.customer_steps import registers
from tests.chats.steps import asks, is_granted

# What anybody's message leaves behind: that it came, what was answered, that it was tried.
LEFT_BY_ANY_MESSAGE = {
    "inbox",
    "outbox",
    "audit",
    "dialogs",
    "webchat_messages",
    "webchat_chats",
    "contacts",
    "reminders",
}
# One more than the most rows that any table has there: nothing has that number.
MOST_IDS = 8
SECRETS = (
    *("王磊", "翠湖苑", "云锦里", "家里有事", "旧厂房", "德阳"),
    *("138****0003", "13800000003", "顾女士", "139****0009", "13900000009"),
)


def under_way(store: StoreAtWork) -> None:
    """Leave that waits or is granted, outings, trips of all kinds, a missed punch, slips, a meeting, a case."""
    wang, chen, zhao, sun = (store.person(who) for who in ("wang", "chen", "zhao", "sun"))
    zhou, liu = store.person("zhou"), store.person("liu")
    is_granted(wang, zhou, "请假 周五下午 家里有事")
    asks(wang, "请假 下周四 家里有事")
    zhao.says("病假 今天下午")
    for label in ("跳过", "跳过", "确认"):
        zhao.presses(label)
    asks(wang, "外出 翠湖苑量房 现在到11点半")
    asks(wang, "外出 云锦里量房 明天下午两点到四点")
    asks(sun, "出城 明天8点半 德阳 看材料")
    liu.presses("同意")
    asks(wang, "出城 下周一8点半 绵阳 看材料")
    asks(chen, "出城 明天8点半 重庆 送样品")
    chen.says("已出发")
    chen.presses("确认")
    chen.presses("没有要说的")
    wang.says("打不了卡 下周二上午 去工地交底")
    wang.presses("打过电话")
    wang.presses("确认")
    zhou.says("记过失单 王磊 外出没说 今天上午 没打招呼")
    zhou.presses("确认")
    asks(zhou, "开会 周五上午10点 全店 讨论旧厂房")
    registers(zhou, "登记 顾女士 13900000009 路过 云锦里 120平 三室两厅 4口人")
    zhou.presses("选设计师")
    zhou.presses("王磊")
    hands_the_plan_over(wang)
    zhao.presses("需要延期")
    zhao.says("后天中午12点")
    zhao.says("价格没回来")
    zhao.presses("确认")


def hands_the_plan_over(wang: Person) -> None:
    """What the estimator then has, with a form that nobody has answered."""
    wang.presses("量完房了")
    wang.presses("刚才")
    wang.presses("确认")
    wang.presses("材料选好了")
    wang.says("地砖东鹏")
    wang.presses("确认")
    wang.presses("交接")
    for label in ("跳过", "跳过", "确认"):
        wang.presses(label)
    wang.sends_file("云锦里.pdf", b"plan")


def buttons() -> Iterator[tuple[str, str]]:
    """Every button of every feature: `leave`, `withdraw`."""
    for feature in FEATURES.values():
        for verb in feature.buttons:
            yield feature.name, verb


def tries(store: StoreAtWork, who: str, actions: Iterable[str]) -> None:
    """Somebody presses all these actions, whatever they were shown, in one instant."""
    shown = store.person(who).last().id
    press = {"as": who, "chat": "private", "message": shown}
    store.posts_at_once(
        [("/api/chat/presses", press | {"id": store.next_id(), "action": action}) for action in actions]
    )


def every_press(wanted: Iterable[tuple[str, str]]) -> list[str]:
    """These buttons, each with every number that something under way has, and one that nothing has."""
    return [f"{name}:{verb}:{number}" for name, verb in wanted for number in range(1, MOST_IDS + 1)]


def picture(store: StoreAtWork, store_id: int) -> dict[str, list[Any]]:
    """All rows of the store, whatever the table, besides what every message leaves behind."""
    found: dict[str, list[Any]] = store.query(partial(_picture, store_id=store_id))
    return found


def _picture(session: Session, store_id: int) -> dict[str, list[Any]]:
    tables = [one for one in SQLModel.metadata.sorted_tables if one.name not in LEFT_BY_ANY_MESSAGE]
    return {table.name: _rows(session, table, store_id) for table in tables if "store_id" in table.columns}


def _rows(session: Session, table: Table, store_id: int) -> list[Any]:
    found = session.connection().execute(
        text(f"SELECT * FROM {table.name} WHERE store_id = :store_id ORDER BY id"), {"store_id": store_id}
    )
    return list(found)
