"""A message as the AI bot takes it: nobody's words format anything, and every text of the store fits."""

from __future__ import annotations

import re

import pytest

from bot.channels.wecom_bot.writing import LONGEST_WORDS, anew, parts, texts
from bot.talk import Message, Pressable
from bot.texts import plain
from tests.channels.hostile_texts import VALUES, Anything, every_text
from tests.wecom import cards
from tests.wecom.typed import Typed
from tests.wecom_bot.commands import LONGEST_MARKDOWN

YES = Pressable("同意", "approvals:approve:1")
# Bold is ours; whatever else would be formatted is somebody's words.
FORMATTED = re.compile(r"[*`\[\]<]|^\s*(?:[#>|+=:-]|\d+[.)])", re.MULTILINE)


def written(markup: str) -> str:
    [part] = texts(Message(markup))
    assert part.kind == "markdown"
    return str(part.content["content"])


def as_read(words: str) -> str:
    """What somebody sees, as they typed it."""
    return words.replace("**", "").replace("\u200b", "").translate(str.maketrans("＊｀［］＜", "*`[]<"))


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("好", "好"),
        ("<b>同意</b>吗？", "**同意**吗？"),
        # Beside a comma the stars would be seen.
        ("<b>小王，</b>好", "小王，好"),
        ("<b>（小王）</b>", "（小王）"),
        ("<b> </b>好<b></b>", " 好"),
        ('<at staff="7">小王</at>，<time datetime="x">17:30</time>', "小王，17:30"),
        ("3*4*5", "3＊4＊5"),
        ("<b>3*4</b>", "**3＊4**"),
        ("# 一", "\u200b# 一"),
        ("一 # 二 > 三 - 四", "一 # 二 > 三 - 四"),
        ("1. 一\n 2) 二", "\u200b1. 一\n\u200b 2) 二"),
        ("- 一\n---\n|a|\n&gt; 二", "\u200b- 一\n\u200b---\n\u200b|a|\n\u200b> 二"),
        ("&lt;font color=red&gt;", "＜font color=red>"),
        ("[看](https://x.cn/a_b#c) ![图](x)", "［看］(https://x.cn/a_b#c) !［图］(x)"),
        ("`x`", "｀x｀"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_only_what_the_store_makes_bold_is_formatted(markup: str, shown: str) -> None:
    assert written(markup) == shown


def test_a_text_that_says_nothing_is_not_sent() -> None:
    assert texts(Message(" \n")) == []


@pytest.mark.parametrize("character", ["*", "请", "- 好\n", "1. ", "[", "👨‍👩‍👧‍👦", "<b>好</b>"])
def test_a_long_text_is_cut_within_its_bytes_and_nothing_is_lost(character: str) -> None:
    markup = character * 30_000

    found = [str(part.content["content"]) for part in texts(Message(markup))]

    assert max(len(one.encode()) for one in found) <= LONGEST_MARKDOWN
    assert min(len(one.encode()) for one in found[:-1]) > LONGEST_MARKDOWN // 2
    assert re.sub(r"\s", "", as_read("".join(found))) == re.sub(r"\s", "", plain(markup))


@pytest.mark.parametrize("value", VALUES)
def test_every_text_of_the_store_fits_and_formats_nothing_by_chance(value: str) -> None:
    wrong = [
        key
        for key, markup in every_text(Anything(VALUES[value])).items()
        for part in texts(Message(markup))
        if len(str(part.content["content"]).encode()) > LONGEST_MARKDOWN
        or FORMATTED.search(str(part.content["content"]).replace("**", ""))
    ]

    assert wrong == []


def test_every_text_of_the_store_makes_a_card_that_wecom_takes() -> None:
    overlooked: list[str] = []
    for markup in every_text(Anything(VALUES["odd"])).values():
        for part in parts(Message(markup, ((YES,),))):
            if part.kind == "template_card":
                cards.check(Typed(dict(part.content), overlooked=overlooked), is_new=True)

    assert overlooked == []


def test_a_card_holds_fewer_words_than_an_apps() -> None:
    fits = parts(Message("好？\n" + "很" * LONGEST_WORDS, ((YES,),)))
    words, card = parts(Message("好？\n" + "很" * (LONGEST_WORDS + 1), ((YES,),)))

    assert [part.kind for part in fits] == ["template_card"]
    assert (words.kind, card.kind) == ("markdown", "template_card")


def test_a_button_has_nothing_that_a_bots_card_does_not_know() -> None:
    [card] = parts(Message("好？", ((YES,),)), task_id=lambda: "t1")

    assert card.content["button_list"] == [{"text": "同意", "style": 1, "key": "approvals:approve:1"}]


def test_what_a_card_becomes_keeps_its_task() -> None:
    closed, *_ = anew(Message("✅ 已同意"), "https://example.com", "t1")
    asked, *more = anew(Message("好？\n" + "很" * 200, ((YES,),)), "https://example.com", "t1")

    assert (closed.content["card_type"], closed.content["task_id"]) == ("text_notice", "t1")
    assert (asked.content["card_type"], asked.content["task_id"]) == ("button_interaction", "t1")
    assert [part.kind for part in more] == ["markdown"]
