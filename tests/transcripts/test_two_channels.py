"""Two channels at once: asked on one, decided on the other; who has both hears where they spoke, or everywhere."""

from __future__ import annotations

from tests.transcripts.conftest import TwoChannels
from tests.transcripts.stories import CARD, FORM, FRIDAY

GRANTED = f"✅ 周敏 同意了：{FRIDAY} 调休。"


def test_what_is_asked_on_telegram_is_decided_in_the_web_chat_and_both_see_it(
    two_channels: TwoChannels,
) -> None:
    wang, zhou = two_channels.telegram["wang"], two_channels.web["zhou"]
    wang.says("请假 周五下午 家里有事")
    wang.presses("确认")
    zhou.hears("王磊 想调休半天", buttons=CARD)

    zhou.presses("同意")

    wang.hears(GRANTED, buttons=["撤回"])
    wang.hears("王磊 调休半天 · 周五 11月27日 14:00–17:30\n✅ 周敏 已同意（10:00）", buttons=["撤回"])
    zhou.hears("✅ 周敏 已同意（10:00）", buttons=["撤回决定"])
    two_channels.web["wang"].hears_nothing_of("同意了")


def test_what_is_taken_back_on_telegram_changes_the_card_in_the_web_chat(two_channels: TwoChannels) -> None:
    wang, zhou = two_channels.telegram["wang"], two_channels.web["zhou"]
    wang.says("请假 周五下午 家里有事")
    wang.presses("确认")

    wang.presses("撤回")

    zhou.hears("已撤回", buttons=[])


def test_a_card_is_changed_where_it_was_sent_wherever_its_reader_speaks_now(two_channels: TwoChannels) -> None:
    telegram, web = two_channels.telegram["wang"], two_channels.web["wang"]
    telegram.says("请假 周五下午 家里有事")
    telegram.presses("确认")
    web.says("谁休假")

    two_channels.web["zhou"].presses("同意")

    telegram.hears("✅ 周敏 已同意（10:00）", buttons=["撤回"])
    web.hears(GRANTED, buttons=["撤回"])
    telegram.hears_nothing_of("周敏 同意了")


def test_a_form_begun_on_one_channel_goes_on_on_the_other(two_channels: TwoChannels) -> None:
    telegram, web = two_channels.telegram["wang"], two_channels.web["wang"]
    telegram.says("请假")
    web.says("周五下午")
    web.says("家里有事")

    web.hears(f"王磊 · 调休 · 半天\n{FRIDAY}", buttons=FORM)


def test_who_chooses_so_hears_of_things_in_every_chat_and_is_answered_where_they_ask(two_channels: TwoChannels) -> None:
    telegram, web = two_channels.telegram["wang"], two_channels.web["wang"]
    telegram.says("通知设置")
    telegram.presses("每个聊天都发")
    telegram.hears("好，以后通知每个聊天都发")
    telegram.says("请假 周五下午 家里有事")
    telegram.presses("确认")

    two_channels.web["zhou"].presses("同意")

    telegram.hears(GRANTED, buttons=["撤回"])
    web.hears(GRANTED, buttons=["撤回"])
    assert (telegram.times_heard("周敏 同意了"), web.times_heard("周敏 同意了")) == (1, 1)
    web.hears_nothing_of("请假，对吗")


def test_who_has_one_chat_hears_that_there_is_nothing_to_choose(two_channels: TwoChannels) -> None:
    two_channels.web["zhou"].says("通知设置")

    two_channels.web["zhou"].hears("您只有这一个聊天")


def test_a_customers_number_does_not_go_over_telegram(two_channels: TwoChannels) -> None:
    telegram, web, zhou = two_channels.telegram["wang"], two_channels.web["wang"], two_channels.web["zhou"]
    zhou.says("登记 李芳 13900000001 路过 锦绣花园 120平 三室两厅 4口人")
    for label in ("客户同意", "确认", "选设计师", "王磊"):
        zhou.presses(label)

    telegram.says("客户 李芳")
    telegram.presses("看电话")
    web.says("客户 李芳")
    web.presses("看电话")

    telegram.hears("Telegram 的服务器在境外，客户的电话不在这里显示。")
    telegram.hears("2026-0001 李** 锦绣花园 120㎡")
    telegram.hears_nothing_of("13900000001")
    web.hears("2026-0001 李芳 的电话：13900000001。")
