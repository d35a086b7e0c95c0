"""Buttons that were pressed a moment ago: only that long, and only once, WeCom lets their cards be changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.channels.wecom_bot.line import JSON, event_of, number_of
from bot.channels.wecom_bot.reading import pressed_card

CHANGEABLE_SECONDS = 5.0


@dataclass(frozen=True)
class Press:
    """The callback's number, by which the card is changed."""

    card: str
    number: str
    at: float


class Presses:
    """In memory only: after a restart no press is young enough."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[str, Press] = {}

    def heard(self, frame: JSON) -> None:
        """Of two presses of one card the younger counts."""
        event = event_of(frame, "template_card_event")
        card = pressed_card(event) if event else None
        if card and number_of(frame):
            now = self._clock()
            self._kept = {key: one for key, one in self._kept.items() if now - one.at < CHANGEABLE_SECONDS}
            self._kept[card] = Press(card, number_of(frame), now)

    def take(self, cards: Collection[str]) -> Press | None:
        """The press of one of the cards, if it is young enough; nobody gets it again."""
        card = next((one for one in cards if one in self._kept), None)
        press = self._kept.pop(card) if card else None
        return press if press and self._clock() - press.at < CHANGEABLE_SECONDS else None
