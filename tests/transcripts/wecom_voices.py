"""People in WeCom: at the app, or with the AI bot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tests.transcripts.shop import Served
from tests.transcripts.speakers import Shown, squeezed
from tests.wecom import FakeWeCom, Seen
from tests.wecom.people import Person as Member
from tests.wecom.things import Group
from tests.wecom_bot.people import Person as BotsPerson
from tests.wecom_bot.things import Chat


@dataclass(frozen=True)
class OnCard(Shown):
    """The same in WeCom, with the title of its card."""

    title: str


def as_read(seen: Sequence[Seen]) -> list[OnCard]:
    """Each card as one text; a card that only repeats the beginning of the words above it has their buttons."""
    read: list[OnCard] = []
    for one in seen:
        words = "\n".join([one.text, one.below, *(f"{name}：{value}" for name, value in one.fields)])
        card = OnCard(words, one.labels, one.text)
        above = read[-1] if read and one.labels and not (one.below or one.fields) else None
        continued = above is not None and squeezed(above.text).startswith(squeezed(one.text))
        read = (
            [*read[:-1], replace(card, text=read[-1].text, labels=read[-1].labels + card.labels)]
            if continued
            else [*read, card]
        )
    return read


def title_of(read: Sequence[OnCard], label: str, on: str) -> str:
    """Of the newest card that has the button and says `on`."""
    return next(one for one in reversed(read) if label in one.labels and squeezed(on) in squeezed(one.text)).title


class Presses(Protocol):
    """A person of either fake."""

    def presses(self, label: str, *, on: str) -> object: ...

    def forges(self, key: str) -> object: ...


class AtCards(ABC):
    """Whoever presses buttons of cards in WeCom."""

    _person: Presses

    @abstractmethod
    def reads(self, *, group: bool) -> list[OnCard]: ...

    @abstractmethod
    def settles(self) -> None: ...

    def presses(self, label: str, *, on: str) -> None:
        self._person.presses(label, on=title_of(self.reads(group=False), label, on))
        self.settles()

    def forges(self, action: str) -> None:
        self._person.forges(action)
        self.settles()


class WeComVoice(AtCards):
    """Somebody in WeCom: what they read is a card or a text, or words whose buttons stand on the card below them."""

    def __init__(self, served: Served, fake: FakeWeCom, person: Member, group: Group | None = None) -> None:
        self._served, self._fake = served, fake
        self._person: Member = person
        self._group = group

    def says(self, text: str, *, group: bool) -> None:
        assert not group, "nobody hears what is said in a group of WeCom's"
        self._person.says(text)
        self.settles()

    def reads(self, *, group: bool) -> list[OnCard]:
        if group and self._group:
            return [OnCard(one.text, (), "") for one in self._person.sees_in(self._group)]
        return as_read(self._person.sees())

    def settles(self) -> None:
        self._fake.wait_for(lambda: not self._fake.pending)
        self._served.settles()


class Listening(Protocol):
    """Knows when what was said to the bot is kept."""

    def one_more(self) -> None: ...


class BotVoice(AtCards):
    """Somebody who speaks with the AI bot, in private or in the group."""

    def __init__(self, served: Served, person: BotsPerson, group: Chat, heard: Listening) -> None:
        self._served = served
        self._person: BotsPerson = person
        self._group, self._heard = group, heard

    def says(self, text: str, *, group: bool) -> None:
        self._person.says(text, self._group if group else None)
        self.settles()

    def reads(self, *, group: bool) -> list[OnCard]:
        return as_read(self._person.sees(self._group if group else None))

    def settles(self) -> None:
        self._heard.one_more()
        self._served.settles()
