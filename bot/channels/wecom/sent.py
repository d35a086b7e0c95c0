"""What a message that was sent is called: each of the messages that it took, and what stood in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from bot.channels.wecom.writing import Part

DIGEST_LETTERS = 12


@dataclass(frozen=True)
class SentPart:
    """WeCom's number of the message (its msgid), the `card`'s task_id (nothing for words), a digest of what it says."""

    number: str
    card: str
    digest: str

    @classmethod
    def of(cls, part: Part, number: str) -> Self:
        return cls(number, str(part.content.get("task_id", "")), digest(part))


@dataclass(frozen=True)
class Sent:
    """The parts in their order."""

    parts: tuple[SentPart, ...]

    @property
    def card(self) -> SentPart | None:
        """The first card, which is the one that is changed."""
        return next((one for one in self.parts if one.card), None)

    def but(self, card: SentPart) -> tuple[SentPart, ...]:
        return tuple(one for one in self.parts if one is not card)

    def __str__(self) -> str:
        return json.dumps([[one.number, one.card, one.digest] for one in self.parts], separators=(",", ":"))

    @classmethod
    def of(cls, ref: str) -> Self:
        return cls(tuple(SentPart(*one) for one in json.loads(ref)))


def digest(part: Part) -> str:
    """The same for what looks the same to those who read it, whatever the card is called."""
    seen = {name: value for name, value in part.content.items() if name != "task_id"}
    whole = json.dumps([part.kind, seen, part.file.name if part.file else ""], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:DIGEST_LETTERS]


def digests(parts: Iterable[Part]) -> list[str]:
    return [digest(one) for one in parts]


def says_the_same(before: Sequence[SentPart], now: Iterable[Part]) -> bool:
    return [one.digest for one in before] == digests(now)
