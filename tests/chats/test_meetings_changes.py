"""Meetings that move, are called off, or are pressed by two at once: told once, one winner, no old reminder speaks."""

from __future__ import annotations

from storage.meetings import Coming, MeetingState
from tests.chat import Person, StoreAtWork
from tests.chats.meeting_steps import calls, meetings_of, moments, notices, people_of, ringing
from tests.chats.steps import not_done, verbs

BEGINS = "2026-11-27T16:00:00+08:00"


def moves(person: Person, to: str) -> None:
    """修改 on the card, another time, confirmed."""
    person.presses("修改")
    person.presses("修改")
    person.presses("时间")
    person.says(to)
    person.presses("确认")


def press(person: Person, label: str) -> tuple[str, str]:
    """The newest button with that label, as message and action, to be sent later."""
    message = next(one for one in reversed(person.sees()) if label in one.buttons)
    return message.id, message.actions[message.buttons.index(label)]


def test_a_moved_meeting_is_told_once_and_no_old_reminder_speaks(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    calls(zhou)
    wang.presses("参加")
    store.move_to("2026-11-26T17:00:00+08:00")

    moves(zhou, "下周二10点")

    assert wang.hears(
        "⚠ 会改了（周敏）：部门会（设计部）周二 12月1日 10:00–11:00：讨论样板间\n"
        "原来是 明天（周五 11月27日）16:00–17:00，来不来请再说一下。"
    )
    store.move_to("2026-12-01T11:00:00+08:00")
    assert notices(store, "meetings.changed") == [("11-26 17:00", "wang"), ("11-26 17:00", "chen")]
    assert moments(store, "meetings.day_before") == ["11-26 17:00", "11-30 17:00"]
    assert moments(store, "meetings.soon") == ["12-01 09:30"]
    assert moments(store, "meetings.group_changed") == ["11-26 17:00"]
    assert people_of(store)["wang"].coming == Coming.UNSAID


def test_moved_twice_it_is_told_twice_and_announced_once(store: StoreAtWork, zhou: Person) -> None:
    calls(zhou)

    moves(zhou, "周五下午3点")
    moves(zhou, "周五下午4点")
    store.move_to(BEGINS)

    assert len(notices(store, "meetings.changed")) == 4
    assert moments(store, "meetings.soon") == ["11-27 15:30"]


def test_another_audience_tells_only_those_whom_it_concerns(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person, zhao: Person
) -> None:
    calls(zhou)
    zhou.presses("修改")
    zhou.says("陈静、赵倩")
    zhou.presses("确认")

    assert zhao.hears("周敏 请您开会：会议（陈静、赵倩）")
    assert wang.hears("这个会不用您参加了")
    assert notices(store, "meetings.changed") == []
    store.move_to(BEGINS)
    assert {who for _, who in notices(store, "meetings.soon")} == {"zhou", "chen", "zhao"}


def test_a_cancelled_meeting_is_told_once_with_its_reason_and_is_silent_then(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    calls(zhou)
    store.move(minutes=2)
    zhou.presses("取消会议")
    zhou.says("客户改期了")
    store.move_to("2026-11-28T10:00:00+08:00")

    assert wang.hears("周敏取消了：部门会（设计部）周五 11月27日 16:00–17:00。原因：客户改期了", buttons=[])
    assert notices(store, "meetings.cancelled") == [("11-25 10:02", "wang"), ("11-25 10:02", "chen")]
    assert zhou.hears("取消了：部门会（设计部）", chat="store")
    assert not zhou.heard("客户改期了", chat="store")
    assert moments(store, "meetings.soon") == []
    assert ringing(store) == []


def test_whoever_thinks_better_of_it_leaves_the_meeting_as_it_is(store: StoreAtWork, zhou: Person) -> None:
    calls(zhou)
    zhou.presses("取消会议")

    zhou.says("取消")

    assert zhou.last().text == "好，会照常开。"
    assert [one.state for one in meetings_of(store)] == [MeetingState.PLANNED]


def test_an_answer_to_a_cancelled_meeting_hears_that_it_is_off(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    calls(zhou)
    message, action = press(wang, "参加")
    zhou.presses("取消会议")
    zhou.presses("跳过")

    wang.sends_press(message, action)

    assert wang.last().text.startswith("这个会已经取消了")
    assert people_of(store)["wang"].coming == Coming.UNSAID


def test_a_reason_typed_after_the_meeting_was_called_off_closes_the_form(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    calls(zhou)
    wang.presses("请假")
    zhou.presses("取消会议")
    zhou.presses("跳过")

    wang.says("去工地")

    assert wang.last().text.startswith("这个会已经取消了")
    wang.says("菜单")
    assert "能办" in wang.last().text or wang.last().buttons


def test_of_two_who_change_a_meeting_the_first_wins_and_the_second_hears_it(
    store: StoreAtWork, zhou: Person, liu: Person, wang: Person
) -> None:
    calls(zhou)
    liu.says("会议")
    liu.sends_press(liu.last().id, "meetings:change:1")
    liu.presses("修改")
    liu.presses("时间")
    liu.says("周五下午2点")

    moves(zhou, "周五下午3点")
    liu.presses("确认")

    assert "刚才有人先改过了，请看现在的：部门会（设计部）周五 11月27日 15:00–16:00" in liu.last().text
    assert len(notices(store, "meetings.changed")) == 2
    assert verbs(store).count("meetings.changed") == 1


def test_cancelling_and_starting_at_once_has_one_winner(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    calls(zhou)
    store.move_to(BEGINS)
    zhou.presses("取消会议")
    liu.says("会议")

    liu.sends_press(liu.last().id, "meetings:roll:1")
    zhou.presses("跳过")

    assert [one.state for one in meetings_of(store)] == [MeetingState.STARTED]
    assert zhou.last().text.startswith("这个会已经开始或结束，取消不了")
    assert notices(store, "meetings.cancelled") == []


def test_starting_what_was_cancelled_is_refused(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    calls(zhou)
    store.move_to(BEGINS)
    zhou.presses("取消会议")
    zhou.presses("跳过")
    liu.says("会议")

    liu.sends_press(liu.last().id, "meetings:roll:1")

    assert liu.last().text.startswith("这个会已经取消了")
    assert [one.state for one in meetings_of(store)] == [MeetingState.CANCELLED]


def test_everybody_presses_in_the_same_instant(store: StoreAtWork, zhou: Person) -> None:
    calls(zhou, "开会 周五下午4点 全店 年底冲刺")
    keys = ("wang", "chen", "zhao", "sun", "wu", "liu")
    cards = {key: press(store.person(key), "参加") for key in keys}
    posts = [
        (
            "/api/chat/presses",
            {"as": key, "chat": "private", "id": f"{key}{n}", "message": cards[key][0], "action": cards[key][1]},
        )
        for key in keys
        for n in range(2)
    ]

    store.posts_at_once(posts)

    assert {key: people_of(store)[key].coming for key in keys} == dict.fromkeys(keys, Coming.YES)
    assert verbs(store).count("meetings.answered") == len(keys)
    assert not_done(store) == []


def test_two_who_cancel_in_the_same_instant_tell_it_once(store: StoreAtWork, zhou: Person, liu: Person) -> None:
    calls(zhou)
    liu.says("会议")
    liu.sends_press(liu.last().id, "meetings:cancel:1")
    zhou.presses("取消会议")
    posts = [
        ("/api/chat/messages", {"as": key, "chat": "private", "id": f"c{key}", "text": "跳过"})
        for key in ("zhou", "liu")
    ]

    store.posts_at_once(posts)

    told = [who for _, who in notices(store, "meetings.cancelled")]
    assert sorted(told) in (["chen", "wang"], ["chen", "wang", "zhou"])
    assert verbs(store).count("meetings.cancelled") == 1


def test_a_roll_call_long_before_the_meeting_is_refused(store: StoreAtWork, zhou: Person) -> None:
    calls(zhou)

    zhou.sends_press(zhou.last().id, "meetings:roll:1")

    assert zhou.last().text.startswith("还没到时候")
    assert [one.state for one in meetings_of(store)] == [MeetingState.PLANNED]


def test_the_host_gives_the_meeting_to_somebody_else_instead_of_begging_off(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    calls(zhou)
    zhou.sends_press(zhou.last().id, "meetings:no:1")

    assert zhou.last().text.startswith("您是主持人")

    zhou.presses("修改")
    zhou.presses("修改")
    zhou.presses("主持")
    zhou.says("王磊")
    zhou.presses("确认")

    assert wang.hears("参加 1：王磊")
    assert "取消会议" in press_labels(wang)


def press_labels(person: Person) -> set[str]:
    return {label for one in person.sees() for label in one.buttons}


def test_nothing_changed_changes_nothing(store: StoreAtWork, zhou: Person) -> None:
    calls(zhou)
    zhou.presses("修改")

    zhou.presses("确认")

    assert zhou.last().text == "没有改动，会照旧。"
    assert notices(store, "meetings.changed") == []


def test_a_meeting_called_late_at_night_is_told_in_the_morning(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    store.move_to("2026-11-25T22:00:00+08:00")
    calls(zhou, "开会 明天下午3点 设计部 讨论样板间")

    assert not wang.heard("请您开会")

    store.move_to("2026-11-26T08:00:00+08:00")

    assert wang.hears("请您开会")


def test_what_was_not_said_yet_is_not_said_when_it_is_off(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    store.move_to("2026-11-25T22:00:00+08:00")
    calls(zhou, "开会 明天下午3点 设计部 讨论样板间")
    zhou.presses("取消会议")
    zhou.presses("跳过")

    store.move_to("2026-11-26T08:00:00+08:00")

    assert not wang.heard("请您开会")
