"""The project's own source files as syntax trees, for the tests that hold its structure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Imported:
    """`from bot.rules import leave` is the module `bot.rules` and the name `leave`; a plain import has no name."""

    module: str
    name: str
    line: int

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}".rstrip(".")

    @property
    def package(self) -> str:
        return self.module.split(".")[0]

    @property
    def unit(self) -> str:
        """The part of bot/ that is meant: `rules` for all of bot/rules/, `texts` for bot/texts.py."""
        return self.full.split(".")[1] if "." in self.full else ""


@dataclass(frozen=True)
class Source:
    """One file: its path from the project's top, with slashes, and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def unit(self) -> str:
        """The part of its package that the file belongs to: `rules`, `texts`."""
        return self.path.split("/")[1].removesuffix(".py")

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    def at(self, line: int, said: str) -> str:
        return f"{self.path}:{line} {said}"

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    def imports(self) -> Iterator[Imported]:
        """Every import wherever it stands, those for type checkers and inside functions too."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (Imported(alias.name, "", node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                module = self._absolute(node)
                yield from (Imported(module, alias.name, node.lineno) for alias in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.path.split("/")[: -node.level]
        return ".".join([*package, *([node.module] if node.module else [])])

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def functions(self) -> Iterator[Function]:
        return (node for node in self.nodes if isinstance(node, Function))

    def length(self, function: Function) -> int:
        return (function.end_lineno or function.lineno) - function.lineno + 1

    def literals(self) -> Iterator[ast.Constant]:
        """Strings, the fixed parts of f-strings included, docstrings not."""
        docstrings = {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield node


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files under these folders of the project that hold anything."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if path.stat().st_size]
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return source(path.relative_to(ROOT).as_posix(), text)


def source(path: str, text: str) -> Source:
    return Source(path, text, ast.parse(text, filename=path))


def dotted(node: ast.AST) -> str:
    """`dt.datetime.now` for that chain of names; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
