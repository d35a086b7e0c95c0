"""What is wrong with a store's file: each mistake with its line and a text that says what was expected."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bot.toml_lines import Path, TomlLines
from storage.staff import Role

LONGEST_FILE = 256_000
LONGEST_SAID = 30
LONGEST_KEY = 40
INVISIBLE = {"Cc", "Cf", "Zl", "Zp"}
# What the web chat itself is called by (docs/web-chat.md).
RESERVED = {"staff": "bot", "groups": "private"}
NEEDED_ROLES = (Role.CLIENT_MANAGER, Role.GM_OFFICE)

AT_LINE = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")
LONG_NUMBER = re.compile(r"[0-9_]{3000,}")
NEXT_STATEMENT = re.compile(r"\s*(\[|[A-Za-z0-9_-]+\s*=)")
UNFINISHED = ("Unclosed", "Unterminated", "Illegal character '\\n'")
QUOTED = re.compile(r"'([^']*)'")

# How Pydantic's own kinds of errors start, and their texts; the first that fits.
TEXTS = (
    ("missing", "store.missing"),
    ("extra_forbidden", "store.unknown_key"),
    ("string_pattern_mismatch", "store.key_pattern"),
    ("string_too_short", "store.text_empty"),
    ("string_too_long", "store.text_too_long"),
    ("string_", "store.not_text"),
    ("int_", "store.not_whole_number"),
    ("greater_than_equal", "store.number_too_small"),
    ("less_than_equal", "store.number_too_large"),
    ("bool_", "store.not_yes_or_no"),
    ("enum", "store.not_a_choice"),
    ("date_", "store.not_a_date"),
    ("time_", "store.time_unknown"),
    ("tuple_", "store.not_a_list"),
    ("model_", "store.not_a_table"),
)
# Errors about a whole list, and the field by which two of its entries are the same.
SAME_DIGITS = {"calendar.day_twice": "date", "calendar.seasons_same_start": "starts"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Mistake:
    """`line` counts from 1; `where` is `staff[2].phone`, empty for the whole file; `key` and `values` are the text."""

    line: int
    where: str
    key: str
    values: Mapping[str, Any]


class StoreFileError(Exception):
    """All mistakes of a store's file, in the order of their lines."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(f"line {one.line} {one.where}: {one.key}" for one in mistakes))
        self.mistakes = mistakes


def mistake(lines: TomlLines, path: Path, key: str, **values: Any) -> Mistake:
    return Mistake(lines.line(path), _where(path), key, values)


