"""The stories: what happens in the store, told once for all channels."""

from __future__ import annotations

from collections.abc import Callable

from tests.transcripts.case_story import a_customer_comes_in_and_signs_the_contract
from tests.transcripts.conftest import Shop

FORM = ["确认", "修改", "取消"]
CARD = ["同意", "不同意", "稍后提醒"]
FRIDAY = "周五 11月27日 14:00–17:30"
THURSDAY = "明天（周四 11月26日）"
Story = Callable[[Shop], None]


def asks(shop: Shop, who: str, words: str) -> None:
    person = shop.people[who]
    person.says(words)
    person.presses("确认")


def leave_is_asked_for_in_a_sentence_and_granted_by_a_button(shop: Shop) -> None:
    shop.wang.says("请假 周五下午 家里有事")
    shop.wang.hears(f"王磊 · 调休 · 半天\n{FRIDAY}", buttons=FORM)
    shop.wang.presses("确认")
    shop.zhou.hears(f"王磊 想调休半天\n{FRIDAY}", buttons=CARD)
    shop.zhou.presses("同意")

    shop.wang.hears(f"✅ 周敏 同意了：{FRIDAY} 调休。", buttons=["撤回"])
    shop.zhou.hears("✅ 周敏 已同意（10:00）", buttons=["撤回决定"])
    assert shop.zhou.times_heard("王磊 想调休半天") == 0


def leave_is_asked_for_step_by_step(shop: Shop) -> None:
    shop.chen.says("我想请假")
    shop.chen.says("周五下午")
    shop.chen.says("家里有事")

    shop.chen.hears(f"陈静 · 调休 · 半天\n{FRIDAY}", buttons=FORM)


def leave_is_refused_with_a_reason(shop: Shop) -> None:
    asks(shop, "chen", "请假 周五下午 看牙")
    shop.zhou.presses("不同意")
    shop.zhou.says("下午有三组客户")

    shop.chen.hears("下午有三组客户")
    shop.zhou.hears("周敏 没有同意（10:00）：下午有三组客户", buttons=["撤回决定"])


def a_day_without_leave_is_said_with_the_next_free_one(shop: Shop) -> None:
    shop.wang.says("请假 周六 家里有事")

    shop.wang.hears("周六 11月28日 全店不休假")
    shop.wang.presses("周日 11月29日")
    shop.wang.hears("周日 11月29日", buttons=FORM)


def what_nobody_answers_goes_to_who_is_next(shop: Shop) -> None:
    asks(shop, "wang", "请假 周五下午 家里有事")
    shop.moves_to("11-26 14:00")

    shop.zhou.hears("⏰ 还等您答复")
    shop.moves_to("11-27 09:30")
    shop.liu.presses("同意")
    shop.wang.hears("刘总 同意了")
    shop.zhou.hears("✅ 刘总 已同意")


def the_second_press_hears_who_was_first(shop: Shop) -> None:
    asks(shop, "wang", "请假 周五下午 家里有事")
    shop.zhou.presses("同意")
    shop.zhou.forges("approvals:approve:1")

    shop.zhou.hears("10:00 已经同意过了")
    assert shop.wang.times_heard("同意了") == 1


def a_forged_button_changes_nothing(shop: Shop) -> None:
    asks(shop, "wang", "请假 周五下午 家里有事")
    shop.chen.says("菜单")
    shop.chen.forges("approvals:approve:1")

    shop.chen.hears("这件事由刘总或周敏决定")
    shop.wang.hears_nothing_of("同意了")


def an_outing_is_told_and_the_group_hears_where_and_until_when(shop: Shop) -> None:
    asks(shop, "wang", "外出 锦绣花园量房 下午两点到四点")
    shop.moves_to("10:05")

    shop.zhou.hears("王磊 外出")
    shop.wu.hears("王磊 外出 · 锦绣花园 · 14:00–16:00", group=True)
    shop.moves_to("15:00")
    shop.wang.presses("回来了")
    shop.wang.hears("15:00")


