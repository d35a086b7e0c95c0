"""A message as WeCom takes it: cards, fields, buttons, bytes, and every text of the store with hostile values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from bot.channels.wecom.writing import LONGEST_TITLE, LONGEST_WORDS, Part, anew, new_task_id, parts
from bot.talk import File, Message, Pressable, Tone
from bot.texts import plain
from tests.channels.hostile_texts import VALUES, Anything, every_text
from tests.wecom import cards
from tests.wecom.contents import LINK
from tests.wecom.refusals import JSON, Refused
from tests.wecom.typed import Typed

YES = Pressable("同意", "approvals:approve:1", Tone.GOOD)
NO = Pressable("不同意", "approvals:refuse:1", Tone.BAD)
LATER = Pressable("稍后提醒", "approvals:later:1")
SHEET = File("报价.xlsx", b"what it holds")
HOME = "https://example.com"
ASKED = "小王 申请调休\n明天（周四 11月26日）14:00–17:30\n\n事由：家里有事\n代班：陈静"


def many(number: int) -> tuple[tuple[Pressable, ...], ...]:
    return tuple((Pressable(f"第 {one}", f"leave:{one}"),) for one in range(number))


def card_of(part: Part) -> JSON:
    assert part.kind == "template_card"
    return dict(part.content)


def said(part: Part) -> str:
    """All that the part says, in the order in which it is read."""
    card: JSON = dict(part.content)
    fields = [f"{one['keyname']}：{one['value']}" for one in card.get("horizontal_content_list", ())]
    # No star is anybody's own where there is markdown.
    content = card.get("content", "").replace("**", "") if part.kind == "markdown" else card.get("content", "")
    lines = [content, card.get("main_title", {}).get("title", ""), card.get("sub_title_text", "")]
    return "\n".join(line for line in [*lines, *fields] if line)


def close(words: str) -> str:
    return re.sub(r"\s|\u200b", "", words)


# Cards.


def test_what_has_buttons_is_a_card_with_a_title_words_and_fields() -> None:
    [part] = parts(Message(ASKED, ((YES, NO), (LATER,))), task_id=lambda: "t1")

    assert card_of(part) == {
        "card_type": "button_interaction",
        "main_title": {"title": "小王 申请调休"},
        "sub_title_text": "明天（周四 11月26日）14:00–17:30",
        "horizontal_content_list": [{"keyname": "事由", "value": "家里有事"}, {"keyname": "代班", "value": "陈静"}],
        "task_id": "t1",
        "button_list": [
            {"text": "同意", "style": 1, "key": "approvals:approve:1"},
            {"text": "不同意", "style": 2, "key": "approvals:refuse:1"},
            {"text": "稍后提醒", "style": 1, "key": "approvals:later:1"},
        ],
    }


def test_a_card_that_has_nothing_below_its_title_shows_nothing_there() -> None:
    [part] = parts(Message("<b>同意吗？</b>", ((YES,),)))

    assert "sub_title_text" not in part.content
    assert "horizontal_content_list" not in part.content
    assert part.content["main_title"] == {"title": "同意吗？"}


@pytest.mark.parametrize(
    ("markup", "fields"),
    [
        # Only the last lines are fields: what stands above words is read before them.
        ("一\n事由：家里有事\n请答复", []),
        ("一\n请答复\n事由：家里有事", ["事由"]),
        ("一\n可以联系他：张三", ["可以联系他"]),
        ("一\n可以联系到他：张三", []),
        (f"一\n事由：{'很' * 26}", ["事由"]),
        (f"一\n事由：{'很' * 27}", []),
        ("一\n事由：", []),
        # A title is no field, even if it looks like one.
        ("事由：家里有事", []),
        ("一\n二：好\n三：好\n四：好\n五：好\n六：好\n七：好\n八：好", ["三", "四", "五", "六", "七", "八"]),
    ],
)
def test_short_lines_with_a_name_at_the_end_are_fields(markup: str, fields: list[str]) -> None:
    [part] = parts(Message(markup, ((YES,),)))

    assert [one["keyname"] for one in part.content.get("horizontal_content_list", [])] == fields
    assert close(said(part)) == close(markup)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("小王 申请调休，明天（周四 11月26日）14:00–17:30，代班是陈静", "小王 申请调休，"),
        ("小王 " + "很" * 30, "小王"),
        ("很" * 30, "很" * LONGEST_TITLE),
        ("很" * LONGEST_TITLE, "很" * LONGEST_TITLE),
    ],
)
def test_a_title_that_is_too_long_goes_on_below(line: str, title: str) -> None:
    [part] = parts(Message(line, ((YES,),)))

    assert part.content["main_title"]["title"] == title
    assert close(said(part)) == close(line)


def test_words_that_no_card_holds_come_before_it_as_text() -> None:
    markup = "小王 申请调休\n" + "很" * (LONGEST_WORDS + 1) + "\n事由：有事"

    text, card = parts(Message(markup, ((YES,),)))

    assert (text.kind, text.content) == ("text", {"content": markup})
    assert said(card) == "小王 申请调休"
    assert len(card.content["button_list"]) == 1


@pytest.mark.parametrize(("number", "sizes"), [(6, [6]), (7, [6, 1]), (13, [6, 6, 1])])
def test_more_than_six_buttons_go_on_a_card_of_their_own(number: int, sizes: list[int]) -> None:
    found = parts(Message("哪一天？", many(number)))

    assert [len(card_of(part)["button_list"]) for part in found] == sizes
    assert len({part.content["task_id"] for part in found}) == len(sizes)
    assert {part.content["main_title"]["title"] for part in found} == {"哪一天？"}


def test_a_further_card_says_what_it_belongs_to_and_repeats_nothing() -> None:
    message = Message("想休哪一天？\n下面这些天都可以。\n同事：王磊", many(7))

    front, behind = map(card_of, parts(message))

    assert front["main_title"] == behind["main_title"] == {"title": "想休哪一天？"}
    assert front["sub_title_text"] == "下面这些天都可以。"
    assert {"sub_title_text", "horizontal_content_list"} & set(behind) == set()


def test_two_buttons_that_do_the_same_are_one() -> None:
    [part] = parts(Message("好？", ((YES, NO), (YES,))))

    assert [one["text"] for one in part.content["button_list"]] == ["同意", "不同意"]


def test_every_card_has_a_task_of_its_own() -> None:
    assert len({new_task_id() for _ in range(1000)}) == 1000


# What a card becomes.


def test_a_card_with_buttons_is_changed_in_its_place_and_keeps_its_task() -> None:
    [part] = anew(Message("现在请陈静决定", ((YES, NO),)), HOME)

    assert "task_id" not in part.content
    assert [one["key"] for one in part.content["button_list"]] == ["approvals:approve:1", "approvals:refuse:1"]


def test_a_card_without_buttons_becomes_a_notice_that_opens_the_stores_page() -> None:
    [part] = anew(Message("已同意\n小王 调休\n代班：陈静"), HOME)

    assert card_of(part) == {
        "card_type": "text_notice",
        "main_title": {"title": "已同意"},
        "sub_title_text": "小王 调休",
        "horizontal_content_list": [{"keyname": "代班", "value": "陈静"}],
        "card_action": {"type": 1, "url": HOME},
    }


def test_what_a_changed_card_does_not_hold_follows_it() -> None:
    markup = "\n".join(["哪一天？", "很" * 400, "很" * 400])

    found = anew(Message(markup, many(7)), HOME)

    assert [part.kind for part in found] == ["template_card", "text", "text", "template_card"]
    assert "\n".join(part.content["content"] for part in found[1:3]) == markup
    assert [("task_id" in part.content) for part in found] == [False, False, False, True]


# Texts.


def test_what_has_no_buttons_is_a_text() -> None:
    assert parts(Message("王磊 &amp; 陈静\n好")) == [Part("text", {"content": "王磊 & 陈静\n好"})]


def test_bold_is_markdown() -> None:
    assert parts(Message("<b>王磊</b> 好\n<b>一\n二</b><b></b>")) == [
        Part("markdown", {"content": "**王磊** 好\n**一**\n**二**"})
    ]


@pytest.mark.parametrize("words", ["2*3*4", "`a`", "[a](b)", "3#楼", "&lt;font&gt;", "&gt; 一"])
def test_what_markdown_would_format_by_chance_is_shown_as_it_is(words: str) -> None:
    [part] = parts(Message(f"<b>王磊</b> {words}"))

    assert (part.kind, part.content["content"]) == ("text", f"王磊 {plain(words)}")


def test_a_link_that_somebody_typed_is_none() -> None:
    [part] = parts(Message('&lt;a href="x"&gt;请看&lt;/a&gt; &lt;A&gt; &lt;abbr&gt;'))

    assert not LINK.search(part.content["content"])
    assert close(part.content["content"]) == '<ahref="x">请看</a><A><abbr>'


@pytest.mark.parametrize(
    ("line", "number"),
    [("一" * 682 + "xx", 1), ("一" * 683, 2), ("x" * 2048, 1), ("x" * 2049, 2), ("😀" * 512, 1), ("😀" * 513, 2)],
)
def test_length_is_counted_in_bytes_and_cut_between_characters(line: str, number: int) -> None:
    found = parts(Message(line))

    assert len(found) == number
    assert "".join(part.content["content"] for part in found) == line


def test_what_is_bold_is_counted_with_its_stars() -> None:
    lines = ["x" * 1020] * 2

    found = parts(Message("\n".join(f"<b>{line}</b>" for line in lines)))

    assert [part.content["content"] for part in found] == [f"**{line}**" for line in lines]


def test_a_long_message_is_cut_between_lines_as_late_as_possible() -> None:
    lines = ["一" * 300] * 5

    found = parts(Message("\n".join(lines)))

    assert [len(part.content["content"]) for part in found] == [601, 601, 300]


def test_a_person_who_is_named_is_named_and_a_moment_is_said() -> None:
    due = '<time datetime="2026-11-27T14:00:00+08:00">周五 14:00</time>'

    [part] = parts(Message(f'<at staff="7">王磊</at> 请在 {due} 前答复', people={7: "wanglei"}))

    assert part.content["content"] == "王磊 请在 周五 14:00 前答复"


def test_a_file_comes_after_the_words_and_the_card() -> None:
    with_words, with_card = parts(Message("报价", file=SHEET)), parts(Message("报价", ((YES,),), SHEET))

    assert [part.kind for part in with_words] == ["text", "file"]
    assert [part.kind for part in with_card] == ["template_card", "file"]
    assert with_words[-1].file == SHEET


def test_a_file_without_words_is_alone() -> None:
    assert parts(Message(" \n", file=SHEET)) == [Part("file", {}, SHEET)]


# Every text of the store.


def wrong(found: Iterable[tuple[str, list[Part]]]) -> list[str]:
    """What WeCom would not take, or would cut, overlook or show otherwise, and why."""
    return [f"{key}: {why}" for key, some in found for part in some for why in complaints(part)]


def complaints(part: Part) -> list[str]:
    if part.kind == "template_card":
        return complaints_of(dict(part.content))
    content = part.content["content"]
    told = {
        "too long": len(content.encode()) > 2048,
        "nothing to say": not content.strip(),
        "shows a link": part.kind == "text" and bool(LINK.search(content)),
    }
    return [why for why, so in told.items() if so]


def complaints_of(card: dict[str, Any]) -> list[str]:
    typed = Typed(card)
    try:
        cards.check(typed, is_new="task_id" in card)
    except Refused as error:
        return [str(error)]
    shown = len(card["main_title"]["title"]) > LONGEST_TITLE or len(card.get("sub_title_text", "")) > LONGEST_WORDS
    return typed.overlooked + (["shows only its beginning"] if shown else [])


@pytest.mark.parametrize("name", VALUES)
def test_wecom_takes_every_text_and_every_card_and_shows_all_of_it_whatever_stands_in_it(name: str) -> None:
    written = {key: Message(one, ((YES, NO),)) for key, one in every_text(Anything(VALUES[name])).items()}
    sent = {key: parts(one) for key, one in written.items()}

    assert len(written) > 600
    assert wrong(sent.items()) == []
    assert wrong((key, anew(Message(one.markup), HOME)) for key, one in written.items()) == []
    assert [key for key, one in written.items() if not says_all(sent[key], close(plain(one.markup)))] == []


def says_all(sent: list[Part], words: str) -> bool:
    """A text that says nothing has a sign of its own as the title of its card."""
    return close("".join(said(part) for part in sent)).startswith(words)
