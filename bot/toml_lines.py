"""On which line each value of a TOML text stands, which the standard reader does not say."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]

# Far deeper than any table of ours, far less than what would exhaust the stack.
DEEPEST = 30

BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
SPACE = re.compile(r"[ \t]*")
KEY = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''',
    re.DOTALL,
)
SCALAR = re.compile(r"[^,\]}#\n]+")


class _Stopped(Exception):
    """What follows cannot be TOML, or is too deep."""


class TomlLines:
    """The lines of tables, keys and array elements, by path: `("staff", 1, "name")`, arrays of tables by index.

    Reads everything that is TOML, and other text up to where it stops being so. `statements` are the lines on which
    headers and pairs start; `too_deep` is the line where values are nested beyond all measure, None if they are not.
    """

    def __init__(self, text: str) -> None:
        self.statements: list[int] = []
        self.too_deep: int | None = None
        self._text = text
        self._at = 0
        self._newlines = [found.start() for found in re.finditer("\n", text)]
        self._lines: dict[Path, int] = {}
        self._last: dict[Path, int] = {}
        try:
            self._read()
        except _Stopped:
            # The reader of the standard library tells what is wrong there.
            return

    def __contains__(self, path: Path) -> bool:
        return path in self._lines

    def line(self, path: Path) -> int:
        """The value's line, or that of the nearest thing around it which is written; the file's first if none is."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def statement(self, line: int) -> int:
        """The line on which the statement starts that goes on at `line`."""
        before = bisect_right(self.statements, line)
        return self.statements[before - 1] if before else line

    def _read(self) -> None:
        table: Path = ()
        while not self._finished():
            self.statements.append(self._line())
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _finished(self) -> bool:
        self._expect(BLANK)
        return self._at >= len(self._text)

    def _header(self) -> Path:
        array = self._take("[[")
        if not array:
            self._take("[")
        *parents, name = self._keys()
        path: Path = ()
        for part in parents:
            path = self._note(self._newest((*path, part)))
        path = (*path, name)
        if array:
            self._last[path] = self._last.get(path, -1) + 1
        path = self._note(self._newest(path))
        self._expect(SPACE)
        if not self._take("]]" if array else "]"):
            raise _Stopped
        return path

    def _newest(self, path: Path) -> Path:
        """The element of an array of tables that is being written; any other path as it is."""
        self._note(path)
        return (*path, self._last[path]) if path in self._last else path

    def _pair(self, table: Path) -> None:
        path = table
        for name in self._keys():
            path = self._note((*path, name))
        if not self._take("="):
            raise _Stopped
        self._expect(SPACE)
        self._value(path)

    def _keys(self) -> list[str]:
        names = [_spelled(self._expect(KEY))]
        while self._take("."):
            names.append(_spelled(self._expect(KEY)))
        return names

    def _value(self, path: Path) -> None:
        self._note(path)
        if self._take("["):
            self._array(path)
        elif self._take("{"):
            self._inline_table(path)
        else:
            self._expect(STRING if self._text[self._at : self._at + 1] in {'"', "'"} else SCALAR)

    def _array(self, path: Path) -> None:
        self._expect(BLANK)
        index = 0
        while not self._take("]"):
            self._value((*path, index))
            index += 1
            self._comma("]")

    def _inline_table(self, path: Path) -> None:
        self._expect(BLANK)
        while not self._take("}"):
            self._pair(path)
            self._comma("}")

    def _comma(self, end: str) -> None:
        self._expect(BLANK)
        if not self._take(",") and not self._text.startswith(end, self._at):
            raise _Stopped
        self._expect(BLANK)

    def _note(self, path: Path) -> Path:
        if len(path) > DEEPEST:
            self.too_deep = self._line()
            raise _Stopped
        self._lines.setdefault(path, self._line())
        return path

    def _line(self) -> int:
        return bisect_right(self._newlines, self._at - 1) + 1

    def _take(self, mark: str) -> bool:
        found = self._text.startswith(mark, self._at)
        self._at += len(mark) * found
        return found

    def _expect(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise _Stopped
        self._at = found.end()
        return found[found.lastindex or 0]


def _spelled(key: str) -> str:
    """The key that is meant by a bare or quoted one."""
    if key[:1] not in {'"', "'"}:
        return key
    try:
        return next(iter(tomllib.loads(f"{key} = 0")))
    except tomllib.TOMLDecodeError:
        raise _Stopped from None
