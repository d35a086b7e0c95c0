"""A message as WeCom takes it: a card for what has buttons, texts for what has none, all within WeCom's bytes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.cutting import Measure, pieces
from bot.talk import File, Message, Pressable, Tone
from bot.texts import plain

JSON = Mapping[str, Any]

# Bytes; WeCom cuts the rest off and says nothing.
LONGEST_TEXT = 2048
MOST_BUTTONS = 6
MOST_FIELDS = 6
# Characters; a card shows the beginning of what is longer.
LONGEST_TITLE = 26
LONGEST_WORDS = 160
FIELD = re.compile(r"(\S{1,5})：(\S.{0,25})")
# A title that is too long ends behind one of these, or else of those.
ENDS = ("，。；：！？", "、 ")
STYLES = {Tone.GOOD: 1, Tone.BAD: 2}
# What WeCom's markdown would take for formatting, and has no way to be told otherwise.
FORMATS = re.compile(r"[*`\[\]<>#]")
# What a text would show as a link, whoever typed it.
LINK = re.compile(r"&lt;(?=a\b)", re.IGNORECASE)
NO_LINK = "&lt;\u200b"
_BOLD = re.compile(r"<b>([^\n]*?)</b>")


@dataclass(frozen=True)
class Part:
    """One of the messages that a message takes: its kind and what WeCom has there; a file has to be uploaded first."""

    kind: str
    content: JSON
    file: File | None = None


@dataclass(frozen=True)
class _Card:
    """What stands on a card; what does not fit on it is `too_long` and goes as text."""

    title: str
    words: str
    fields: Sequence[tuple[str, str]]
    too_long: bool


def new_task_id() -> str:
    """Unique for ever, in letters that WeCom takes."""
    return secrets.token_hex(16)


def texts(message: Message) -> list[Part]:
    """The words, cut between lines; bold where nothing in them would be formatted by chance."""
    bold = "<b>" in message.markup and not FORMATS.search(plain(message.markup))
    kind, written = ("markdown", _markdown) if bold else ("text", plain)
    cut = pieces(LINK.sub(NO_LINK, message.markup), Measure(LONGEST_TEXT, _bytes, written))
    said = (written(one).strip("\n") for one in cut)
    return [Part(kind, {"content": one}) for one in said if one.strip()]


@dataclass(frozen=True)
class Shape:
    """How words go when no card holds them, and how many characters of them one holds."""

    texts: Callable[[Message], Sequence[Part]]
    longest_words: int


APP = Shape(texts, LONGEST_WORDS)


def parts(message: Message, task_id: Callable[[], str] = new_task_id, shape: Shape = APP) -> list[Part]:
    """What is sent, in order: words that no card holds, the card with the buttons, the file."""
    file = [Part("file", {}, message.file)] if message.file else []
    buttons = _buttons(message)
    if not buttons:
        return [*shape.texts(message), *file]
    card = _card(message, shape.longest_words)
    first = shape.texts(message) if card.too_long else []
    front, *more = _sixes(buttons)
    return [*first, _part(card, front, task_id()), *_behind(card, more, task_id), *file]


def anew(message: Message, home: str, task_id: Callable[[], str] = new_task_id, shape: Shape = APP) -> list[Part]:
    """What a card becomes: the first part in its place, the others after it. A card without buttons opens `home`.

    In its place a card keeps the task_id that it has.
    """
    buttons, card = _buttons(message), _card(message, shape.longest_words)
    rest = shape.texts(message) if card.too_long else []
    if not buttons:
        action = {"card_action": {"type": 1, "url": home}}
        return [Part("template_card", {"card_type": "text_notice", **_shown(card), **action}), *rest]
    first, *more = _sixes(buttons)
    return [_part(card, first, ""), *rest, *_behind(card, more, task_id)]


def _behind(card: _Card, more: Iterable[Sequence[Pressable]], task_id: Callable[[], str]) -> Iterable[Part]:
    """Further buttons have cards of their own, which say by their title what they belong to and repeat nothing."""
    return (_part(replace(card, words="", fields=()), some, task_id()) for some in more)


def _part(card: _Card, buttons: Sequence[Pressable], task_id: str) -> Part:
    listed = [{"text": one.label, "style": STYLES.get(one.tone, 1), "key": one.action} for one in buttons]
    named = {"task_id": task_id} if task_id else {}
    return Part("template_card", {"card_type": "button_interaction", **_shown(card), **named, "button_list": listed})


def _shown(card: _Card) -> JSON:
    fields = [{"keyname": name, "value": value} for name, value in card.fields]
    return {
        "main_title": {"title": card.title},
        **({"sub_title_text": card.words} if card.words else {}),
        **({"horizontal_content_list": fields} if fields else {}),
    }


def _card(message: Message, longest_words: int) -> _Card:
    """The first line is the title, as far as one goes; fields stand below all words, so only the last lines are."""
    first, *lines = [line.strip() for line in plain(message.markup).split("\n") if line.strip()] or ["⋯"]
    title, rest = _title(first)
    words, fields = _fields([rest, *lines] if rest else lines)
    said = "\n".join(words)
    if len(said) > longest_words:
        return _Card(title, "", (), too_long=True)
    return _Card(title, said, fields, too_long=False)


def _title(line: str) -> tuple[str, str]:
    """As much of the line as a title holds, and the rest of it."""
    if len(line) <= LONGEST_TITLE:
        return line, ""
    last = (max(line.rfind(mark, 1, LONGEST_TITLE) for mark in marks) + 1 for marks in ENDS)
    end = next(filter(None, last), LONGEST_TITLE)
    return line[:end].strip(), line[end:].strip()


def _fields(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
    """The lines that are words, and those at the end that are `name：value`."""
    start = len(lines)
    while start and len(lines) - start < MOST_FIELDS and FIELD.fullmatch(lines[start - 1]):
        start -= 1
    found = [match for line in lines[start:] if (match := FIELD.fullmatch(line))]
    return lines[:start], [(one[1], one[2]) for one in found]


def _buttons(message: Message) -> Sequence[Pressable]:
    """In one row; two that do the same are one."""
    return list({one.action: one for row in message.buttons for one in row}.values())


def _sixes(buttons: Sequence[Pressable]) -> Iterable[Sequence[Pressable]]:
    return (buttons[start : start + MOST_BUTTONS] for start in range(0, len(buttons), MOST_BUTTONS))


def _markdown(markup: str) -> str:
    return plain(_BOLD.sub(lambda one: f"**{one[1]}**" if one[1].strip() else one[1], markup))


def _bytes(text: str) -> int:
    return len(text.encode())
