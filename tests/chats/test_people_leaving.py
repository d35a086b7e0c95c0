"""离职 and 复职: what leaving means is read back, what was open is closed, and nothing of anybody is deleted."""

from __future__ import annotations

from functools import partial

import pytest

from bot.talk import Incoming
from storage.leave import LeaveState
from storage.outbox import Outbox, OutboxState
from storage.outing import Outing, OutingState
from storage.staff import Staff
from tests.chat import Person, StoreAtWork, rows
from tests.chats.staff_steps import adds, audited, entry, joins, make
from tests.chats.steps import asks, halves, is_granted, not_done, open_other_store, requests, states, verbs


def leaves_the_store(manager: Person, name: str) -> None:
    manager.says(f"离职 {name}")
    manager.presses("确认")


def outings(store: StoreAtWork) -> list[OutingState]:
    found: list[Outing] = store.query(partial(rows, table=Outing))
    return [OutingState(one.state) for one in found]


def test_leaving_says_what_it_means_before_it_counts(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")

    zhou.says("离职 王磊")

    assert zhou.last().text == (
        "王磊（设计师，设计部）离职，对吗？\n"
        "确认以后，王磊用不了前台；没办完的申请（现在 1 个）和没休的假都会撤回，等王磊审批的事转给别人。\n"
        "记录都留着，说“复职 王磊”就能回来。"
    )
    assert list(zhou.last().buttons) == ["确认", "取消"]
    assert entry(store, "王磊").active
    zhou.presses("取消")
    assert entry(store, "王磊").active
    assert zhou.last().text == "好，不办了，什么都没有改。"


def test_who_left_is_nobodys_colleague_and_stays_in_the_rows(store: StoreAtWork, zhou: Person) -> None:
    before = entry(store, "王磊")

    leaves_the_store(zhou, "王磊")

    after = entry(store, "王磊")
    zhou.says("员工")
    assert (after.id, after.active, after.roles) == (before.id, False, before.roles)
    assert "店里 6 人" in zhou.last().text
    assert "王磊　" not in zhou.last().text
    [kept] = audited(store, "people.left")
    assert kept.subject == f"people:{after.id}"
    assert kept.actor_id == entry(store, "周敏").id


def test_requests_leave_and_outings_are_closed(store: StoreAtWork, zhou: Person, wang: Person, liu: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")
    asks(wang, "请假 下周四 家里有事")
    asks(wang, "外出 锦绣花园量房 明天下午两点到四点")
    asks(wang, "出城 周一 8点半出发 成都 看材料")

    leaves_the_store(zhou, "王磊")

    assert states(store) == [LeaveState.WITHDRAWN] * 2
    assert halves(store) == []
    assert outings(store) == [OutingState.WITHDRAWN] * 2
    assert {str(one.state) for one in requests(store)} == {"approved", "withdrawn"}
    liu.says("待我审批")
    assert "现在没有等您答复的申请。" in liu.last().text
    assert not_done(store) == []


def test_leave_that_has_begun_ends_and_who_is_out_went_home(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    asks(wang, "病假 今天到周五 发烧")
    chen = store.person("chen")
    asks(chen, "外出 锦绣花园量房 现在到五点")

    leaves_the_store(zhou, "王磊")
    leaves_the_store(zhou, "陈静")

    assert states(store) == [LeaveState.TOLD]
    assert halves(store) == [("2026-11-25", "morning")]
    assert outings(store) == [OutingState.BACK]


def test_whom_the_leaver_was_to_cover_hears_it(store: StoreAtWork, zhou: Person, wang: Person, chen: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 陈静 家里有事")

    leaves_the_store(zhou, "陈静")

    assert wang.hears("⚠ 陈静 离职了。王磊 周五 11月27日 14:00–17:30 休假，原定由陈静代班，请另外安排人。")


def test_what_asked_the_leaver_is_asked_of_others(store: StoreAtWork, liu: Person, wang: Person) -> None:
    liu.says("改员工 陈静 客户经理")
    liu.presses("确认")
    make(store, "zhou", active=False)
    asks(wang, "请假 周五下午 赵倩 家里有事")
    make(store, "zhou", active=True)

    leaves_the_store(liu, "陈静")
    store.move(minutes=1)

    zhou = store.person("zhou")
    assert zhou.hears("王磊 想调休半天", buttons=["同意", "不同意", "稍后提醒"])
    assert "陈静" not in zhou.heard("王磊 想调休半天")[0].text


def test_deputy_duty_ends_and_is_told(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    zhou.says("代批人 陈静")
    zhou.presses("确认")

    liu.says("离职 陈静")
    assert "周敏的代批人会空出来。" in liu.last().text
    liu.presses("确认")

    assert entry(store, "周敏").deputy_id is None
    assert zhou.hears("陈静 离职了，您现在没有代批人。")


def test_what_waits_for_the_leaver_is_not_said_any_more(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    store.move_to("2026-11-25T21:30:00+08:00")
    liu.says("改员工 陈静 预算员")
    liu.presses("确认")

    leaves_the_store(zhou, "陈静")
    store.move_to("2026-11-26T09:00:00+08:00")

    told: list[Outbox] = store.query(partial(rows, table=Outbox))
    assert [one.state for one in told if one.content["key"] == "people.roles_told"] == [OutboxState.EXPIRED]


def test_an_open_form_of_the_leaver_is_closed(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    wang.says("请假")

    leaves_the_store(zhou, "王磊")
    zhou.says("复职 王磊")
    wang.says("周五下午")

    assert "没听懂“周五下午”" in wang.last().text


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("离职 周敏", "不能给自己办离职，请找刘总。"),
        ("离职 刘总", "经理和总经办的人员信息，只有刘总能改。"),
        ("离职 老张", "没找到“老张”。店里有：刘总、周敏、王磊、陈静、赵倩、孙强。"),
        ("离职", "请写上名字。店里有：刘总、周敏、王磊、陈静、赵倩、孙强。"),
        ("离职 吴刚", "吴刚 已经离职了；要恢复请说“复职 吴刚”。"),
        ("复职 王磊", "王磊 就在店里，不用复职。"),
    ],
)
def test_what_cannot_be(store: StoreAtWork, zhou: Person, line: str, answer: str) -> None:
    make(store, "wu", active=False)

    zhou.says(line)

    assert zhou.last().text == answer


def test_the_last_client_manager_stays_and_keeps_the_role(store: StoreAtWork, liu: Person) -> None:
    liu.says("离职 周敏")
    first = liu.last().text
    liu.says("改员工 周敏 设计师")

    assert first == "周敏 是店里唯一的客户经理，要先有另一位客户经理，不然申请没有人批。"
    assert liu.last().text == first
    assert entry(store, "周敏").active


def test_the_last_of_the_gm_office_keeps_the_role(store: StoreAtWork, liu: Person) -> None:
    liu.says("改员工 刘总 设计师")

    assert liu.last().text == "刘总 是店里唯一的总经办，要先有另一位总经办，不然申请没有人批。"
    assert entry(store, "刘总").roles == ["gm_office"]


def test_two_who_send_each_other_away_at_once_do_not_both_go(store: StoreAtWork, liu: Person, chen: Person) -> None:
    liu.says("改员工 陈静 总经办")
    liu.presses("确认")
    liu.says("改员工 陈静 设计师")
    chen.says("改员工 刘总 设计师")

    liu.presses("确认")
    chen.presses("确认")

    assert (entry(store, "刘总").roles, entry(store, "陈静").roles) == (["gm_office"], ["designer"])
    assert verbs(store)[-1] == "people.not_allowed"


def test_who_comes_back_is_the_same_person_in_the_same_chat(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    before = entry(store, "王磊")
    leaves_the_store(zhou, "王磊")

    zhou.says("复职 王磊")

    after = entry(store, "王磊")
    assert (after.id, after.active, after.roles) == (before.id, True, before.roles)
    assert wang.hears("周敏 给您办了复职，欢迎回来。")
    asks(wang, "请假 周五下午 家里有事")
    assert states(store) == [LeaveState.PENDING]


def test_a_namesake_who_came_meanwhile_stands_in_the_way(store: StoreAtWork, zhou: Person) -> None:
    leaves_the_store(zhou, "王磊")
    zhou.says("加员工 王磊 设计师 设计部")
    assert "以前有一位王磊离职了；是同一个人的话，请按“取消”，再说“复职 王磊”。" in zhou.last().text
    zhou.presses("确认")

    zhou.says("复职 wang")

    assert "店里已经有王磊（设计部）" in zhou.last().text


def test_two_who_left_under_one_name_are_told_apart_by_their_keys(store: StoreAtWork, zhou: Person) -> None:
    leaves_the_store(zhou, "王磊")
    new = adds(store, zhou, "加员工 王磊 设计师 设计部")
    leaves_the_store(zhou, "王磊")

    zhou.says("复职 王磊")
    assert zhou.last().text == f"有几位都叫“王磊”，请写代号：wang、{new.key}。"
    zhou.says(f"复职 {new.key}")

    people: list[Staff] = store.query(partial(rows, table=Staff))
    assert [one.key for one in people if one.name == "王磊" and one.active] == [new.key]


def test_who_left_hears_that_and_a_code_of_another_store_lets_them_in_there(store: StoreAtWork, zhou: Person) -> None:
    open_other_store(store)
    li = joins(store, zhou)
    feng = store.person("feng")
    adds(store, feng, "加员工 张三 设计师")
    feng.says("邀请 张三")
    code = feng.last().text.split()[0]
    leaves_the_store(zhou, "李明")

    li_says = partial(_says_anyway, store, li.key)
    li_says("菜单")
    li_says("加入 22222222")
    li_says(f"加入 {code}")

    keys = [one.content["key"] for one in store.query(partial(rows, table=Outbox))]
    assert keys[-4:] == ["desk.not_active", "people.join_failed", "people.joined", "people.welcome"]
    assert audited(store, "people.joined")[-1].actor_id == entry(store, "张三").id


def _says_anyway(store: StoreAtWork, address: str, text: str) -> None:
    """Says something in a chat that is not on the page any more."""
    incoming = Incoming("webchat", "local", store.next_id(), address, text=text)
    lane = store.write(partial(store.app.desk.keep, incoming))
    while store.write(partial(store.app.desk.handle_next, lane)):
        continue
