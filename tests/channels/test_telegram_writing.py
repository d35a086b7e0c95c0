"""A message as Telegram takes it: parts, buttons, captions, and every text of the store with hostile values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial

import pytest
from telegram import InlineKeyboardMarkup
from telegram.constants import MessageEntityDateTimeFormats

from bot.channels.telegram.writing import Part, caption, length, parts, texts
from bot.notices import TONES
from bot.talk import File, Message, Pressable, Tone
from bot.texts import plain
from tests.channels.hostile_texts import VALUES, Anything, Untrue, every_text
from tests.telegram import keyboards, markup, utf16
from tests.telegram.checking import Params
from tests.telegram.refusals import JSON, Refused

YES = Pressable("同意", "approvals:approve:1", Tone.GOOD)
NO = Pressable("不同意", "approvals:refuse:1", Tone.BAD)
LATER = Pressable("稍后提醒", "approvals:later:1")
DUE = '<time datetime="2026-11-27T14:00:00+08:00">周五 14:00</time>'
MENTIONED = '<at staff="7">王磊</at>'
SHEET = File("报价.xlsx", b"x")
# The longest that an action may be, and in characters that take three bytes each.
LONGEST_ACTION = "请" * 21 + "x"


def words(found: Iterable[Part]) -> list[str]:
    return [part.words for part in found]


def parsed(part: Part) -> markup.Parsed:
    """As Telegram reads it; everybody is known to the bot."""
    return markup.parse(part.html, lambda number: {"id": number, "first_name": "王磊"})


def entities(part: Part) -> list[tuple[str, str]]:
    read = parsed(part)
    return [(one["type"], utf16.part(read.text, one)) for one in read.entities]


def styles(part: Part) -> list[str | None]:
    assert part.keyboard is not None
    return [button.style for row in part.keyboard.inline_keyboard for button in row]


def test_a_short_message_is_one_part_with_its_words_and_its_buttons() -> None:
    [part] = parts(Message("<b>王磊</b> &amp; 陈静", ((YES, NO), (LATER,))))

    assert part.html == "<b>王磊</b> &amp; 陈静"
    assert part.words == "王磊 & 陈静"
    assert part.keyboard is not None
    assert [[one.text for one in row] for row in part.keyboard.inline_keyboard] == [["同意", "不同意"], ["稍后提醒"]]


def test_what_pressing_a_button_means_has_its_colour() -> None:
    [part] = parts(Message("同意吗？", ((YES, NO, LATER),)))

    assert styles(part) == ["success", "danger", None]


def test_a_message_without_buttons_has_no_keyboard() -> None:
    assert parts(Message("好"))[0].keyboard is None


def test_a_long_message_is_cut_between_lines_as_late_as_possible() -> None:
    lines = ["一" * 1000] * 9

    found = words(parts(Message("\n".join(lines))))

    assert [length(one) for one in found] == [4003, 4003, 1000]
    assert "\n".join(found) == "\n".join(lines)


@pytest.mark.parametrize(
    ("line", "number"),
    [("一" * 4096, 1), ("一" * 4097, 2), ("𠮷" * 2048, 1), ("𠮷" * 2049, 2), ("一𠮷" + "𠮷" * 2048, 2)],
)
def test_length_is_counted_as_telegram_counts_it(line: str, number: int) -> None:
    found = words(parts(Message(line)))

    assert len(found) == number
    assert "".join(found) == line


def test_a_line_of_nothing_but_emoji_is_cut_between_characters() -> None:
    line = "😀" * 4500

    found = words(parts(Message(line)))

    assert "".join(found) == line
    assert [length(one) for one in found] == [4096, 4096, 808]


def test_bold_that_goes_on_over_a_cut_is_bold_on_both_sides() -> None:
    one, two = "一" * 3000, "二" * 3000

    found = parts(Message(f"先说：\n<b>{one}\n{two}</b>\n完"))

    assert [entities(part) for part in found] == [[("bold", one)], [("bold", two)]]
    assert words(found) == [f"先说：\n{one}", f"{two}\n完"]


def test_a_bold_line_that_is_too_long_loses_its_formatting_and_nothing_behind_it() -> None:
    found = parts(Message(f"<b>{'一' * 5000}\n粗</b> &lt;i&gt;"))

    assert "".join(words(found)).replace("\n", "") == f"{'一' * 5000}粗 <i>"
    assert entities(found[-1]) == [("bold", "粗")]


def test_a_slice_of_a_long_line_that_would_look_like_markup_is_shown_as_it_is() -> None:
    found = parts(Message("&lt;b&gt;&amp;" * 1000))

    assert "".join(parsed(part).text for part in found) == "<b>&" * 1000


def test_the_buttons_hang_under_the_last_part_only() -> None:
    found = parts(Message("\n".join(["一" * 4000] * 3), ((YES,),)))

    assert [part.keyboard is not None for part in found] == [False, False, True]


def test_a_part_that_would_be_blank_is_not_sent() -> None:
    found = parts(Message(f"一{' ' * 6000}二"))

    assert all(one.strip() for one in words(found))
    assert "".join(words(found)).replace(" ", "") == "一二"


def test_a_moment_shows_in_the_readers_own_zone() -> None:
    [part] = parts(Message(f"请在 {DUE} 前答复"))

    [entity] = parsed(part).entities
    assert (entity["type"], entity["unix_time"]) == ("date_time", 1795759200)
    # Weekday, date and time, or it would be shown as it stands, in the store's zone.
    assert entity["date_time_format"] == MessageEntityDateTimeFormats.LOCALIZED_WEEKDAY_SHORT_DATE_SHORT_TIME
    assert part.words == "请在 周五 14:00 前答复"


def test_a_mention_notifies_who_has_a_chat_and_names_who_has_none() -> None:
    known, unknown = (parts(Message(f"{MENTIONED} 看一下", people=people))[0] for people in ({7: "6000000001"}, {}))

    assert entities(known) == [("text_mention", "王磊")]
    assert parsed(unknown) == markup.Parsed("王磊 看一下", [], [])


def test_what_marks_a_moment_or_a_person_may_stand_on_two_lines() -> None:
    found = parts(Message('<at staff="7">王\n磊</at> <time datetime="2026-11-27T14:00:00+08:00">周五\n14:00</time>'))

    assert [parsed(part).text for part in found] == ["王\n磊 周五\n14:00"]


def test_a_file_has_the_words_as_its_caption() -> None:
    [part] = parts(Message("<b>报价</b>", ((YES,),), SHEET))

    assert (part.html, part.file) == ("<b>报价</b>", SHEET)
    assert styles(part) == ["success"]


@pytest.mark.parametrize(("number", "captioned"), [(1024, True), (1025, False)])
def test_words_that_are_too_long_for_a_caption_come_before_the_file(number: int, captioned: bool) -> None:
    found = parts(Message("一" * number, ((YES,),), SHEET))

    assert [bool(part.file) for part in found] == ([True] if captioned else [False, True])
    assert [part.keyboard is not None for part in found] == ([True] if captioned else [True, False])


@pytest.mark.parametrize("value", ["一" * 2000, "<b>" + "一\n" * 1000 + "</b>", "😀" * 1025, "&amp;" * 3000])
def test_a_caption_that_grew_shows_as_much_as_there_is_room_for(value: str) -> None:
    part = caption(Message(value, ((YES,),)))

    assert 500 < length(parsed(part).text) <= 1024
    assert plain(value).startswith(part.words[:500])
    assert part.keyboard is not None


def refused(found: Iterable[tuple[str, Callable[[], object]]]) -> list[str]:
    """What Telegram would not take, and why."""
    wrong = []
    for key, check in found:
        try:
            check()
        except (Refused, AssertionError) as error:
            wrong.append(f"{key}: {error}")
    return wrong


def check_text(said: str) -> None:
    for part in texts(Message(said, people={7: "6000000001"})):
        read = parsed(part)
        assert read.text.strip(), "nothing to say"
        assert utf16.length(read.text) <= 4096, "too long"
        assert read.text == part.words, "shown as it is not said"
        assert read.complaints == []


def check_caption(said: str) -> None:
    read = parsed(caption(Message(said)))
    assert utf16.length(read.text) <= 1024, "too long"
    assert read.complaints == []


def check_button(key: str, said: str) -> None:
    button = Pressable(plain(said), LONGEST_ACTION, TONES.get(key, Tone.PLAIN))
    [part] = parts(Message("好", ((button,) * 3,)))
    complaints: list[str] = []
    assert keyboards.inline_keyboard(Params({"reply_markup": json.dumps(_wire(part.keyboard))}), complaints)
    assert complaints == []


def _wire(keyboard: InlineKeyboardMarkup | None) -> JSON:
    assert keyboard is not None
    return keyboard.to_dict()


@pytest.mark.parametrize("kind", [Anything, Untrue])
@pytest.mark.parametrize("name", VALUES)
def test_telegram_takes_every_text_whatever_stands_in_it(name: str, kind: type[Anything]) -> None:
    said = every_text(kind(VALUES[name]))

    assert len(said) > 600
    assert refused((key, partial(check_text, one)) for key, one in said.items()) == []
    assert refused((key, partial(check_caption, one)) for key, one in said.items()) == []


@pytest.mark.parametrize("name", VALUES)
def test_telegram_takes_every_button_whatever_stands_on_it(name: str) -> None:
    said = {key: one for key, one in every_text(Anything(VALUES[name])).items() if "button" in key}

    assert len(said) > 60
    assert refused((key, partial(check_button, key, one)) for key, one in said.items()) == []
