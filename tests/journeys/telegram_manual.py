"""The people of docs/TELEGRAM.md, who do in the fake what stands in its conversations."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.journeys.manual import PATIENCE_SECONDS, Block, Deed, act, blocks_of, page
from tests.telegram import FakeTelegram, Group, Person

MANUAL = page("TELEGRAM.md")
INVITATION = re.compile(
    r"(?P<name>\w+) 的加入码.*?加入 (?P<code>[0-9A-Z]{4}-[0-9A-Z]{4}).*?"
    r"点开：https://t\.me/(?P<bot>\w+)\?start=(?P<payload>\w+)",
    re.DOTALL,
)


def blocks() -> list[Block]:
    return blocks_of(MANUAL, "telegram")


def token() -> str:
    """The one that the manual's bot has."""
    [written] = re.findall(r"^QIANTAI_TELEGRAM_TOKEN=(\d+:\w+)$", MANUAL, flags=re.MULTILINE)
    return str(written)


@dataclass
class Cast:
    """The people of the manual and their groups; `said` is what the terminal printed, for its invitations."""

    fake: FakeTelegram
    said: Callable[[], str]
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def acts(self, conversation: str) -> None:
        act(self, DEEDS, conversation)

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
DEEDS: Sequence[Deed] = (
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
