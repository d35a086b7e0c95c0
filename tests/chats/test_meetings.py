"""A meeting from a sentence to its minutes: called, answered, announced, held, written up."""

from __future__ import annotations

from storage.meetings import Attendance, Coming, MeetingState
from tests.chat import Person, StoreAtWork
from tests.chats.meeting_steps import DESIGN_FRIDAY, INVITED, calls, meetings_of, notices, people_of, ringing
from tests.chats.steps import CONFIRM, is_granted, not_done

BEFORE = "2026-11-27T15:30:00+08:00"
BEGINS = "2026-11-27T16:00:00+08:00"
OVER = "2026-11-27T17:00:00+08:00"
HEADING = "部门会（设计部）周五 11月27日 16:00–17:00：讨论样板间"


def test_a_line_becomes_a_meeting_that_everybody_hears_of(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person, zhao: Person
) -> None:
    zhou.says(DESIGN_FRIDAY)

    assert zhou.last().text == "开会，对吗？\n部门会（设计部） · 3 人\n周五 11月27日 16:00–17:00\n议题：讨论样板间"
    assert list(zhou.last().buttons) == CONFIRM

    zhou.presses("确认")
    store.move(minutes=2)

    assert zhou.hears(f"好，会定了，已经通知大家：{HEADING}")
    assert wang.hears(f"周敏 请您开会：{HEADING}", buttons=INVITED)
    assert chen.hears(f"周敏 请您开会：{HEADING}", buttons=INVITED)
    assert zhou.hears(f"会议通知：{HEADING} · 主持 周敏", chat="store")
    assert not zhao.heard("部门会")


