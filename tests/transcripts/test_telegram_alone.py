"""What only Telegram has: corrected messages, links that let people in, groups that are bound, the menu's commands."""

from __future__ import annotations

import re

from tests.telegram import FakeTelegram, Person
from tests.transcripts.conftest import TwoChannels
from tests.transcripts.stories import FORM


def bot_says(fake: FakeTelegram, person: Person) -> list[str]:
    return [one.text for one in person.sees() if one.sender == fake.bot.name]


def test_a_corrected_sentence_takes_the_place_of_the_one_before(two_channels: TwoChannels) -> None:
    wang, reads = two_channels.people["wang"], two_channels.telegram["wang"]
    wang.says("请假 周五下午 家里有事")
    reads.hears("周五 11月27日 14:00–17:30", buttons=FORM)

    wang.edits(wang.sees()[-2], "请假 周五上午 家里有事")
    two_channels.settles()

    reads.hears("周五 11月27日 9:00–12:00", buttons=FORM)
    assert reads.times_heard("请假，对吗？") == 2


def test_a_corrected_answer_is_taken_instead(two_channels: TwoChannels) -> None:
    wang, reads = two_channels.people["wang"], two_channels.telegram["wang"]
    reads.says("请假")
    reads.says("周五下午")
    asked = next(one for one in wang.sees() if one.text == "周五下午")

    wang.edits(asked, "周五上午")
    two_channels.settles()
    reads.says("家里有事")

    reads.hears("周五 11月27日 9:00–12:00", buttons=FORM)


def test_what_was_done_is_not_undone_by_a_correction(two_channels: TwoChannels) -> None:
    wang, reads = two_channels.people["wang"], two_channels.telegram["wang"]
    said = wang.says("请假 周五下午 家里有事")
    reads.presses("确认")

    wang.edits(said, "请假 周五上午 家里有事")
    two_channels.settles()

    reads.hears("改过的消息我不会回头看")
    two_channels.web["zhou"].hears("周五 11月27日 14:00–17:30")


def test_a_link_lets_a_new_colleague_in_and_a_stranger_hears_one_sentence(two_channels: TwoChannels) -> None:
    zhou, fake = two_channels.web["zhou"], two_channels.fake
    newcomer, stranger = fake.user("孙先生"), fake.user("路人")
    zhou.says("邀请 孙强")
    link = re.search(r"https://t\.me/(\w+)\?start=([\w-]+)", zhou.hears("的加入码").text)
    assert link is not None
    assert link[1] == fake.bot.username

    newcomer.starts(link[2])
    stranger.starts()
    stranger.says("在吗")
    two_channels.settles()

    assert any("孙强，欢迎来到" in said for said in bot_says(fake, newcomer))
    assert [said for said in bot_says(fake, stranger) if "只为店里同事服务" not in said] == []


def test_people_are_told_the_name_that_reaches_the_bot_in_a_group(two_channels: TwoChannels) -> None:
    two_channels.telegram["wang"].hears(f"在群里要先 @{two_channels.fake.bot.username}。")
    two_channels.web["wang"].says("帮助")

    two_channels.web["wang"].hears("在群里要先 @前台。")


def test_a_menu_command_begins_what_its_word_does(two_channels: TwoChannels) -> None:
    two_channels.telegram["wang"].says("/leave_request 周五下午 家里有事")

    two_channels.telegram["wang"].hears("周五 11月27日 14:00–17:30", buttons=FORM)


def test_a_group_becomes_the_stores_when_a_manager_says_so_in_it(two_channels: TwoChannels) -> None:
    fake, wang = two_channels.fake, two_channels.people["wang"]
    two_channels.web["zhou"].says("邀请 周敏")
    link = re.search(r"start=([\w-]+)", two_channels.web["zhou"].hears("的加入码").text)
    assert link is not None
    manager = fake.user("周敏")
    manager.starts(link[1])
    room = fake.supergroup("设计部群", manager, wang, forum=True).topic("前台")

    manager.says(f"@{fake.bot.username} 绑定本群", room)
    two_channels.settles()
    wang.says(f"@{fake.bot.username} 谁休假", room)
    two_channels.settles()

    answers = [one for one in wang.sees(room) if one.sender == fake.bot.name]
    assert len(answers) == 2
    assert {one.thread for one in answers} == {answers[0].thread} != {None}


def test_what_is_sent_in_telegram_is_kept_with_the_case(two_channels: TwoChannels) -> None:
    zhou, wang = two_channels.web["zhou"], two_channels.telegram["wang"]
    zhou.says("登记 李女士 13900000001 老客户介绍 锦绣花园 120平 三室两厅 4口人")
    for label in ("客户同意", "确认", "选设计师", "王磊"):
        zhou.presses(label)

    two_channels.people["wang"].sends_file("平面图.pdf", b"plan")
    two_channels.settles()
    two_channels.people["wang"].sends_album([b"\xff\xd8 one", b"\xff\xd8 two"])
    two_channels.settles()
    wang.says("文件 2026-0001")
    wang.presses("平面图.pdf（第 1 版）")

    wang.hears("✅ 收到，存到 2026-0001 平面方案：平面图.pdf（第 1 版）")
    album = wang.hears("✅ 收到，存到 2026-0001 平面方案：photo-")
    assert album.text.count("（第 1 版）") == 2
    assert wang.times_heard("✅ 收到") == 2
    wang.hears("2026-0001 平面图.pdf（第 1 版）", buttons=[])


def test_what_belongs_to_no_case_is_answered_once_and_kept_nowhere(two_channels: TwoChannels) -> None:
    sender, chen = two_channels.people["chen"], two_channels.telegram["chen"]

    sender.sends_album([b"\xff\xd8 one", b"\xff\xd8 two"])
    two_channels.settles()

    chen.hears("不过您手上现在没有客户的步骤，我没有存")
    assert chen.times_heard("我没有存") == 1
