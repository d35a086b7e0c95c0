"""The form of leave: asked question by question, corrected, left, taken up again."""

from __future__ import annotations

import pytest

from tests.chat import Person, StoreAtWork
from tests.chats.steps import CONFIRM, states

FRIDAY = "请假 周五下午 家里有事"
WHEN = "从什么时候到什么时候？"


def nothing_open(long_day: StoreAtWork) -> Person:
    """王磊, who has put down whatever he was filling in."""
    wang = long_day.person("wang")
    wang.says("取消")
    return wang


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("请假", "调休"),  # nothing said: the store's first kind
        ("请个假", "调休"),
        ("我想请个假", "调休"),
        ("我要调休", "调休"),
        ("调个休", "调休"),
        ("休假", "调休"),
        ("想休息", "调休"),
        ("请一下假", "调休"),
        ("事假", "事假"),
        ("请事假", "事假"),
        ("年假", "年假"),
        ("我想休年假", "年假"),
        ("请年休假", "年假"),
        ("婚假", "婚丧产假"),
        ("请婚假", "婚丧产假"),
        ("我要休产假", "婚丧产假"),
        ("病假", "病假"),
        ("请病假", "病假"),
        ("我要请个病假", "病假"),
        ("我生病了", "病假"),
    ],
)
def test_words_begin_the_form_and_name_the_kind(long_day: StoreAtWork, said: str, kind: str) -> None:
    wang = nothing_open(long_day)

    wang.says(said)

    assert WHEN in wang.last().text

    wang.says("12月10号")
    wang.says("家里有事")

    assert wang.last().text.startswith(f"请假，对吗？\n王磊 · {kind} · 1 天\n周四 12月10日 9:00–17:30")


def test_defaults_stand_in_the_read_back_and_are_not_asked(wang: Person) -> None:
    wang.says(FRIDAY)

    assert "王磊 · 调休 · 半天" in wang.last().text
    assert "代班：陈静 · 可联系：138****0003" in wang.last().text


def test_somebody_without_a_colleague_of_the_same_role_is_asked_for_a_cover(zhao: Person) -> None:
    zhao.says("请假 周五下午 家里有事")

    assert zhao.last().text == "您不在的时候谁代班？"
    assert {"王磊", "陈静", "孙强", "吴刚"} <= set(zhao.last().buttons)

    zhao.says("吴刚")

    assert "代班：吴刚" in zhao.last().text


def test_who_is_away_is_no_cover(wang: Person, chen: Person) -> None:
    chen.says("病假 周五 发烧")
    chen.presses("确认")
    wang.says(FRIDAY)

    assert wang.last().text == "您不在的时候谁代班？"
    assert "陈静" not in wang.last().buttons


def test_a_line_may_name_the_cover_and_the_number_too(wang: Person) -> None:
    wang.says("请假 周五下午 赵倩 13900000001 家里有事")

    assert "事由：家里有事 · 代班：赵倩 · 可联系：139****0001" in wang.last().text


@pytest.mark.parametrize(
    ("label", "said", "shown"),
    [
        ("哪种假", "年假", "王磊 · 年假 · 半天"),
        ("时间", "周五上午", "周五 11月27日 9:00–12:00"),
        ("代班", "赵倩", "代班：赵倩"),
        ("电话", "13900000001", "可联系：139****0001"),
        ("事由", "看牙", "事由：看牙"),
    ],
)
def test_one_answer_is_changed_and_the_others_stay(long_day: StoreAtWork, label: str, said: str, shown: str) -> None:
    wang = nothing_open(long_day)
    wang.says(FRIDAY)
    kept = [line for line in wang.last().text.split("\n")[1:] if "11月27日" in line] if label != "时间" else []

    wang.presses("修改")
    wang.presses(label)
    wang.says(said)

    assert shown in wang.last().text
    assert all(line in wang.last().text for line in kept)
    assert list(wang.last().buttons) == CONFIRM


def test_changing_the_time_keeps_the_cover_who_is_free_then_too(wang: Person) -> None:
    wang.says("请假 周五下午 赵倩 家里有事")

    wang.says("周四下午")

    assert "明天（周四 11月26日）14:00–17:30" in wang.last().text
    assert "代班：赵倩" in wang.last().text


def test_a_changed_mind_about_changing_goes_back_to_the_read_back(wang: Person) -> None:
    wang.says(FRIDAY)
    wang.presses("修改")

    wang.presses("上一步")

    assert list(wang.last().buttons) == CONFIRM
    assert "周五 11月27日 14:00–17:30" in wang.last().text


def test_from_one_changed_answer_back_to_the_read_back(wang: Person) -> None:
    wang.says(FRIDAY)
    wang.presses("修改")
    wang.presses("时间")

    wang.says("上一步")

    assert list(wang.last().buttons) == CONFIRM


