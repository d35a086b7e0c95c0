"""A message as Telegram takes it: HTML in parts that are short enough, and a keyboard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.cutting import Measure, pieces
from bot.talk import File, Message, Pressable, Tone
from bot.texts import plain

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
# A moment's weekday, date and time; without it Telegram shows the words as they stand, in the store's zone.
SHOWN = "wdt"
STYLES = {Tone.GOOD: "success", Tone.BAD: "danger"}
_TIME = re.compile(r'<time datetime="([^"]+)">(.*?)</time>', re.DOTALL)
_PERSON = re.compile(r'<at staff="(\d+)">(.*?)</at>', re.DOTALL)


@dataclass(frozen=True)
class Part:
    """One of the messages that a message takes: its words as HTML and as they are; with a file they are its caption."""

    html: str
    words: str
    keyboard: InlineKeyboardMarkup | None = None
    file: File | None = None


def length(text: str) -> int:
    """As Telegram counts: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


TEXT, CAPTION = Measure(LONGEST_TEXT, length), Measure(LONGEST_CAPTION, length)


def parts(message: Message) -> list[Part]:
    """What is sent, in order: cut between lines, the buttons under the last of the words.

    A file has the words as its caption if they are short enough for one, otherwise it follows them.
    """
    if message.file and length(plain(message.markup)) <= LONGEST_CAPTION:
        return [_part(message, message.markup, last=True, file=message.file)]
    return [*texts(message), *([Part("", "", file=message.file)] if message.file else [])]


def texts(message: Message) -> list[Part]:
    """The parts that hold words."""
    cut = [one for one in pieces(message.markup, TEXT) if plain(one).strip()]
    return [_part(message, one, last=one is cut[-1]) for one in cut]


def caption(message: Message) -> Part:
    """As many of the words, from the first line on, as a caption holds."""
    return _part(message, next(pieces(message.markup, CAPTION)), last=True)


def _part(message: Message, markup: str, *, last: bool, file: File | None = None) -> Part:
    return Part(_html(markup, message.people), plain(markup), _keyboard(message) if last else None, file)


def _keyboard(message: Message) -> InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return InlineKeyboardMarkup([[_button(one) for one in row] for row in message.buttons])


def _button(one: Pressable) -> InlineKeyboardButton:
    return InlineKeyboardButton(one.label, callback_data=one.action, style=STYLES.get(one.tone))


def _html(markup: str, people: Mapping[int, str]) -> str:
    """Due times that show in the reader's own zone, mentions that notify, and what both know: bold and escapes."""
    timed = _TIME.sub(lambda one: f'<tg-time unix="{_unix(one[1])}" format="{SHOWN}">{one[2]}</tg-time>', markup)
    return _PERSON.sub(lambda one: _mention(one[2], people.get(int(one[1]))), timed)


def _unix(written: str) -> int:
    return int(datetime.fromisoformat(written).timestamp())


def _mention(name: str, user: str | None) -> str:
    return f'<a href="tg://user?id={user}">{name}</a>' if user else name
