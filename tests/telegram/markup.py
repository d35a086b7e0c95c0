"""Telegram's own rules for parse_mode HTML: the tags that it knows, how they nest, and how it refuses the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.telegram import utf16
from tests.telegram.refusals import JSON, Refused, bad_request

KINDS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
# Other attributes are ignored by Telegram and complained of here: whoever writes one expects something of it.
ATTRIBUTES = {
    "a": {"href"},
    "code": {"class"},
    "span": {"class"},
    "blockquote": {"expandable"},
    "tg-emoji": {"emoji-id"},
    "tg-time": {"unix", "format"},
}
CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<decimal>[0-9]+)|(?P<name>[A-Za-z]+));?")
ATTRIBUTE = re.compile(r"""\s*(?P<name>[^\s=>]*)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[A-Za-z0-9.\-]*)(?=[\s>]|$))?""")
# Relative; or weekday, date and time, each in its place, short or long.
TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
USER_LINK = re.compile(r"tg://user\?id=(\d+)")
LINK = re.compile(r"(?:https?://|tg://|ton://)\S+|[\w-]+(?:\.[\w-]+)+\S*")


@dataclass
class Tag:
    """An open tag: where it stands in the source (bytes) and where its text begins (UTF-16 units)."""

    name: str
    at: int
    start: int
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass
class Parsed:
    text: str
    entities: list[JSON]
    complaints: list[str]


def parse(source: str, user: Callable[[int], JSON | None]) -> Parsed:
    """The text and its entities; `user` finds the person that a mention names. Raises 400 "can't parse entities"."""
    return _Parser(source, user).run()


class _Parser:
    def __init__(self, source: str, user: Callable[[int], JSON | None]) -> None:
        self._source = source
        self._user = user
        self._at = 0
        self._text: list[str] = []
        self._length = 0
        self._open: list[Tag] = []
        self._entities: list[JSON] = []
        self._complaints: list[str] = []

    def run(self) -> Parsed:
        while self._at < len(self._source):
            self._step()
        if self._open:
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return Parsed("".join(self._text), self._entities, self._complaints)

    def _step(self) -> None:
        here = self._source[self._at]
        if here == "&" and (reference := REFERENCE.match(self._source, self._at)) and (found := _character(reference)):
            self._at = reference.end()
            self._say(found)
        elif here != "<":
            self._at += 1
            self._say(here)
        elif self._source.startswith("</", self._at):
            self._close()
        else:
            self._begin()

    def _say(self, character: str) -> None:
        self._text.append(character)
        self._length += utf16.length(character)

    def _begin(self) -> None:
        at = self._bytes()
        name = re.compile(r"[^\s>]*").match(self._source, self._at + 1)
        assert name is not None
        if name.end() == len(self._source):
            raise _wrong(f"Unclosed start tag at byte offset {at}")
        tag = Tag(name.group().lower(), at, self._length)
        if tag.name not in KINDS:
            raise _wrong(f'Unsupported start tag "{tag.name}" at byte offset {at}')
        self._at = name.end()
        self._read_attributes(tag)
        self._check(tag)
        self._open.append(tag)

    def _read_attributes(self, tag: Tag) -> None:
        while True:
            self._at += len(self._source[self._at :]) - len(self._source[self._at :].lstrip())
            if self._at >= len(self._source):
                raise _wrong(f"Unclosed start tag at byte offset {tag.at}")
            if self._source[self._at] == ">":
                self._at += 1
                return
            self._read_attribute(tag)

    def _read_attribute(self, tag: Tag) -> None:
        match = ATTRIBUTE.match(self._source, self._at)
        assert match is not None
        name, value = match["name"], match["value"]
        if not name:
            raise _wrong(f'Empty attribute name in the tag "{tag.name}" at byte offset {tag.at}')
        if value is None and (tag.name, name) != ("blockquote", "expandable"):
            raise _wrong(
                f'Expected equal sign in declaration of an attribute of the tag "{tag.name}" at byte offset {tag.at}'
            )
        self._at = match.end()
        if name not in ATTRIBUTES.get(tag.name, set()):
            self._complaints.append(f"<{tag.name}> has no attribute {name!r}: Telegram ignores it")
        bare = value if value is None or value[:1] in "\"'" else value.lower()
        tag.attributes[name] = REFERENCE.sub(
            lambda found: _character(found) or found.group(), (bare or "").strip("\"'")
        )

    def _check(self, tag: Tag) -> None:
        if tag.name == "span" and tag.attributes.get("class") != "tg-spoiler":
            raise _wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {tag.at}')
        if tag.name == "tg-emoji" and not tag.attributes.get("emoji-id", "").isdigit():
            raise _wrong("Invalid custom emoji identifier specified")
        if tag.name == "tg-time" and not re.fullmatch(r"-?\d+", tag.attributes.get("unix", "")):
            raise _wrong("Invalid date-time specified")
        if tag.name == "tg-time" and not TIME_FORMAT.fullmatch(tag.attributes.get("format", "")):
            raise _wrong("Invalid date-time format specified")

    def _close(self) -> None:
        at = self._bytes()
        if not self._open:
            raise _wrong(f"Unexpected end tag at byte offset {at}")
        match = re.compile(r"</([^\s>]*)\s*(>?)").match(self._source, self._at)
        assert match is not None
        if not match[2]:
            raise _wrong(f"Unclosed end tag at byte offset {at}")
        tag = self._open.pop()
        if match[1] and match[1].lower() != tag.name:
            raise _wrong(
                f'Unmatched end tag at byte offset {at}, expected "</{tag.name}>", found "</{match[1].lower()}>"'
            )
        self._at = match.end()
        if self._length > tag.start:
            self._finish(tag)

    def _finish(self, tag: Tag) -> None:
        entity = {"type": KINDS[tag.name], "offset": tag.start, "length": self._length - tag.start}
        if tag.name == "a":
            self._link(entity, tag)
            return
        if tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        if tag.name == "tg-emoji":
            entity["custom_emoji_id"] = tag.attributes["emoji-id"]
        if tag.name == "tg-time":
            entity["unix_time"] = int(tag.attributes["unix"])
            entity |= {"date_time_format": tag.attributes["format"]} if tag.attributes.get("format") else {}
        if tag.name in {"pre", "code"}:
            self._code(entity, tag)
            return
        self._entities.append(entity)

    def _code(self, entity: JSON, tag: Tag) -> None:
        """A `pre` around a `code class="language-..."` is one entity with a language."""
        language = tag.attributes.get("class", "").removeprefix("language-")
        same = [one for one in self._entities if (one["offset"], one["length"]) == (entity["offset"], entity["length"])]
        inner = next((one for one in same if one["type"] == "code"), None)
        if tag.name == "pre" and inner is not None and inner.get("language"):
            inner["type"] = "pre"
            return
        entity |= {"language": language} if language and self._open and self._open[-1].name == "pre" else {}
        self._entities.append(entity)

    def _link(self, entity: JSON, tag: Tag) -> None:
        """A link to a person mentions them if Telegram lets the bot; what is no address stays plain text."""
        covered = utf16.part("".join(self._text), entity)
        address = tag.attributes.get("href") or covered
        if person := USER_LINK.fullmatch(address):
            if found := self._user(int(person[1])):
                self._entities.append({**entity, "type": "text_mention", "user": found})
        elif LINK.fullmatch(address):
            self._entities.append({**entity, "url": address if "://" in address else f"http://{address}/"})

    def _bytes(self) -> int:
        return len(self._source[: self._at].encode("utf-8"))


def _character(reference: re.Match[str]) -> str:
    """The character that `&lt;` or `&#20013;` stands for; nothing for one that Telegram leaves as it is written."""
    if reference["name"]:
        return CHARACTERS.get(reference["name"], "")
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["decimal"])
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def _wrong(what: str) -> Refused:
    return bad_request(f"can't parse entities: {what}")