def test_back_asks_the_question_before(wang: Person) -> None:
    wang.says("请假")
    wang.says("周五下午")

    wang.presses("上一步")

    assert WHEN in wang.last().text

    wang.says("周四下午")
    wang.says("家里有事")

    assert "明天（周四 11月26日）14:00–17:30" in wang.last().text


def test_before_the_first_question_there_is_none(wang: Person) -> None:
    wang.says("请假")
    wang.says("上一步")

    assert wang.last().text.startswith("这是第一个问题，前面没有了。")
    assert WHEN in wang.last().text


def test_a_needed_answer_cannot_be_skipped(wang: Person) -> None:
    wang.says("请假")
    wang.says("跳过")

    assert wang.last().text.startswith("这一项要填，不能跳过。")
    assert WHEN in wang.last().text


def test_sick_leave_may_skip_its_reason(wang: Person) -> None:
    wang.says("病假 明天")

    wang.presses("跳过")

    assert wang.last().text.startswith("请假，对吗？\n王磊 · 病假 · 1 天")
    assert "事由" not in wang.last().text


@pytest.mark.parametrize("said", ["取消", "算了", "不填了"])
def test_a_form_is_put_down_with_a_word(store: StoreAtWork, wang: Person, said: str) -> None:
    wang.says(FRIDAY)
    wang.says(said)

    assert wang.last().text == "好，请假不填了，什么都没有登记。"
    assert states(store) == []

    wang.says(said)

    assert "现在没有正在填的内容" in wang.last().text


@pytest.mark.parametrize("said", ["确认", "好的", "对", "是的", "可以"])
def test_a_read_back_is_confirmed_with_a_word(store: StoreAtWork, wang: Person, said: str) -> None:
    wang.says(FRIDAY)
    wang.says(said)

    assert wang.hears("已交给 周敏")
    assert len(states(store)) == 1


def test_a_yes_is_no_answer_to_a_question(store: StoreAtWork, wang: Person) -> None:
    wang.says("请假")
    wang.says("好的")

    assert WHEN in wang.last().text
    assert states(store) == []


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("周四下午", "明天（周四 11月26日）14:00–17:30"),
        ("赵倩", "代班：赵倩"),
        ("13900000001", "可联系：139****0001"),
        ("年假", "王磊 · 年假 · 半天"),
    ],
)
def test_a_correction_may_be_typed_at_the_read_back(long_day: StoreAtWork, said: str, shown: str) -> None:
    wang = nothing_open(long_day)
    wang.says(FRIDAY)
    wang.says(said)

    assert shown in wang.last().text
    assert list(wang.last().buttons) == CONFIRM


def test_what_corrects_nothing_shows_the_read_back_again(wang: Person) -> None:
    wang.says(FRIDAY)
    wang.says("哈哈")

    assert wang.last().text.startswith("没看懂要改什么。对的话按“确认”，要改就按“修改”。")
    assert list(wang.last().buttons) == CONFIRM


def test_a_time_that_is_not_finished_asks_for_its_end_at_the_read_back(wang: Person) -> None:
    wang.says(FRIDAY)
    wang.says("明天下午3点")

    assert "到几点" in wang.last().text


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("昨天下午", "昨天（周二 11月24日）14:00–17:30 已经过了"),
        ("11月20号", "11月20日 已经过了"),
        ("2月30号", "2 月没有 30 号。是 周日 2027年2月28日，还是 周二 2027年3月2日？"),
        ("12月3号到1号", "的结束在开始前面"),
        ("周五下午4点到2点", "的结束在开始前面"),
        ("32号", "没有 32 号这一天"),
        ("周五下午3点", "到几点"),
        ("25点到26点", "没有 25:00 这个钟点"),
        ("从周五开始", "到哪天"),
        ("半天", "从什么时候开始"),
        ("过几天", "定不下来"),
        ("腊月初八", "农历的日子我不会算"),
        ("周五 11月28日", "星期和日期对不上"),
        ("随便", "没看懂“随便”是什么时间"),
    ],
)
def test_an_impossible_time_is_asked_back_kindly(long_day: StoreAtWork, said: str, hint: str) -> None:
    wang = nothing_open(long_day)
    wang.says("请假")
    wang.says(said)

    assert hint in wang.last().text
    assert "取消" in wang.last().buttons


def test_an_impossible_time_in_one_line_keeps_the_rest_of_it(wang: Person) -> None:
    wang.says("请假 2月30号 家里有事")

    assert wang.last().text.startswith("2 月没有 30 号。")

    wang.says("周五下午")

    assert "周五 11月27日 14:00–17:30\n事由：家里有事" in wang.last().text


def test_an_answer_may_say_more_than_was_asked(wang: Person) -> None:
    wang.says("请假")
    wang.says("周五下午 家里有事")

    assert "周五 11月27日 14:00–17:30\n事由：家里有事" in wang.last().text