def who_is_late_is_asked_after(shop: Shop) -> None:
    asks(shop, "wang", "外出 锦绣花园量房 下午两点到四点")
    shop.moves_to("16:20")

    shop.wang.hears("⏰ 王磊，您说 16:00 回来", buttons=["回来了", "再等一会", "已直接下班"])
    shop.wang.presses("再等一会")


def a_trip_needs_a_yes_before_departure(shop: Shop) -> None:
    asks(shop, "wang", "出城 周四 8点半 成都 看材料")
    shop.liu.hears("王磊 申请出县城", buttons=CARD)
    shop.liu.presses("同意")

    shop.wang.hears(f"✅ 刘总 同意了：{THURSDAY}8:30–17:30 成都 · 看材料。", buttons=["已出发", "不去了"])
    shop.zhou.hears("王磊 出城 · 成都 · 看材料")
    shop.moves_to("11-26 08:31")
    shop.wang.says("已出发")
    shop.wang.hears("一路平安")


def who_leaves_town_without_a_yes_hears_the_rule_first(shop: Shop) -> None:
    asks(shop, "wang", "出城 今天下午两点 成都 看材料")
    shop.wang.says("已出发")

    shop.wang.hears("同意")
    shop.liu.hears("王磊 申请出县城")


def a_meeting_is_called_in_a_line_and_answered_by_buttons(shop: Shop) -> None:
    asks(shop, "zhou", "开会 周五下午4点 全店 讨论样板间")
    shop.wang.hears("讨论样板间", button="参加")
    shop.wang.presses("参加")
    shop.chen.presses("请假")
    shop.chen.says("要去量房")

    shop.zhou.hears("要去量房")


def the_group_hears_who_is_away_and_private_things_stay_private(shop: Shop) -> None:
    shop.zhao.says("病假 今天 发烧")
    shop.zhao.presses("跳过")
    shop.zhao.presses("确认")
    shop.sun.says("谁休假", group=True)
    shop.sun.hears("赵倩", group=True)
    shop.sun.hears_nothing_of("发烧", group=True)
    shop.sun.says("我的假", group=True)

    shop.sun.hears("孙强，这件事我私下跟您说。", group=True)


def words_that_are_no_command_are_never_met_with_silence(shop: Shop) -> None:
    shop.wu.says("周五看房子")

    shop.wu.hears("没听懂“周五看房子”。您是想：")


def leave_is_taken_back_and_everybody_concerned_hears_it(shop: Shop) -> None:
    asks(shop, "wang", "请假 周五下午 家里有事")
    shop.zhou.presses("同意")
    shop.wang.presses("撤回", on="✅ 周敏 同意了")

    shop.zhou.hears("已撤回")


STORIES: tuple[Story, ...] = (
    leave_is_asked_for_in_a_sentence_and_granted_by_a_button,
    leave_is_asked_for_step_by_step,
    leave_is_refused_with_a_reason,
    leave_is_taken_back_and_everybody_concerned_hears_it,
    a_day_without_leave_is_said_with_the_next_free_one,
    what_nobody_answers_goes_to_who_is_next,
    the_second_press_hears_who_was_first,
    a_forged_button_changes_nothing,
    an_outing_is_told_and_the_group_hears_where_and_until_when,
    who_is_late_is_asked_after,
    a_trip_needs_a_yes_before_departure,
    who_leaves_town_without_a_yes_hears_the_rule_first,
    a_meeting_is_called_in_a_line_and_answered_by_buttons,
    the_group_hears_who_is_away_and_private_things_stay_private,
    words_that_are_no_command_are_never_met_with_silence,
    a_customer_comes_in_and_signs_the_contract,
)
ASKED_IN_THE_GROUP: tuple[Story, ...] = (the_group_hears_who_is_away_and_private_things_stay_private,)
