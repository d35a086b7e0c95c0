"""A message as a group reads it: words that call those whom they name, and a file. Nobody presses anything there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.channels.cutting import Measure, pieces
from bot.channels.wecom import writing
from bot.channels.wecom.writing import Part
from bot.talk import Message
from bot.texts import plain

_PERSON = re.compile(r'<at staff="(\d+)">(.*?)</at>', re.DOTALL)
_BOLD = re.compile(r"<b>([^\n]*?)</b>")
# What would call somebody, whoever typed it.
_CALL = re.compile(r"&lt;(?=@)")


def parts(message: Message, *, longest_markdown: int) -> list[Part]:
    """What is sent, in order: the words, which call those whom they name, and the file. Buttons are left away."""
    file = [Part("file", {}, message.file)] if message.file else []
    said = writing.texts(message)
    if said and said[0].kind == "markdown":
        return [*_markdown_parts(message, longest_markdown), *file]
    return [*said[:-1], *(_calling(one, message) for one in said[-1:]), *file]


def in_apps_group(message: Message) -> list[Part]:
    """The same for the app's own group, whose texts too call whom `<@…>` names."""
    uncalled = replace(message, markup=_CALL.sub(writing.NO_LINK, message.markup))
    return parts(uncalled, longest_markdown=writing.LONGEST_TEXT)


def _calling(last: Part, message: Message) -> Part:
    """A text calls people at its end, behind all that was said."""
    named = [message.people[int(one)] for one, _ in _PERSON.findall(message.markup) if int(one) in message.people]
    called = {"mentioned_list": list(dict.fromkeys(named))} if named else {}
    return Part("text", {**last.content, **called})


def _markdown_parts(message: Message, longest: int) -> Sequence[Part]:
    written = partial(_markdown, message.people)
    markup = writing.LINK.sub(writing.NO_LINK, message.markup)
    said = (written(one).strip("\n") for one in pieces(markup, Measure(longest, _bytes, written)))
    return [Part("markdown", {"content": one}) for one in said if one.strip()]


def _markdown(people: Mapping[int, str], markup: str) -> str:
    """Whose address is known is called in place of their name."""
    called = _PERSON.sub(lambda one: f"&lt;@{people[int(one[1])]}&gt;" if int(one[1]) in people else one[2], markup)
    return plain(_BOLD.sub(lambda one: f"**{one[1]}**" if one[1].strip() else one[1], called))


def _bytes(text: str) -> int:
    return len(text.encode())
