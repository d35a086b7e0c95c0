"""Hostile input: whatever is typed or pressed, nothing crashes, nothing is executed, all is shown as it was typed."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.leave import LeaveState
from tests.chat import Person, StoreAtWork
from tests.chats.steps import leaves, not_done, raw_messages, states

QUICK = settings(
    deadline=None, max_examples=20, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

NASTY = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "bold": "<b>粗</b> & </b>",
    "entity": "&lt;b&gt; &amp;amp; &#x27;",
    "jinja": "{{ 7*7 }}",
    "jinja block": "{% raw %}{% endblock %}{% include 'leave.j2' %}",
    "jinja escape": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "sql": "'; DROP TABLE leave; --",
    "sql or": "1' OR '1'='1",
    "format": "{0.__class__} %s %(name)s ${x} {reason}",
    "quotes": "\"'`´‘’“”",
    "backslash": "\\n \\x00 \\u0000 C:\\temp",
    "emoji": "👨‍👩‍👧‍👦🏳️‍🌈😀",
    "joiners": "a\u200b\u200d\ufeffb",
    "combining": "e" + "\u0301" * 200,
    "path": "../../etc/passwd",
    "markdown": "*a* _b_ [c](http://x) ```d```",
    "json": '{"key": "desk.broken", "values": {}}',
    "notice": '{"notice": {"key": "desk.broken"}}',
    "action": "approvals:approve:1",
    "text key": "leave.approved",
    "rare": "𠮷𡈽㊙️ꙮ",
}
# What is shown is what is left of these.
CLEANED = {
    "NUL": ("家里\x00有事", "家里有事"),
    "control": ("家里\x01\x07\x1b[31m有事", "家里[31m有事"),
    "bidi": ("\u202e家里\u202c\u2066有事\u2069", "家里有事"),
    "lines": ("家里\n\n有\t事\r\n", "家里 有 事"),
}
# Texts of every shape that a message may be.
SHAPES = {
    "100 kB of words": "家" * 33_000,
    "100 kB of digits": "1" * 100_000,
    "100 kB of times": "周五下午" * 8_000,
    "100 kB of commands": "请假" * 16_000,
    "100 kB of pieces": "周五 " * 14_000,
    "100 kB of markup": "<b>" * 33_000,
    "100 kB of braces": "{{" * 50_000,
    "only spaces": " \u3000\t",
    "only a NUL": "\x00",
    "only commas": "，、；",
    "a huge number of days": "请假 99999999999999999999天",
    "a huge date": "请假 99999年99月99日",
    "a huge clock": "请假 周五999999点到9999999点",
    "superscript digits": "请假 ²³号 ①点",
    "other digits": "请假 ١٢月٣号",
    "a phone of 60 digits": "请假 周五下午 " + "1" * 60,
}


OURS = re.compile(r'<br>|</?b>|<time datetime="[0-9T:+-]+">|</time>')


def is_shown_escaped(store: StoreAtWork, who: str, said: str) -> bool:
    """Whether the bot shows the words as typed in its text, and escaped, with tags of ours only, in its html."""
    messages = [message for message in raw_messages(store, who) if message["from"] == "bot" and said in message["text"]]
    bare = [html.unescape(message["html"].replace("<br>", "\n")) for message in messages]
    tags = [OURS.sub("", message["html"]) for message in messages]
    return bool(messages) and all(said in one for one in bare) and not any("<" in one for one in tags)


@pytest.mark.parametrize("said", NASTY.values(), ids=NASTY)
def test_a_reason_is_shown_as_it_was_typed(long_day: StoreAtWork, said: str) -> None:
    wang, parked = long_day.person("wang"), not_done(long_day)
    wang.says("取消")
    wang.says("请假")
    wang.says("周五下午")

    wang.says(said)

    assert f"事由：{said}" in wang.last().text
    assert is_shown_escaped(long_day, "wang", said)
    assert not_done(long_day) == parked


@pytest.mark.parametrize(("said", "kept"), CLEANED.values(), ids=CLEANED)
def test_what_no_screen_can_show_is_left_out(long_day: StoreAtWork, said: str, kept: str) -> None:
    wang, parked = long_day.person("wang"), not_done(long_day)
    wang.says("取消")
    wang.says("请假")
    wang.says("周五下午")

    wang.says(said)

    assert f"事由：{kept}" in wang.last().text
    assert not_done(long_day) == parked


@pytest.mark.parametrize("said", SHAPES.values(), ids=SHAPES)
def test_a_message_of_any_shape_is_answered(long_day: StoreAtWork, said: str) -> None:
    wu, parked = long_day.person("wu"), not_done(long_day)
    wu.says("取消")
    before = wu.last()

    wu.says(said)

    assert not_done(long_day) == parked
    assert wu.last().id != before.id
    assert len(wu.last().text) < 1_000


@pytest.mark.parametrize("label", ["哪种假", "时间", "代班", "电话", "事由"])
def test_every_answer_of_the_form_takes_hostile_words(long_day: StoreAtWork, label: str) -> None:
    sun, parked = long_day.person("sun"), not_done(long_day)

    for said in (NASTY["script"], NASTY["jinja escape"], NASTY["sql"], NASTY["emoji"], "\u202e", "家" * 33_000):
        sun.says("请假 周五下午 吴刚 家里有事")
        sun.presses("修改")
        sun.presses(label)
        sun.says(said)

    assert not_done(long_day) == parked
    assert sun.last().sender == "bot"


def test_special_circumstances_and_a_no_are_shown_escaped_to_both(
    store: StoreAtWork, wang: Person, zhou: Person
) -> None:
    said, reason = NASTY["script"] + NASTY["jinja"], NASTY["image"] + NASTY["sql"]
    wang.says("请假 周六 家里有事")
    wang.presses("说明特殊情况")
    wang.says(said)
    wang.presses("确认")

    assert is_shown_escaped(store, "zhou", said)

    zhou.presses("不同意")
    zhou.says(reason)

    assert states(store) == [LeaveState.REFUSED]
    assert is_shown_escaped(store, "wang", reason)
    assert is_shown_escaped(store, "zhou", reason)
    assert not_done(store) == []


@pytest.mark.parametrize("name", ["script", "jinja", "sql", "emoji", "format"])
def test_a_hostile_reason_reaches_the_card_the_lists_and_the_rows_unchanged(
    store: StoreAtWork, wang: Person, zhou: Person, name: str
) -> None:
    said = NASTY[name]
    wang.says("请假")
    wang.says("周五下午")
    wang.says(said)
    wang.presses("确认")
    zhou.presses("同意")
    zhou.says("谁休假")

    assert [one.reason for one in leaves(store)] == [said]
    assert f"调休 · {said}" in zhou.last().text
    assert is_shown_escaped(store, "zhou", said)


def test_what_is_not_understood_is_quoted_escaped(long_day: StoreAtWork) -> None:
    wang = long_day.person("wang")
    wang.says("取消")

    wang.says("<i>x</i>{{7*7}}")

    assert wang.last().text.startswith("没听懂“<i>x</i>{{7*7}}”")
    assert is_shown_escaped(long_day, "wang", "<i>x</i>{{7*7}}")


def test_a_reason_that_is_too_long_is_asked_for_again(wang: Person) -> None:
    wang.says("请假")
    wang.says("周五下午")
    wang.says("家" * 501)

    assert "请缩短到 500 字以内" in wang.last().text
    assert "事由" in wang.last().text


# Lone surrogates are no text that JSON can carry.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
WORDS = [
    *(
        "请假",
        "休假",
        "代",
        "王磊",
        "陈静",
        "周五",
        "周六",
        "下午",
        "上午",
        "到",
        "至",
        "12月9号",
        "明天",
        "昨天",
        "半天",
    ),
    *(
        "三天",
        "家里有事",
        "病假",
        "年假",
        "取消",
        "修改",
        "确认",
        "跳过",
        "上一步",
        "接着填",
        "13800000003",
        "2点",
        "14:00",
    ),
    *("，", "。", "@前台", "谁休假", "我的假", "待我审批", "撤回决定", "菜单", "<b>", "{{", "0", "-1", "28号", "元旦"),
]
PARTS = ["approvals", "leave", "dialog", "help", "leave_withdrawal", "nothing", ""]
VERBS = [
    *("approve", "refuse", "snooze", "take_back", "show", "withdraw", "change", "come_back", "ok", "cancel", "back"),
    *("skip", "go", "o0", "o1", "f0", "f9", "run", "x"),
]
NUMBERS = ["1", "2", "3", "7", "0", "-1", "999999999999999999", "x", ""]
RESTS = ["", "1", "2", "3", "x", "leave.request", "approvals.waiting", "1:2"]
ACTION = st.tuples(*map(st.sampled_from, (PARTS, VERBS, NUMBERS, RESTS))).map(":".join)


@QUICK
@given(said=TEXT)
def test_any_text_is_answered(long_day: StoreAtWork, said: str) -> None:
    zhao, parked = long_day.person("zhao"), not_done(long_day)

    zhao.says(said)

    assert not_done(long_day) == parked
    assert zhao.sees()[-1].sender == "bot"


@QUICK
@given(pieces=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), glue=st.sampled_from(["", " ", "，"]))
@pytest.mark.parametrize("who", ["chen", "zhou", "liu"])
def test_any_sentence_of_the_stores_words_is_answered(
    long_day: StoreAtWork, pieces: list[str], glue: str, who: str
) -> None:
    parked = not_done(long_day)

    long_day.person(who).says(glue.join(pieces))

    assert not_done(long_day) == parked


@QUICK
@given(action=TEXT | ACTION)
@pytest.mark.parametrize("who", ["chen", "zhou"])
def test_any_action_is_answered(long_day: StoreAtWork, action: str, who: str) -> None:
    person, parked = long_day.person(who), not_done(long_day)
    person.says("请假 周五下午 家里有事")

    person.sends_press(person.last().id, action)

    assert not_done(long_day) == parked
    assert person.last().text