def parse_toml(text: str) -> tuple[Row, TomlLines]:
    """The document and its lines; StoreFileError if the text is no TOML, or larger or deeper than any store's file."""
    if len(text) > LONGEST_FILE:
        raise _whole(1, "store.file_too_long", most=LONGEST_FILE // 1000)
    if (lone := re.search("[\ud800-\udfff]", text)) is not None:
        raise _whole(text.count("\n", 0, lone.start()) + 1, "store.not_utf8")
    lines = TomlLines(text)
    if lines.too_deep is not None:
        raise _whole(lines.too_deep, "store.too_deep")
    try:
        return tomllib.loads(text), lines
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(text, str(error), lines) from None
    except ValueError:
        # The one other thing that tomllib raises: Python reads no number of so many digits.
        found = LONG_NUMBER.search(text)
        raise _whole(text.count("\n", 0, found.start() if found else 0) + 1, "store.number_too_long") from None


def _whole(line: int, key: str, **values: Any) -> StoreFileError:
    return StoreFileError((Mistake(line, "", key, values),))


def _not_toml(text: str, message: str, lines: TomlLines) -> StoreFileError:
    """Where reading stopped, in the words of somebody who never heard of TOML."""
    found = AT_LINE.search(message)
    line = int(found[1]) if found else text.rstrip().count("\n") + 1
    written = text.split("\n")[line - 1]
    # The reader points at the character that it could not read.
    char = written[int(found[2]) - 1 : int(found[2])] if found else ""
    begun = lines.statement(line)
    if message.startswith("Cannot"):
        return _whole(begun, "store.written_twice", said=_shown(text.split("\n")[begun - 1]))
    if char and not char.isascii():
        return _whole(line, "store.not_quoted" if char.isalpha() else "store.full_width", said=char)
    if message.startswith(UNFINISHED) or (begun < line and NEXT_STATEMENT.match(written)):
        return _whole(begun, "store.unfinished", said=_shown(text.split("\n")[begun - 1]))
    return _whole(line, "store.not_toml", said=_shown(written))


def strange_characters(document: Row, lines: TomlLines) -> Iterator[Mistake]:
    """Keys and texts with characters that nobody sees: they break searching by name, and some a database."""
    for path, written in _written(document, ()):
        if any(unicodedata.category(char) in INVISIBLE for char in written):
            yield mistake(lines, path, "store.invisible", said=_shown(written))


def _written(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key
            yield from _written(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _written(inner, (*path, index))


def contradictions(document: Row, lines: TomlLines) -> Iterator[Mistake]:
    """Where one part does not fit another, found even when single fields are wrong too."""
    people, groups = _rows(document, "staff"), _rows(document, "groups")
    yield from _twice("staff", "key", people, lines)
    yield from _twice("staff", "name", [(index, row) for index, row in people if _active(row)], lines)
    yield from _twice("groups", "key", groups, lines)
    for table, rows in (("staff", people), ("groups", groups)):
        for index, row in rows:
            if _text(row, "key") == RESERVED[table]:
                yield mistake(lines, (table, index, "key"), "store.key_reserved", said=RESERVED[table])
    yield from _wrong_deputies(people, lines)
    yield from _unknown_designers(document, people, lines)
    for role in NEEDED_ROLES:
        if people and not any(_active(row) and _holds(row, role) for _, row in people):
            yield mistake(lines, ("staff",), f"store.no_{role}")


def _rows(document: Row, table: str) -> list[tuple[int, Row]]:
    rows = document.get(table)
    return [(index, row) for index, row in enumerate(rows) if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(row: Row, field: str) -> str:
    value = row.get(field)
    return value.strip() if isinstance(value, str) else ""


def _active(row: Row) -> bool:
    return row.get("active") is not False


def _holds(row: Row, role: Role) -> bool:
    roles = row.get("roles")
    return isinstance(roles, list) and role in roles


def _twice(table: str, field: str, rows: Iterable[tuple[int, Row]], lines: TomlLines) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for index, row in rows:
        said = _text(row, field)
        if said and first.setdefault(said, index) != index:
            before = lines.line((table, first[said], field))
            yield mistake(lines, (table, index, field), f"store.{field}_twice", said=_shown(said), first=before)


def _wrong_deputies(people: Sequence[tuple[int, Row]], lines: TomlLines) -> Iterator[Mistake]:
    known = {_text(row, "key"): row for _, row in people}
    keys_by_name = {_text(row, "name"): key for key, row in known.items()}
    for index, row in people:
        deputy, path = _text(row, "deputy"), ("staff", index, "deputy")
        if not deputy:
            continue
        if deputy not in known:
            near = keys_by_name.get(deputy) or _nearest(deputy, list(known))
            yield mistake(lines, path, "store.unknown_deputy", said=_shown(deputy), near=near)
        elif deputy == _text(row, "key"):
            yield mistake(lines, path, "store.own_deputy")
        elif _active(row) and not _active(known[deputy]):
            yield mistake(lines, path, "store.deputy_left", said=deputy)


def _unknown_designers(document: Row, people: Sequence[tuple[int, Row]], lines: TomlLines) -> Iterator[Mistake]:
    known, customers = [_text(row, "key") for _, row in people], document.get("customers")
    for index, row in _rows(customers, "designers") if isinstance(customers, dict) else ():
        said = _text(row, "key")
        if said and said not in known:
            path = ("customers", "designers", index, "key")
            yield mistake(lines, path, "store.unknown_designer", said=_shown(said), near=_nearest(said, known))


def told(error: ErrorDetails, model: type[BaseModel], lines: TomlLines) -> Mistake:
    """Pydantic's error as a mistake; errors of our own rules bring their text's key as their type."""
    kind, path, context = error["type"], error["loc"], error.get("ctx", {})
    values = {"said": _shown(error["input"])} | context
    if kind == "missing":
        values["field"] = str(path[-1])
    elif kind == "extra_forbidden":
        known = _fields(model, path[:-1])
        said = str(path[-1])
        values |= {"said": _shown(said), "near": _nearest(said, known), "known": known}
    elif kind == "enum":
        known = QUOTED.findall(context["expected"])
        values |= {"near": _nearest(str(error["input"]), known), "known": known}
    return mistake(lines, _narrowed(error, path), _text_of(kind), **values)


def _text_of(kind: str) -> str:
    return kind if "." in kind else next((key for start, key in TEXTS if kind.startswith(start)), "store.refused")


def _narrowed(error: ErrorDetails, path: Path) -> Path:
    """The one entry of a list, or field of a table, that an error about the whole of it means."""
    context, field = error.get("ctx", {}), SAME_DIGITS.get(error["type"])
    if field is not None:
        return (*path, _second([_digits(row[field]) for row in error["input"]]), field)
    return (*path, *(context[name] for name in ("index", "field") if name in context))


def _second(values: Sequence[object]) -> int:
    return next(index for index, value in enumerate(values) if value in values[:index])


def _digits(written: object) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall("[0-9]+", str(written)))


def _fields(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that may stand at this place of a store's file."""
    for part in path:
        if isinstance(part, str):
            model = next(_models_in(model.model_fields[part].annotation))
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _nearest(said: str, known: Sequence[str]) -> str:
    """The known word that was probably meant, empty if none is near."""
    return next(iter(get_close_matches(said, known, n=1)), "") if len(said) <= LONGEST_KEY else ""


def _where(path: Path) -> str:
    """`staff[2].phone`, counting from one as people do."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{_shown(part)}" for part in path)
    return "".join(parts).removeprefix(".")


def _shown(value: object) -> str:
    """What was written, short and on one line."""
    if isinstance(value, list | dict):
        return "[…]" if isinstance(value, list) else "{…}"
    said = str(value).lower() if isinstance(value, bool) else str(value)
    short = said.strip()[:LONGEST_SAID]
    return "".join(char if char.isprintable() else "�" for char in short)
