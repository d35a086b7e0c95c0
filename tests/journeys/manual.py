"""A manual as something that is done: its shell blocks in one shell, what people do in between by a fake's people."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.sources import ROOT

SHELL = "sh"
TURN = "-- now the people act --"
PATIENCE_SECONDS = 30
# A form of the manual's lines, and what is done then with what stands in it.
Deed = tuple[re.Pattern[str], Callable[..., None]]


class Acting(Protocol):
    """Does what stands in a conversation."""

    def acts(self, conversation: str) -> None: ...


@dataclass(frozen=True)
class Block:
    """Commands for the shell, or a conversation, a line each."""

    kind: str
    lines: str


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def blocks_of(manual: str, conversations: str) -> list[Block]:
    """Those that are done, in order: `sh`, and what a conversation is called there."""
    block = re.compile(rf"^```(?P<kind>{SHELL}|{conversations})\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
    return [Block(found["kind"], found["lines"]) for found in block.finditer(manual)]


def played(
    folder: Path, environment: dict[str, str], parts: Sequence[Block], cast_by: Callable[[Callable[[], str]], Acting]
) -> str:
    """Types all blocks into a shell in that folder, lets the cast do the others in their turn; what the shell said.

    The cast is made by what asks for that.
    """
    with typing(folder, environment, script(parts)) as shell:
        cast = cast_by(lambda: shell.said)
        for conversation in [one.lines for one in parts if one.kind != SHELL]:
            shell.reaches_a_turn()
            cast.acts(conversation)
            shell.goes_on()
        shell.ends()
    return shell.said


def act(cast: Acting, deeds: Sequence[Deed], conversation: str) -> None:
    """Line by line by the first form that fits; a line that nobody understands is a mistake of the manual."""
    for line in conversation.splitlines():
        for pattern, deed in deeds:
            if found := pattern.fullmatch(line):
                deed(cast, **found.groupdict())
                break
        else:
            raise AssertionError(f"nobody understands {line!r}")


def script(parts: Sequence[Block]) -> str:
    """One script; at every conversation it says so, and waits for a line."""
    waits = f"echo '{TURN}'\nread -r _\n"
    return "".join(f"{{\n{one.lines}}} < /dev/null\n" if one.kind == SHELL else waits for one in parts)


class Shell:
    """A shell that types the blocks of the manual; what it says is kept in `said`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.said = ""

    def goes_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def reaches_a_turn(self) -> None:
        """Types until people are to act; fails with what was said if it ends before."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip() == TURN:
                return
            self.said += line
        raise AssertionError(self.said)

    def ends(self, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        rest, _ = self._process.communicate(timeout=patience_seconds)
        self.said += rest
        assert self._process.returncode == 0, self.said


@contextmanager
def typing(folder: Path, environment: dict[str, str], script: str) -> Iterator[Shell]:
    """A shell in that folder types it; whatever it has left running ends with the block."""
    with subprocess.Popen(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield Shell(process)
        finally:
            _end(process.pid)


def _end(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
