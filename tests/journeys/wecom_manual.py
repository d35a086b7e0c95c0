"""The people of docs/WECOM.md and the one at the admin console, who do in the fake what stands in its conversations."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from bot.settings import Settings
from tests.journeys.manual import Block, Deed, act, blocks_of, page
from tests.wecom import FakeWeCom, Person, Seen
from tests.wecom.sealing import Sealer
from tests.wecom.things import Group

MANUAL = page("WECOM.md")
SETTING = re.compile(r"^QIANTAI_(?P<name>\w+)=(?P<value>\S+)$", re.MULTILINE)
# A notice of a full or half hour waits up to 45 seconds before it goes.
PATIENCE_SECONDS = 90
TIMES_SAVED = 5
CODE = re.compile(r"(?P<name>\w+) 的加入码.*?加入 (?P<code>[0-9A-Z]{4}-[0-9A-Z]{4})", re.DOTALL)
ADDRESS = re.compile(r"企业微信不让这台机器（(?P<address>[0-9.]+)）")


def blocks() -> list[Block]:
    return blocks_of(MANUAL, "wecom")


def settings() -> dict[str, str]:
    """What the manual has in the file of its settings, by the names that it has in the code."""
    [written] = [one.lines for one in blocks() if "QIANTAI_WECOM_CORP_ID=" in one.lines]
    found = {one["name"].lower(): one["value"] for one in SETTING.finditer(written)}
    assert set(found) <= set(Settings.model_fields)
    return found


@contextmanager
def corp(clock: Callable[[], float]) -> Iterator[FakeWeCom]:
    """The corp of the manual, whose app nobody may use yet, from wherever it is."""
    known = settings()
    fake = FakeWeCom(clock)
    fake.world.corp = known["wecom_corp_id"]
    fake.world.apps.clear()
    fake.app = fake.add_app(int(known["wecom_agent_id"]), known["wecom_secret"])
    fake.app.calls_back = False
    fake.sealer = Sealer(known["wecom_token"], known["wecom_aes_key"], known["wecom_corp_id"])
    fake.allowed = frozenset()
    with fake:
        yield fake


@dataclass
class Cast:
    """`reached_at` is where the public address of the manual leads; `said` is what the terminal printed."""

    fake: FakeWeCom
    reached_at: str
    said: Callable[[], str]
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def acts(self, conversation: str) -> None:
        act(self, DEEDS, conversation)

    def is_in_corp(self, who: str, name: str | None) -> None:
        self.people[who] = self.fake.member(f"Member{len(self.people) + 1:02}", name or who)

    def makes_group(self, who: str, group: str, others: str) -> None:
        members = [self.people[name] for name in [who, *others.split(" and ")]]
        self.groups[group] = self.fake.robot(settings()["wecom_robot_key"], *members)

    def saves(self, address: str) -> None:
        """WeCom takes no address that does not prove itself within a second; who saves it may do so again."""
        public = settings()["public_url"]
        assert address.startswith(public)
        url = self.reached_at + address.removeprefix(public)
        assert any(self._proves(url) for _ in range(TIMES_SAVED)), f"{url} does not prove itself"
        self.fake.calls_at(url)
        self.fake.app.calls_back = True

    def allows(self) -> None:
        """The address that the doctor said; WeCom allows none before it knows where to call."""
        assert self.fake.app.calls_back
        found = ADDRESS.findall(self.said())
        self.fake.allowed = frozenset(found)
        assert found

    def says(self, who: str, words: str) -> None:
        code = self._code(who) if "CODE" in words else ""
        self.people[who].says(words.replace("CODE", code))

    def presses(self, who: str, label: str) -> None:
        person = self.people[who]
        self._waits(lambda: any(label in one.labels for one in person.sees()))
        person.presses(label)

    def hears(self, who: str, words: str) -> None:
        """Somebody in private, or everybody in the group of that name."""
        self._waits(lambda: any(words in one for one in self._heard(who)))

    def _proves(self, url: str) -> bool:
        try:
            return asyncio.run(self.fake.proves(url))
        except httpx.TimeoutException:
            return False

    def _heard(self, who: str) -> list[str]:
        if who not in self.groups:
            return [_read(one) for one in self.people[who].sees()]
        group = self.groups[who]
        members = [one for one in self.people.values() if one.member.key in group.members]
        everybodys = [{_read(one) for one in person.sees_in(group)} for person in members]
        return sorted(set.intersection(*everybodys))

    def _code(self, name: str) -> str:
        """The newest that was made for somebody in a manager's chat."""
        texts = [text for manager in list(self.people) for text in self._heard(manager)]
        found = [one["code"] for text in texts for one in CODE.finditer(text) if one["name"] == name]
        assert found, f"nobody has invited {name}"
        return str(found[-1])

    def _waits(self, happened: Callable[[], bool]) -> None:
        self.fake.wait_for(happened, PATIENCE_SECONDS)


def _read(seen: Seen) -> str:
    return "\n".join([seen.text, seen.below, *(f"{name}：{value}" for name, value in seen.fields)])


# The forms of the manual's lines, and what is done then; the first that fits counts.
DEEDS: Sequence[Deed] = (
    (re.compile(r"(?P<who>\w+) is in the corp(?: as (?P<name>\w+))?"), Cast.is_in_corp),
    (
        re.compile(r"(?P<who>\w+) makes the group (?P<group>\w+) with (?P<others>\w+(?: and \w+)*) and a robot"),
        Cast.makes_group,
    ),
    (re.compile(r"the console saves (?P<address>\S+)"), Cast.saves),
    (re.compile(r"the console allows ADDRESS"), Cast.allows),
    (re.compile(r"(?P<who>\w+): (?P<words>.+)"), Cast.says),
    (re.compile(r"(?P<who>\w+) presses (?P<label>.+)"), Cast.presses),
    (re.compile(r"(?P<who>\w+) hears (?P<words>.+)"), Cast.hears),
)
