"""A message as Telegram takes it: HTML in parts that are short enough, and a keyboard."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.talk import File, Message, Pressable, Tone
from bot.texts import plain

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
# A moment's weekday, date and time; without it Telegram shows the words as they stand, in the store's zone.
SHOWN = "wdt"
STYLES = {Tone.GOOD: "success", Tone.BAD: "danger"}
_TAG = re.compile(r"<(/?)(b|time|at)(?: [^>]*)?>")
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


def parts(message: Message) -> list[Part]:
    """What is sent, in order: cut between lines, the buttons under the last of the words.

    A file has the words as its caption if they are short enough for one, otherwise it follows them.
    """
    if message.file and length(plain(message.markup)) <= LONGEST_CAPTION:
        return [_part(message, message.markup, last=True, file=message.file)]
    return [*texts(message), *([Part("", "", file=message.file)] if message.file else [])]


def texts(message: Message) -> list[Part]:
    """The parts that hold words."""
    pieces = [one for one in _pieces(message.markup, LONGEST_TEXT) if plain(one).strip()]
    return [_part(message, one, last=one is pieces[-1]) for one in pieces]


def caption(message: Message) -> Part:
    """As many of the words, from the first line on, as a caption holds."""
    return _part(message, next(_pieces(message.markup, LONGEST_CAPTION)), last=True)


def _part(message: Message, markup: str, *, last: bool, file: File | None = None) -> Part:
    return Part(_html(markup, message.people), plain(markup), _keyboard(message) if last else None, file)


def _keyboard(message: Message) -> InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return InlineKeyboardMarkup([[_button(one) for one in row] for row in message.buttons])


def _button(one: Pressable) -> InlineKeyboardButton:
    return InlineKeyboardButton(one.label, callback_data=one.action, style=STYLES.get(one.tone))


def _pieces(markup: str, most: int) -> Iterator[str]:
    """The markup in pieces of at most `most` units, cut between lines; the last one may be empty."""
    held: list[str] = []
    room = most
    for line in _lines(markup, most):
        needed = length(plain(line)) + bool(held)
        if needed > room:
            yield "\n".join(held)
            held, room, needed = [], most, needed - 1
        held.append(line)
        room -= needed
    yield "\n".join(held)


def _lines(markup: str, most: int) -> Iterator[str]:
    """The lines; one that is too long for a message goes in slices, without its formatting."""
    for line in _closed_lines(markup):
        words = plain(line)
        if length(words) <= most:
            yield line
        else:
            yield from (html.escape(one, quote=False) for one in _slices(words, most))


def _slices(words: str, most: int) -> Iterator[str]:
    """Full ones and a rest, so that only the rest may share its message with the next line."""
    units = words.encode("utf-16-le")
    start = 0
    while start < len(units):
        end = start + 2 * most
        if units[end + 1 : end + 2] and 0xDC <= units[end + 1] <= 0xDF:
            # Not between the halves of a character.
            end -= 2
        yield units[start:end].decode("utf-16-le")
        start = end


def _closed_lines(markup: str) -> Iterator[str]:
    """The lines, each complete: a tag that is open where a line ends is closed there and opened again on the next."""
    opened: list[re.Match[str]] = []
    for line in markup.split("\n"):
        again = "".join(tag[0] for tag in opened)
        for tag in _TAG.finditer(line):
            opened = opened[:-1] if tag[1] else [*opened, tag]
        yield again + line + "".join(f"</{tag[2]}>" for tag in reversed(opened))


def _html(markup: str, people: Mapping[int, str]) -> str:
    """Due times that show in the reader's own zone, mentions that notify, and what both know: bold and escapes."""
    timed = _TIME.sub(lambda one: f'<tg-time unix="{_unix(one[1])}" format="{SHOWN}">{one[2]}</tg-time>', markup)
    return _PERSON.sub(lambda one: _mention(one[2], people.get(int(one[1]))), timed)


def _unix(written: str) -> int:
    return int(datetime.fromisoformat(written).timestamp())


def _mention(name: str, user: str | None) -> str:
    return f'<a href="tg://user?id={user}">{name}</a>' if user else name
