"""The fake Telegram reads HTML as the real one does: what it knows, what it refuses, what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.telegram import markup, utf16
from tests.telegram.refusals import JSON, Refused

PEOPLE: dict[int, JSON] = {5: {"id": 5, "is_bot": False, "first_name": "王磊"}}


def entity(kind: str, offset: int, length: int, **more: Any) -> JSON:
    return {"type": kind, "offset": offset, "length": length, **more}


# (source, text, entities) a row.
READ = [
    ("<b>王磊</b> 想调休", "王磊 想调休", [entity("bold", 0, 2)]),
    ("<STRONG>a</STRONG><em>b</em>", "ab", [entity("bold", 0, 1), entity("italic", 1, 1)]),
    (
        "<ins>a</ins><strike>b</strike><del>c</del>",
        "abc",
        [entity("underline", 0, 1), entity("strikethrough", 1, 1), entity("strikethrough", 2, 1)],
    ),
    # An emoji counts two.
    ("😀<b>a</b>", "😀a", [entity("bold", 2, 1)]),
    # Tags may nest, the outer one comes first.
    ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
    # An end tag may leave its name away; a tag around nothing is nothing.
    ("<b>a</>", "a", [entity("bold", 0, 1)]),
    ("<b></b>a", "a", []),
    (
        '<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>',
        "ab",
        [entity("spoiler", 0, 1), entity("spoiler", 1, 1)],
    ),
    ("<blockquote expandable>a</blockquote>", "a", [entity("expandable_blockquote", 0, 1)]),
    ("<blockquote>a</blockquote>", "a", [entity("blockquote", 0, 1)]),
    ('<pre><code class="language-python">a</code></pre>', "a", [entity("pre", 0, 1, language="python")]),
    ("<pre>a</pre><code>b</code>", "ab", [entity("pre", 0, 1), entity("code", 1, 1)]),
    (
        '<a href="https://example.com/?a=1&amp;b=2">a</a>',
        "a",
        [entity("text_link", 0, 1) | {"url": "https://example.com/?a=1&b=2"}],
    ),
    ("<a href='tg://user?id=5'>王磊</a>", "王磊", [entity("text_mention", 0, 2, user=PEOPLE[5])]),
    # Whom the bot does not know, and what is no address, stays plain text.
    ('<a href="tg://user?id=6">a</a>', "a", []),
    ('<a href="nowhere">a</a>', "a", []),
    ('<tg-emoji emoji-id="5368">👍</tg-emoji>', "👍", [entity("custom_emoji", 0, 2, custom_emoji_id="5368")]),
    (
        '<tg-time unix="1795600000" format="wDT">周五</tg-time>',
        "周五",
        [entity("date_time", 0, 2) | {"unix_time": 1795600000, "date_time_format": "wDT"}],
    ),
    # Without a format it is shown as it stands.
    ('<tg-time unix="1795600000">周五</tg-time>', "周五", [entity("date_time", 0, 2) | {"unix_time": 1795600000}]),
    # Characters by name and number; unknown ones and a bare & stay.
    ("&lt;&gt;&amp;&quot; &#20013;&#x4e2d;", '<>&" 中中', []),
    ("&nbsp; &copy a & b", "&nbsp; &copy a & b", []),
    ("&lt and &gt", "< and >", []),
]


@pytest.mark.parametrize(("source", "text", "entities"), READ)
def test_what_telegram_knows_becomes_text_and_entities(source: str, text: str, entities: list[JSON]) -> None:
    parsed = markup.parse(source, PEOPLE.get)

    assert (parsed.text, parsed.entities, parsed.complaints) == (text, entities, [])


# (source, Telegram's words) a row.
REFUSED = [
    ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
    ("a</b>", "Unexpected end tag at byte offset 1"),
    ("<b>a<i>b</b></i>", 'Unmatched end tag at byte offset 8, expected "</i>", found "</b>"'),
    ("中<p>a</p>", 'Unsupported start tag "p" at byte offset 3'),
    ("a<br>", 'Unsupported start tag "br" at byte offset 1'),
    ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
    ("1 < 2 > 0", 'Unsupported start tag "" at byte offset 2'),
    ("1 <", "Unclosed start tag at byte offset 2"),
    ("<b", "Unclosed start tag at byte offset 0"),
    ('<a href="x"', "Unclosed start tag at byte offset 0"),
    ("<b>a</b", "Unclosed end tag at byte offset 4"),
    ("<a href>a</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
    ('<a ="x">a</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<span class="red">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"),
    ('<tg-time unix="tomorrow">a</tg-time>', "Invalid date-time specified"),
    ('<tg-time unix="1795600000" format="tw">a</tg-time>', "Invalid date-time format specified"),
    ('<tg-time unix="1795600000" format="rt">a</tg-time>', "Invalid date-time format specified"),
    ('<tg-time unix="1795600000" format="HH:mm">a</tg-time>', "Invalid date-time format specified"),
]


@pytest.mark.parametrize(("source", "words"), REFUSED)
def test_what_telegram_does_not_know_is_refused_in_its_words(source: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        markup.parse(source, PEOPLE.get)

    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


def test_an_attribute_that_telegram_overlooks_is_complained_of() -> None:
    parsed = markup.parse('<b class="red">a</b>', PEOPLE.get)

    assert parsed.entities == [entity("bold", 0, 1)]
    assert parsed.complaints == ["<b> has no attribute 'class': Telegram ignores it"]


# (text, what it finds) a row.
FOUND = [
    ("/start abc", [("bot_command", "/start")]),
    ("请假 /leave@qiantai_bot", [("bot_command", "/leave@qiantai_bot")]),
    ("😀 @qiantai_bot 请假", [("mention", "@qiantai_bot")]),
    # A Chinese character is a letter: glued to one, it is neither a command nor a mention.
    ("@qiantai_bot请假", []),
    ("/leave请假", []),
    ("a@qiantai_bot.example", []),
    ("/a/b 1/2", []),
]


@pytest.mark.parametrize(("text", "found"), FOUND)
def test_commands_and_mentions_are_found_where_telegram_finds_them(text: str, found: list[tuple[str, str]]) -> None:
    entities = utf16.found_in(text)

    assert [(one["type"], utf16.part(text, one)) for one in entities] == found


def test_white_space_at_the_ends_goes_and_entities_move_along() -> None:
    text, entities = utf16.trimmed("  \n王磊 ", [entity("bold", 0, 5), entity("italic", 0, 2), entity("code", 5, 1)])

    assert (text, entities) == ("王磊", [entity("bold", 0, 2)])


def test_more_than_a_hundred_entities_are_dropped_without_a_word() -> None:
    many = [entity("bold", 2 * number, 1) for number in range(150)]

    kept = utf16.merged("ab" * 150, many)

    assert kept == many[:100]
