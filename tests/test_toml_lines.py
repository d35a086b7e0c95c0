"""Where everything in a TOML text stands, and that no text at all is too strange to be looked at."""

from __future__ import annotations

import contextlib
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.toml_lines import Path, TomlLines
from tests.sources import ROOT

TEXT = '''\
# The first line says nothing.
[store] # a comment with [brackets] and "quotes"
name = """
a = 1 in a text
"""
"spaced key" = 'it''s'

[[staff]]
key = "liu"
roles = [ # the first
  "gm_office", # ]
  """designer,
  ]""", [1,
   2],
]
[[staff]]
key = "zhou"
contact.phone = {home = "1", "at work".desk = [7,
8]}
[[leave.kinds]]
key = "sick"
[[leave.kinds]]
since = 2026-11-25 10:00:00
[leave.kinds.sub]
deep = true
[last.table]
'''.replace("'it''s'", "'it is'")

WHERE: list[tuple[Path, int]] = [
    (("store",), 2),
    (("store", "name"), 3),
    (("store", "spaced key"), 6),
    (("staff",), 8),
    (("staff", 0), 8),
    (("staff", 0, "roles"), 10),
    (("staff", 0, "roles", 0), 11),
    (("staff", 0, "roles", 1), 12),
    (("staff", 0, "roles", 2), 13),
    (("staff", 0, "roles", 2, 1), 14),
    (("staff", 1), 16),
    (("staff", 1, "key"), 17),
    (("staff", 1, "contact", "phone"), 18),
    (("staff", 1, "contact", "phone", "at work", "desk", 1), 19),
    (("leave",), 20),
    (("leave", "kinds", 0, "key"), 21),
    (("leave", "kinds", 1), 22),
    (("leave", "kinds", 1, "since"), 23),
    (("leave", "kinds", 1, "sub", "deep"), 25),
    (("last", "table"), 26),
    # What is not written is told at the nearest thing around it.
    (("staff", 1, "name"), 16),
    (("staff", 7, "name"), 8),
    (("groups", 0, "key"), 1),
]


@pytest.mark.parametrize(("path", "line"), WHERE)
def test_everything_has_its_line(path: Path, line: int) -> None:
    lines = TomlLines(TEXT)

    assert lines.line(path) == line


def paths(value: Any, path: Path = ()) -> list[Path]:
    """Every path of a document."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(found for part, one in inner for found in paths(one, (*path, part)))]


def test_each_key_of_the_sample_store_is_on_the_line_that_is_told() -> None:
    demo = (ROOT / "stores/demo.toml").read_text(encoding="utf-8")
    keys = [path for path in paths(tomllib.loads(demo)) if path and isinstance(path[-1], str)]

    lines = TomlLines(demo)

    assert [path for path in keys if str(path[-1]) not in demo.split("\n")[lines.line(path) - 1]] == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = " + "[" * 5_000, 2),
        ("a = 1\nb = [\n" + "{a = [" * 5_000, 3),
        ("\n\n" + ".".join("a" * 5_000) + " = 1", 3),
        ("[" + ".".join("a" * 5_000) + "]", 1),
    ],
)
def test_values_nested_beyond_measure_are_noticed(text: str, line: int) -> None:
    lines = TomlLines(text)

    assert lines.too_deep == line


def test_the_start_of_a_statement_that_went_wrong_is_known() -> None:
    lines = TomlLines('[store]\nkey = "a"\n\nroles = [\n  "a"\n  "b"\n]\n')

    assert lines.statement(6) == 4
    assert lines.statement(1) == 1


PIECES = st.sampled_from(
    ["[", "]", "[[", "]]", "{", "}", "=", ",", ".", "\n", " ", "#", '"', "'", '"""', "'''", "\\", "a", "b", "1", "王"]
)


STATEMENTS = st.sampled_from(
    [
        *("a = 1", "b = [1, # one\n2,\n]", "c.d = {x = ']', 'y z' = [{q = 1}]}", 'e = """\n[f]\n"""', "g = 07:30:00"),
        *("[t]", "[[u]]", "[u.v]", "[[u.w]]", "[ 't' . \"x\\u0041\" ]", "h = '''\n'''", 'i = """a"""""', "# j = 1"),
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.lists(STATEMENTS, max_size=12).map("\n".join)))
def test_whatever_is_toml_has_a_line_for_every_value(text: str) -> None:
    lines = TomlLines(text)
    document = {}
    with contextlib.suppress(tomllib.TOMLDecodeError):
        document = tomllib.loads(text)

    assert [path for path in paths(document) if path and path not in lines] == []
