"""员工, 加员工, 改员工, 代批人: the store's people looked after in the chat."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from storage.leave import LeaveState
from storage.staff import Staff
from tests.chat import Person, StoreAtWork, rows, store_at_work
from tests.chats.staff_steps import NEW, adds, audited, entry, make
from tests.chats.steps import CONFIRM, asks, not_done, states, verbs


def test_the_list_says_who_is_who_and_what_can_be_done(zhou: Person) -> None:
    zhou.says("员工")

    assert "店里 7 人：" in zhou.last().text
    assert "王磊　设计师 · 设计部" in zhou.last().text
    assert "周敏　客户经理 · 客户部 · 代批人 刘总" in zhou.last().text
    assert "13800000003" not in zhou.last().text
    assert list(zhou.last().buttons) == [f"改 {name}" for name in ("周敏", "王磊", "陈静", "赵倩", "孙强", "吴刚")]


def test_the_list_shows_who_has_no_chat_and_who_was_never_here(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    adds(store, zhou)
    wang.says("你好")

    zhou.says("员工")

    lines = {line.split("　")[0]: line for line in zhou.last().text.splitlines()}
    assert lines["李明"].endswith("⚠ 还没有聊天")
    assert lines["陈静"].endswith("还没来过")
    assert lines["王磊"].endswith("设计部")


def test_one_line_adds_somebody(store: StoreAtWork, zhou: Person) -> None:
    zhou.says(NEW)
    read_back = zhou.last()
    zhou.presses("确认")

    li = entry(store, "李明")
    assert read_back.text == "加一位同事，对吗？\n名字：李明\n岗位：设计师\n部门：设计部\n电话：138****0011"
    assert list(read_back.buttons) == CONFIRM
    assert "✅ 李明 加好了" in zhou.last().text
    assert list(zhou.last().buttons) == ["邀请"]
    assert (li.roles, li.department, li.phone) == (["designer"], "设计部", "13800000011")
    assert (li.active, li.listed, li.key) == (True, False, f"p{li.id}")


def test_what_is_missing_is_asked_and_the_department_is_the_colleagues(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("加员工")
    zhou.says("李明")
    zhou.presses("设计师")

    assert "部门：设计部\n电话：没有写" in zhou.last().text
    zhou.presses("确认")
    assert entry(store, "李明").department == "设计部"


@pytest.mark.parametrize(
    "line",
    [
        "加员工 设计部 李明 13800000011 设计师",
        "加员工 李明，设计师，设计部，138 0000 0011",
        "新员工 李明 设计师、预算员 设计部 电话 13800000011",
    ],
)
def test_the_order_does_not_matter(long_day: StoreAtWork, line: str) -> None:
    zhou = long_day.person("zhou")

    zhou.says(line)

    assert "名字：李明\n岗位：设计师" in zhou.last().text
    assert "部门：设计部\n电话：138****0011" in zhou.last().text


def test_two_of_the_same_name_are_refused_while_asking(zhou: Person) -> None:
    zhou.says("加员工 王磊 设计师 设计部")

    assert zhou.last().text == "店里已经有王磊（设计部）。前台按名字找人，不能重名，请加个字区分，比如“大王磊”。"
    zhou.says("大王磊")
    assert "名字：大王磊" in zhou.last().text


def test_the_same_name_entered_by_two_managers_at_once_is_one_person(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    zhou.says(NEW)
    liu.says(NEW)

    zhou.presses("确认")
    liu.presses("确认")

    people: list[Staff] = store.query(partial(rows, table=Staff))
    assert [one.name for one in people].count("李明") == 1
    assert "店里已经有李明" in liu.last().text


def test_a_change_in_one_line_shows_what_it_was(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    zhou.says("改员工 王磊 预算员 估算组 13800000099")
    read_back = zhou.last().text
    zhou.presses("确认")

    after = entry(store, "王磊")
    assert "岗位：预算员（原来：设计师）\n部门：估算组（原来：设计部）" in read_back
    assert "电话：138****0099（原来：138****0003）" in read_back
    assert (after.roles, after.department, after.phone) == (["estimator"], "估算组", "13800000099")
    assert wang.hears("周敏 改了您的岗位：预算员。")
    assert "店铺文件里也请改一下" in zhou.last().text
    [change] = audited(store, "people.changed")
    assert (change.before or {})["phone"] == "138****0003"
    assert (change.after or {})["phone"] == "138****0099"
    assert (change.before or {})["roles"] == ["designer"]


def test_one_answer_is_changed_by_button(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("员工")
    zhou.presses("改 王磊")
    zhou.presses("修改")
    zhou.presses("名字")
    zhou.says("王大磊")
    zhou.presses("确认")

    assert entry(store, "王大磊").key == "wang"


def test_nothing_changed_is_nothing_kept(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("改员工 王磊")
    zhou.presses("确认")

    assert zhou.last().text == "没有改动，都和原来一样。"
    assert verbs(store) == []


def test_what_another_manager_changed_meanwhile_stays(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    zhou.says("改员工 王磊")
    zhou.presses("修改")
    zhou.presses("部门")
    liu.says("改员工 王磊 13800000099")
    liu.presses("确认")
    zhou.says("市场部")

    zhou.presses("确认")

    after = entry(store, "王磊")
    assert (after.department, after.phone) == ("市场部", "13800000099")


def test_a_deputy_is_named_in_a_line_and_all_three_hear_of_it(
    store: StoreAtWork, zhou: Person, liu: Person, chen: Person
) -> None:
    liu.says("代批人 周敏 陈静")
    assert "代批人：陈静（原来：刘总）" in liu.last().text
    liu.presses("确认")

    assert entry(store, "周敏").deputy_id == entry(store, "陈静").id
    assert zhou.hears("刘总 把您的代批人定为陈静")
    assert chen.hears("您现在是周敏的代批人")


def test_one_name_is_ones_own_deputy_and_none_ends_it(store: StoreAtWork, zhou: Person) -> None:
    zhou.says("代批人 陈静")
    zhou.presses("确认")
    after_one = entry(store, "周敏").deputy_id
    zhou.says("代批人 周敏 没有")
    zhou.presses("确认")

    assert after_one == entry(store, "陈静").id
    assert entry(store, "周敏").deputy_id is None


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("代批人", "谁的代批人是谁？比如“代批人 周敏 刘总”。"),
        ("代批人 周敏 周敏", "周敏 不能给自己代批，请换一位同事。"),
        ("代批人 周敏 吴刚", "吴刚 已经离职了；要恢复请说“复职 吴刚”。"),
        ("代批人 周敏 老张", "没找到“老张”。店里有：刘总、周敏、王磊、陈静、赵倩、孙强。"),
    ],
)
def test_who_cannot_be_a_deputy(store: StoreAtWork, zhou: Person, line: str, answer: str) -> None:
    make(store, "wu", active=False)

    zhou.says(line)

    assert zhou.last().text == answer


def test_somebody_made_a_manager_is_asked_from_now_on(
    store: StoreAtWork, liu: Person, wang: Person, chen: Person
) -> None:
    asks(wang, "请假 周五下午 家里有事")

    liu.says("改员工 陈静 客户经理")
    liu.presses("确认")
    store.move(minutes=1)

    assert chen.hears("王磊 想调休半天", buttons=["同意", "不同意", "稍后提醒"])


def test_who_is_no_manager_any_more_decides_nothing_they_were_asked_before(
    store: StoreAtWork, liu: Person, wang: Person, chen: Person
) -> None:
    liu.says("改员工 陈静 客户经理")
    liu.presses("确认")
    asks(wang, "请假 周五下午 赵倩 家里有事")
    [card] = chen.heard("王磊 想调休半天")
    make(store, "chen", roles=["designer"])

    chen.sends_press(card.id, card.actions[0])

    assert states(store) == [LeaveState.PENDING]
    assert verbs(store)[-1] == "approvals.not_allowed"


def test_a_deputy_decides_only_while_they_are_the_deputy(
    store: StoreAtWork, liu: Person, zhou: Person, wang: Person, chen: Person
) -> None:
    liu.says("代批人 周敏 陈静")
    liu.presses("确认")
    asks(zhou, "病假 今天下午 陈静 发烧")
    store.move_to("2026-11-25T14:30:00+08:00")
    asks(wang, "请假 周五下午 赵倩 家里有事")
    [card] = chen.heard("王磊 想调休半天")
    make(store, "zhou", deputy_id=None)

    chen.sends_press(card.id, card.actions[0])

    assert states(store)[-1] == LeaveState.PENDING


def test_a_form_in_the_middle_goes_on_after_a_restart(sqlite_url: str, tmp_path: Path) -> None:
    with store_at_work(sqlite_url, tmp_path) as store:
        store.person("zhou").says("加员工 李明 设计师")

    with store_at_work(sqlite_url, tmp_path) as store:
        zhou = store.person("zhou")
        zhou.presses("修改")
        zhou.presses("电话")
        zhou.says("13800000011")
        zhou.presses("确认")

        assert entry(store, "李明").phone == "13800000011"
        assert not_done(store) == []


def test_rights_that_were_lost_while_the_form_was_open_close_it(store: StoreAtWork, zhou: Person) -> None:
    zhou.says(NEW)
    make(store, "zhou", roles=["designer"])

    zhou.presses("确认")

    people: list[Staff] = store.query(partial(rows, table=Staff))
    assert "李明" not in [one.name for one in people]
    assert zhou.last().text == "这件事不归您办。说“菜单”看看您能办什么。"
    assert verbs(store) == ["people.not_allowed"]


def test_a_button_pressed_again_adds_nobody_twice(store: StoreAtWork, zhou: Person) -> None:
    zhou.says(NEW)
    card = zhou.last()

    for _ in range(3):
        zhou.sends_press(card.id, card.actions[0])

    people: list[Staff] = store.query(partial(rows, table=Staff))
    assert [one.name for one in people].count("李明") == 1
    assert zhou.last().text == "这一步已经办完了。"
