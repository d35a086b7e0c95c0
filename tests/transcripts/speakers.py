"""The store's people on a channel: what a story says and hears is the same on all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from tests.telegram import FakeTelegram
from tests.telegram.groups import Group
from tests.telegram.people import Person
from tests.transcripts.shop import Served

PATIENCE_SECONDS = 20
LOOK_SECONDS = 0.02
_ids = count(1)


@dataclass(frozen=True)
class Shown:
    """A message of the bot as it stands now."""

    text: str
    labels: tuple[str, ...]


class Voice(Protocol):
    """How a channel lets somebody speak, press and read; `group` is the store's group."""

    def says(self, text: str, *, group: bool) -> None: ...

    def presses(self, label: str, *, on: str) -> None: ...

    def reads(self, *, group: bool) -> Sequence[Shown]: ...

    def forges(self, action: str) -> None: ...


class Speaker:
    """Somebody of the store."""

    def __init__(self, name: str, voice: Voice) -> None:
        self.name = name
        self._voice = voice

    def says(self, text: str, *, group: bool = False) -> None:
        self._voice.says(text, group=group)

    def presses(self, label: str, *, on: str = "") -> None:
        """Presses the newest button with that label, on the newest message that says `on`."""
        self.hears(on, button=label)
        self._voice.presses(label, on=on)

    def forges(self, action: str) -> None:
        """Sends an action that no button offers."""
        self._voice.forges(action)

    def hears(self, text: str, *, buttons: Sequence[str] | None = None, button: str = "", group: bool = False) -> Shown:
        """The newest message of the bot that says this, with just these buttons; waits for it, fails without it."""
        found = _in_time(lambda: self._heard(text, buttons, button, group))
        assert found, f"{self.name} does not hear {text!r} {buttons or button}:\n{self._transcript(group)}"
        return found[-1]

    def hears_nothing_of(self, text: str, *, group: bool = False) -> None:
        """What should not be said has not been said; the store is settled when a story asks."""
        assert not self._heard(text, None, "", group), self._transcript(group)

    def times_heard(self, text: str, *, group: bool = False) -> int:
        return len(self._heard(text, None, "", group))

    def _heard(self, text: str, buttons: Sequence[str] | None, button: str, group: bool) -> list[Shown]:
        return [
            one
            for one in self._voice.reads(group=group)
            if squeezed(text) in squeezed(one.text)
            and (buttons is None or list(one.labels) == list(buttons))
            and (not button or button in one.labels)
        ]

    def _transcript(self, group: bool) -> str:
        return "\n".join(f"{one.text}  {list(one.labels) or ''}" for one in self._voice.reads(group=group))


def squeezed(text: str) -> str:
    """What a card shows in a title, words below and fields is one text elsewhere: only where it breaks differs."""
    return "".join(text.split())


def _in_time(look: Callable[[], list[Shown]]) -> list[Shown]:
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()) and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    return found


class WebVoice:
    """Somebody at the page of the web chat, over its API."""

    def __init__(self, served: Served, key: str) -> None:
        self._served = served
        self._key = key

    def says(self, text: str, *, group: bool) -> None:
        chat, words = ("store", f"@前台 {text}") if group else ("private", text)
        self._post("messages", {"as": self._key, "chat": chat, "id": f"s{next(_ids)}", "text": words})

    def presses(self, label: str, *, on: str) -> None:
        message, action = next(
            (message["id"], button["action"])
            for message in reversed(self._page(group=False))
            for row in message["buttons"]
            for button in row
            if button["label"] == label and on in message["text"]
        )
        self._press(message, action)

    def forges(self, action: str) -> None:
        self._press(self._page(group=False)[-1]["id"], action)

    def reads(self, *, group: bool) -> list[Shown]:
        return [
            Shown(one["text"], tuple(button["label"] for row in one["buttons"] for button in row))
            for one in self._page(group=group)
            if one["from"] == "bot"
        ]

    def _press(self, message: str, action: str) -> None:
        body = {"as": self._key, "chat": "private", "id": f"s{next(_ids)}", "message": message, "action": action}
        self._post("presses", body)

    def _page(self, *, group: bool) -> list[dict[str, Any]]:
        where = {"as": self._key, "chat": "store" if group else "private", "after": "0"}
        answer = self._served.http.get("/api/chat/messages", params=where)
        assert answer.status_code == 200, answer.text
        return sorted(answer.json()["messages"], key=lambda one: int(one["id"][1:]))

    def _post(self, what: str, body: dict[str, str]) -> None:
        answer = self._served.http.post(f"/api/chat/{what}", json=body)
        assert answer.status_code == 202, answer.text
        self._served.settles()


class TelegramVoice:
    """Somebody in Telegram."""

    def __init__(self, served: Served, fake: FakeTelegram, person: Person, store: Group) -> None:
        self._served, self._fake = served, fake
        self._person, self._store = person, store

    def says(self, text: str, *, group: bool) -> None:
        if group:
            self._person.says(f"@{self._fake.bot.username} {text}", self._store)
        else:
            self._person.says(text)
        self.settles()

    def presses(self, label: str, *, on: str) -> None:
        self._person.presses(label, on=on)
        self.settles()

    def forges(self, action: str) -> None:
        self._person.sends_callback(self._person.sees()[-1], action)
        self.settles()

    def reads(self, *, group: bool) -> list[Shown]:
        seen = self._person.sees(self._store) if group else self._person.sees()
        return [Shown(one.text, tuple(one.labels)) for one in seen if one.sender == self._fake.bot.name]

    def settles(self) -> None:
        self._fake.wait_for(lambda: not self._fake.pending)
        self._served.settles()
