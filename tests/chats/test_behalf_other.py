"""代: what cannot be entered for a colleague opens no form of something else."""

from __future__ import annotations

import pytest

from tests.chat import Person, StoreAtWork
from tests.chats.out_steps import outings
from tests.chats.steps import leaves, not_done

ONLY_THEIRS = ["已出发", "参加", "取消外出", "我的外出", "我的休假", "菜单", "待我审批", "", "你好"]
LEAVE = ["周五 家里有事", "下午参加婚礼", "病假", "2月30号 家里有事"]


@pytest.mark.parametrize("what", ONLY_THEIRS)
def test_what_only_the_person_can_say_is_answered_by_what_can_be_entered(store: StoreAtWork, what: str) -> None:
    zhou = store.person("zhou")

    zhou.says(f"代 吴刚 {what}")

    assert zhou.last().text == (
        "可以代 吴刚 登记请假、外出、出城、打不了卡，或者已经回来了。"
        "比如“代 吴刚 外出 量房 两小时”。别的事要 吴刚 自己说。"
    )
    assert (leaves(store), outings(store), not_done(store)) == ([], [], [])


@pytest.mark.parametrize("what", LEAVE)
def test_a_time_or_a_kind_of_leave_means_leave(zhou: Person, what: str) -> None:
    zhou.says(f"代 吴刚 {what}")

    assert "取消" in zhou.last().buttons
    assert "登记请假" not in zhou.last().text


@pytest.mark.parametrize(
    "line", ["代批人 周敏 王磊", "周敏的代批人改成王磊", "把周敏的代批人换成王磊", "代批人改成王磊", "代批人是王磊"]
)
def test_who_stands_in_is_no_leave_for_a_colleague(zhou: Person, line: str) -> None:
    zhou.says(line)

    assert "代批人：王磊（原来：刘总）" in zhou.last().text


@pytest.mark.parametrize("line", ["谁是代批人", "代批人是谁"])
def test_who_stands_in_for_whom_can_be_asked(zhou: Person, line: str) -> None:
    zhou.says(line)

    assert "周敏　客户经理 · 客户部 · 代批人 刘总" in zhou.last().text
