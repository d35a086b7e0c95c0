"""Sentences as staff type them, with and without spaces, each meeting in the right read-back."""

from __future__ import annotations

import pytest

from tests.chat import StoreAtWork
from tests.chats.steps import CONFIRM

FRIDAY_AFTERNOON = ("调休 · 半天", "周五 11月27日 14:00–17:30")
TOMORROW = "明天（周四 11月26日）"

SENTENCES = [
    ("请假 周五下午 家里有事", *FRIDAY_AFTERNOON, "家里有事"),
    ("我周五下午想请个假，家里有事", *FRIDAY_AFTERNOON, "家里有事"),
    ("请假周五下午家里有事", *FRIDAY_AFTERNOON, "家里有事"),
    ("周五下午家里有事要请假", *FRIDAY_AFTERNOON, "家里有事"),
    ("请假，周五下午，家里有事", *FRIDAY_AFTERNOON, "家里有事"),
    ("请假；周五下午；家里有事", *FRIDAY_AFTERNOON, "家里有事"),
    ("請假 週五下午 家裡有事", *FRIDAY_AFTERNOON, "家裡有事"),
    ("想请周五下午的假，陪老婆产检", *FRIDAY_AFTERNOON, "陪老婆产检"),
    ("家里有事 周五下午 请假", *FRIDAY_AFTERNOON, "家里有事"),
    ("调休 周四 家里装宽带", "调休 · 1 天", f"{TOMORROW}9:00–17:30", "家里装宽带"),
    ("调个休，周四，家里装宽带", "调休 · 1 天", f"{TOMORROW}9:00–17:30", "家里装宽带"),
    ("周日调休，陪家人", "调休 · 1 天", "周日 11月29日 9:00–17:30", "陪家人"),
    ("我下周二上午想调个休，办社保", "调休 · 半天", "周二 12月1日 9:00–12:00", "办社保"),
    ("因为孩子发烧，明天上午要请半天假", "调休 · 半天", f"{TOMORROW}9:00–12:00", "孩子发烧"),
    ("身体不舒服，明天上午想请假", "调休 · 半天", f"{TOMORROW}9:00–12:00", "身体不舒服"),
    ("明天早上请半天假，送孩子上学", "调休 · 半天", f"{TOMORROW}9:00–12:00", "送孩子上学"),
    ("请一天假 12月1号 搬家", "调休 · 1 天", "周二 12月1日 9:00–17:30", "搬家"),
    ("因为要搬家，所以下周一请假", "调休 · 1 天", "周一 11月30日 9:00–17:30", "搬家"),
    ("11月30日请假一天，考试", "调休 · 1 天", "周一 11月30日 9:00–17:30", "考试"),
    ("30号请假，驾照考试", "调休 · 1 天", "周一 11月30日 9:00–17:30", "驾照考试"),
    ("请假 30号 驾照考试", "调休 · 1 天", "周一 11月30日 9:00–17:30", "驾照考试"),
    ("请假 明天下午2点到4点 去银行", "调休 · 2 小时", f"{TOMORROW}14:00–16:00", "去银行"),
    ("请假明天9点到11点接老人", "调休 · 2 小时", f"{TOMORROW}9:00–11:00", "接老人"),
    ("请假明天下午2点到下班，去医院", "调休 · 半天", f"{TOMORROW}14:00–17:30", "去医院"),
    ("我请两个小时的假，明天下午3点开始，开家长会", "调休 · 2 小时", f"{TOMORROW}15:00–17:00", "开家长会"),
    ("12.7下午请假拿体检报告", "调休 · 半天", "周一 12月7日 14:00–17:30", "拿体检报告"),
    ("从周四到周五请假，装修自己家", "调休 · 2 天", "周四 11月26日 9:00 至 周五 11月27日 17:30", "装修自己家"),
    ("周四周五请假，装修自己家", "调休 · 2 天", "周四 11月26日 9:00 至 周五 11月27日 17:30", "装修自己家"),
    ("明后两天我要请假，家里老人住院", "调休 · 2 天", "周四 11月26日 9:00 至 周五 11月27日 17:30", "家里老人住院"),
    ("老板，我周五想请个假，家里有事", "调休 · 1 天", "周五 11月27日 9:00–17:30", "家里有事"),
    ("后天请一天假，参加婚礼", "调休 · 1 天", "周五 11月27日 9:00–17:30", "参加婚礼"),
    ("你好，我想请12月10号的假，孩子家长会", "调休 · 1 天", "周四 12月10日 9:00–17:30", "孩子家长会"),
    ("下礼拜四请假，体检", "调休 · 1 天", "周四 12月3日 9:00–17:30", "体检"),
    ("事假 周五 办证", "事假 · 1 天", "周五 11月27日 9:00–17:30", "办证"),
    ("年假 12月7号 旅游", "年假 · 1 天", "周一 12月7日 9:00–17:30", "旅游"),
    ("我想请三天年假，12月6号开始，旅游", "年假 · 3 天", "周日 12月6日 9:00 至 周二 12月8日 17:30", "旅游"),
    ("请病假 明天上午 拉肚子", "病假 · 半天", f"{TOMORROW}9:00–12:00", "拉肚子"),
    ("请个病假，明天一天，发烧", "病假 · 1 天", f"{TOMORROW}9:00–17:30", "发烧"),
    ("我明天想请病假，头疼", "病假 · 1 天", f"{TOMORROW}9:00–17:30", "头疼"),
    ("婚假 12月14号到18号 回老家办酒", "婚丧产假 · 5 天", "周一 12月14日 9:00 至 周五 12月18日 17:30", "回老家办酒"),
    ("请三天婚假，12月5号开始，办酒", "婚丧产假 · 3 天", "周六 12月5日 9:00 至 周一 12月7日 17:30", "办酒"),
]


@pytest.mark.parametrize(("sentence", "what", "when", "why"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_one_sentence_goes_straight_to_the_read_back(
    long_day: StoreAtWork, sentence: str, what: str, when: str, why: str
) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says(sentence)

    first, person, span, details = wang.last().text.split("\n")
    assert first == "请假，对吗？"
    assert (person, span) == (f"王磊 · {what}", when)
    assert details.startswith(f"事由：{why} · 代班：陈静")
    assert list(wang.last().buttons) == CONFIRM


def test_the_table_has_more_than_thirty_sentences_half_of_them_without_spaces() -> None:
    typed = {row[0] for row in SENTENCES}

    assert len(typed) == len(SENTENCES) >= 40
    assert len([one for one in typed if " " not in one]) >= 20
