"""Whose step falls due while they are on leave: the client manager hears at once, and does something about it."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from bot.rules.workflow import Need, StepKey
from storage import staff
from storage.staff import Role
from tests.chat import Person, StoreAtWork
from tests.chats.case_rows import begin_step, id_of, open_case, put_on_record, scene_of
from tests.chats.case_steps import comes_to, hands_over
from tests.chats.meeting_steps import notices
from tests.chats.steps import asks, is_granted
from tests.chats.test_rulebook import CLOSED_FRIDAY, loads

BUTTONS = ["转给别人", "等客户", "先不动"]
ASKED = "workflow.owner_away"


@pytest.fixture
def drawing(store: StoreAtWork) -> StoreAtWork:
    """王磊's plan is due on Friday at closing."""

    def work(session: Session) -> None:
        scene = scene_of(store, session)
        begin_step(scene, open_case(scene), StepKey.FLOOR_PLAN, "wang", since=scene.now)

    store.write(work)
    return store


def is_ill(person: Person, when: str) -> None:
    person.says(f"病假 {when}")
    person.presses("跳过")
    person.presses("确认")


def test_granted_leave_is_told_to_the_client_manager_at_once(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")

    assert zhou.hears(
        "王磊 周五 11月27日 14:00–17:30 休假，手上的 2026-0001 平面方案 周五 11月27日 17:30 到期。"
        "转给别人，等客户，还是先不动？",
        buttons=BUTTONS,
    )
    assert notices(drawing, ASKED) == [("11-25 10:00", "zhou")]


def test_leave_that_waits_for_an_answer_is_not_told_yet(drawing: StoreAtWork, wang: Person) -> None:
    asks(wang, "请假 周五下午 家里有事")

    assert notices(drawing, ASKED) == []


def test_sick_leave_is_told_as_it_comes(drawing: StoreAtWork, wang: Person) -> None:
    is_ill(wang, "周五")

    assert notices(drawing, ASKED) == [("11-25 10:00", "zhou")]


@pytest.mark.parametrize("when", ["明天", "周五上午", "下周一"])
def test_leave_at_another_time_is_no_news(drawing: StoreAtWork, wang: Person, when: str) -> None:
    is_ill(wang, when)

    assert notices(drawing, ASKED) == []


def test_the_leave_of_somebody_else_is_no_news(drawing: StoreAtWork, chen: Person) -> None:
    is_ill(chen, "周五")

    assert notices(drawing, ASKED) == []


def test_no_reason_of_the_leave_is_told(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_granted(wang, zhou, "请假 周五下午 家里有事")

    assert "家里有事" not in zhou.heard("先不动？")[0].text


def test_it_is_passed_on(drawing: StoreAtWork, wang: Person, zhou: Person, chen: Person) -> None:
    is_ill(wang, "周五下午")

    zhou.presses("转给别人")
    zhou.says("陈静")
    zhou.presses("跳过")

    assert chen.hears("周敏 把这一步转给您了")
    assert zhou.hears("2026-0001 李女士 平面方案：陈静 负责，周五 11月27日 17:30 前。")


def test_it_waits_for_the_customer(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_ill(wang, "周五下午")

    zhou.presses("等客户")
    zhou.says("等客户定橱柜")
    zhou.says("下周一")

    assert zhou.hears("2026-0001 李女士 平面方案：⏸ 在等客户，计时停着（王磊）。", buttons=[])


def test_more_time_shows_on_the_card(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_ill(wang, "周五下午")
    zhou.says("到哪一步了 2026-0001")
    zhou.presses("2026-0001 平面方案")

    zhou.presses("准予延期")
    for said in ("下周三中午12点", "客户出差", "确认"):
        zhou.says(said)

    assert zhou.hears("2026-0001 李女士 平面方案：王磊 负责，周三 12月2日 12:00 前。", buttons=BUTTONS)


def test_it_is_left_as_it_is(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_ill(wang, "周五下午")

    zhou.presses("先不动")

    assert zhou.last().text == "好，2026-0001 平面方案 先不动，还是 王磊 的，周五 11月27日 17:30 到期时照常提醒。"
    assert zhou.hears("转给别人，等客户，还是先不动？", buttons=BUTTONS)


def test_others_cannot_decide_about_it(drawing: StoreAtWork, chen: Person) -> None:
    chen.says("菜单")

    chen.sends_press(chen.last().id, "workflow_away:keep:1")

    assert "这一步由 王磊 负责" in chen.last().text


def is_handed_to_who_is_away(store: StoreAtWork) -> None:
    """赵倩 is on leave tomorrow; at 16:31 王磊 hands his plan over, half a working day before 11:16."""
    store.write(lambda session: at_plan(store, session))
    zhao, wang = store.person("zhao"), store.person("wang")
    zhao.says("病假 明天")
    for label in ("跳过", "跳过", "确认"):
        zhao.presses(label)
    store.move_to("2026-11-25T16:31:00+08:00")
    wang.says("我的事")
    wang.presses("2026-0001 平面方案")
    hands_over(wang)


def at_plan(store: StoreAtWork, session: Session) -> None:
    scene = scene_of(store, session)
    case = open_case(scene)
    put_on_record(scene, case, Need.SURVEY_RECORDED, Need.MATERIALS_SELECTED)
    begin_step(scene, case, StepKey.FLOOR_PLAN, "wang", since=scene.now)


def test_a_step_that_becomes_somebodys_who_is_away_when_it_is_due_is_told_at_once(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    is_handed_to_who_is_away(store)

    assert wang.hears(
        "交接，对吗？\n2026-0001 李女士 锦绣花园 · 平面方案 → 赵倩\n选材清单：有\n"
        "⚠ 赵倩 明天（周四 11月26日）9:00–17:30 休假，到期 明天（周四 11月26日）11:16"
    )
    assert zhou.hears(
        "赵倩 明天（周四 11月26日）9:00–17:30 休假，手上的 2026-0001 估算表 明天（周四 11月26日）11:16 到期。",
        buttons=BUTTONS,
    )
    assert notices(store, ASKED) == [("11-25 16:31", "zhou")]


def test_who_is_away_when_it_is_due_is_told_once(store: StoreAtWork, zhou: Person) -> None:
    is_handed_to_who_is_away(store)

    store.move_to("2026-11-26T11:00:00+08:00")

    assert len(notices(store, ASKED)) == 1


def test_a_step_that_is_passed_on_into_a_leave_is_told(drawing: StoreAtWork, chen: Person, wang: Person) -> None:
    is_ill(chen, "周五下午")
    wang.says("我的事")
    wang.presses("2026-0001 平面方案")

    wang.presses("转给别人")
    wang.says("陈静")
    wang.presses("跳过")

    assert notices(drawing, ASKED) == [("11-25 10:00", "zhou")]


def test_a_clock_that_goes_on_into_a_leave_is_told(drawing: StoreAtWork, wang: Person) -> None:
    is_ill(wang, "下周一下午")
    wang.says("我的事")
    wang.presses("2026-0001 平面方案")
    wang.presses("等客户")
    wang.says("等客户定橱柜")
    wang.says("周六")
    drawing.move_to("2026-11-28T09:30:00+08:00")
    assert notices(drawing, ASKED) == []

    wang.presses("客户已回复")

    assert notices(drawing, ASKED) == [("11-28 09:30", "zhou")]


def test_more_time_into_a_leave_is_told(drawing: StoreAtWork, wang: Person, zhou: Person) -> None:
    is_ill(wang, "下周一下午")
    wang.says("我的事")
    wang.presses("2026-0001 平面方案")
    wang.presses("需要延期")
    wang.says("下周一")
    wang.says("客户改了户型")
    wang.presses("确认")

    zhou.presses("同意")

    assert notices(drawing, ASKED) == [("11-25 10:00", "zhou")]


def test_a_calendar_that_moves_what_is_due_into_a_leave_is_told(drawing: StoreAtWork, wang: Person) -> None:
    is_ill(wang, "周六下午")

    loads(drawing, CLOSED_FRIDAY)

    assert notices(drawing, ASKED) == [("11-25 10:00", "zhou")]


def test_of_somebody_on_leave_nobody_says_that_they_gave_no_reason(store: StoreAtWork, zhou: Person) -> None:
    is_handed_to_who_is_away(store)

    store.move_to("2026-11-26T15:00:00+08:00")

    assert zhou.hears("⚠ 赵倩 的 2026-0001 估算表 已过 1 小时（只算上班时间），他在休假。")


def test_of_somebody_who_is_out_nobody_says_that_they_gave_no_reason(
    store: StoreAtWork, zhou: Person, zhao: Person
) -> None:
    comes_to(store, StepKey.ESTIMATE, "zhao", done=StepKey.FLOOR_PLAN)
    store.move_to("2026-11-25T15:00:00+08:00")
    zhao.says("外出 到17点 锦绣花园 送资料")
    zhao.presses("确认")

    store.move_to("2026-11-25T16:30:00+08:00")

    assert zhou.hears("⚠ 赵倩 的 2026-0001 估算表 已过 1 小时（只算上班时间），他外出了。")


LATE = "⚠ 王磊 的 2026-0001 平面方案 已过 1 小时（只算上班时间），还没说明原因。"
IN_HER_PLACE = "周敏 在休假，请您先过问一下。"
WHEN_IT_IS_LATE = "2026-11-28T10:00:00+08:00"


def has_deputy(store: StoreAtWork, key: str, deputy: str) -> None:
    def work(session: Session) -> None:
        person = staff.get(session, id_of(session, key))
        person.deputy_id = id_of(session, deputy) if deputy else None
        staff.put(session, person)

    store.write(work)


def manages_too(store: StoreAtWork, key: str) -> None:
    def work(session: Session) -> None:
        person = staff.get(session, id_of(session, key))
        person.roles = [*person.roles, Role.CLIENT_MANAGER]
        staff.put(session, person)

    store.write(work)


def is_ill_and_leads(person: Person, when: str) -> None:
    """Whoever leads is ill; nobody covers for them."""
    person.says(f"病假 {when}")
    for label in ("跳过", "跳过", "确认"):
        person.presses(label)


@pytest.mark.parametrize(
    ("deputy", "hears"),
    [("liu", "liu"), ("", "liu"), ("chen", "liu")],
    ids=["her deputy", "nobody of the role is there", "a deputy who leads nothing"],
)
def test_what_is_late_goes_to_who_stands_in_for_a_client_manager_on_leave(
    drawing: StoreAtWork, zhou: Person, deputy: str, hears: str
) -> None:
    has_deputy(drawing, "zhou", deputy)
    is_ill_and_leads(zhou, "周六")

    drawing.move_to(WHEN_IT_IS_LATE)

    assert notices(drawing, "workflow.late") == [("11-28 10:00", hears)]
    assert drawing.person(hears).hears(f"{LATE}{IN_HER_PLACE}")
    assert "准予延期" in drawing.person(hears).last().buttons


def test_another_client_manager_hears_before_the_gm_office(drawing: StoreAtWork, zhou: Person) -> None:
    has_deputy(drawing, "zhou", "")
    is_ill_and_leads(zhou, "周六")
    manages_too(drawing, "sun")

    drawing.move_to(WHEN_IT_IS_LATE)

    assert notices(drawing, "workflow.late") == [("11-28 10:00", "sun")]
    assert drawing.person("sun").hears(f"{LATE}17:30 还没办好，刘总 会收到通知。{IN_HER_PLACE}")


def test_where_all_who_lead_are_on_leave_the_client_manager_hears_it_all_the_same(
    drawing: StoreAtWork, zhou: Person, liu: Person
) -> None:
    is_ill_and_leads(zhou, "周六")
    is_ill_and_leads(liu, "周六")

    drawing.move_to(WHEN_IT_IS_LATE)

    assert notices(drawing, "workflow.late") == [("11-28 10:00", "zhou")]
    assert IN_HER_PLACE not in zhou.heard(LATE)[0].text


def test_a_client_manager_who_is_back_by_then_hears_it(drawing: StoreAtWork, zhou: Person) -> None:
    is_ill_and_leads(zhou, "周五")

    drawing.move_to(WHEN_IT_IS_LATE)

    assert notices(drawing, "workflow.late") == [("11-28 10:00", "zhou")]


def test_the_owner_hears_beforehand_who_will_be_told(drawing: StoreAtWork, zhou: Person, wang: Person) -> None:
    is_ill_and_leads(zhou, "周六")

    drawing.move_to("2026-11-27T15:30:00+08:00")

    assert wang.hears("过时没办好，明天（周六 11月28日）10:00 刘总 会收到通知。")


def test_of_leave_over_a_step_who_stands_in_hears_too(drawing: StoreAtWork, zhou: Person, wang: Person) -> None:
    is_ill_and_leads(zhou, "今天")

    is_ill(wang, "周五下午")

    assert notices(drawing, ASKED) == [("11-25 10:00", "liu")]