def test_answers_are_counted_for_all_and_named_to_the_host_only(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    calls(zhou)
    wang.presses("迟到")
    wang.presses("10 分钟")
    chen.presses("请假")
    chen.says("去医院看病人")

    assert zhou.hears("参加 1：周敏\n迟到 1：王磊（10 分钟）\n请假 1：陈静（去医院看病人）")
    assert zhou.hears("陈静 来不了：部门会（设计部）周五 11月27日 16:00–17:00。原因：去医院看病人")
    assert wang.hears("参加 1 · 迟到 1 · 请假 1\n请假：陈静\n您：晚到")
    assert not wang.heard("医院")
    store.move(minutes=2)
    assert not zhou.heard("医院", chat="store")


def test_pressing_twice_answers_once(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    calls(zhou)
    card = next(one for one in wang.sees() if "参加" in one.buttons)
    action = card.actions[card.buttons.index("参加")]

    wang.sends_press(card.id, action)
    wang.sends_press(card.id, action)

    assert people_of(store)["wang"].coming == Coming.YES
    assert wang.hears("参加 2 · 没回 1\n您：参加", buttons=["请假", "迟到", "加议题", "加到日历"])
    assert not_done(store) == []


def test_it_is_announced_the_day_before_and_half_an_hour_before_to_those_who_are_expected(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    calls(zhou)
    chen.presses("请假")
    chen.says("去工地")
    store.move_to("2026-11-26T17:00:00+08:00")

    assert wang.hears("⏰ 部门会（设计部）明天（周五 11月27日）16:00 · 讨论样板间 · 主持 周敏", buttons=INVITED)

    store.move_to(BEFORE)

    assert wang.hears("⏰ 部门会（设计部）今天（周五 11月27日）16:00 · 讨论样板间 · 主持 周敏")
    assert notices(store, "meetings.soon") == [("11-27 15:30", "zhou"), ("11-27 15:30", "wang")]
    assert not chen.heard("⏰")


def test_agenda_items_are_added_by_anybody_of_it_and_counted(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    calls(zhou)
    wang.presses("加议题")
    wang.says("展厅灯光")
    chen.says("加议题 样板间预算")

    assert chen.hears("好，第 2 条议题：样板间预算")
    assert zhou.hears("讨论样板间 · 主持 周敏 · 议题 2 条\n1. 展厅灯光\n2. 样板间预算")

    chen.presses("撤掉这条")

    assert zhou.hears("议题 1 条\n1. 展厅灯光\n参加")
    store.move_to(BEFORE)
    assert wang.hears("· 讨论样板间 · 议题 1 条 · 主持 周敏")


def test_the_roll_is_called_with_what_was_said_before(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    calls(zhou)
    wang.presses("参加")
    store.move_to(BEGINS)

    zhou.presses("点名")

    assert zhou.hears(
        "出席 2：周敏、王磊\n还没点 1：陈静",
        buttons=["陈静 出席", "陈静 迟到", "陈静 缺席", "其余都到了", "写纪要"],
    )

    zhou.presses("陈静 缺席")
    zhou.says("点名 王磊 迟到")
    store.move_to(OVER)

    kept = {key: one.attendance for key, one in people_of(store).items()}
    assert kept == {"zhou": Attendance.PRESENT, "wang": Attendance.LATE, "chen": Attendance.ABSENT}
    assert [one.state for one in meetings_of(store)] == [MeetingState.OVER]
    assert zhou.hears("出席 2（迟到 1） · 缺席 1\n缺席：陈静")
    assert wang.hears("已结束\n讨论样板间 · 主持 周敏\n出席 2（迟到 1） · 缺席 1")


def test_without_a_roll_call_nobody_says_who_was_there(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    calls(zhou)
    wang.presses("参加")

    store.move_to(OVER)

    assert {one.attendance for one in people_of(store).values()} == {Attendance.UNKNOWN}
    assert notices(store, "meetings.ended") == [("11-27 17:00", "zhou")]


def test_minutes_are_noted_line_by_line_and_sent_to_everybody(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    calls(zhou)
    store.move_to(BEGINS)
    zhou.presses("写纪要")
    zhou.says("样板间灯光太暗\n客户说展厅像仓库")
    zhou.says("决定：换 4000K 灯带")
    zhou.presses("写完了")

    assert zhou.hears("说了什么\n· 样板间灯光太暗\n· 客户说展厅像仓库\n决定\n1. 换 4000K 灯带")
    assert not wang.heard("仓库")

    zhou.presses("发出纪要")

    assert zhou.last().text == "✅ 纪要发出了，参加的 3 人都会收到。"
    assert chen.hears("纪要：部门会（设计部）今天（周五 11月27日）16:00–17:00：讨论样板间")
    assert chen.hears("· 客户说展厅像仓库\n决定\n1. 换 4000K 灯带")

    wang.says("纪要")

    assert "客户说展厅像仓库" in wang.last().text


def test_minutes_are_sent_once_and_again_only_with_something_new(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    calls(zhou)
    store.move_to(BEGINS)
    zhou.says("纪要 样板间灯光太暗")
    draft = next(one for one in reversed(zhou.sees()) if "发出纪要" in one.buttons)
    action = draft.actions[draft.buttons.index("发出纪要")]

    zhou.sends_press(draft.id, action)
    zhou.sends_press(draft.id, action)

    assert "已经发出，之后没有新的内容" in zhou.last().text
    assert len(wang.heard("纪要：")) == 1

    zhou.says("纪要 周一去看灯")
    zhou.presses("发出纪要")

    assert len(wang.heard("纪要（补充）：")) == 1


def test_leave_that_is_granted_later_excuses_too_and_nobody_is_pestered(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    calls(zhou)
    is_granted(chen, zhou, "请假 周五下午 家里有事")

    store.move_to(BEFORE)

    assert not chen.heard("⏰")
    assert zhou.hears("主持 周敏\n请假 1：陈静（调休 · 家里有事）")

    store.move_to(OVER)

    assert wang.hears("请假：陈静（休假）")
    assert not wang.heard("家里有事")

    assert people_of(store)["chen"].attendance == Attendance.EXCUSED


def test_who_is_away_already_hears_that_it_counts_as_excused(store: StoreAtWork, zhou: Person, chen: Person) -> None:
    is_granted(chen, zhou, "请假 周五下午 家里有事")

    zhou.says(DESIGN_FRIDAY)

    assert "⚠ 陈静 那时休假，算请假" in zhou.last().text

    zhou.presses("确认")

    assert chen.hears(f"周敏 定了会：{HEADING}。您那时休假，已经算请假，不用回复。")


def test_half_a_day_in_the_morning_does_not_excuse_from_the_afternoons_meeting(
    store: StoreAtWork, zhou: Person, chen: Person
) -> None:
    is_granted(chen, zhou, "请假 周五上午 家里有事")

    calls(zhou)
    store.move_to(BEFORE)

    assert chen.hears(f"周敏 请您开会：{HEADING}")
    assert chen.hears("⏰ 部门会（设计部）今天")


def test_a_morning_meeting_is_called_for_now(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    calls(zhou, "早会")

    assert wang.hears("周敏 请您现在开会：早会（全店）今天（周三 11月25日）10:00–11:00")
    assert zhou.hears("现在开会：早会（全店）", chat="store")
    assert ringing(store) == [("meetings:1", "end")]


def test_what_stands_in_the_way_is_said_and_stops_nobody(zhou: Person) -> None:
    calls(zhou)

    zhou.says("开会 周五下午4点半 全店 安全")

    assert "⚠ 周敏、王磊、陈静 那时还有：部门会（设计部）周五 11月27日 16:00–17:00：讨论样板间" in zhou.last().text
    assert list(zhou.last().buttons) == CONFIRM

    zhou.says("开会 1月1号9点 全店 新年")

    assert "⚠ 周五 2027年1月1日 店里不上班" in zhou.last().text

    zhou.says("开会 周五晚上8点 全店 盘点")

    assert "⚠ 不在上班时间" in zhou.last().text


def test_single_people_meet_about_their_own_business(
    store: StoreAtWork, zhou: Person, chen: Person, wang: Person
) -> None:
    calls(zhou, "开会 周五下午4点 陈静 谈薪资")
    store.move(minutes=2)

    assert chen.hears("会议（陈静）周五 11月27日 16:00–17:00：谈薪资")
    assert zhou.hears("会议通知：会议（陈静）周五 11月27日 16:00–17:00 · 主持 周敏", chat="store")

    wang.says("会议")

    assert "店里还有：\n· 会议（陈静）周五 11月27日 16:00–17:00" in wang.last().text
    assert not wang.heard("薪资")
    assert not wang.heard("薪资", chat="store")
