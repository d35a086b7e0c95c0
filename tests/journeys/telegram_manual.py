"""The manual for Telegram as something that is done: its shell blocks in one shell, its conversations in the fake."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.sources import ROOT
from tests.telegram import FakeTelegram, Group, Person

MANUAL = (ROOT / "docs/TELEGRAM.md").read_text("utf-8")
BLOCK = re.compile(r"^```(?P<kind>sh|telegram)\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = "sh"
TURN = "-- now the people act --"
PATIENCE_SECONDS = 30
INVITATION = re.compile(
    r"(?P<name>\w+) 的加入码.*?加入 (?P<code>[0-9A-Z]{4}-[0-9A-Z]{4}).*?"
    r"点开：https://t\.me/(?P<bot>\w+)\?start=(?P<payload>\w+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """Commands for the shell, or a conversation, a line each."""

    kind: str
    lines: str


def blocks() -> list[Block]:
    return [Block(found["kind"], found["lines"]) for found in BLOCK.finditer(MANUAL)]


def token() -> str:
    """The one that the manual's bot has."""
    [written] = re.findall(r"^QIANTAI_TELEGRAM_TOKEN=(\d+:\w+)$", MANUAL, flags=re.MULTILINE)
    return str(written)


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

    def ends(self) -> None:
        rest, _ = self._process.communicate(timeout=PATIENCE_SECONDS)
        self.said += rest
        assert self._process.returncode == 0, self.said


@contextmanager
def typing(folder: Path, environment: dict[str, str], parts: Sequence[Block]) -> Iterator[Shell]:
    """The shell in that folder; whatever it has left running ends with the block."""
    with subprocess.Popen(
        ["sh", "-eu", "-c", script(parts)],
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


@dataclass
class Cast:
    """The people of the manual and their groups; `said` is what the terminal printed, for its invitations."""

    fake: FakeTelegram
    said: Callable[[], str]
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def acts(self, conversation: str) -> None:
        """Does what stands there, line by line; a line that nobody understands is a mistake of the manual."""
        for line in conversation.splitlines():
            for pattern, act in DEEDS:
                if found := pattern.fullmatch(line):
                    act(self, **found.groupdict())
                    break
            else:
                raise AssertionError(f"nobody understands {line!r}")

    def person(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = self.fake.user(name)
        return self.people[name]

    def opens_link(self, who: str) -> None:
        invitation = self._invitation(who)
        assert invitation["bot"] == self.fake.bot.username
        self.person(who).starts(invitation["payload"])

    def starts(self, who: str, bot: str) -> None:
        assert bot == self.fake.bot.username
        self.person(who).starts()

    def says(self, who: str, words: str) -> None:
        code = self._invitation(who)["code"] if "CODE" in words else ""
        self.person(who).says(words.replace("CODE", code))

    def says_in_group(self, who: str, group: str, words: str) -> None:
        self.person(who).says(words, self.groups[group])

    def presses(self, who: str, label: str) -> None:
        person = self.person(who)
        self._waits(lambda: any(one.shows(label) for one in person.sees()))
        person.presses(label)

    def hears(self, who: str, words: str) -> None:
        """Somebody in private, or everybody in the group of that name."""
        self._waits(lambda: any(words in one for one in self._heard(who)))

    def makes_group(self, who: str, group: str, others: str, bot: str) -> None:
        assert bot == self.fake.bot.username
        members = [self.person(name) for name in [who, *others.split(" and ")]]
        self.groups[group] = self.fake.group(group, *members)

    def becomes_a_supergroup(self, group: str) -> None:
        self.groups[group].migrates()

    def _heard(self, who: str) -> list[str]:
        seen = self.groups[who].sees() if who in self.groups else self.person(who).sees()
        return [one.text for one in seen if one.message.sender is self.fake.bot]

    def _invitation(self, name: str) -> re.Match[str]:
        """The newest that was made for somebody, at the terminal or in a manager's chat."""
        chats = [text for manager in list(self.people) for text in self._heard(manager)]
        found = [one for text in [self.said(), *chats] for one in INVITATION.finditer(text) if one["name"] == name]
        assert found, f"nobody has invited {name}"
        return found[-1]

    def _waits(self, happened: Callable[[], bool]) -> None:
        self.fake.wait_for(happened, PATIENCE_SECONDS)


# The forms of the manual's lines, and what is done then; the first that fits counts.
DEEDS: Sequence[tuple[re.Pattern[str], Callable[..., None]]] = (
    (re.compile(r"(?P<who>\w+) opens LINK"), Cast.opens_link),
    (re.compile(r"(?P<who>\w+) starts @(?P<bot>\w+)"), Cast.starts),
    (re.compile(r"(?P<who>\w+): (?P<words>.+)"), Cast.says),
    (re.compile(r"(?P<who>\w+) in (?P<group>\w+): (?P<words>.+)"), Cast.says_in_group),
    (re.compile(r"(?P<who>\w+) presses (?P<label>.+)"), Cast.presses),
    (re.compile(r"(?P<who>\w+) hears (?P<words>.+)"), Cast.hears),
    (
        re.compile(r"(?P<who>\w+) makes the group (?P<group>\w+) with (?P<others>\w+(?: and \w+)*) and @(?P<bot>\w+)"),
        Cast.makes_group,
    ),
    (re.compile(r"(?P<group>\w+) becomes a supergroup"), Cast.becomes_a_supergroup),
)
