"""A store's file with every setting explained: the sample store's text, with other values in place of its own."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.storefile import StoreFile, read_store
from bot.toml_lines import TomlLines

COMMENT_COLUMN = 36
SAMPLE_NAME = "stores/demo.toml"
# The sample's people are its own: none of their lines stays.
WHOLE = ("staff",)

Table = Mapping[str, Any]
Where = tuple[str | int, ...]


def annotated(file: StoreFile, sample: str, path: Path) -> str:
    """The sample's text with what this file sets, and everything else as the sample has it, comments included."""
    text = sample.replace(SAMPLE_NAME, str(path), 1)
    # A group's key is its own in the whole deployment, as the store's is; the sample's designers are its people.
    group = {"key": file.store.key, "name": read_store(sample).groups[0].name}
    usual = {"groups": [group], "customers": {"designers": []}}
    for where, value in [*_set(usual, ()), *_set(given(file), ())]:
        text = _put(text, where, value)
    return text


def given(model: BaseModel) -> dict[str, Any]:
    """What was written, not what is the default; entries of lists are whole."""
    dumped = model.model_dump(mode="json")
    found = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name in model.model_fields_set:
            found[name] = given(value) if isinstance(value, BaseModel) else dumped[name]
    return found


def _set(table: Table, above: Where) -> Iterator[tuple[Where, Any]]:
    """The values of tables, and lists of tables as wholes."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _set(value, (*above, name))
        else:
            yield (*above, name), value


def _put(text: str, where: Where, value: Any) -> str:
    """The text with that value there: in its place if there is one, at the table's head or at the end otherwise."""
    lines, at = text.split("\n"), TomlLines(text)
    if _is_tables(value) or (value == [] and (len(where) == 1 or _count(at, where))):
        return _put_tables(text, where, value)
    if where in at:
        first = at.line(where) - 1
        end = _end(lines, first)
        return _joined(lines, first, end, [_line(where[-1], value, _comment("\n".join(lines[first:end])))])
    if where[:-1] in at:
        first = at.line(where[:-1])
        return _joined(lines, first, first, [_line(where[-1], value)])
    return "\n".join([*lines, f"[{_dotted(where[:-1])}]", _line(where[-1], value), ""])


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _put_tables(text: str, where: Where, tables: Sequence[Table]) -> str:
    lines, at = text.split("\n"), TomlLines(text)
    known = _count(at, where)
    if known == len(tables) and where != WHOLE:
        for index, table in enumerate(tables):
            for name, value in table.items():
                text = _put(text, (*where, index, name), value)
        return text
    written = _tables(where, tables)
    if not known:
        return "\n".join([*lines, *written])
    first = at.line((*where, 0)) - 1
    last = max(line for line in at.statements if line < _next_table(lines, at, where)) - 1
    return _joined(lines, first, _end(lines, last), written[:-1])


def _count(at: TomlLines, where: Where) -> int:
    index = 0
    while (*where, index) in at:
        index += 1
    return index


def _next_table(lines: Sequence[str], at: TomlLines, where: Where) -> int:
    """The line of the first table after these, or one past the end."""
    own = f"[[{_dotted(where)}]]"
    start = at.line((*where, 0))
    others = [line for line in at.statements if line > start and lines[line - 1].startswith("[")]
    return next((line for line in others if not lines[line - 1].startswith(own)), len(lines) + 1)


def _end(lines: Sequence[str], first: int) -> int:
    """One past the last line of the statement that begins on this line (counted from 0)."""
    for end in range(first + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[first:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    raise ValueError(f"line {first + 1} is no statement")


def _joined(lines: Sequence[str], first: int, end: int, new: Sequence[str]) -> str:
    return "\n".join([*lines[:first], *new, *lines[end:]])


def _tables(where: Where, tables: Sequence[Table]) -> list[str]:
    """A header and its pairs for each, with an empty line behind."""
    written = []
    for table in tables:
        pairs = [_line(name, value) for name, value in table.items() if value not in ("", None)]
        written += [f"[[{_dotted(where)}]]", *pairs, ""]
    return written


def _dotted(where: Where) -> str:
    return ".".join(str(part) for part in where)


def _comment(statement: str) -> str:
    """What stands behind the value; a # may stand inside it too."""
    value = tomllib.loads(statement)
    for at in (index for index, char in enumerate(statement) if char == "#"):
        try:
            if tomllib.loads(statement[:at]) == value:
                return statement[at:].partition("\n")[0]
        except tomllib.TOMLDecodeError:
            continue
    return ""


def _line(name: str | int, value: Any, comment: str = "") -> str:
    pair = f"{name} = {as_toml(value, str(name))}"
    return f"{pair}{' ' * max(COMMENT_COLUMN - _width(pair), 1)}{comment}" if comment else pair


def _width(text: str) -> int:
    """How many columns of a terminal it takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def as_toml(value: Any, name: str = "") -> str:
    """A value as TOML; the days of `date` stand without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(as_toml(one) for one in value)}]"
    return str(value) if name == "date" else json.dumps(value, ensure_ascii=False)


def as_document(document: Table) -> str:
    """A document of tables and lists of tables as TOML."""
    lines = []
    for name, part in document.items():
        if _is_tables(part):
            lines += _tables((name,), part)
        else:
            plain = {key: value for key, value in part.items() if not _is_tables(value)}
            lines += [f"[{name}]", *(_line(key, value) for key, value in plain.items()), ""]
            for key in part.keys() - plain.keys():
                lines += _tables((name, key), part[key])
    return "\n".join(lines)
